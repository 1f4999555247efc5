"""Letters: written, listed, and had as a file."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from service.accounts.roles import CASEWORKERS
from service.api.access import Allowed, Person
from service.api.asking import NO_UNIT
from service.api.body import TEXT, in_utc
from service.api.city import City, city_of
from service.api.reports import FILE, as_download, picture_of
from service.api.wire import Moment
from service.casework import Occasion
from service.domain.cases import Period
from service.domain.indicators import Look
from service.domain.states import Role
from service.domain.ticket import Actor
from service.errors.papers import LetterUnknown
from service.letters import supervise
from service.reports.desk import Desk
from service.reports.letter import written_letter
from service.reports.making import Format
from service.reports.naming import Naming
from service.reports.scopes import Scope
from service.reports.words import Language
from service.store import Transaction
from service.store.letters import Letter, LetterKind

router = APIRouter(tags=["papers"])

Writer = Annotated[Actor, Depends(Allowed(CASEWORKERS))]


class LetterWish(BaseModel):
    """A supervision letter about tickets of one unit, by ids or numbers; without `reply_by`, three days to answer."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"tickets": ["SW-20261125-0001"], "reason": "Overdue for a day"}]},
    )

    tickets: Annotated[list[Annotated[str, Field(max_length=64, pattern=TEXT)]], Field(min_length=1, max_length=200)]
    reason: Annotated[str, Field(max_length=2000, pattern=TEXT)] | None = None
    reply_by: Annotated[AwareDatetime, AfterValidator(in_utc)] | None = None


class LetterAnswer(BaseModel):
    """A letter; `subject` is a unit, or the phone number of an operator's. Its file lies at `/api/letters/{number}`."""

    number: str
    kind: LetterKind
    subject: str
    tickets: list[str]
    reason: str | None
    reply_by: Moment | None
    by: str
    at: Moment


class LetterPage(BaseModel):
    """Letters, newest first."""

    items: list[LetterAnswer]
    next: str | None


class FileQuery(BaseModel):
    """How a letter is wanted."""

    model_config = ConfigDict(extra="forbid")

    format: Format = "pdf"
    lang: Language = "zh"


@router.get("/api/letters")
def list_letters(
    request: Request,
    caller: Person,
    unit: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
) -> LetterPage:
    """Supervision letters, newest first; a handling unit sees those to itself."""
    subject = (caller.unit_id or NO_UNIT) if caller.role is Role.UNIT else unit
    with city_of(request).store.read() as rows:
        found = rows.letters.page(LetterKind.SUPERVISION, subject, limit + 1, cursor)
    shown = found[:limit]
    return LetterPage(
        items=[letter_answer(one) for one in shown], next=shown[-1].number if len(found) > limit else None
    )


@router.post("/api/letters", status_code=201)
def write_letter(request: Request, caller: Writer, wish: LetterWish) -> LetterAnswer:
    """Write a supervision letter and note it on its tickets. The same tickets on the same day are the same letter."""
    city = city_of(request)
    with city.store.write() as rows:
        on = Occasion(caller, city.policy, city.clock())
        return letter_answer(supervise(rows, wish.tickets, on, wish.reason, wish.reply_by))


@router.get("/api/letters/{number}", response_class=Response, responses=FILE)
def get_letter(request: Request, caller: Person, number: str, query: Annotated[FileQuery, Query()]) -> Response:
    """A letter with the time lines of its tickets, as it was written."""
    city = city_of(request)
    with city.store.read() as rows:
        letter = rows.letters.get(number)
        if not _may_read(caller, letter):
            raise LetterUnknown(number=number)
        paper = written_letter(desk_for(city, rows, letter, caller, query.lang), letter)
    return as_download(city.press.make(paper, query.format, picture_of(city)))


def desk_for(city: City, rows: Transaction, letter: Letter, caller: Actor, language: Language) -> Desk:
    """Where a letter is printed: on the day on which it was written."""
    day = city.policy.local(letter.at).date()
    look = Look(Period(day, day, city.policy.timezone), letter.at)
    return Desk(rows, city.catalog, city.policy, Naming.read(rows, city.catalog), language, look, Scope(), caller.name)


def letter_answer(letter: Letter) -> LetterAnswer:
    """A letter as it travels."""
    return LetterAnswer(
        number=letter.number,
        kind=letter.kind,
        subject=letter.subject,
        tickets=list(letter.tickets),
        reason=letter.reason,
        reply_by=letter.reply_by,
        by=letter.by,
        at=letter.at,
    )


def _may_read(caller: Actor, letter: Letter) -> bool:
    """A unit reads what was written to it; letters about phone numbers are the desk's."""
    if letter.kind is LetterKind.OPERATOR:
        return caller.role in CASEWORKERS
    return caller.role is not Role.UNIT or letter.subject == caller.unit_id
