"""Compare all that is kept with all that was said of it: database, audit trail, histories, tickets, pictures, files."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Row, RowMapping, exists, select
from sqlalchemy.exc import DBAPIError

from service.anchor import read_anchors
from service.backup import DATABASE, NOTE
from service.domain.audit import AuditLine, breaks
from service.domain.cases import milestones_of
from service.domain.seals import ENTRIES, EXHIBITED, EXPIRED, KEPT, OPENED, entry_row_sha256, ticket_row_sha256
from service.errors import DataUnusable, EvidenceAway, StorageFull
from service.evidence import Evidence, open_evidence, scrub
from service.settings import Settings
from service.store import Store, Transaction
from service.store.audit_tables import audit
from service.store.histories import entry_in
from service.store.originals import Originals
from service.store.pages import pages_of
from service.store.tables import history, pictures, ticket_evidence, tickets
from service.store.ticket_rows import milestone_columns
from service.upkeep import open_data

Damage = dict[str, Any]
Anchors = Mapping[int, set[str]]


def damages(settings: Settings, anchors: Iterable[Path] = ()) -> Iterator[Damage]:
    """Everything that is not as it was kept, each as JSON tells it; nothing is changed.

    Args:
        settings: whose data; of a backup, what lies in its folder, wherever the city that lives keeps its own.
        anchors: files of anchors that were shipped elsewhere, beside the one of the settings.
    """
    if not settings.data.is_dir():
        raise DataUnusable(path=str(settings.data), problem="no such folder")
    told = _anchored([settings.anchor_file, *anchors])
    if (settings.data / NOTE).is_file():
        settings = replace(settings, bucket=None, database_url=f"sqlite:///{settings.data / DATABASE}")
    try:
        store = open_data(settings)
    except DataUnusable as error:
        yield {"problem": "database", "facts": error.facts}
        return
    try:
        yield from damage_of_rows(store, told)
        yield from _of_files(store, open_evidence(settings))
    except (DBAPIError, StorageFull) as error:  # a disk that cannot be read is told as one that is full
        yield {"problem": "database", "facts": {"problem": str(getattr(error, "orig", error)).splitlines()[0]}}
    except EvidenceAway as error:
        yield {"problem": error.code, "facts": error.facts}
    except (ValueError, TypeError, KeyError) as error:  # a row that holds what nobody could have written
        yield {"problem": "row.unreadable", "facts": {"problem": str(error)}}
    finally:
        store.engine.dispose()


def _anchored(paths: Iterable[Path]) -> dict[int, set[str]]:
    told: dict[int, set[str]] = {}
    for path in paths:
        for seq, sha256 in read_anchors(path).items():
            told.setdefault(seq, set()).add(sha256)
    return told


def damage_of_rows(store: Store, anchors: Anchors) -> Iterator[Damage]:
    """What is wrong in a database, at one moment of it."""
    problem = _first_problem(store)
    if problem is not None:
        yield {"problem": "database", "facts": {"problem": problem}}
    with store.read() as rows:
        yield from damage_in(rows, anchors)


def damage_in(rows: Transaction, anchors: Anchors) -> Iterator[Damage]:
    """What is wrong with the rows that a transaction sees."""
    yield from ({"problem": "anchor.two_hashes", "seq": seq} for seq, told in anchors.items() if len(told) > 1)
    one_each = {seq: min(told) for seq, told in anchors.items()}
    for found in breaks(rows.audit.links(), rows.audit.head(), one_each):
        yield {"problem": found.problem.value, "seq": found.seq}
    yield from _of_tickets(rows)
    yield from _of_exhibits(rows)
    yield from _of_pictures(rows)


def _first_problem(store: Store) -> str | None:
    if store.engine.dialect.name != "sqlite":
        return None
    with store.read() as rows:
        found = rows.connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
    return None if found == "ok" else str(found)


def _of_tickets(rows: Transaction) -> Iterator[Damage]:
    """Each line of history has its line in the trail, the other way round, and the ticket is as the last one says."""
    for page in pages_of(rows.connection, select(tickets), tickets.c.id):
        ids = [row.id for row in page]
        said, lines = _said_of(rows, ids), _lines_of(rows, ids)
        for row in page:
            told = list(_of_ticket(row._mapping, _kept_of(lines[row.id]), said.get(row.id, {})))
            yield from told or _of_milestones(row._mapping, lines[row.id])
    yield from _without(rows, OPENED, exists().where(tickets.c.id == audit.c.subject), "ticket")


def _said_of(rows: Transaction, ids: Sequence[str]) -> dict[str, dict[int, Mapping[str, Any]]]:
    """What the trail says of each version of these tickets."""
    said: dict[str, dict[int, Mapping[str, Any]]] = {}
    for line in rows.audit.lines_on(ids, ENTRIES):
        said.setdefault(line.subject, {})[line.facts["version"]] = line.facts
    return said


def _lines_of(rows: Transaction, ids: Sequence[str]) -> defaultdict[str, list[RowMapping]]:
    """The lines of the histories of these tickets, oldest first."""
    lines: defaultdict[str, list[RowMapping]] = defaultdict(list)
    query = select(history).where(history.c.ticket_id.in_(ids)).order_by(history.c.ticket_id, history.c.version)
    for row in rows.connection.execute(query).mappings():
        lines[row["ticket_id"]].append(row)
    return lines


def _kept_of(lines: Sequence[RowMapping]) -> dict[int, str]:
    """The hash of each line of a history."""
    return {row["version"]: entry_row_sha256(dict(row)) for row in lines}


def _of_milestones(ticket: RowMapping, lines: Sequence[RowMapping]) -> Iterator[Damage]:
    """What a ticket carries so that it can be counted is what its history comes to."""
    reached = milestone_columns(milestones_of(entry_in(row) for row in lines))
    if any(ticket[name] != told for name, told in reached.items()):
        yield {"problem": "ticket.miscounted", "ticket": ticket["id"]}


def _of_ticket(ticket: RowMapping, kept: Mapping[int, str], said: Mapping[int, Mapping[str, Any]]) -> Iterator[Damage]:
    told = {"ticket": ticket["id"]}
    for version in sorted(kept.keys() | said.keys()):
        if version not in kept:
            yield {"problem": "history.missing", **told, "version": version}
        elif version not in said:
            yield {"problem": "history.unsaid", **told, "version": version}
        elif said[version]["entry_sha256"] != kept[version]:
            yield {"problem": "history.changed", **told, "version": version}
    now = ticket_row_sha256(dict(ticket))
    last = said.get(max(said, default=0), {}).get("ticket_sha256", now)
    if ticket["version"] != max(kept, default=0) or last != now:
        yield {"problem": "ticket.changed", **told}


def _of_exhibits(rows: Transaction) -> Iterator[Damage]:
    """What is put to a ticket is what the trail says was put to it, and as what."""
    said = ((line.subject, line.facts["picture"], line.facts["role"]) for line in rows.audit.lines_of_kind(EXHIBITED))
    there = rows.connection.execute(
        select(ticket_evidence.c.ticket_id, ticket_evidence.c.picture_id, ticket_evidence.c.role)
    )
    for ticket_id, picture_id, _ in sorted(set(said) ^ {tuple(row) for row in there}):
        yield {"problem": "exhibit.changed", "ticket": ticket_id, "picture": picture_id}


def _of_pictures(rows: Transaction) -> Iterator[Damage]:
    """Each picture is the one that the trail says came in, and an original is gone only if the trail says so."""
    for page in pages_of(rows.connection, select(pictures), pictures.c.id):
        lines = rows.audit.lines_on([row.id for row in page], (KEPT, EXPIRED))
        said = {(line.action, line.subject): line for line in lines}
        for row in page:
            if problem := _problem_of(row, said):
                yield {"problem": problem, "picture": row.id}
    yield from _without(rows, KEPT, exists().where(pictures.c.id == audit.c.subject), "picture")


def _problem_of(picture: Row[Any], said: Mapping[tuple[str, str], AuditLine]) -> str | None:
    kept = said.get((KEPT, picture.id))
    if kept is None:
        return "picture.unsaid"
    if kept.facts["sha256"] != picture.original_sha256:
        return "picture.changed"
    if (picture.original_gone_at is not None) != ((EXPIRED, picture.id) in said):
        return "picture.expiry_unsaid"
    return None


def _without(rows: Transaction, action: str, there: Any, noun: str) -> Iterator[Damage]:
    """Things that the trail says were made and that are in no row."""
    gone = select(audit.c.subject).where(audit.c.action == action, ~there).order_by(audit.c.seq)
    for subject in rows.connection.execute(gone).scalars():
        yield {"problem": f"{noun}.missing", noun: subject}


def _of_files(store: Store, evidence: Evidence) -> Iterator[Damage]:
    """Every object that a row speaks of lies where it should and is what its name says; none that went lies there."""
    lying = _lying(evidence)
    with store.read() as rows:
        named = {sha256: picture_id for picture_id, sha256 in rows.pictures.hashes()}
    for damage in scrub(evidence, named):
        yield {"problem": damage.problem, "sha256": damage.sha256, "picture": named[damage.sha256]}
    with store.read() as rows:  # after the files were listed: whoever sends the same bytes anew has a row by now
        went = Originals(rows.connection, rows.audit).went()
    for sha256 in sorted(went.keys() & lying):
        yield {"problem": "original.left", "sha256": sha256, "picture": went[sha256]}


def _lying(evidence: Evidence) -> set[str]:
    """What lies where it is kept; what comes into the bin meanwhile does not leave it for an hour."""
    binned = evidence.binned()
    names = set(evidence.names())
    return names.difference(name for name, _ in (*binned, *evidence.binned()))
