"""Papers as a city gets them: what they list, real cells in a workbook, signs embedded in a PDF."""

import io
import json
import shutil
import subprocess
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest

from detector.catalog import Name, load_catalog
from service.domain.campaigns import Campaign
from service.domain.premises import Premises, PremisesKind
from service.domain.premises_cells import square_around
from service.domain.routing import Grid, Street
from service.domain.ticket import Ticket
from service.errors import Busy, Unprocessable
from service.errors.papers import ReportTooLarge, ReportUnknown
from service.reports import making
from service.reports.desk import Desk
from service.reports.making import KINDS, as_file, compose
from service.reports.naming import Naming
from service.reports.paper import Bars, Column, Facts, Figure, Pair, Paper, Passage, Plate, Shows, Table
from service.reports.pdf import as_pdf
from service.reports.scopes import Scope
from service.reports.words import LANGUAGES, Language
from service.reports.xlsx import as_xlsx
from service.store import Store, Transaction
from service.store.addresses import Address
from tests.build import NOON, SHANGHAI, a_jpeg, a_place
from tests.service.reports.build import CLOSED, FILED, POLICY, a_look, a_reported, walk
from tests.serving import command

CAMPAIGN = Campaign("cpn_1", 1, "冬季整治", date(2026, 11, 23), date(2026, 11, 29), "ops", NOON, target=4)


def a_desk(tx: Transaction, language: Language = "zh", scope: Scope | None = None) -> Desk:
    catalog = load_catalog()
    naming = Naming.read(tx, catalog)
    return Desk(tx, catalog, POLICY, naming, language, a_look(), scope or Scope(campaign=CAMPAIGN), "ops")


def a_paper(*blocks: object, language: Language = "zh") -> Paper:
    return Paper(
        "paper",
        "标题 Title",
        language,
        SHANGHAI,
        NOON,
        "{page} / {pages}",
        "made",
        blocks=blocks,  # type: ignore[arg-type]  # a test's blocks
    )


def a_grid_around(ticket: Ticket, street: str | None = None) -> Grid:
    assert ticket.place is not None
    lon, lat = ticket.place.lon, ticket.place.lat
    ring = [[lon + x, lat + y] for x, y in ((-1e-3, -1e-3), (1e-3, -1e-3), (1e-3, 1e-3), (-1e-3, 1e-3), (-1e-3, -1e-3))]
    return Grid("g1", Name("Corner", "街角"), {"type": "Polygon", "coordinates": [ring]}, {}, street=street)


def a_table(*rows: tuple[object, ...], shows: Shows = Shows.TEXT) -> Table:
    return Table("表", (Column("a", 1.0, shows),), rows)  # type: ignore[arg-type]  # a test's cells


def sheets(data: bytes) -> dict[str, list[tuple[object, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {sheet.title: [tuple(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def pdf_text(data: bytes, folder: Path) -> str:
    (folder / "paper.pdf").write_bytes(data)
    told = subprocess.run(["pdftotext", "-layout", str(folder / "paper.pdf"), "-"], capture_output=True, check=True)
    return told.stdout.decode()


needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_paper_becomes_both_kinds_of_file_with_and_without_tickets(
    store: Store, language: Language
) -> None:
    simple = [kind for kind in KINDS if kind.about in (None, "campaign")]
    for filled in (False, True):
        if filled:
            walk(store, a_reported(store).id, CLOSED)
            walk(store, a_reported(store, "flying_wire").id, FILED)
        with store.read() as tx:
            papers = [compose(kind.id, a_desk(tx, language)) for kind in simple]
        for paper in papers:
            for form in making.FORMATS:
                file = as_file(paper, form, lambda _: None)
                assert file.data[:4] in (b"%PDF", b"PK\x03\x04"), paper.name
                assert file.name.isascii()


def test_the_ledger_says_owner_limit_state_and_proof_of_every_filed_ticket(store: Store) -> None:
    closed = walk(store, a_reported(store).id, CLOSED)
    late = walk(store, a_reported(store, "flying_wire").id, FILED)
    a_reported(store, "illegal_ad")
    with store.read() as tx:
        told = sheets(as_xlsx(compose("ledger_unit", a_desk(tx, "en", Scope()))))
    by_number = {row[1]: row for rows in list(told.values())[1:] for row in rows[1:]}
    assert set(by_number) == {closed.number, late.number}
    assert by_number[closed.number][4] == "Sanitation"
    assert by_number[closed.number][7:9] == ("Closed", "Fixed")
    assert by_number[closed.number][10:] == ("no", "1 / 1")
    assert by_number[late.number][7:] == ("Dispatched", None, None, "yes", "1 / 0")


def test_the_ledger_of_each_street_says_where_in_words(store: Store) -> None:
    inside = walk(store, a_reported(store).id, FILED)
    outside = walk(store, a_reported(store, metres_east=3000).id, FILED)
    with store.write() as tx:
        tx.grids.put_streets([Street("yunqiao", Name("Yunqiao", "云桥街道"))])
        tx.units.put_grids([a_grid_around(inside, street="yunqiao")])
        tx.addresses.put(inside.id, Address("河东街 12 号", "ops", NOON))
    with store.read() as tx:
        told = sheets(as_xlsx(compose("ledger_street", a_desk(tx, scope=Scope()))))
        asked = compose("tasks", a_desk(tx, scope=Scope(streets=frozenset({"yunqiao"}))))
    assert [title.partition("：")[0] for title in list(told)[1:]] == ["云桥街道", "未划入街道"]
    by_number = {row[1]: row for rows in list(told.values())[1:] for row in rows[1:]}
    assert by_number[inside.number][3] == "街角 河东街 12 号 31.23040, 121.47370"
    assert by_number[outside.number][3] == "31.23040, 121.50525"
    (table,) = [block for block in asked.blocks if isinstance(block, Table)]
    assert [row[1] for row in table.rows] == [inside.number]
    assert ("范围", "云桥街道") in next(block for block in asked.blocks if isinstance(block, Facts)).pairs


def test_the_task_list_begins_with_what_is_most_urgent_and_leaves_candidates_out(store: Store) -> None:
    later = walk(store, a_reported(store, "illegal_ad").id, FILED)
    sooner = walk(store, a_reported(store, "out_of_store").id, FILED)
    with store.read() as tx:
        (table,) = [block for block in compose("tasks", a_desk(tx, scope=Scope())).blocks if isinstance(block, Table)]
    assert [row[1] for row in table.rows] == [sooner.number, later.number]
    assert table.marked == {0, 1}


def test_a_unit_with_nothing_due_has_no_rank(store: Store) -> None:
    walk(
        store, a_reported(store, at=NOON + timedelta(days=3, hours=23)).id, FILED, at=NOON + timedelta(days=3, hours=23)
    )
    walk(store, a_reported(store, "flying_wire").id, CLOSED)
    with store.read() as tx:
        table = next(
            block for block in compose("assessment", a_desk(tx, "en", Scope())).blocks if isinstance(block, Table)
        )
    assert [row[:2] for row in table.rows] == [(1, "Housing and property"), (None, "Sanitation")]


def test_a_campaign_says_how_far_it_has_come(store: Store) -> None:
    walk(store, a_reported(store).id, CLOSED)
    with store.read() as tx:
        paper = compose("campaign", a_desk(tx))
        with pytest.raises(Unprocessable):
            compose("campaign", a_desk(tx, scope=Scope()))
    assert "1 / 4（25%）" in str(paper.blocks)


def test_a_report_of_no_kind_is_refused(store: Store) -> None:
    with store.read() as tx, pytest.raises(ReportUnknown):
        compose("poem", a_desk(tx))


def test_a_paper_that_no_file_holds_is_refused_with_the_numbers() -> None:
    with pytest.raises(ReportTooLarge) as refused:
        as_file(a_paper(a_table(*[("x",)] * 2001)), "pdf", lambda _: None)
    assert refused.value.facts["most"] == 2000


def test_a_note_that_looks_like_a_formula_stays_text() -> None:
    evil = ('=HYPERLINK("http://evil")', "+1+1", "@x", "-2", "a\x07b\x00")
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(a_paper(a_table(*[(text,) for text in evil])))))
    cells = [row[0] for row in book["表"].iter_rows(min_row=2)]
    assert [cell.data_type for cell in cells] == ["s"] * 5
    assert [cell.value for cell in cells[:4]] == list(evil[:4])


@pytest.mark.parametrize(
    ("shows", "value", "read", "number_format"),
    [
        (Shows.SHARE, 0.5, 0.5, "0.0%"),
        (Shows.COUNT, 3, 3, "0"),
        (Shows.MOMENT, NOON, NOON.astimezone(SHANGHAI).replace(tzinfo=None), "yyyy-mm-dd hh:mm"),
    ],
)
def test_numbers_and_moments_are_real_ones(shows: Shows, value: object, read: object, number_format: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(a_paper(a_table((value,), shows=shows)))))
    cell = book["表"]["A2"]
    assert (cell.value, cell.number_format) == (read, number_format)


def test_sheets_of_one_name_and_of_forbidden_signs_get_names_of_their_own() -> None:
    blocks = [replace(a_table(("x",)), title=title) for title in ("a/b:c", "a/b:c", "长" * 40, "长" * 40)]
    names = list(sheets(as_xlsx(a_paper(*blocks))))[1:]
    assert len(set(names)) == 4
    assert all(len(name) <= 31 for name in names)


@needs_poppler
def test_a_pdf_embeds_its_fonts_and_prints_rare_signs_and_markup_as_they_are(tmp_path: Path) -> None:
    data = as_pdf(a_paper(Passage("张堃喆 <b>&amp; 5 < 6"), a_table(("整改台账",))), lambda _: None)
    told = pdf_text(data, tmp_path)
    assert "张堃喆 <b>&amp; 5 < 6" in told
    assert "整改台账" in told
    fonts = subprocess.run(["pdffonts", str(tmp_path / "paper.pdf")], capture_output=True, check=True, text=True)
    rows = [line.split() for line in fonts.stdout.splitlines()[2:]]
    assert rows
    assert all(row[-5] == "yes" for row in rows), fonts.stdout


def test_the_same_paper_gives_the_same_bytes() -> None:
    paper = a_paper(a_table(("x",)))
    assert as_pdf(paper, lambda _: None) == as_pdf(paper, lambda _: None)


@needs_poppler
@pytest.mark.parametrize("have", [True, False])
def test_a_picture_that_cannot_be_had_is_said_and_not_left_out(tmp_path: Path, have: bool) -> None:
    asked: list[str] = []

    def found(picture_id: str) -> bytes | None:
        asked.append(picture_id)
        return a_jpeg(width=3000, height=2000) if have else None

    pair = Pair("SW-1", Plate("before", "pic_1", "not here"), Plate("after", None, "no after"))
    told = pdf_text(as_pdf(a_paper(pair, language="en"), found), tmp_path)
    assert asked == ["pic_1"]
    assert ("not here" in told, "no after" in told) == (not have, True)


@needs_poppler
def test_a_table_longer_than_a_page_repeats_its_head(tmp_path: Path) -> None:
    data = as_pdf(a_paper(a_table(*[(f"row {number}",) for number in range(200)])), lambda _: None)
    assert pdf_text(data, tmp_path).count("\f") >= 4
    assert sum(line.strip() == "a" for line in pdf_text(data, tmp_path).splitlines()) >= 4


def test_the_command_line_writes_a_paper(tmp_path: Path) -> None:
    out = tmp_path / "weekly.xlsx"
    answer = command(
        "report", "weekly", "--data", str(tmp_path / "city"), "--format", "xlsx", "--lang", "en", "--out", str(out)
    )
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout)["to"] == str(out)
    assert "Weekly report" in sheets(out.read_bytes())
    for wrong, code in (("poem", "report.unknown"), ("letter", "letter.unknown"), ("campaign", "request.invalid")):
        refused = command("report", wrong, "--data", str(tmp_path / "city"))
        assert (refused.returncode, json.loads(refused.stderr)["code"]) == (2, code)


def test_while_one_paper_is_made_the_next_waits_and_is_then_told_to_come_again() -> None:
    press = making.Press(longest_wait_s=0.01)
    with press.turn(), pytest.raises(Busy):
        press.make(a_paper(), "xlsx", lambda _: None)
    assert press.make(a_paper(), "xlsx", lambda _: None).name == "paper.xlsx"


def test_numbers_stand_at_the_right_and_charts_of_a_wide_page_beside_each_other(tmp_path: Path) -> None:
    bars = [Bars(title, tuple(f"11-{day:02}" for day in range(1, 26)), (("n", (1.0,) * 25),)) for title in ("A", "B")]
    text = pdf_text(as_pdf(replace(a_paper(*bars), sideways=True), lambda _: None), tmp_path)
    titles = next(line for line in text.splitlines() if "A" in line and "B" in line)
    assert titles.index("A") < titles.index("B")
    days = next(line for line in text.splitlines() if "11-01" in line).split()
    assert "11-02" not in days, "labels that would run into each other are left out"
    assert all(len(day) == 5 for day in days)
    figures = Table("T", (Column("name", 1.0), Column("value", 1.0)), (("a", Figure(7.0, Shows.COUNT)), ("b", "12345")))
    lines = pdf_text(as_pdf(a_paper(figures), lambda _: None), tmp_path).splitlines()
    ends = {
        line.rstrip().index(end) + len(end) for line in lines for end in ("7", "12345") if line.rstrip().endswith(end)
    }
    assert max(ends) - min(ends) <= 1, "in columns of the text, which are rounded"


def test_the_doorstep_ledger_says_what_lay_before_whose_door(store: Store) -> None:
    with store.write() as tx:
        for name, metres, more in (("张记", 0.0, {"score": 96, "award": "示范户"}), ("李记", 400.0, {})):
            lon, lat = a_place(metres_east=metres).lon, a_place().lat
            ring = tuple(square_around((lon, lat), 20.0))
            doorstep = frozenset({"out_of_store"})
            tx.premises.add(Premises(name, 1, PremisesKind.SHOP, name, ring, NOON, doorstep=doorstep, **more))
    walk(store, a_reported(store, "out_of_store").id, FILED)
    a_reported(store, "litter", metres_east=400.0)
    with store.read() as tx:
        paper = compose("doorsteps", a_desk(tx, scope=Scope()))
    table = next(block for block in paper.blocks if isinstance(block, Table))
    names = [column.title for column in table.columns]
    first, second = (dict(zip(names, row, strict=True)) for row in table.rows)
    assert (first["名称"], first["评分"], first["荣誉"], first["在办"]) == ("张记", 96, "示范户", 1)
    assert first["上报数"] == Figure(1.0, Shows.COUNT)
    assert (second["名称"], second["上报数"]) == ("李记", Figure(0.0, Shows.COUNT)), (
        "it answers for goods, not for litter"
    )
    assert table.marked == {0}
    assert "共 2 户，已签承诺 0 户，有荣誉称号 1 户，平均得分 96.0。" in [
        block.text for block in paper.blocks if isinstance(block, Passage)
    ]
