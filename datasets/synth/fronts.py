"""Building fronts with openings that a cord could come out of: flats with balconies, cottages, shops, walls."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from datasets.synth import facade, shops, street
from datasets.synth.facade import HALF_M, SILL_M, STOREY_M
from datasets.synth.scene import Block, Drum, Material, Sheet, Tube, Vec
from datasets.synth.yard import Yard, plain, printed, tiled

WALLS = (
    "wall/tile-white", "wall/tile-beige", "wall/tile-grey", "wall/plaster-yellow", "wall/brick-red",
    "wall/plaster-pink", "wall/plaster-white", "wall/plaster-grey", "wall/concrete", "wall/brick-grey",
)  # fmt: skip

_STEEL = plain("b9bbbd", 0.3, 0.9)
_RUST = plain("6b4a36", 0.8)
_WHITE = plain("e2e0da", 0.5)
_DARK = plain("222525", 0.5)


@dataclass(frozen=True, slots=True)
class Opening:
    """Where a cord leaves a building: `inside` the wall, over the `lip` from which it hangs, on a floor from 0 up."""

    inside: Vec
    lip: Vec
    floor: int


def flats(yard: Yard, wall: str) -> list[Opening]:
    """A walk-up block: windows, deep cages, glazed or open balconies, a stairwell door."""
    rng = yard.dice("flats")
    storeys, door_x = rng.randint(3, 6), rng.choice((-1, 1)) * rng.uniform(2.5, 5)
    _mass(yard, wall, storeys * STOREY_M + 0.6)
    band = rng.random() < 0.6
    openings = []
    x = -HALF_M + 1.2
    while x < HALF_M - 1:
        wide, style = rng.uniform(1.2, 2.0), rng.choice(("window", "window", "caged", "caged", "balcony"))
        for floor in range(storeys):
            if band and floor:
                yard.add(Block(at=(x, -0.02, floor * STOREY_M), size=(4.2, 0.05, 0.14), material=plain("8b877e", 0.9)))
            if floor == 0 and abs(x - door_x) < 2.4:
                continue
            openings.append(_bay(yard, rng, (x, floor), wide, "caged" if style == "balcony" and floor == 0 else style))
        x += wide + rng.uniform(0.9, 1.7)
    facade.stair_door(yard, rng, door_x)
    openings.append(Opening((door_x + 0.7, 0.0, 1.9), (door_x + 0.74, -0.14, 1.86), 0))
    _dress(yard, rng, door_x)
    return openings


def cottages(yard: Yard, wall: str) -> list[Opening]:
    """A row of low houses: doors a crack open, windows low down, eaves of tiles."""
    rng = yard.dice("cottages")
    height = rng.uniform(3.1, 3.6) + rng.choice((0, STOREY_M))
    _mass(yard, wall, height)
    tiles = plain(rng.choice(["3b3d40", "6b3a2c", "54565a"]), 0.8)
    yard.add(Block(at=(0, 1.6, height + 0.75), size=(2 * HALF_M, 4.6, 0.12), tilt_deg=22, material=tiles))
    openings = []
    x = -HALF_M + 1.5
    while x < HALF_M - 2:
        openings.append(_door(yard, rng, x))
        openings.append(_bay(yard, rng, (x + 1.9, 0), rng.uniform(0.9, 1.3), rng.choice(("window", "caged"))))
        if height > 5:
            openings.append(_bay(yard, rng, (x + 1.2, 1), rng.uniform(1.0, 1.5), "window"))
        x += rng.uniform(3.8, 4.8)
    _dress(yard, rng, -40.0)
    return openings


def shop_row(yard: Yard, wall: str) -> list[Opening]:
    """Shops below, flats above: cords come from a reel in a shop or from the windows over the signs."""
    rng = yard.dice("shop_row")
    shops.raise_shops(yard, wall, "", 0.0)
    openings = [Opening((x, 0.3, 0.3), (x, -0.1, 0.2), 0) for x in (-4.2, 0.3, 4.1)]
    for _ in range(7):
        x, floor = rng.uniform(-6, 6), rng.randint(1, 2)
        openings.append(Opening((x, 0.0, floor * STOREY_M + 2.1), (x, -0.3, floor * STOREY_M + 2.02), floor))
    return openings


def walled(yard: Yard, wall: str) -> list[Opening]:
    """A compound wall: cords come over its coping or through the bars of a gate."""
    rng = yard.dice("walled")
    facade.compound_wall(yard, wall, plain_span=True)
    street.hedge_behind(yard, 4.0, 5.0)
    gate = rng.uniform(-3, 3)
    bars = rng.choice([plain("2d4a3e", 0.5, 0.3), plain("5b2b26", 0.5, 0.3), _DARK])
    yard.add(Block(at=(gate, -0.02, 1.1), size=(1.2, 0.06, 2.2), material=_DARK))
    for i in range(9):
        at = (gate - 0.56 + i * 0.14, -0.09, 0.05)
        yard.add(Drum(at=at, foot_m=0.014, top_m=0.014, height=2.1, material=bars))
    openings = [Opening((gate + 0.3, 0.0, 1.5), (gate + 0.3, -0.11, 1.45), 0)]
    for _ in range(5):
        x = rng.uniform(-6, 6)
        openings.append(Opening((x, 0.3, 2.64), (x, -0.1, 2.62), 1))
    return openings


def shed(yard: Yard, rng: Random, x: float, wide: float, deep: float, height: float = 2.3) -> None:
    """A roof on posts over parked bikes."""
    sheet = rng.choice([plain("3f6f9c", 0.4, 0.3), plain("8e9698", 0.4, 0.5), plain("4f7f5c", 0.45, 0.3)])
    steel = rng.choice([_STEEL, _RUST, plain("3a5a86", 0.5, 0.3)])
    posts = max(2, round(wide / 2.4) + 1)
    for i in range(posts):
        px = x - wide / 2 + wide * i / (posts - 1)
        for y, top in ((-0.12, height + 0.3), (-deep, height)):
            yard.add(Drum(at=(px, y, 0), foot_m=0.03, top_m=0.03, height=top, material=steel))
        beam: tuple[Vec, ...] = ((px, -0.12, height + 0.28), (px, -deep - 0.1, height))
        yard.add(Tube(points=beam, radius=0.025, material=steel))
    for i in range(round(wide / 0.18)):
        rib = (x - wide / 2 + 0.09 + i * 0.18, -deep / 2 - 0.1, height + 0.18 + 0.012 * (i % 2))
        yard.add(Block(at=rib, size=(0.18, deep + 0.3, 0.012), tilt_deg=_slope(deep), material=sheet))


def _slope(deep: float) -> float:
    """The slope of a shed's roof in degrees: 0.3 m over its depth, down toward the street.

    >>> round(_slope(2.0), 1)
    8.6
    """
    return 0.3 / deep * 57.3


def _mass(yard: Yard, wall: str, height: float) -> None:
    yard.add(Block(at=(0, 5, height / 2), size=(2 * HALF_M, 10, height), material=tiled(wall)))
    yard.add(Block(at=(0, -0.03, 0.22), size=(2 * HALF_M, 0.06, 0.44), material=tiled("wall/concrete")))
    facade.foot_dirt(yard)


def _dress(yard: Yard, rng: Random, door_x: float) -> None:
    """Pipes and, mostly, a bundle of telephone cables."""
    facade.pipes(yard, rng, door_x)
    if rng.random() < 0.8:
        facade.cables(yard, rng, rng.uniform(2.6, 2.9))


def _bay(yard: Yard, rng: Random, place: tuple[float, int], wide: float, style: str) -> Opening:
    """One window of a column `x` and a floor, plain, caged or with a balcony."""
    x, floor = place
    low = floor * STOREY_M + SILL_M
    facade.window(yard, rng, (x, low + 0.7), (wide, 1.4), caged=False)
    away = rng.uniform(-0.35, 0.35) * wide
    if style == "window":
        return Opening((x + away, 0.0, low + 0.06), (x + away, -0.16, low), floor)
    if style == "caged":
        deep = rng.choice((0.12, 0.35, 0.5))
        cage(yard, rng, (x, low), wide, deep)
        return Opening((x + away, 0.0, low + 0.05), (x + away, -deep - 0.01, low + rng.uniform(-0.06, 0.3)), floor)
    deep = rng.uniform(0.8, 1.2)
    balcony(yard, rng, (x, low - 0.95), wide + 1.0, deep)
    return Opening((x + away, -deep + 0.3, low), (x + away, -deep - 0.02, low + 0.1), floor)


def cage(yard: Yard, rng: Random, foot: tuple[float, float], wide: float, deep: float) -> None:
    """A burglar cage `deep` metres before a window whose sill is at `foot` (x, z)."""
    x, low = foot[0], foot[1] - 0.08
    metal, high = rng.choice([_STEEL, _STEEL, _WHITE, _RUST]), foot[1] + 1.48
    left, right = x - wide / 2 - 0.08, x + wide / 2 + 0.08
    bars = round((right - left) / rng.uniform(0.1, 0.14))
    for i in range(bars + 1):
        at = left + (right - left) * i / bars
        points = ((at, 0.0, low), (at, -deep, low), (at, -deep, high), (at, 0.0, high))
        yard.add(Tube(points=points, radius=0.008, material=metal))
    for level in (low, low + rng.uniform(0.3, 0.5), high - 0.35, high):
        points = ((left, 0.0, level), (left, -deep, level), (right, -deep, level), (right, 0.0, level))
        yard.add(Tube(points=points, radius=0.012, material=metal))


def balcony(yard: Yard, rng: Random, foot: tuple[float, float], wide: float, deep: float) -> None:
    """A balcony whose floor is at `foot` (x, z): a slab with a parapet or a railing, sometimes glazed."""
    x, z = foot
    face = rng.choice([plain("cfcabd", 0.8), plain("b7a58c", 0.8), _WHITE])
    yard.add(Block(at=(x, -deep / 2, z), size=(wide, deep, 0.14), material=face))
    if rng.random() < 0.6:
        yard.add(Block(at=(x, -deep + 0.05, z + 0.5), size=(wide, 0.1, 1.0), material=face))
        for side in (-1, 1):
            yard.add(Block(at=(x + side * (wide / 2 - 0.05), -deep / 2, z + 0.5), size=(0.1, deep, 1.0), material=face))
    for i in range(round(wide / 0.13) + 1):
        at: Vec = (x - wide / 2 + i * 0.13, -deep, z)
        yard.add(Tube(points=(at, (at[0], at[1], z + 1.02)), radius=0.008, material=_STEEL))
    rail: tuple[Vec, ...] = ((x - wide / 2, -deep, z + 1.03), (x + wide / 2, -deep, z + 1.03))
    yard.add(Tube(points=rail, radius=0.022, material=_STEEL))
    if rng.random() < 0.4:
        pane = printed(f"curtain/{rng.randint(0, 11)}", 0.2)
        yard.add(Sheet(at=(x, -deep + 0.02, z + 1.75), width=wide - 0.1, height=1.4, material=pane))


def _door(yard: Yard, rng: Random, x: float) -> Opening:
    """A house door, a crack open."""
    leaf = plain(rng.choice(["5b3a2a", "7a2a22", "3d4f49", "6c7478", "2f4668"]), 0.5)
    yard.add(Block(at=(x, -0.02, 1.03), size=(1.0, 0.08, 2.06), material=_DARK))
    yard.add(Block(at=(x - 0.05, -0.07, 1.02), size=(0.82, 0.04, 2.0), turn_deg=rng.uniform(-4, 0), material=leaf))
    yard.add(Block(at=(x, -0.22, 0.05), size=(1.2, 0.4, 0.1), material=plain("85827b", 0.9)))
    if rng.random() < 0.5:
        couplet = f"couplet/{rng.randint(0, 3)}-old"
        for side in (-1, 1):
            paper: Material = printed(couplet, 0.8, alpha=1.0)
            yard.add(Sheet(at=(x + side * 0.66, -0.01, 1.3), width=0.18, height=1.2, material=paper))
    low = rng.choice((0.14, 1.0))
    return Opening((x + 0.42, 0.0, low), (x + 0.42, -0.12, low), 0)


FRONTS: dict[str, Callable[[Yard, str], list[Opening]]] = {
    "flats": flats,
    "cottages": cottages,
    "shop_row": shop_row,
    "walled": walled,
}
