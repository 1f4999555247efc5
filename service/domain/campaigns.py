"""A campaign: a named, dated action of one or several departments, and which tickets are its own."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from service.domain.cases import Case, Period


@dataclass(frozen=True, slots=True)
class Campaign:
    """A named, dated action over conditions, streets, grids and units; what is empty does not restrict.

    Attributes:
        version: counts its changes; who changes it says which one they saw.
        target: how many tickets are to be closed in it, None where nobody said.
        ended_at: when it was ended before its last day.
    """

    id: str
    version: int
    name: str
    first: date
    last: date
    by: str
    created_at: datetime
    purpose: str | None = None
    conditions: frozenset[str] = frozenset()
    grids: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    streets: frozenset[str] = frozenset()
    target: int | None = None
    ended_at: datetime | None = None

    def period(self, zone: ZoneInfo) -> Period:
        """Its days, up to the one on which it was ended."""
        ended = self.ended_at.astimezone(zone).date() if self.ended_at else self.last
        return Period(self.first, max(self.first, min(self.last, ended)), zone)

    def owns(self, case: Case, zone: ZoneInfo) -> bool:
        """Whether a ticket is one of its own: opened in its days, of its conditions, on its streets, in its
        grids, with its units.

        A ticket that no unit has yet belongs to it all the same, so that nothing is left out of its ledger.
        """
        ticket = case.ticket
        return (
            self.period(zone).holds(ticket.opened_at)
            and (not self.conditions or ticket.condition in self.conditions)
            and (not self.streets or case.street in self.streets)
            and (not self.grids or case.grid in self.grids)
            and (not self.units or ticket.unit_id is None or ticket.unit_id in self.units)
        )
