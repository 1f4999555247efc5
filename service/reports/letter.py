"""A supervision letter as a page: what is asked, of whom, until when, and how each ticket came to this."""

from datetime import datetime

from service.domain.cases import Case
from service.domain.ticket import HistoryEntry
from service.reports.counting import as_cases
from service.reports.desk import Desk
from service.reports.operator import operator_letter
from service.reports.paper import (
    Annex,
    Block,
    Column,
    Facts,
    Heading,
    Official,
    Paper,
    Passage,
    Shows,
    Signatures,
    Table,
)
from service.reports.scopes import By
from service.store.letters import Letter, LetterKind

Told = tuple[Case, list[HistoryEntry]]


def written_letter(desk: Desk, letter: Letter) -> Paper:
    """A letter of either kind, as it was written."""
    return (operator_letter if letter.kind is LetterKind.OPERATOR else supervision_letter)(desk, letter)


def supervision_letter(desk: Desk, letter: Letter) -> Paper:
    """The letter as it was written: the time lines end where it was."""
    cases = _cases(desk, letter)
    title = desk.words("reports.supervision.name")
    if desk.language == "zh":
        title = desk.words("reports.supervision.official.title", count=len(cases))
    blocks: list[Block] = [
        _head(desk, letter),
        Passage(desk.words("reports.supervision.to", unit=desk.group(By.UNIT, letter.subject))),
        Passage(_opening(desk, letter, cases)),
    ]
    if letter.reason:
        blocks.append(Passage(desk.words("reports.supervision.reason", reason=letter.reason)))
    blocks.append(_list(desk, letter, cases))
    blocks.append(Signatures(tuple(desk.words("reports.supervision.signatures").split("|"))))
    for case, history in cases:
        heading = desk.words("reports.supervision.timeline", number=case.ticket.number)
        blocks += [Heading(heading), timeline(desk, heading, history)]
    paper = desk.paper(letter.number, title, blocks)
    return Paper(
        name=f"{letter.number}_{desk.language}",
        title=title,
        subtitle=letter.number,
        language=paper.language,
        zone=paper.zone,
        made_at=letter.at,
        page_of=paper.page_of,
        made=desk.words("paper.made", at=desk.moment(letter.at), by=letter.by),
        blocks=paper.blocks,
        official=_official(desk, letter, cases) if desk.language == "zh" else None,
    )


def _official(desk: Desk, letter: Letter, cases: list[Told]) -> Official:
    """The letter as Chinese offices write to each other; its number is counted by the year as that of the system."""
    head, words = desk.policy.letterhead, "reports.supervision.official"
    _, year, count = letter.number.split("-")
    heading = desk.words("reports.supervision.list")
    lines = [
        timeline(desk, desk.words("reports.supervision.timeline", number=case.ticket.number), history)
        for case, history in cases
    ]
    body = [
        desk.words(f"{words}.opening", count=len(cases), reply_by=_day(desk, letter.reply_by)),
        *([desk.words("reports.supervision.reason", reason=letter.reason)] if letter.reason else []),
        desk.words(f"{words}.end"),
    ]
    return Official(
        office=head.office.zh,
        number=desk.words(f"{words}.number", word=head.word, year=year, count=int(count)),
        to=desk.words(f"{words}.to", unit=desk.group(By.UNIT, letter.subject)),
        body=tuple(body),
        dated=_day(desk, letter.at),
        remark=desk.words(f"{words}.remark", number=letter.number, by=letter.by),
        annex=desk.words(f"{words}.annex"),
        annexes=(
            Annex(heading, (_list(desk, letter, cases),)),
            Annex(desk.words(f"{words}.timelines"), tuple(lines)),
        ),
    )


def _day(desk: Desk, at: datetime | None) -> str:
    """A day as Chinese letters write it, without leading noughts."""
    day = desk.policy.local(at).date() if at else None
    return desk.words("reports.supervision.official.day", year=day.year, month=day.month, day=day.day) if day else "—"


def timeline(desk: Desk, title: str, history: list[HistoryEntry]) -> Table:
    """A ticket's history as a table that people read."""
    wanted = (("at", 1.1, Shows.MOMENT), ("who", 0.9), ("what", 2.2), ("reason", 2.2))
    columns = tuple(Column(desk.words(f"columns.{name}"), *more) for name, *more in wanted)
    rows = tuple((entry.at, entry.actor, happened(desk, entry), entry.reason) for entry in history)
    return Table(title, columns, rows)


def happened(desk: Desk, entry: HistoryEntry) -> str:
    """What a line of history says."""
    to = desk.words(f"states.{entry.to.value}")
    if entry.was is None:
        said = desk.words("events.opened", state=to)
    elif entry.was is not entry.to:
        said = desk.words("events.moved", was=desk.words(f"states.{entry.was.value}"), to=to)
    else:
        said = desk.words(f"facts.{entry.facts['fact']}") if entry.facts.get("fact") else desk.words("facts.other")
    more = []
    if entry.facts.get("unit"):
        more.append(desk.words("events.unit", unit=desk.group(By.UNIT, str(entry.facts["unit"]))))
    if entry.facts.get("resolution"):
        told = desk.words(f"resolutions.{entry.facts['resolution']}")
        more.append(desk.words("events.resolution", resolution=told))
    if entry.facts.get("number"):
        more.append(str(entry.facts["number"]))
    return " · ".join([said, *more])


def _cases(desk: Desk, letter: Letter) -> list[Told]:
    found = desk.tx.cases.named(letter.tickets)
    return [
        (case, [entry for entry in history if entry.at <= letter.at])
        for case, (_, history) in zip(as_cases(desk.tx, found), found, strict=True)
    ]


def _head(desk: Desk, letter: Letter) -> Facts:
    return Facts(
        (
            (desk.words("reports.supervision.number"), letter.number),
            (desk.words("reports.supervision.issued"), desk.moment(letter.at)),
            (desk.words("reports.supervision.by"), letter.by),
            (desk.words("reports.supervision.reply_by"), desk.moment(letter.reply_by)),
        )
    )


def _opening(desk: Desk, letter: Letter, cases: list[Told]) -> str:
    by = desk.moment(letter.reply_by)
    if len(cases) == 1:
        case = cases[0][0]
        facts = {"number": case.ticket.number, "condition": desk.condition(case), "place": desk.place(case)}
        return desk.words("reports.supervision.opening_one", reply_by=by, **facts)
    return desk.words("reports.supervision.opening", count=len(cases), reply_by=by)


def _list(desk: Desk, letter: Letter, cases: list[Told]) -> Table:
    wanted = (
        ("seq", 0.4, Shows.COUNT),
        ("number", 1.4),
        ("condition", 1.2),
        ("place", 2.2),
        ("due", 1.3, Shows.MOMENT),
    )
    columns = (
        *(Column(desk.words(f"columns.{name}"), *more) for name, *more in wanted),
        Column(desk.words("reports.supervision.hours_late"), 0.9, Shows.NUMBER),
    )
    rows = []
    for place, (case, _) in enumerate(cases, start=1):
        due = case.ticket.due_at
        late = max(0.0, (letter.at - due).total_seconds() / 3600) if due else None
        rows.append((place, case.ticket.number, desk.condition(case), desk.place(case), due, late))
    return Table(desk.words("reports.supervision.list"), columns, tuple(rows))
