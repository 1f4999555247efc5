"""Shops by the hundred: a city's own list is looked at, imported, edited elsewhere and brought back."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest

from detector.catalog import load_catalog
from detector.types import GeoPoint
from service.domain.coordinates import to_gcj02
from service.domain.premises_table import Known, read_premises
from service.domain.standard import Table
from service.domain.states import Role
from service.premises import TableWish, read_table
from tests.serving import Serving, command

HEADS = (
    "序号",
    "商户名称",
    "地址",
    "经度",
    "纬度",
    "门面宽（米）",
    "门前三包",
    "联包单位",
    "评分",
    "承诺日期",
    "荣誉称号",
)
ZHANG = (
    1,
    "张记小吃",
    "河东街 12 号",
    121.47,
    31.23,
    6,
    "店外经营、暴露垃圾",
    "sanitation",
    96,
    "2026年3月5日",
    "示范户",
)
RING = "POLYGON((121.48 31.23, 121.4801 31.23, 121.4801 31.2301, 121.48 31.23))"


def a_csv(*rows: Sequence[object], heads: Sequence[str] = HEADS) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows((heads, *rows))
    return out.getvalue().encode()


def a_book(*rows: Sequence[object], heads: Sequence[str] = HEADS) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in (("云桥街道沿街商户台账",), heads, *rows):
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def send(serving: Serving, table: bytes, path: str = "", **fields: str) -> httpx.Response:
    files = {"file": ("shops.xlsx", table)}
    headers = serving.key(Role.OPS)
    return serving.http.post(f"/api/premises-table{path}", files=files, data=fields, headers=headers)


def kept(serving: Serving) -> list[dict[str, Any]]:
    told: dict[str, Any] = serving.http.get("/api/premises", headers=serving.key(Role.OPS)).json()
    return sorted(told["items"], key=lambda one: str(one["name"]))


def test_a_citys_list_is_looked_at_and_then_taken(serving: Serving) -> None:
    checked = send(serving, a_book(ZHANG), "/check").json()
    assert ([row["name"] for row in checked["added"]], kept(serving)) == (["张记小吃"], [])
    assert send(serving, a_book(ZHANG), reason="survey").json() == checked
    (shop,) = kept(serving)
    assert (shop["kind"], shop["address"], shop["score"], shop["award"]) == ("shop", "河东街 12 号", 96, "示范户")
    assert (shop["pledged_on"], shop["unit_id"]) == ("2026-03-05", "sanitation")
    assert shop["doorstep"] == ["litter", "out_of_store"]
    lons = [corner[0] for corner in shop["frontage"]]
    assert (max(lons) - min(lons)) * 95_080 == pytest.approx(6, abs=0.1), "metres of longitude at 31.23° north"


def test_the_same_list_again_changes_nothing_and_a_better_one_what_it_says(serving: Serving) -> None:
    send(serving, a_csv(ZHANG))
    assert send(serving, a_csv(ZHANG)).json() == {"added": [], "changed": [], "same": 1, "unread": []}
    scores = a_csv(("张记小吃", 88), heads=("店名", "评分"))
    (changed,) = send(serving, scores).json()["changed"]
    (shop,) = kept(serving)
    assert (shop["id"], shop["version"], shop["score"], shop["award"]) == (changed["id"], 2, 88, "示范户")


def test_what_cannot_be_read_is_named_by_its_cell_and_the_rest_is_taken(serving: Serving) -> None:
    rows = (
        ZHANG,
        (2, "", "无名", 121.47, 31.23, 6),
        (3, "李记", "", "东经", 31.23, 6),
        (4, "王记", "", 121.49, 31.23, "宽", "噪声", "外星局", "优", "春天"),
        (5, "张记小吃", "河东街 12 号", 121.47, 31.23, 6),
        (6, "赵记", "", "", ""),
        (7, "孙记", "", 121.49, 31.23, ""),
    )
    told = send(serving, a_book(*rows)).json()
    assert [row["name"] for row in told["added"]] == ["张记小吃", "王记", "孙记"]
    assert [(one["cell"], one["problem"], one["value"], one["was_used"]) for one in told["unread"]] == [
        ("B4", "empty", "", False),
        ("D5", "frontage_unclear", "东经", False),
        ("F6", "no_amount", "宽", True),
        ("G6", "condition_unknown", "噪声", True),
        ("H6", "unit_unknown", "外星局", True),
        ("I6", "no_score", "优", True),
        ("J6", "no_day", "春天", True),
        ("D9", "width_assumed", "8 m", True),
        ("7", "twice", "张记小吃", False),
        ("8", "frontage_missing", "赵记", False),
    ]


def test_a_list_is_taken_away_edited_elsewhere_and_brought_back(serving: Serving) -> None:
    send(serving, a_csv(("=李记", RING, "大院"), heads=("名称", "门前范围", "类型")), doorstep="litter")
    away = serving.http.get("/api/premises-table", headers=serving.key(Role.VIEWER)).text
    assert send(serving, away.encode()).json()["same"] == 1
    edited = away.replace("yard", "shop").encode()
    assert len(send(serving, edited).json()["changed"]) == 1
    (late,) = send(serving, edited.replace(b"litter", b"")).json()["unread"]
    assert (late["problem"], late["was_used"]) == ("stale", False)
    (shop,) = kept(serving)
    assert (shop["name"], shop["kind"], shop["doorstep"], shop["version"]) == ("=李记", "shop", ["litter"], 2)


def test_a_table_of_an_old_spreadsheet_and_of_a_chinese_map_is_read_too(serving: Serving) -> None:
    there = to_gcj02(GeoPoint(31.23, 121.47))
    heads, row = ("名称", "经度", "纬度", "面宽"), ("张记", there.lon, there.lat, 4)
    table = a_csv(row, heads=heads).decode().replace(",", "\t").encode("gb18030")
    assert send(serving, table, coordinates="gcj02").status_code == 200
    lon, lat = kept(serving)[0]["frontage"][0]
    assert (lon, lat) == pytest.approx((121.47, 31.23), abs=5e-5)


def test_a_large_list_is_taken_and_a_larger_one_refused(serving: Serving) -> None:
    heads, pledge = ("名称", "经度", "纬度", "面宽", "承诺"), "门前不摆、不堆、不挂。" * 20
    table = a_csv(*((f"商户 {n}", 121.4 + n * 1e-4, 31.23, 6, pledge) for n in range(500)), heads=heads)
    assert len(table) > 256 * 1024
    told = send(serving, table).json()
    assert (len(told["added"]), told["unread"]) == (500, [])
    many = a_csv(*((f"商户 {n}",) for n in range(10_001)), heads=("名称", "地址"))
    refused = send(serving, many)
    assert (refused.status_code, refused.json()["code"]) == (413, "premises.table_too_large")


def test_a_list_is_read_while_somebody_else_writes(serving: Serving) -> None:
    city = serving.city
    with city.store.write():
        read = read_table(city.store, a_csv(ZHANG), TableWish(), city.catalog)
    assert [row.name for row in read.rows] == ["张记小吃"]


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_xls"),
        (b"PK\x03\x04", "not_xlsx"),
        (b"\x89PNG\r\n\x1a\n\0\0\xff", "not_text"),
        ("标题\n一行".encode(), "no_premises"),
        (b'name,address\n"' + b"x" * 200_000 + b'",', "not_csv"),
    ],
)
def test_a_file_that_is_no_list_of_premises_is_refused(serving: Serving, table: bytes, problem: str) -> None:
    refused = send(serving, table)
    assert (refused.status_code, refused.json()["code"]) == (422, "premises.table_unreadable")
    assert refused.json()["facts"]["problem"] == problem


def test_a_list_is_imported_without_a_browser(tmp_path: Path) -> None:
    data, file = str(tmp_path / "city"), tmp_path / "shops.csv"
    file.write_bytes(a_csv(ZHANG, (2, "李记", "", "", "")))
    checked = command("premises", "check", "--data", data, str(file))
    assert checked.returncode == 1
    assert json.loads(checked.stdout.splitlines()[0])["problem"] == "frontage_missing"
    file.write_bytes(a_csv(ZHANG))
    taken = command("premises", "import", "--data", data, str(file), "--reason", "survey")
    told = {"added": 1, "changed": 0, "same": 0, "left_out": 0}
    assert (taken.returncode, json.loads(taken.stdout)) == (0, told), taken.stderr
    assert "张记小吃" in command("premises", "export", "--data", data).stdout


def test_a_cell_merged_over_rows_says_the_same_in_each_of_them() -> None:
    heads = {(1, at): word for at, word in enumerate(("name", "lon", "lat", "address"), 1)}
    shops = {(2, 1): "a", (2, 2): 121.47, (2, 3): 31.23, (3, 1): "b", (3, 2): 121.48, (3, 3): 31.23, (2, 4): "河东街"}
    read = read_premises([Table("shops", {**heads, **shops}, ((2, 4, 3, 4), (5, 1, 6, 9)))], Known(load_catalog(), ()))
    assert [(row.name, row.told["address"]) for row in read.rows] == [("a", "河东街"), ("b", "河东街")]
