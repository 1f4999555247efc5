"""The grammar of rendered streets: pure, seeded, and nothing labelled stands outside the picture."""

import json
from functools import cache

import pytest

from datasets.synth import book
from datasets.synth.drawing import phone
from datasets.synth.grammar import KINDS, grow, visible
from datasets.synth.scene import Bag, Block, Camera, Drum, Material, Scene, Tube, reach
from datasets.synth.soft import foliage, knead, sphere
from datasets.synth.tidy import REPORTABLE, tidied
from datasets.synth.waste import Pile
from datasets.synth.yard import Yard, moved, plain

SEEDS = (1, 2)


@cache
def grown(seed: int, kind: str) -> Scene:
    """A scene that several tests look at."""
    return grow(seed, kind)


def scene_text(scene: Scene) -> str:
    return json.dumps(scene.to_json(), sort_keys=True)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_scene(kind: str) -> None:
    assert scene_text(grow(1, kind)) == scene_text(grown(1, kind))


@pytest.mark.parametrize("kind", KINDS)
def test_another_seed_gives_another_scene(kind: str) -> None:
    assert scene_text(grown(1, kind)) != scene_text(grown(2, kind))


def test_a_mix_takes_the_kinds_in_turn() -> None:
    assert [grow(seed).kind for seed in range(len(KINDS))] == list(KINDS)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_labelled_thing_stands_in_the_frame(kind: str, seed: int) -> None:
    scene = grown(seed, kind)
    assert visible(scene, 1280, 720) == [thing.id for thing in scene.things]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_holds_what_it_promises(kind: str) -> None:
    promised = {
        "heap": {"litter"}, "bins": {"overflowing_bin", "litter"}, "wire": {"flying_wire"},
        "ads": {"spray_mark", "paper_ad"}, "goods": {"out_of_store"}, "corner": {"overflowing_bin", "litter"},
        "door": {"spray_mark", "paper_ad"}, "rack": {"out_of_store"}, "clean": {"closed_bin"},
        "pole": {"overflowing_bin", "litter"},
        "strung": {"flying_wire"}, "cord": set(), "parked": set(),
    }  # fmt: skip
    for seed in SEEDS:
        assert promised.get(kind, set()) <= {thing.kind for thing in grown(seed, kind).things}


def test_things_are_numbered_from_one_and_each_has_solids() -> None:
    scene = grow(5, "bins")
    assert [thing.id for thing in scene.things] == list(range(1, len(scene.things) + 1))
    assert {solid.thing for solid in scene.solids} == {0} | {thing.id for thing in scene.things}


def test_a_tidy_street_has_nothing_to_report_and_the_rest_unmoved() -> None:
    before = grow(21, "heap")
    after = tidied(before)
    assert {thing.kind for thing in after.things}.isdisjoint(REPORTABLE)
    assert after.camera == before.camera
    assert [s for s in before.solids if s.thing == 0] == [s for s in after.solids if s.thing == 0]


def test_scenes_come_with_their_tidy_twins_unless_they_are_tidy_already() -> None:
    assert list(book.scenes_of(book.Order(scenes=1, seed=3, kinds=("heap",)))) == ["heap-3", "heap-3-after"]
    assert list(book.scenes_of(book.Order(scenes=1, seed=3, kinds=("clean",)))) == ["clean-3"]


def test_no_phone_number_can_exist() -> None:
    numbers = {phone(Yard(seed, "x").dice("phone")) for seed in range(200)}
    assert all(len(number) == 10 and number[3] == "0" for number in numbers)


def test_one_subsystem_never_stirs_another() -> None:
    one, other = Yard(1, "x"), Yard(1, "x")
    one.dice("bikes").random()
    assert one.dice("walls").random() == other.dice("walls").random()


def test_the_reach_of_a_thing_is_the_box_of_its_corners() -> None:
    wall = Block(at=(0, 0, 1), size=(2, 0.0, 2), material=Material(), thing=1)
    scene = Scene(0, "x", Camera((0, -5, 1), (0, 0, 1), 18), grow(0).light, (wall,))
    x0, y0, x1, y1 = reach(scene, 1, 200, 100) or (0, 0, 0, 0)
    assert (round(x0), round(y0), round(x1), round(y1)) == (80, 30, 120, 70)


def test_what_is_behind_the_camera_has_no_reach() -> None:
    wall = Block(at=(0, -9, 1), size=(2, 0.1, 2), material=Material(), thing=1)
    scene = Scene(0, "x", Camera((0, -5, 1), (0, 0, 1), 18), grow(0).light, (wall,))
    assert reach(scene, 1, 200, 100) is None


def test_a_part_is_turned_about_the_origin_before_it_is_moved() -> None:
    part = moved(Drum(at=(1, 0, 0), foot_m=0.1, top_m=0.1, height=1, material=plain("ffffff")), (0, 0, 2), 90)
    assert isinstance(part, Drum)
    assert tuple(round(v, 6) for v in part.at) == (0, 1, 2)
    line = moved(Tube(points=((1, 0, 0), (2, 0, 0)), radius=0.1, material=plain("ffffff")), (0, 0, 0), 180)
    assert isinstance(line, Tube)
    assert [round(p[0], 6) for p in line.points] == [-1, -2]


def test_what_is_thrown_on_a_pile_rests_above_what_lay_there() -> None:
    pile = Pile((0.0, 0.0))
    heights = [pile.rest(0, 0, 0.2, 0.3)[2] for _ in range(4)]
    assert heights == sorted(set(heights))
    assert pile.rest(3, 0, 0.2, 0.3)[2] == 0


def test_bags_lie_before_the_wall_and_on_the_ground() -> None:
    for seed in SEEDS:
        bags = [solid for solid in grow(seed, "heap").solids if isinstance(solid, Bag)]
        assert all(bag.at[1] < 0 and bag.at[2] >= 0 for bag in bags)


def test_soft_things_are_the_same_each_time_and_keep_their_size() -> None:
    for style in ("tied", "loose", "crumple", "fruit"):
        points, faces = knead(style, 3)
        again, _ = knead(style, 3)
        assert (points == again).all()
        assert faces.max() == len(points) - 1
        assert 0.3 < abs(points).max() < 2.6


def test_a_ball_is_closed_and_fallen_leaves_lie_flat() -> None:
    points, faces = sphere(2)
    assert len(points) - len(faces) * 3 // 2 + len(faces) == 2  # Euler: no holes
    spots, quads = foliage((5.0, 1.0, 0.01), 50, 0.08, 1)
    assert quads.shape == (50, 4)
    assert abs(spots[:, 2]).max() < 0.05
