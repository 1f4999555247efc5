"""Why there was a ticket and why not: what cameras decided, in stretches of looks that decided the same."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, or_, select, update

from service.store.camera_tables import decisions
from service.store.places import Row

STANDS_FOR: Final = timedelta(minutes=15)
"""For so long after its last look, what was decided is taken for what holds."""


@dataclass(slots=True)
class Stretch:
    """Looks in a row that decided the same about one condition in one zone.

    Attributes:
        condition: None where it is about the frames as a whole.
        reason: a code of `detector.decisions`, of a camera's trouble, or `unchanged` and `dropped`.
        first_at, last_at: the first and the last of these looks.
        observation_id: what was said; such a stretch is one look.
        facts: boxes, scores, thresholds, counts and times of the last look.
        seq: its row, None while it has none.
    """

    camera_id: str
    condition: str | None
    zone: str | None
    reason: str
    first_at: datetime
    last_at: datetime
    looks: int = 1
    observation_id: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    seq: int | None = None


class Decisions:
    """Rows of `decisions`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def write(self, stretches: Iterable[Stretch]) -> None:
        """Keep stretches, or how far those that are kept have come; each is told its row."""
        for stretch in stretches:
            row = {name: getattr(stretch, name) for name in _COLUMNS}
            row["facts"] = dict(stretch.facts)
            if stretch.seq is None:
                made = self._connection.execute(insert(decisions).values(**row).returning(decisions.c.seq))
                stretch.seq = made.scalar_one()
            else:
                self._connection.execute(update(decisions).where(decisions.c.seq == stretch.seq).values(**row))

    def at(self, camera_id: str, moment: datetime, condition: str | None = None) -> list[Stretch]:
        """What held at a moment: of each condition and zone the latest that was decided by then, newest first."""
        query = select(decisions).where(
            decisions.c.camera_id == camera_id,
            decisions.c.first_at <= moment,
            decisions.c.last_at >= moment - STANDS_FOR,
        )
        if condition is not None:
            query = query.where(or_(decisions.c.condition == condition, decisions.c.condition.is_(None)))
        newest: dict[tuple[str | None, str | None, str | None], Stretch] = {}
        for row in self._connection.execute(query.order_by(decisions.c.seq.desc())).mappings():
            key = (row["condition"], row["zone"], None if row["condition"] else row["reason"])
            newest.setdefault(key, _stretch(row))
        return list(newest.values())

    def page(
        self, camera_id: str, limit: int, before: int | None = None, condition: str | None = None
    ) -> list[Stretch]:
        """The latest stretches, newest first; `before` is the row of the last one on the page before."""
        query = select(decisions).where(decisions.c.camera_id == camera_id)
        if before is not None:
            query = query.where(decisions.c.seq < before)
        if condition is not None:
            query = query.where(decisions.c.condition == condition)
        return [
            _stretch(row)
            for row in self._connection.execute(query.order_by(decisions.c.seq.desc()).limit(limit)).mappings()
        ]

    def latest(self, camera_id: str, condition: str, zone: str | None) -> Stretch | None:
        """What was decided last about one condition in one zone."""
        query = select(decisions).where(decisions.c.camera_id == camera_id, decisions.c.condition == condition)
        query = query.where(decisions.c.zone.is_(None) if zone is None else decisions.c.zone == zone)
        row = self._connection.execute(query.order_by(decisions.c.seq.desc()).limit(1)).mappings().first()
        return _stretch(row) if row else None

    def before(self, stretch: Stretch, limit: int = 5) -> list[Stretch]:
        """What was decided about the same condition and zone until then, since it was last said; newest first."""
        query = select(decisions).where(
            decisions.c.camera_id == stretch.camera_id,
            decisions.c.condition == stretch.condition,
            decisions.c.zone.is_(None) if stretch.zone is None else decisions.c.zone == stretch.zone,
            decisions.c.seq < stretch.seq,
        )
        rows = self._connection.execute(query.order_by(decisions.c.seq.desc()).limit(limit)).mappings()
        return list(takewhile(lambda one: one.observation_id is None, map(_stretch, rows)))

    def behind(self, observation_ids: Collection[str]) -> dict[str, Stretch]:
        """What led to observations, by their ids."""
        query = select(decisions).where(decisions.c.observation_id.in_(list(observation_ids)))
        found = [_stretch(row) for row in self._connection.execute(query.order_by(decisions.c.seq)).mappings()]
        return {stretch.observation_id: stretch for stretch in found if stretch.observation_id is not None}

    def forget(self, before: datetime, limit: int) -> int:
        """Let go of what led to nothing and is older; how many rows. What led to an observation stays with it."""
        old = select(decisions.c.seq).where(decisions.c.last_at < before, decisions.c.observation_id.is_(None))
        ids: Sequence[int] = self._connection.execute(old.order_by(decisions.c.seq).limit(limit)).scalars().all()
        if ids:
            self._connection.execute(delete(decisions).where(decisions.c.seq.in_(ids)))
        return len(ids)


_COLUMNS: Final = (
    "camera_id",
    "condition",
    "zone",
    "reason",
    "first_at",
    "last_at",
    "looks",
    "observation_id",
    "facts",
)


def _stretch(row: Row) -> Stretch:
    return Stretch(**{name: row[name] for name in _COLUMNS}, seq=row["seq"])
