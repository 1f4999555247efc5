"""The versions of the city's policy; which one is in force at a moment is a question of rows, not of files."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, or_, select

from service.errors import PolicyUnknown
from service.store.places import Row
from service.store.policy_tables import policies


@dataclass(frozen=True, slots=True)
class PolicyText:
    """A version before it is kept: the document, who wants it from when on, and why."""

    text: str
    sha256: str
    version: str
    by: str
    reason: str
    saved_at: datetime
    from_at: datetime


@dataclass(frozen=True, slots=True)
class KeptPolicy:
    """A version as it is kept. `seq` rises with every save."""

    seq: int
    policy: PolicyText


class Policies:
    """Rows of `policies`. They are only ever added."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, policy: PolicyText) -> KeptPolicy:
        """Keep a version."""
        values = {name: getattr(policy, name) for name in PolicyText.__slots__}
        seq = self._connection.execute(insert(policies).values(**values).returning(policies.c.seq)).scalar_one()
        return KeptPolicy(seq, policy)

    def in_force(self, now: datetime) -> KeptPolicy | None:
        """The version that holds now: the one with the latest beginning, of equal ones the one saved last."""
        query = select(policies).where(policies.c.from_at <= now)
        row = self._connection.execute(query.order_by(policies.c.from_at.desc(), policies.c.seq.desc()).limit(1))
        found = row.mappings().first()
        return _kept(found) if found else None

    def waiting(self, now: datetime) -> list[KeptPolicy]:
        """The versions that come into force later, the next one first."""
        query = select(policies).where(policies.c.from_at > now).order_by(policies.c.from_at, policies.c.seq)
        return [_kept(row) for row in self._connection.execute(query).mappings()]

    def newest(self) -> KeptPolicy | None:
        """The version that was saved last."""
        return next(iter(self.page(1)), None)

    def page(self, limit: int = 50, before: int | None = None) -> list[KeptPolicy]:
        """Versions, the last saved first; `before` is the `seq` of the last one on the page before."""
        query = select(policies).order_by(policies.c.seq.desc()).limit(limit)
        if before is not None:
            query = query.where(policies.c.seq < before)
        return [_kept(row) for row in self._connection.execute(query).mappings()]

    def get(self, name: str) -> KeptPolicy:
        """The version of that number or hash; PolicyUnknown."""
        by_seq = policies.c.seq == int(name) if name.isascii() and name.isdigit() and len(name) < 10 else None
        where = policies.c.sha256 == name if by_seq is None else or_(by_seq, policies.c.sha256 == name)
        row = self._connection.execute(select(policies).where(where).order_by(policies.c.seq.desc()).limit(1))
        found = row.mappings().first()
        if found is None:
            raise PolicyUnknown(id=name[:80])
        return _kept(found)


def _kept(row: Row) -> KeptPolicy:
    return KeptPolicy(row["seq"], PolicyText(**{name: row[name] for name in PolicyText.__slots__}))
