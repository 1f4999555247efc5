"""P7: a machine does anything to tickets, by anybody; each change has its one entry, and lies on the table."""

from typing import Final

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.outcome import Outcome, broken_cases
from tests.machine import City

TITLE: Final = "no change of a ticket without exactly one entry in history and trail; states move along the table"
STEPS_A_RUN: Final = 100
RUNS_AT_ONCE: Final = 10


def measure(steps: int) -> Outcome:
    """Take so many steps, in runs of a hundred, each in a city of its own."""
    plan = settings(
        max_examples=RUNS_AT_ONCE,
        stateful_step_count=STEPS_A_RUN,
        deadline=None,
        database=None,
        derandomize=False,  # each run of a hundred is another one
        suppress_health_check=list(HealthCheck),
    )
    broken: list[str] = []
    before = City.steps
    while City.steps - before < steps and not broken:
        try:
            run_state_machine_as_test(City, settings=plan)
        except AssertionError as error:
            broken.append(" ".join(str(error).split())[:500])
    taken = City.steps - before
    rounds = [{"steps": taken, **dict(sorted(City.done.items()))}]
    return Outcome([broken_cases("P7", TITLE, broken, rounds, f"{taken} steps")])
