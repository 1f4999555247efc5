"""Plates become pictures: boxes are those of the index pass, whatever the crop, the light and the weather."""

import io

import numpy as np
import pytest
from PIL import Image

from datasets.records import Label
from datasets.synth import book
from datasets.synth.grammar import grow
from datasets.synth.plates import Plate
from datasets.synth.scene import Camera, Light, Scene, Thing, Tube
from datasets.synth.shots import Shot, labels_of, shoot
from datasets.synth.thickness import thick_enough
from datasets.synth.yard import plain

WIDTH, HEIGHT = 320, 180


def a_scene(*kinds: str) -> Scene:
    light = Light((0.9, 0.9, 0.9), (0.7, 0.8, 0.9), 1.0, None, 200)
    things = tuple(Thing(number, kind) for number, kind in enumerate(kinds, 1))
    return Scene(1, "x", Camera((0, -5, 1), (0, 0, 1), 24), light, (), things)


def a_plate(*boxes: tuple[int, int, int, int]) -> Plate:
    """A grey plate on which thing n fills the n-th box (x0, y0, x1, y1)."""
    index = np.zeros((HEIGHT, WIDTH), np.uint16)
    rgb = np.full((HEIGHT, WIDTH, 3), 0.2, np.float32)
    for number, (x0, y0, x1, y1) in enumerate(boxes, 1):
        index[y0:y1, x0:x1] = number
        rgb[y0:y1, x0:x1] = 0.02
    return Plate(rgb, np.full((HEIGHT, WIDTH), 6.0, np.float32), index)


def pixels(label: Label, width: int, height: int) -> tuple[int, ...]:
    return tuple(round(v * side) for v, side in zip(label.xyxy, (width, height) * 2, strict=True))


def test_a_box_is_the_extent_of_its_mask() -> None:
    plate = a_plate((40, 60, 100, 120), (200, 20, 260, 90))
    labels = labels_of(plate.index, a_scene("litter", "closed_bin"), (WIDTH, HEIGHT))
    assert [(label.kind, pixels(label, WIDTH, HEIGHT)) for label in labels] == [
        ("litter", (40, 60, 100, 120)),
        ("closed_bin", (200, 20, 260, 90)),
    ]


def test_a_thing_cut_in_two_by_something_before_it_has_one_box() -> None:
    plate = a_plate((40, 60, 200, 120))
    plate.index[:, 100:120] = 0
    (label,) = labels_of(plate.index, a_scene("litter"), (WIDTH, HEIGHT))
    assert pixels(label, WIDTH, HEIGHT) == (40, 60, 200, 120)


def test_a_speck_has_no_box() -> None:
    assert labels_of(a_plate((40, 60, 45, 120)).index, a_scene("litter"), (WIDTH, HEIGHT)) == ()


def test_a_crop_moves_and_cuts_the_boxes_with_the_picture() -> None:
    plate = a_plate((40, 45, 120, 135))
    shot = Shot(crop=(0.25, 0.25, 0.75, 0.75), size=(WIDTH, HEIGHT))
    (label,) = shoot(plate, a_scene("litter"), shot).labels
    assert pixels(label, WIDTH, HEIGHT) == (0, 0, 80, 180)


@pytest.mark.parametrize("light", ["day", "dusk", "rain", "night"])
def test_light_and_weather_change_the_picture_but_no_box(light: str) -> None:
    plate, scene = a_plate((40, 45, 120, 135)), a_scene("litter")
    day = shoot(plate, scene, Shot(size=(WIDTH, HEIGHT)))
    other = shoot(plate, scene, Shot(size=(WIDTH, HEIGHT), light=light, seed=3))
    assert other.labels == day.labels
    assert other.jpeg != day.jpeg
    assert Image.open(io.BytesIO(other.jpeg)).size == (WIDTH, HEIGHT)


def test_night_is_darker_than_day() -> None:
    plate, scene = a_plate(), a_scene()
    means = [
        np.asarray(Image.open(io.BytesIO(shoot(plate, scene, Shot(size=(WIDTH, HEIGHT), light=light)).jpeg))).mean()
        for light in ("day", "dusk", "night")
    ]
    assert means == sorted(means, reverse=True)


def test_the_same_shot_of_the_same_plate_is_the_same_file() -> None:
    plate, scene, shot = a_plate((40, 45, 120, 135)), a_scene("litter"), Shot(size=(WIDTH, HEIGHT), seed=5)
    assert shoot(plate, scene, shot) == shoot(plate, scene, shot)


def test_an_unknown_light_is_refused() -> None:
    with pytest.raises(ValueError, match="no light is called 'fog'"):
        shoot(a_plate(), a_scene(), Shot(light="fog"))


def test_a_picture_whose_thing_is_hidden_is_not_trusted() -> None:
    scene = grow(21, "heap")
    assert not book.shows_all(scene, ())
    specks = tuple(Label(thing.kind, 0.5, 0.5, 0.01, 0.01) for thing in scene.things)
    assert not book.shows_all(scene, specks)
    whole = tuple(Label(thing.kind, 0.5, 0.5, 1.0, 1.0) for thing in scene.things)
    assert book.shows_all(scene, whole)


def a_cord_seen_from(metres: float) -> Scene:
    cord = Tube(points=((-1, 0, 1), (1, 0, 1)), radius=0.005, material=plain("101010"), thing=1)
    camera, light = Camera((0, -metres, 1), (0, 0, 1), 26), Light((1, 1, 1), (1, 1, 1), 1.0, None, 300.0)
    return Scene(1, "x", camera, light, (cord,), (Thing(1, "flying_wire"),))


def test_a_cord_of_a_centimetre_is_thick_enough_near_by_and_too_thin_across_the_street() -> None:
    whole, half = Shot(size=(WIDTH, HEIGHT)), Shot(crop=(0.25, 0.25, 0.75, 0.75), size=(WIDTH, HEIGHT))
    index = np.ones((HEIGHT, WIDTH), np.uint16)
    assert thick_enough(index, a_cord_seen_from(3.0), whole)
    assert not thick_enough(index, a_cord_seen_from(6.0), whole)
    assert thick_enough(index, a_cord_seen_from(6.0), half)
    assert thick_enough(np.zeros_like(index), a_cord_seen_from(6.0), whole)
