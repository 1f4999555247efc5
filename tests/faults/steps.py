"""P7: a machine does anything to tickets, by anybody; each change has its one entry, and lies on the table.

Every core has a process of its own: `python -m tests.faults.steps N` is one and prints what it saw as JSON.
"""

import json
import os
import subprocess
import sys
import time
from typing import Any, Final

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.outcome import Outcome, broken_cases
from tests.faults.outside import environment
from tests.machine import City

TITLE: Final = "no change of a ticket without exactly one entry in history and trail; states move along the table"
STEPS_A_RUN: Final = 100
RUNS_AT_ONCE: Final = 10


def measure(steps: int) -> Outcome:
    """Take so many steps, in runs of a hundred, each in a city of its own, on all cores."""
    cores, begun = len(os.sched_getaffinity(0)), time.monotonic()
    running = [_launch(-(-steps // cores)) for _ in range(cores)]
    rounds = [_told_by(process) for process in running]
    taken = sum(one["steps"] for one in rounds)
    scope = f"{taken} steps, {taken / (time.monotonic() - begun):.0f} a second on {cores} cores"
    broken = [line for one in rounds for line in one["broken"]]
    return Outcome([broken_cases("P7", TITLE, broken, rounds, scope)])


def take(steps: int) -> dict[str, Any]:
    """So many steps in this process: which events they led to, and what broke."""
    plan = settings(
        max_examples=RUNS_AT_ONCE,
        stateful_step_count=STEPS_A_RUN,
        deadline=None,
        database=None,
        derandomize=False,  # each run of a hundred is another one
        suppress_health_check=list(HealthCheck),
    )
    broken: list[str] = []
    while City.steps < steps and not broken:
        try:
            run_state_machine_as_test(City, settings=plan)
        except AssertionError as error:
            broken.append(" ".join(str(error).split())[:500])
    told = {"steps": City.steps, "cpu_s": round(time.process_time(), 1), "broken": broken}
    return told | dict(sorted(City.done.items()))


def _launch(steps: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", __name__, str(steps)]
    return subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True)


def _told_by(process: "subprocess.Popen[str]") -> dict[str, Any]:
    out, _ = process.communicate()
    if process.returncode != 0:
        return {"steps": 0, "broken": [f"the process ended with {process.returncode}"]}
    told: dict[str, Any] = json.loads(out.splitlines()[-1])
    return told


if __name__ == "__main__":
    print(json.dumps(take(int(sys.argv[1]))))
