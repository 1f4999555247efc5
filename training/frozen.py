"""Test lists that may not change unseen: a committed count and hash over pictures and labels."""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from datasets.records import Manifest, Sample

FOLDER: Final = Path(__file__).parent / "frozen"


@dataclass(frozen=True, slots=True)
class Frozen:
    """One frozen list.

    Attributes:
        name: of its file.
        pictures: how many.
        boxes: labelled ones by kind.
        sha256: see `sha256_of`.
    """

    name: str
    pictures: int
    boxes: Mapping[str, int]
    sha256: str

    def as_toml(self) -> str:
        """The page that is committed."""
        boxes = "".join(f"{kind} = {count}\n" for kind, count in self.boxes.items())
        return (
            "# Written by `python -m training freeze`: lines of `sha256 labels-sha256`, sorted, are hashed; see "
            f"training/frozen.py.\npictures = {self.pictures}\nsha256 = {json.dumps(self.sha256)}\n\n[boxes]\n{boxes}"
        )


def freeze(manifest: Manifest, name: str) -> Frozen:
    """The page of a list, already of one role."""
    boxes = {kind: sum(sample.count(kind) for sample in manifest) for kind in manifest.kinds}
    return Frozen(name, len(manifest), boxes, sha256_of(manifest))


def sha256_of(manifest: Manifest) -> str:
    """Of sorted lines, one a picture: the SHA-256 of its file and that of its labels. Names and order do not matter."""
    lines = sorted(f"{sample.sha256} {labels_sha256(sample)}\n" for sample in manifest)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def labels_sha256(sample: Sample) -> str:
    """Of the kinds that are labelled and of every box, sorted, each number with six digits."""
    boxes = sorted(f"{one.kind} {one.x:.6f} {one.y:.6f} {one.w:.6f} {one.h:.6f}" for one in sample.labels)
    return hashlib.sha256("\n".join([" ".join(sorted(sample.labelled)), *boxes]).encode()).hexdigest()


def known(folder: Path = FOLDER) -> tuple[Frozen, ...]:
    """Every committed list."""
    return tuple(_read(path) for path in sorted(folder.glob("*.toml")))


def _read(path: Path) -> Frozen:
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    return Frozen(path.stem, said["pictures"], said["boxes"], said["sha256"])


def name_of(manifest: Manifest, root: Path, lists: tuple[Frozen, ...] | None = None) -> str | None:
    """Which committed list this is, or None: same pictures, same labels, and each file has the bytes that it promises.

    Args:
        manifest: pictures of one role.
        root: the folder that they lie in.
        lists: the committed ones by default.
    """
    sha256 = sha256_of(manifest)
    for one in known() if lists is None else lists:
        if one.sha256 == sha256:
            return one.name if all(_is_promised(root / s.file, s.sha256) for s in manifest) else None
    return None


def _is_promised(path: Path, sha256: str) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256
