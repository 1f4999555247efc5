"""Labelled pictures as frozen, ordered values."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

ROLES = ("train", "val", "test", "train_near_test")


@dataclass(frozen=True, slots=True)
class Label:
    """One labelled thing; centre and size in parts of the picture, 0..1, as YOLO writes them."""

    kind: str
    x: float
    y: float
    w: float
    h: float

    def __post_init__(self) -> None:
        if not (self.w > 0 and self.h > 0 and all(map(math.isfinite, (self.x, self.y, self.w, self.h)))):
            raise ValueError(f"a label needs a place, a width and a height, got {self}")

    @property
    def xyxy(self) -> tuple[float, float, float, float]:
        """Corners in parts of the picture, cut at its edges.

        >>> Label("litter", 0.5, 0.5, 0.5, 0.25).xyxy
        (0.25, 0.375, 0.75, 0.625)
        """
        x0, y0, x1, y1 = self.x - self.w / 2, self.y - self.h / 2, self.x + self.w / 2, self.y + self.h / 2
        return max(x0, 0.0), max(y0, 0.0), min(x1, 1.0), min(y1, 1.0)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the bytes of a picture come from: a file of a public repository at one commit."""

    repository: str
    path: str
    commit: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One picture with what is known about it.

    `labelled` names the kinds whose every instance is boxed. A kind that is not named may be in the
    picture without a box: it is unknown, not absent. An empty `labelled` is never a negative.
    """

    file: str
    source: str
    role: str
    group: str
    width: int
    height: int
    licence: str
    credit: str
    origin: Origin
    sha256: str
    labelled: frozenset[str]
    labels: tuple[Label, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise ValueError(f"{self.file}: a role is one of {ROLES}, got {self.role!r}")
        if self.width <= 0 or self.height <= 0:
            raise ValueError(f"{self.file}: a picture has a size, got {self.width}x{self.height}")

    def count(self, kind: str) -> int:
        """How many boxes of `kind` the picture has."""
        return sum(label.kind == kind for label in self.labels)


@dataclass(frozen=True, slots=True)
class Manifest:
    """An ordered list of samples over a fixed order of kinds.

    `sha256` is that of the manifest file's bytes: two runs with the same hash saw the same list.
    """

    kinds: tuple[str, ...]
    samples: tuple[Sample, ...]
    sha256: str

    def __len__(self) -> int:
        return len(self.samples)

    def __iter__(self) -> Iterator[Sample]:
        return iter(self.samples)

    def where(self, wanted: Callable[[Sample], bool]) -> "Manifest":
        """The samples that `wanted` accepts, in the same order and under the same hash."""
        return replace(self, samples=tuple(sample for sample in self.samples if wanted(sample)))

    def role(self, *roles: str) -> "Manifest":
        """The samples of these roles."""
        return self.where(lambda sample: sample.role in roles)

    def source(self, name: str) -> "Manifest":
        """The samples of one set."""
        return self.where(lambda sample: sample.source == name)

    def labelled_for(self, kind: str) -> "Manifest":
        """The samples on which every instance of `kind` is boxed, be there none."""
        return self.where(lambda sample: kind in sample.labelled)

    @property
    def groups(self) -> frozenset[str]:
        """Every group (one place on one day) that occurs; pictures of one group never part."""
        return frozenset(sample.group for sample in self.samples)
