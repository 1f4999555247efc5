"""Record an inspection: once, with what it names checked."""

from dataclasses import replace

from service.domain.audit import AuditLine
from service.domain.inspections import Inspection, wrong_times
from service.errors import ConditionUnknown, IdempotencyMismatch, Unprocessable
from service.errors.field import InspectionTimesWrong
from service.occasion import Occasion
from service.store.transaction import Transaction


def record(tx: Transaction, told: Inspection, on: Occasion) -> Inspection:
    """Keep an inspection; the same one under the same key is kept once and answered as it was.

    Raises:
        InspectionTimesWrong: it ends before it began, is longer than a day, or lies ahead.
        ConditionUnknown, TicketUnknown, Unprocessable: it names what is not there.
        IdempotencyMismatch: the key came with another inspection.
    """
    if told.key is not None:
        tx.lock([f"inspection {told.by_id}:{told.key}"])
        earlier = tx.inspections.sent_before(told.by_id, told.key)
        if earlier is not None:
            return _the_same(earlier, told)
    if problem := wrong_times(told.began_at, told.ended_at, on.now):
        raise InspectionTimesWrong(problem=problem)
    _check_names(tx, told, on)
    tx.inspections.add(told)
    facts = {"route": told.route, "found": len(told.tickets)}
    tx.audit.add(AuditLine(on.now, on.actor.name, "inspection.recorded", told.id, None, facts))
    tx.events.add(on.now, "inspection.recorded", told.id, {**facts, "grid": told.grid})
    return told


def _the_same(earlier: Inspection, told: Inspection) -> Inspection:
    if replace(told, id=earlier.id, by=earlier.by, recorded_at=earlier.recorded_at) != earlier:
        raise IdempotencyMismatch(key=told.key or "")
    return earlier


def _check_names(tx: Transaction, told: Inspection, on: Occasion) -> None:
    if unknown := sorted(told.conditions - on.policy.rules.keys()):
        raise ConditionUnknown(condition=unknown[0])
    if told.grid is not None and all(grid.id != told.grid for grid in tx.units.grids()):
        raise Unprocessable(field="grid", problem="unknown")
    for ticket_id in told.tickets:
        tx.tickets.get(ticket_id)
