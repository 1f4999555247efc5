"""A teacher's boxes for kinds that a picture is not labelled for; kept in a list of their own, named as a machine's.

Where the teacher is sure of every box of a kind that it sees, the picture counts as labelled for that kind; where it
hesitates over one of them, or sees none, the kind stays unknown there. The list has a row for each box: `sha256`,
`kind`, centre and size in parts of the picture, `score`. It is read by recipes alone: it never becomes one of
`datasets/labels`, and thresholds and tests are not measured against it.
"""

import csv
import hashlib
import io
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from datasets.records import Label, Manifest, Sample
from training.errors import RecipeBroken
from training.findings import Finding, Findings
from training.repeat_weights import FOLDER

NUMBERS: Final = ("x", "y", "w", "h", "score")


@dataclass(frozen=True, slots=True)
class Guess:
    """One box of a teacher on the picture with this hash."""

    sha256: str
    label: Label
    score: float


def sure(manifest: Manifest, findings: Findings, kinds: Collection[str], *, high: float, low: float) -> Iterator[Guess]:
    """What the teacher is sure of on the pictures that are not labelled for a kind.

    Args:
        manifest: pictures to look for gaps in.
        findings: the teacher's, of every picture.
        kinds: only these are filled in.
        high: a box counts from this score on.
        low: between this score and `high` the teacher hesitates, and the kind stays unknown on that picture.
    """
    for sample in manifest:
        for kind in sorted(set(kinds) - sample.labelled):
            guesses = list(_boxes(sample, findings[sample.file], kind, low))
            if all(guess.score >= high for guess in guesses):
                yield from guesses


def _boxes(sample: Sample, finding: Finding, kind: str, low: float) -> Iterator[Guess]:
    for name, score, (x0, y0, x1, y1) in zip(
        finding.kinds, finding.scores.tolist(), finding.xyxy.astype(float).tolist(), strict=True
    ):
        if name == kind and score >= low and x1 > x0 and y1 > y0:
            yield Guess(sample.sha256, Label(kind, (x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0), score)


def write(guesses: Iterable[Guess], path: Path) -> None:
    """One row a box, in the order given."""
    with path.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(["sha256", "kind", *NUMBERS])
        for guess in guesses:
            box = guess.label
            rows.writerow([guess.sha256, box.kind, *(f"{v:.4f}" for v in (box.x, box.y, box.w, box.h, guess.score))])


def read(name: str, folder: Path = FOLDER) -> Mapping[str, tuple[Label, ...]]:
    """Boxes by the hash of their picture, from a list beside the recipes.

    Raises:
        RecipeBroken: no such list, or a row that is none.
    """
    found: defaultdict[str, list[Label]] = defaultdict(list)
    for line, row in enumerate(csv.DictReader(io.StringIO(_bytes(name, folder).decode("utf-8"))), 2):
        try:
            x, y, w, h, _ = (float(row[key]) for key in NUMBERS)
            found[row["sha256"]].append(Label(row["kind"], x, y, w, h))
        except (KeyError, TypeError, ValueError) as error:
            raise RecipeBroken(pseudo=name, line=line, why=str(error)) from error
    return {sha256: tuple(boxes) for sha256, boxes in found.items()}


def sha256_of(name: str, folder: Path = FOLDER) -> str:
    """Of the list's bytes."""
    return hashlib.sha256(_bytes(name, folder)).hexdigest()


def lay_over(manifest: Manifest, guesses: Mapping[str, tuple[Label, ...]]) -> Manifest:
    """The same pictures with a teacher's boxes where a kind was unknown; what is labelled by people stays."""
    return replace(manifest, samples=tuple(_filled(sample, guesses.get(sample.sha256, ())) for sample in manifest))


def _filled(sample: Sample, boxes: tuple[Label, ...]) -> Sample:
    new = tuple(box for box in boxes if box.kind not in sample.labelled)
    known = sample.labelled | {box.kind for box in new}
    return replace(
        sample, labels=(*(one for one in sample.labels if one.kind in sample.labelled), *new), labelled=known
    )


def _bytes(name: str, folder: Path) -> bytes:
    path = folder / name
    if not path.is_file():
        raise RecipeBroken(pseudo=name, why="no such list beside the recipes")
    return path.read_bytes()
