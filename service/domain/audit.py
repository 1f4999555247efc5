"""The audit trail as a chain: the hash of each line covers what it says and the hash of the line before it.

Whoever edits, removes, swaps or slips in a line breaks the chain there. Whoever cuts its tail, or computes all hashes
anew, contradicts an anchor: a head of the chain that was written down elsewhere at the time.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class AuditLine:
    """Who did what to which thing, when (aware), and why they said so; `facts` are plain JSON."""

    at: datetime
    actor: str
    action: str
    subject: str
    reason: str | None
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Head:
    """The last line of a chain: its number, counted from 1 without gaps, and its hash."""

    seq: int
    sha256: str


BEGINNING: Final = Head(0, "0" * 64)


@dataclass(frozen=True, slots=True)
class Link:
    """A line in its place in the chain."""

    seq: int
    line: AuditLine
    sha256: str

    @property
    def head(self) -> Head:
        """The chain's head when this was its last line."""
        return Head(self.seq, self.sha256)


class Problem(StrEnum):
    """What may be wrong with a chain."""

    CHANGED = "audit.changed"
    MISSING = "audit.missing"
    CUT = "audit.cut"
    FORGED = "audit.forged"


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain does not hold: the number of the line that is changed, missing, cut off or not the anchored one."""

    problem: Problem
    seq: int


def digest(facts: object) -> str:
    """SHA-256 of JSON with one spelling only: sorted keys, no spaces, moments in UTC.

    >>> digest({"b": 1, "a": None}) == digest({"a": None, "b": 1})
    True
    """
    return hashlib.sha256(_written(facts).encode()).hexdigest()


def seal(before: Head, line: AuditLine) -> Link:
    """Put a line behind the head of a chain."""
    seq = before.seq + 1
    told = [seq, line.at, line.actor, line.action, line.subject, line.reason, dict(line.facts)]
    return Link(seq, line, hashlib.sha256((before.sha256 + _written(told)).encode()).hexdigest())


def breaks(links: Iterable[Link], head: Head, anchors: Mapping[int, str]) -> Iterator[Break]:
    """Everything that is wrong with a chain.

    Args:
        links: the lines as they are kept, by number.
        head: the head as it is kept.
        anchors: hashes that were written down elsewhere, by number.
    """
    before = BEGINNING
    for link in links:
        yield from (Break(Problem.MISSING, seq) for seq in range(before.seq + 1, link.seq))
        right = link.seq == before.seq + 1 and seal(before, link.line).sha256 == link.sha256
        if link.seq <= before.seq or (link.seq == before.seq + 1 and not right):
            yield Break(Problem.CHANGED, link.seq)
        if anchors.get(link.seq, link.sha256) != link.sha256:
            yield Break(Problem.FORGED, link.seq)
        before = link.head
    latest = max([head.seq, *anchors])
    if latest > before.seq:
        yield Break(Problem.CUT, before.seq + 1)
    elif head != before:
        yield Break(Problem.CHANGED, before.seq)


def _written(facts: object) -> str:
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"no line of the trail holds a {type(value).__name__}")
