"""Where duty grids lie on each other and where they leave a hole: exact, and silent about rounding."""

import random

from hypothesis import given
from hypothesis import strategies as st

from detector.catalog import Name
from detector.types import GeoPoint
from service.domain.coverage import coverage_of
from service.domain.geometry import covers
from service.domain.routing import Grid

STEP = 0.001  # 111.2 m at the equator
SQUARE_M2 = 12_364.3


def a_grid(name: str, *rings: list[tuple[float, float]]) -> Grid:
    polygon = [[[lon * STEP, lat * STEP] for lon, lat in [*ring, ring[0]]] for ring in rings]
    return Grid(name, Name(name, name), {"type": "Polygon", "coordinates": polygon}, {})


def a_square(name: str, west: float, south: float, wide: float = 1, high: float = 1) -> Grid:
    east, north = west + wide, south + high
    return a_grid(name, [(west, south), (east, south), (east, north), (west, north)])


RING = [a_square("s", 0, 0, 3), a_square("w", 0, 1), a_square("e", 2, 1), a_square("n", 0, 2, 3)]


def test_neighbours_that_share_a_border_lie_apart_and_leave_nothing() -> None:
    found = coverage_of([a_square("a", 0, 0), a_square("b", 1, 0, high=2), a_square("c", 0, 1)])
    assert (found.overlaps, found.holes) == ((), ())
    assert coverage_of([]).holes == ()


def test_ground_that_two_grids_share_is_told_with_both_and_where() -> None:
    (shared,) = coverage_of([a_square("a", 0, 0, 2, 2), a_square("b", 1, 1, 2, 2)]).overlaps
    assert (shared.grids, round(shared.area_m2, 1)) == (("a", "b"), SQUARE_M2)
    assert 1 * STEP < shared.at.lat < 2 * STEP
    assert 1 * STEP < shared.at.lon < 2 * STEP


def test_a_grid_inside_another_is_an_overlap_unless_the_other_has_a_hole_for_it() -> None:
    inner = [(1, 1), (2, 1), (2, 2), (1, 2)]
    outer = [(0, 0), (3, 0), (3, 3), (0, 3)]
    assert len(coverage_of([a_grid("outer", outer), a_grid("inner", inner)]).overlaps) == 1
    around = a_grid("outer", outer, inner)
    assert coverage_of([around, a_grid("inner", inner)]).overlaps == ()
    assert len(coverage_of([around]).holes) == 1


def test_enclosed_ground_is_a_hole_and_a_bay_is_none() -> None:
    (hole,) = coverage_of(RING).holes
    assert round(hole.area_m2, 1) == SQUARE_M2
    assert (round(hole.at.lat / STEP, 1), round(hole.at.lon / STEP, 1)) == (1.5, 1.5)
    assert coverage_of([grid for grid in RING if grid.id != "e"]).holes == ()


def test_edges_that_cross_between_corners_are_told_exactly() -> None:
    kite = a_grid("kite", [(0, 0.5), (0.5, 0), (1, 0.5), (0.5, 1)])
    (shared,) = coverage_of([a_square("box", 0.25, 0.25, 0.5, 0.5), kite]).overlaps
    assert round(shared.area_m2, 1) == round(SQUARE_M2 / 4, 1)


def test_corners_that_are_rounded_are_no_holes() -> None:
    seam = [(1, 0), (1.00001, 0.3), (0.99999, 0.7), (1, 1)]
    west = a_grid("west", [(0, 0), *seam, (0, 1)])
    east = a_grid("east", [(1, 0), (2, 0), (2, 1), (1, 1)])
    found = coverage_of([west, east])
    assert (found.overlaps, found.holes) == ((), ())


@given(st.integers(0, 10_000))
def test_what_is_told_agrees_with_what_is_covered(seed: int) -> None:
    chance = random.Random(seed)
    grids = [a_grid(str(n), [(chance.uniform(0, 3), chance.uniform(0, 3)) for _ in range(3)]) for n in range(3)]
    found = coverage_of(grids)
    named = {grid.id: grid for grid in grids}
    for shared in found.overlaps:
        assert all(covers(named[name].polygon, shared.at) for name in shared.grids)
    assert all(not covers(grid.polygon, hole.at) for hole in found.holes for grid in grids)
    told = {shared.grids: shared.area_m2 for shared in found.overlaps}
    spots = [GeoPoint((i + 0.5) * STEP / 20, (j + 0.5) * STEP / 20) for i in range(60) for j in range(60)]
    for one, other in (("0", "1"), ("0", "2"), ("1", "2")):
        both = sum(covers(named[one].polygon, at) and covers(named[other].polygon, at) for at in spots)
        assert abs(both * SQUARE_M2 / 400 - told.get((one, other), 0.0)) < 0.06 * SQUARE_M2
