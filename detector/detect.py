"""What `python -m detector detect` does: pictures found, looked at one by one, told as they come."""

import glob
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from detector.annotate import Language, annotate
from detector.catalog import Catalog
from detector.errors import DetectorError, PhotoNotFound
from detector.images import LOOKING_SIDE, encode_jpeg, open_file
from detector.model import Model
from detector.types import Detections

PICTURES: Final = frozenset({".jpg", ".jpeg", ".png", ".webp"})


@dataclass(frozen=True, slots=True)
class Found:
    """A picture to look at: its path as found, and where its copy goes below the folder of copies."""

    path: Path
    copy: Path


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """What is on a picture, in pixels of the upright original; or the error that kept it from being seen."""

    path: Path
    width: int = 0
    height: int = 0
    detections: Detections | None = None
    error: DetectorError | None = None


@dataclass(frozen=True, slots=True)
class Copies:
    """Where annotated copies go, and in which language."""

    folder: Path
    catalog: Catalog
    language: Language


def find(paths: Iterable[str]) -> list[Found]:
    """The pictures that files, folders (with all below) and patterns name, each once, in order.

    A path that names nothing is found as itself, so that it is told as an error.
    """
    found: dict[Path, Found] = {}
    for text in paths:
        for match in _matches(text):
            for picture in _below(match):
                found.setdefault(picture, Found(picture, _copy_of(picture, match)))
    return list(found.values())


def look(
    model: Model,
    pictures: Sequence[Found],
    min_score: float | None,
    copies: Copies | None,
    side: int = LOOKING_SIDE,
) -> Iterator[Looked]:
    """Look at one picture after the other, each `side` pixels long; one that fails stops none of the others."""
    for picture in pictures:
        try:
            yield _look(model, picture, min_score, copies, side)
        except DetectorError as error:
            yield Looked(picture.path, error=error)


def _matches(text: str) -> list[Path]:
    if Path(text).exists():
        return [Path(text)]
    matches = sorted(glob.glob(text, recursive=True))  # noqa: PTH207, Path.glob takes no absolute pattern
    return [Path(match) for match in matches] or [Path(text)]


def _below(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.rglob("*") if file.suffix.lower() in PICTURES and file.is_file())


def _copy_of(picture: Path, root: Path) -> Path:
    inside = picture.relative_to(root) if picture != root else Path(picture.name)
    return inside.with_name(f"{inside.name}.jpg") if inside.suffix.lower() not in (".jpg", ".jpeg") else inside


def _look(model: Model, picture: Found, min_score: float | None, copies: Copies | None, side: int) -> Looked:
    try:
        photo = open_file(picture.path, longest_side=side)
    except OSError as error:
        raise PhotoNotFound(why=error.strerror) from error
    (seen,) = model.detect([photo.image], min_score=min_score)
    original = seen.on_original(photo.scale, photo.width, photo.height)
    if copies:
        _save(picture, original, copies)
    return Looked(picture.path, photo.width, photo.height, original)


def _save(picture: Found, original: Detections, copies: Copies) -> None:
    photo = open_file(picture.path)
    height, width = photo.image.shape[:2]
    boxes = original.on_original(1 / photo.scale, width, height)
    target = copies.folder / picture.copy
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(encode_jpeg(annotate(photo.image, boxes, copies.catalog, copies.language)))
