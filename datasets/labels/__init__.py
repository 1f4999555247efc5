"""Labels of our own over pictures that are not ours: boxes that a person drew, and kinds looked for and not found.

A source that labels only some kinds leaves the others unknown; a model trained on it alone never learns what is not a
spray mark on a Chinese street. Each `*.csv` here speaks of pictures by the SHA-256 of their file, a line a fact:

    sha256,kind,state,x,y,w,h,note
    93baa8...,paper_ad,box,0.512,0.430,0.060,0.085,
    93baa8...,paper_ad,box,0.640,0.431,0.058,0.080,half torn
    93baa8...,flying_wire,absent,,,,,
    93baa8...,litter,unknown,,,,,a heap that is half on the ground
    93baa8...,closed_bin,unboxed,,,,,the source boxed an open bin

`box`: one thing, centre and size in parts of the picture (0..1, upright, as YOLO writes them). A picture that has a box
of a kind is exhaustively labelled for it, so whoever writes one box writes all boxes of that kind in that picture. The
other states stand alone for their kind and leave x, y, w, h empty:

- `absent`: looked for, and there is none; refused where the source has a box.
- `unboxed`: there is none, and every box of the source is a mistake.
- `unknown`: nobody can tell; the kind no longer counts as labelled in that picture.

Boxes, `unboxed` and `unknown` take the place of what the source boxed of that kind there. `note` may be left out. The
first file has the older short form `sha256,absent,note`, with the absent kinds separated by spaces. One file speaks of
a kind in a picture; no row ever names a picture of the frozen test.
"""

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from datasets.errors import LabelsBroken
from datasets.records import Label, Manifest, Sample

FOLDER = Path(__file__).parent
SHORT: Final = frozenset({"sha256", "absent"})
LONG: Final = frozenset({"sha256", "kind", "state", "x", "y", "w", "h"})
ABSENT, BOX, UNBOXED, UNKNOWN = "absent", "box", "unboxed", "unknown"
ALONE: Final = (ABSENT, UNBOXED, UNKNOWN)
ROUNDING: Final = 0.002
HASH_LETTERS: Final = 64

Said = Label | str
"""A box, or a state that stands alone."""

Facts = dict[tuple[str, str], list[Said]]
"""What is said, by picture and kind: boxes, or one state."""


@dataclass(frozen=True, slots=True)
class OwnLabels:
    """What we know of pictures, by the SHA-256 of their file.

    Attributes:
        absent: kinds that are surely not on a picture.
        boxes: every box of each kind that a person boxed on a picture.
        sha256: of all files, in the order of their names.
        unboxed: kinds that are surely not on a picture, whatever its source boxed.
        unknown: kinds that its source should not count as labelled on a picture.
    """

    absent: Mapping[str, frozenset[str]]
    boxes: Mapping[str, tuple[Label, ...]]
    sha256: str
    unboxed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unknown: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.pictures)

    @property
    def pictures(self) -> frozenset[str]:
        """The SHA-256 of every picture of which we know something."""
        return frozenset().union(self.absent, self.boxes, self.unboxed, self.unknown)


def read(folder: Path = FOLDER) -> OwnLabels:
    """All files of a folder.

    Raises:
        LabelsBroken: a row without a hash, a kind or a box inside the picture, or a kind that is told of a picture
            twice: both absent and boxed, absent two times, or in two files.
    """
    facts: Facts = {}
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.csv")):
        raw = path.read_bytes()
        digest.update(raw)
        found = _file(raw, path.name)
        if again := sorted(facts.keys() & found.keys()):
            raise LabelsBroken(file=path.name, why="another file tells this too", sha256=again[0][0], kind=again[0][1])
        facts |= found
    return _gathered(facts, digest.hexdigest())


def _gathered(facts: Facts, sha256: str) -> OwnLabels:
    boxes: dict[str, tuple[Label, ...]] = {}
    alone: dict[str, dict[str, frozenset[str]]] = {state: {} for state in ALONE}
    for (picture, kind), said in facts.items():
        for one in said:
            if isinstance(one, Label):
                boxes[picture] = (*boxes.get(picture, ()), one)
            else:
                alone[one][picture] = alone[one].get(picture, frozenset()) | {kind}
    return OwnLabels(alone[ABSENT], boxes, sha256, alone[UNBOXED], alone[UNKNOWN])


def _file(raw: bytes, name: str) -> Facts:
    facts: Facts = {}
    for line, row in _rows(raw, name):
        try:
            for picture, kind, one in _facts(row):
                said = facts.setdefault((picture, kind), [])
                said.append(one)
                if len(said) > 1 and any(isinstance(each, str) for each in said):
                    raise ValueError(f"a kind is {', '.join(ALONE)} once, or boxed")
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


def _facts(row: Mapping[str, str]) -> Iterator[tuple[str, str, Said]]:
    picture = row["sha256"]
    if len(picture) != HASH_LETTERS or not set(picture) <= set("0123456789abcdef"):
        raise ValueError("sha256 is 64 hexadecimal letters")
    if "absent" in row:
        if not row["absent"].split():
            raise ValueError("no kind is named")
        yield from ((picture, kind, ABSENT) for kind in row["absent"].split())
        return
    yield picture, row["kind"], _said(row)


def _said(row: Mapping[str, str]) -> Said:
    kind, numbers = row["kind"], [row[side] for side in "xywh"]
    if not kind or kind.split() != [kind]:
        raise ValueError("one kind a row")
    if row["state"] in ALONE and not any(numbers):
        return row["state"]
    if row["state"] != BOX:
        raise ValueError(f"state is `box` with four numbers, or one of {', '.join(ALONE)} without")
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
    """The same samples with our boxes, and with the kinds of our rows counted as labelled, or not if they are unknown.

    The hash tells both lists.

    Raises:
        LabelsBroken: a row names a picture of the test, a kind that is not in the manifest, or an absent one that
            has boxes.
    """
    samples = tuple(_extended(sample, known, manifest) for sample in manifest)
    both = hashlib.sha256(f"{manifest.sha256} {known.sha256}".encode()).hexdigest()
    return replace(manifest, samples=samples, sha256=both)


def _extended(sample: Sample, known: OwnLabels, manifest: Manifest) -> Sample:
    absent, unboxed, unknown = (
        each.get(sample.sha256, frozenset()) for each in (known.absent, known.unboxed, known.unknown)
    )
    ours = known.boxes.get(sample.sha256, ())
    told = absent | unboxed | unknown | {label.kind for label in ours}
    if not told:
        return sample
    boxed = {label.kind for label in sample.labels}
    if sample.role == "test":
        raise LabelsBroken(file=sample.file, why="a picture of the frozen test", role=sample.role)
    if strange := told - set(manifest.kinds):
        raise LabelsBroken(file=sample.file, why=f"no such kind: {' '.join(sorted(strange))}")
    if absent & boxed:
        raise LabelsBroken(file=sample.file, why=f"absent and boxed: {' '.join(sorted(absent & boxed))}")
    kept = tuple(label for label in sample.labels if label.kind not in told)
    return replace(sample, labelled=(sample.labelled | told) - unknown, labels=kept + ours)
