"""The demo city's files agree with each other: pictures, places, grids, units, cameras, the clip and the benchmark."""

import itertools
import json
import tomllib
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image

from datasets.synth import clip, demo
from datasets.synth.tidy import REPORTABLE
from detector.catalog import load_catalog

ROOT = Path(__file__).resolve().parents[2]
CITY = ROOT / "service" / "demo"
BENCH = sorted((ROOT / "tests" / "data" / "bench").glob("*.jpg"))
ROWS: list[dict[str, Any]] = tomllib.loads((CITY / "city.toml").read_text(encoding="utf-8"))["pictures"]


def read(name: str) -> Any:
    return json.loads((CITY / name).read_text(encoding="utf-8"))


def holds(ring: list[list[float]], lon: float, lat: float) -> bool:
    """Whether a point lies in a ring, by the crossings of a ray."""
    inside = False
    for (x0, y0), (x1, y1) in itertools.pairwise(ring):
        if (y0 > lat) != (y1 > lat) and lon < (x1 - x0) * (lat - y0) / (y1 - y0) + x0:
            inside = not inside
    return inside


def test_there_are_at_most_twelve_pictures_and_each_exists() -> None:
    assert len(ROWS) <= 12
    assert {CITY / row["file"] for row in ROWS} == set((CITY / "pictures").glob("*"))


@pytest.mark.parametrize("row", ROWS, ids=[row["file"] for row in ROWS])
def test_a_picture_is_a_small_clean_jpeg(row: dict[str, Any]) -> None:
    file = CITY / row["file"]
    with Image.open(file) as picture:
        assert (picture.format, picture.size) == ("JPEG", (1280, 720))
        assert not picture.getexif()
    assert file.stat().st_size < 500_000


@pytest.mark.parametrize("row", ROWS, ids=[row["file"] for row in ROWS])
def test_a_picture_lies_in_exactly_one_grid(row: dict[str, Any]) -> None:
    rings = [grid["geometry"]["coordinates"][0] for grid in read("grids.geojson")["features"]]
    assert sum(holds(ring, row["lon"], row["lat"]) for ring in rings) == 1


def test_what_the_table_says_is_what_the_scene_holds() -> None:
    for row, wanted in zip(ROWS, demo.wanted(CITY / "city.toml"), strict=True):
        assert sorted(row["shows"]) == sorted(thing.kind for thing in wanted.scene.things), row["file"]


def test_every_condition_is_shown_and_some_streets_are_tidy() -> None:
    catalog = load_catalog()
    shown = {catalog.condition_of(kind) for row in ROWS for kind in row["shows"]}
    assert {"illegal_ad", "out_of_store", "litter", "flying_wire"} <= shown
    assert sum(not REPORTABLE & set(row["shows"]) for row in ROWS) >= 2


def test_pictures_come_from_an_inspector_a_known_camera_or_show_the_work_done() -> None:
    cameras = {camera["id"] for camera in read("cameras.json")}
    files = {row["file"] for row in ROWS}
    for row in ROWS:
        assert row["source"] in cameras | {"inspector", "after"}
        assert row.get("after_of", row["file"]) in files
    assert len({row["minutes_ago"] for row in ROWS}) == len(ROWS)


def test_every_grid_names_a_known_unit_for_every_condition() -> None:
    units = {unit["id"] for unit in read("units.json")}
    conditions = {condition.id for condition in load_catalog().conditions}
    grids = read("grids.geojson")["features"]
    assert len({grid["properties"]["code"] for grid in grids}) == len(grids)
    for grid in grids:
        assert set(grid["properties"]["units"]) == conditions
        assert set(grid["properties"]["units"].values()) <= units


def test_streets_have_names_in_both_languages_and_polygons_are_closed() -> None:
    features = read("streets.geojson")["features"]
    lines = [f for f in features if f["geometry"]["type"] == "LineString"]
    assert 8 <= len(lines) <= 20
    assert all(f["properties"]["name_zh"] and f["properties"]["name_en"] for f in lines)
    rings = [f["geometry"]["coordinates"][0] for f in features if f["geometry"]["type"] == "Polygon"]
    assert all(ring[0] == ring[-1] for ring in rings)


def test_fixed_cameras_stand_in_the_district_and_their_clips_exist() -> None:
    rings = [grid["geometry"]["coordinates"][0] for grid in read("grids.geojson")["features"]]
    for camera in read("cameras.json"):
        if camera["kind"] == "fixed":
            assert any(holds(ring, camera["lon"], camera["lat"]) for ring in rings)
        if camera["url"]:
            assert (CITY / camera["url"]).is_file()


def test_the_clip_is_short_small_and_has_a_keyframe_every_second() -> None:
    file = CITY / "clip.mp4"
    assert file.stat().st_size <= 3_000_000
    with av.open(str(file)) as opened:
        stream = opened.streams.video[0]
        frames = [(frame.time or 0.0, frame.key_frame) for frame in opened.decode(stream)]
        assert (stream.codec_context.name, stream.width, stream.height) == ("h264", 1280, 720)
    keys = [time for time, key in frames if key]
    assert 10 <= len(frames) / clip.RATE <= 15
    assert max(b - a for a, b in itertools.pairwise(keys)) <= 2


def test_a_car_drives_through_the_clip_and_leaves_it() -> None:
    seen = [clip.car_x(number / clip.RATE) for number in range(clip.RATE * clip.SECONDS)]
    passing = [x for x in seen if x is not None]
    assert passing == sorted(passing, reverse=True)
    assert seen[0] is None
    assert seen[-1] is None


def test_the_car_is_rendered_only_where_it_is() -> None:
    for name, scene in clip.scenes().items():
        border = clip.border_of(scene)
        assert (border is None) == (name == "empty")
        if border is not None:
            assert 0 <= border[0] < border[2] <= 1
            assert 0 <= border[1] < border[3] <= 1


def test_the_benchmark_has_twenty_pictures_of_1080p() -> None:
    assert len(BENCH) == 20
    for file in BENCH:
        with Image.open(file) as picture:
            assert (picture.format, picture.size) == ("JPEG", (1920, 1080))
    assert sum(file.stat().st_size for file in BENCH) <= 8_000_000


def test_the_benchmark_takes_every_plate_once_before_any_twice() -> None:
    shots = demo.bench_shots([f"plate-{i}" for i in range(12)])
    assert len({plate for plate, _ in shots[:12]}) == 12
    assert len({(plate, shot.light, shot.crop) for plate, shot in shots}) == 20
