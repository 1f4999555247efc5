"""The three lists 三张清单: what is to be done, who answers for it, and how the units have done."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from service.domain.cases import Case
from service.domain.routing import Grid
from service.domain.states import State
from service.domain.whereabouts import GridMap
from service.reports.counting import Group, cases_in, grouped
from service.reports.desk import Desk
from service.reports.indicators import definitions_table, figure
from service.reports.paper import Block, Cell, Column, Paper, Passage, Shows, Table
from service.reports.scopes import By
from service.reports.words import words_of

SOON: Final = timedelta(hours=24)
NEVER: Final = datetime.max.replace(tzinfo=UTC)
UNFILED: Final = frozenset({State.CANDIDATE, State.NUDGED})
SCORED: Final = (
    "filed",
    "closed",
    "on_time_closing_rate",
    "overdue",
    "rework_rate",
    "extension_rate",
    "rebound_rate",
    "mean_handling_time",
)


def tasks(desk: Desk) -> Paper:
    """The task list 任务清单: every open ticket that people work on, the most urgent first."""
    cases = [case for case in cases_in(desk.tx, desk.look.period, desk.scope, open_only=True) if _is_work(case)]
    cases.sort(key=lambda case: (case.ticket.due_at or NEVER, case.ticket.number))
    overdue = [case.is_overdue(desk.look.now) for case in cases]
    soon = [case for case in cases if _due_soon(case, desk.look.now)]
    said = desk.words("reports.tasks.summary", open=len(cases), overdue=sum(overdue), soon=len(soon))
    title = desk.words("reports.tasks.name")
    columns = (
        *_columns(desk, ("seq", 0.45, Shows.COUNT), ("number", 1.5), ("condition", 1.2), ("place", 2.2)),
        *_columns(desk, ("unit", 1.3), ("state", 0.8), ("opened", 1.25, Shows.MOMENT)),
        *_columns(desk, ("due", 1.25, Shows.MOMENT), ("left", 0.9, Shows.NUMBER)),
    )
    rows = tuple(_task_row(desk, place, case) for place, case in enumerate(cases, start=1))
    marked = frozenset(place for place, late in enumerate(overdue) if late)
    table = Table(title, columns, rows, desk.words("reports.tasks.note"), marked)
    return desk.paper("tasks", title, [desk.heading(), Passage(said), table], sideways=True)


def responsibilities(desk: Desk) -> Paper:
    """The responsibility list 责任清单: which unit answers for which condition, where, within how much time."""
    title = desk.words("reports.responsibilities.name")
    cases = [case for case in cases_in(desk.tx, desk.look.period, desk.scope, open_only=True) if _is_work(case)]
    grids = desk.tx.units.grids()
    blocks: list[Block] = [
        desk.heading(),
        Passage(desk.words("reports.responsibilities.note"), small=True),
        _by_unit(desk, cases, grids),
    ]
    if grids:
        blocks.append(_by_grid(desk, cases, grids))
    return desk.paper("responsibilities", title, blocks, sideways=True)


def assessment(desk: Desk) -> Paper:
    """The assessment list 考核清单: how each unit has done, by the indicators that it can do something about."""
    title = desk.words("reports.assessment.name")
    cases = cases_in(desk.tx, desk.look.period, desk.scope)
    groups = [group for group in grouped(desk.tx, cases, desk.look, By.UNIT, desk.scope) if group.key]
    ranked = sorted(groups, key=_order)
    columns = (
        *_columns(desk, ("rank", 0.5, Shows.COUNT), ("unit", 1.6)),
        *(Column(desk.words(f"indicators.{name}.name"), 1.0, Shows.NUMBER) for name in SCORED),
    )
    rows = tuple(_score_row(desk, place, group) for place, group in enumerate(ranked, start=1))
    table = Table(title, columns, rows, desk.words("reports.assessment.note"))
    return desk.paper("assessment", title, [desk.heading(), table, definitions_table(desk, SCORED)], sideways=True)


def _is_work(case: Case) -> bool:
    return case.ticket.state not in UNFILED


def _due_soon(case: Case, now: datetime) -> bool:
    due = case.ticket.due_at
    return due is not None and case.accepted_at is None and now < due <= now + SOON


def _task_row(desk: Desk, place: int, case: Case) -> tuple[Cell, ...]:
    ticket = case.ticket
    runs = ticket.due_at is not None and case.accepted_at is None and ticket.state is not State.SUSPENDED
    left = (ticket.due_at - desk.look.now).total_seconds() / 3600 if runs and ticket.due_at else None
    names = (ticket.number, desk.condition(case), desk.place(case), desk.unit(case), desk.state(case))
    return (place, *names, ticket.opened_at, ticket.due_at, left)


def _by_unit(desk: Desk, cases: Sequence[Case], grids: Sequence[Grid]) -> Table:
    answers = [
        (condition, unit, names) for condition in desk.policy.rules for unit, names in _units_of(desk, condition, grids)
    ]
    wanted = sorted((row for row in answers if _asked(desk, row[0], row[1])), key=lambda row: (row[1], row[0]))
    columns = (
        *_columns(desk, ("unit", 1.4), ("condition", 1.2), ("limit", 1.0), ("closed_when", 1.0), ("grids", 3.2)),
        *_columns(desk, ("open", 0.6, Shows.COUNT), ("overdue", 0.6, Shows.COUNT)),
    )
    rows = []
    for condition, unit, names in wanted:
        own = [case for case in cases if case.ticket.unit_id == unit and case.ticket.condition == condition]
        late = sum(case.is_overdue(desk.look.now) for case in own)
        limit = desk.limit(desk.policy.rule(condition).limit)
        closed = words_of(desk.language).name(desk.catalog.condition(condition).closed_when)
        named = (desk.group(By.UNIT, unit), desk.group(By.CONDITION, condition), limit, closed)
        rows.append((*named, "、".join(names) if desk.language == "zh" else ", ".join(names), len(own), late))
    return Table(desk.words("reports.responsibilities.by_unit"), columns, tuple(rows))


def _units_of(desk: Desk, condition: str, grids: Sequence[Grid]) -> list[tuple[str, list[str]]]:
    """Each unit that answers for a condition, with the grids in which it does; the policy's own everywhere else."""
    found: dict[str, list[str]] = {}
    for grid in grids:
        if condition in grid.units and desk.scope.has(grid):
            found.setdefault(grid.units[condition], []).append(desk.group(By.GRID, grid.id))
    found.setdefault(desk.policy.rule(condition).unit, []).append(desk.words("paper.no_grid"))
    return list(found.items())


def _asked(desk: Desk, condition: str, unit: str) -> bool:
    scope = desk.scope
    return (not scope.units or unit in scope.units) and (not scope.conditions or condition in scope.conditions)


def _by_grid(desk: Desk, cases: Sequence[Case], grids: Sequence[Grid]) -> Table:
    shown = [grid for grid in grids if desk.scope.has(grid)]
    names = GridMap(shown).names
    open_by, late_by = (
        Counter(case.grid for case in cases),
        Counter(case.grid for case in cases if case.is_overdue(desk.look.now)),
    )
    columns = (
        *_columns(desk, ("street", 1.1), ("grid", 1.4), ("unit", 4.2)),
        *_columns(desk, ("open", 0.6, Shows.COUNT), ("overdue", 0.6, Shows.COUNT)),
    )
    rows = []
    for grid in shown:
        pairs = [f"{desk.group(By.CONDITION, name)}: {desk.group(By.UNIT, unit)}" for name, unit in grid.units.items()]
        name = f"{grid.id} {words_of(desk.language).name(names[grid.id])}"
        street = desk.group(By.STREET, grid.street or "")
        rows.append((street, name, "; ".join(pairs), open_by[grid.id], late_by[grid.id]))
    return Table(desk.words("reports.responsibilities.by_grid"), columns, tuple(rows))


def _order(group: Group) -> tuple[bool, float, float, str]:
    values = {one.id: one.value for one in group.measures}
    on_time, rework = values["on_time_closing_rate"], values["rework_rate"]
    return (on_time is None, -(on_time or 0.0), rework or 0.0, group.key or "")


def _score_row(desk: Desk, place: int, group: Group) -> tuple[Cell, ...]:
    values = {one.id: figure(one) for one in group.measures}
    rank = None if values["on_time_closing_rate"].value is None else place
    return (rank, desk.group(By.UNIT, group.key or ""), *(values[name] for name in SCORED))


def _columns(desk: Desk, *wanted: tuple[str, float] | tuple[str, float, Shows]) -> tuple[Column, ...]:
    return tuple(Column(desk.words(f"columns.{name}"), width, *more) for name, width, *more in wanted)
