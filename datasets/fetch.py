"""Fetches pictures from where the manifest says: one file of a public repository at one commit."""

import hashlib
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from http.client import HTTPException
from pathlib import Path
from typing import Final
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import Request, urlopen

import cv2
import numpy as np
from tqdm import tqdm

from datasets.errors import FetchFailed
from datasets.formats import manifest as manifests
from datasets.records import Manifest, Origin, Sample

GITHUB: Final = "https://raw.githubusercontent.com"
TIMEOUT_S: Final = 30.0
CHUNK: Final = 1 << 16
MAX_BYTES: Final = 32 * 1024 * 1024
PROPORTIONS: Final = 0.02
LOCK: Final = "fetched.json"
PARTIAL, NOTHING_LEFT = 206, 416


@dataclass(frozen=True, slots=True)
class Mirror:
    """Where raw files are read; another base serves tests and cities without the open internet."""

    base: str = GITHUB

    def __post_init__(self) -> None:
        if urlsplit(self.base).scheme not in ("http", "https"):
            raise ValueError(f"a mirror is http or https, got {self.base}")

    def url(self, at: Origin) -> str:
        """The raw file's address.

        >>> Mirror().url(Origin("a/b", "some dir/c.jpg", "0123"))
        'https://raw.githubusercontent.com/a/b/0123/some%20dir/c.jpg'
        """
        return f"{self.base}/{at.repository}/{at.commit}/{quote(at.path)}"


def fetch(manifest: Manifest, folder: Path, mirror: Mirror, *, quiet: bool = False) -> list[FetchFailed]:
    """Fetch every picture that is not there yet; go on after one that fails.

    The commit pins the bytes. The first fetch writes their SHA-256 into `fetched.json`; any later one, here or with
    that file copied elsewhere, must give the same. A picture must have the proportions that the manifest promises,
    since boxes are kept as parts of it.

    Returns:
        What failed, a `FetchFailed` each; empty when every picture is there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    known = read_lock(folder)
    failed: list[FetchFailed] = []
    kept: list[Sample] = []
    for sample in tqdm(manifest, desc="fetching", unit="picture", disable=quiet or not sys.stderr.isatty()):
        try:
            kept.append(_one(sample, folder, mirror, known))
        except FetchFailed as error:
            failed.append(error)
        (folder / LOCK).write_text(json.dumps(known, indent=0, sort_keys=True), encoding="utf-8")
    manifests.write(folder, manifest.kinds, kept)
    return failed


def read_lock(folder: Path) -> dict[str, str]:
    """SHA-256 by `repository/commit/path` of what was fetched before."""
    path = folder / LOCK
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return found


def _one(sample: Sample, folder: Path, mirror: Mirror, known: dict[str, str]) -> Sample:
    """The sample as it lies in `folder`: the source's own file, so its size and hash are the source's."""
    file = str(Path(sample.file).with_suffix(Path(sample.origin.path).suffix.lower()))
    path = folder / file
    if not path.is_file():
        download(mirror.url(sample.origin), path)
    data = path.read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    key = f"{sample.origin.repository}/{sample.origin.commit}/{sample.origin.path}"
    try:
        if known.get(key, sha256) != sha256:
            raise FetchFailed(file=file, why="other bytes than the first time", promised=known[key], found=sha256)
        width, height = _size(data, file)
        if abs(width / height / (sample.width / sample.height) - 1) > PROPORTIONS:
            raise FetchFailed(file=file, why="other proportions", found=[width, height])
    except FetchFailed:
        path.unlink()
        raise
    known[key] = sha256
    return replace(sample, file=file, width=width, height=height, sha256=sha256)


def _size(data: bytes, file: str) -> tuple[int, int]:
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
    if pixels is None:
        raise FetchFailed(file=file, why="not a picture")
    return pixels.shape[1], pixels.shape[0]


def download(url: str, path: Path) -> None:
    """Fetch one file; a part left by a cut download is continued.

    Raises:
        FetchFailed: the server cannot be reached or says no, or the file is over 32 MiB.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    have = part.stat().st_size if part.exists() else 0
    headers = {"Range": f"bytes={have}-"} if have else {}
    request = Request(url, headers=headers)  # noqa: S310 - Mirror allows http and https only
    try:
        _continue(request, part)
    except HTTPError as error:
        error.close()
        if error.code == NOTHING_LEFT:
            part.unlink()
        raise FetchFailed(url=url, status=error.code) from error
    except (URLError, TimeoutError, ConnectionError, HTTPException) as error:
        raise FetchFailed(url=url, why=str(error)) from error
    part.replace(path)


def _continue(request: Request, part: Path) -> None:
    with urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310 - Mirror allows http and https only
        mode = "ab" if answer.status == PARTIAL else "wb"
        with part.open(mode) as out:
            _copy(answer.read, out.write, request.full_url)


def _copy(read: Callable[[int], bytes], write: Callable[[bytes], object], url: str) -> None:
    size = 0
    while chunk := read(CHUNK):
        size += len(chunk)
        if size > MAX_BYTES:
            raise FetchFailed(url=url, why="over 32 MiB")
        write(chunk)
