"""The letter about small ads to whoever uses a number: every place where it was read, with the evidence's hash."""

from dataclasses import replace

from service.domain.dossiers import confirmations
from service.domain.whereabouts import GridMap
from service.reports.desk import Desk
from service.reports.paper import Block, Cell, Column, Facts, Paper, Passage, Shows, Signatures, Table
from service.reports.scopes import By
from service.store.dossiers import Reading
from service.store.letters import Letter


def operator_letter(desk: Desk, letter: Letter) -> Paper:
    """The letter as it was written: what was read later is left out."""
    read = [one for one in desk.tx.dossiers.readings(letter.subject) if one.at <= letter.at]
    words = [said for said in desk.tx.dossiers.words(letter.subject) if said.at <= letter.at]
    by = desk.moment(letter.reply_by)
    pairs = (
        (desk.words("reports.supervision.number"), letter.number),
        (desk.words("reports.supervision.issued"), desk.moment(letter.at)),
        (desk.words("reports.operator.phone"), letter.subject),
        (desk.words("reports.operator.confirmed"), " · ".join(said.by for said in confirmations(words))),
        (desk.words("reports.operator.first"), desk.moment(read[0].seen_at if read else None)),
        (desk.words("reports.operator.last"), desk.moment(read[-1].seen_at if read else None)),
    )
    blocks: list[Block] = [
        Facts(pairs),
        Passage(desk.words("reports.operator.to", phone=letter.subject)),
        Passage(desk.words("reports.operator.opening", count=len(read), reply_by=by)),
        _places(desk, read),
        Passage(desk.words("reports.operator.restore")),
        Signatures(tuple(desk.words("reports.supervision.signatures").split("|"))),
    ]
    paper = desk.paper(letter.number, desk.words("reports.operator.name"), blocks)
    made = desk.words("paper.made", at=desk.moment(letter.at), by=letter.by)
    return replace(paper, name=f"{letter.number}_{desk.language}", subtitle=letter.number, made_at=letter.at, made=made)


def _places(desk: Desk, read: list[Reading]) -> Table:
    grids = GridMap(desk.tx.units.grids())
    wanted = (("seq", 0.4, Shows.COUNT), ("at", 1.2, Shows.MOMENT), ("place", 2.0), ("number", 1.3), ("sha256", 3.4))
    columns = tuple(Column(desk.words(f"columns.{name}"), *more) for name, *more in wanted)
    rows = tuple(_row(desk, grids, place, one) for place, one in enumerate(read, start=1))
    return Table(desk.words("reports.operator.list"), columns, rows)


def _row(desk: Desk, grids: GridMap, place: int, one: Reading) -> tuple[Cell, ...]:
    grid = grids.at(one.place)
    point = f"{one.place.lat:.5f}, {one.place.lon:.5f}" if one.place else desk.words("paper.place_none")
    where = f"{desk.group(By.GRID, grid)} {point}" if grid else point
    return (place, one.seen_at, where, one.ticket, one.sha256)
