"""Residential façades and compound walls: storeys, windows, cages, air conditioners, pipes, cables, doors."""

import math
from random import Random

from datasets.synth.scene import Block, Drum, Material, Model, Sheet, Tube
from datasets.synth.yard import Yard, plain, printed, sag, tiled

STOREY_M = 3.0
SILL_M = 1.05
HALF_M = 14.0

_STEEL = plain("b9bbbd", 0.3, 0.9)
_RUST = plain("6b4a36", 0.8)
_ALUMINIUM = plain("c9cbcb", 0.45, 0.3)
_PVC = plain("dedcd4", 0.5)
_BLACK = plain("101011", 0.5)
_GLASS = Material(colour=(0.02, 0.025, 0.028), roughness=0.06)


def raise_homes(yard: Yard, wall: str, storeys: int = 5, door_x: float = 0.0) -> list[float]:
    """A walk-up block of flats with ground-floor windows and a stairwell door at `door_x`.

    Answers the x of each column of windows; the sill of floor n lies at n * STOREY_M + SILL_M.
    """
    columns = []
    rng = yard.dice("homes")
    height = storeys * STOREY_M + 0.6
    yard.add(Block(at=(0, 5, height / 2), size=(2 * HALF_M, 10, height), material=tiled(wall)))
    yard.add(Block(at=(0, -0.03, 0.22), size=(2 * HALF_M, 0.06, 0.44), material=tiled("wall/concrete")))
    for floor in range(1, storeys):
        yard.add(Block(at=(0, -0.02, floor * STOREY_M), size=(2 * HALF_M, 0.05, 0.14), material=plain("8b877e", 0.9)))
    x = -HALF_M + 1.2
    while x < HALF_M - 1:
        width = rng.uniform(1.2, 1.9)
        columns.append(x)
        for floor in range(storeys):
            if floor == 0 and abs(x - door_x) < 2.4:
                continue
            window(
                yard,
                rng,
                (x, floor * STOREY_M + SILL_M + 0.7),
                (width, 1.4),
                caged=rng.random() < (0.85, 0.6, 0.35)[min(floor, 2)],
            )
        x += width + rng.uniform(0.9, 1.7)
    stair_door(yard, rng, door_x)
    pipes(yard, rng, door_x)
    cables(yard, rng, 2.75)
    foot_dirt(yard)
    return columns


def window(yard: Yard, rng: Random, centre: tuple[float, float], size: tuple[float, float], caged: bool) -> None:
    """One window with its sill, curtain, perhaps a cage, a canopy, an air conditioner and the dirt below."""
    (x, z), (width, height) = centre, size
    frame = rng.choice([_ALUMINIUM, _ALUMINIUM, plain("e4e3de", 0.5), plain("3c4a44", 0.5)])
    yard.add(
        Sheet(at=(x, -0.004, z), width=width, height=height, material=printed(f"curtain/{rng.randint(0, 11)}", 0.25))
    )
    for part in (-1, 0, 1):
        yard.add(Block(at=(x + part * width / 2, -0.03, z), size=(0.06, 0.07, height + 0.06), material=frame))
    for part in (-1, 1):
        yard.add(Block(at=(x, -0.03, z + part * height / 2), size=(width + 0.06, 0.07, 0.06), material=frame))
    yard.add(
        Block(at=(x, -0.05, z - height / 2 - 0.06), size=(width + 0.24, 0.16, 0.06), material=plain("8f8b83", 0.9))
    )
    drip = printed(f"decal/drip-{rng.randint(0, 5)}", 0.9, alpha=rng.uniform(0.5, 0.9))
    yard.add(Sheet(at=(x, -0.003, z - height / 2 - 0.55), width=width + 0.2, height=1.0, material=drip))
    if caged:
        cage(yard, rng, centre, size)
    if rng.random() < 0.4:
        tin = rng.choice([plain("4d7fae", 0.35), plain("9aa3a5", 0.3, 0.6), plain("6d8f7c", 0.4)])
        yard.add(Block(at=(x, -0.36, z + height / 2 + 0.3), size=(width + 0.4, 0.75, 0.02), tilt_deg=22, material=tin))
    if rng.random() < 0.55:
        air_conditioner(yard, rng, x + width / 2 + rng.uniform(0.5, 0.65), z - height / 2 - rng.uniform(0.0, 0.3))


def cage(yard: Yard, rng: Random, centre: tuple[float, float], size: tuple[float, float]) -> None:
    """A burglar cage of bars that stands out from the wall; sometimes with pots or a box on its floor."""
    (x, z), (width, height) = centre, size
    metal = rng.choice([_STEEL, _STEEL, _ALUMINIUM, _RUST])
    deep = rng.choice([0.1, 0.35, 0.45])
    low, high = z - height / 2 - 0.08, z + height / 2 + 0.08
    left, right = x - width / 2 - 0.08, x + width / 2 + 0.08
    bars = round((right - left) / 0.11)
    for i in range(bars + 1):
        bar_x = left + (right - left) * i / bars
        points = ((bar_x, 0.0, low), (bar_x, -deep, low), (bar_x, -deep, high), (bar_x, 0.0, high))
        yard.add(Tube(points=points, radius=0.008, material=metal))
    for level in (low, low + 0.35, z + 0.1, high - 0.3, high):
        points = ((left, 0.0, level), (left, -deep, level), (right, -deep, level), (right, 0.0, level))
        yard.add(Tube(points=points, radius=0.012, material=metal))
    if deep < 0.3:
        return
    for _ in range(rng.randint(0, 4)):
        pot = plain(rng.choice(["7a4a32", "e8e6df", "35577a", "4b4b48"]), 0.7)
        at = (rng.uniform(left + 0.2, right - 0.2), -deep / 2, low + 0.01)
        yard.add(Drum(at=at, foot_m=0.07, top_m=0.1, height=rng.uniform(0.12, 0.3), material=pot))


def air_conditioner(yard: Yard, rng: Random, x: float, z: float) -> None:
    """The outdoor unit on its bracket, with a hose that goes into the wall."""
    yard.add(Model(name="Scopia/135", at=(x, -0.3, z), size=(0.771, 0.284, 0.542)))
    for side in (-0.3, 0.3):
        points = ((x + side, 0.0, z - 0.25), (x + side, -0.5, z - 0.01), (x + side, 0.0, z - 0.01))
        yard.add(Tube(points=points, radius=0.014, material=rng.choice([_RUST, _STEEL])))
    hose = ((x - 0.38, -0.2, z + 0.2), (x - 0.55, -0.1, z + 0.1), (x - 0.6, -0.04, z + 0.5), (x - 0.6, 0.0, z + 0.9))
    yard.add(Tube(points=hose, radius=0.022, material=plain("cfcabc", 0.8)))


def stair_door(yard: Yard, rng: Random, x: float) -> None:
    """The stairwell door with its steel leaf, lamp, number plate, couplets and a notice board."""
    paint = plain(rng.choice(["4a5a52", "5b3a30", "6c7478", "35424f"]), 0.45, 0.4)
    yard.add(Block(at=(x, -0.02, 1.08), size=(1.5, 0.1, 2.16), bevel_m=0.01, material=paint))
    yard.add(Block(at=(x - 0.02, -0.075, 1.05), size=(0.012, 0.01, 2.05), material=_BLACK))
    for side in (-1, 1):
        yard.add(Block(at=(x + side * 0.37, -0.075, 1.5), size=(0.5, 0.012, 0.75), material=plain("2c302f", 0.3)))
        yard.add(Block(at=(x + side * 0.37, -0.075, 0.6), size=(0.5, 0.012, 0.65), bevel_m=0.004, material=paint))
        strip = printed(f"couplet/{rng.randint(0, 3)}-old", 0.8, alpha=1.0)
        yard.add(Sheet(at=(x + side * 0.95, -0.008, 1.35), width=0.2, height=1.3, material=strip))
    yard.add(Block(at=(x, -0.5, 2.5), size=(2.3, 1.0, 0.12), material=plain("8f8b83", 0.9)))
    yard.add(Block(at=(x, -0.35, 0.06), size=(2.0, 0.7, 0.12), material=tiled("wall/concrete")))
    yard.add(Drum(at=(x, -0.4, 2.36), foot_m=0.09, top_m=0.09, height=0.07, material=plain("f0efe8", 0.4)))
    yard.add(
        Sheet(at=(x + 1.55, -0.03, 1.6), width=0.62, height=0.45, material=printed(f"notice/{rng.randint(0, 5)}", 0.35))
    )


def pipes(yard: Yard, rng: Random, door_x: float, boxes: bool = True) -> None:
    """Down-pipes, yellow gas pipes and perhaps meter `boxes`, all clear of the door."""
    for _ in range(4):
        x = _clear(rng.uniform(-HALF_M + 1, HALF_M - 1), door_x)
        yard.add(Drum(at=(x, -0.08, 0.15), foot_m=0.055, top_m=0.055, height=14, material=_PVC))
        for step in range(8):
            yard.add(Block(at=(x, -0.05, 0.8 + step * 1.7), size=(0.16, 0.1, 0.04), material=_ALUMINIUM))
    gas = plain("c79a1e", 0.5)
    level = rng.uniform(2.85, 3.15)
    yard.add(Tube(points=((-HALF_M, -0.07, level), (HALF_M, -0.07, level)), radius=0.022, material=gas))
    for _ in range(3):
        x = _clear(rng.uniform(-HALF_M + 1, HALF_M - 1), door_x)
        yard.add(Tube(points=((x, -0.07, level), (x, -0.07, 1.2), (x, 0.0, 1.2)), radius=0.018, material=gas))
    for _ in range(2 if boxes else 0):
        at = (_clear(rng.uniform(-9, 9), door_x), -0.09, rng.uniform(1.3, 1.7))
        box = plain(rng.choice(["9b9d9a", "b9b8ae", "56635d"]), 0.5, 0.2)
        yard.add(Block(at=at, size=(rng.uniform(0.4, 0.7), 0.18, rng.uniform(0.45, 0.8)), bevel_m=0.01, material=box))


def _clear(x: float, door_x: float) -> float:
    """The same x, or one beside the door where it would stand before it."""
    return x if abs(x - door_x) > 1.3 else x + math.copysign(2.6, x - door_x)


def cables(yard: Yard, rng: Random, level: float) -> None:
    """Bundled telephone and power cables along the wall: legal, and not to be taken for a flying wire."""
    for _ in range(rng.randint(3, 6)):
        x, z = -HALF_M, level + rng.uniform(-0.12, 0.12)
        black = rng.choice([_BLACK, _BLACK, plain("55565a", 0.5), plain("c8c6bf", 0.5)])
        points: list[tuple[float, float, float]] = []
        while x < HALF_M:
            step = rng.uniform(1.0, 2.2)
            points += sag((x, -0.05, z), (x + step, -0.05, z), rng.uniform(0.01, 0.09), 6)[:-1]
            x += step
        yard.add(Tube(points=tuple(points), radius=rng.uniform(0.006, 0.013), material=black))


def foot_dirt(yard: Yard) -> None:
    """Splashes along the foot of the wall."""
    for i in range(5):
        x = -HALF_M + (i + 0.5) * 2 * HALF_M / 5
        dirt = printed(f"decal/base-{i}", 0.95, alpha=0.9)
        yard.add(Sheet(at=(x, -0.066, 0.42), width=2 * HALF_M / 5, height=0.84, material=dirt))


def compound_wall(yard: Yard, wall: str, height: float = 2.5, plain_span: bool = False) -> None:
    """A wall round a compound, with a coping, piers and a plinth; flats and trees look over it from behind.

    `plain_span` keeps banners off it.
    """
    rng = yard.dice("compound")
    length = 2 * HALF_M + 12
    yard.add(Block(at=(0, 0.12, height / 2), size=(length, 0.24, height), material=tiled(wall)))
    yard.add(Block(at=(0, 0.12, height + 0.05), size=(length, 0.4, 0.1), material=plain("8d8a84", 0.9)))
    plinth = tiled(rng.choice(["wall/concrete", "wall/brick-grey"]))
    yard.add(Block(at=(0, 0.09, 0.3), size=(length, 0.3, 0.6), material=plinth))
    for i in range(-4, 5):
        yard.add(
            Block(at=(i * 4.4 + 2.2, 0.1, height / 2 + 0.08), size=(0.42, 0.42, height + 0.16), material=tiled(wall))
        )
    foot_dirt(yard)
    if not plain_span and rng.random() < 0.7:
        sheet = printed(f"banner/{rng.randint(0, 3)}", 0.7)
        yard.add(
            Sheet(
                at=(rng.uniform(4, 6) * rng.choice((-1, 1)), -0.14, height - 0.5),
                width=6.4,
                height=0.62,
                material=sheet,
            )
        )
    for i in range(3):
        far_block(yard, rng, -16 + i * 15, 13 + rng.uniform(0, 5))


def far_block(yard: Yard, rng: Random, x: float, y: float) -> None:
    """A block of flats in the distance: a box with a painted front on each long side and plain ends."""
    height, length = rng.choice([15.0, 18.0, 24.0, 33.0]), rng.uniform(11, 16)
    front = printed(f"facade/{rng.randint(0, 7)}", 0.8)
    yard.add(Block(at=(x, y + 5.05, height / 2), size=(length, 10, height), material=plain("a59d90", 0.9)))
    for side, turn in ((y, 0.0), (y + 10.1, 180.0)):
        yard.add(Sheet(at=(x, side, height / 2), width=length, height=height, turn_deg=turn, material=front))
    for side, turn in ((x - length / 2 - 0.05, -90.0), (x + length / 2 + 0.05, 90.0)):
        yard.add(Sheet(at=(side, y + 5, height / 2), width=10, height=height, turn_deg=turn, material=front))
