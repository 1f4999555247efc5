"""Streets where e-bikes stand: with a charging cord built into the scene, with routes for drawn ones, with none at all.

`strung` hangs cords as geometry; `cord` only notes routes, along which shots draw them, so that the same plate without
one is its paired negative; `parked` is all the things that look like a charging cord and are none.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from datasets.synth import bikes, decoys, street
from datasets.synth.bikes import Parked
from datasets.synth.cords import EVERYDAY, Wardrobe, hang
from datasets.synth.fronts import FRONTS, WALLS, Opening, shed
from datasets.synth.props import ebike
from datasets.synth.scene import Camera, Route, Vec
from datasets.synth.yard import Yard

PAVINGS = ("floor/paving-red", "floor/paving-grey", "floor/paving-stone", "floor/slab")

_HIGHEST_BUILT = 1  # a cord that is built starts no higher than this floor, so that one picture can show it whole
_BUILT_MM = (6.5, 12.0)  # nothing measures whether a built cord can be seen, so it is not of the thinnest
_STRIPS = ("none", "none", "air", "air", "ground", "ground", "bag")


@dataclass(frozen=True, slots=True)
class Assets:
    """What a street of bikes is put together from; training and the unseen test share none of it."""

    fronts: dict[str, Callable[[Yard, str], list[Opening]]] = field(default_factory=lambda: dict(FRONTS))
    walls: tuple[str, ...] = WALLS
    pavings: tuple[str, ...] = PAVINGS
    parked: Callable[[Random], Parked] = bikes.any_parked
    wardrobe: Wardrobe = EVERYDAY
    borrowed: bool = True
    shed: Callable[[Yard, Random, float, float, float], None] = shed


TRAINING = Assets()


@dataclass(frozen=True, slots=True)
class Place:
    """A street of bikes: what stands there and where cords could come from."""

    width_m: float
    row: tuple[Parked, ...]
    openings: tuple[Opening, ...]
    tree: Vec | None
    walled: bool


def strung(yard: Yard, assets: Assets = TRAINING) -> Camera:
    """One or two cords from a building to a bike, built as geometry."""
    place = lay_out(yard, assets)
    rng = yard.dice("strung")
    low = [o for o in place.openings if o.floor <= _HIGHEST_BUILT]
    routes = find_routes(rng, place, low, 2 if rng.random() < 0.25 else 1)
    for route in routes:
        yard.add(*hang(rng, route, yard.thing("flying_wire"), replace(assets.wardrobe, thick_mm=_BUILT_MM)))
    decoys.scatter(yard, rng, place, rng.randint(1, 3))
    return frame(rng, yard.spots(), whole=True)


def cord(yard: Yard, assets: Assets = TRAINING) -> Camera:
    """Bikes and routes from a building to them, with nothing on any: shots draw what hangs there."""
    place = lay_out(yard, assets)
    rng = yard.dice("cord")
    routes = find_routes(rng, place, place.openings, 5)
    for route in routes:
        yard.route(route)
    decoys.scatter(yard, rng, place, rng.randint(1, 3))
    first = routes[0].path
    return frame(rng, [p for p in (*first, *routes[1].path[-2:]) if p[2] < 4.6], whole=False)


def parked(yard: Yard, assets: Assets = TRAINING) -> Camera:
    """Bikes without a charging cord, among everything that a cord could be mistaken for."""
    place = lay_out(yard, assets)
    rng = yard.dice("parked")
    decoys.scatter(yard, rng, place, rng.randint(4, 7))
    near = sorted((bike.hub for bike in place.row), key=lambda hub: abs(hub[0]))[:3]
    return frame(rng, [*near, (near[0][0], -0.3, rng.uniform(1.2, 3.2))], whole=False)


KINDS: dict[str, Callable[[Yard], Camera]] = {"strung": strung, "cord": cord, "parked": parked}


def lay_out(yard: Yard, assets: Assets) -> Place:
    """A front, the street before it and a row of one to six bikes, perhaps under a shed's roof or a tree."""
    rng = yard.dice(f"{yard.kind} place")
    wide = rng.uniform(2.6, 4.8)
    style = rng.choice(sorted(assets.fronts))
    openings = assets.fronts[style](yard, rng.choice(assets.walls))
    street.lay_ground(yard, rng.choice(assets.pavings), wide)
    street.far_side(yard, wide)
    street.fallen_leaves(yard, wide, rng.choice((40, 140, 300)))
    middle = rng.uniform(-1.5, 1.5)
    near_tree = rng.choice((-1, 1)) * rng.uniform(1.4, 2.6) if rng.random() < 0.4 else rng.uniform(6, 8)
    street.kerb_row(yard, wide, (middle + near_tree, middle - 8.5, 15.0, -16.0))
    _traffic(yard, rng, wide)
    row = _row(yard, rng, assets, middle, wide)
    if rng.random() < 0.18 and style != "shop_row":
        assets.shed(yard, rng, middle, rng.uniform(4, 7), 2.1)
    tree = (middle + near_tree, -wide + 0.45, 2.7) if abs(near_tree) < 3 else None
    at_hand = tuple(o for o in openings if abs(o.lip[0] - middle) < 4.5)
    return Place(wide, row, at_hand or tuple(openings), tree, style != "shop_row")


def _traffic(yard: Yard, rng: Random, wide: float) -> None:
    for end in (-1, 1):
        street.pole(yard, yard.dice(f"pole{end}"), end * rng.uniform(7.5, 12.5), -wide + 0.4)
    spots = [end * (9.0 + 6.2 * i) for end in (-1, 1) for i in range(3)]
    street.park_cars(yard, wide, [x + rng.uniform(-0.6, 0.6) for x in spots if rng.random() < 0.7])


def _row(yard: Yard, rng: Random, assets: Assets, middle: float, wide: float) -> tuple[Parked, ...]:
    """Bikes at the wall nose in or nose out, along it, or along the kerb."""
    count, gap = rng.randint(1, 6), rng.uniform(0.66, 0.95)
    lean = rng.choice((0.0, 0.0, 180.0, 25.0, -30.0))
    along = rng.random() < 0.2
    far = rng.random() < 0.2
    row = []
    for i in range(count):
        x = middle + (i - (count - 1) / 2) * (1.9 if along else gap)
        turn = (90.0 if along else lean) + rng.gauss(0, 6)
        y = (-wide + 1.0 if far else -1.1 if not along else -0.55) + rng.gauss(0, 0.06)
        if assets.borrowed and rng.random() < 0.12:
            yard.add(ebike(rng, (x, y, 0), turn))
            continue
        row.append(bikes.park(yard, assets.parked(rng), (x, y, 0), turn))
    while not any(bike.ports for bike in row):
        x = middle + (count + 1) / 2 * (1.9 if along else gap)
        row.append(bikes.park(yard, assets.parked(rng), (x, -1.1, 0), lean))
        count += 1
    return tuple(row)


def find_routes(rng: Random, place: Place, openings: Sequence[Opening], count: int) -> list[Route]:
    """Routes from openings to bikes, each in its own manner."""
    chargeable = [bike for bike in place.row if bike.ports]
    routes = []
    for _ in range(count):
        bike = rng.choice(chargeable)
        near = sorted(openings, key=lambda o: abs(o.lip[0] - bike.hub[0]) + 0.4 * o.floor)
        opening = rng.choice(near[:5])
        port = rng.choice(bike.ports)
        manners = [_free, _free, _ground]
        manners += [_wallwards, _wallwards] if place.walled else []
        manners += [_branch] if place.tree else []
        rests = rng.choice(manners)(rng, place, opening, port)
        strip = rng.choice(_STRIPS)
        routes.append(Route((opening.inside, opening.lip, *rests, port), strip))
    return routes[:count]


def _free(_rng: Random, _place: Place, _opening: Opening, _port: Vec) -> tuple[Vec, ...]:
    """Straight through the air."""
    return ()


def _wallwards(rng: Random, _place: Place, opening: Opening, port: Vec) -> tuple[Vec, ...]:
    """Along the wall for a while, hooked over nails or pipes, then off it to the bike."""
    x, _, z = opening.lip
    level = min(z - 0.1, rng.uniform(1.3, 2.6))
    stop = port[0] + rng.uniform(-0.5, 0.5)
    nails = [(x + (stop - x) * share, -0.045, level + rng.uniform(-0.08, 0.08)) for share in (0.0, 0.5, 1.0)]
    low = (stop, -0.07, rng.uniform(0.05, 0.9))
    return (*nails, low) if rng.random() < 0.5 else tuple(nails)


def _ground(rng: Random, place: Place, opening: Opening, port: Vec) -> tuple[Vec, ...]:
    """Down the wall, then across the pavement."""
    x, _, z = opening.lip
    foot: Vec = (x + rng.uniform(-0.1, 0.1), -0.1, 0.012)
    first: tuple[Vec, ...] = ((x, -0.06, z * 0.5),) if z > 1.2 else ()
    end: Vec = (port[0] + rng.uniform(-0.3, 0.3), max(port[1] - rng.uniform(-0.3, 0.3), -place.width_m + 0.3), 0.012)
    return (*first, foot, end)


def _branch(rng: Random, place: Place, _opening: Opening, _port: Vec) -> tuple[Vec, ...]:
    """Over a branch of the street tree."""
    x, y, z = place.tree or (0.0, -2.0, 2.7)
    return ((x + rng.uniform(-0.4, 0.4), y + rng.uniform(0.1, 0.5), z + rng.uniform(0.0, 0.5)),)


def frame(rng: Random, spots: Sequence[Vec], whole: bool) -> Camera:
    """A phone near or far, or a camera on a pole, turned to `spots`; it shows all of them where `whole`."""
    xs, zs = [p[0] for p in spots], [p[2] for p in spots]
    high = rng.random() < 0.15
    turn = math.radians(rng.uniform(-12, 58) * rng.choice((-1, 1)))
    lens = rng.uniform(30, 44) if high else rng.uniform(22, 31)
    height = rng.uniform(3.6, 5.8) if high else rng.uniform(1.25, 1.85)
    middle: Vec = (
        (min(xs) + max(xs)) / 2 + rng.uniform(-0.3, 0.3),
        min(-0.5, sum(p[1] for p in spots) / len(spots)),
        min(zs) + (max(zs) - min(zs)) * 0.46 + rng.uniform(-0.2, 0.25),
    )
    away = rng.uniform(6.0, 9.5) if high else rng.choice((2.2, 2.7, 3.3, 4.2, 5.6)) * rng.uniform(0.9, 1.15)
    roll = rng.gauss(0, 0.9)
    while True:
        at = (middle[0] + away * math.sin(turn), middle[1] - away * math.cos(turn), height)
        camera = Camera(at, middle, lens, roll)
        if away > 16 or sum(_inside(camera, spot) for spot in spots) >= len(spots) * (1.0 if whole else 0.7):
            return camera
        away += 0.2


def _inside(camera: Camera, spot: Vec) -> bool:
    seen = camera.project(spot, 1600, 900)
    return seen is not None and 50 < seen[0] < 1550 and 35 < seen[1] < 865
