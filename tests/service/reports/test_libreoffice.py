"""Our workbooks in a spreadsheet that people have, and not only in the library that wrote them."""

import csv
import io
import shutil
import subprocess
from pathlib import Path

import pytest

from service.reports.making import compose
from service.reports.xlsx import as_xlsx
from service.store import Store
from tests.service.reports.build import CLOSED, POLICY, a_reported, walk
from tests.service.reports.test_papers import a_desk

EVERY_SHEET_AS_UTF8 = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"

pytestmark = pytest.mark.skipif(
    shutil.which("soffice") is None, reason="LibreOffice is not installed; it is too large for every run"
)


def opened(book: bytes, folder: Path) -> dict[str, list[list[str]]]:
    """The sheets of a workbook as LibreOffice shows them, by the ends of their titles."""
    (folder / "book.xlsx").write_bytes(book)
    told = ["--headless", "--convert-to", EVERY_SHEET_AS_UTF8, "--outdir", str(folder), str(folder / "book.xlsx")]
    home = f"-env:UserInstallation={(folder / 'home').as_uri()}"
    subprocess.run(["soffice", home, *told], capture_output=True, check=True, timeout=120)
    files = folder.glob("book-*.csv")
    return {file.stem.removeprefix("book-"): list(csv.reader(io.StringIO(file.read_text("utf-8")))) for file in files}


def test_a_ledger_opens_in_libreoffice_with_its_numbers_and_moments(sqlite_store: Store, tmp_path: Path) -> None:
    with sqlite_store.write() as tx:
        tx.units.put(POLICY.units)
    closed = walk(sqlite_store, a_reported(sqlite_store).id, CLOSED)
    with sqlite_store.read() as tx:
        sheets = opened(as_xlsx(compose("ledger_unit", a_desk(tx))), tmp_path)
    cover, (title, ledger) = sheets.pop(next(name for name in sheets if name.startswith("整改台账"))), *sheets.items()
    assert any("2026-11-23" in cell for row in cover for cell in row)
    heads, row = ledger
    told = dict(zip(heads, row, strict=True))
    assert told["案件编号"] == closed.number
    assert (told["立案时间"][:16], told["状态"], told["序号"]) == ("2026-11-25 12:05", "已结案", "1")
    assert "#" not in "".join(row), title
