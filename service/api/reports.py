"""Papers as files: lists, ledgers, the weekly report, letters and folders, as PDF or XLSX, in zh or en."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from detector.errors import DetectorError
from service.api.access import Person
from service.api.asking import Asking, look_of, scope_of
from service.api.catalog import Name
from service.api.city import City, city_of
from service.domain.indicators import Look
from service.domain.states import Role
from service.errors import Busy, EvidenceUnknown, Forbidden
from service.inference import Lane
from service.reports.desk import Desk
from service.reports.making import FORMATS, KINDS, MEDIA_TYPES, File, Format, as_file, compose, kind_of
from service.reports.naming import Naming
from service.reports.paper import PictureOf
from service.reports.words import LANGUAGES, Language, both

router = APIRouter(tags=["papers"])

FILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The file",
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA_TYPES.values()},
    }
}


class ReportQuery(Asking):
    """Which paper, of which days and scope."""

    format: Format = "pdf"
    lang: Language = "zh"
    evaluation: Annotated[str | None, Field(max_length=64)] = None


class ReportKind(BaseModel):
    """A kind of paper; `about` names the parameter that it needs."""

    id: str
    name: Name
    about: str | None
    of_units: bool


class ReportKinds(BaseModel):
    """All kinds of papers, the formats and the languages."""

    items: list[ReportKind]
    next: str | None = None
    formats: list[str]
    languages: list[str]


@router.get("/api/reports")
def list_reports(_: Person) -> ReportKinds:
    """Which papers there are."""
    kinds = []
    for kind in KINDS:
        name = both(f"reports.{kind.named}.name")
        kinds.append(
            ReportKind(id=kind.id, name=Name(en=name.en, zh=name.zh), about=kind.about, of_units=kind.of_units)
        )
    return ReportKinds(items=kinds, formats=list(FORMATS), languages=list(LANGUAGES))


@router.get("/api/reports/{kind}", response_class=Response, responses=FILE)
def get_report(request: Request, caller: Person, kind: str, query: Annotated[ReportQuery, Query()]) -> Response:
    """A paper as a file. A handling unit gets those of its own tickets; pictures in it are the blurred ones."""
    city = city_of(request)
    if caller.role is Role.UNIT and not kind_of(kind).of_units:
        raise Forbidden(role=caller.role.value)
    look = look_of(city, query)
    with city.press.turn():
        with city.store.read() as rows:
            scope, naming = scope_of(rows, caller, query), Naming.read(rows, city.catalog)
            if scope.campaign is not None and query.first is None and query.last is None:
                look = Look(scope.campaign.period(city.policy.timezone), look.now)
            evaluation = rows.evaluations.get(query.evaluation) if query.evaluation else None
            desk = Desk(rows, city.catalog, city.policy, naming, query.lang, look, scope, caller.name, evaluation)
            paper = compose(kind, desk)
        return as_download(as_file(paper, query.format, picture_of(city)))


def as_download(file: File) -> Response:
    """A file that a browser keeps."""
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"', "Cache-Control": "no-store"}
    return Response(file.data, media_type=file.media_type, headers=headers)


def picture_of(city: City) -> PictureOf:
    """The blurred pictures; None for one that cannot be had now, which the paper then says."""

    def found(picture_id: str) -> bytes | None:
        try:
            return city.showing.blurred(picture_id, Lane.READER)
        except (Busy, EvidenceUnknown, DetectorError):
            return None

    return found
