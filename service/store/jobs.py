"""Work that is due at a time. A row says what is to be done; who holds its lease does it, and anybody takes over."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, bindparam, func, or_, select, text, update

from service.domain.states import OPEN_STATES, State
from service.store.places import Row
from service.store.policy_tables import clock_plans, jobs
from service.store.tables import UtcTime, tickets


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work.

    Attributes:
        key: its name; the same work planned twice is one row.
        kind: names the handler.
        subject: the ticket or other thing that it is about.
        at: due from then on.
        tries: how often somebody has begun it.
        outcome: a code: what it did, why it did nothing, or why it is tried again.
    """

    key: str
    kind: str
    subject: str
    at: datetime
    tries: int = 0
    done_at: datetime | None = None
    outcome: str | None = None
    holder: str | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What was done. `code` is kept; with `again_at`, the work is not done yet and comes back then."""

    code: str
    again_at: datetime | None = None


DROPPED: Final = "dropped"
MOOT: Final = "moot"
"""Work that was not wanted any more when its time came; like dropped work, it may be planned again."""

_PLAN: Final = text(
    "INSERT INTO jobs (key, kind, subject, at, tries) VALUES (:key, :kind, :subject, :at, 0)"
    " ON CONFLICT (key) DO UPDATE SET at = excluded.at, done_at = NULL, outcome = NULL"
    " WHERE jobs.done_at IS NULL OR jobs.outcome IN (:dropped, :moot)"
).bindparams(bindparam("at", type_=UtcTime()), dropped=DROPPED, moot=MOOT)

_PLANNED: Final = text(
    "INSERT INTO clock_plans (ticket_id, version, policy_sha256) VALUES (:ticket_id, :version, :policy_sha256)"
    " ON CONFLICT (ticket_id) DO UPDATE SET version = excluded.version, policy_sha256 = excluded.policy_sha256"
)


class Jobs:
    """Rows of `jobs` and of `clock_plans`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def plan(self, job: Job) -> None:
        """Have this work done at its time; what is not done yet, or was dropped, gets the new time; done is done."""
        values = {"key": job.key, "kind": job.kind, "subject": job.subject, "at": job.at}
        self._connection.execute(_PLAN, values)

    def drop(self, subject: str, kind: str, but: Collection[str], now: datetime) -> None:
        """Let no work of that kind be done for a subject any more, but that of these names."""
        where = (jobs.c.subject == subject, jobs.c.kind == kind, jobs.c.done_at.is_(None))
        query = update(jobs).where(*where, jobs.c.key.not_in(list(but)))
        self._connection.execute(query.values(done_at=now, outcome=DROPPED))

    def any_due(self, now: datetime, kinds: Iterable[str]) -> bool:
        """Whether there is work that nobody holds."""
        query = select(jobs.c.key).where(*_free(now, kinds)).limit(1)
        return self._connection.execute(query).first() is not None

    def claim(self, holder: str, now: datetime, until: datetime, kinds: Iterable[str], limit: int) -> list[Job]:
        """Take a lease on work that is due, the longest due first; what others hold is passed over."""
        free = (
            select(jobs.c.key)
            .where(*_free(now, kinds))
            .order_by(jobs.c.at, jobs.c.key)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        keys = list(self._connection.execute(free).scalars())
        if not keys:
            return []
        lease = {"holder": holder, "held_until": until, "tries": jobs.c.tries + 1}
        self._connection.execute(update(jobs).where(jobs.c.key.in_(keys)).values(**lease))
        rows = self._connection.execute(select(jobs).where(jobs.c.key.in_(keys)).order_by(jobs.c.at, jobs.c.key))
        return [_job(row) for row in rows.mappings()]

    def hold(self, key: str, holder: str) -> Job | None:
        """Work that is still this holder's to do, locked until the end; None if it is done or somebody took it over."""
        where = (jobs.c.key == key, jobs.c.holder == holder, jobs.c.done_at.is_(None))
        row = self._connection.execute(select(jobs).where(*where).with_for_update()).mappings().first()
        return _job(row) if row else None

    def keep(self, key: str, holder: str, until: datetime) -> bool:
        """Lengthen the lease on work; False if it is done or somebody took it over."""
        where = (jobs.c.key == key, jobs.c.holder == holder, jobs.c.done_at.is_(None))
        return self._connection.execute(update(jobs).where(*where).values(held_until=until)).rowcount > 0

    def finish(self, key: str, now: datetime, outcome: str) -> None:
        """Mark work done, in the transaction that holds its effect."""
        done = {"done_at": now, "outcome": outcome, "holder": None, "held_until": None}
        self._connection.execute(update(jobs).where(jobs.c.key == key).values(**done))

    def postpone(self, key: str, at: datetime, outcome: str) -> None:
        """Give work back, to be done later, and say why."""
        later = {"at": at, "outcome": outcome, "holder": None, "held_until": None}
        self._connection.execute(update(jobs).where(jobs.c.key == key).values(**later))

    def find(self, key: str) -> Job | None:
        """The work of that name, None if nobody planned it."""
        row = self._connection.execute(select(jobs).where(jobs.c.key == key)).mappings().first()
        return _job(row) if row else None

    def page(self, *, open_only: bool, limit: int, after: str | None = None) -> list[Job]:
        """Work by name."""
        query = select(jobs).order_by(jobs.c.key).limit(limit)
        if open_only:
            query = query.where(jobs.c.done_at.is_(None))
        if after is not None:
            query = query.where(jobs.c.key > after)
        return [_job(row) for row in self._connection.execute(query).mappings()]

    def next_at(self, subjects: Collection[str], kind: str) -> dict[str, datetime]:
        """When the next work of that kind is due for each of these subjects."""
        where = (jobs.c.subject.in_(list(subjects)), jobs.c.kind == kind, jobs.c.done_at.is_(None))
        query = select(jobs.c.subject, func.min(jobs.c.at).label("at")).where(*where).group_by(jobs.c.subject)
        return {row.subject: row.at for row in self._connection.execute(query)}

    def unplanned(self, policy_sha256: str, closed_after: datetime, limit: int) -> list[str]:
        """Ids of open and lately closed tickets that, or whose policy, changed since their clocks were planned."""
        joined = tickets.outerjoin(clock_plans, clock_plans.c.ticket_id == tickets.c.id)
        stale = or_(
            clock_plans.c.ticket_id.is_(None),
            clock_plans.c.version != tickets.c.version,
            clock_plans.c.policy_sha256 != policy_sha256,
        )
        is_open = tickets.c.state.in_(sorted(state.value for state in OPEN_STATES))
        just_closed = (tickets.c.state == State.CLOSED.value) & (tickets.c.ended_at > closed_after)
        query = select(tickets.c.id).select_from(joined).where(or_(is_open, just_closed), stale)
        return list(self._connection.execute(query.order_by(tickets.c.id).limit(limit)).scalars())

    def planned(self, ticket_id: str, version: int, policy_sha256: str) -> None:
        """Remember for which state of a ticket its clocks were planned."""
        values = {"ticket_id": ticket_id, "version": version, "policy_sha256": policy_sha256}
        self._connection.execute(_PLANNED, values)


def _free(now: datetime, kinds: Iterable[str]) -> tuple[ColumnElement[bool], ...]:
    unheld = or_(jobs.c.held_until.is_(None), jobs.c.held_until < now)
    return jobs.c.done_at.is_(None), jobs.c.at <= now, unheld, jobs.c.kind.in_(sorted(kinds))


def _job(row: Row) -> Job:
    names = ("key", "kind", "subject", "at", "tries", "done_at", "outcome", "holder")
    return Job(**{name: row[name] for name in names})
