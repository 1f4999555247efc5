"""The file of one ticket as a page: what it is, its time line, its pictures with their hashes."""

from datetime import datetime
from typing import Final

from service.domain.cases import Case
from service.domain.facts import FactKind
from service.domain.policy import Policy
from service.domain.ticket import SERVICE
from service.domain.timeline import Happened, Line
from service.reports.desk import Desk
from service.reports.paper import Block, Cell, Column, Facts, Heading, Pair, Paper, Plate, Shows, Table
from service.reports.scopes import By
from service.store.pictures import Exhibit
from service.timelines import BY_PHOTO, timeline_of

TOLD: Final = ("who", "result", "reference", "outcome", "form", "task", "medium", "number")
MOMENTS: Final = ("until", "due_was", "review_at")


def case_file(desk: Desk, case: Case) -> Paper:
    """Everything about one ticket, to be printed and kept."""
    lines = timeline_of(desk.tx, case.ticket)
    exhibits = desk.tx.pictures.of_ticket(case.ticket.id)
    title = desk.words("reports.case.name")
    blocks: list[Block] = [_head(desk, case), _table(desk, lines)]
    if (pair := _pair(desk, case, lines, exhibits)) is not None:
        blocks += [Heading(desk.words("reports.case.pictures")), pair]
    if exhibits:
        blocks.append(_hashes(desk, exhibits))
    paper = desk.paper(case.ticket.number, title, blocks)
    return Paper(
        name=f"{case.ticket.number}_{desk.language}",
        title=title,
        subtitle=case.ticket.number,
        language=paper.language,
        zone=paper.zone,
        made_at=paper.made_at,
        page_of=paper.page_of,
        made=paper.made,
        blocks=paper.blocks,
    )


def said(desk: Desk, line: Line) -> str:
    """What a line of the time line says, in words."""
    return " · ".join([_headline(desk, line), *_details(desk, line)])


def _headline(desk: Desk, line: Line) -> str:
    to = desk.words(f"states.{line.to.value}") if line.to else ""
    match line.what:
        case Happened.SEEN:
            if line.until is None:
                return desk.words("reports.case.seen_once")
            return desk.words("reports.case.seen", count=line.facts["count"], until=desk.moment(line.until))
        case Happened.SHOWN:
            return desk.words(f"reports.case.shown_{line.facts['role']}")
        case Happened.JUDGED:
            return desk.words(f"reports.case.judged_{line.facts['verdict']}")
        case Happened.OPENED:
            return desk.words("events.opened", state=to)
        case Happened.MOVED:
            was = desk.words(f"states.{line.was.value}") if line.was else ""
            return desk.words("events.moved", was=was, to=to)
        case Happened.NOTED:
            return desk.words(f"facts.{line.facts.get('fact', 'other')}")


def _details(desk: Desk, line: Line) -> list[str]:
    facts = line.facts
    more = []
    if unit := facts.get("unit"):
        outside = facts.get("fact") == FactKind.TRANSFERRED.value
        more.append(str(unit) if outside else desk.group(By.UNIT, str(unit)))
    if facts.get("resolution"):
        more.append(desk.words("events.resolution", resolution=desk.words(f"resolutions.{facts['resolution']}")))
    if facts.get("override"):
        more.append(desk.words("reports.case.override", metres=facts.get("after_photo_m", "?")))
    for name in MOMENTS:
        if facts.get(name):
            more.append(desk.words(f"reports.case.{name}", at=_moment(desk.policy, str(facts[name]))))
    more += [str(facts[name]) for name in TOLD if facts.get(name)]
    return more


def _moment(policy: Policy, told: str) -> str:
    return policy.local(datetime.fromisoformat(told)).strftime("%Y-%m-%d %H:%M")


def _head(desk: Desk, case: Case) -> Facts:
    ticket = case.ticket
    pairs = (
        ("number", ticket.number),
        ("condition", f"{desk.condition(case)} {ticket.code or ''}".strip()),
        ("state", " · ".join(filter(None, (desk.state(case), desk.result(case))))),
        ("place", desk.place(case)),
        ("unit", desk.unit(case)),
        ("opened", desk.moment(ticket.opened_at)),
        ("filed", desk.moment(ticket.filed_at)),
        ("due", desk.moment(ticket.due_at)),
        ("closed", desk.moment(ticket.ended_at)),
    )
    return Facts(tuple((desk.words(f"columns.{name}"), value) for name, value in pairs))


def _table(desk: Desk, lines: list[Line]) -> Table:
    wanted = (("at", 1.1, Shows.MOMENT), ("who", 1.0), ("what", 2.6), ("reason", 1.9))
    columns = tuple(Column(desk.words(f"columns.{name}"), *more) for name, *more in wanted)
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (line.at, _by(desk, line), said(desk, line), line.reason) for line in lines
    )
    return Table(desk.words("reports.case.timeline"), columns, rows)


def _by(desk: Desk, line: Line) -> str:
    """Who did it; people's photos are told apart from cameras, and the service by its own name."""
    if line.what is Happened.SEEN and line.by == BY_PHOTO:
        return desk.words("reports.case.by_photo")
    return desk.words("reports.case.by_service") if line.by == SERVICE.name else line.by


def _pair(desk: Desk, case: Case, lines: list[Line], exhibits: list[Exhibit]) -> Pair | None:
    """How it was when it was first seen, and the latest after-photo."""
    seen = [line for line in lines if line.what is Happened.SEEN]
    after = [exhibit for exhibit in exhibits if exhibit.role == "after"]
    if not seen:
        return None
    missing = desk.words("reports.visit.not_ready")
    first, last = seen[0], after[-1] if after else None
    return Pair(
        f"{case.ticket.number} · {desk.condition(case)}",
        Plate(desk.words("reports.visit.before", at=desk.moment(first.until or first.at)), first.picture_id, missing),
        Plate(
            desk.words("reports.visit.after", at=desk.moment(last.at))
            if last
            else desk.words("reports.visit.no_after"),
            last.picture.id if last else None,
            missing if last else desk.words("reports.visit.no_after"),
        ),
    )


def _hashes(desk: Desk, exhibits: list[Exhibit]) -> Table:
    wanted = (("at", 1.1, Shows.MOMENT), ("who", 1.0), ("what", 1.0), ("sha256", 4.0))
    columns = tuple(Column(desk.words(f"columns.{name}"), *more) for name, *more in wanted)
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (one.at, one.by, desk.words(f"reports.case.shown_{one.role}"), one.picture.original_sha256) for one in exhibits
    )
    return Table(desk.words("reports.case.hashes"), columns, rows)
