"""Campaigns: planned, changed, ended early, and how far each has come."""

from dataclasses import replace
from datetime import date, datetime, time
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from service.accounts.roles import CASEWORKERS
from service.api.access import Allowed, Person
from service.api.body import TEXT
from service.api.city import City, city_of
from service.api.indicators import Days, MeasureAnswer
from service.api.wire import Moment
from service.domain.audit import AuditLine
from service.domain.campaigns import Campaign
from service.domain.indicators import Look
from service.domain.states import State
from service.domain.ticket import Actor
from service.errors import ConditionUnknown, UnitUnknown, Unprocessable
from service.reports.scopes import Scope
from service.reports.tallying import Tallying
from service.store import Transaction
from service.store.ids import stable_id

router = APIRouter(tags=["papers"])

Planner = Annotated[Actor, Depends(Allowed(CASEWORKERS))]
Text = Annotated[str, Field(min_length=1, max_length=200, pattern=TEXT)]
Long = Annotated[str, Field(max_length=4000, pattern=TEXT)]
Ids = Annotated[list[Annotated[str, Field(max_length=64, pattern=TEXT)]], Field(max_length=200)]
Target = Annotated[int, Field(ge=1, le=10**7)]
LONGEST_DAYS: Final = 400


class CampaignWish(BaseModel):
    """A campaign to be made; lists that are empty do not restrict it. The same name, days and
    lists are the same campaign.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "冬季飞线充电专项整治",
                    "first": "2026-11-23",
                    "last": "2026-12-23",
                    "conditions": ["flying_wire"],
                    "target": 200,
                }
            ]
        },
    )

    name: Text
    first: date
    last: date
    purpose: Long | None = None
    conditions: Ids = []
    grids: Ids = []
    units: Ids = []
    streets: Ids = []
    target: Target | None = None


class CampaignChange(BaseModel):
    """What is to be different; `version` is that of the campaign as they saw it. `ended` ends it now."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"version": 1, "last": "2026-12-31"}]})

    version: Annotated[int, Field(ge=1, le=2**31)]
    name: Text | None = None
    last: date | None = None
    purpose: Long | None = None
    target: Target | None = None
    ended: bool = False


class CampaignAnswer(BaseModel):
    """A campaign; `phase` is planned, running or over."""

    id: str
    version: int
    name: str
    purpose: str | None
    first: date
    last: date
    conditions: list[str]
    grids: list[str]
    units: list[str]
    streets: list[str]
    target: int | None
    by: str
    created_at: Moment
    ended_at: Moment | None
    phase: str


class CampaignCounts(CampaignAnswer):
    """A campaign with its own counts: its tickets by state, and the indicators over its days."""

    tickets: int
    states: dict[State, int]
    closed: int
    period: Days
    values: list[MeasureAnswer]


class CampaignPage(BaseModel):
    """Campaigns, newest first."""

    items: list[CampaignAnswer]
    next: str | None


@router.get("/api/campaigns")
def list_campaigns(
    request: Request,
    _: Person,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
) -> CampaignPage:
    """All campaigns, newest first."""
    city = city_of(request)
    with city.store.read() as rows:
        found = rows.campaigns.page(limit + 1, cursor)
    shown = found[:limit]
    return CampaignPage(items=[_answer(city, one) for one in shown], next=shown[-1].id if len(found) > limit else None)


@router.post("/api/campaigns", status_code=201, responses={200: {"description": "It was there already"}})
def create_campaign(request: Request, caller: Planner, wish: CampaignWish, response: Response) -> CampaignAnswer:
    """Plan a campaign."""
    city = city_of(request)
    now, zone = city.clock(), city.policy.timezone
    _check_days(wish.first, wish.last)
    start = datetime.combine(wish.first, time(), zone)
    made = Campaign(
        id=stable_id("cpn", start, wish.name, wish.last.isoformat(), *_scope(wish)),
        version=1,
        name=wish.name,
        first=wish.first,
        last=wish.last,
        by=caller.name,
        created_at=now,
        purpose=wish.purpose,
        conditions=frozenset(wish.conditions),
        grids=frozenset(wish.grids),
        units=frozenset(wish.units),
        streets=frozenset(wish.streets),
        target=wish.target,
    )
    with city.store.write() as rows:
        _check_names(city, rows, wish)
        kept = rows.campaigns.find(made.id)
        if kept is not None:
            response.status_code = 200
            return _answer(city, kept)
        rows.campaigns.add(made)
        rows.audit.add(AuditLine(now, caller.name, "campaign.made", made.id, None, {"name": made.name}))
    return _answer(city, made)


@router.get("/api/campaigns/{campaign_id}")
def get_campaign(request: Request, _: Person, campaign_id: str) -> CampaignCounts:
    """A campaign with its own counts."""
    city = city_of(request)
    with city.store.read() as rows:
        campaign = rows.campaigns.get(campaign_id)
        look = Look(campaign.period(city.policy.timezone), city.clock())
        scope = Scope(conditions=campaign.conditions, campaign=campaign)
        tallying = Tallying(rows)
        [counted], states = tallying.groups(look, scope, None), tallying.states(look, scope)
    return CampaignCounts(
        **_answer(city, campaign).model_dump(),
        tickets=sum(states.values()),
        states=states,
        closed=states.get(State.CLOSED, 0),
        period=Days(first=look.period.first.isoformat(), last=look.period.last.isoformat()),
        values=[MeasureAnswer(id=one.id, value=one.value, part=one.part, base=one.base) for one in counted.measures],
    )


@router.patch("/api/campaigns/{campaign_id}")
def change_campaign(request: Request, caller: Planner, campaign_id: str, change: CampaignChange) -> CampaignAnswer:
    """Change a campaign, or end it before its last day."""
    city = city_of(request)
    now = city.clock()
    with city.store.write() as rows:
        kept = rows.campaigns.get(campaign_id)
        changed = replace(
            kept,
            version=change.version + 1,
            name=change.name or kept.name,
            last=change.last or kept.last,
            purpose=kept.purpose if change.purpose is None else change.purpose,
            target=change.target or kept.target,
            ended_at=kept.ended_at or (now if change.ended else None),
        )
        _check_days(changed.first, changed.last)
        rows.campaigns.change(changed)
        told = change.model_dump(mode="json", exclude_none=True)
        rows.audit.add(AuditLine(now, caller.name, "campaign.changed", kept.id, None, told))
    return _answer(city, changed)


def _scope(wish: CampaignWish) -> list[str]:
    """What tells two campaigns of one name apart."""
    told = [",".join(sorted(names)) for names in (wish.conditions, wish.grids, wish.units)]
    return [*told, *([",".join(sorted(wish.streets))] if wish.streets else [])]


def _check_days(first: date, last: date) -> None:
    if last < first:
        raise Unprocessable(field="last", problem="out_of_order")
    if (last - first).days > LONGEST_DAYS or not 2000 <= first.year <= 2200:
        raise Unprocessable(field="first", problem="too_long")


def _check_names(city: City, rows: Transaction, wish: CampaignWish) -> None:
    known = {row.id for row in city.catalog.conditions}
    if unknown := sorted(set(wish.conditions) - known):
        raise ConditionUnknown(condition=unknown[0])
    if unknown := sorted(set(wish.units) - rows.units.ids()):
        raise UnitUnknown(unit=unknown[0])
    if set(wish.grids) - {grid.id for grid in rows.units.grids()}:
        raise Unprocessable(field="grids", problem="unknown")
    if set(wish.streets) - {street.id for street in rows.grids.streets()}:
        raise Unprocessable(field="streets", problem="unknown")


def _answer(city: City, campaign: Campaign) -> CampaignAnswer:
    period, now = campaign.period(city.policy.timezone), city.clock()
    over = campaign.ended_at is not None or now >= period.end
    return CampaignAnswer(
        id=campaign.id,
        version=campaign.version,
        name=campaign.name,
        purpose=campaign.purpose,
        first=campaign.first,
        last=campaign.last,
        conditions=sorted(campaign.conditions),
        grids=sorted(campaign.grids),
        units=sorted(campaign.units),
        streets=sorted(campaign.streets),
        target=campaign.target,
        by=campaign.by,
        created_at=campaign.created_at,
        ended_at=campaign.ended_at,
        phase="over" if over else "running" if now >= period.start else "planned",
    )
