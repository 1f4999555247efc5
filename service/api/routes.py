"""All routes in one app, with their roles written into the OpenAPI document."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.routing import BaseRoute

from service.api import (
    approvals,
    around,
    audit,
    audit_check,
    camera_health,
    camera_picture,
    cameras,
    campaigns,
    catalog,
    citizen_reports,
    clocks,
    decisions,
    dossiers,
    edge,
    evaluations,
    events,
    evidence,
    exports,
    facts,
    grids,
    health,
    indicators,
    inspections,
    lessons,
    letters,
    look_backs,
    nudges,
    observations,
    open311,
    orders,
    permits,
    photos,
    places,
    policy,
    premises,
    premises_table,
    replay,
    reports,
    review,
    second_looks,
    session,
    tasks,
    ticket_map,
    tickets,
    timelines,
    trends,
    uploads,
    views,
    watchmen,
    webhooks,
    zones,
)
from service.api.access import PUBLIC, roles_of
from service.api.addresses import PlainAddress
from service.api.bounds import BodyBounds
from service.api.city import City
from service.api.failures import answer_failures
from service.api.pages import serve_pages
from service.api.shedding import Shedding
from service.api.tracing import Tracing

VERSION: Final = "0.1.0"
ABOUT: Final = (
    "A street photo becomes a ticket. Times are RFC 3339 in UTC, places WGS-84, boxes `xyxy` in pixels of the upright "
    "picture. Lists are `{items, next}` by `limit` and `cursor`, errors `{code, facts, trace_id}`. Every operation "
    "names the roles that may call it in `x-roles`."
)
ROUTERS: Final = tuple(
    part.router
    for part in (
        photos,
        cameras,
        camera_health,
        camera_picture,
        edge,
        views,
        watchmen,
        observations,
        around,
        review,
        second_looks,
        ticket_map,
        tickets,
        facts,
        timelines,
        evidence,
        audit,
        audit_check,
        approvals,
        events,
        catalog,
        policy,
        permits,
        replay,
        clocks,
        session,
        health,
        indicators,
        trends,
        campaigns,
        webhooks,
        open311,
        citizen_reports,
        exports,
        lessons,
        reports,
        letters,
        evaluations,
        dossiers,
        inspections,
        premises,
        premises_table,
        places,
        grids,
        nudges,
        look_backs,
        tasks,
        uploads,
        zones,
        orders,
        decisions,
    )
)

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class Failure(BaseModel):
    """Every error: a code, what it is about, and the id under which the log has it."""

    code: str
    facts: dict[str, Any]
    trace_id: str


FAILURES: Final[dict[int | str, dict[str, Any]]] = {
    "4XX": {"model": Failure, "description": "Refused; `code` says why"},
    "5XX": {"model": Failure, "description": "Not now; `busy` and `storage.full` may be tried again"},
}


class SilentRoute(Exception):
    """A route that says neither who may call it nor that everybody may."""


def make_api(city: City, lifespan: Lifespan | None = None, routers: Sequence[APIRouter] = ROUTERS) -> FastAPI:
    """The app over one city; SilentRoute if a route does not name its roles."""
    app = FastAPI(
        title="Streetwarden",
        version=VERSION,
        description=ABOUT,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        responses=FAILURES,
        separate_input_output_schemas=False,
    )
    app.state.city = city
    answer_failures(app)
    for router in routers:
        app.include_router(router)
        _refuse_silent(router.routes)
    _serve_openapi(app, routers)
    settings = city.settings
    serve_pages(app, settings.timezone.key, tiles=settings.tiles_origin, with_report=settings.public_page == "on")
    app.add_middleware(PlainAddress)
    app.add_middleware(Shedding, pool=city.pool, numbers=city.numbers)
    app.add_middleware(BodyBounds)
    app.add_middleware(Tracing, numbers=city.numbers)
    return app


def _refuse_silent(routes: Iterable[BaseRoute]) -> None:
    silent = [route.path for route in routes if isinstance(route, APIRoute) and roles_of(route) is None]
    if silent:
        raise SilentRoute(*silent)


def _serve_openapi(app: FastAPI, routers: Sequence[APIRouter]) -> None:
    app.add_api_route("/openapi.json", lambda: app.openapi(), include_in_schema=False, dependencies=[PUBLIC])

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app, routers)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's own way to extend the document


def _document(app: FastAPI, routers: Sequence[APIRouter]) -> dict[str, Any]:
    document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    for route in (route for router in routers for route in router.routes):
        if isinstance(route, APIRoute) and route.include_in_schema:
            for method in route.methods or ():
                operation = document["paths"][route.path_format][method.lower()]
                operation["x-roles"] = roles_of(route)
    schemes = document.setdefault("components", {}).setdefault("securitySchemes", {})
    schemes["key"] = {"type": "http", "scheme": "bearer"}
    schemes["session"] = {"type": "apiKey", "in": "cookie", "name": "streetwarden_session"}
    return document
