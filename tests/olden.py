"""Cities as older versions of the program left them: rows in every table that there was, and what is lost of them."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Engine,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    event,
    insert,
    select,
)

from service.store import migrate
from service.store.engine import MIGRATIONS, revision
from service.store.tables import UtcTime
from tests.build import NOON, POLICY_TOML

REVISIONS: Final = tuple(sorted(path.name[1:5] for path in MIGRATIONS.glob("versions/v*.py")))
"""All versions of the tables that there ever were, in their order."""

OWN: Final = "alembic_version"
A_SQUARE: Final = {
    "type": "Polygon",
    "coordinates": [[[121.47, 31.22], [121.48, 31.22], [121.48, 31.24], [121.47, 31.24], [121.47, 31.22]]],
}
VALUES: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "ad_numbers.state": "doubtful",
        "ad_words.word": "confirmed",
        "api_keys.role": "viewer",
        "approvals.status": "waiting",
        "audit.action": "evidence.original",
        "cameras.frames": "chosen",
        "cameras.kind": "fixed",
        "camera_zones.shapes": {},
        "condition": "litter",
        "conditions": ["litter"],
        "coordinates": "wgs84",
        "deliveries.state": "done",
        "evaluations.items": [],
        "evaluations.problems": [],
        "frontage": A_SQUARE,
        "grids.units": {"litter": "sanitation"},
        "grid_versions.units": {"litter": "sanitation"},
        "inspections.track": [[121.47, 31.23]],
        "lat": 31.2304,
        "letters.kind": "supervision",
        "lon": 121.4737,
        "observations.detections": [],
        "observations.outcome": "seen_again",
        "observations.reason": None,
        "original_type": "image/jpeg",
        "photos.actor_role": "inspector",
        "photos.answer": {"photo": {}, "observations": [], "tickets": []},
        "photos.status": "done",
        "place_source": "exif",
        "policies.text": POLICY_TOML.read_text(encoding="utf-8"),
        "polygon": A_SQUARE,
        "premises.doorstep": ["litter"],
        "premises.kind": "shop",
        "report_keys.answered": "known",
        "source_type": "photo",
        "task_holders.ended_how": "given_back",
        "task_holders.kind": "verify",
        "ticket_evidence.role": "after",
        "ticket_facts.kind": "dissuaded",
        "ticket_units.answer": "done",
        "tickets.code": None,
        "tickets.code_table": None,
        "tickets.recurrence_of": None,
        "tickets.resolution": None,
        "time_source": "exif",
        "uploads.code": None,
        "uploads.state": "done",
        "users.role": "inspector",
        "verdict": "true",
        "version": 1,
        "xyxy": [10, 20, 110, 220],
        "zones": [],
    }
)
"""What stands in a column, or in any of that name, because only some words make sense in it."""

Contents = dict[str, dict[tuple[Any, ...], dict[str, Any]]]
"""Every row of every table, by its key."""


def grow(engine: Engine, to: str, rows: int) -> None:
    """Bring tables to an older version by way of all before it, and fill each one as soon as it is there."""
    stands_at = revision(engine) or ""
    for step in REVISIONS:
        if stands_at < step <= to:
            migrate(engine, step)
            _fill(engine, rows)


def contents(engine: Engine, tables: MetaData | None = None) -> Contents:
    """All that a database holds; `tables` are its tables, where somebody has looked them up before."""
    with engine.connect() as connection:
        return {
            table.name: {
                tuple(row[column.name] for column in table.primary_key): dict(row)
                for row in connection.execute(select(table)).mappings()
            }
            for table in (tables or tables_of(engine)).sorted_tables
        }


def tables_of(engine: Engine) -> MetaData:
    """The tables that a database has, but for the one of migrations itself."""
    found = MetaData()
    event.listen(found, "column_reflect", _with_zone)
    found.reflect(engine, only=lambda name, _: name != OWN)
    return found


def lost(before: Contents, after: Contents) -> Iterator[str]:
    """A line for each row that is gone and each value that is another one; what came to it is no loss."""
    for table, rows in before.items():
        kept = after.get(table, {})
        for key, row in rows.items():
            if key not in kept:
                yield f"{table} {key} is gone"
                continue
            changed = [name for name, value in row.items() if kept[key].get(name) != value]
            if changed:
                yield f"{table} {key}: {', '.join(changed)} changed"


def _with_zone(_inspector: Any, _table: Table, column: dict[str, Any]) -> None:
    if isinstance(column["type"], DateTime):
        column["type"] = UtcTime()


def _fill(engine: Engine, rows: int) -> None:
    with engine.begin() as connection:
        for table in tables_of(engine).sorted_tables:
            if connection.execute(select(table).limit(1)).first():
                continue
            parents = {
                key.column: list(connection.execute(select(key.column).order_by(key.column)).scalars())
                for key in table.foreign_keys
            }
            made = [_row(table, number, parents) for number in range(rows)]
            connection.execute(insert(table), list(_lines(made)) if table.name == "history" else made)


def _lines(openings: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Each ticket was reported and then filed, but for one in ten, which was the same as another."""
    for number, line in enumerate(openings):
        yield line | {"version": 1, "from": None, "to": "reported"}
        yield line | {"version": 2, "from": "reported", "to": _state(number)}


def _state(number: int) -> str:
    return "merged" if number % 10 == 9 else "filed"


def _row(table: Table, number: int, parents: Mapping[Column[Any], list[Any]]) -> dict[str, Any]:
    counted = table.autoincrement_column
    row = {column.name: _value(column, number, parents) for column in table.columns if column is not counted}
    if table.name == "tickets":
        row |= {"version": 2, "state": _state(number), "merged_into": None}
        if row["state"] == "merged":
            row["merged_into"] = _word(table.c.id, number - 1)
    return row


def _value(column: Column[Any], number: int, parents: Mapping[Column[Any], list[Any]]) -> Any:
    for key in column.foreign_keys:
        if ids := parents[key.column]:
            return ids[number % len(ids)]
    for name in (f"{column.table.name}.{column.name}", column.name):
        if name in VALUES:
            return VALUES[name]
    kind = column.type
    if isinstance(kind, UtcTime):
        return NOON + timedelta(minutes=number)
    if isinstance(kind, Date):
        return date(2026, 11, 1) + timedelta(days=number)
    if isinstance(kind, Boolean):
        return number % 2 == 0
    if isinstance(kind, JSON):
        return {"n": number} if column.name in ("facts", "body", "details", "was", "answers", "contact") else []
    if isinstance(kind, Integer | Float):
        return number
    return f"view {number}".encode() if isinstance(kind, LargeBinary) else _word(column, number)


def _word(column: Column[Any], number: int) -> str:
    text = f"{column.table.name} {column.name} {number}"
    if "sha256" in column.name:
        return hashlib.sha256(text.encode()).hexdigest()
    return f"{number} {column.name}"[: getattr(column.type, "length", None) or 100]
