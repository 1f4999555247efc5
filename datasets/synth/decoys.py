"""What could be taken for a charging cord and is none: cables, hoses, lines of washing, locks, a charging post."""

import math
from collections.abc import Callable, Sequence
from random import Random
from typing import Protocol, TypeAlias

from datasets.synth.bikes import Parked
from datasets.synth.cords import catenary
from datasets.synth.scene import Block, Drum, Material, Sheet, Tube, Vec
from datasets.synth.yard import Yard, plain, sag

_BLACK = plain("121213", 0.5)
_STEEL = plain("a9abad", 0.35, 0.8)
_PVC = plain("d8d6cd", 0.5)


class Street(Protocol):
    """What a decoy must know of a street: its bikes, how wide the pavement is, whether a flat wall stands behind."""

    @property
    def row(self) -> Sequence[Parked]: ...
    @property
    def width_m(self) -> float: ...
    @property
    def walled(self) -> bool: ...


def scatter(yard: Yard, rng: Random, place: Street, count: int) -> None:
    """`count` of them; without a wall to hold them, only those that need none."""
    choice = ON_WALLS + FREE if place.walled else FREE
    for decoy in rng.sample(choice, min(count, len(choice))):
        decoy(yard, rng, place.row, place.width_m)


def bundle(yard: Yard, rng: Random, row: Sequence[Parked], _wide: float) -> None:
    """Telephone cables in a sagging bundle along the wall, with a junction box."""
    x, level = row[0].hub[0], rng.uniform(2.2, 3.6)
    for _ in range(rng.randint(3, 8)):
        z, step = level + rng.uniform(-0.08, 0.08), rng.uniform(1.1, 2.4)
        points: list[Vec] = []
        for i in range(-5, 5):
            a, b = (x + i * step, -0.06, z), (x + (i + 1) * step, -0.06, z)
            points += sag(a, b, rng.uniform(0.01, 0.1), 5)[:-1]
        skin = rng.choice((_BLACK, _BLACK, plain("6b6c6e", 0.5), plain("cbc9c0", 0.5)))
        yard.add(Tube(points=tuple(points), radius=rng.uniform(0.004, 0.012), material=skin))
    box = (x + rng.uniform(-3, 3), -0.1, level - 0.25)
    yard.add(Block(at=box, size=(0.3, 0.14, 0.36), bevel_m=0.01, material=plain("8d8f8c", 0.5)))


def drop_wire(yard: Yard, rng: Random, row: Sequence[Parked], wide: float) -> None:
    """A service cable from a pole over the street to the eaves."""
    x = row[0].hub[0]
    house: Vec = (x + rng.uniform(-3, 3), -0.05, rng.uniform(3.0, 5.5))
    pole: Vec = (x + rng.choice((-1, 1)) * rng.uniform(4, 9), -wide + 0.4, rng.uniform(5.5, 7.5))
    for _ in range(rng.randint(1, 3)):
        far = (pole[0], pole[1], pole[2] + rng.uniform(-0.3, 0.3))
        yard.add(Tube(points=catenary(house, far, rng.uniform(0.003, 0.02)), radius=0.007, material=_BLACK))
    yard.add(Drum(at=(pole[0], pole[1], 0), foot_m=0.13, top_m=0.09, height=7.8, material=plain("8f8d86", 0.9)))


def down_pipe(yard: Yard, rng: Random, row: Sequence[Parked], _wide: float) -> None:
    """A thin pipe or a lightning rod down the wall, between the bikes."""
    x = row[0].hub[0] + rng.uniform(-2, 2)
    radius = rng.choice((0.006, 0.012, 0.025, 0.05))
    tone = rng.choice((_PVC, _STEEL, plain("2a2b2d", 0.5), plain("c79a1e", 0.5)))
    yard.add(Tube(points=((x, -0.06, 0.1), (x, -0.06, rng.uniform(4, 9))), radius=radius, material=tone))
    for i in range(4):
        yard.add(Block(at=(x, -0.04, 0.6 + i * 1.1), size=(radius * 3, 0.07, 0.03), material=_STEEL))


def drain_hose(yard: Yard, rng: Random, row: Sequence[Parked], _wide: float) -> None:
    """The drain hose of an air conditioner, loose along the wall to the ground, ending in a puddle."""
    x = row[0].hub[0] + rng.uniform(-2.2, 2.2)
    top = rng.uniform(1.8, 4.2)
    points = [
        (x + 0.05 * math.sin(i * 0.9 + top), -0.05 - 0.02 * math.sin(i * 0.7), top * (1 - i / 14) + 0.02)
        for i in range(15)
    ]
    tone = rng.choice((plain("d9d6c9", 0.6), plain("8f9aa0", 0.5), _PVC))
    yard.add(Tube(points=tuple(points), radius=rng.uniform(0.007, 0.012), material=tone))
    wet = Material(colour=(0.02, 0.02, 0.02), roughness=0.08)
    yard.add(Sheet(at=(x, -0.3, 0.004), width=0.5, height=0.3, facing="sky", material=wet))


def washing(yard: Yard, rng: Random, row: Sequence[Parked], _wide: float) -> None:
    """A line of clothes between two hooks on the wall or two poles."""
    x, z, y = row[0].hub[0], rng.uniform(1.9, 2.6), rng.choice((-0.25, -1.4))
    a, b = (x - rng.uniform(1.2, 2.4), y, z), (x + rng.uniform(1.2, 2.4), y, z)
    line = sag(a, b, rng.uniform(0.03, 0.15), 16)
    yard.add(Tube(points=line, radius=0.004, material=rng.choice((_PVC, _BLACK, plain("2f6b48", 0.5)))))
    for end in (a, b):
        yard.add(Drum(at=(end[0], y - 0.02, 0), foot_m=0.018, top_m=0.018, height=z, material=_STEEL))
    for i in rng.sample(range(1, 16), rng.randint(3, 9)):
        cloth = plain(rng.choice(("3f5f8c", "b9434a", "e6e4dd", "2a2b2e", "7d9a6a", "d8b45a")), 0.9)
        wide, long = rng.uniform(0.22, 0.5), rng.uniform(0.3, 0.8)
        spot = (line[i][0], y, line[i][2] - long / 2)
        yard.add(
            Sheet(at=spot, width=wide, height=long, turn_deg=rng.gauss(0, 12), spin_deg=rng.gauss(0, 3), material=cloth)
        )


def lamp_cable(yard: Yard, rng: Random, row: Sequence[Parked], _wide: float) -> None:
    """A wall lamp on its bracket, its cable clipped to the wall and into it again."""
    x, z = row[0].hub[0] + rng.uniform(-2.5, 2.5), rng.uniform(2.3, 3.1)
    yard.add(Tube(points=((x, 0.0, z), (x, -0.4, z + 0.15)), radius=0.014, material=_STEEL))
    yard.add(Drum(at=(x, -0.42, z + 0.05), foot_m=0.14, top_m=0.03, height=0.12, material=plain("d6d4cc", 0.4)))
    path = ((x, -0.02, z), (x, -0.02, z - 0.5), (x + 0.9, -0.02, z - 0.5), (x + 0.9, 0.0, z - 0.9))
    yard.add(Tube(points=path, radius=0.006, material=rng.choice((_BLACK, _PVC))))


def lock(yard: Yard, rng: Random, row: Sequence[Parked], _wide: float) -> None:
    """A cable or chain lock through the rear wheel of each bike."""
    tone = rng.choice((plain("1a1a1c", 0.4), plain("b3261e", 0.4), plain("27497a", 0.4), plain("c9a227", 0.4)))
    for bike in row:
        x, y, z = bike.hub
        points = tuple(
            (x + 0.16 * math.cos(i * 0.4), y + 0.05 * math.sin(i * 0.8), z + 0.05 + 0.17 * math.sin(i * 0.4))
            for i in range(17)
        )
        yard.add(Tube(points=points, radius=rng.uniform(0.006, 0.012), material=tone))


def awning_ropes(yard: Yard, rng: Random, row: Sequence[Parked], _wide: float) -> None:
    """A cloth awning held by ropes to the wall and to the ground."""
    x, z = row[0].hub[0] + rng.uniform(-1, 1), rng.uniform(2.4, 2.9)
    cloth = plain(rng.choice(("3f6b9c", "8d3a34", "5c7d5a", "c9c4b4")), 0.9)
    yard.add(Block(at=(x, -0.8, z), size=(3.0, 1.7, 0.02), tilt_deg=14, material=cloth))
    rope = plain(rng.choice(("d8d4c4", "2f5f9c", "b8862c")), 0.8)
    for side in (-1.5, 1.5):
        corner: Vec = (x + side, -1.62, z - 0.2)
        yard.add(Tube(points=(corner, (x + side * 1.1, -2.3, 0.02)), radius=0.005, material=rope))
        yard.add(Tube(points=(corner, (x + side, 0.0, z + 0.9)), radius=0.005, material=rope))


def crack(yard: Yard, rng: Random, row: Sequence[Parked], _wide: float) -> None:
    """Cracks in the plaster, dark and thin."""
    x = row[0].hub[0] + rng.uniform(-2, 2)
    for _ in range(rng.randint(1, 3)):
        points: list[Vec] = [(x + rng.uniform(-1, 1), -0.004, rng.uniform(2.0, 3.4))]
        for _ in range(rng.randint(8, 18)):
            a = points[-1]
            points.append((a[0] + rng.gauss(0.02, 0.06), -0.004, a[2] - rng.uniform(0.04, 0.16)))
        yard.add(Tube(points=tuple(p for p in points if p[2] > 0.1), radius=0.003, material=plain("3a3834", 0.9)))


def charging_post(yard: Yard, rng: Random, row: Sequence[Parked], _wide: float) -> None:
    """A legal charging post or a row of sockets on the wall, its lead hung up on its own hook."""
    x = row[0].hub[0] + rng.uniform(-1.6, 1.6)
    shell = plain(rng.choice(("e4e6e6", "2f7d4f", "2c63a8", "d98324")), 0.4)
    if rng.random() < 0.5:
        yard.add(Block(at=(x, -0.22, 0.65), size=(0.26, 0.2, 1.3), bevel_m=0.02, material=shell))
        yard.add(Block(at=(x, -0.325, 1.05), size=(0.16, 0.012, 0.12), material=_BLACK))
        hook: Vec = (x + 0.14, -0.26, 0.95)
        points = tuple(
            (hook[0] + 0.01, hook[1] + 0.1 * math.sin(i * 0.5), hook[2] - 0.2 + 0.2 * math.cos(i * 0.5))
            for i in range(26)
        )
        yard.add(Tube(points=points, radius=0.008, material=_BLACK))
        return
    duct: tuple[Vec, ...] = ((x - 2.4, -0.03, 1.25), (x + 2.4, -0.03, 1.25))
    yard.add(Tube(points=duct, radius=0.02, material=_PVC))
    for i in range(-2, 3):
        yard.add(Block(at=(x + i, -0.06, 1.2), size=(0.16, 0.1, 0.22), bevel_m=0.01, material=shell))


def hose(yard: Yard, rng: Random, row: Sequence[Parked], wide: float) -> None:
    """A garden hose or a rope that lies in bends on the pavement and ends there."""
    x = row[0].hub[0] + rng.uniform(-1.5, 1.5)
    tone = rng.choice((plain("2f7d4f", 0.5), plain("c9742c", 0.5), plain("b9b29c", 0.9), plain("3c5f9c", 0.5)))
    line = tuple(
        (x + i * 0.09, -wide * 0.6 + 0.3 * math.sin(i * 0.45) + 0.1 * math.sin(i), 0.012)
        for i in range(rng.randint(12, 30))
    )
    yard.add(Tube(points=line, radius=rng.uniform(0.008, 0.013), material=tone))


Decoy: TypeAlias = Callable[[Yard, Random, Sequence[Parked], float], None]
FREE: tuple[Decoy, ...] = (drop_wire, lock, charging_post, hose)
ON_WALLS: tuple[Decoy, ...] = (bundle, bundle, down_pipe, drain_hose, washing, lamp_cable, awning_ropes, crack)
