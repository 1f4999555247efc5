"""Evaluation tables: imported from a spreadsheet, listed, and what of them could not be read."""

import hashlib
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel

from service.accounts.roles import CASEWORKERS
from service.api.access import Allowed, Person
from service.api.body import Form, form_docs, read_form
from service.api.city import city_of
from service.api.wire import Moment
from service.domain.audit import AuditLine
from service.domain.evaluation import read_evaluation
from service.domain.ticket import Actor
from service.errors import Unprocessable
from service.errors.papers import EvaluationUnreadable
from service.errors.policies import StandardUnreadable
from service.spreadsheet import read_tables
from service.store.evaluations import Evaluation, Evaluations

router = APIRouter(tags=["papers"])

Importer = Annotated[Actor, Depends(Allowed(CASEWORKERS))]
FIELDS: Final[dict[str, Any]] = form_docs(
    "name",
    file={"type": "string", "format": "binary", "description": "An xlsx file with a head over the items"},
    name={"type": "string", "examples": ["2026 年文明城区测评表"]},
)


class ItemAnswer(BaseModel):
    """One item; `conditions` are of the tickets that show it, none where no ticket can."""

    number: str
    text: str
    points: float | None
    conditions: list[str]
    pairs: int


class UnreadAnswer(BaseModel):
    """A cell that could not be read; `was_used` where its item stands all the same."""

    sheet: str
    cell: str
    problem: str
    value: str | None
    was_used: bool


class EvaluationBrief(BaseModel):
    """An evaluation table in a list."""

    id: str
    name: str
    sha256: str
    by: str
    created_at: Moment
    count: int


class EvaluationAnswer(EvaluationBrief):
    """An evaluation table with its items, and what could not be read."""

    items: list[ItemAnswer]
    unread: list[UnreadAnswer]


class EvaluationPage(BaseModel):
    """Evaluation tables, newest first."""

    items: list[EvaluationBrief]
    next: str | None


@router.get("/api/evaluations")
def list_evaluations(
    request: Request,
    _: Person,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
) -> EvaluationPage:
    """All imported tables."""
    with city_of(request).store.read() as rows:
        found = rows.evaluations.page(limit + 1, cursor)
    shown = found[:limit]
    return EvaluationPage(
        items=[EvaluationBrief(**_brief(one)) for one in shown], next=shown[-1].id if len(found) > limit else None
    )


@router.post(
    "/api/evaluations",
    status_code=201,
    openapi_extra=FIELDS,
    responses={200: {"description": "It was imported already", "model": EvaluationAnswer}},
)
def import_evaluation(
    request: Request, caller: Importer, form: Annotated[Form, Depends(read_form)], response: Response
) -> EvaluationAnswer:
    """Import an evaluation table. The same file under the same name is the same table."""
    city = city_of(request)
    name = form.text("name")
    if name is None:
        raise Unprocessable(field="name", problem="missing")
    sha256 = hashlib.sha256(form.file).hexdigest()
    try:
        read = read_evaluation(read_tables(form.file), city.catalog)
    except StandardUnreadable as error:
        raise EvaluationUnreadable(**error.facts) from error
    if not read.items:
        raise EvaluationUnreadable(problem="no_items")
    now = city.clock()
    made = Evaluation(f"evl_{sha256[:16]}{_tail(name)}", name, read.items, read.unread, sha256, caller.name, now)
    with city.store.write() as rows:
        kept = _keep(rows.evaluations, made)
        if kept is made:
            told = {"name": name, "sha256": sha256, "items": len(read.items), "unread": len(read.unread)}
            rows.audit.add(AuditLine(now, caller.name, "evaluation.imported", made.id, None, told))
    response.status_code = 201 if kept is made else 200
    return _answer(kept)


@router.get("/api/evaluations/{evaluation_id}")
def get_evaluation(request: Request, _: Person, evaluation_id: str) -> EvaluationAnswer:
    """An imported table with its items."""
    with city_of(request).store.read() as rows:
        return _answer(rows.evaluations.get(evaluation_id))


def _keep(evaluations: Evaluations, made: Evaluation) -> Evaluation:
    kept = evaluations.find(made.id)
    if kept is not None:
        return kept
    evaluations.add(made)
    return made


def _tail(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:8]


def _brief(one: Evaluation) -> dict[str, Any]:
    plain = {name: getattr(one, name) for name in ("id", "name", "sha256", "by", "created_at")}
    return {**plain, "count": len(one.items)}


def _answer(one: Evaluation) -> EvaluationAnswer:
    return EvaluationAnswer(
        **_brief(one),
        items=[
            ItemAnswer(number=i.number, text=i.text, points=i.points, conditions=list(i.conditions), pairs=i.pairs)
            for i in one.items
        ],
        unread=[
            UnreadAnswer(sheet=u.table, cell=u.cell, problem=u.problem, value=u.value, was_used=u.was_used)
            for u in one.unread
        ],
    )
