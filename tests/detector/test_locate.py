"""A box's lower edge is put on the ground, and no better than the angles allow."""

import math

import pytest

from detector.locate import Offset, Pose, apart_m, between, course_deg, moved, on_ground, place_of
from detector.types import GeoPoint

CAR = GeoPoint(31.2304, 121.4737, 3.0)
ROOF = Pose(height_m=2.2, pitch_deg=10, fov_deg=90)
SIZE = (1280.0, 720.0)


def pixel_of(pose: Pose, forward_m: float, right_m: float) -> tuple[float, float]:
    """Where a place on the ground is seen; the projection forwards, worked out on its own."""
    focal = SIZE[0] / 2 / math.tan(math.radians(pose.fov_deg) / 2)
    pitch = math.radians(pose.pitch_deg)
    depth = forward_m * math.cos(pitch) + pose.height_m * math.sin(pitch)
    below = pose.height_m * math.cos(pitch) - forward_m * math.sin(pitch)
    return SIZE[0] / 2 + focal * right_m / depth, SIZE[1] / 2 + focal * below / depth


@pytest.mark.parametrize(("forward_m", "right_m"), [(3, 0), (8, 2.5), (20, -4), (40, 10)])
@pytest.mark.parametrize("pose", [ROOF, Pose(6, 35, 60), Pose(1.2, 0, 110)])
def test_what_was_projected_is_found_where_it_lay(pose: Pose, forward_m: float, right_m: float) -> None:
    seen = on_ground(pose, *SIZE, *pixel_of(pose, forward_m, right_m))
    assert seen is not None
    assert (seen.forward_m, seen.right_m) == (pytest.approx(forward_m), pytest.approx(right_m))


@pytest.mark.parametrize("forward_m", [3.0, 8.0, 15.0])
@pytest.mark.parametrize("tilt_deg", [-0.9, 0.9])
def test_a_car_that_nods_stays_within_the_bound(forward_m: float, tilt_deg: float) -> None:
    nodding = Pose(ROOF.height_m, ROOF.pitch_deg + tilt_deg, ROOF.fov_deg)
    seen = on_ground(ROOF, *SIZE, *pixel_of(nodding, forward_m, 0))
    assert seen is not None
    assert abs(seen.forward_m - forward_m) < 1.35 * seen.accuracy_m


def test_nothing_lies_at_the_horizon() -> None:
    focal = SIZE[0] / 2
    horizon = SIZE[1] / 2 - focal * math.tan(math.radians(ROOF.pitch_deg))
    assert on_ground(ROOF, *SIZE, 640, horizon - 1) is None
    assert place_of(ROOF, CAR, 0, SIZE, (640, horizon + 1)) is None


def test_without_pose_or_heading_the_vehicle_s_own_place_stands_for_it() -> None:
    for pose, heading in ((None, 90.0), (ROOF, None)):
        place = place_of(pose, CAR, heading, SIZE, (640, 700))
        assert place is not None
        assert (place.lat, place.lon) == (CAR.lat, CAR.lon)
        assert place.accuracy_m is not None
        assert place.accuracy_m > 30


@pytest.mark.parametrize("heading", [0, 73, 180, 271])
def test_a_thing_ahead_and_to_the_right_lies_there_whatever_the_heading(heading: float) -> None:
    place = place_of(ROOF, CAR, heading, SIZE, pixel_of(ROOF, 10, 3))
    assert place is not None
    assert apart_m(CAR, place) == pytest.approx(math.hypot(10, 3), rel=1e-3)
    assert course_deg(CAR, place) == pytest.approx((heading + math.degrees(math.atan2(3, 10))) % 360, abs=0.1)


def test_places_move_over_the_date_line() -> None:
    west = moved(GeoPoint(0, 179.9999), 50, 0, 1)
    assert west.lon < -179.9
    assert between(GeoPoint(0, 179.9999), west)[0] == pytest.approx(50, abs=0.01)


def test_a_pose_that_no_mount_has_cannot_exist() -> None:
    for told in ((0, 10, 90), (2, 95, 90), (2, 10, 180), (math.nan, 10, 90)):
        with pytest.raises(ValueError, match="a camera hangs"):
            Pose(*told)
    assert Offset(1, 2, 3).accuracy_m == 3
