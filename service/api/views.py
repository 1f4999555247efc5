"""Lists of tickets that people come back to: each keeps their own by name, and may share them with their unit."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from service.api.access import Person
from service.api.body import TEXT
from service.api.city import city_of
from service.domain.ticket import Actor
from service.errors import Unprocessable
from service.store.views import SavedView

router = APIRouter(tags=["tickets"])

MOST_VIEWS: Final = 100

ViewName = Annotated[str, Field(min_length=1, max_length=60, pattern=TEXT, examples=["Overdue litter"])]


class ViewWish(BaseModel):
    """A list to come back to: `search` is the query of the tickets page; `shared` shows it to all of one's unit."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "Overdue litter", "search": "?state=overdue"}]}
    )

    name: ViewName
    search: Annotated[str, Field(max_length=500, pattern=r"^(\?[!-~]*)?$")]
    shared: bool = False


class ViewAnswer(BaseModel):
    """A list to come back to, and whose it is."""

    name: str
    search: str
    shared: bool
    by: str


class ViewPage(BaseModel):
    """What somebody keeps and what others of their unit share, by name."""

    items: list[ViewAnswer]
    next: str | None = None


@router.get("/api/ticket-views")
def list_ticket_views(request: Request, caller: Person) -> ViewPage:
    """One's own lists, and those that others of one's unit share."""
    with city_of(request).store.read() as rows:
        found = rows.views.seen_by(caller.name, _circle(caller))
    return ViewPage(items=[_answer(one) for one in found])


@router.put("/api/ticket-views")
def keep_ticket_view(request: Request, caller: Person, wish: ViewWish) -> ViewAnswer:
    """Keep a list under a name; one's own of that name is replaced."""
    city = city_of(request)
    shared_with = _circle(caller) if wish.shared else None
    view = SavedView(caller.name, wish.name, wish.search, shared_with, city.clock())
    with city.store.write() as rows:
        rows.views.keep(view)
        if rows.views.count(caller.name) > MOST_VIEWS:
            raise Unprocessable(field="name", problem="too_many")
    return _answer(view)


@router.delete("/api/ticket-views", status_code=204)
def forget_ticket_view(request: Request, caller: Person, name: Annotated[ViewName, Query()]) -> Response:
    """Forget one of one's own lists; those of others stay."""
    with city_of(request).store.write() as rows:
        rows.views.forget(caller.name, name)
    return Response(status_code=204)


def _circle(caller: Actor) -> str:
    """With whom somebody shares: their unit, "" with all who belong to none."""
    return caller.unit_id or ""


def _answer(view: SavedView) -> ViewAnswer:
    return ViewAnswer(name=view.name, search=view.search, shared=view.shared_with is not None, by=view.owner)
