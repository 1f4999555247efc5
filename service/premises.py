"""Shops and yards from a table: read, then looked at or taken in one transaction; and taken away to be edited."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from detector.catalog import Catalog
from service.domain.audit import AuditLine
from service.domain.coordinates import System
from service.domain.premises import Premises, PremisesKind
from service.domain.premises_plan import PremisesPlan, plan_premises
from service.domain.premises_table import FORMULA, Known, PremisesRead, ToldPremises, read_premises
from service.domain.standard import Table
from service.errors import ConditionUnknown
from service.errors.field import PremisesTableTooLarge, PremisesTableUnreadable
from service.errors.policies import StandardTooLarge, StandardUnreadable
from service.occasion import Occasion
from service.spreadsheet import read_sheet
from service.store import Store
from service.store.ids import new_id
from service.store.transaction import Transaction

MOST_ROWS: Final = 10_000
BOM: Final = "\ufeff"
COLUMNS: Final = (
    *("id", "version", "kind", "name", "address", "frontage", "doorstep", "unit", "pledge", "pledged_on", "score"),
    "award",
)
CREATED: Final = ("address", "unit_id", "pledge", "pledged_on", "score", "award")


@dataclass(frozen=True, slots=True)
class TableWish:
    """How a table is to be taken.

    Attributes:
        system: that its places are in.
        doorstep: what new premises answer for where the table has no column for it.
        reason: for the audit trail.
    """

    system: System = System.WGS84
    doorstep: frozenset[str] = frozenset()
    reason: str | None = None


def read_table(store: Store, data: bytes, wish: TableWish, catalog: Catalog) -> PremisesRead:
    """What an xlsx or CSV file says of premises; nobody waits for it, since no transaction is open meanwhile.

    Raises:
        PremisesTableUnreadable, PremisesTableTooLarge: it is no such file, or no sheet has a head over names.
        ConditionUnknown: the wish names a condition that the catalog lacks.
    """
    if unknown := sorted(wish.doorstep - {one.id for one in catalog.conditions}):
        raise ConditionUnknown(condition=unknown[0])
    with store.read() as rows:
        units = rows.units.all()
    read = read_premises(_tables_in(data), Known(catalog, units, wish.system))
    if not read.rows and not read.unread:
        raise PremisesTableUnreadable(problem="no_premises")
    return read


def check_premises(tx: Transaction, read: PremisesRead) -> PremisesPlan:
    """What a table that was read would do; nothing is kept."""
    return plan_premises(read, tx.premises.all())


def import_premises(tx: Transaction, read: PremisesRead, wish: TableWish, on: Occasion) -> PremisesPlan:
    """Take what could be read of a table; each of the premises that is new or different has its line in the trail."""
    tx.lock(["premises"])
    plan = check_premises(tx, read)
    made = [_made(row, wish, on) for row in plan.added]
    tx.premises.add_all(made)
    for one in made:
        tx.audit.add(AuditLine(on.now, on.actor.name, "premises.made", one.id, wish.reason, {"name": one.name}))
    for row, changed in plan.changed:
        tx.premises.change(changed)
        told = {"version": changed.version, **{name: _plain(value) for name, value in row.told.items()}}
        tx.audit.add(AuditLine(on.now, on.actor.name, "premises.changed", changed.id, wish.reason, told))
    return plan


def table_of(premises: Sequence[Premises]) -> str:
    """Premises that have not ended as CSV that can be imported again; frontages as WKT on WGS-84."""
    out = io.StringIO()
    writer = csv.writer(out)
    out.write(BOM)
    writer.writerow(COLUMNS)
    writer.writerows([_cell(value) for value in _cells(one)] for one in premises if one.ended_at is None)
    return out.getvalue()


def _tables_in(data: bytes) -> list[Table]:
    """The sheets of an xlsx or CSV file; PremisesTableUnreadable, PremisesTableTooLarge."""
    try:
        return read_sheet(data, MOST_ROWS)
    except StandardTooLarge as error:
        raise PremisesTableTooLarge(**error.facts) from error
    except StandardUnreadable as error:
        raise PremisesTableUnreadable(**error.facts) from error


def _made(row: ToldPremises, wish: TableWish, on: Occasion) -> Premises:
    told = row.told
    return Premises(
        id=new_id("prm", on.now),
        version=1,
        kind=told.get("kind", PremisesKind.SHOP),
        name=row.name,
        frontage=told["frontage"],
        created_at=on.now,
        doorstep=told.get("doorstep", wish.doorstep),
        **{name: told.get(name) for name in CREATED},
    )


def _cells(one: Premises) -> list[Any]:
    ring = ", ".join(f"{lon!r} {lat!r}" for lon, lat in one.frontage)
    doorstep = ";".join(sorted(one.doorstep))
    place = (one.kind.value, one.name, one.address, f"POLYGON(({ring}))", doorstep)
    return [one.id, one.version, *place, one.unit_id, one.pledge, one.pledged_on, one.score, one.award]


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _plain(value: object) -> Any:
    """A field as the trail keeps it."""
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, date):
        return value.isoformat()
    return [list(corner) for corner in value] if isinstance(value, tuple) else value
