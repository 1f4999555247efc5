"""YOLO text labels: a line a box, `kind x y w h` with centre and size in parts of the picture."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from datasets.errors import ManifestBroken
from datasets.records import Label


def parse(text: str, kinds: Sequence[str], *, file: str = "") -> tuple[Label, ...]:
    """Read label lines; empty lines are skipped.

    Raises:
        ManifestBroken: a line is not five numbers, names no kind or has no area.

    >>> parse("3 0.5 0.5 0.2 0.1", ["a", "b", "c", "litter"])
    (Label(kind='litter', x=0.5, y=0.5, w=0.2, h=0.1),)
    """
    lines = [(number, line.split()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    return tuple(_told(parts, kinds, file, number) for number, parts in lines)


def _told(parts: Sequence[str], kinds: Sequence[str], file: str, number: int) -> Label:
    try:
        return label(parts, kinds)
    except ValueError as error:
        raise ManifestBroken(file=file, line=number, text=" ".join(parts), why=str(error)) from error


def label(parts: Sequence[str], kinds: Sequence[str]) -> Label:
    """The five words of a line; ValueError where they say nothing true."""
    index, x, y, w, h = (float(part) for part in parts)
    if not 0 <= index < len(kinds) or index != int(index):
        raise ValueError(f"no kind has the index {parts[0]}")
    return Label(kinds[int(index)], x, y, w, h)


def text(labels: Iterable[Label], kinds: Sequence[str]) -> str:
    """The same labels as lines, six decimals.

    >>> text([Label("litter", 0.5, 0.5, 0.2, 0.1)], ["litter"])
    '0 0.500000 0.500000 0.200000 0.100000\\n'
    """
    return "".join(f"{kinds.index(b.kind)} {b.x:.6f} {b.y:.6f} {b.w:.6f} {b.h:.6f}\n" for b in labels)


def read(path: Path, kinds: Sequence[str]) -> tuple[Label, ...]:
    """The labels of one picture; a missing file means that nothing was boxed."""
    if not path.exists():
        return ()
    return parse(path.read_text(encoding="utf-8"), kinds, file=str(path))


def write(path: Path, labels: Iterable[Label], kinds: Sequence[str]) -> None:
    """Write one picture's labels, making the folder where needed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text(labels, kinds), encoding="utf-8")
