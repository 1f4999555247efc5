"""Tickets to take away: readable by programs and by spreadsheets, never a formula, a unit's own only."""

import csv
import io
from typing import Any

import pytest
from openpyxl import load_workbook

from service.domain.states import Role
from service.exports import for_csv
from tests.build import a_jpeg
from tests.serving import Serving, send_photo


@pytest.fixture
def number(serving: Serving) -> str:
    """The number of the one ticket that there is."""
    sent = send_photo(serving.http, a_jpeg(), serving.key(Role.INSPECTOR), lat="31.2304", lon="121.4737")
    told: str = sent.json()["tickets"][0]["number"]
    return told


def export(serving: Serving, path: str, role: Role = Role.OPS) -> Any:
    answer = serving.http.get(f"/api/exports/tickets.{path}", headers=serving.key(role))
    assert answer.status_code == 200, answer.text
    return answer


def test_a_table_for_programs_has_codes_and_one_for_people_words(serving: Serving, number: str) -> None:
    (row,) = csv.DictReader(io.StringIO(export(serving, "csv").content.decode("utf-8-sig")))
    assert (row["number"], row["state"], row["condition"]) == (number, "reported", "litter")
    assert (row["opened_at"], float(row["lat"])) == ("2026-11-25T04:00:00Z", 31.2304)
    (worded,) = csv.DictReader(io.StringIO(export(serving, "csv?lang=zh").content.decode("utf-8-sig")))
    assert worded["问题类别"] == "暴露垃圾"


def test_a_map_gets_points_on_wgs84(serving: Serving, number: str) -> None:
    told = export(serving, "geojson").json()
    assert told["type"] == "FeatureCollection"
    (feature,) = told["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [121.4737, 31.2304]}
    assert feature["properties"]["number"] == number


def test_a_workbook_opens_with_words_and_real_times(serving: Serving, number: str) -> None:
    answer = export(serving, "xlsx?lang=en")
    assert answer.headers["content-disposition"] == 'attachment; filename="tickets-20261125-1200.xlsx"'
    rows = list(load_workbook(io.BytesIO(answer.content)).active.values)
    row = dict(zip(rows[0], rows[1], strict=True))
    assert (row["Number"], row["Condition"], row["Opened"].hour) == (number, "Exposed litter", 12)


def test_filters_narrow_an_export_and_a_unit_gets_its_own(serving: Serving, number: str) -> None:
    assert number
    assert export(serving, "geojson?state=closed").json()["features"] == []
    assert export(serving, "geojson?opened_from=2026-11-26T00:00:00Z").json()["features"] == []
    assert len(export(serving, "geojson?opened_before=2026-11-26T00:00:00%2B08:00").json()["features"]) == 1
    assert export(serving, "geojson", Role.UNIT).json()["features"] == []


def test_places_come_in_the_wanted_system_and_say_so(serving: Serving, number: str) -> None:
    (mapped,) = csv.DictReader(io.StringIO(export(serving, "csv?coordinates=gcj02").content.decode("utf-8-sig")))
    assert "lat" not in mapped
    assert float(mapped["gcj02_lat"]) == pytest.approx(31.2284, abs=0.001)
    (metres,) = csv.DictReader(io.StringIO(export(serving, "csv?coordinates=cgcs2000").content.decode("utf-8-sig")))
    assert (metres["cgcs2000_north_m"], metres["cgcs2000_meridian"]) == ("3457455.49", "120")
    refused = serving.http.get("/api/exports/tickets.geojson?coordinates=gcj02", headers=serving.key(Role.OPS))
    assert (refused.status_code, refused.json()["facts"]["field"]) == (422, "coordinates")
    assert number


def test_a_place_off_a_chinese_map_is_kept_on_wgs84(serving: Serving) -> None:
    told = {"lat": "31.17530398364597", "lon": "121.531541859215", "coordinates": "gcj02"}
    sent = send_photo(serving.http, a_jpeg(), serving.key(Role.INSPECTOR), **told).json()
    assert sent["photo"]["place"]["lat"] == pytest.approx(31.1774276, abs=1e-6)
    assert sent["photo"]["place"]["lon"] == pytest.approx(121.5272106, abs=1e-6)
    wrong = send_photo(serving.http, a_jpeg(), serving.key(Role.INSPECTOR), **told | {"coordinates": "bd09"})
    assert (wrong.status_code, wrong.json()["facts"]["field"]) == (422, "coordinates")


def test_what_begins_like_a_formula_stays_a_text() -> None:
    assert [for_csv(value) for value in ("=1+1", "@x", "-1", "plain", -1.5)] == ["'=1+1", "'@x", "'-1", "plain", -1.5]
