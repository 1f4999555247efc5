"""A city's standard as a spreadsheet: what is read of it, and a clear word about what is not."""

import io
import tracemalloc
import zipfile
import zlib
from datetime import date

import openpyxl
import pytest

from detector.catalog import Limit, Name, load_catalog
from service.domain.policy import HandlingUnit, check_policy
from service.domain.standard import Standard, read_limit, read_standard
from service.errors.policies import StandardTooLarge, StandardUnreadable
from service.spreadsheet import read_tables
from service.standards import propose
from tests.build import POLICY_TOML, SHANGHAI, a_policy

CATALOG = load_catalog()
UNITS = (
    HandlingUnit("sanitation", Name("Sanitation", "环卫所")),
    HandlingUnit("housing", Name("Housing", "物业管理站")),
)
HEADS = ("大类名称", "小类代码", "小类名称", "立案条件", "责任单位", "处置时限", "结案条件")
Row = tuple[object, ...]


def a_sheet(*rows: Row, heads: tuple[str, ...] = HEADS, merged: tuple[str, ...] = ()) -> bytes:
    """A standard with a title line, as cities write them."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "事件类"
    sheet.append(["某市城市管理事件立案、处置和结案标准"])
    sheet.append(list(heads))
    for row in rows:
        sheet.append(list(row))
    for span in merged:
        sheet.merge_cells(span)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(data: bytes) -> Standard:
    return read_standard(read_tables(data), CATALOG, UNITS, "platform2020")


LITTER: Row = ("市容环境", "01-10", "暴露垃圾", "公共场所有未入容器的垃圾", "环卫所", "3工作时", "清理干净")
ADS: Row = ("宣传广告", "02-01", "非法小广告", "公共场所张贴、喷涂广告", "市容大队", "2个工作日", "清除")
WIRING: Row = ("市容环境", "01-08", "私搭乱建", "占用道路搭建", "物业管理站", "10工作日", "拆除")
WIRE: Row = ("市容环境", "01-08", "私搭乱建", "从楼内飞线充电", "物业管理站", "4小时", "拆除")


def test_a_standard_gives_limits_owners_and_closing_conditions() -> None:
    standard = read(a_sheet(LITTER, WIRING))
    (litter,) = [row for row in standard.rows if row.condition == "litter"]
    assert (litter.row, litter.found_by, litter.limit, litter.unit) == (
        3,
        "name",
        Limit(3, "working_hour"),
        "sanitation",
    )
    assert (litter.filed_when, litter.closed_when) == ("公共场所有未入容器的垃圾", "清理干净")


def test_what_cannot_be_read_is_named_by_its_cell() -> None:
    standard = read(a_sheet(LITTER, ADS, WIRE))
    told = {(one.cell, one.problem, one.value) for one in standard.unread}
    assert told == {("E4", "unit_unknown", "市容大队"), ("F5", "unit_unclear", "4小时")}
    limits = {row.condition: row.limit for row in standard.rows}
    assert limits == {
        "litter": Limit(3, "working_hour"),
        "illegal_ad": Limit(2, "working_day"),
        "flying_wire": None,
    }


def test_a_condition_that_stands_in_the_words_of_another_row_is_found_there() -> None:
    wire = (*WIRE[:5], "4工作时", "拆除")
    standard = read(a_sheet(WIRING, wire))
    (row,) = [row for row in standard.rows if row.condition == "flying_wire"]
    assert (row.row, row.found_by, row.limit) == (4, "text", Limit(4, "working_hour"))


def test_a_cell_that_is_merged_over_rows_holds_for_all_of_them() -> None:
    wire = (None, None, None, "从楼内飞线充电", None, None, "拆除")
    standard = read(a_sheet(WIRING, wire, merged=("A3:A4", "B3:B4", "C3:C4", "E3:E4", "F3:F4")))
    (row,) = [row for row in standard.rows if row.condition == "flying_wire"]
    assert (row.limit, row.unit) == (Limit(10, "working_day"), "housing")


def test_a_cell_that_is_merged_over_columns_says_nothing_certain() -> None:
    spread = ("市容环境", "01-10", "暴露垃圾", "有垃圾", "环卫所", "4工作时内清理", None)
    standard = read(a_sheet(spread, merged=("F3:G3",)))
    assert [(one.cell, one.problem) for one in standard.unread] == [("F3", "merged_across")]
    assert standard.rows[0].limit is None


def test_a_code_that_the_spreadsheet_took_for_a_date_is_put_right_and_told() -> None:
    odd = ("宣传广告", date(2026, 2, 1), "乱贴乱画", "张贴、喷涂", None, "1工作日", "清除")
    standard = read(a_sheet(odd))
    assert [(row.condition, row.found_by) for row in standard.rows] == [("illegal_ad", "code")]
    assert {(one.problem, one.was_used) for one in standard.unread} == {
        ("code_was_a_date", True),
        ("name_differs", True),
    }


def test_of_several_limits_for_one_condition_the_strictest_is_taken_and_told() -> None:
    strict = (*LITTER[:5], "2紧急工作时", "清理干净")
    standard = read(a_sheet(LITTER, strict))
    assert [row.limit for row in standard.rows] == [Limit(2, "urgent_hour")]
    assert [one.problem for one in standard.unread] == ["several_limits"]


def test_rows_about_other_things_are_counted() -> None:
    assert read(a_sheet(LITTER, ("市政", "05-01", "井盖缺失", "缺失", None, "1紧急工作时", "补齐"))).others == 1


@pytest.mark.parametrize(
    ("words", "limit"),
    [
        ("4工作时", Limit(4, "working_hour")),
        ("2个紧急工作时", Limit(2, "urgent_hour")),
        ("十二个工作日", Limit(12, "working_day")),
        ("7自然日", Limit(7, "calendar_day")),
        ("半个工作日", Limit(0.5, "working_day")),
        ("30 minutes", Limit(30, "minute")),
        ("0工作时", "no_amount"),
        ("3天", "unit_unclear"),
        ("立即", "no_amount"),
    ],
)
def test_a_limit_in_words(words: str, limit: Limit | str) -> None:
    assert read_limit(words) == limit


def test_a_number_alone_takes_the_unit_of_its_columns_head() -> None:
    heads = (*HEADS[:5], "处置时限（工作时）", HEADS[6])
    assert read(a_sheet((*LITTER[:5], 6, "清理"), heads=heads)).rows[0].limit == Limit(6, "working_hour")


def test_a_proposal_keeps_the_comments_of_the_policy_and_is_a_policy() -> None:
    text = POLICY_TOML.read_text(encoding="utf-8")
    proposal = propose(a_sheet(LITTER), text, a_policy(), CATALOG, "platform2020")
    assert [line for line in text.splitlines() if line not in proposal.text] == []
    policy, problems = check_policy(proposal.text, CATALOG, SHANGHAI)
    assert problems == ()
    assert policy is not None
    rule = policy.rule("litter")
    assert (rule.limit, rule.radius_m, rule.closed_when) == (Limit(3, "working_hour"), 50, Name("清理干净", "清理干净"))


def test_a_file_that_is_no_spreadsheet_is_refused() -> None:
    for data in (b"not a spreadsheet", b"PK\x03\x04broken", _zip_with("a.txt", b"x")):
        with pytest.raises(StandardUnreadable):
            propose(data, "", a_policy(), CATALOG)


def test_a_bent_spreadsheet_is_refused_and_nothing_else_happens() -> None:
    good = a_sheet(LITTER)
    for at in range(0, len(good), max(1, len(good) // 120)):
        bent = good[:at] + bytes([good[at] ^ 0xFF]) + good[at + 1 :]
        try:
            propose(bent, "", a_policy(), CATALOG, "platform2020")
        except (StandardUnreadable, StandardTooLarge):
            continue


def test_a_spreadsheet_without_a_table_of_limits_is_refused() -> None:
    with pytest.raises(StandardUnreadable):
        propose(a_sheet(("a", "b"), heads=("x", "y")), "", a_policy(), CATALOG)


def test_a_spreadsheet_that_swells_or_declares_entities_is_refused_before_it_is_read() -> None:
    with pytest.raises(StandardTooLarge):
        read_tables(_zip_with("xl/worksheets/sheet1.xml", b"0" * (30 * 1024 * 1024)))
    with pytest.raises(StandardUnreadable):
        read_tables(_zip_with("xl/workbook.xml", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'))


def test_a_spreadsheet_that_lies_about_how_much_is_in_it_is_not_unpacked() -> None:
    bomb = bytearray(_zip_with("xl/workbook.xml", bytes(32 * 1024 * 1024)))
    listed = bomb.find(b"PK\1\2")
    bomb[listed + 16 : listed + 20] = zlib.crc32(bytes(100)).to_bytes(4, "little")
    bomb[listed + 24 : listed + 28] = (100).to_bytes(4, "little")
    tracemalloc.start()
    try:
        with pytest.raises(StandardUnreadable):
            read_tables(bytes(bomb))
        assert tracemalloc.get_traced_memory()[1] < 8 * 1024 * 1024
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "more",
    [
        b'<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>',
        b'<mergeCells count="1"><mergeCell ref="&#65;1:XFD1048576"/></mergeCells>',
        b'<hyperlinks><hyperlink ref="A1:XFD1048576" location="A1"/></hyperlinks>',
        b'<hyperlinks><hyperlink ref="A:XFD" location="A1"/></hyperlinks>',
        b"<row/>" * 1_000_001,
    ],
)
def test_a_small_spreadsheet_of_which_a_reader_would_make_millions_of_cells_is_refused(more: bytes) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(a_sheet(LITTER))) as good, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bent:
        for name in good.namelist():
            bent.writestr(name, good.read(name).replace(b"</sheetData>", b"</sheetData>" + more))
    with pytest.raises(StandardTooLarge):
        read_tables(out.getvalue())


def _zip_with(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, content)
    return out.getvalue()
