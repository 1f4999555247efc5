"""Read the cases that a paper is about, and count them: in all, by unit, condition, street or duty grid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service.domain.cases import Case, Period, case_of
from service.domain.indicators import Look, Measure, measure, tally
from service.domain.ticket import HistoryEntry, Ticket
from service.domain.whereabouts import GridMap
from service.reports.scopes import By, Scope
from service.reports.watching import Watching
from service.store import Transaction
from service.store.cases import Filing


@dataclass(frozen=True, slots=True)
class Group:
    """The indicators of some cases; `key` is None for all of them, empty for those that belong to no group."""

    key: str | None
    measures: tuple[Measure, ...]


def cases_in(tx: Transaction, period: Period, scope: Scope, *, open_only: bool = False) -> list[Case]:
    """Every case of a scope that lived in a period, oldest first."""
    filing = Filing(
        units=scope.units,
        conditions=scope.conditions,
        touched_from=None if open_only else period.start,
        touched_before=period.end,
        open_only=open_only,
    )
    return [case for case in as_cases(tx, tx.cases.of(filing)) if scope.holds(case, period)]


def as_cases(tx: Transaction, found: Sequence[tuple[Ticket, Sequence[HistoryEntry]]]) -> list[Case]:
    """Tickets with their histories as cases: with duty grid, street and address, and whether the problem came back."""
    grids, rebounds = GridMap(tx.units.grids()), tx.cases.rebounds()
    typed = tx.addresses.of_tickets([ticket.id for ticket, _ in found])
    cases = []
    for ticket, history in found:
        where = grids.where(ticket.place, typed[ticket.id].text if ticket.id in typed else None)
        cases.append(case_of(ticket, history, where, has_rebound=ticket.id in rebounds))
    return cases


def total(tx: Transaction, cases: Sequence[Case], look: Look, scope: Scope) -> Group:
    """The indicators of all cases; hours are those of the cameras that could have seen them."""
    hours = Watching.read(tx, look.period).within(scope)
    return Group(None, tuple(measure(tally(cases, look), hours)))


def grouped(tx: Transaction, cases: Sequence[Case], look: Look, by: By, scope: Scope) -> list[Group]:
    """The indicators of each group, by its key; those that belong to none stand last, under an empty key."""
    parts: dict[str, list[Case]] = {}
    for case in cases:
        parts.setdefault(key_of(case, by), []).append(case)
    hours = Watching.read(tx, look.period).by(by, scope, parts)
    return [
        Group(key, tuple(measure(tally(parts[key], look), hours.get(key))))
        for key in sorted(parts, key=lambda key: (key == "", key))
    ]


def key_of(case: Case, by: By) -> str:
    """The group that a case belongs to, empty for none."""
    match by:
        case By.UNIT:
            return case.ticket.unit_id or ""
        case By.CONDITION:
            return case.ticket.condition
        case By.GRID:
            return case.grid or ""
        case By.STREET:
            return case.street or ""


def hours_by_grid(tx: Transaction, period: Period) -> Mapping[str, float]:
    """Camera-hours by the duty grid in which a fixed camera stands; moving ones and others under the empty key."""
    return Watching.read(tx, period).by_grid
