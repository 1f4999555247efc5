"""Finds what is wrong with a data folder: broken pictures, bad boxes, leaks between roles, licences."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from datasets.records import Label, Manifest, Sample

TINY_PART: Final = 0.004
OUTSIDE_PART: Final = 0.01
NEAR_BITS: Final = 3
FORBIDDEN: Final = ("nc", "nd", "noncommercial", "noderivatives", "all rights reserved", "proprietary")
TRAINED: Final = "train"
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
    faults = [fault for sample in manifest for fault in [*licence(sample), *boxes(sample)]]
    faults += leaks(manifest)
    if look is None:
        return faults
    seen = {sample.file: look(sample) for sample in manifest}
    faults += [fault for sample in manifest for fault in pixels(sample, seen[sample.file])]
    return faults + near_duplicates(manifest, {f: found for f, found in seen.items() if isinstance(found, Looks)})


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


def _outside(label: Label) -> float:
    reach = (label.w / 2 - label.x, label.h / 2 - label.y, label.x + label.w / 2 - 1, label.y + label.h / 2 - 1)
    return max(reach)


def leaks(manifest: Manifest) -> list[Fault]:
    """Groups with pictures both in training and in the frozen test."""
    both = manifest.role(TRAINED).groups & manifest.role(FROZEN).groups
    return [
        Fault("split.group_leaks", sample.file, {"group": sample.group})
        for sample in manifest.role(FROZEN)
        if sample.group in both
    ]


def pixels(sample: Sample, found: Looks | str) -> Iterator[Fault]:
    """A file that is missing, broken or of another size than the manifest says."""
    if isinstance(found, str):
        yield Fault(found, sample.file)
        return
    if (found.width, found.height) != (sample.width, sample.height):
        facts: dict[str, object] = {"found": [found.width, found.height], "said": [sample.width, sample.height]}
        yield Fault("picture.other_size", sample.file, facts)


def near_duplicates(manifest: Manifest, looks: dict[str, Looks]) -> list[Fault]:
    """Pictures of the frozen test that look like one of training: at most three of 64 bits apart."""
    train, test = (_prints(manifest.role(role), looks) for role in (TRAINED, FROZEN))
    if not train or not test:
        return []
    known = np.array([mark for _, mark in train], np.uint64)
    return [fault for file, mark in test for fault in _nearest(file, mark, known, [name for name, _ in train])]


def _prints(samples: Iterable[Sample], looks: dict[str, Looks]) -> list[tuple[str, int]]:
    found = [(sample.file, looks[sample.file].print64) for sample in samples if sample.file in looks]
    return [(file, mark) for file, mark in found if mark is not None]


def _nearest(file: str, mark: int, known: NDArray[np.uint64], names: Sequence[str]) -> Iterator[Fault]:
    apart = np.bitwise_count(known ^ np.uint64(mark))
    if apart.min() <= NEAR_BITS:
        facts: dict[str, object] = {"like": names[int(apart.argmin())], "bits": int(apart.min())}
        yield Fault("split.near_duplicate", file, facts)


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
