"""A visit folder: an imported evaluation table, its pairs of pictures, its gaps."""

import io
from dataclasses import replace

import openpyxl
import pytest

from detector.catalog import load_catalog
from service.domain.evaluation import Item, read_evaluation
from service.reports.paper import Heading, Pair, Table
from service.reports.scopes import Scope
from service.reports.visit import visit_folder
from service.spreadsheet import read_tables
from service.store import Store
from service.store.evaluations import Evaluation
from tests.build import NOON
from tests.service.reports.build import CLOSED, FILED, a_reported, walk
from tests.service.reports.test_papers import a_desk

ROWS: list[tuple[object, ...]] = [
    ("某区文明城区测评表", None, None, None, None),
    ("序号", "测评内容", "分值", "问题类别", "照片组数"),
    ("1-1", "主次干道无暴露垃圾", "2分", "暴露垃圾", 1),
    ("1-2", "背街小巷无乱张贴小广告，无飞线充电", 3, None, None),
    ("2-1", "窗口单位服务规范", "若干", None, "多"),
    ("2-2", "无店外经营", 1.5, "店外经营、乱停车", 3),
    (None, None, None, None, None),
]


def a_workbook(rows: list[tuple[object, ...]] = ROWS, merged: str | None = None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if merged:
        book.active.merge_cells(merged)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def items_of(data: bytes) -> tuple[tuple[Item, ...], list[tuple[str, str]]]:
    read = read_evaluation(read_tables(data), load_catalog())
    return read.items, [(one.cell, one.problem) for one in read.unread]


def test_a_table_is_read_with_its_conditions_and_what_is_unclear_is_said() -> None:
    items, unread = items_of(a_workbook())
    assert [(item.number, item.points, item.conditions, item.pairs) for item in items] == [
        ("1-1", 2.0, ("litter",), 1),
        ("1-2", 3.0, ("illegal_ad", "flying_wire"), 2),
        ("2-1", None, (), 2),
        ("2-2", 1.5, ("out_of_store",), 3),
    ]
    assert unread == [("C5", "no_amount"), ("E5", "no_amount"), ("D6", "condition_unknown")]


def test_a_merged_condition_holds_for_all_its_rows_and_a_number_stands_once() -> None:
    rows: list[tuple[object, ...]] = [
        ("序号", "测评内容", "问题类别"),
        (1, "甲", "litter"),
        (2, "乙", None),
        (1, "丙", None),
    ]
    items, unread = items_of(a_workbook(rows, "C2:C3"))
    assert [(item.number, item.conditions) for item in items] == [("1", ("litter",)), ("2", ("litter",))]
    assert unread == [("B4", "number_twice")]


def test_the_folder_shows_pairs_under_their_items_and_gaps_first(store: Store) -> None:
    walk(store, a_reported(store).id, CLOSED)
    last = walk(store, a_reported(store, metres_east=400).id, CLOSED, at=NOON)
    wires = walk(store, a_reported(store, "flying_wire").id, CLOSED)
    walk(store, a_reported(store, "out_of_store").id, FILED)
    items, _ = items_of(a_workbook())
    evaluation = Evaluation("evl_1", "测评表", items, (), "0" * 64, "ops", NOON)
    with store.write() as tx:
        tx.evaluations.add(evaluation)
        assert tx.evaluations.get("evl_1") == evaluation
        paper = visit_folder(replace(a_desk(tx, "en", Scope()), evaluation=evaluation))
    gaps, index = [block for block in paper.blocks if isinstance(block, Table)]
    assert [(row[0], row[2]) for row in gaps.rows] == [
        ("1-2", "1 before/after pairs missing"),
        ("2-1", "belongs to no condition; to be filled by hand"),
        ("2-2", "3 before/after pairs missing"),
    ]
    assert [row[4:6] for row in index.rows] == [(1, 1), (2, 1), (2, 0), (3, 0)]
    shown = [
        block.text if isinstance(block, Heading) else block.title[:16]
        for block in paper.blocks
        if isinstance(block, Heading | Pair)
    ]
    assert shown[:4] == ["1-1 主次干道无暴露垃圾", last.number, "1-2 背街小巷无乱张贴小广告，无飞线充电", wires.number]
    assert len(paper.pictures) == 4


@pytest.mark.parametrize("rows", [[("a", "b")], [("内容",), ("x",)], [("序号", "测评内容")]])
def test_a_sheet_without_items_gives_none(rows: list[tuple[object, ...]]) -> None:
    assert items_of(a_workbook(rows))[0] == ()
