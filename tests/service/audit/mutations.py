"""Ways to falsify a city's records in its own database, as somebody with all rights on it could."""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update

from service.domain.audit import BEGINNING, Head, seal
from service.store.audit import columns_of, link_in
from service.store.audit_tables import audit, audit_head
from service.store.tables import history, pictures, ticket_evidence, tickets

Deed = Callable[[Connection], object]


@dataclass(frozen=True, slots=True)
class Mutation:
    """One falsification; `covered` says that the forger also made the chain whole again, so only an anchor tells."""

    name: str
    deed: Deed
    covered: bool = False

    @property
    def kind(self) -> str:
        """Its name without which row it is."""
        return re.sub(r"(line|lines|from|and|history|ticket|picture|exhibit) \S*\d\S*( \d+)?", r"\1", self.name)


def every_mutation(connection: Connection) -> Iterator[Mutation]:
    """All falsifications of all rows: each column, each line, each pair of neighbours, each length of a cut tail."""
    last = connection.execute(select(audit_head.c.seq)).scalar_one()
    for seq in range(1, last + 1):
        for column in ("at", "actor", "action", "subject", "reason", "facts", "sha256"):
            yield Mutation(f"line {seq}: {column} edited", _edit(audit, audit.c.seq == seq, column))
        yield Mutation(f"line {seq} deleted", _run(delete(audit).where(audit.c.seq == seq)))
        yield Mutation(f"cut from line {seq}", _run(delete(audit).where(audit.c.seq >= seq)))
        yield Mutation(f"cut from line {seq}, head moved", _cut(seq), covered=True)
        yield Mutation(f"line {seq} edited, all hashes anew", _edit_and_cover(seq), covered=True)
        yield Mutation(f"line {seq} left out, all hashes anew", _leave_out(seq), covered=True)
        if seq < last:
            yield Mutation(f"lines {seq} and {seq + 1} swapped", _swap(seq, seq + 1))
    yield Mutation("a line slipped in", _slip_in)
    yield Mutation("the head edited", _run(update(audit_head).values(sha256="0" * 64)))
    for ticket_id, version in connection.execute(select(history.c.ticket_id, history.c.version)).all():
        where = (history.c.ticket_id == ticket_id) & (history.c.version == version)
        for column in ("at", "actor", "to", "reason", "facts", "policy_sha256"):
            yield Mutation(f"history {ticket_id} {version}: {column} edited", _edit(history, where, column))
        yield Mutation(f"history {ticket_id} {version} deleted", _run(delete(history).where(where)))
    for ticket_id in connection.execute(select(tickets.c.id)).scalars().all():
        ours = ("state", "resolution", "condition", "opened_at", "due_at", "lat", "version", "number")
        for column in (*ours, "reported_at", "handled_at", "returns", "paused_s"):
            yield Mutation(f"ticket {ticket_id}: {column} edited", _edit(tickets, tickets.c.id == ticket_id, column))
    for picture_id in connection.execute(select(pictures.c.id)).scalars().all():
        where = pictures.c.id == picture_id
        yield Mutation(f"picture {picture_id}: hash edited", _edit(pictures, where, "original_sha256"))
        yield Mutation(f"picture {picture_id}: said to be gone", _edit(pictures, where, "original_gone_at"))
    for picture_id, role in connection.execute(select(ticket_evidence.c.picture_id, ticket_evidence.c.role)).all():
        where = (ticket_evidence.c.picture_id == picture_id) & (ticket_evidence.c.role == role)
        yield Mutation(f"exhibit {picture_id}: role edited", _edit(ticket_evidence, where, "role"))
        yield Mutation(f"exhibit {picture_id} taken away", _run(delete(ticket_evidence).where(where)))


def _run(statement: Any) -> Deed:
    return lambda connection: connection.execute(statement)


def _edit(table: Table, where: Any, column: str) -> Deed:
    def deed(connection: Connection) -> None:
        was = connection.execute(select(table.c[column]).where(where)).scalar_one()
        connection.execute(update(table).where(where).values({column: _other(was, column)}))

    return deed


def _other(was: Any, column: str) -> Any:
    """Something else of the same kind, as near to what was there as can be."""
    if isinstance(was, datetime):
        return was + timedelta(microseconds=1)
    if was is None:
        return datetime(2026, 1, 1, tzinfo=UTC) if column.endswith("_at") else "x"
    if isinstance(was, dict):
        return was | {"more": 1}
    if isinstance(was, int | float):
        return was + 1
    if column == "role":
        return "near" if was == "after" else "after"
    if column in ("state", "to"):
        return "rework" if was != "rework" else "closed"
    at = random.Random(was).randrange(len(was))
    return was[:at] + ("y" if was[at] != "y" else "z") + was[at + 1 :]


def _swap(one: int, other: int) -> Deed:
    def deed(connection: Connection) -> None:
        rows = [connection.execute(select(audit).where(audit.c.seq == seq)).mappings().one() for seq in (one, other)]
        connection.execute(delete(audit).where(audit.c.seq.in_([one, other])))
        for row, seq in zip(rows, (other, one), strict=True):
            connection.execute(insert(audit).values({**row, "seq": seq}))

    return deed


def _cut(seq: int) -> Deed:
    def deed(connection: Connection) -> None:
        connection.execute(delete(audit).where(audit.c.seq >= seq))
        before = connection.execute(select(audit.c.sha256).where(audit.c.seq == seq - 1)).scalar()
        connection.execute(update(audit_head).values(seq=seq - 1, sha256=before or BEGINNING.sha256))

    return deed


def _edit_and_cover(seq: int) -> Deed:
    def deed(connection: Connection) -> None:
        _edit(audit, audit.c.seq == seq, "reason")(connection)
        _chain_anew(connection)

    return deed


def _leave_out(seq: int) -> Deed:
    def deed(connection: Connection) -> None:
        connection.execute(delete(audit).where(audit.c.seq == seq))
        _chain_anew(connection)

    return deed


def _slip_in(connection: Connection) -> None:
    row = connection.execute(select(audit).order_by(audit.c.seq.desc()).limit(1)).one()
    link = seal(link_in(row).head, link_in(row).line)
    connection.execute(insert(audit).values(columns_of(link)))


def _chain_anew(connection: Connection) -> None:
    """What a forger does who knows the program: compute every hash again, and the head."""
    lines = [link_in(row).line for row in connection.execute(select(audit).order_by(audit.c.seq))]
    connection.execute(delete(audit))
    head: Head = BEGINNING
    for line in lines:
        link = seal(head, line)
        head = link.head
        connection.execute(insert(audit).values(columns_of(link)))
    connection.execute(update(audit_head).values(seq=head.seq, sha256=head.sha256))
