"""People: accounts, the administrator's set-up link, sessions and a limit on guessing."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Select, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from service.accounts.credentials import digest, hash_password, new_secret, password_matches
from service.accounts.names import OPERATOR
from service.domain.audit import AuditLine
from service.domain.states import Role
from service.domain.ticket import Actor
from service.errors import AuthInvalid, RateLimited, UnitUnknown, UserExists, UserUnknown
from service.store import Store, Transaction
from service.store.tables import login_attempts, sessions, setup_links, units, users
from service.store.units import unit_of_its_own

SESSION_LASTS: Final = timedelta(hours=12)
SETUP_LASTS: Final = timedelta(days=7)
GUESSING_WINDOW: Final = timedelta(minutes=5)
GUESSES_AT_A_LOGIN: Final = 8
GUESSES_FROM_AN_ADDRESS: Final = 60


@dataclass(frozen=True, slots=True)
class NewPerson:
    """An account as somebody asks for it."""

    login: str
    password: str
    role: Role
    name: str | None = None
    unit_id: str | None = None


@dataclass(frozen=True, slots=True)
class People:
    """Accounts in a database."""

    store: Store

    def create(self, person: NewPerson, now: datetime, by: str = OPERATOR) -> str:
        """Make an account and return its id; UserExists, UnitUnknown.

        Somebody of the role `unit` who names no unit is one: the unit of that login, made if it is not there.
        """
        password_hash = hash_password(person.password)
        with self.store.write() as rows:
            return _insert(rows, person, password_hash, now, by)

    def set_password(self, login: str, password: str, now: datetime, by: str = OPERATOR) -> None:
        """Replace a password and end the sessions that began with the old one; UserUnknown."""
        password_hash = hash_password(password)
        with self.store.write() as rows:
            user = _user(rows.connection, login)
            rows.connection.execute(update(users).where(users.c.id == user["id"]).values(password_hash=password_hash))
            rows.connection.execute(sessions.delete().where(sessions.c.user_id == user["id"]))
            rows.audit.add(AuditLine(now, by, "user.password_set", user["id"], None, {"login": login}))

    def disable(self, login: str, now: datetime, by: str = OPERATOR) -> None:
        """Shut somebody out from the next request on, and end all sessions, lest they live again; UserUnknown."""
        with self.store.write() as rows:
            user = _user(rows.connection, login)
            rows.connection.execute(update(users).where(users.c.id == user["id"]).values(disabled_at=now))
            rows.connection.execute(sessions.delete().where(sessions.c.user_id == user["id"]))
            rows.audit.add(AuditLine(now, by, "user.disabled", user["id"], None, {"login": login}))

    def listed(self) -> list[RowMapping]:
        """All accounts by login, without what is secret."""
        shown = (users.c.login, users.c.name, users.c.role, users.c.unit_id, users.c.created_at, users.c.disabled_at)
        with self.store.read() as rows:
            return list(rows.connection.execute(select(*shown).order_by(users.c.login)).mappings())

    def display_name(self, user_id: str) -> str | None:
        """What a page calls a person; None for a program's key."""
        with self.store.read() as rows:
            return rows.connection.execute(select(users.c.name).where(users.c.id == user_id)).scalar()

    def any(self) -> bool:
        """Whether there is an account at all."""
        with self.store.read() as rows:
            return rows.connection.execute(select(users.c.id).limit(1)).first() is not None

    def actor(self, login: str) -> Actor:
        """The person of that login, as one who acts; UserUnknown."""
        with self.store.read() as rows:
            row = _user(rows.connection, login)
        return Actor(row["id"], row["login"], Role(row["role"]), unit_id=row["unit_id"])

    def offer_setup(self, now: datetime) -> str:
        """A secret with which the first administrator can be made once; earlier ones end."""
        token = new_secret("setup")
        with self.store.write() as rows:
            rows.connection.execute(setup_links.delete().where(setup_links.c.used_at.is_(None)))
            row = {"token_sha256": digest(token), "created_at": now, "expires_at": now + SETUP_LASTS}
            rows.connection.execute(insert(setup_links).values(row))
        return token

    def set_up(self, token: str, person: NewPerson, now: datetime) -> str:
        """Make the administrator whom a set-up link promises and use the link up; AuthInvalid, UserExists."""
        with self.store.read() as rows:  # a hash is dear, and anybody may ask for one here
            if rows.connection.execute(_open_link(token, now)).first() is None:
                raise AuthInvalid()
        password_hash = hash_password(person.password)
        with self.store.write() as rows:
            spent = rows.connection.execute(
                update(setup_links).where(setup_links.c.token_sha256.in_(_open_link(token, now))).values(used_at=now)
            )
            if spent.rowcount != 1:
                raise AuthInvalid()
            return _insert(rows, person, password_hash, now, person.login)

    def log_in(self, login: str, password: str, address: str, now: datetime) -> str:
        """A session's secret for the right password.

        Raises:
            AuthInvalid: no such account, a disabled one or the wrong password; which of them is not said.
            RateLimited: too many wrong guesses at this login or from this address.
        """
        attempt = self._note_attempt(login[:64], address[:64], now)
        with self.store.read() as rows:
            user = rows.connection.execute(select(users).where(users.c.login == login)).mappings().first()
        if not password_matches(user["password_hash"] if user else None, password) or not user or user["disabled_at"]:
            raise AuthInvalid()
        token = new_secret("session")
        row = {
            "token_sha256": digest(token),
            "user_id": user["id"],
            "created_at": now,
            "expires_at": now + SESSION_LASTS,
        }
        with self.store.write() as rows:
            rows.connection.execute(update(login_attempts).where(login_attempts.c.seq == attempt).values(good=True))
            rows.connection.execute(sessions.delete().where(sessions.c.expires_at <= now))
            rows.connection.execute(insert(sessions).values(row))
        return token

    def log_out(self, token: str, now: datetime) -> None:
        """End a session; one that is unknown or has ended is no error."""
        with self.store.write() as rows:
            rows.connection.execute(
                update(sessions).where(sessions.c.token_sha256 == digest(token)).values(ended_at=now)
            )

    def caller_of_session(self, token: str, now: datetime) -> Actor | None:
        """Who a session belongs to, None if it has ended or its person is disabled."""
        query = (
            select(users)
            .join(sessions, sessions.c.user_id == users.c.id)
            .where(sessions.c.token_sha256 == digest(token), sessions.c.ended_at.is_(None))
            .where(sessions.c.expires_at > now, users.c.disabled_at.is_(None))
        )
        with self.store.read() as rows:
            row = rows.connection.execute(query).mappings().first()
        if row is None:
            return None
        return Actor(row["id"], row["login"], Role(row["role"]), unit_id=row["unit_id"])

    def _note_attempt(self, login: str, address: str, now: datetime) -> int:
        """Write the guess down before it is checked, so that many at once cannot slip through."""
        since = now - GUESSING_WINDOW
        with self.store.write() as rows:
            wrong = select(func.count()).where(login_attempts.c.at > since, login_attempts.c.good.is_(False))
            of_login = wrong.where(login_attempts.c.login == login, login_attempts.c.address == address)
            of_address = wrong.where(login_attempts.c.address == address)
            if (
                rows.connection.execute(of_login).scalar_one() >= GUESSES_AT_A_LOGIN
                or rows.connection.execute(of_address).scalar_one() >= GUESSES_FROM_AN_ADDRESS
            ):
                raise RateLimited(retry_after_s=int(GUESSING_WINDOW.total_seconds()))
            rows.connection.execute(login_attempts.delete().where(login_attempts.c.at <= since))
            row = {"login": login, "address": address, "at": now, "good": False}
            added = insert(login_attempts).values(row).returning(login_attempts.c.seq)
            return int(rows.connection.execute(added).scalar_one())


def _open_link(token: str, now: datetime) -> Select[tuple[str]]:
    """The set-up link of that secret, if it has neither been used nor run out."""
    return select(setup_links.c.token_sha256).where(
        setup_links.c.token_sha256 == digest(token), setup_links.c.used_at.is_(None), setup_links.c.expires_at > now
    )


def _insert(rows: Transaction, person: NewPerson, password_hash: str, now: datetime, by: str) -> str:
    connection = rows.connection
    if person.role is Role.UNIT and person.unit_id is None:
        person = replace(person, unit_id=unit_of_its_own(connection, person.login))
    if person.unit_id and connection.execute(select(units.c.id).where(units.c.id == person.unit_id)).first() is None:
        raise UnitUnknown(id=person.unit_id)
    row: dict[str, Any] = {
        "id": f"usr_{secrets.token_hex(8)}",
        "login": person.login,
        "name": person.name or person.login,
        "role": person.role.value,
        "unit_id": person.unit_id,
        "password_hash": password_hash,
        "created_at": now,
    }
    try:
        connection.execute(insert(users).values(row))
    except IntegrityError as error:
        raise UserExists(login=person.login) from error
    facts = {"login": person.login, "role": person.role.value, "unit": person.unit_id}
    rows.audit.add(AuditLine(now, by, "user.created", row["id"], None, facts))
    return str(row["id"])


def _user(connection: Connection, login: str) -> RowMapping:
    row = connection.execute(select(users).where(users.c.login == login)).mappings().first()
    if row is None:
        raise UserUnknown(login=login)
    return row
