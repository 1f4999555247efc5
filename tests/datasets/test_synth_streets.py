"""Streets with goods, ads, litter and bins, and their look-alikes: what is labelled, and in how many boxes."""

import json
from collections import Counter
from pathlib import Path
from random import Random

import numpy as np
import pytest

from datasets.synth import bins, forecourt, posted, rows, tipping, views
from datasets.synth.borrowed import SIZES
from datasets.synth.drawing import phone
from datasets.synth.goods import Part
from datasets.synth.grammar import grow, visible
from datasets.synth.handbills import DRAWERS
from datasets.synth.interiors import BACK_OF
from datasets.synth.posted import Panel
from datasets.synth.prints import draw_print
from datasets.synth.scene import Block, Camera, Model, Scene, Sheet, corners
from datasets.synth.soft import HEAPS, knead
from datasets.synth.surfaces import SURFACES
from datasets.synth.trades import TRADES
from datasets.synth.yard import Yard, plain

SEEDS = range(5)
PROMISED = {
    "spill": {"out_of_store"}, "frontage": set(), "posted": {"paper_ad", "spray_mark"}, "noticed": set(),
    "dumped": {"litter"}, "binned": {"overflowing_bin", "closed_bin"}, "swept": set(),
}  # fmt: skip


@pytest.fixture(scope="module", params=PROMISED)
def streets(request: pytest.FixtureRequest) -> tuple[str, list[Scene]]:
    kind = str(request.param)
    return kind, [grow(seed, kind) for seed in SEEDS]


def test_every_kind_grows_with_each_labelled_thing_in_the_frame(streets: tuple[str, list[Scene]]) -> None:
    for scene in streets[1]:
        assert (
            visible(scene, 1280, 720) == [thing.id for thing in scene.things] == list(range(1, len(scene.things) + 1))
        )
        assert {solid.thing for solid in scene.solids} == {0} | {thing.id for thing in scene.things}


def test_a_kind_shows_what_it_promises_and_a_look_alike_nothing_to_report(streets: tuple[str, list[Scene]]) -> None:
    kind, scenes = streets
    shown = [{thing.kind for thing in scene.things} for scene in scenes]
    if PROMISED[kind]:
        assert sum(bool(kinds & PROMISED[kind]) for kinds in shown) > 0.9 * len(scenes)
    else:
        assert set().union(*shown) <= {"closed_bin"}


def test_a_street_is_the_same_each_time_and_another_for_another_seed(streets: tuple[str, list[Scene]]) -> None:
    kind, scenes = streets
    text = [json.dumps(scene.to_json(), sort_keys=True) for scene in scenes[:3]]
    assert text[0] == json.dumps(grow(0, kind).to_json(), sort_keys=True)
    assert len(set(text)) == 3


def test_nothing_labelled_floats_or_sinks(streets: tuple[str, list[Scene]]) -> None:
    for scene in streets[1]:
        lowest = {thing.id: 9.0 for thing in scene.things if thing.kind not in ("paper_ad", "spray_mark")}
        for solid in scene.solids:
            if solid.thing in lowest:
                lowest[solid.thing] = min(lowest[solid.thing], *(point[2] for point in corners(solid)))
        assert all(-0.2 < low < 0.1 for low in lowest.values())


def test_every_print_surface_and_model_that_a_street_asks_for_exists(streets: tuple[str, list[Scene]]) -> None:
    families = set()
    for scene in streets[1]:
        for solid in scene.solids:
            if isinstance(solid, Model):
                assert solid.size[2] > 0
            elif solid.material.picture and solid.material.picture not in SURFACES:
                families.add(solid.material.picture.partition("/")[0])
    older = "ad stencil tag sign notice banner bin couplet carton shelf curtain facade decal crop interior"
    assert families <= {*DRAWERS, *older.split(" ")}


def test_goods_that_are_labelled_stand_before_the_line() -> None:
    for seed in range(4):
        scene = grow(seed, "spill")
        goods = {thing.id for thing in scene.things if thing.kind == "out_of_store"}
        behind = [s for s in scene.solids if s.thing in goods and min(p[1] for p in corners(s)) > rows.LINE_Y + 0.1]
        assert not behind


def test_shops_put_out_goods_of_every_trade_and_keep_some_of_each_in() -> None:
    for trade, (words, makers) in TRADES.items():
        assert words
        assert makers, trade
        for make in makers:
            part = make(Random(trade), 7)
            assert 0.2 < part.width < 4
            assert 0.2 < part.depth < 2.6
            assert part.solids
            assert {solid.thing for solid in part.solids} == {7}


@pytest.mark.parametrize(("apart_m", "boxes"), [(0.3, 1), (0.9, 2)])
def test_goods_of_a_shop_are_one_box_unless_half_a_metre_parts_them(apart_m: float, boxes: int) -> None:
    def crate(x: float) -> tuple[float, float, Part]:
        cube = Block(at=(0, 0, 0.5), size=(1, 1, 1), material=plain("808080"), thing=-1)
        return (x, -1.0, Part(1.0, 1.0, [cube]))

    yard = Yard(0, "")
    assert len(forecourt.label_groups(yard, Random(0), [crate(0), crate(1 + apart_m)])) == boxes
    assert {solid.thing for solid in yard.solids()} == set(range(1, boxes + 1))


@pytest.mark.parametrize(("sheets", "things"), [(3, 3), (7, 1), (40, 1)])
def test_a_few_sheets_get_a_box_each_and_a_dense_group_one(sheets: int, things: int) -> None:
    yard = Yard(0, "")
    posted.paste(yard, Random(4), Panel((0, 0, 1.4), 1.6, 1.2), sheets)
    assert Counter(solid.thing for solid in yard.solids()) == Counter({n + 1: sheets // things for n in range(things)})


def test_sheets_round_a_pole_keep_to_its_surface() -> None:
    yard = Yard(0, "")
    posted.paste(yard, Random(1), Panel((0, -0.15, 1.4), 0.2, 0.6, round_m=0.15), 12)
    away = [np.hypot(sheet.at[0], sheet.at[1]) for sheet in yard.solids() if isinstance(sheet, Sheet)]
    assert all(0.15 < metres < 0.17 for metres in away)


def test_a_pole_and_a_door_take_sheets_but_no_ink_that_would_not_show() -> None:
    for host in ("pole", "door"):
        assert posted.HOSTS[host](Yard(0, ""), Random(0), 4.0)[0].dark


def test_what_may_hang_on_a_wall_is_never_labelled() -> None:
    yard = Yard(0, "")
    for seed in range(40):
        posted.allowed(yard, Random(seed), Panel((0, 0, 1.4), 1.2, 0.8))
    assert yard.solids()
    assert {solid.thing for solid in yard.solids()} == {0}


@pytest.mark.parametrize("state", bins.STATES)
def test_a_bin_is_one_thing_of_its_state(state: str) -> None:
    for make, *_ in bins.MAKES:
        yard = Yard(0, "")
        thing = make(yard, Random(3), (0, -0.6, 0), state, 5.0)
        scene = yard.scene(Camera((0, -4, 1.5), (0, 0, 0.5), 26), grow(0).light)
        assert [t.kind for t in scene.things] == ["closed_bin" if state == "closed" else "overflowing_bin"]
        assert {solid.thing for solid in scene.solids} == {thing}


def test_an_overflowing_bin_holds_more_than_a_closed_one() -> None:
    for make, *_ in bins.MAKES:
        yards = {state: Yard(0, "") for state in bins.STATES}
        for state, yard in yards.items():
            make(yard, Random(3), (0, -0.6, 0), state, 0.0)
        assert len(yards["overflowing"].solids()) > len(yards["closed"].solids())


def test_loose_pieces_nearer_than_seventy_centimetres_are_one_thing() -> None:
    assert [len(group) for group in tipping.joined([(0, 0), (0.6, 0), (1.2, 0), (4, 0)])] == [1, 3]


def test_what_would_hide_a_labelled_thing_or_stand_in_the_lens_is_refused() -> None:
    yard = Yard(0, "")
    grey = plain("808080")
    yard.add(Block(at=(0, 0, 1), size=(1, 1, 2), material=grey, thing=yard.thing("litter")))
    stage = views.Stage(yard, Camera((0, -6, 1), (0, 0, 1), 26))
    assert not stage.add(Block(at=(0, -2, 1), size=(1, 0.2, 2), material=grey))
    assert not stage.add(Block(at=(0.5, -5.8, 1), size=(0.2, 0.2, 2), material=grey))
    assert stage.add(Block(at=(3, -2, 1), size=(1, 0.2, 2), material=grey))


def test_things_that_a_view_does_not_show_are_taken_away_and_the_rest_numbered_anew() -> None:
    yard = Yard(0, "")
    for x in (0.0, 60.0):
        yard.add(Block(at=(x, -0.5, 0.5), size=(1, 1, 1), material=plain("808080"), thing=yard.thing("litter")))
    camera = views.choose(yard, Random(2), {"near": 1.0}, [(0.0, -0.5, 0.5)])
    scene = yard.scene(camera, grow(0).light)
    assert [(thing.id, thing.kind) for thing in scene.things] == [(1, "litter")]
    assert [solid.thing for solid in scene.solids] == [1]


@pytest.mark.parametrize("style", HEAPS)
def test_heaped_goods_fill_a_tray_and_no_more(style: str) -> None:
    points, faces = knead(style, 2)
    assert (points == knead(style, 2)[0]).all()
    assert faces.max() == len(points) - 1
    assert abs(points[:, 0]).max() <= 1.1
    assert abs(points[:, 1]).max() <= 0.8
    assert points[:, 2].min() > -0.75


def test_borrowed_models_stand_at_their_catalogue_size() -> None:
    assert all(0.04 < side < 4 for size in SIZES.values() for side in size)


def test_no_number_on_a_handbill_can_exist() -> None:
    assert all(len(number) == 10 and number[3] == "0" for number in (phone(Random(seed)) for seed in range(100)))


@pytest.mark.parametrize("family", DRAWERS)
def test_a_handbill_is_drawn_the_same_each_time(family: str) -> None:
    picture = draw_print(f"{family}/3")
    assert picture.mode == "RGBA"
    assert np.asarray(picture)[..., 3].max() > 100
    assert picture.tobytes() == draw_print(f"{family}/3").tobytes()


@pytest.mark.parametrize("name", ["crop/5", *(f"interior/{back}-2" for back in sorted(set(BACK_OF.values())))])
def test_the_inside_of_a_shop_is_drawn_with_or_without_photographs(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert draw_print(name).tobytes() == draw_print(name).tobytes()
    monkeypatch.setenv("STREETWARDEN_SHARED", str(tmp_path))
    assert draw_print(name).mode == "RGBA"
