"""Tickets as files for others: CSV, GeoJSON and XLSX, read page by page so that a large city fits into memory."""

import csv
import io
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from detector.catalog import Catalog, Name
from detector.types import GeoPoint
from service.domain.coordinates import System, to_cgcs2000, to_gcj02
from service.domain.ticket import Ticket
from service.domain.whereabouts import NOWHERE, GridMap, Whereabouts
from service.errors.outside import ExportTooLarge
from service.store import Store, Transaction
from service.store.tickets import TicketFilter
from service.words import say

PAGE: Final = 500
MOMENT: Final = "moment"
MOST_SHEET_ROWS: Final = 50_000
CHUNK: Final = 64 * 1024
A3: Final = 8
"""What a workbook calls that size of paper."""

BOM: Final = "\ufeff"
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
MEDIA_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "geojson": "application/geo+json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

Value = str | int | float | bool | datetime | None


@dataclass(frozen=True, slots=True)
class Exported:
    """One ticket with what stands beside it in a list."""

    ticket: Ticket
    unit_name: str | None
    sightings: int
    where: Whereabouts = NOWHERE


@dataclass(frozen=True, slots=True)
class Wish:
    """What is exported, and for whom: words in `language`, or codes where it is None; times in `timezone`, places in
    `system`.
    """

    wanted: TicketFilter
    catalog: Catalog
    timezone: ZoneInfo
    language: str | None = None
    system: System = System.WGS84

    @property
    def columns(self) -> dict[str, Callable[[Exported], Value]]:
        """The columns, with places in the wanted system, which stands in their names: nothing is mixed in silence."""
        return {
            name: read for names in (COLUMNS_BEFORE, PLACES[self.system], COLUMNS_AFTER) for name, read in names.items()
        }


COLUMNS_BEFORE: Final[dict[str, Callable[[Exported], Value]]] = {
    "number": lambda row: row.ticket.number,
    "state": lambda row: row.ticket.state.value,
    "resolution": lambda row: row.ticket.resolution.value if row.ticket.resolution else None,
    "condition": lambda row: row.ticket.condition,
    "code_table": lambda row: row.ticket.code_table,
    "code": lambda row: row.ticket.code,
    "unit": lambda row: row.ticket.unit_id,
    "unit_name": lambda row: row.unit_name,
    "street": lambda row: row.where.street,
    "grid": lambda row: row.where.grid,
    "address": lambda row: row.where.address,
}
COLUMNS_AFTER: Final[dict[str, Callable[[Exported], Value]]] = {
    "accuracy_m": lambda row: row.ticket.place.accuracy_m if row.ticket.place else None,
    "place_source": lambda row: row.ticket.place_source,
    "opened_at": lambda row: row.ticket.opened_at,
    "last_seen": lambda row: row.ticket.last_seen,
    "filed_at": lambda row: row.ticket.filed_at,
    "due_at": lambda row: row.ticket.due_at,
    "ended_at": lambda row: row.ticket.ended_at,
    "overdue_at": lambda row: row.ticket.overdue_at,
    "extensions": lambda row: row.ticket.extensions,
    "sightings": lambda row: row.sightings,
    "recurrence_of": lambda row: row.ticket.recurrence_of,
    "merged_into": lambda row: row.ticket.merged_into,
    "id": lambda row: row.ticket.id,
}


def _of_place(read: Callable[[GeoPoint], Value]) -> Callable[[Exported], Value]:
    return lambda row: read(row.ticket.place) if row.ticket.place else None


PLACES: Final[dict[System, dict[str, Callable[[Exported], Value]]]] = {
    System.WGS84: {"lat": _of_place(lambda place: place.lat), "lon": _of_place(lambda place: place.lon)},
    System.GCJ02: {
        "gcj02_lat": _of_place(lambda place: round(to_gcj02(place).lat, 7)),
        "gcj02_lon": _of_place(lambda place: round(to_gcj02(place).lon, 7)),
    },
    System.CGCS2000: {
        "cgcs2000_north_m": _of_place(lambda place: round(to_cgcs2000(place).north_m, 2)),
        "cgcs2000_east_m": _of_place(lambda place: round(to_cgcs2000(place).east_m, 2)),
        "cgcs2000_meridian": _of_place(lambda place: to_cgcs2000(place).meridian),
    },
}


def exported(store: Store, wanted: TicketFilter, language: str | None) -> Iterator[Exported]:
    """The wanted tickets, newest first, each page at one moment of the database."""
    before: str | None = None
    while True:
        with store.read() as rows:
            page = rows.tickets.page(wanted, PAGE, before)
            found = [*_beside(rows, page, language)]
        yield from found
        if len(page) < PAGE:
            return
        before = page[-1].id


def as_csv(rows: Iterable[Exported], wish: Wish) -> Iterator[bytes]:
    """CSV that a spreadsheet opens in the right charset and in which no cell is a formula; times RFC 3339 in UTC."""
    out = io.StringIO()
    writer = csv.writer(out)
    out.write(BOM)
    writer.writerow([_heading(name, wish) for name in wish.columns])
    for row in rows:
        writer.writerow([for_csv(_worded(name, read(row), wish)) for name, read in wish.columns.items()])
        if out.tell() > CHUNK:
            yield _emptied(out)
    yield _emptied(out)


def as_geojson(rows: Iterable[Exported], wish: Wish) -> Iterator[bytes]:
    """A FeatureCollection on WGS-84, as GeoJSON asks; without a place, no geometry. Times RFC 3339 in UTC."""
    yield b'{"type":"FeatureCollection","features":['
    comma = ""
    for row in rows:
        place = row.ticket.place
        properties = {name: _plain(_worded(name, read(row), wish)) for name, read in wish.columns.items()}
        feature = {
            "type": "Feature",
            "id": row.ticket.id,
            "geometry": {"type": "Point", "coordinates": [place.lon, place.lat]} if place else None,
            "properties": properties,
        }
        yield (comma + json.dumps(feature, ensure_ascii=False)).encode()
        comma = ",\n"
    yield b"]}\n"


def as_xlsx(rows: Iterable[Exported], wish: Wish) -> Iterator[bytes]:
    """A workbook with one sheet, its first row frozen and on every printed page, which is as wide as the table; times
    in the city's zone. ExportTooLarge beyond 50,000 rows.
    """
    from openpyxl import Workbook  # only who asks for a workbook pays for it
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font, NamedStyle
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    book.add_named_style(NamedStyle(MOMENT, number_format="yyyy-mm-dd hh:mm"))
    sheet = book.create_sheet(say(wish.language or "en", "exports.tickets"))
    sheet.freeze_panes, sheet.print_title_rows = "A2", "1:1"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", A3
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    for n in range(len(wish.columns)):
        sheet.column_dimensions[get_column_letter(n + 1)].width = 20
    heads = [WriteOnlyCell(sheet, value=_heading(name, wish)) for name in wish.columns]
    for head in heads:
        head.font = Font(bold=True)
    sheet.append(heads)
    for n, row in enumerate(rows):
        if n >= MOST_SHEET_ROWS:
            raise ExportTooLarge(limit=MOST_SHEET_ROWS)
        sheet.append([_cell(sheet, _worded(name, read(row), wish), wish) for name, read in wish.columns.items()])
    with tempfile.TemporaryFile() as kept:
        book.save(kept)
        kept.seek(0)
        while chunk := kept.read(CHUNK):
            yield chunk


def _beside(rows: Transaction, page: list[Ticket], language: str | None) -> Iterator[Exported]:
    names = {unit.id: getattr(unit.name, language or "en") for unit in rows.units.all()}
    behind = rows.observations.behind([ticket.id for ticket in page])
    grids = GridMap(rows.units.grids())
    streets = {street.id: street.name for street in rows.grids.streets()}
    typed = rows.addresses.of_tickets([ticket.id for ticket in page])
    for ticket in page:
        sightings = behind[ticket.id].sightings if ticket.id in behind else 0
        where = grids.where(ticket.place, typed[ticket.id].text if ticket.id in typed else None)
        if language is not None:
            where = _named(where, grids, streets, language)
        yield Exported(ticket, names.get(ticket.unit_id or ""), sightings, where)


def _named(where: Whereabouts, grids: GridMap, streets: Mapping[str, Name], language: str) -> Whereabouts:
    """The same with what people call a grid and a street."""
    grid = getattr(grids.names[where.grid], language) if where.grid else None
    street = getattr(streets[where.street], language) if where.street and where.street in streets else where.street
    return Whereabouts(grid, street, where.address)


def _heading(name: str, wish: Wish) -> str:
    return name if wish.language is None else say(wish.language, f"exports.columns.{name}")


def _worded(name: str, value: Value, wish: Wish) -> Value:
    """A code in the words of a language, as far as it has any."""
    if wish.language is None or not isinstance(value, str):
        return value
    if name in ("state", "resolution"):
        return say(wish.language, f"{name}s.{value}")
    if name == "condition":
        found = next((row for row in wish.catalog.conditions if row.id == value), None)
        return getattr(found.name, wish.language) if found else value
    return value


def _plain(value: Value) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds").replace("+00:00", "Z")
    return value


def for_csv(value: Value) -> Any:
    """What a spreadsheet takes as it is: a text that begins like a formula is quoted."""
    value = _plain(value)
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _cell(sheet: Any, value: Value, wish: Wish) -> Any:
    from openpyxl.cell import WriteOnlyCell

    if isinstance(value, datetime):
        cell = WriteOnlyCell(sheet, value=value.astimezone(wish.timezone).replace(tzinfo=None))
        cell.style = MOMENT  # by name: a format of its own for every cell takes several times as long
        return cell
    if isinstance(value, str) and value.startswith(FORMULA):
        cell = WriteOnlyCell(sheet, value=value)
        cell.data_type = "s"  # a text, whatever it begins with
        return cell
    return value


def _emptied(out: io.StringIO) -> bytes:
    told = out.getvalue().encode()
    out.seek(0)
    out.truncate()
    return told
