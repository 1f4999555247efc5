"""Letters: numbered by kind and year without a gap, kept as they were written, never changed."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, func, insert, select

from service.errors.papers import LetterUnknown
from service.store.locks import lock
from service.store.paper_tables import letters
from service.store.places import Row


class LetterKind(StrEnum):
    """To whom: a unit that is late, or whoever uses a number on small ads."""

    SUPERVISION = "supervision"
    OPERATOR = "operator"


PREFIXES = {LetterKind.SUPERVISION: "SL", LetterKind.OPERATOR: "OL"}


@dataclass(frozen=True, slots=True)
class NewLetter:
    """A letter that has no number yet.

    Attributes:
        subject: the id of the unit, or the phone number.
        tickets: ids.
        year: of the city's calendar, in which it is numbered.
    """

    kind: LetterKind
    subject: str
    tickets: tuple[str, ...]
    year: int
    by: str
    at: datetime
    reason: str | None = None
    reply_by: datetime | None = None
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it was written."""

    number: str
    kind: LetterKind
    subject: str
    tickets: tuple[str, ...]
    by: str
    at: datetime
    reason: str | None
    reply_by: datetime | None


class Letters:
    """Rows of `letters`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: NewLetter) -> Letter:
        """Give a letter the next number and keep it."""
        lock(self._connection, [f"letters {new.kind.value} {new.year}"])
        last = select(func.max(letters.c.count)).where(letters.c.kind == new.kind.value, letters.c.year == new.year)
        count = (self._connection.execute(last).scalar() or 0) + 1
        number = f"{PREFIXES[new.kind]}-{new.year}-{count:04d}"
        row = {
            "number": number,
            "kind": new.kind.value,
            "year": new.year,
            "count": count,
            "subject": new.subject,
            "tickets": list(new.tickets),
            "reason": new.reason,
            "reply_by": new.reply_by,
            "facts": dict(new.facts),
            "by": new.by,
            "at": new.at,
        }
        self._connection.execute(insert(letters).values(**row))
        return self.get(number)

    def get(self, number: str) -> Letter:
        """The letter of that number; LetterUnknown if there is none."""
        row = self._connection.execute(select(letters).where(letters.c.number == number)).mappings().first()
        if row is None:
            raise LetterUnknown(number=number)
        return _letter(row)

    def page(
        self, kind: LetterKind | None = None, subject: str | None = None, limit: int = 50, before: str | None = None
    ) -> list[Letter]:
        """Letters, newest first; `before` is the number of the last one on the page before."""
        query = select(letters).order_by(letters.c.at.desc(), letters.c.number.desc()).limit(limit)
        if kind is not None:
            query = query.where(letters.c.kind == kind.value)
        if subject is not None:
            query = query.where(letters.c.subject == subject)
        if before is not None:
            last = self.get(before)
            same = (letters.c.at == last.at) & (letters.c.number < last.number)
            query = query.where((letters.c.at < last.at) | same)
        return [_letter(row) for row in self._connection.execute(query).mappings()]

    def since(self, kind: LetterKind, subject: str, since: datetime) -> list[Letter]:
        """Letters of a kind to somebody from a moment on, newest first."""
        where = (letters.c.kind == kind.value, letters.c.subject == subject, letters.c.at >= since)
        rows = self._connection.execute(select(letters).where(*where).order_by(letters.c.at.desc())).mappings()
        return [_letter(row) for row in rows]


def _letter(row: Row) -> Letter:
    plain = ("number", "subject", "by", "at", "reason", "reply_by")
    return Letter(**{name: row[name] for name in plain}, kind=LetterKind(row["kind"]), tickets=tuple(row["tickets"]))
