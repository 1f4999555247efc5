"""A ticket from candidate to closed, what its history says, and how sightings open it and come back to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from detector.types import GeoPoint
from service.domain.facts import EntryFact, Fact
from service.domain.milestones import NOT_BEGUN, Milestones
from service.domain.observation import Sighting
from service.domain.policy import Policy
from service.domain.states import OPEN_STATES, Resolution, Role, State


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person, a key or the service itself.

    Attributes:
        id: of the account or key.
        name: what a history shows, a login or the name of a key.
        unit_id: the handling unit that it belongs to.
        camera_id: the only camera that a camera's key speaks for.
    """

    id: str
    name: str
    role: Role
    unit_id: str | None = None
    camera_id: str | None = None


SERVICE: Final = Actor("service", "service", Role.ADMIN)
"""The service itself, when a clock makes it act."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One physical problem at one place. Times are aware; `place` is None only under a camera without one.

    Attributes:
        number: what people read out, `SW-20261125-0001`.
        version: counts its history; who moves a ticket says which version they saw.
        code: of its condition in `code_table` when it was filed, kept for good.
        fixed_camera_id: the camera that does not move and sees it.
        zone: the part of that camera's picture that it stands in, None where nothing is drawn.
        ended_at: when it left the open states.
        recurrence_of: the earlier ticket of which this is a rebound.
        changed_at: since when it stands in its state.
        policy_sha256: of the policy that made the latest decision.
        overdue_at: since when its limit has been over; None while it has time, or again after an extension.
        urged_at, supervised_at: when its unit was urged or sent a supervision letter for the last time.
        extensions: how often its limit was extended.
        legal_hold: its evidence is kept whatever the retention says.
        co_units: ids of units that help the lead unit `unit_id`.
        milestones: what its steps come to.
    """

    id: str
    number: str
    version: int
    state: State
    condition: str
    place: GeoPoint | None
    place_source: str | None
    opened_at: datetime
    last_seen: datetime
    changed_at: datetime
    policy_sha256: str
    resolution: Resolution | None = None
    code_table: str | None = None
    code: str | None = None
    fixed_camera_id: str | None = None
    zone: str | None = None
    unit_id: str | None = None
    filed_at: datetime | None = None
    due_at: datetime | None = None
    review_at: datetime | None = None
    ended_at: datetime | None = None
    recurrence_of: str | None = None
    merged_into: str | None = None
    overdue_at: datetime | None = None
    urged_at: datetime | None = None
    supervised_at: datetime | None = None
    extensions: int = 0
    legal_hold: bool = False
    co_units: tuple[str, ...] = ()
    milestones: Milestones = NOT_BEGUN

    @property
    def is_open(self) -> bool:
        """Whether a new sighting of the same problem belongs to it."""
        return self.state in OPEN_STATES


@dataclass(frozen=True, slots=True)
class TicketName:
    """What a new ticket is called, by programs and by people."""

    id: str
    number: str


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One line of a ticket's history; `was` is None where it was opened, equal to `to` where no state changed."""

    ticket_id: str
    version: int
    at: datetime
    actor: str
    was: State | None
    to: State
    reason: str | None
    policy_sha256: str
    facts: Mapping[str, EntryFact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """A ticket as it is after a decision, with the one line of history and the fact that belong to it."""

    ticket: Ticket
    entry: HistoryEntry
    fact: Fact | None = None


def open_ticket(
    name: TicketName, seen: Sighting, actor: Actor, policy: Policy, now: datetime, recurrence_of: str | None = None
) -> Change:
    """A new ticket for what was seen: `reported` where a person said so, `candidate` where a camera did."""
    state = State.REPORTED if seen.source.by_person else State.CANDIDATE
    ticket = Ticket(
        id=name.id,
        number=name.number,
        version=1,
        state=state,
        condition=seen.condition,
        place=seen.place,
        place_source=seen.place_source,
        opened_at=now,
        last_seen=min(seen.seen_at, now),
        changed_at=now,
        policy_sha256=policy.sha256,
        fixed_camera_id=seen.source.id if seen.source.fixed else None,
        zone=seen.zone if seen.source.fixed else None,
        recurrence_of=recurrence_of,
        milestones=NOT_BEGUN.after(None, state, now, now),
    )
    return Change(ticket, entry_of(ticket, None, actor, None, {"observation": seen.id}))


def see_again(ticket: Ticket, seen: Sighting, now: datetime) -> Ticket:
    """The ticket after another sighting: no state changes and no version, its sightings are its record."""
    later = max(ticket.last_seen, min(seen.seen_at, now))
    if not seen.source.fixed or ticket.fixed_camera_id is not None:
        return ticket if later == ticket.last_seen else replace(ticket, last_seen=later)
    return replace(ticket, last_seen=later, fixed_camera_id=seen.source.id, zone=seen.zone)


def entry_of(
    ticket: Ticket,
    was: State | None,
    actor: Actor,
    reason: str | None,
    facts: Mapping[str, EntryFact],
    *,
    at: datetime | None = None,
) -> HistoryEntry:
    """The line of history that says what made a ticket what it is now; `at` where its state has not changed."""
    return HistoryEntry(
        ticket_id=ticket.id,
        version=ticket.version,
        at=at or ticket.changed_at,
        actor=actor.name,
        was=was,
        to=ticket.state,
        reason=reason,
        policy_sha256=ticket.policy_sha256,
        facts=MappingProxyType(dict(facts)),
    )
