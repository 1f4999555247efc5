"""Scenario 2: a patrol car passes a heap at 40 km/h, 5 frames: one candidate, placed within 15 m."""

from datetime import timedelta

import numpy as np
import pytest

from detector.locate import Pose, apart_m, moved
from detector.types import GeoPoint
from tests.build import a_place
from tests.service.scenarios.desk import Desk, Json
from tests.service.scenarios.views import a_road, box_at, car_key, decided, tickets

ROOF = Pose(height_m=2.2, pitch_deg=10, fov_deg=90)
STEP_M = 40 / 3.6
HEAP_M = (52.0, 3.5)
"""Ahead of where the first frame is taken, and to the right."""


def drive(desk: Desk, frames: int, *, jitter: float = 0.0, begin: int = 0) -> list[Json]:
    """The car drives east at 40 km/h and sends a frame a second; what each of them led to."""
    dice, answers, key = np.random.default_rng(7), [], car_key(desk, "car-1")
    for second in range(begin, begin + frames):
        car = moved(a_place(), second * STEP_M, 0, 4.0)
        nods = Pose(ROOF.height_m, ROOF.pitch_deg + jitter * dice.normal(), ROOF.fov_deg)
        box = box_at(nods, HEAP_M[0] - second * STEP_M, HEAP_M[1])
        desk.serving.model.sees = () if box is None else (box,)
        gps = moved(car, jitter * 3 * dice.normal(), jitter * 3 * dice.normal(), 4.0)
        form = {"lat": str(gps.lat), "lon": str(gps.lon), "accuracy_m": "4", "heading_deg": "90"}
        answer = desk.serving.http.post(
            "/api/cameras/car-1/frames",
            files={"file": ("frame.jpg", a_road(second))},
            data={"taken_at": desk.serving.clock().isoformat(), **form},
            headers=key,
        )
        assert answer.status_code == 200, answer.text
        answers.append(answer.json())
        desk.serving.clock.forward(timedelta(seconds=1))
    return answers


def a_car(desk: Desk, **mounted: object) -> None:
    desk.serving.add_camera("car-1", kind="moving", lat=None, lon=None, frames="stream", **mounted)


@pytest.mark.parametrize("jitter", [0.0, 0.5])
def test_five_frames_make_one_candidate_where_the_heap_lies(desk: Desk, jitter: float) -> None:
    a_car(desk, height_m=ROOF.height_m, pitch_deg=ROOF.pitch_deg, fov_deg=ROOF.fov_deg)
    drive(desk, 5, jitter=jitter)
    (ticket,) = tickets(desk)
    assert (ticket["condition"], ticket["state"]) == ("litter", "candidate")
    placed = GeoPoint(ticket["place"]["lat"], ticket["place"]["lon"], ticket["place"]["accuracy_m"])
    heap = moved(a_place(), HEAP_M[0], -HEAP_M[1], 0)
    assert apart_m(placed, heap) < 15
    assert placed.accuracy_m is not None
    assert placed.accuracy_m < 15


def test_the_same_heap_an_hour_later_is_the_same_ticket(desk: Desk) -> None:
    a_car(desk, height_m=ROOF.height_m, pitch_deg=ROOF.pitch_deg, fov_deg=ROOF.fov_deg)
    drive(desk, 5)
    desk.serving.clock.forward(timedelta(hours=1))
    drive(desk, 5)
    (ticket,) = tickets(desk)
    assert ticket["sightings"] >= 2


def test_two_frames_are_not_enough_and_the_camera_says_why(desk: Desk) -> None:
    a_car(desk, height_m=ROOF.height_m, pitch_deg=ROOF.pitch_deg, fov_deg=ROOF.fov_deg)
    drive(desk, 2, begin=2)
    assert tickets(desk) == []
    assert decided(desk, camera="car-1")["reason"] == "too_few_hits"


def test_without_a_pose_the_candidate_stands_at_the_car_and_says_how_far_off_it_may_be(desk: Desk) -> None:
    a_car(desk)
    drive(desk, 5)
    (ticket,) = tickets(desk)
    place = GeoPoint(ticket["place"]["lat"], ticket["place"]["lon"])
    assert ticket["place"]["accuracy_m"] >= 30
    assert min(apart_m(place, moved(a_place(), second * STEP_M, 0, 0)) for second in range(5)) < 8
