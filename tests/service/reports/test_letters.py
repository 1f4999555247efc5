"""A supervision letter: numbered, noted on every ticket, printed as it was written."""

from datetime import timedelta
from pathlib import Path

import pytest

from service.casework import Occasion
from service.domain.facts import FactKind
from service.domain.states import Role, State
from service.errors import Unprocessable
from service.letters import open_letter, supervise
from service.reports.letter import supervision_letter
from service.reports.making import as_file
from service.reports.paper import Heading, Passage, Table
from service.store import Store
from service.store.letters import LetterKind
from tests.build import NOON, an_actor
from tests.service.reports.build import FILED, POLICY, a_reported, walk
from tests.service.reports.test_papers import a_desk, pdf_text

ON = Occasion(an_actor(Role.OPS), POLICY, NOON + timedelta(days=1))


def test_a_letter_has_a_number_and_every_ticket_says_so(store: Store) -> None:
    first = walk(store, a_reported(store).id, FILED)
    second = walk(store, a_reported(store, metres_east=300).id, FILED)
    with store.write() as tx:
        letter = supervise(tx, [first.number, second.id], ON, "overdue")
        again = supervise(tx, [second.id, first.id], ON, "overdue")
        noted = [tx.facts.of_ticket(ticket.id) for ticket in (first, second)]
        kept = tx.tickets.get(first.id)
    assert (letter.number, letter.subject, letter.kind) == ("SL-2026-0001", "sanitation", LetterKind.SUPERVISION)
    assert again == letter
    assert [[(fact.kind, fact.details["number"]) for fact in facts] for facts in noted] == [
        [(FactKind.SUPERVISED, letter.number)],
        [(FactKind.SUPERVISED, letter.number)],
    ]
    assert kept.supervised_at == ON.now


def test_letters_are_numbered_without_a_gap_within_a_year(store: Store) -> None:
    ticket = walk(store, a_reported(store).id, FILED)
    days = (0, 1, 45)
    with store.write() as tx:
        on = [Occasion(ON.actor, POLICY, ON.now + timedelta(days=number)) for number in days]
        numbers = [open_letter(tx, "sanitation", [ticket.id], one).number for one in on]
        newest = [letter.number for letter in tx.letters.page(limit=2)]
        rest = [letter.number for letter in tx.letters.page(limit=2, before=newest[-1])]
    assert numbers == ["SL-2026-0001", "SL-2026-0002", "SL-2027-0001"]
    assert [*newest, *rest] == numbers[::-1]


def test_a_letter_is_about_one_unit_and_answered_in_the_future(store: Store) -> None:
    ours = walk(store, a_reported(store).id, FILED)
    theirs = walk(store, a_reported(store, "flying_wire").id, FILED)
    nobodys = a_reported(store, "illegal_ad")
    for wanted, reply_by in (([ours.id, theirs.id], None), ([nobodys.id], None), ([ours.id], ON.now)):
        with store.write() as tx, pytest.raises(Unprocessable):
            supervise(tx, wanted, ON, None, reply_by)


def test_the_time_line_of_a_letter_ends_where_the_letter_was_written(store: Store) -> None:
    ticket = walk(store, a_reported(store).id, FILED)
    with store.write() as tx:
        letter = supervise(tx, [ticket.id], ON, "a week late")
    walk(store, ticket.id, [State.IN_PROGRESS], at=ON.now)
    with store.read() as tx:
        paper = supervision_letter(a_desk(tx, "en"), letter)
    lines = next(block for block in paper.blocks if isinstance(block, Table) and ticket.number in block.title).rows
    assert [line[2] for line in lines] == [
        "opened as Reported",
        "Reported → Filed",
        "Filed → Dispatched · to Sanitation",
        "supervised · SL-2026-0001",
    ]
    said = [block.text for block in paper.blocks if isinstance(block, Passage | Heading)]
    assert said[0] == "To: Sanitation"
    assert "Reason: a week late" in said
    assert paper.name == "SL-2026-0001_en"


def test_a_chinese_letter_has_the_form_that_offices_write_to_each_other_in(store: Store, tmp_path: Path) -> None:
    tickets = [walk(store, a_reported(store, metres_east=300 * number).id, FILED).id for number in range(2)]
    with store.write() as tx:
        letter = supervise(tx, tickets, ON, "多次催办未办结")
    with store.read() as tx:
        papers = [supervision_letter(a_desk(tx, language), letter) for language in ("zh", "en")]
    text = pdf_text(as_file(papers[0], "pdf", lambda _: None).data, tmp_path)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    assert lines[:4] == ["城市管理指挥中心", "城管督〔2026〕1号", "关于限期办结2件街面问题的督办函", "环卫所："]
    signed = lines.index("特此函告。")
    assert lines[signed + 1 : signed + 5] == ["附件：1. 督办案件", "2. 办理过程", "城市管理指挥中心", "2026年11月26日"]
    assert [line for line in lines if line.startswith("附件") and "：" not in line] == ["附件1", "附件2"]
    numbered = [line for line in lines if line.startswith("—")]
    assert [line.strip("— ") for line in numbered] == ["2", "3"], "the first page has no number"
    assert papers[1].official is None
