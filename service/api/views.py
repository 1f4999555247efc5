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
    """A list to come back to, and whose it is: `mine` tells one's own from that of a namesake."""

    name: str
    search: str
    shared: bool
    by: str
    mine: bool


class ViewPage(BaseModel):
    """What somebody keeps and what others of their unit share, by name."""

    items: list[ViewAnswer]
    next: str | None = None


@router.get("/api/ticket-views")
def list_ticket_views(request: Request, caller: Person) -> ViewPage:
    """One's own lists, and those that others of one's unit share; at most 500."""
    with city_of(request).store.read() as rows:
        found = rows.views.seen_by(caller.id, caller.unit_id or "")
    return ViewPage(items=[_answer(view, by, caller) for view, by in found])


@router.put("/api/ticket-views")
def keep_ticket_view(request: Request, caller: Person, wish: ViewWish) -> ViewAnswer:
    """Keep a list under a name; one's own of that name is replaced."""
    city = city_of(request)
    view = SavedView(caller.id, wish.name, wish.search, wish.shared, city.clock())
    with city.store.write() as rows:
        rows.views.keep(view)
        if rows.views.count(caller.id) > MOST_VIEWS:
            raise Unprocessable(field="name", problem="too_many")
    return _answer(view, caller.name, caller)


@router.delete("/api/ticket-views", status_code=204)
def forget_ticket_view(request: Request, caller: Person, name: Annotated[ViewName, Query()]) -> Response:
    """Forget one of one's own lists; those of others stay."""
    with city_of(request).store.write() as rows:
        rows.views.forget(caller.id, name)
    return Response(status_code=204)


def _answer(view: SavedView, by: str, caller: Actor) -> ViewAnswer:
    return ViewAnswer(name=view.name, search=view.search, shared=view.shared, by=by, mine=view.owner == caller.id)
