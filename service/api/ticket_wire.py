"""A ticket with everything behind it: facts, co-units and linked tickets, as OpenAPI shows them."""

from typing import Self

from pydantic import BaseModel

from service.api.wire import EvidenceAnswer, HistoryAnswer, Moment, ObservationAnswer, OpenMove, TicketListed
from service.domain.co_units import Answer, CoUnit
from service.domain.facts import Fact, FactKind, FactRow
from service.domain.states import State
from service.domain.ticket import Ticket


class FactAnswer(BaseModel):
    """A dated fact of a ticket: `at` is when it happened, `noted_at` when somebody said so."""

    id: str
    kind: FactKind
    at: Moment
    noted_at: Moment
    by: str
    reason: str | None
    version: int
    details: dict[str, str | int | float | bool | None]

    @classmethod
    def of(cls, fact: Fact) -> Self:
        """A fact as it travels."""
        told = {name: getattr(fact, name) for name in cls.model_fields if name != "details"}
        return cls(**told, details=dict(fact.details))


class CoUnitAnswer(BaseModel):
    """A unit that helps, or was asked to, with its own word on its part."""

    unit: str
    task: str | None
    asked_at: Moment
    asked_by: str
    answer: Answer | None
    remark: str | None
    answered_at: Moment | None
    answered_by: str | None
    released_at: Moment | None

    @classmethod
    def of(cls, asked: CoUnit) -> Self:
        """A co-unit as it travels."""
        return cls(unit=asked.unit_id, **{name: getattr(asked, name) for name in cls.model_fields if name != "unit"})


class LinkedTicket(BaseModel):
    """Another ticket that has to do with this one."""

    id: str
    number: str
    state: State
    opened_at: Moment

    @classmethod
    def of(cls, ticket: Ticket) -> Self:
        """A link as it travels."""
        return cls(id=ticket.id, number=ticket.number, state=ticket.state, opened_at=ticket.opened_at)


class OpenNote(BaseModel):
    """A fact that this caller may note now, with the fields that it has to and may have."""

    kind: FactKind
    needs: list[str]
    may_say: list[str]
    results: list[str]

    @classmethod
    def of(cls, row: FactRow) -> Self:
        """An open note as it travels."""
        needs = [need.value for need in row.needs]
        return cls(kind=row.kind, needs=needs, may_say=list(row.may_say), results=list(row.results))


class FactRowAnswer(OpenNote):
    """A kind of fact: who may note it in which states; `by_service` is noted by the clock."""

    roles: list[str]
    states: list[State]
    by_service: bool

    @classmethod
    def of(cls, row: FactRow) -> Self:
        """A row of the table of facts as it travels."""
        return cls(
            kind=row.kind,
            needs=[need.value for need in row.needs],
            may_say=list(row.may_say),
            results=list(row.results),
            roles=sorted(role.value for role in row.roles),
            states=[state for state in State if state in row.states],
            by_service=row.by_service,
        )


class TicketAnswer(TicketListed):
    """A ticket with everything behind it.

    Attributes:
        helping: co-units that were asked, also those that were released.
        moves: steps that this caller may take now.
        notes: facts that this caller may note now.
        merge_undo: what taking the merge back needs, None where it is not merged or not this caller's to undo.
        merged: tickets that were merged into this one.
        rebounds: later tickets of the same problem that came back.
    """

    observations: list[ObservationAnswer]
    evidence: list[EvidenceAnswer]
    history: list[HistoryAnswer]
    facts: list[FactAnswer]
    helping: list[CoUnitAnswer]
    moves: list[OpenMove]
    notes: list[OpenNote]
    merge_undo: OpenMove | None
    merged: list[LinkedTicket]
    rebounds: list[LinkedTicket]
