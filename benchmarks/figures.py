"""A measured figure with its target and every raw round, and the file that a list of them is kept in."""

import fcntl
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

LETTERS: Final = "FPKSE"
"""In which order the promises stand."""

Round = float | int | str | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reference:
    """What the figure is compared with, measured in the same run: its name, version and own value."""

    name: str
    version: str
    value: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One row of `build/bench.json` or `build/faults.json`.

    Attributes:
        id: the promise, as `F1` or `P3`; a further row of the same promise as `F5-ready`.
        title: the promise in a few words.
        value: the median of the rounds or the number of broken cases; None where it could not be measured.
        unit: of `value` and `target`.
        target: the limit; None for a row that promises nothing and is given for reading only.
        rounds: every round, raw.
        command: what measures it again.
        bound: on which side of the target the promise is kept.
        reference: what was measured beside it in the same run.
        note: what a reader must know to read the value; the reason where it is None.
    """

    id: str
    title: str
    value: float | None
    unit: str
    target: float | None
    rounds: Sequence[Round]
    command: str
    bound: Literal["at_most", "at_least"] = "at_most"
    reference: Reference | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the promise is kept; None where nothing was measured or nothing promised.

        >>> Figure("P1", "kill -9", 0, "lost", 0, [], "make faults ONLY=P1").met
        True
        >>> Figure("P2", "power cut", None, "lost", 0, [], "make faults ONLY=P2").met is None
        True
        """
        if self.value is None or self.target is None:
            return None
        return self.value <= self.target if self.bound == "at_most" else self.value >= self.target

    def row(self) -> dict[str, Any]:
        """The figure as the contract writes it."""
        return asdict(self) | {"met": self.met}


@dataclass(frozen=True, slots=True)
class Machine:
    """Where a figure was measured, since milliseconds mean nothing without it."""

    cpu: str
    cores: int
    memory_mb: int = field(default=0)

    @classmethod
    def here(cls) -> "Machine":
        """Read from `/proc`."""
        facts = Path("/proc/cpuinfo").read_text(encoding="utf-8")
        names = [line.partition(":")[2].strip() for line in facts.splitlines() if line.startswith("model name")]
        total_kb = int(Path("/proc/meminfo").read_text(encoding="utf-8").split()[1])
        return cls(names[0] if names else "unknown", len(names), total_kb // 1024)

    def __str__(self) -> str:
        return f"{self.cpu}, {self.cores} cores, {self.memory_mb // 1024} GB"


def write_figures(path: Path, figures: Sequence[Figure], *, alone: bool = False) -> None:
    """Keep the figures, promise by promise, each with its machine.

    Args:
        path: the file, which is whole at every moment.
        figures: in the order in which they were measured.
        alone: they were measured alone; rows that another command measures stay.
    """
    machine = {"machine": str(Machine.here())}
    now = {figure.command for figure in figures}
    with _turn_at(path):
        kept = [row for row in read_rows(path) if alone and row["command"] not in now]
        rows = sorted([*kept, *(figure.row() | machine for figure in figures)], key=_place)
        part = path.with_name(f"{path.name}.part")
        part.write_text("[\n" + ",\n".join(map(_written, rows)) + "\n]\n", encoding="utf-8")
        part.replace(path)


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of such a file, none if there is none."""
    if not path.is_file():
        return []
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return rows


def _place(row: Mapping[str, Any]) -> tuple[int, int]:
    promise = row["id"].partition("-")[0]
    return LETTERS.find(promise[0]), int(promise[1:])


@contextmanager
def _turn_at(path: Path) -> Iterator[None]:
    """One writer at a time, so that two runs side by side both find their rows afterwards."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f".{path.name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _written(row: dict[str, Any]) -> str:
    rounds = ",\n  ".join(json.dumps(one, ensure_ascii=False) for one in row["rounds"])
    text = json.dumps(row | {"rounds": []}, indent=1, ensure_ascii=False)
    return text.replace('"rounds": []', f'"rounds": [\n  {rounds}\n ]', 1) if rounds else text


def say(figure: Figure) -> str:
    """One line for a person."""
    word = {True: "kept", False: "BROKEN", None: "not measured" if figure.value is None else "for reading"}[figure.met]
    value = "-" if figure.value is None else f"{figure.value:g}"
    sign = "<=" if figure.bound == "at_most" else ">="
    target = "" if figure.target is None else f" (target {sign} {figure.target:g})"
    note = f"  {figure.note}" if figure.note else ""
    return f"{figure.id:9} {word:12} {value} {figure.unit}{target}  {figure.title}{note}"
