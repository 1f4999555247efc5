"""Other systems of coordinates: known points, there and back, and no silent mix."""

import math

import pytest

from detector.types import GeoPoint
from service.domain.coordinates import from_gcj02, to_cgcs2000, to_gcj02
from service.domain.geometry import distance_m

SHIFTED = [
    ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
    ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
    ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
]


@pytest.mark.parametrize(("wgs84", "gcj02"), SHIFTED)
def test_known_points_of_three_cities_are_shifted_as_maps_shift_them(
    wgs84: tuple[float, float], gcj02: tuple[float, float]
) -> None:
    there = to_gcj02(GeoPoint(*wgs84))
    assert (there.lat, there.lon) == pytest.approx(gcj02, abs=1e-7)
    assert 300 < distance_m(GeoPoint(*wgs84), there) < 700
    back = from_gcj02(GeoPoint(*gcj02))
    assert distance_m(back, GeoPoint(*wgs84)) < 0.01


@pytest.mark.parametrize("place", [(31.2304, 121.4737), (45.75, 126.65), (22.27, 114.16), (43.83, 87.62)])
def test_there_and_back_is_where_one_was(place: tuple[float, float]) -> None:
    assert distance_m(from_gcj02(to_gcj02(GeoPoint(*place))), GeoPoint(*place)) < 0.001


def test_nothing_is_shifted_abroad_and_a_doubt_stays_with_its_place() -> None:
    assert to_gcj02(GeoPoint(48.8584, 2.2945)) == GeoPoint(48.8584, 2.2945)
    assert to_gcj02(GeoPoint(31.2304, 121.4737, 8.0)).accuracy_m == 8.0


@pytest.mark.parametrize(("lat", "arc_m"), [(0.0, 0.0), (30.0, 3_320_113.398), (45.0, 4_984_944.378)])
def test_on_a_middle_meridian_the_north_is_the_length_of_the_arc(lat: float, arc_m: float) -> None:
    grid = to_cgcs2000(GeoPoint(lat, 120.0))
    assert grid.north_m == pytest.approx(arc_m, abs=0.002)
    assert (grid.east_m, grid.meridian) == (pytest.approx(500_000.0, abs=1e-6), 120)


@pytest.mark.parametrize(
    ("place", "meridian", "north_m", "east_m"),
    [
        ((31.2304, 121.4737), 120, 3_457_455.4886, 640_412.3150),
        ((39.9042, 116.4074), 117, 4_419_060.1184, 449_324.7914),
        ((43.83, 87.62), 87, 4_855_120.4308, 549_869.6486),
    ],
)
def test_off_the_meridian_metres_are_those_of_proj_for_epsg_4549_4548_and_4538(
    place: tuple[float, float], meridian: int, north_m: float, east_m: float
) -> None:
    grid = to_cgcs2000(GeoPoint(*place))
    assert (grid.north_m, grid.east_m) == pytest.approx((north_m, east_m), abs=0.001)
    assert grid.meridian == meridian


def test_near_places_keep_their_distance() -> None:
    first, second = GeoPoint(31.2304, 121.4737), GeoPoint(31.2313, 121.4747)
    one, other = to_cgcs2000(first), to_cgcs2000(second)
    metres = math.hypot(one.north_m - other.north_m, one.east_m - other.east_m)
    assert metres == pytest.approx(distance_m(first, second), rel=0.006)
