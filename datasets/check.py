"""Finds what is wrong with a data folder: broken pictures, bad boxes, gaps in the labels, leaks, licences."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from datasets.records import Label, Manifest, Sample

TINY_PART: Final = 0.004
OUTSIDE_PART: Final = 0.01
NEAR_BITS: Final = 3
FORBIDDEN: Final = ("nc", "nd", "noncommercial", "noderivatives", "all rights reserved", "proprietary")
TWIN_IOU: Final = 0.9
SIDES: Final = ("train", "val", "test")
FROZEN: Final = "test"

Look = Callable[[Sample], "Looks | str"]
"""Opens a picture: what it looks like, or the code of what is wrong with its file."""


@dataclass(frozen=True, slots=True)
class Looks:
    """What `check` needs of a picture's pixels.

    Attributes:
        width: pixels.
        height: pixels.
        print64: 64 bits that near-duplicates share; None for a picture without texture.
    """

    width: int
    height: int
    print64: int | None


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong; `serious` ones fail the check."""

    code: str
    file: str
    facts: dict[str, object] = field(default_factory=dict)
    serious: bool = True


def check(manifest: Manifest, look: Look | None = None) -> list[Fault]:
    """Everything that is wrong, in the manifest's order.

    Args:
        manifest: with its labels.
        look: opens pictures; None leaves the pixels out and checks the text alone.
    """
    faults = [fault for sample in manifest for fault in [*licence(sample), *boxes(sample), *silent(sample)]]
    faults += [*leaks(manifest), *twice(manifest)]
    if look is not None:
        seen = {sample.file: look(sample) for sample in manifest}
        faults += [fault for sample in manifest for fault in pixels(sample, seen[sample.file])]
        faults += near_duplicates(manifest, {f: found for f, found in seen.items() if isinstance(found, Looks)})
    return [*faults, *gaps(manifest)]


def licence(sample: Sample) -> Iterator[Fault]:
    """A picture without a licence, or with one that forbids what we do."""
    words = sample.licence.lower().replace("-", " ").replace("(", " ").split()
    if not words:
        yield Fault("licence.missing", sample.file)
    if any(word in FORBIDDEN for word in words) or any(text in sample.licence.lower() for text in FORBIDDEN[2:]):
        yield Fault("licence.forbidden", sample.file, {"licence": sample.licence})


def boxes(sample: Sample) -> Iterator[Fault]:
    """Boxes that are tiny, reach outside, or belong to a kind that the picture is not labelled for."""
    for label in sample.labels:
        facts: dict[str, object] = {"kind": label.kind, "box": [label.x, label.y, label.w, label.h]}
        if min(label.w, label.h) < TINY_PART:
            yield Fault("label.tiny", sample.file, facts, serious=False)
        if _outside(label) > OUTSIDE_PART:
            yield Fault("label.outside", sample.file, facts)
        if label.kind not in sample.labelled:
            yield Fault("label.not_labelled_kind", sample.file, facts)
    for one, other in combinations(sample.labels, 2):
        if one.kind == other.kind and _iou(one, other) > TWIN_IOU:
            twin: dict[str, object] = {"kind": one.kind, "box": [other.x, other.y, other.w, other.h]}
            yield Fault("label.twice", sample.file, twin, serious=False)


def _iou(one: Label, other: Label) -> float:
    (a0, b0, a1, b1), (c0, d0, c1, d1) = one.xyxy, other.xyxy
    shared = max(min(a1, c1) - max(a0, c0), 0) * max(min(b1, d1) - max(b0, d0), 0)
    return shared / ((a1 - a0) * (b1 - b0) + (c1 - c0) * (d1 - d0) - shared or 1)


def silent(sample: Sample) -> Iterator[Fault]:
    """A picture that is labelled for no kind: it teaches nothing and tests nothing."""
    if not sample.labelled:
        yield Fault("picture.unlabelled", sample.file, serious=False)


def _outside(label: Label) -> float:
    reach = (label.w / 2 - label.x, label.h / 2 - label.y, label.x + label.w / 2 - 1, label.y + label.h / 2 - 1)
    return max(reach)


def leaks(manifest: Manifest) -> list[Fault]:
    """Pictures whose group is also on a side before theirs: training, validation, frozen test."""
    sides: dict[str, set[str]] = {}
    for sample in manifest.role(*SIDES):
        sides.setdefault(sample.group, set()).add(sample.role)
    found = [(sample, sides[sample.group] & set(_before(sample.role))) for sample in manifest.role(*SIDES)]
    return [
        Fault("split.group_leaks", sample.file, {"group": sample.group, "also": sorted(also)})
        for sample, also in found
        if also
    ]


def _before(role: str) -> tuple[str, ...]:
    return SIDES[: SIDES.index(role)]


def twice(manifest: Manifest) -> Iterator[Fault]:
    """The same bytes under two names; serious where they are on two sides."""
    first: dict[str, Sample] = {}
    for sample in manifest:
        known = first.setdefault(sample.sha256, sample) if sample.sha256 else sample
        if known is not sample:
            yield Fault("picture.twice", sample.file, {"like": known.file}, serious=known.role != sample.role)


def gaps(manifest: Manifest) -> Iterator[Fault]:
    """Kinds that nobody labelled, and sides where a kind has no box or, with boxes, no picture without one."""
    for kind in manifest.kinds:
        labelled = manifest.labelled_for(kind)
        if not len(labelled):
            yield Fault("kind.labelled_nowhere", "", {"kind": kind}, serious=False)
        for role in SIDES:
            those = labelled.role(role)
            boxed = sum(sample.count(kind) > 0 for sample in those)
            facts: dict[str, object] = {"kind": kind, "role": role, "labelled": len(those)}
            if len(those) and not boxed:
                yield Fault("kind.no_boxes", "", facts, serious=False)
            if boxed and boxed == len(those):
                yield Fault("kind.no_negatives", "", facts, serious=False)


def pixels(sample: Sample, found: Looks | str) -> Iterator[Fault]:
    """A file that is missing, broken or of another size than the manifest says."""
    if isinstance(found, str):
        yield Fault(found, sample.file)
        return
    if (found.width, found.height) != (sample.width, sample.height):
        facts: dict[str, object] = {"found": [found.width, found.height], "said": [sample.width, sample.height]}
        yield Fault("picture.other_size", sample.file, facts)


def near_duplicates(manifest: Manifest, looks: dict[str, Looks]) -> list[Fault]:
    """Pictures that look like one of a side before theirs: at most three of 64 bits apart; serious in the test."""
    marks = {role: _prints(manifest.role(role), looks) for role in SIDES}
    found: list[Fault] = []
    for role in SIDES[1:]:
        known = [one for before in _before(role) for one in marks[before]]
        array, names = np.array([mark for _, mark in known], np.uint64), [name for name, _ in known]
        serious = role == FROZEN
        found += [fault for file, mark in marks[role] if names for fault in _nearest(file, mark, array, names, serious)]
    return found


def _prints(samples: Iterable[Sample], looks: dict[str, Looks]) -> list[tuple[str, int]]:
    found = [(sample.file, looks[sample.file].print64) for sample in samples if sample.file in looks]
    return [(file, mark) for file, mark in found if mark is not None]


def _nearest(file: str, mark: int, known: NDArray[np.uint64], names: Sequence[str], serious: bool) -> Iterator[Fault]:
    apart = np.bitwise_count(known ^ np.uint64(mark))
    if apart.min() <= NEAR_BITS:
        facts: dict[str, object] = {"like": names[int(apart.argmin())], "bits": int(apart.min())}
        yield Fault("split.near_duplicate", file, facts, serious)


def fingerprint(grey: NDArray[np.uint8]) -> int | None:
    """64 bits of a picture: is each of 8 x 8 places brighter than its right neighbour?

    Args:
        grey: `(8, 9)` uint8, the picture made that small.

    Returns:
        None where the picture has no texture to tell it from others.
    """
    if int(grey.max()) - int(grey.min()) < NEAR_BITS:
        return None
    brighter = (grey[:, :-1] > grey[:, 1:]).ravel()  # (64,)
    return int(np.packbits(brighter).view(">u8")[0])
