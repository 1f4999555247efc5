"""What a set of another tool says: pictures by name, their boxes, and whatever else its format can carry."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from datasets.errors import FormatBroken
from datasets.records import ROLES, Label, Sample

ROLE_WORDS: Mapping[str, str] = {"valid": "val", "validation": "val", "trainval": "train"} | {
    role: role for role in ROLES
}
"""Words that other tools use for a part of a set, and the role that each is here."""


@dataclass(frozen=True, slots=True)
class Found:
    """One picture of a foreign set.

    Attributes:
        name: its path below the folder of pictures, for example `yard/0001.jpg`; never leaves that folder.
        path: where its bytes should lie; it may be missing.
        labels: every box, by class of the foreign set.
        size: `(width, height)` in pixels where the format says it.
        role: where the format says it.
        labelled: classes of which every instance is boxed, where the format says it.
        unsure: classes of which an instance is surely not boxed by itself, such as a crowd.
        licence: words, where the format says it.
    """

    name: str
    path: Path
    labels: tuple[Label, ...]
    size: tuple[int, int] | None = None
    role: str | None = None
    labelled: frozenset[str] | None = None
    unsure: frozenset[str] = frozenset()
    licence: str = ""

    def __post_init__(self) -> None:
        parts = PurePosixPath(self.name).parts
        if not parts or parts[0] == "/" or ".." in parts or "\\" in self.name or "\0" in self.name:
            raise ValueError(f"a picture lies below its folder, got {self.name!r}")


@dataclass(frozen=True, slots=True)
class Foreign:
    """A whole foreign set: classes in their order, pictures in theirs, and shapes that are no boxes, counted."""

    classes: tuple[str, ...]
    pictures: tuple[Found, ...]
    left_out: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Placed:
    """A sample with the name that it has in a foreign set.

    Attributes:
        sample: with everything that we know.
        name: path below the foreign folder of pictures.
    """

    sample: Sample
    name: str


def role_of(word: str) -> str | None:
    """The role that a foreign word for a part of a set means; None where it means none.

    >>> role_of("valid"), role_of("val2017"), role_of("default")
    ('val', 'val', None)
    """
    return ROLE_WORDS.get(word.strip().lower().replace("-", "_").rstrip("0123456789_"))


def below_images(file: str) -> str:
    """The name of a picture below `images`.

    >>> below_images("images/yard/0001.png")
    'yard/0001.png'
    """
    return PurePosixPath(file).relative_to("images").as_posix()


def flat(file: str) -> str:
    """The same without folders, for formats whose readers look into one folder.

    >>> flat("images/yard/0001.png")
    'yard__0001.png'
    """
    return below_images(file).replace("/", "__")


def corners(label: Label, width: float, height: float) -> tuple[float, float, float, float]:
    """x0, y0, x1, y1 in pixels, three decimals."""
    x0, y0 = (label.x - label.w / 2) * width, (label.y - label.h / 2) * height
    x1, y1 = x0 + label.w * width, y0 + label.h * height
    return round(x0, 3), round(y0, 3), round(x1, 3), round(y1, 3)


def from_corners(kind: str, box: Sequence[float], width: float, height: float) -> Label:
    """A label from x0, y0, x1, y1 in pixels; ValueError where it has no area.

    >>> from_corners("litter", (10, 20, 30, 60), 100, 100)
    Label(kind='litter', x=0.2, y=0.4, w=0.2, h=0.4)
    """
    x0, y0, x1, y1 = box
    if not (width > 0 and height > 0):
        raise ValueError(f"a picture has a size, got {width} x {height}")
    return Label(kind, (x0 + x1) / 2 / width, (y0 + y1) / 2 / height, (x1 - x0) / width, (y1 - y0) / height)


def hull(points: Sequence[tuple[float, float]]) -> tuple[float, float, float, float]:
    """The upright box round an outline.

    >>> hull([(1, 2), (5, 1), (3, 9)])
    (1, 1, 5, 9)
    """
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def text_of(path: Path) -> str:
    """A text file as UTF-8; FormatBroken where it is none."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise FormatBroken(file=str(path), why=str(error)) from error
