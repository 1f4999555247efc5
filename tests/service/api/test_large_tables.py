"""Spreadsheets of a real city weigh more than a body of JSON may: each route that takes one takes a large one."""

import io
from random import Random

import openpyxl
import pytest

from service.domain.states import Role
from tests.serving import Serving

STANDARD = ("问题类别", "立案条件", "处置时限", "责任单位", "结案条件")
EVALUATION = ("序号", "测评内容", "分值", "问题类别", "对比组数")
SHOPS = ("名称", "地址", "经度", "纬度", "承诺")
JSON_BYTES = 256 * 1024


def a_heavy_book(*rows: tuple[object, ...]) -> bytes:
    """A table, and beside it a sheet of somebody's notes that no packing makes small."""
    book, out, random = openpyxl.Workbook(), io.BytesIO(), Random(7)
    for row in rows:
        book.active.append(row)
    notes = book.create_sheet("备注")
    for _ in range(600):
        notes.append([random.randbytes(500).hex()])
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("path", "rows", "told"),
    [
        ("policy/standard", (STANDARD, ("暴露垃圾", "垃圾不在容器内", "4工作时", "环卫", "清除")), "rows"),
        ("evaluations", (EVALUATION, ("1.1", "无暴露垃圾", 4, "暴露垃圾", 3)), "items"),
        ("premises-table", (SHOPS, ("张记", "河东街 12 号", 121.47, 31.23, "不摆不挂")), "added"),
        ("premises-table/check", (SHOPS, ("张记", "河东街 12 号", 121.47, 31.23, "不摆不挂")), "added"),
    ],
)
def test_a_spreadsheet_beyond_256_kibibytes_is_read(
    serving: Serving, path: str, rows: tuple[tuple[object, ...], ...], told: str
) -> None:
    table = a_heavy_book(*rows)
    assert len(table) > JSON_BYTES
    answer = serving.http.post(
        f"/api/{path}",
        files={"file": ("table.xlsx", table)},
        data={"name": "2026"},
        headers=serving.key(Role.OPS),
    )
    assert answer.status_code in (200, 201), answer.text
    assert len(answer.json()[told]) == 1
