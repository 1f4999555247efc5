"""Fetches pictures from where the manifest says: one file of a public repository at one commit."""

import hashlib
import json
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event
from typing import Final
from urllib.parse import quote, urlsplit

import cv2
import numpy as np
from tqdm import tqdm

from datasets.download import Patience, download
from datasets.errors import FetchFailed, ManifestBroken
from datasets.formats import manifest as manifests
from datasets.records import Manifest, Origin, Sample
from datasets.whole import write_text

GITHUB: Final = "https://raw.githubusercontent.com"
PROPORTIONS: Final = 0.02
AT_ONCE: Final = 8
LOCK: Final = "fetched.json"


@dataclass(frozen=True, slots=True)
class Mirror:
    """Where raw files are read; another base serves tests and cities without the open internet."""

    base: str = GITHUB
    patience: Patience = field(default_factory=Patience)

    def __post_init__(self) -> None:
        if urlsplit(self.base).scheme not in ("http", "https"):
            raise ValueError(f"a mirror is http or https, got {self.base}")

    def url(self, at: Origin) -> str:
        """The raw file's address.

        >>> Mirror().url(Origin("a/b", "some dir/c.jpg", "0123"))
        'https://raw.githubusercontent.com/a/b/0123/some%20dir/c.jpg'
        """
        return f"{self.base.rstrip('/')}/{quote(at.repository)}/{quote(at.commit)}/{quote(at.path)}"


def fetch(manifest: Manifest, folder: Path, mirror: Mirror, *, quiet: bool = False) -> list[FetchFailed]:
    """Fetch every picture that is not there yet, eight at once; go on after one that fails.

    The commit pins the bytes. The first fetch writes their SHA-256 into `fetched.json`; any later one, here or with
    that file copied elsewhere, must give the same. A picture must have the proportions that the manifest promises,
    since boxes are kept as parts of it. The folder's own manifest keeps its other rows. Whatever ends this, what came
    whole stays, and no half file has a picture's name.

    Returns:
        What failed, a `FetchFailed` each; empty when every picture is there.

    Raises:
        OSError: the disk is full or forbids.
    """
    folder.mkdir(parents=True, exist_ok=True)
    known, failed, kept = read_lock(folder), list[FetchFailed](), dict[str, Sample]()
    stop, pool = Event(), ThreadPoolExecutor(AT_ONCE)
    bar = tqdm(total=len(manifest), desc="fetching", unit="picture", disable=quiet or not sys.stderr.isatty())
    try:
        futures = [pool.submit(_one, sample, folder, mirror, dict(known), stop) for sample in manifest]
        for sample, future in zip(manifest, futures, strict=True):
            try:
                kept[_file(sample)] = future.result()
            except FetchFailed as error:
                failed.append(error)
            bar.update()
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)
        bar.close()
        known |= {_key(sample.origin): sample.sha256 for sample in kept.values()}
        write_text(folder / LOCK, json.dumps(known, indent=0, sort_keys=True))
    _write(folder, manifest, kept)
    return failed


def there(manifest: Manifest, folder: Path) -> Manifest:
    """The samples whose picture lies in the folder already."""
    return manifest.where(lambda sample: (folder / _file(sample)).is_file())


def read_lock(folder: Path) -> dict[str, str]:
    """SHA-256 by `repository/commit/path` of what was fetched before; ManifestBroken where the file is damaged."""
    path = folder / LOCK
    try:
        found: dict[str, str] = json.loads(path.read_bytes()) if path.is_file() else {}
    except ValueError as error:
        raise ManifestBroken(file=LOCK, why=str(error)) from error
    return found


def _key(at: Origin) -> str:
    return f"{at.repository}/{at.commit}/{at.path}"


def _file(sample: Sample) -> str:
    """The picture keeps the ending of the source's file."""
    return str(Path(sample.file).with_suffix(Path(sample.origin.path).suffix.lower()))


def _write(folder: Path, manifest: Manifest, kept: Mapping[str, Sample]) -> None:
    """The folder's manifest: its rows as they were, those that were fetched as they are now, then new ones."""
    old = manifests.read(folder) if (folder / "manifest.csv").is_file() else replace(manifest, samples=())
    now = {_file(sample): sample for sample in old} | dict(kept)
    manifests.write(folder, tuple(dict.fromkeys((*old.kinds, *manifest.kinds))), now.values())


def _one(sample: Sample, folder: Path, mirror: Mirror, known: Mapping[str, str], stop: Event) -> Sample:
    """The sample as it lies in `folder`: the source's own file, so its size and hash are the source's."""
    file, at = _file(sample), sample.origin
    if not (at.repository and at.commit and at.path):
        raise FetchFailed(file=sample.file, why="no public file is named")
    path = folder / file
    if not path.is_file():
        download(mirror.url(at), path, mirror.patience, stop)
    data = path.read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    promised = known.get(_key(at), sha256)
    try:
        if promised != sha256:
            raise FetchFailed(file=file, why="other bytes than the first time", promised=promised, found=sha256)
        width, height = _size(data, file)
        if abs(width / height / (sample.width / sample.height) - 1) > PROPORTIONS:
            raise FetchFailed(file=file, why="other proportions", found=[width, height])
    except FetchFailed:
        path.unlink()
        raise
    return replace(sample, file=file, width=width, height=height, sha256=sha256)


def _size(data: bytes, file: str) -> tuple[int, int]:
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
    if pixels is None:
        raise FetchFailed(file=file, why="not a picture")
    return pixels.shape[1], pixels.shape[0]
