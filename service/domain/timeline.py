"""One time line of a ticket: what was seen, shown, judged, moved and noted, in the order in which it happened."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from service.domain.facts import EntryFact
from service.domain.states import State
from service.domain.ticket import HistoryEntry


class Happened(StrEnum):
    """What a line is about."""

    OPENED = "opened"
    MOVED = "moved"
    NOTED = "noted"
    SEEN = "seen"
    SHOWN = "shown"
    JUDGED = "judged"


@dataclass(frozen=True, slots=True)
class Line:
    """One line.

    Attributes:
        until: the last of several sightings that are told in one line, None where it is one thing.
        by: who did it; of a sighting the camera or photo.
        picture_id: the picture that shows it.
        facts: a fact under `fact`; the number of sightings under `count`; else as the history has them.
    """

    at: datetime
    what: Happened
    by: str
    until: datetime | None = None
    was: State | None = None
    to: State | None = None
    reason: str | None = None
    picture_id: str | None = None
    facts: Mapping[str, EntryFact] = field(default_factory=lambda: MappingProxyType({}))


def line_of(entry: HistoryEntry) -> Line:
    """A line of history on the time line."""
    what = Happened.OPENED if entry.was is None else Happened.NOTED if entry.was == entry.to else Happened.MOVED
    return Line(entry.at, what, entry.actor, was=entry.was, to=entry.to, reason=entry.reason, facts=entry.facts)


def timeline(lines: Iterable[Line]) -> list[Line]:
    """Lines in the order of their moments; sightings by one camera with nothing between them become one line.

    >>> from datetime import UTC
    >>> seen = [Line(datetime(2026, 11, 25, hour, tzinfo=UTC), Happened.SEEN, "pole-1") for hour in (9, 8, 10)]
    >>> [(line.at.hour, line.until.hour, line.facts["count"]) for line in timeline(seen)]
    [(8, 10, 3)]
    """
    told: list[Line] = []
    for line in sorted(lines, key=lambda line: (line.at, line.what is not Happened.SEEN)):
        if told and _goes_on(told[-1], line):
            told[-1] = _with(told[-1], line)
        else:
            told.append(line)
    return told


def _goes_on(last: Line, line: Line) -> bool:
    return (last.what, last.by) == (line.what, line.by) and line.what is Happened.SEEN


def _with(last: Line, line: Line) -> Line:
    """A line that tells one more sighting; the latest picture stands for all."""
    count = int(last.facts.get("count") or 1) + 1
    return replace(last, until=line.at, picture_id=line.picture_id, facts=MappingProxyType({"count": count}))
