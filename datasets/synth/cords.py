"""Charging cords as solids: catenaries between the points of a route, with the strip and the brick at their end.

The same solids are rendered with a street or drawn over its plate.
"""

import itertools
import math
from dataclasses import dataclass
from random import Random

from datasets.synth.scene import Bag, Block, Material, Route, Solid, Tube, Vec
from datasets.synth.yard import plain


@dataclass(frozen=True, slots=True)
class Wardrobe:
    """What cords and what hangs on them look like.

    Attributes:
        cords: screen colours, each as often as it shall be taken.
        thick_mm: the thinnest and the thickest cord.
        strips: colours of power strips; `bricks`: of chargers.
        strip_m: width, depth and length of a strip.
    """

    cords: tuple[str, ...]
    thick_mm: tuple[float, float]
    strips: tuple[str, ...]
    bricks: tuple[str, ...]
    strip_m: Vec


EVERYDAY = Wardrobe(
    cords=(
        "0b0b0b", "101214", "161616", "1a1b1e", "0b0b0b", "121212", "0d0e10", "141416",
        "dedcd6", "efede6", "d2cfc6", "e8e6e0",
        "c2541f", "b3261e", "2b4a8c", "8a8c8e", "5c4632", "2f6b48", "b8a23a", "6d7174",
    ),
    thick_mm=(3.5, 12.0),
    strips=("e9e7e0", "f4f2ec", "d9d6cc", "1b1c1e", "c9c4b6"),
    bricks=("0c0c0d", "1a1a1c", "232427", "9a9c9e"),
    strip_m=(0.06, 0.045, 0.28),
)  # fmt: skip

_STEPS = 18


def catenary(a: Vec, b: Vec, slack: float, steps: int = _STEPS) -> tuple[Vec, ...]:
    """Points of a line of length (1 + `slack`) times the distance that hangs from `a` to `b`; `steps` + 1 of them.

    Straight where one end hangs right under the other.

    >>> [round(p[2], 2) for p in catenary((0, 0, 1), (2, 0, 1), 0.1, 2)]
    [1.0, 0.6, 1.0]
    """
    dx, dy, rise = b[0] - a[0], b[1] - a[1], b[2] - a[2]
    across = math.hypot(dx, dy)
    length = math.dist(a, b) * (1 + slack)
    if across < 0.02 or slack < 1e-4:
        return tuple(_between(a, b, i / steps) for i in range(steps + 1))
    scale = across / (2 * _bend(math.sqrt(length**2 - rise**2) / across))
    lowest = (across - scale * math.log((length + rise) / (length - rise))) / 2
    floor = a[2] - scale * math.cosh(lowest / scale)
    points = []
    for i in range(steps + 1):
        t = i / steps
        high = floor + scale * math.cosh((across * t - lowest) / scale)
        points.append((a[0] + dx * t, a[1] + dy * t, high))
    return tuple(points)


def _bend(ratio: float) -> float:
    """The u above 0 at which sinh(u) / u is `ratio`, by halving."""
    low, high = 1e-6, 60.0
    for _ in range(80):
        middle = (low + high) / 2
        if math.sinh(middle) / middle < ratio:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def hang(rng: Random, route: Route, thing: int, wardrobe: Wardrobe = EVERYDAY) -> list[Solid]:
    """One to four cords along a route, with its strip, its leads and a brick, all of one thing."""
    count = rng.choices((1, 2, 3, 4), (62, 23, 10, 5))[0]
    strip = _strip_spot(rng, route)
    path = (*route.path[:-1], strip or route.path[-1])
    parts: list[Solid] = []
    for number in range(count):
        cord = plain(rng.choice(wardrobe.cords), rng.uniform(0.35, 0.6))
        radius = _thickness_mm(rng, wardrobe) / 2000
        slack = 10 ** rng.uniform(-3.2, -0.95)
        line = _along(rng, path, slack, number)
        parts.append(Tube(points=_loose(rng, line, radius), radius=radius, material=cord, thing=thing))
        if rng.random() < 0.15:
            parts.append(_coil(rng, path[-1], radius, cord, thing))
    if strip is not None:
        parts += _strip(rng, strip, route.strip, thing, wardrobe)
        parts += _leads(rng, strip, route.path[-1], thing)
    parts.append(_brick(rng, route.path[-1], thing, wardrobe))
    return parts


def _thickness_mm(rng: Random, wardrobe: Wardrobe) -> float:
    """Most extension leads are 8 to 10 mm thick; bell wire and doubled leads are the ends of the range."""
    thinnest, thickest = wardrobe.thick_mm
    return rng.triangular(thinnest, thickest, thinnest + 0.7 * (thickest - thinnest))


def _strip_spot(rng: Random, route: Route) -> Vec | None:
    """Where the power strip is: between the last rest and the bike."""
    if route.strip == "none":
        return None
    before, end = route.path[-2], route.path[-1]
    share = rng.uniform(0.55, 0.85)
    x, y = (before[i] + (end[i] - before[i]) * share + rng.uniform(-0.12, 0.12) for i in (0, 1))
    return (x, min(y, -0.12), 0.025 if route.strip == "ground" else rng.uniform(0.45, 1.15))


def _along(rng: Random, path: tuple[Vec, ...], slack: float, number: int) -> list[Vec]:
    """The points of one cord through a path; later cords keep a hand's breadth from the first."""
    shift = (rng.uniform(-0.06, 0.06) * number, rng.uniform(-0.02, 0.0) * number, 0.0)
    spots = [path[0], *((p[0] + shift[0], p[1] + shift[1], p[2]) for p in path[1:-1]), path[-1]]
    points: list[Vec] = [spots[0]]
    for a, b in itertools.pairwise(spots):
        lying = a[2] < 0.06 and b[2] < 0.06
        points += (_snake(rng, a, b) if lying else catenary(a, b, slack * rng.uniform(0.6, 1.6)))[1:]
    return points


def _snake(rng: Random, a: Vec, b: Vec) -> tuple[Vec, ...]:
    """A line that lies on the ground in loose bends."""
    phase, swing, waves = rng.uniform(0, 6.28), rng.uniform(0.02, 0.14), rng.uniform(0.6, 1.8)
    points = []
    for i in range(_STEPS + 1):
        t = i / _STEPS
        x, y, z = _between(a, b, t)
        bend = swing * math.sin(phase + t * waves * 6.28) * math.sin(math.pi * t)
        points.append((x + bend * 0.5, y + bend, z))
    return tuple(points)


def _loose(rng: Random, line: list[Vec], radius: float) -> tuple[Vec, ...]:
    """Small kinks, as a cord keeps from its coil; nothing under the ground or behind the wall's face."""
    pitch, swing, phase = rng.uniform(0.5, 1.6), rng.choice((0.002, 0.006, 0.014)), rng.uniform(0, 6)
    points = [line[0]]
    for i, (x, y, z) in enumerate(line[1:-1], 1):
        sway = swing * math.sin(phase + i * pitch)
        points.append((x + sway, y + swing * 0.5 * math.cos(phase + i * 1.3 * pitch), max(z, radius)))
    return (*points, line[-1])


def _coil(rng: Random, at: Vec, radius: float, cord: Material, thing: int) -> Tube:
    """What was too long, in rings on the ground or hung up."""
    wide, turns = rng.uniform(0.07, 0.16), rng.randint(2, 5)
    low = at[2] < 0.1
    points = []
    for i in range(turns * 12 + 1):
        angle = i / 12 * 2 * math.pi
        reach = wide * (1 + 0.1 * math.sin(i * 0.7))
        if low:
            spot = (at[0] + reach * math.cos(angle), at[1] - 0.1 + reach * math.sin(angle), radius * (1 + i / 12))
        else:
            spot = (
                at[0] + reach * 0.7 * math.cos(angle),
                at[1] - 0.01 * i / 12,
                at[2] - reach + reach * math.sin(angle),
            )
        points.append(spot)
    return Tube(points=tuple(points), radius=radius, material=cord, thing=thing)


def _strip(rng: Random, at: Vec, where: str, thing: int, wardrobe: Wardrobe) -> list[Solid]:
    """The power strip: lying, hanging, or in a plastic bag against the rain."""
    wide, deep, long = wardrobe.strip_m
    shell = plain(rng.choice(wardrobe.strips), 0.45)
    size = (long, wide, deep) if where == "ground" else (wide, deep, long)
    turn = rng.uniform(0, 180)
    parts: list[Solid] = [
        Block(
            at=at, size=size, turn_deg=turn, tilt_deg=0 if where == "ground" else rng.uniform(-12, 12),
            bevel_m=0.006, material=shell, thing=thing,
        )
    ]  # fmt: skip
    if where == "bag":
        film = Material(
            colour=plain(rng.choice(["e8e8e4", "c8d4d8", "c9302a", "1d1e20"])).colour, roughness=0.3, crease=0.6
        )
        low = (at[0], at[1], at[2] - long * 0.62)
        radii = (0.11, 0.07, 0.17)
        parts.append(
            Bag(at=low, radii=radii, style="tied", seed=rng.randint(0, 5), turn_deg=turn, material=film, thing=thing)
        )
    return parts


def _leads(rng: Random, strip: Vec, end: Vec, thing: int) -> list[Solid]:
    """The charger's own thin lead from the strip to the bike."""
    lead = catenary(strip, end, rng.uniform(0.02, 0.35), 12)
    black = plain("0f0f10", 0.5)
    radius = rng.uniform(0.0025, 0.004)
    points = tuple((x, y, max(z, radius)) for x, y, z in lead)
    return [Tube(points=points, radius=radius, material=black, thing=thing)]


def _brick(rng: Random, at: Vec, thing: int, wardrobe: Wardrobe) -> Block:
    shell = plain(rng.choice(wardrobe.bricks), 0.5)
    size = (rng.uniform(0.08, 0.11), rng.uniform(0.15, 0.21), rng.uniform(0.05, 0.07))
    turn = rng.uniform(0, 180)
    return Block(at=at, size=size, turn_deg=turn, bevel_m=0.008, material=shell, thing=thing)


def _between(a: Vec, b: Vec, t: float) -> Vec:
    return (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t)
