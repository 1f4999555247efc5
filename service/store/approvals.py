"""What somebody asked a second person to confirm, and what became of it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, exists, insert, select, update

from service.domain.states import Resolution, Role, State
from service.errors.approvals import ApprovalUnknown
from service.store.audit_tables import approvals
from service.store.places import Row
from service.store.tables import api_keys, history, users


class Status(StrEnum):
    """How far it has come."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Approval:
    """A forced close that waits for a second person.

    Attributes:
        version: of the ticket, as the one who asked saw it.
        asked_by, decided_by: ids of accounts; the names are those that histories show.
    """

    id: str
    ticket_id: str
    version: int
    reason: str
    asked_by: str
    asked_name: str
    asked_at: datetime
    status: Status = Status.WAITING
    decided_by: str | None = None
    decided_name: str | None = None
    decided_at: datetime | None = None
    decided_reason: str | None = None


class Approvals:
    """Rows of `approvals`, and how often somebody did without."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, approval: Approval) -> None:
        """Keep what somebody asks for."""
        self._connection.execute(insert(approvals).values(_columns(approval)))

    def replace(self, approval: Approval) -> None:
        """Write what became of it."""
        self._connection.execute(update(approvals).where(approvals.c.id == approval.id).values(_columns(approval)))

    def get(self, approval_id: str) -> Approval:
        """The one of that id, which no other writer changes until the end; ApprovalUnknown."""
        query = select(approvals).where(approvals.c.id == approval_id).with_for_update()
        row = self._connection.execute(query).mappings().first()
        if row is None:
            raise ApprovalUnknown(id=approval_id[:64])
        return _approval(row)

    def waiting_on(self, ticket_id: str) -> Approval | None:
        """What is waiting on a ticket, None if nothing is."""
        where = (approvals.c.ticket_id == ticket_id, approvals.c.status == Status.WAITING.value)
        row = self._connection.execute(select(approvals).where(*where)).mappings().first()
        return _approval(row) if row else None

    def page(self, status: Status | None, limit: int, before: str | None = None) -> list[Approval]:
        """Newest first; `before` is the id of the last one on the page before."""
        query = select(approvals).order_by(approvals.c.id.desc()).limit(limit)
        if status is not None:
            query = query.where(approvals.c.status == status.value)
        if before is not None:
            query = query.where(approvals.c.id < before)
        return [_approval(row) for row in self._connection.execute(query).mappings()]

    def is_chief(self, actor: str) -> bool:
        """Whether the account or key of that id is a chief's and in force at this moment."""
        account = exists().where(users.c.id == actor, users.c.role == Role.CHIEF.value, users.c.disabled_at.is_(None))
        key = exists().where(
            api_keys.c.id == actor, api_keys.c.role == Role.CHIEF.value, api_keys.c.revoked_at.is_(None)
        )
        return bool(self._connection.execute(select(account | key)).scalar())

    def forced_alone(self, actor: str, since: datetime) -> int:
        """How many tickets somebody of that name has closed by force since then without a second person."""
        mine = (history.c.to == State.CLOSED.value, history.c.at > since, history.c.actor == actor)
        told = self._connection.execute(select(history.c.facts).where(*mine)).scalars()
        return sum(facts.get("resolution") == Resolution.FORCED and "second" not in facts for facts in told)


def _columns(approval: Approval) -> dict[str, object]:
    told = {column.name: getattr(approval, column.name) for column in approvals.c}
    return told | {"status": approval.status.value}


def _approval(row: Row) -> Approval:
    return replace(Approval(**row), status=Status(row["status"]))
