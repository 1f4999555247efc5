"""What citizens reported, for the desk: which still wait for a place, what was said, how to reach the citizen."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict

from service.api.access import Caseworker
from service.api.body import point
from service.api.city import city_of
from service.api.telling import place_answer
from service.api.wire import Moment, Place
from service.domain.audit import AuditLine
from service.errors import Unprocessable
from service.open311.reporting import Desk
from service.store.reports import CitizenReport

router = APIRouter(tags=["open311"])


class ReportListed(BaseModel):
    """A citizen's report; `ticket_id` is None while nobody knows where it is."""

    id: str
    condition: str
    description: str | None
    address: str | None
    place: Place | None
    answers: dict[str, str]
    media_url: str | None
    photo_id: str | None
    ticket_id: str | None
    created_at: Moment


class ReportAnswer(ReportListed):
    """A report with how to reach the citizen; the look at it is recorded."""

    contact: dict[str, str]


class ReportPage(BaseModel):
    """Reports, newest first."""

    items: list[ReportListed]
    next: str | None


class ReportPin(BaseModel):
    """Where it is, found by a person."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"lat": 31.2304, "lon": 121.4737}]})

    lat: float
    lon: float


@router.get("/api/citizen-reports")
def list_citizen_reports(
    request: Request,
    _: Caseworker,
    without_ticket: bool = False,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
) -> ReportPage:
    """What citizens reported, newest first; `without_ticket` gives those that wait for a place."""
    with city_of(request).store.read() as rows:
        found = rows.citizen_reports.page(limit + 1, cursor, without_ticket=without_ticket)
    shown = found[:limit]
    return ReportPage(
        items=[ReportListed(**_told(report)) for report in shown], next=shown[-1].id if len(found) > limit else None
    )


@router.get("/api/citizen-reports/{report_id}")
def get_citizen_report(request: Request, caller: Caseworker, report_id: str) -> ReportAnswer:
    """One report with how to reach the citizen; who looks at that is recorded."""
    city = city_of(request)
    with city.store.write() as rows:
        report = rows.citizen_reports.get(report_id)
        if report.contact:
            line = AuditLine(city.clock(), caller.name, "citizen_report.read", report.id, None, {})
            rows.audit.add(line)
    return ReportAnswer(**_told(report), contact=dict(report.contact))


@router.patch("/api/citizen-reports/{report_id}")
def pin_citizen_report(request: Request, caller: Caseworker, report_id: str, pin: ReportPin) -> ReportListed:
    """Say where it is; its ticket is opened or found now, and the citizen's token leads to it."""
    city = city_of(request)
    place = point(pin.lat, pin.lon)
    if place is None:
        raise Unprocessable(field="lat", problem="missing")
    taken = Desk(city.store, city.intake).pin(report_id, place, caller, city.clock())
    city.jobs.wake()
    return ReportListed(**_told(taken.report))


def _told(report: CitizenReport) -> dict[str, Any]:
    names = set(ReportListed.model_fields) - {"place", "answers"}
    return {
        **{name: getattr(report, name) for name in names},
        "place": place_answer(report.place, report.place_source),
        "answers": dict(report.answers),
    }
