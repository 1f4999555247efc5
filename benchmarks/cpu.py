"""CPU time of a process and all that it started."""

import time

import psutil

from benchmarks.memory import tree


def wait_until_idle(pid: int) -> None:
    """Wait until the tree spends nearly nothing for a second: work behind the answer belongs to the photo too."""
    last = time.monotonic() + 60
    while time.monotonic() < last:
        before = tree_cpu_seconds(pid)
        time.sleep(1.0)
        if tree_cpu_seconds(pid) - before < 0.03:
            return


def tree_cpu_seconds(pid: int) -> float:
    """User and system time of a process and its children, ended ones included."""
    times = [psutil.Process(member).cpu_times() for member in tree(pid)]
    return float(sum(t.user + t.system for t in times) + times[0].children_user + times[0].children_system)
