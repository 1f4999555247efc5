"""The weekly report, and that of a campaign: indicators beside the week before, charts, units, grids, what is late."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from service.domain.cases import Case, Period
from service.domain.indicators import Look, share
from service.domain.states import State
from service.reports.counting import Group, cases_in, grouped, total
from service.reports.desk import Desk
from service.reports.indicators import figure, indicators_table, values_table
from service.reports.ledger import ledger_tables
from service.reports.paper import Bars, Block, Cell, Column, Facts, Heading, Paper, Passage, Shows, Table
from service.reports.scopes import By, Scope

MOST_OVERDUE: Final = 50
MOST_REBOUNDS: Final = 30
MOST_DAYS: Final = 31
OF_UNITS: Final = ("filed", "closed", "on_time_closing_rate", "overdue", "rework_rate", "mean_handling_time")

Counted = Callable[[Case], bool]


def weekly(desk: Desk) -> Paper:
    """The report of a period, by default a week."""
    before = desk.over(Look(desk.look.period.before(), desk.look.period.start))
    cases = cases_in(desk.tx, desk.look.period, desk.scope)
    now = total(desk.tx, cases, desk.look, desk.scope)
    earlier = total(desk.tx, cases_in(desk.tx, before.look.period, desk.scope), before.look, desk.scope)
    title = desk.words("reports.weekly.name")
    blocks: list[Block] = [
        desk.heading(),
        Passage(desk.words("reports.weekly.note"), small=True),
        *charts(desk, cases),
        Heading(desk.words("reports.weekly.indicators")),
        indicators_table(desk, desk.words("reports.weekly.indicators"), now.measures, earlier.measures),
        Heading(desk.words("reports.weekly.by_unit")),
        _units_table(desk, cases),
        Heading(desk.words("reports.weekly.by_grid")),
        _grids_table(desk, cases),
        Heading(desk.words("reports.weekly.overdue")),
        _overdue(desk, cases),
        Heading(desk.words("reports.weekly.rebounds")),
        _rebounds(desk, cases),
        *_campaigns(desk),
    ]
    return desk.paper("weekly", title, blocks)


def campaign(desk: Desk) -> Paper:
    """The report of a campaign: its counts, its indicators, its ledger."""
    own = desk.scope.campaign
    if own is None:
        raise ValueError("the report of a campaign is about one")
    cases = cases_in(desk.tx, desk.look.period, desk.scope)
    now = total(desk.tx, cases, desk.look, desk.scope)
    states = Counter(case.ticket.state for case in cases)
    purpose = [(desk.words("reports.campaign.purpose"), own.purpose)] if own.purpose else []
    units = "、".join(desk.group(By.UNIT, unit) for unit in sorted(own.units)) or desk.words("paper.scope_all")
    rows = tuple((desk.words(f"states.{state.value}"), states[state]) for state in State if states[state])
    columns = (Column(desk.words("columns.state"), 3.0), Column(desk.words("paper.total"), 1.0, Shows.COUNT))
    filed = [case for case in cases if case.ticket.filed_at is not None]
    progress = (desk.words("reports.campaign.progress"), progress_of(desk, cases))
    blocks: list[Block] = [
        desk.heading(*purpose, (desk.words("reports.campaign.units"), units), progress),
        Heading(desk.words("reports.campaign.counts")),
        *charts(desk, cases),
        Table(desk.words("reports.campaign.states"), columns, rows),
        values_table(desk, desk.words("reports.campaign.indicators"), now.measures),
        Heading(desk.words("reports.campaign.ledger"), new_page=True),
        *ledger_tables(desk, filed, By.UNIT),
    ]
    return desk.paper(
        f"campaign_{own.id}", f"{own.name} · {desk.words('reports.campaign.name')}", blocks, sideways=True
    )


def progress_of(desk: Desk, cases: Sequence[Case]) -> str:
    """How far a campaign has come towards its target."""
    own = desk.scope.campaign
    closed = sum(case.ticket.state is State.CLOSED for case in cases)
    if own is None or own.target is None:
        return f"{closed} / {len(cases)}"
    part = share(closed, own.target) or 0.0
    return desk.words("reports.campaign.target_of", closed=closed, target=own.target, share=f"{part:.0%}")


def charts(desk: Desk, cases: Sequence[Case]) -> list[Block]:
    """Reported and closed, by day and by condition."""
    period, names = desk.look.period, (desk.words("reports.weekly.reported"), desk.words("reports.weekly.closed"))
    if not cases or period.days > MOST_DAYS:
        return []
    days = period.each_day()
    reported = tuple(float(sum(day.holds(case.reported_at) for case in cases)) for day in days)
    closed = tuple(float(sum(day.holds(case.closed_at) for case in cases)) for day in days)
    per_day = ((names[0], reported), (names[1], closed))
    conditions = sorted({case.ticket.condition for case in cases})
    per_condition = [
        (names[0], _by_condition(cases, conditions, lambda case: period.holds(case.reported_at))),
        (names[1], _by_condition(cases, conditions, lambda case: period.holds(case.closed_at))),
    ]
    labels = tuple(desk.group(By.CONDITION, name) for name in conditions)
    return [
        Bars(desk.words("reports.weekly.per_day"), tuple(f"{day.first:%m-%d}" for day in days), per_day),
        Bars(desk.words("reports.weekly.per_condition"), labels, tuple(per_condition)),
    ]


def _by_condition(cases: Sequence[Case], conditions: Sequence[str], holds: Counted) -> tuple[float, ...]:
    counts = Counter(case.ticket.condition for case in cases if holds(case))
    return tuple(float(counts[name]) for name in conditions)


def _units_table(desk: Desk, cases: Sequence[Case]) -> Table:
    groups = [group for group in grouped(desk.tx, cases, desk.look, By.UNIT, desk.scope) if group.key]
    columns = (
        Column(desk.words("columns.unit"), 1.6),
        *(Column(desk.words(f"indicators.{name}.name"), 1.0) for name in OF_UNITS),
    )
    rows = tuple((desk.group(By.UNIT, group.key or ""), *_values(group, OF_UNITS)) for group in groups)
    return Table(desk.words("reports.weekly.by_unit"), columns, rows)


def _grids_table(desk: Desk, cases: Sequence[Case]) -> Table:
    groups = grouped(desk.tx, cases, desk.look, By.GRID, desk.scope)
    names = ("reported", "closed", "overdue", "camera_hours", "camera_reported")
    columns = (
        Column(desk.words("columns.grid"), 1.8),
        *(Column(desk.words(f"indicators.{name}.name"), 1.0) for name in names),
    )
    rows = tuple((desk.group(By.GRID, group.key or ""), *_values(group, names)) for group in groups)
    return Table(desk.words("reports.weekly.by_grid"), columns, rows, desk.words("reports.weekly.grid_note"))


def _values(group: Group, names: Sequence[str]) -> list[Cell]:
    by_name = {one.id: figure(one) for one in group.measures}
    return [by_name[name] for name in names]


def _overdue(desk: Desk, cases: Sequence[Case]) -> Block:
    moment = min(desk.look.now, desk.look.period.end)
    late = sorted((case for case in cases if case.is_overdue(moment)), key=lambda case: str(case.ticket.due_at))
    if not late:
        return Passage(desk.words("reports.weekly.overdue_none"))
    wanted = (("number", 1.5), ("condition", 1.2), ("place", 2.4), ("unit", 1.4), ("due", 1.4, Shows.MOMENT))
    columns = tuple(Column(desk.words(f"columns.{name}"), *more) for name, *more in wanted)
    rows = [
        (case.ticket.number, desk.condition(case), desk.place(case), desk.unit(case), case.ticket.due_at)
        for case in late[:MOST_OVERDUE]
    ]
    note = f"{MOST_OVERDUE} / {len(late)}" if len(late) > MOST_OVERDUE else None
    return Table(desk.words("reports.weekly.overdue"), columns, tuple(rows), note)


def _rebounds(desk: Desk, cases: Sequence[Case]) -> Block:
    """Spots whose problem came back in the period, with how often it did within the last thirty days."""
    came = [case for case in cases if case.ticket.recurrence_of and desk.look.period.holds(case.ticket.opened_at)]
    if not came:
        return Passage(desk.words("reports.weekly.rebounds_none"))
    times = {case.ticket.id: _times_back(desk, case) for case in came}
    came.sort(key=lambda case: -times[case.ticket.id])
    wanted = (
        ("number", 1.5),
        ("condition", 1.2),
        ("place", 2.6),
        ("unit", 1.4),
        ("seen", 0.7, Shows.COUNT),
        ("what", 0.8),
    )
    columns = tuple(Column(desk.words(f"columns.{name}"), *more) for name, *more in wanted)
    rows = []
    for case in came[:MOST_REBOUNDS]:
        back = times[case.ticket.id]
        chronic = desk.words("reports.weekly.chronic") if back >= desk.policy.look_back.chronic else ""
        rows.append((case.ticket.number, desk.condition(case), desk.place(case), desk.unit(case), back, chronic))
    marked = frozenset(place for place, row in enumerate(rows) if row[-1])
    rule = desk.policy.look_back
    note = desk.words("reports.weekly.rebounds_note", times=rule.chronic, days=rule.chronic_within.days)
    return Table(desk.words("reports.weekly.rebounds"), columns, tuple(rows), note, marked)


def _times_back(desk: Desk, case: Case) -> int:
    """How many rebounds in a row lie behind a ticket, itself included, within the days that make a spot chronic."""
    ticket, count, within = case.ticket, 0, desk.policy.look_back.chronic_within
    while ticket.recurrence_of is not None and case.ticket.opened_at - ticket.opened_at <= within:
        earlier = desk.tx.tickets.find(ticket.recurrence_of)
        count += 1
        if earlier is None:
            break
        ticket = earlier
    return count


def _campaigns(desk: Desk) -> list[Block]:
    if desk.scope.campaign is not None:
        return []
    running = [
        one for one in desk.tx.campaigns.page(200) if _overlap(one.period(desk.look.period.zone), desk.look.period)
    ]
    pairs = []
    for one in running:
        scope = Scope(conditions=one.conditions, campaign=one)
        there = replace(desk, scope=scope)
        cases = cases_in(desk.tx, one.period(desk.look.period.zone), scope)
        pairs.append((one.name, progress_of(there, cases)))
    return [Heading(desk.words("reports.weekly.campaigns")), Facts(tuple(pairs))] if pairs else []


def _overlap(one: Period, other: Period) -> bool:
    return one.first <= other.last and other.first <= one.last
