"""An account as an administrator changes it: its name, role, unit and password, and whether it is shut out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from service.accounts.credentials import hash_password
from service.domain.audit import AuditLine
from service.domain.states import Role
from service.errors import UnitUnknown, Unprocessable, UserUnknown
from service.store import Store, Transaction
from service.store.tables import sessions, units, users


@dataclass(frozen=True, slots=True)
class PersonChange:
    """What is to be different about an account; None leaves it as it is."""

    name: str | None = None
    role: Role | None = None
    unit_id: str | None = None
    password: str | None = None
    disabled: bool | None = None


def change_person(store: Store, login: str, wish: PersonChange, now: datetime, by: str) -> None:
    """Change an account. A new password, or being shut out, ends its sessions; only the role `unit` belongs to one.

    Raises:
        UserUnknown, UnitUnknown: there is none.
        Unprocessable: somebody of a unit has to name it.
    """
    password_hash = hash_password(wish.password) if wish.password is not None else None
    with store.write() as rows:
        query = select(users).where(users.c.login == login).with_for_update()
        row = rows.connection.execute(query).mappings().first()
        if row is None:
            raise UserUnknown(login=login)
        told = _differing(rows, row, wish, now)
        if password_hash is not None:
            told["password_hash"] = password_hash
        if not told:
            return
        rows.connection.execute(update(users).where(users.c.id == row["id"]).values(**told))
        if password_hash is not None or told.get("disabled_at") is not None:
            rows.connection.execute(sessions.delete().where(sessions.c.user_id == row["id"]))
        rows.audit.add(AuditLine(now, by, "user.changed", row["id"], None, _facts(row, told)))


def _differing(rows: Transaction, row: Any, wish: PersonChange, now: datetime) -> dict[str, Any]:
    """The columns that would be different."""
    role = wish.role or Role(row["role"])
    unit_id = (wish.unit_id or row["unit_id"]) if role is Role.UNIT else None
    if role is Role.UNIT and unit_id is None:
        raise Unprocessable(field="unit", problem="missing")
    if unit_id is not None and rows.connection.execute(select(units.c.id).where(units.c.id == unit_id)).first() is None:
        raise UnitUnknown(id=unit_id)
    wanted: dict[str, Any] = {"name": wish.name or row["name"], "role": role.value, "unit_id": unit_id}
    if wish.disabled is not None and wish.disabled != (row["disabled_at"] is not None):
        wanted["disabled_at"] = now if wish.disabled else None
    return {column: value for column, value in wanted.items() if row[column] != value}


def _facts(row: Any, told: Mapping[str, Any]) -> dict[str, Any]:
    """What the trail keeps of a change: which columns, and of rights what they were and are."""
    facts: dict[str, Any] = {"login": row["login"], "changed": ", ".join(sorted(told))}
    if "role" in told:
        facts |= {"was": row["role"], "role": told["role"]}
    if "unit_id" in told:
        facts |= {"unit_was": row["unit_id"], "unit": told["unit_id"]}
    if "disabled_at" in told:
        facts["disabled"] = told["disabled_at"] is not None
    return facts
