"""The ledger of doorsteps 门前三包台账: shops and yards with partner, pledge, score and award, and what lay there."""

from collections.abc import Sequence
from statistics import fmean
from typing import Final

from detector.types import GeoPoint
from service.domain.cases import Case
from service.domain.indicators import measure, tally
from service.domain.premises import Premises
from service.domain.premises_map import PremisesMap
from service.domain.states import State
from service.domain.whereabouts import GridMap
from service.reports.counting import cases_in
from service.reports.desk import Desk
from service.reports.indicators import definitions_table, figure
from service.reports.paper import Block, Cell, Column, Paper, Passage, Shows, Table
from service.reports.scopes import By

COUNTED: Final = ("reported", "self_corrected", "closed", "overdue")
NOT_YET: Final = frozenset({State.CANDIDATE, State.NUDGED})
"""What nobody has confirmed, or the shop may still put right by itself."""


def doorsteps(desk: Desk) -> Paper:
    """Every shop and yard of the scope, those with the most open tickets first."""
    premises = _in_scope(desk)
    views = desk.tx.zones.views()
    cases = _by_premises(PremisesMap(premises, views), cases_in(desk.tx, desk.look.period, desk.scope))
    open_now = {one: sum(_is_open(case) for case in some) for one, some in cases.items()}
    premises.sort(key=lambda one: (-open_now.get(one.id, 0), -len(cases.get(one.id, [])), one.name, one.id))
    rows = tuple(
        (place, *_facts(desk, one), *_counts(desk, cases.get(one.id, [])), open_now.get(one.id, 0))
        for place, one in enumerate(premises, start=1)
    )
    title = desk.words("reports.doorsteps.name")
    marked = frozenset(place for place, one in enumerate(premises) if open_now.get(one.id, 0))
    table = Table(title, _columns(desk), rows, desk.words("reports.doorsteps.note"), marked)
    scores = [one.score for one in premises if one.score is not None]
    said = desk.words(
        "reports.doorsteps.summary",
        all=len(premises),
        pledged=sum(one.pledged_on is not None or one.pledge is not None for one in premises),
        awarded=sum(one.award is not None for one in premises),
        score=f"{fmean(scores):.1f}" if scores else "—",
    )
    blocks: list[Block] = [desk.heading(), Passage(said), table, definitions_table(desk, COUNTED)]
    return desk.paper("doorsteps", title, blocks, sideways=True)


def _in_scope(desk: Desk) -> list[Premises]:
    everywhere = desk.tx.premises.all()
    if not (desk.scope.grids or desk.scope.streets):
        return everywhere
    grids = GridMap(grid for grid in desk.tx.units.grids() if desk.scope.has(grid))
    return [one for one in everywhere if grids.at(_middle(one)) is not None]


def _middle(one: Premises) -> GeoPoint:
    south, west, north, east = one.bounds
    return GeoPoint((south + north) / 2, (west + east) / 2)


def _by_premises(doors: PremisesMap, cases: Sequence[Case]) -> dict[str, list[Case]]:
    found: dict[str, list[Case]] = {}
    for case in cases:
        if (door := doors.answerable(case.ticket)) is not None:
            found.setdefault(door, []).append(case)
    return found


def _is_open(case: Case) -> bool:
    return case.ticket.is_open and case.ticket.state not in NOT_YET


def _columns(desk: Desk) -> tuple[Column, ...]:
    kept = (("seq", 0.45, Shows.COUNT), ("name", 1.6), ("kind", 0.6), ("address", 1.6), ("partner", 1.2))
    pledged = (("pledged_on", 0.95, Shows.DAY), ("score", 0.6, Shows.COUNT), ("award", 1.1))
    return (
        *(Column(desk.words(f"columns.{name}"), *more) for name, *more in (*kept, *pledged)),
        *(Column(desk.words(f"indicators.{name}.name"), 0.95, Shows.COUNT) for name in COUNTED),
        Column(desk.words("columns.open"), 0.6, Shows.COUNT),
    )


def _facts(desk: Desk, one: Premises) -> tuple[Cell, ...]:
    partner = desk.group(By.UNIT, one.unit_id) if one.unit_id else None
    kind = desk.words(f"premises.{one.kind.value}")
    return one.name, kind, one.address, partner, one.pledged_on, one.score, one.award


def _counts(desk: Desk, cases: Sequence[Case]) -> list[Cell]:
    by_name = {one.id: figure(one) for one in measure(tally(cases, desk.look))}
    return [by_name[name] for name in COUNTED]
