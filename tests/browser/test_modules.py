"""The pages' pure modules, asked directly in the browser that runs them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.serving import serve

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    data: Path = tmp_path_factory.mktemp("modules") / "city"
    with serve(data) as serving:
        page = chromium.new_page(base_url=str(serving.http.base_url))
        page.goto("/login?lang=en")
        yield page
        page.close()


def ask(page: Page, module: str, body: str, argument: object = None) -> Any:
    """What a function body makes of the module `m` and the argument `a`."""
    return page.evaluate(f"async (a) => {{ const m = await import('/static/js/{module}'); {body} }}", argument)


def test_a_place_survives_the_way_to_pixels_and_back(page: Page) -> None:
    body = """
      const origin = { lat: 30.5, lon: 121.42 }, size = { width: 800, height: 600 };
      const view = { x: 40, y: -20, scale: 1.7 };
      const pixels = m.toPixels(m.toMetres(a, origin), view, size);
      return m.toPlace(m.fromPixels(pixels, view, size), origin);
    """
    place = ask(page, "geo.js", body, {"lat": 30.50123, "lon": 121.41877})
    assert place["lat"] == pytest.approx(30.50123, abs=1e-9)
    assert place["lon"] == pytest.approx(121.41877, abs=1e-9)


def test_a_thousandth_of_a_degree_north_is_111_metres_up(page: Page) -> None:
    metres = ask(page, "geo.js", "return m.toMetres({ lat: 30.501, lon: 121.42 }, { lat: 30.5, lon: 121.42 })")
    assert metres["x"] == pytest.approx(0)
    assert metres["y"] == pytest.approx(-111.32, abs=0.01)


def test_zooming_holds_the_point_under_the_pointer(page: Page) -> None:
    body = """
      const size = { width: 800, height: 600 }, view = { x: 5, y: 6, scale: 1 };
      return [m.fromPixels(a, view, size), m.fromPixels(a, m.zoomed(view, 3, a, size), size)];
    """
    before, after = ask(page, "geo.js", body, {"x": 123, "y": 456})
    assert after == pytest.approx(before)


def test_pins_that_would_lie_on_each_other_are_joined(page: Page) -> None:
    pins = [{"point": {"x": x, "y": 0}} for x in (0, 5, 100)]
    assert ask(page, "geo.js", "return m.clustered(a, 26).map(({ pins }) => pins.length)", pins) == [2, 1]


def test_the_distance_to_a_street_is_that_to_its_nearest_piece(page: Page) -> None:
    line = [[121.41, 30.5005], [121.43, 30.5005]]
    distance = ask(page, "geo.js", "return m.metresToLine({ lat: 30.5, lon: 121.42 }, a)", line)
    assert distance == pytest.approx(55.66, abs=0.01)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(30, "1m"), (59 * 60, "59m"), (3600, "1h"), (7800, "2h 10m"), (90_000, "1d 1h"), (86_400, "1d")],
)
def test_a_length_of_time_is_told_in_its_two_largest_units(page: Page, seconds: int, words: str) -> None:
    assert ask(page, "i18n.js", "return m.span(a)", seconds) == words


def test_a_sentence_takes_its_facts_and_the_singular(page: Page) -> None:
    body = "await m.loadSentences(); return [1, 2].map((count) => m.t('upload.send', { count }))"
    assert ask(page, "i18n.js", body) == ["Send 1 photo", "Send 2 photos"]


def test_a_code_without_a_sentence_is_still_told(page: Page) -> None:
    body = "await m.loadSentences(); return m.sentenceOf({ code: 'moon.full' })"
    assert "moon.full" in ask(page, "i18n.js", body)


def test_labels_of_boxes_do_not_lie_on_each_other(page: Page) -> None:
    boxes = [{"xyxy": [100, 100, 300, 300]}, {"xyxy": [110, 104, 320, 310]}]
    first, second = ask(page, "picture.js", "return m.labelPlaces(a, 1000, 1000)", boxes)
    assert (first["above"], second["above"]) == (True, False)


def test_the_label_of_a_box_at_the_right_edge_is_set_from_the_right(page: Page) -> None:
    boxes = [{"xyxy": [100, 500, 300, 700]}, {"xyxy": [850, 500, 990, 700]}]
    left, right = ask(page, "picture.js", "return m.labelPlaces(a, 1000, 1000)", boxes)
    assert (left["end"], right["end"]) == (None, 0.99)


def test_a_border_that_two_grids_share_is_drawn_once(page: Page) -> None:
    west, east = [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]], [[1, 0], [2, 0], [2, 1], [1, 1], [1, 0]]
    grids = [{"type": "Polygon", "coordinates": [ring]} for ring in (west, east)]
    assert ask(page, "geo.js", "return m.bordersOf(a, { lat: 0, lon: 0 })", grids).count("M") == 7


def test_a_place_lies_inside_a_polygon_and_not_in_its_hole(page: Page) -> None:
    outside, hole = [[0, 0], [9, 0], [9, 9], [0, 9], [0, 0]], [[3, 3], [6, 3], [6, 6], [3, 6], [3, 3]]
    places = [{"lat": 1, "lon": 1}, {"lat": 4, "lon": 4}, {"lat": 1, "lon": 10}]
    polygon = {"type": "Polygon", "coordinates": [outside, hole]}
    body = "return a.places.map((place) => m.isInside(place, a.polygon))"
    assert ask(page, "geo.js", body, {"places": places, "polygon": polygon}) == [True, False, False]


EMPTIED = "await new Promise((done) => (box.onChange = () => box.letters.length === 0 && done()));"


def test_the_outbox_gives_back_the_youngest_and_sends_the_rest(page: Page) -> None:
    body = f"""
      const sent = [];
      const send = async (key) => sent.push(key);
      const box = new m.Outbox({{ window_ms: 20, retry_ms: 10, onChange() {{}}, onRefused() {{}}, send }});
      for (const key of ["one", "two", "three"]) box.add(key, {{}});
      const taken = box.undo().key;
      {EMPTIED}
      return {{ taken, sent }};
    """
    assert ask(page, "outbox.js", body) == {"taken": "three", "sent": ["one", "two"]}


def test_the_outbox_tries_again_what_may_pass_and_gives_up_what_is_refused(page: Page) -> None:
    body = f"""
      const tries = [], refused = [];
      const send = async (key) => {{
        tries.push(key);
        if (key === "no") throw {{ passing: false }};
        if (tries.length < 4) throw {{ passing: true }};
      }};
      const onRefused = ({{ key }}) => refused.push(key);
      const box = new m.Outbox({{ window_ms: 5, retry_ms: 10, onChange() {{}}, onRefused, send }});
      box.add("no", {{}});
      box.add("later", {{}});
      {EMPTIED}
      return {{ refused, tries }};
    """
    assert ask(page, "outbox.js", body) == {"refused": ["no"], "tries": ["no", "later", "later", "later"]}


def test_the_queue_never_shows_twice_what_was_judged(page: Page) -> None:
    body = """
      const item = (id) => ({ observation: { id } });
      const [one, two] = [item("1"), item("2")];
      let queue = { items: [], at: 0, known: new Set(), rest: 0, loaded: false, done: 0 };
      for (const act of [
        { type: "loaded", items: [one, two], lost: [], rest: 0 }, { type: "judged", item: one },
        { type: "loaded", items: [one, two], lost: [], rest: 0 },
      ]) queue = m.queueAfter(queue, act);
      const back = m.queueAfter(queue, { type: "back", item: one });
      return [queue, back].map(({ items, done }) => [items.map(({ observation }) => observation.id), done]);
    """
    assert ask(page, "reviewqueue.js", body) == [[["2"], 1], [["1", "2"], 0]]


@pytest.mark.parametrize(
    ("text", "place"),
    [("30.5, 121.42", {"lat": 30.5, "lon": 121.42}), ("91, 0", None), ("somewhere", None), ("30.5", None)],
)
def test_a_place_in_words_is_read_or_refused(page: Page, text: str, place: object) -> None:
    assert ask(page, "placepanel.js", "return m.placeOf(a)", text) == place


def test_a_tile_of_a_chinese_map_lies_where_its_street_is(page: Page) -> None:
    drawn = ask(page, "tiles.js", "return m.toGcj(a)", {"lat": 39.911954, "lon": 116.377817})
    assert (round(drawn["lat"], 6), round(drawn["lon"], 6)) == (39.913345, 116.384047)
    back = ask(page, "tiles.js", "return m.fromGcj(a)", drawn)
    assert (back["lat"], back["lon"]) == (pytest.approx(39.911954, abs=1e-7), pytest.approx(116.377817, abs=1e-7))


def test_the_tiles_of_a_view_cover_it(page: Page) -> None:
    body = """
      const view = { x: 0, y: 0, scale: 0.6 }, size = { width: 800, height: 600 }, origin = { lat: 30.5, lon: 121.42 };
      const tiles = m.tilesOver({ href: "https://t.example/{z}/{x}/{y}.png", system: a }, view, size, origin);
      const far = (side, of) => of(...tiles.map(side));
      return { count: tiles.length, first: tiles[0].href, left: far(t => t.left, Math.min),
        top: far(t => t.top, Math.min),
        right: far(t => t.left + t.width, Math.max), bottom: far(t => t.top + t.height, Math.max) };
    """
    for system in ("wgs84", "gcj02"):
        told = ask(page, "tiles.js", body, system)
        assert told["left"] <= 0 <= 800 <= told["right"], told
        assert told["top"] <= 0 <= 600 <= told["bottom"], told
        assert told["count"] <= 30
        assert told["first"].startswith("https://t.example/16/")


def test_twenty_thousand_pins_are_joined_at_once(page: Page) -> None:
    body = """
      const pins = Array.from({ length: 20000 }, (_, i) => (
        { point: { x: (i * 7919) % 1600, y: (i * 104729) % 900 } }));
      let best = Infinity;
      for (let tries = 0; tries < 20 && best >= a; tries += 1) {
        const began = performance.now();
        m.clustered(pins, 26);
        best = Math.min(best, performance.now() - began);
      }
      return [m.clustered(pins, 26).reduce((sum, { pins }) => sum + pins.length, 0), best];
    """
    joined, took_ms = ask(page, "geo.js", body, 1_000)
    assert joined == 20_000
    assert took_ms < 1_000
