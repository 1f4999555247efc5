"""Where duty grids lie on each other, and where there is a hole between them; both exact, by a sweep over all edges.

Between two neighbouring corners (or crossings) in the order of longitude, edges do not cross: there every area is a
stack of strips, each as wide as the slab and as high as it is in its middle.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import Final, NamedTuple

from detector.types import GeoPoint
from service.domain.geometry import EARTH_RADIUS_M
from service.domain.routing import Grid

LEAST_M2: Final = 25.0
"""Less is the rounding of corners, not somebody's street."""

SAME_M: Final = 1e-3
NARROWEST_M: Final = 1e-6
OUTSIDE: Final = 0


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two grids that share ground: the first by id answers for it. `at` lies in the middle of its largest part."""

    grids: tuple[str, str]
    area_m2: float
    at: GeoPoint


@dataclass(frozen=True, slots=True)
class Hole:
    """Ground that grids enclose and none of them covers; `at` lies in the middle of its largest part."""

    area_m2: float
    at: GeoPoint


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is wrong with a map of duty grids, the largest first; what lies around all of them is no hole."""

    overlaps: tuple[Overlap, ...] = ()
    holes: tuple[Hole, ...] = ()


class _Edge(NamedTuple):
    """From left to right, metres: `y = y0 + (x - x0) * slope`."""

    x0: float
    x1: float
    y0: float
    slope: float
    grid: int


class _Across(NamedTuple):
    """An edge where it crosses a slab: its height in the middle and at both sides."""

    middle: float
    left: float
    right: float
    grid: int


class _Strip(NamedTuple):
    """A gap in one slab, with its lower and upper end at both sides, metres."""

    left: tuple[float, float]
    right: tuple[float, float]
    node: int


EVERYTHING: Final = _Strip((-math.inf, math.inf), (-math.inf, math.inf), OUTSIDE)


@dataclass(slots=True)
class _Ground:
    """An area that grows strip by strip, and where its largest strip lies."""

    area_m2: float = 0.0
    largest_m2: float = 0.0
    at: tuple[float, float] = (0.0, 0.0)

    def add(self, area_m2: float, at: tuple[float, float]) -> None:
        self.area_m2 += area_m2
        if area_m2 > self.largest_m2:
            self.largest_m2, self.at = area_m2, at

    def join(self, other: "_Ground") -> None:
        self.area_m2 += other.area_m2
        if other.largest_m2 > self.largest_m2:
            self.largest_m2, self.at = other.largest_m2, other.at


@dataclass(slots=True)
class _Sweep:
    """What has been found so far; gaps that touch are one, which `parents` says as a forest."""

    shared: dict[tuple[int, int], _Ground] = field(default_factory=dict)
    gaps: list[_Ground] = field(default_factory=lambda: [_Ground()])
    parents: list[int] = field(default_factory=lambda: [OUTSIDE])
    before: list[_Strip] = field(default_factory=lambda: [EVERYTHING])

    def slab(self, left: float, right: float, edges: Sequence[_Edge]) -> None:
        """Take the strips between two longitudes; edges that cross there divide it first."""
        stack = _stack(left, right, edges)
        cut = _crossing(stack, left, right)
        if cut is not None:
            self.slab(left, cut, edges)
            self.slab(cut, right, edges)
            return
        if not stack:
            self.end()
            return
        first, last, inside = stack[0], stack[-1], set[int]()
        strips = [_Strip((-math.inf, first.left), (-math.inf, first.right), OUTSIDE)]
        for lower, upper in pairwise(stack):
            inside ^= {lower.grid}
            if len(inside) != 1 and upper.middle - lower.middle > NARROWEST_M:
                self._strip((left, right), (lower, upper), inside, strips)
        strips.append(_Strip((last.left, math.inf), (last.right, math.inf), OUTSIDE))
        self._touch(strips)
        self.before = strips

    def _strip(
        self, sides: tuple[float, float], between: tuple[_Across, _Across], inside: set[int], strips: list[_Strip]
    ) -> None:
        (left, right), (lower, upper) = sides, between
        area_m2 = (upper.middle - lower.middle) * (right - left)
        at = ((left + right) / 2, (lower.middle + upper.middle) / 2)
        if not inside:
            self.gaps.append(_Ground(area_m2, area_m2, at))
            self.parents.append(len(self.parents))
            strips.append(_Strip((lower.left, upper.left), (lower.right, upper.right), len(self.parents) - 1))
        for pair in combinations(sorted(inside), 2):
            self.shared.setdefault(pair, _Ground()).add(area_m2, at)

    def end(self) -> None:
        """Nothing but the outside comes next."""
        self._touch([EVERYTHING])
        self.before = [EVERYTHING]

    def _touch(self, strips: Sequence[_Strip]) -> None:
        """Gaps on both sides of a longitude that share some of it are one; both lists rise."""
        here = 0
        for earlier in self.before:
            while here < len(strips) and strips[here].left[1] <= earlier.right[0] + SAME_M:
                here += 1
            for strip in strips[max(0, here - 1) :]:
                if strip.left[0] >= earlier.right[1] - SAME_M:
                    break
                if min(strip.left[1], earlier.right[1]) - max(strip.left[0], earlier.right[0]) > SAME_M:
                    self._join(strip.node, earlier.node)

    def _join(self, one: int, other: int) -> None:
        first, second = sorted((self.root(one), self.root(other)))
        if first != second:
            self.parents[second] = first
            self.gaps[first].join(self.gaps[second])

    def root(self, node: int) -> int:
        while self.parents[node] != node:
            self.parents[node] = self.parents[self.parents[node]]
            node = self.parents[node]
        return node

    def holes(self) -> Iterator[_Ground]:
        for node, ground in enumerate(self.gaps):
            if node != OUTSIDE and self.parents[node] == node:
                yield ground


def coverage_of(grids: Sequence[Grid]) -> Coverage:
    """What lies twice and what lies in none."""
    if not grids:
        return Coverage()
    lat0, lon0 = grids[0].polygon["coordinates"][0][0][1], grids[0].polygon["coordinates"][0][0][0]
    scale = (math.radians(1) * EARTH_RADIUS_M * math.cos(math.radians(lat0)), math.radians(1) * EARTH_RADIUS_M)
    edges = sorted(_edges(grids, (lon0, lat0), scale))
    swept = _swept(edges)

    def place(at: tuple[float, float]) -> GeoPoint:
        return GeoPoint(round(lat0 + at[1] / scale[1], 7), round(lon0 + at[0] / scale[0], 7))

    overlaps = [
        Overlap((grids[one].id, grids[other].id), round(ground.area_m2, 1), place(ground.at))
        for (one, other), ground in swept.shared.items()
        if ground.area_m2 >= LEAST_M2
    ]
    holes = [Hole(round(ground.area_m2, 1), place(ground.at)) for ground in swept.holes() if ground.area_m2 >= LEAST_M2]
    return Coverage(
        tuple(sorted(overlaps, key=lambda one: (-one.area_m2, one.grids))),
        tuple(sorted(holes, key=lambda one: -one.area_m2)),
    )


def _edges(grids: Sequence[Grid], origin: tuple[float, float], scale: tuple[float, float]) -> Iterator[_Edge]:
    """Every edge of every ring from left to right, in metres on a plane; upright ones bound no strip."""
    for number, grid in enumerate(grids):
        for ring in grid.polygon["coordinates"]:
            corners = [((lon - origin[0]) * scale[0], (lat - origin[1]) * scale[1]) for lon, lat, *_ in ring]
            for one, other in pairwise(corners):
                (x0, y0), (x1, y1) = sorted((one, other))
                if x1 - x0 > NARROWEST_M:
                    yield _Edge(x0, x1, y0, (y1 - y0) / (x1 - x0), number)


def _swept(edges: Sequence[_Edge]) -> _Sweep:
    sweep, active, following = _Sweep(), list[_Edge](), 0
    for left, right in pairwise(_borders(edges)):
        active = [edge for edge in active if edge.x1 > left + NARROWEST_M]
        while following < len(edges) and edges[following].x0 <= left + NARROWEST_M:
            active.append(edges[following])
            following += 1
        sweep.slab(left, right, active)
    sweep.end()
    return sweep


def _borders(edges: Iterable[_Edge]) -> list[float]:
    """The longitudes at which an edge begins or ends, those that are the same but for rounding once."""
    borders: list[float] = []
    for x in sorted({x for edge in edges for x in (edge.x0, edge.x1)}):
        if not borders or x - borders[-1] > 2 * NARROWEST_M:
            borders.append(x)
    return borders


def _stack(left: float, right: float, edges: Sequence[_Edge]) -> list[_Across]:
    """The edges of a slab from the south to the north."""
    middle = (left + right) / 2
    return sorted(
        _Across(y0 + (middle - x0) * slope, y0 + (left - x0) * slope, y0 + (right - x0) * slope, grid)
        for x0, _, y0, slope, grid in edges
    )


def _crossing(stack: Sequence[_Across], left: float, right: float) -> float | None:
    """A longitude inside a slab at which two edges that are neighbours in its middle cross, None where none do."""
    for lower, upper in pairwise(stack):
        apart, beyond = upper.left - lower.left, upper.right - lower.right
        if apart < -SAME_M or beyond < -SAME_M:
            cut = left + (right - left) * apart / (apart - beyond)
            if min(cut - left, right - cut) > SAME_M:
                return cut
    return None
