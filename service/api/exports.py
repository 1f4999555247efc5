"""Tickets to take away: CSV for programs and spreadsheets, GeoJSON for maps, XLSX for people."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Request
from pydantic import AfterValidator, AwareDatetime
from starlette.responses import Response, StreamingResponse

from service.api.access import Person
from service.api.body import in_utc
from service.api.city import city_of
from service.api.tickets import TicketWanted
from service.domain.audit import AuditLine
from service.domain.coordinates import System
from service.errors import Unprocessable
from service.exports import MEDIA_TYPES, Wish, as_csv, as_geojson, as_xlsx, exported

router = APIRouter(tags=["tickets"])

WRITERS: Final = {"csv": as_csv, "geojson": as_geojson, "xlsx": as_xlsx}
Since = Annotated[AwareDatetime, AfterValidator(in_utc)]


class ExportQuery(TicketWanted):
    """Which tickets are wanted; words in `lang`, codes without it (a workbook speaks Chinese then); places in
    `coordinates`, of which GeoJSON knows WGS-84 alone.
    """

    opened_from: Since | None = None
    opened_before: Since | None = None
    lang: Literal["zh", "en"] | None = None
    coordinates: System = System.WGS84


@router.get(
    "/api/exports/tickets.{form}",
    response_class=Response,
    responses={200: {"content": {kind.partition(";")[0]: {} for kind in MEDIA_TYPES.values()}}},
)
def export_tickets(
    request: Request, caller: Person, form: Literal["csv", "geojson", "xlsx"], query: Annotated[ExportQuery, Query()]
) -> Response:
    """The tickets of a list as a file, newest first. Who took them away is recorded."""
    if form == "geojson" and query.coordinates is not System.WGS84:
        raise Unprocessable(field="coordinates", problem="not_in_geojson")
    city = city_of(request)
    language = query.lang or ("zh" if form == "xlsx" else None)
    now = city.clock()
    with city.store.write() as rows:
        wanted = query.filter_for(caller, rows)
        asked = {name: str(value) for name, value in query.model_dump(exclude_defaults=True).items()}
        rows.audit.add(AuditLine(now, caller.name, "tickets.exported", form, None, asked))
    wanted = replace(wanted, opened_from=query.opened_from, opened_before=query.opened_before)
    wish = Wish(wanted, city.catalog, city.settings.timezone, language, query.coordinates)
    chunks = _begun(WRITERS[form](exported(city.store, wanted, language), wish))
    name = f"tickets-{now.astimezone(city.settings.timezone):%Y%m%d-%H%M}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(chunks, media_type=MEDIA_TYPES[form], headers=headers)


def _begun(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same chunks; what refuses before the first one refuses now, while it still can be told by a status."""
    first = next(chunks, b"")

    def all_of_them() -> Iterator[bytes]:
        yield first
        yield from chunks

    return all_of_them()
