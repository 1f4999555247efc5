"""What takes two people: a chief asks, another one confirms or refuses."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from service.api.access import Allowed, Overseer
from service.api.body import TEXT
from service.api.city import City, city_of
from service.api.wire import Moment
from service.approvals import ask, decide
from service.casework import Occasion, confirm
from service.domain.states import Role
from service.domain.ticket import Actor
from service.store.approvals import Approval, Status

router = APIRouter(tags=["approvals"])

Chief = Annotated[Actor, Depends(Allowed(frozenset({Role.CHIEF})))]
Reason = Annotated[str, Field(max_length=2000, pattern=TEXT)]


class Asked(BaseModel):
    """A ticket to be closed by force; `version` is that of the ticket as the one who asks saw it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"version": 7, "reason": "the street was dug up"}]}
    )

    version: Annotated[int, Field(ge=1, le=2**31)]
    reason: Reason


class Decision(BaseModel):
    """The second person's word; a refusal says why."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"confirmed": True}]})

    confirmed: bool
    reason: Reason | None = None


class ApprovalAnswer(BaseModel):
    """What was asked, by whom, and what became of it."""

    id: str
    ticket_id: str
    version: int
    reason: str
    asked_by: str
    asked_at: Moment
    status: Status
    decided_by: str | None
    decided_at: Moment | None
    decided_reason: str | None


class ApprovalPage(BaseModel):
    """Newest first."""

    items: list[ApprovalAnswer]
    next: str | None


@router.post("/api/tickets/{ticket_id}/approvals", status_code=201)
def ask_for_approval(request: Request, caller: Chief, ticket_id: str, wish: Asked) -> ApprovalAnswer:
    """Ask another chief to close a ticket by force, where the policy lets nobody do that alone any more."""
    city = city_of(request)
    with city.store.write() as rows:
        return _told(ask(rows, ticket_id, wish.version, wish.reason, _occasion(city, caller)))


@router.get("/api/approvals")
def list_approvals(
    request: Request,
    _: Overseer,
    status: Status | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
    cursor: Annotated[str | None, Query(max_length=64, pattern=TEXT)] = None,
) -> ApprovalPage:
    """What waits for a second person, and what was decided."""
    with city_of(request).store.read() as rows:
        found = rows.approvals.page(status, limit + 1, cursor)
    shown = found[:limit]
    return ApprovalPage(items=[_told(one) for one in shown], next=shown[-1].id if len(found) > limit else None)


@router.post("/api/approvals/{approval_id}/decision")
def decide_approval(request: Request, caller: Chief, approval_id: str, wish: Decision) -> ApprovalAnswer:
    """Confirm, which closes the ticket in the name of both, or refuse; never by the one who asks."""
    city = city_of(request)
    on = _occasion(city, caller)
    with city.store.write() as rows:
        if wish.confirmed:
            return _told(confirm(rows, approval_id, on))
        return _told(decide(rows, approval_id, confirmed=False, reason=wish.reason, on=on))


def _occasion(city: City, caller: Actor) -> Occasion:
    return Occasion(caller, city.policy, city.clock())


def _told(approval: Approval) -> ApprovalAnswer:
    return ApprovalAnswer(
        id=approval.id,
        ticket_id=approval.ticket_id,
        version=approval.version,
        reason=approval.reason,
        asked_by=approval.asked_name,
        asked_at=approval.asked_at,
        status=approval.status,
        decided_by=approval.decided_name,
        decided_at=approval.decided_at,
        decided_reason=approval.decided_reason,
    )
