"""`python -m tests.faults [--only P1] [--n 300]`: break things on purpose; exit 1 if a promise broke.

build/faults.json gets a row a figure; with `--only` the rows of other promises stay.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.figures import read_rows, say, write_figures
from tests.faults import (
    bad_cameras,
    bypasses,
    canaries,
    clock_steps,
    comebacks,
    crowd,
    disguises,
    disk_errors,
    drill,
    edges,
    falsified,
    full_disk,
    hostile,
    kills,
    lost_node,
    matrix,
    overload,
    parity,
    power,
    retries,
    shut_out,
    silence,
    soak,
    steps,
    tampered,
    told,
    unrecognised,
    upgrade,
    workers,
)
from tests.faults.outcome import Outcome, scrub_figure

RESULT: Final = Path("build/faults.json")
COUNTED: Final[dict[str, tuple[Callable[[int], Outcome], int]]] = {
    "P1": (kills.measure, 300),
    "P2": (power.measure, 100),
    "P6": (crowd.measure, 1000),
    "P11": (upgrade.measure, 300),
    drill.PROMISE: (drill.measure, 100_000),
    "P7": (steps.measure, 4000),
    "F11": (lost_node.measure, 5),
    "K2": (comebacks.measure, 20),
    "K3": (silence.measure, silence.STAYS_S),
    "K4": (clock_steps.measure, 200),
    "K5": (soak.measure, 5),
    "K6": (overload.measure, 10),
    "K8": (hostile.measure, 200),
    "E1": (edges.measure_kills, 30),
    "E2": (edges.measure_cuts, 15),
    "P10": (lambda kills: both(workers.measure(kills), _told(kills // 2)), 60),
}
WHOLE: Final[dict[str, Callable[[], Outcome]]] = {
    "P3": disk_errors.measure,
    "P4": retries.measure,
    "P8": falsified.measure_trail,
    "P9": falsified.measure_evidence,
    "P12": parity.measure,
    "K1": bad_cameras.measure,
    "K7": full_disk.measure,
    "S1": matrix.measure,
    "S2": bypasses.measure,
    "S3": canaries.measure,
    "S4": unrecognised.measure,
    "S5": disguises.measure,
    "S6": shut_out.measure,
    "S7": tampered.measure,
    "E3": edges.measure_full,
}
ORDER: Final = (
    *("P1", "P2", "P3", "P4", "P6", "P7", "P8", "P9", "P10", "P11", drill.PROMISE, "P12", "F11"),
    *("K1", "K2", "K3", "K4", "K5", "K6", "K7", "K8", "S1", "S2", "S3", "S4", "S5", "S6", "S7"),
    *("E1", "E2", "E3"),
)
SCRUBBED: Final = ("P3", "P4", "K7")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the wanted promises; 0 if all that could be shown here is kept, 1 if one is broken."""
    wish = _parser().parse_args(arguments)
    wanted = ORDER if wish.only is None else SCRUBBED if wish.only == "P5" else (wish.only,)
    outcomes = [_tell(_run(promise, wish.n)) for promise in wanted]
    figures = [figure for outcome in outcomes for figure in outcome.figures]
    if scrubs := [scrub for outcome in outcomes for scrub in outcome.scrubs]:
        earlier = [] if wish.only is None else _scrubs_of_others(scrubs)
        figures.append(scrub_figure([*earlier, *scrubs]))
        print(say(figures[-1]), flush=True)
    write_figures(RESULT, figures, alone=wish.only is not None)
    return 1 if any(figure.met is False for figure in figures) else 0


def _scrubs_of_others(scrubs: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was found after other promises, when they were run."""
    now = {scrub["after"] for scrub in scrubs}
    return [
        scrub for row in read_rows(RESULT) if row["id"] == "P5" for scrub in row["rounds"] if scrub["after"] not in now
    ]


def both(first: Outcome, second: Outcome) -> Outcome:
    """Two outcomes as one."""
    return Outcome([*first.figures, *second.figures], [*first.scrubs, *second.scrubs])


def _told(kills: int) -> Outcome:
    return both(told.measure(kills), told.measure_broker(kills))


def _run(promise: str, n: int | None) -> Outcome:
    print(f"{promise} …", flush=True)
    if promise in WHOLE:
        return WHOLE[promise]()
    measure, usual = COUNTED[promise]
    return measure(usual if n is None else n)


def _tell(outcome: Outcome) -> Outcome:
    for figure in outcome.figures:
        print(say(figure), flush=True)
    return outcome


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--only", choices=(*ORDER, "P5"), help="one promise; P5 scrubs after P3, P4 and K7")
    parser.add_argument(
        "--n",
        type=int,
        help="kills (P1, P11: 300; P10: 60), cuts (P2: 100), photos (P11-restore: 100000), steps (P7: 4000, K4: 200),"
        " outages (K2: 20), nodes (F11: 5), minutes (K5: 5),"
        " seconds (K3: 75, K6: 10), files (K8: 200), E1, E2",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
