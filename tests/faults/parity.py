"""P12: two databases, one behaviour: every test of the service, once on SQLite and once on PostgreSQL."""

import os
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from xml.etree import ElementTree

from tests.databases import FILE_ONLY, POSTGRESQL, SQLITE, VARIABLE
from tests.faults.outcome import Outcome, broken_cases, not_here
from tests.postgresql import why_not

TITLE: Final = "the same tests of the service pass on both databases"
DATABASES: Final = (SQLITE, POSTGRESQL)
FAILED: Final = frozenset({"failed", "error"})


def measure() -> Outcome:
    """Run all of them on each; a test that fails on one, or passes on one and not on the other, is broken."""
    if (reason := why_not()) is not None:
        return Outcome([not_here("P12", TITLE, reason)])
    with ThreadPoolExecutor(2) as both_at_once:
        told = dict(zip(DATABASES, both_at_once.map(_suite, DATABASES), strict=True))
    broken = [f"{database}: {line}" for database, tests in told.items() for line in failures(tests)]
    broken += differences(told[SQLITE], told[POSTGRESQL])
    ran = sum(told[SQLITE].get(name) == told[POSTGRESQL].get(name) == "passed" for name in told[SQLITE])
    rounds = [{"database": database, **_counts(tests)} for database, tests in told.items()]
    return Outcome([broken_cases("P12", TITLE, broken if ran else ["no test ran"], rounds, f"{ran} tests on both")])


def failures(tests: Mapping[str, str]) -> list[str]:
    """The tests that ended as none should."""
    return [f"{name} {how}" for name, how in tests.items() if how in FAILED]


def differences(first: Mapping[str, str], second: Mapping[str, str]) -> list[str]:
    """Tests that ran on one database and not on the other, but for those of a SQLite file.

    >>> differences({"a": "passed", "b": "passed"}, {"a": "passed", "b": "skipped"})
    ['b passed on one, skipped on the other']
    """
    ends = {name: (first.get(name, "absent"), second.get(name, "absent")) for name in {**first, **second}}
    return [
        f"{name} {one} on one, {other} on the other"
        for name, (one, other) in sorted(ends.items())
        if one != other and FILE_ONLY not in (one, other) and not {one, other} & FAILED
    ]


def _suite(database: str) -> dict[str, str]:
    """How each test ended, by a name that is the same on both databases."""
    with TemporaryDirectory(prefix="faults-") as folder:
        report = Path(folder) / "tests.xml"
        words = [sys.executable, "-m", "pytest", "tests/service", "-q", f"--junitxml={report}"]
        done = subprocess.run(words, env=os.environ | {VARIABLE: database}, capture_output=True, text=True, check=False)
        if not report.is_file():
            return {f"pytest: {done.stderr[-300:]}": "error"}
        cases = ElementTree.parse(report).iter("testcase")  # noqa: S314  # pytest's own, just written
        return {_name(case, database): _end(case) for case in cases}


def _name(case: ElementTree.Element, database: str) -> str:
    """Without the database that the whole run stands on; a test that joins two names both."""
    test, _, told = str(case.get("name")).partition("[")
    words = told.rstrip("]").split("-")
    if sum(word in (SQLITE, POSTGRESQL) for word in words) == 1:
        words = ["store" if word == database else word for word in words]
    return f"{case.get('classname')}.{test}[{'-'.join(words)}]"


def _end(case: ElementTree.Element) -> str:
    for child in case:
        if child.tag in ("failure", "error"):
            return "failed"
        if child.tag == "skipped":
            return FILE_ONLY if child.get("message") == FILE_ONLY else "skipped"
    return "passed"


def _counts(tests: Mapping[str, str]) -> dict[str, Any]:
    ends = list(tests.values())
    return {"passed": ends.count("passed"), "skipped": ends.count("skipped"), "of a file": ends.count(FILE_ONLY)}
