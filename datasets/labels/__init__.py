"""Labels of our own over pictures that are not ours: boxes that a person drew, and kinds looked for and not found.

A source that labels only some kinds leaves the others unknown; a model trained on it alone never learns what is not a
spray mark on a Chinese street. Each `*.csv` here speaks of pictures by the SHA-256 of their file, a line a fact:

    sha256,kind,state,x,y,w,h,note
    93baa8...,paper_ad,box,0.512,0.430,0.060,0.085,
    93baa8...,paper_ad,box,0.640,0.431,0.058,0.080,half torn
    93baa8...,flying_wire,absent,,,,,

`box`: one thing, centre and size in parts of the picture (0..1, upright, as YOLO writes them). `absent`: looked for,
and there is none; x, y, w, h stay empty. A picture is exhaustively labelled for a kind if and only if it has rows of
that kind, so whoever writes one box writes all boxes of that kind in that picture. Boxes replace what the source boxed
of that kind there. `note` may be left out. The first file has the older short form `sha256,absent,note`, with the
absent kinds separated by spaces. One file speaks of a kind in a picture; no row ever names a picture of the frozen
test.
"""

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from datasets.errors import LabelsBroken
from datasets.records import Label, Manifest, Sample

FOLDER = Path(__file__).parent
SHORT: Final = frozenset({"sha256", "absent"})
LONG: Final = frozenset({"sha256", "kind", "state", "x", "y", "w", "h"})
ABSENT, BOX = "absent", "box"
ROUNDING: Final = 0.002
HASH_LETTERS: Final = 64

Fact = tuple[str, str, Label | None]
"""Picture, kind, and its box or None for absent."""


@dataclass(frozen=True, slots=True)
class OwnLabels:
    """What we know of pictures, by the SHA-256 of their file.

    Attributes:
        absent: kinds that are surely not on a picture.
        boxes: every box of each kind that a person boxed on a picture.
        sha256: of all files, in the order of their names.
    """

    absent: Mapping[str, frozenset[str]]
    boxes: Mapping[str, tuple[Label, ...]]
    sha256: str

    def __len__(self) -> int:
        return len(self.absent.keys() | self.boxes.keys())


def read(folder: Path = FOLDER) -> OwnLabels:
    """All files of a folder.

    Raises:
        LabelsBroken: a row without a hash, a kind or a box inside the picture, or a kind that is told of a picture
            twice: both absent and boxed, absent two times, or in two files.
    """
    facts: dict[tuple[str, str], list[Label]] = {}
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.csv")):
        raw = path.read_bytes()
        digest.update(raw)
        found = _file(raw, path.name)
        if again := sorted(facts.keys() & found.keys()):
            raise LabelsBroken(file=path.name, why="another file tells this too", sha256=again[0][0], kind=again[0][1])
        facts |= found
    return _gathered(facts, digest.hexdigest())


def _gathered(facts: Mapping[tuple[str, str], list[Label]], sha256: str) -> OwnLabels:
    absent: dict[str, frozenset[str]] = {}
    boxes: dict[str, tuple[Label, ...]] = {}
    for (picture, kind), labels in facts.items():
        if labels:
            boxes[picture] = (*boxes.get(picture, ()), *labels)
            continue
        absent[picture] = absent.get(picture, frozenset()) | {kind}
    return OwnLabels(absent, boxes, sha256)


def _file(raw: bytes, name: str) -> dict[tuple[str, str], list[Label]]:
    """Boxes by picture and kind; an empty list is `absent`."""
    facts: dict[tuple[str, str], list[Label]] = {}
    for line, row in _rows(raw, name):
        try:
            for picture, kind, box in _facts(row):
                known = facts.get((picture, kind))
                if known is not None and (box is None or not known):
                    raise ValueError("a kind is absent once, or boxed")
                facts.setdefault((picture, kind), []).extend([box] if box else [])
        except ValueError as error:
            raise LabelsBroken(file=name, line=line, why=str(error)) from error
    return facts


def _rows(raw: bytes, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        rows = csv.DictReader(io.StringIO(raw.decode("utf-8")), strict=True, restval="")
        if not (set(rows.fieldnames or ()) >= SHORT or set(rows.fieldnames or ()) >= LONG):
            raise LabelsBroken(file=name, line=1, why=f"the columns are {sorted(LONG)}")
        for row in rows:
            yield rows.line_num, row
    except (UnicodeDecodeError, csv.Error) as error:
        raise LabelsBroken(file=name, why=str(error)) from error


def _facts(row: Mapping[str, str]) -> Iterator[Fact]:
    picture = row["sha256"]
    if len(picture) != HASH_LETTERS or not set(picture) <= set("0123456789abcdef"):
        raise ValueError("sha256 is 64 hexadecimal letters")
    if "absent" in row:
        if not row["absent"].split():
            raise ValueError("no kind is named")
        yield from ((picture, kind, None) for kind in row["absent"].split())
        return
    yield picture, row["kind"], _box(row)


def _box(row: Mapping[str, str]) -> Label | None:
    kind, numbers = row["kind"], [row[side] for side in "xywh"]
    if not kind or kind.split() != [kind]:
        raise ValueError("one kind a row")
    if row["state"] == ABSENT and not any(numbers):
        return None
    if row["state"] != BOX:
        raise ValueError("state is `box` with four numbers, or `absent` without")
    box = Label(kind, *(float(number) for number in numbers))
    reach = max(box.w / 2 - box.x, box.h / 2 - box.y, box.x + box.w / 2 - 1, box.y + box.h / 2 - 1)
    if not reach <= ROUNDING:
        raise ValueError("the box reaches outside the picture")
    return box


def refused(manifest: Manifest, known: OwnLabels) -> list[LabelsBroken]:
    """Every picture of the manifest about which our rows say what they must not."""
    found = []
    for sample in manifest:
        try:
            _extended(sample, known, manifest)
        except LabelsBroken as error:
            found.append(error)
    return found


def extend(manifest: Manifest, known: OwnLabels) -> Manifest:
    """The same samples with our boxes, and with the kinds of our rows counted as labelled; the hash tells both lists.

    Raises:
        LabelsBroken: a row names a picture of the test, a kind that is not in the manifest, or an absent one that
            has boxes.
    """
    samples = tuple(_extended(sample, known, manifest) for sample in manifest)
    both = hashlib.sha256(f"{manifest.sha256} {known.sha256}".encode()).hexdigest()
    return replace(manifest, samples=samples, sha256=both)


def _extended(sample: Sample, known: OwnLabels, manifest: Manifest) -> Sample:
    absent = known.absent.get(sample.sha256, frozenset())
    ours = known.boxes.get(sample.sha256, ())
    told = absent | {label.kind for label in ours}
    if not told:
        return sample
    boxed = {label.kind for label in sample.labels}
    if sample.role == "test":
        raise LabelsBroken(file=sample.file, why="a picture of the frozen test", role=sample.role)
    if unknown := told - set(manifest.kinds):
        raise LabelsBroken(file=sample.file, why=f"no such kind: {' '.join(sorted(unknown))}")
    if absent & boxed:
        raise LabelsBroken(file=sample.file, why=f"absent and boxed: {' '.join(sorted(absent & boxed))}")
    kept = tuple(label for label in sample.labels if label.kind not in told)
    return replace(sample, labelled=sample.labelled | told, labels=kept + ours)
