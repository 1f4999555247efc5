"""The rectification ledger 整改台账: every problem with owner, limit, state and proof; signed off is closed."""

from collections.abc import Sequence

from service.domain.cases import Case
from service.domain.states import State
from service.reports.counting import cases_in, key_of
from service.reports.desk import Desk
from service.reports.paper import Block, Cell, Column, Paper, Passage, Shows, Table
from service.reports.scopes import By
from service.store.cases import Shot


def ledger(desk: Desk, by: By) -> Paper:
    """The ledger of a period and scope, a table for each unit, condition, street or duty grid."""
    name = desk.words("reports.ledger.name")
    cases = [case for case in cases_in(desk.tx, desk.look.period, desk.scope) if case.ticket.filed_at is not None]
    blocks: list[Block] = [desk.heading(), Passage(desk.words("reports.ledger.note"), small=True)]
    blocks += ledger_tables(desk, cases, by)
    title = f"{name} · {desk.words(f'reports.ledger.by_{by.value}')}"
    return desk.paper(f"ledger_{by.value}", title, blocks, sideways=True)


def ledger_tables(desk: Desk, cases: Sequence[Case], by: By) -> list[Block]:
    """A table for each group, or a sentence where there is nothing."""
    if not cases:
        return [Passage(desk.words("reports.ledger.empty"))]
    shots = desk.tx.cases.shots(case.ticket.id for case in cases)
    groups: dict[str, list[Case]] = {}
    for case in cases:
        groups.setdefault(key_of(case, by), []).append(case)
    return [_table(desk, by, key, groups[key], shots) for key in sorted(groups, key=lambda key: (key == "", key))]


def _table(desk: Desk, by: By, key: str, cases: Sequence[Case], shots: dict[str, list[Shot]]) -> Table:
    late = [desk.is_late(case) for case in cases]
    closed = sum(case.ticket.state is State.CLOSED for case in cases)
    title = desk.words("reports.ledger.group", name=desk.group(by, key), all=len(cases), closed=closed, late=sum(late))
    kept = (("seq", 0.45, Shows.COUNT), ("number", 1.5), ("condition", 1.1), ("place", 2.05), ("unit", 1.25))
    dated = (("filed", 1.2, Shows.MOMENT), ("due", 1.2, Shows.MOMENT), ("state", 0.85), ("result", 0.85))
    ended = (("closed", 1.2, Shows.MOMENT), ("late", 0.5), ("proof", 0.95))
    columns = tuple(Column(desk.words(f"columns.{name}"), *more) for name, *more in (*kept, *dated, *ended))
    rows = tuple(_row(desk, place, case, shots.get(case.ticket.id, [])) for place, case in enumerate(cases, start=1))
    return Table(title, columns, rows, marked=frozenset(place for place, is_late in enumerate(late) if is_late))


def _row(desk: Desk, place: int, case: Case, shots: Sequence[Shot]) -> tuple[Cell, ...]:
    ticket = case.ticket
    after = sum(shot.role == "after" for shot in shots)
    late = desk.words("yes_no.yes" if desk.is_late(case) else "yes_no.no")
    return (
        place,
        ticket.number,
        desk.condition(case),
        desk.place(case),
        desk.unit(case),
        ticket.filed_at,
        ticket.due_at,
        desk.state(case),
        desk.result(case),
        case.closed_at,
        late,
        f"{len(shots) - after} / {after}",
    )
