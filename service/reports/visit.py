"""The visit folder 迎检资料册: for each item of an evaluation table its pairs of before and after, gaps shown first."""

from dataclasses import dataclass

from service.domain.cases import Case
from service.domain.evaluation import Item
from service.domain.states import State
from service.reports.counting import cases_in
from service.reports.desk import Desk
from service.reports.paper import Block, Column, Heading, Pair, Paper, Passage, Plate, Shows, Table
from service.store.cases import Shot
from service.store.evaluations import Evaluation


@dataclass(frozen=True, slots=True)
class Shown:
    """An item with what there is to show for it, the latest first."""

    item: Item
    pairs: tuple[tuple[Case, Shot, Shot], ...]

    @property
    def missing(self) -> int:
        """How many pairs are wanted and not there."""
        return max(0, self.item.pairs - len(self.pairs))

    @property
    def has_gap(self) -> bool:
        """Whether somebody has to see to it."""
        return self.missing > 0 or not self.item.conditions


def visit_folder(desk: Desk) -> Paper:
    """The folder of a period for one evaluation table."""
    evaluation = desk.evaluation
    if evaluation is None:
        raise ValueError("a visit folder is about an evaluation table")
    found = shown_for(desk, evaluation)
    gaps = [one for one in found if one.has_gap]
    title = desk.words("reports.visit.name")
    covered = desk.words("reports.visit.covered", enough=len(found) - len(gaps), gaps=len(gaps))
    blocks: list[Block] = [
        desk.heading(
            (desk.words("reports.visit.evaluation"), evaluation.name), (desk.words("reports.visit.items"), covered)
        ),
        Passage(desk.words("reports.visit.note"), small=True),
        _gaps(desk, gaps),
        _index(desk, found),
        *(block for number, one in enumerate(found) for block in _item(desk, one, first=number == 0)),
    ]
    return desk.paper(f"visit_{evaluation.id}", f"{title} · {evaluation.name}", blocks)


def shown_for(desk: Desk, evaluation: Evaluation) -> list[Shown]:
    """Every item with its pairs: closed tickets of its conditions with a picture from before and one from after."""
    closed = [case for case in cases_in(desk.tx, desk.look.period, desk.scope) if _is_closed(desk, case)]
    closed.sort(key=lambda case: (case.closed_at or desk.look.now, case.ticket.number), reverse=True)
    shots = desk.tx.cases.shots(case.ticket.id for case in closed)
    paired = [(case, *pair) for case in closed if (pair := _pair(shots.get(case.ticket.id, []))) is not None]
    return [
        Shown(item, tuple(one for one in paired if one[0].ticket.condition in item.conditions)[: item.pairs])
        for item in evaluation.items
    ]


def _is_closed(desk: Desk, case: Case) -> bool:
    return case.ticket.state is State.CLOSED and desk.look.period.holds(case.closed_at)


def _pair(shots: list[Shot]) -> tuple[Shot, Shot] | None:
    """The first picture from before and the last from after."""
    before = [shot for shot in shots if shot.role == "before"]
    after = [shot for shot in shots if shot.role == "after"]
    return (before[0], after[-1]) if before and after else None


def _gaps(desk: Desk, gaps: list[Shown]) -> Block:
    if not gaps:
        return Passage(desk.words("reports.visit.gaps_none"))
    columns = (
        Column(desk.words("columns.item"), 0.7),
        Column(desk.words("columns.item_text"), 4.0),
        Column(desk.words("columns.gap"), 2.0),
    )
    rows = tuple((one.item.number, one.item.text, _gap(desk, one)) for one in gaps)
    return Table(desk.words("reports.visit.gaps"), columns, rows, marked=frozenset(range(len(rows))))


def _gap(desk: Desk, one: Shown) -> str:
    if not one.item.conditions:
        return desk.words("reports.visit.gap_no_condition")
    if one.missing:
        return desk.words("reports.visit.gap_pairs", count=one.missing)
    return desk.words("reports.visit.enough")


def _index(desk: Desk, found: list[Shown]) -> Table:
    wanted = (("item", 0.7), ("item_text", 3.35), ("points", 0.85, Shows.NUMBER), ("condition", 1.5))
    counted = (("wanted", 0.8, Shows.COUNT), ("found", 0.8, Shows.COUNT), ("gap", 1.3))
    columns = tuple(Column(desk.words(f"columns.{name}"), *more) for name, *more in (*wanted, *counted))
    rows = tuple(
        (
            one.item.number,
            one.item.text,
            one.item.points,
            " ".join(desk.condition_named(name) for name in one.item.conditions) or None,
            one.item.pairs,
            len(one.pairs),
            _gap(desk, one),
        )
        for one in found
    )
    marked = frozenset(place for place, one in enumerate(found) if one.has_gap)
    return Table(desk.words("reports.visit.index"), columns, rows, marked=marked)


def _item(desk: Desk, one: Shown, *, first: bool) -> list[Block]:
    title = desk.words("reports.visit.item", number=one.item.number, text=one.item.text)
    blocks: list[Block] = [Heading(title, new_page=first)]
    if one.has_gap:
        blocks.append(Passage(_gap(desk, one)))
    return [*blocks, *(_shown(desk, case, before, after) for case, before, after in one.pairs)]


def _shown(desk: Desk, case: Case, before: Shot, after: Shot) -> Pair:
    facts = {"number": case.ticket.number, "condition": desk.condition(case), "place": desk.place(case)}
    missing = desk.words("reports.visit.not_ready")
    return Pair(
        desk.words("reports.visit.pair", **facts),
        Plate(desk.words("reports.visit.before", at=desk.moment(before.at)), before.picture_id, missing),
        Plate(desk.words("reports.visit.after", at=desk.moment(after.at)), after.picture_id, missing),
    )
