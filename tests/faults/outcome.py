"""What a fault run hands back: its figures and what the scrub of its data found."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.figures import Figure


@dataclass(frozen=True, slots=True)
class Outcome:
    """Figures, and for each folder of data that the run left behind the lines of `service verify`."""

    figures: Sequence[Figure]
    scrubs: Sequence[dict[str, Any]] = ()

    @property
    def broken(self) -> list[str]:
        """A line for each promise that is not kept and each mismatch that the scrub found; what a test wants empty."""
        lines = [
            f"{figure.id}: {figure.value:g} {figure.unit}; {figure.note}"
            for figure in self.figures
            if figure.met is False
        ]
        return lines + [line for scrub in self.scrubs for line in scrub["damage"]]


def broken_cases(
    promise: str, title: str, broken: Sequence[str], rounds: Sequence[dict[str, Any]], scope: str
) -> Figure:
    """The usual row: the number of broken cases, none allowed; `scope` says of how many, and the first are told."""
    note = "; ".join([scope, *broken[:3]])
    command = f"make faults ONLY={promise.partition('-')[0]}"
    return Figure(promise, title, len(broken), "broken cases", 0, rounds, command, note=note)


def not_here(promise: str, title: str, reason: str) -> Figure:
    """The row of a promise that this machine cannot show: no value, not met, and why."""
    return Figure(promise, title, None, "broken cases", 0, [], f"make faults ONLY={promise}", note=reason)


def scrub_figure(scrubs: Sequence[dict[str, Any]]) -> Figure:
    """P5: what `service verify` found after all the runs together."""
    found = [line for scrub in scrubs for line in scrub["damage"]]
    return broken_cases("P5", "rows and files agree after each fault run", found, scrubs, f"{len(scrubs)} scrubs")
