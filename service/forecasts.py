"""Which open tickets will be late: each one's clock, its next alarm and its chance, read from the store."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from service.clocks import CLOCK
from service.domain.clocks import stage_due_at
from service.domain.facts import LIMITED
from service.domain.forecast import Forecast, forecast, share_used, shares_taken
from service.domain.policy import Policy
from service.domain.states import STANDINGS, Timer
from service.domain.ticket import Ticket
from service.store import Transaction
from service.store.tickets import TicketFilter

PAST: Final = 200
CLOCKED: Final = frozenset(
    state for state, standing in STANDINGS.items() if standing.timer not in (Timer.NONE, Timer.STOPPED)
)


@dataclass(frozen=True, slots=True)
class Clocked:
    """An open ticket and its clock.

    Attributes:
        timer: the clock that runs.
        stage_due_at: when it should leave its stage.
        next_alarm_at: when something is noted of it by itself.
        forecast: None where no limit runs.
    """

    ticket: Ticket
    timer: Timer
    stage_due_at: datetime | None
    next_alarm_at: datetime | None
    forecast: Forecast | None


@dataclass(slots=True)
class Outlook:
    """Forecasts of one moment; what units took in the past is read once for each condition and unit."""

    tx: Transaction
    policy: Policy
    now: datetime
    _past: dict[tuple[str, str], list[float]]

    def of(self, ticket: Ticket) -> Forecast | None:
        """What is to be expected of a ticket, None where no limit runs."""
        used = share_used(ticket, self.now, self.policy)
        if used is None or ticket.state not in LIMITED:
            return None
        return forecast(used, self._shares(ticket.condition, ticket.unit_id))

    def _shares(self, condition: str, unit_id: str | None) -> list[float]:
        if unit_id is None:
            return []
        if (condition, unit_id) not in self._past:
            done = self.tx.records.handled_lately(condition, unit_id, PAST)
            self._past[condition, unit_id] = shares_taken(done, self.policy)
        return self._past[condition, unit_id]


def outlook(tx: Transaction, policy: Policy, now: datetime) -> Outlook:
    """Forecasts as things stand now."""
    return Outlook(tx, policy, now, {})


def clocked(
    tx: Transaction, policy: Policy, now: datetime, wanted: TicketFilter, limit: int, after: str | None
) -> list[Clocked]:
    """Open tickets whose clock runs or stands, newest first; `after` is the id of the last one before."""
    found = tx.tickets.page(replace(wanted, states=CLOCKED), limit, after)
    alarms = tx.jobs.next_at([ticket.id for ticket in found], CLOCK)
    ahead = outlook(tx, policy, now)
    return [
        Clocked(
            ticket=ticket,
            timer=STANDINGS[ticket.state].timer,
            stage_due_at=stage_due_at(ticket, policy),
            next_alarm_at=alarms.get(ticket.id),
            forecast=ahead.of(ticket),
        )
        for ticket in found
    ]
