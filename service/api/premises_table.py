"""Shops and yards by the hundred: a table looked at, imported with what could not be read, and taken away."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from starlette.responses import Response

from service.api.access import Caseworker, Person
from service.api.body import Form, form_docs, read_form
from service.api.city import city_of
from service.api.evaluations import UnreadAnswer
from service.domain.coordinates import System
from service.domain.premises_plan import PremisesPlan
from service.domain.premises_table import ToldPremises
from service.errors import Unprocessable
from service.occasion import Occasion
from service.premises import TableWish, check_premises, import_premises, read_table, table_of

router = APIRouter(tags=["field"])

MEDIA_TYPE: Final = "text/csv; charset=utf-8"
FIELDS: Final = form_docs(
    file={"type": "string", "format": "binary", "description": "xlsx, or CSV in UTF-8 or GB 18030, of at most 8 MiB"},
    coordinates={"type": "string", "enum": ["wgs84", "gcj02"]},
    doorstep={"type": "string", "description": "Of new premises where the table has no such column: ids with commas"},
    reason={"type": "string"},
)


class PremisesRow(BaseModel):
    """A row of a table that adds premises or changes some."""

    sheet: str
    row: int
    id: str | None
    name: str


class PremisesTableAnswer(BaseModel):
    """What a table does. `unread` are cells, or rows by their number, that could not be read or are guessed; where
    `was_used` is false, the row is left out.
    """

    added: list[PremisesRow]
    changed: list[PremisesRow]
    same: int
    unread: list[UnreadAnswer]


@router.get("/api/premises-table", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
def get_premises_table(request: Request, _: Person) -> Response:
    """All shops and yards as CSV, to be edited elsewhere and imported again; frontages as WKT on WGS-84."""
    with city_of(request).store.read() as rows:
        content = table_of(rows.premises.all())
    headers = {"Content-Disposition": 'attachment; filename="premises.csv"', "Cache-Control": "no-store"}
    return Response(content, media_type=MEDIA_TYPE, headers=headers)


@router.post("/api/premises-table/check", openapi_extra=FIELDS)
def check_premises_table(
    request: Request, _: Caseworker, form: Annotated[Form, Depends(read_form)]
) -> PremisesTableAnswer:
    """Look at a table without keeping it: what could not be read, what it would add and change."""
    city = city_of(request)
    read = read_table(city.store, form.file, _wish(form), city.catalog)
    with city.store.read() as rows:
        return _answer(check_premises(rows, read))


@router.post("/api/premises-table", openapi_extra=FIELDS)
def import_premises_table(
    request: Request, caller: Caseworker, form: Annotated[Form, Depends(read_form)]
) -> PremisesTableAnswer:
    """Take what can be read of a table of shops and yards, and tell what could not.

    A row is about the premises of its id, else of its name and address; the same table again changes nothing. What a
    column says holds, an empty cell too; a column that is not there changes nothing.
    """
    city = city_of(request)
    wish = _wish(form)
    read = read_table(city.store, form.file, wish, city.catalog)
    on = Occasion(caller, city.policy, city.clock())
    with city.store.write() as rows:
        plan = import_premises(rows, read, wish, on)
    return _answer(plan)


def _wish(form: Form) -> TableWish:
    system = form.text("coordinates") or System.WGS84
    if system not in (System.WGS84, System.GCJ02):
        raise Unprocessable(field="coordinates", problem="unknown")
    doorstep = frozenset(name.strip() for name in (form.text("doorstep") or "").split(",") if name.strip())
    return TableWish(System(system), doorstep, form.text("reason", 2000))


def _answer(plan: PremisesPlan) -> PremisesTableAnswer:
    return PremisesTableAnswer(
        added=[_row(row, None) for row in plan.added],
        changed=[_row(row, changed.id) for row, changed in plan.changed],
        same=plan.same,
        unread=[
            UnreadAnswer(sheet=one.table, cell=one.cell, problem=one.problem, value=one.value, was_used=one.was_used)
            for one in plan.unread
        ],
    )


def _row(row: ToldPremises, premises_id: str | None) -> PremisesRow:
    return PremisesRow(sheet=row.table, row=row.row, id=premises_id, name=row.name)
