"""The layout that ultralytics trains on: `data.yaml`, `images/<role>`, `labels/<role>` with a text file a picture."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, Final

import yaml

from datasets.errors import FormatBroken
from datasets.formats import yolo
from datasets.formats.foreign import Foreign, Found, Placed, flat, hull, role_of, text_of
from datasets.records import ROLES, Label

CARD, PICTURES, LABELS = "data.yaml", "images", "labels"
ENDINGS: Final = frozenset({".bmp", ".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp"})
POLYGON: Final = 7


def write(root: Path, kinds: Sequence[str], placed: Iterable[Placed]) -> None:
    """Write everything but the pictures; a picture without boxes gets an empty file."""
    roles: set[str] = set()
    for one in placed:
        roles.add(one.sample.role)
        yolo.write(root / _labels(one), one.sample.labels, kinds)
    parts = {role: f"{PICTURES}/{role}" for role in ROLES if role in roles}
    if "train" in parts:
        parts = {"train": parts["train"], "val": parts["train"]} | parts  # ultralytics asks for both
    text = yaml.safe_dump({**parts, "names": dict(enumerate(kinds))}, sort_keys=False, allow_unicode=True)
    (root / CARD).write_text(text, encoding="utf-8")


def picture(one: Placed) -> str:
    """Where a picture lies in the folder."""
    return f"{PICTURES}/{one.sample.role}/{one.name}"


def name(file: str) -> str:
    """The name of a picture of ours: without folders."""
    return flat(file)


def _labels(one: Placed) -> str:
    return str(PurePosixPath(LABELS, one.sample.role, one.name).with_suffix(".txt"))


def read(root: Path) -> Foreign:
    """A folder with `data.yaml`, or such a file.

    Outlines become the box round them. Parts that name the same folder are read once, as the first of them.

    Raises:
        FormatBroken: no such file, no pictures, or a label line that says nothing true.
    """
    card = root if root.is_file() else root / CARD
    said = _card(card)
    classes = _classes(said.get("names"), card)
    found: dict[Path, Found] = {}
    for part, where in said.items():
        role = role_of(part)
        for top, path in _pictures(card, said, where) if role else ():
            if path not in found:
                found[path] = Found(path.relative_to(top).as_posix(), path, _boxes(path, classes), role=role)
    if not found:
        raise FormatBroken(file=str(card), why="it names no folder with pictures")
    return Foreign(classes, tuple(found.values()))


def _card(card: Path) -> Mapping[str, Any]:
    try:
        said = yaml.safe_load(text_of(card))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = {"line": mark.line + 1} if mark else {}
        raise FormatBroken(file=str(card), **line, why=str(error).splitlines()[0]) from error
    if not isinstance(said, dict):
        raise FormatBroken(file=str(card), why="no keys and values")
    return {str(key): value for key, value in said.items()}


def _classes(names: object, card: Path) -> tuple[str, ...]:
    """A list, or a mapping from 0 upwards without a gap."""
    if isinstance(names, dict) and sorted(map(str, names)) == sorted(map(str, range(len(names)))):
        names = [names[key] for key in sorted(names, key=int)]
    plain = isinstance(names, list) and all(isinstance(one, str | int | float) for one in names)
    if not isinstance(names, list) or not plain or not names or len({str(one) for one in names}) < len(names):
        raise FormatBroken(file=str(card), why="`names` is no list of classes")
    return tuple(str(one) for one in names)


def _pictures(card: Path, said: Mapping[str, Any], where: object) -> Iterator[tuple[Path, Path]]:
    """Folder and picture, for each picture of a part: a folder, a list of them, or a text file with paths."""
    base = said.get("path")
    for words in where if isinstance(where, list) else [where]:
        top = _resolved(card, base if isinstance(base, str) else "", words) if isinstance(words, str) else None
        if top is None:
            continue
        if top.is_dir():
            yield from ((top, path) for path in sorted(top.rglob("*")) if path.suffix.lower() in ENDINGS)
            continue
        listed = [top.parent / line.strip() for line in text_of(top).splitlines() if line.strip()]
        yield from ((_images(path), path) for path in listed)


def _resolved(card: Path, base: str, words: str) -> Path | None:
    """Cards are often written for another place: also below the card, and without their `../`."""
    here = words.lstrip("./")
    places = [card.parent / base / words, card.parent / words, card.parent / base / here, card.parent / here]
    return next((place for place in places if words and "\0" not in str(place) and place.exists()), None)


def _images(path: Path) -> Path:
    """The `images` folder above a picture, or its own folder."""
    return next((above for above in path.parents if above.name == PICTURES), path.parent)


def _boxes(path: Path, classes: Sequence[str]) -> tuple[Label, ...]:
    """The labels of a picture: `labels` stands where its last folder `images` stood."""
    parts = list(path.parts)
    last = max((place for place, part in enumerate(parts) if part == PICTURES), default=None)
    if last is not None:
        parts[last] = LABELS
    file = Path(*parts).with_suffix(".txt")
    if not file.is_file():
        return ()
    return tuple(
        _box(line, classes, file, row) for row, line in enumerate(text_of(file).splitlines(), 1) if line.split()
    )


def _box(line: str, classes: Sequence[str], file: Path, row: int) -> Label:
    try:
        words = line.split()
        if len(words) < POLYGON or len(words) % 2 == 0:
            return yolo.label(words, classes)
        sides = [float(word) for word in words[1:]]
        x0, y0, x1, y1 = hull(list(zip(sides[::2], sides[1::2], strict=True)))
        return yolo.label([words[0], *map(str, ((x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0))], classes)
    except ValueError as error:
        raise FormatBroken(file=str(file), line=row, why=str(error)) from error
