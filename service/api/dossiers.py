"""Numbers on small ads: read, confirmed by two people, written to, settled and restored. Nothing is ever dialled."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from service.accounts.roles import CASEWORKERS
from service.api.access import Allowed
from service.api.body import TEXT, in_utc
from service.api.city import city_of
from service.api.letters import LetterAnswer, letter_answer
from service.api.telling import place_answer
from service.api.wire import Moment, Place
from service.casework import Occasion
from service.domain.dossiers import DossierState, Word
from service.domain.states import Role
from service.domain.ticket import Actor
from service.dossiers import note_reading, speak, write_operator
from service.store import Transaction
from service.store.dossiers import Dossier

router = APIRouter(tags=["papers"])

Desk = Annotated[Actor, Depends(Allowed(CASEWORKERS))]
Reader = Annotated[Actor, Depends(Allowed(CASEWORKERS | {Role.INSPECTOR}))]


class ReadingWish(BaseModel):
    """A number as it stands on the wall, and the sighting on which it was read."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"number": "138 0013 8000", "observation_id": "obs_01ksf905004t1v7p9k2m8qxr"}]},
    )

    number: Annotated[str, Field(min_length=1, max_length=64, pattern=TEXT)]
    observation_id: Annotated[str, Field(max_length=64, pattern=TEXT)]


class WordWish(BaseModel):
    """What somebody says about a number: two people confirm it; it is settled, then restored."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"word": "confirm"}]})

    word: Word
    reason: Annotated[str, Field(max_length=2000, pattern=TEXT)] | None = None


class OperatorLetterWish(BaseModel):
    """A letter to whoever uses a number; without `reply_by`, seven days to answer."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reply_by": "2026-12-02T18:00:00+08:00"}]}
    )

    reply_by: Annotated[AwareDatetime, AfterValidator(in_utc)] | None = None


class DossierBrief(BaseModel):
    """A number in a list."""

    number: str
    state: DossierState
    changed_at: Moment
    readings: int
    first: Moment | None
    last: Moment | None


class ReadingAnswer(BaseModel):
    """Where a number was read."""

    observation_id: str
    ticket_id: str | None
    ticket: str | None
    seen_at: Moment
    place: Place | None
    evidence_id: str
    sha256: str
    by: str
    at: Moment


class WordAnswer(BaseModel):
    """What somebody said."""

    word: Word
    by: str
    at: Moment
    reason: str | None


class DossierAnswer(DossierBrief):
    """A number with every place where it was read, and every word about it."""

    places: list[ReadingAnswer]
    words: list[WordAnswer]


class DossierPage(BaseModel):
    """Numbers, the one that changed last first."""

    items: list[DossierBrief]
    next: str | None


@router.get("/api/dossiers")
def list_dossiers(
    request: Request,
    _: Desk,
    state: DossierState | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
) -> DossierPage:
    """All numbers, or those that stand somewhere."""
    with city_of(request).store.read() as rows:
        found = rows.dossiers.page(state, limit + 1, cursor)
    shown = found[:limit]
    return DossierPage(
        items=[DossierBrief(**_brief(one)) for one in shown], next=shown[-1].number if len(found) > limit else None
    )


@router.post("/api/dossiers/readings", status_code=201)
def read_a_number(request: Request, caller: Reader, wish: ReadingWish) -> DossierAnswer:
    """Keep that a number was read on a sighting; said again, nothing changes."""
    city = city_of(request)
    with city.store.write() as rows:
        dossier = note_reading(rows, wish.number, wish.observation_id, Occasion(caller, city.policy, city.clock()))
        return _answer(rows, dossier)


@router.get("/api/dossiers/{number}")
def get_dossier(request: Request, _: Desk, number: str) -> DossierAnswer:
    """A number with where, when and how often it was read."""
    with city_of(request).store.read() as rows:
        return _answer(rows, rows.dossiers.get(number))


@router.post("/api/dossiers/{number}/words")
def say_about_a_number(request: Request, caller: Desk, number: str, wish: WordWish) -> DossierAnswer:
    """Confirm, refuse, settle or restore a number; the second confirmation is another person's."""
    city = city_of(request)
    with city.store.write() as rows:
        dossier = speak(rows, number, wish.word, wish.reason, Occasion(caller, city.policy, city.clock()))
        return _answer(rows, dossier)


@router.post("/api/dossiers/{number}/letter", status_code=201)
def write_to_a_number(request: Request, caller: Desk, number: str, wish: OperatorLetterWish) -> LetterAnswer:
    """Write the letter that lists every place with its evidence; its file lies at `/api/letters/{number}`."""
    city = city_of(request)
    with city.store.write() as rows:
        on = Occasion(caller, city.policy, city.clock())
        return letter_answer(write_operator(rows, number, on, wish.reply_by))


def _brief(one: Dossier) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("number", "state", "changed_at", "readings", "first", "last")}


def _answer(rows: Transaction, dossier: Dossier) -> DossierAnswer:
    return DossierAnswer.model_validate(
        {
            **_brief(dossier),
            "places": [
                {
                    "observation_id": one.observation_id,
                    "ticket_id": one.ticket_id,
                    "ticket": one.ticket,
                    "seen_at": one.seen_at,
                    "place": place_answer(one.place, None),
                    "evidence_id": one.picture_id,
                    "sha256": one.sha256,
                    "by": one.by,
                    "at": one.at,
                }
                for one in rows.dossiers.readings(dossier.number)
            ],
            "words": [
                {"word": said.word, "by": said.by, "at": said.at, "reason": said.reason}
                for said in rows.dossiers.words(dossier.number)
            ],
        }
    )
