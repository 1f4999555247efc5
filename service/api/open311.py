"""Open311 GeoReport v2: what citizens may report, their reports, and what becomes of them, in XML and JSON.

Paths end in `.xml` or `.json`. Errors are lists of `{code, description}`. Dates without a zone are refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Query, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from service.accounts.roles import HANDS
from service.api.access import PUBLIC
from service.api.body import LONGEST_NOTE, Form, moment, point
from service.api.city import City, city_of
from service.domain.ticket import Actor
from service.errors import AuthInvalid, RateLimited, RouteUnknown, Unprocessable
from service.errors.open311 import (
    FormatUnknown,
    FormWanted,
    Open311KeyMissing,
    RequestUnknown,
    ServiceCodeMissing,
    ServiceUnknown,
    TokenUnknown,
)
from service.open311.buckets import Buckets
from service.open311.reporting import CITIZEN, Desk, SentReport, Taken
from service.open311.requests import Teller
from service.open311.words import questions_of
from service.open311.written import FORMATS, written
from service.store.exposed import Around, Wanted
from service.words import language_of, say

LONGEST_SPAN: Final = timedelta(days=90)
MOST: Final = 1000
MOST_IDS: Final = 100
USUAL_PAGE: Final = 1000
LONGEST_DESCRIPTION: Final = 4000
WIDEST_M: Final = 50_000.0
CONTACTS: Final = {"first_name": 100, "last_name": 100, "phone": 50, "email": 200, "device_id": 200, "account_id": 100}
SPECIFICATION: Final = "http://wiki.open311.org/GeoReport_v2"
CHANGESET: Final = "2026-11-26T00:00:00Z"
FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
TEXT: Final = {"type": "string"}
FIELDS: Final[dict[str, Any]] = {
    "service_code": {**TEXT, "examples": ["litter"]},
    "lat": {"type": "number"},
    "long": {"type": "number"},
    "coordinates": {**TEXT, "enum": ["wgs84", "gcj02"], "description": "An extension: what lat and long are"},
    "address_string": TEXT,
    "description": {**TEXT, "maxLength": LONGEST_DESCRIPTION},
    "media": {**TEXT, "format": "binary", "description": "A photo: JPEG, PNG or WebP"},
    "media_url": TEXT,
    "api_key": TEXT,
    "attribute[code]": {**TEXT, "description": "The answer to a question of the service's definition"},
    **dict.fromkeys(CONTACTS, TEXT),
}
BODY: Final = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {"schema": {"type": "object", "required": ["service_code"], "properties": FIELDS}} for kind in FORMS
        },
    }
}
ERRORS: Final[dict[int | str, dict[str, Any]]] = {
    "4XX": {"description": "Refused: a list of `{code, description}`", "content": {"text/xml": {}}},
    "5XX": {"description": "Not now: a list of `{code, description}`", "content": {"text/xml": {}}},
}
ANSWERS: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {"text/xml": {}, "application/json": {}}}, **ERRORS}


def _open(request: Request) -> None:
    """RouteUnknown where the city has closed this door; RateLimited for who asks too often."""
    city = city_of(request)
    if city.settings.open311 == "off":
        raise RouteUnknown()
    if request.method == "GET":
        _take(city.patience.looks, request)


router = APIRouter(tags=["open311"], dependencies=[PUBLIC, Depends(_open)], responses=ANSWERS)


@dataclass(frozen=True, slots=True)
class Asked:
    """What every request to this door has: its city, the format and who tells."""

    city: City
    form: str
    teller: Teller


def _asked(request: Request, form: str, lang: Annotated[str | None, Query(max_length=10)] = None) -> Asked:
    city = city_of(request)
    if form not in FORMATS:
        raise FormatUnknown(wanted="xml, json")
    base = (city.settings.public_url or str(request.base_url)).rstrip("/")
    return Asked(city, form, Teller(city.catalog, language_of(lang, request.headers.get("accept-language")), base))


Ask = Annotated[Asked, Depends(_asked)]


@router.get("/open311/discovery.{form}", response_class=Response)
@router.get("/open311/v2/discovery.{form}", response_class=Response)
def discovery(asked: Ask) -> Response:
    """Where the endpoint is, what it speaks and whom to ask."""
    endpoint = {
        "specification": SPECIFICATION,
        "url": f"{asked.teller.base}/open311/v2",
        "changeset": CHANGESET,
        "type": "production",
        "formats": [kind.partition(";")[0] for kind in FORMATS.values()],
    }
    language = asked.teller.language
    content = {
        "changeset": CHANGESET,
        "contact": say(language, "open311.contact"),
        "key_service": say(language, f"open311.keys.{asked.city.settings.open311}"),
        "endpoints": [endpoint],
    }
    return written(asked.form, "discovery", content)


@router.get("/open311/v2/services.{form}", response_class=Response)
def services(asked: Ask) -> Response:
    """What may be reported."""
    return written(asked.form, "services", [asked.teller.service(row.id) for row in asked.city.catalog.conditions])


@router.get("/open311/v2/services/{service_code}.{form}", response_class=Response)
def service_definition(asked: Ask, service_code: str) -> Response:
    """What may be asked about one service."""
    _known(asked.city, service_code)
    return written(asked.form, "service_definition", asked.teller.definition(service_code))


async def _report_form(request: Request) -> Form:
    """A report's fields and perhaps its photo; FormWanted for JSON and whatever else is no form."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in FORMS:
        raise FormWanted(wanted=", ".join(FORMS))
    async with request.form(max_files=1, max_fields=60, max_part_size=64 * 1024) as form:
        return Form(await _media(form), {name: value for name, value in form.items() if isinstance(value, str)})


async def _media(form: FormData) -> bytes:
    media = form.get("media")
    return await media.read() if isinstance(media, UploadFile) else b""


@router.post("/open311/v2/requests.{form}", status_code=201, response_class=Response, openapi_extra=BODY)
def send_request(
    request: Request,
    asked: Ask,
    report: Annotated[Form, Depends(_report_form)],
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=255, pattern=r"^[\x21-\x7e ]+$")] = None,
) -> Response:
    """Report something, as a form, with a photo as `media`. The same report within a day makes no second one.

    The answer has `service_request_id`; or, where a person has to find the place first, a `token` for later. An
    extension: with the header `Idempotency-Key`, a name that nobody else could give, a request that is sent again gets
    its first answer with 200 whenever it comes, and another report under that name is refused with 409.
    """
    actor = _reporter(request, asked.city, report)
    sent = replace(_sent(asked.city, report), key=idempotency_key)
    taken = Desk(asked.city.store, asked.city.intake).take(sent, actor, asked.city.clock())
    asked.city.jobs.wake()
    receipt = _receipt(taken, asked.teller.language)
    return written(asked.form, "service_requests", [receipt], 200 if taken.is_repeated else 201)


@router.get("/open311/v2/tokens/{token}.{form}", response_class=Response)
def request_of_token(asked: Ask, token: str) -> Response:
    """The request that a report has become, once it has."""
    with asked.city.store.read() as rows:
        report = rows.citizen_reports.find(token)
        if report is None:
            raise TokenUnknown(token=token[:100])
        ticket = rows.tickets.get(report.ticket_id) if report.ticket_id else None
    content = [{"service_request_id": ticket.number if ticket else None, "token": token}]
    return written(asked.form, "service_requests", content)


@dataclass(frozen=True, slots=True)
class Search:
    """The parameters of a search, as they were sent."""

    service_request_id: Annotated[str | None, Query(max_length=4000)] = None
    service_code: Annotated[str | None, Query(max_length=1000)] = None
    start_date: Annotated[str | None, Query(max_length=40)] = None
    end_date: Annotated[str | None, Query(max_length=40)] = None
    updated_after: Annotated[str | None, Query(max_length=40)] = None
    updated_before: Annotated[str | None, Query(max_length=40)] = None
    status: Annotated[str | None, Query(max_length=20)] = None
    lat: float | None = None
    long: float | None = None
    radius: Annotated[float, Query(gt=0, le=WIDEST_M)] = 100.0
    page: Annotated[int, Query(ge=1, le=10_000)] = 1
    page_size: Annotated[int, Query(ge=1, le=MOST)] = USUAL_PAGE


@router.get("/open311/v2/requests.{form}", response_class=Response)
def list_requests(asked: Ask, search: Annotated[Search, Depends()]) -> Response:
    """Requests, newest first: by id, or by service, time, status and place; 90 days and 1000 requests at most."""
    city = asked.city
    with city.store.read() as rows:
        if search.service_request_id:
            found = rows.exposed.named(_several(search.service_request_id)[:MOST_IDS])
        else:
            wanted = _wanted(search, city.clock())
            found = rows.exposed.page(wanted, search.page_size, (search.page - 1) * search.page_size)
        content = asked.teller.requests(rows, found)
    return written(asked.form, "service_requests", content)


@router.get("/open311/v2/requests/{service_request_id}.{form}", response_class=Response)
def get_request(asked: Ask, service_request_id: str) -> Response:
    """One request."""
    with asked.city.store.read() as rows:
        found = rows.exposed.named([service_request_id])
        if not found:
            raise RequestUnknown(id=service_request_id[:100])
        content = asked.teller.requests(rows, found)
    return written(asked.form, "service_requests", content)


@router.get("/open311/v2/media/{service_request_id}.jpg", response_class=Response)
def media(request: Request, service_request_id: str) -> Response:
    """The latest photo that a citizen sent of a request, with faces and number plates blurred."""
    city = city_of(request)
    with city.store.read() as rows:
        found = rows.exposed.named([service_request_id])
        reports = rows.citizen_reports.of_ticket(found[0].id) if found else []
        photo_id = next((report.photo_id for report in reports if report.photo_id), None)
        if photo_id is None:
            raise RequestUnknown(id=service_request_id[:100])
        picture_id = rows.photos.get(photo_id).picture_id
    return Response(city.showing.blurred(picture_id), media_type="image/jpeg")


def _take(buckets: Buckets, request: Request) -> None:
    wait_s = buckets.wait_s(request.client.host if request.client else "")
    if wait_s:
        raise RateLimited(retry_after_s=wait_s)


def _reporter(request: Request, city: City, report: Form) -> Actor:
    """Who reports: the holder of a key, or a citizen, as far as the city takes reports from everybody."""
    key = report.text("api_key")  # never from the address, which others write into their logs
    if key:
        caller = city.keys.caller_of(key)
        if caller is None or caller.role not in HANDS:
            raise AuthInvalid()
        return caller
    if city.settings.open311 == "key":
        raise Open311KeyMissing()
    _take(city.patience.reports, request)
    return CITIZEN


def _sent(city: City, report: Form) -> SentReport:
    condition = report.text("service_code")
    if condition is None:
        raise ServiceCodeMissing()
    _known(city, condition)
    contact = {name: value for name, longest in CONTACTS.items() if (value := report.text(name, longest))}
    description = report.text("description", LONGEST_NOTE if report.file else LONGEST_DESCRIPTION)
    return SentReport(
        condition=condition,
        place=report.on_wgs84(point(report.number("lat"), report.number("long"))),
        address=report.text("address_string", 500) or report.text("address_id", 100),
        description=description,
        answers=_answers(condition, report.fields),
        contact=contact,
        media_url=report.text("media_url", 2000),
        photo=report.file or None,
    )


def _answers(condition: str, fields: Mapping[str, str]) -> dict[str, str]:
    asked = {question.code: question for question in questions_of(condition)}
    answers = {}
    for name, value in fields.items():
        if not (name.startswith("attribute[") and name.endswith("]")) or not value.strip():
            continue
        question = asked.get(name[len("attribute[") : -1])
        if question is None or value.strip() not in question.values:
            raise Unprocessable(field=name[:100], problem="unknown")
        answers[question.code] = value.strip()
    return answers


def _known(city: City, service_code: str) -> None:
    if service_code not in {row.id for row in city.catalog.conditions}:
        raise ServiceUnknown(id=service_code[:100])


def _receipt(taken: Taken, language: str) -> dict[str, Any]:
    if taken.ticket is None:
        return {"token": taken.report.id, "service_notice": say(language, "open311.notice.token"), "account_id": None}
    notice = "open311.notice.known" if taken.is_known else "open311.notice.new"
    return {
        "service_request_id": taken.ticket.number,
        "service_notice": say(language, notice, number=taken.ticket.number),
        "account_id": None,
    }


def _wanted(search: Search, now: datetime) -> Wanted:
    """The search, narrowed to the 90 days that GeoReport grants one question."""
    begins, ends = _moment(search.start_date, "start_date"), _moment(search.end_date, "end_date")
    updated = _moment(search.updated_after, "updated_after"), _moment(search.updated_before, "updated_before")
    if not any((begins, ends, *updated)):
        begins = now - LONGEST_SPAN
    if begins and (ends is None or ends - begins > LONGEST_SPAN):
        ends = begins + LONGEST_SPAN
    if ends and begins is None:
        begins = ends - LONGEST_SPAN
    status = frozenset(_several(search.status or "open,closed"))
    if not status <= {"open", "closed"}:
        raise Unprocessable(field="status", problem="unknown")
    place = point(search.lat, search.long)
    return Wanted(
        opened_from=begins,
        opened_to=ends,
        updated_from=updated[0],
        updated_to=updated[1],
        conditions=frozenset(_several(search.service_code)) if search.service_code else None,
        open_or_closed=status,
        around=Around(place, search.radius) if place else None,
    )


def _moment(told: str | None, name: str) -> datetime | None:
    return None if not told else moment(told.replace(" ", "+"), name)  # a plus sign that nobody quoted


def _several(told: str) -> list[str]:
    return [name.strip() for name in told.split(",") if name.strip()]
