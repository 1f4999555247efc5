"""Things on wheels that stand at a wall: Chinese e-bikes in several bodies, a bicycle, a three-wheeler. All our own.

Around the origin on the ground; the front points to +y. `Parked` says where a charging cord would end on one.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from datasets.synth.scene import Block, Colour, Drum, Material, Solid, Taper, Tube, Vec
from datasets.synth.yard import Yard, moved, plain

PAINTS = (
    "1b1c1f", "f0efe9", "a3231f", "27497a", "5b6660", "b9985a", "7fa8c4", "d8a7ae", "3d6b4f", "8c8f92", "d9c23a",
    "59402f",
)  # fmt: skip

_TYRE = plain("141415", 0.85)
_RIM = plain("8d9092", 0.35, 0.8)
_STEEL = plain("b4b6b8", 0.3, 0.9)
_TUBE = plain("26282a", 0.45, 0.3)
_SEAT = plain("17171a", 0.55)
_MAT = plain("2a2a2b", 0.9)
_LAMP = plain("e9e6dc", 0.1)
_RED = plain("8a1510", 0.2)
_MIRROR = plain("a9b2ba", 0.05, 1.0)


@dataclass(frozen=True, slots=True)
class Body:
    """The measures that tell one e-bike body from another, in metres.

    Attributes:
        wheel: outer radius of its wheels.
        base: from hub to hub.
        apron: width and height of the shield before the legs; no shield where the height is 0.
        trunk: width, length and height of the body under the seat, which holds the battery.
        seat: length of the seat, and how high it lies.
        extras: any of `rack`, `box`, `basket`, `mirrors`, `cowl`, `backrest`, `battery`.
    """

    wheel: float
    base: float
    apron: tuple[float, float]
    trunk: Vec
    seat: tuple[float, float]
    extras: frozenset[str]


BODIES: dict[str, Body] = {
    "commuter": Body(
        0.22, 1.2, (0.36, 0.56), (0.25, 0.6, 0.36), (0.62, 0.76), frozenset({"rack", "mirrors", "basket"})
    ),
    "simple": Body(0.2, 1.08, (0.0, 0.0), (0.17, 0.3, 0.22), (0.3, 0.78), frozenset({"rack", "basket", "battery"})),
    "cruiser": Body(0.24, 1.32, (0.42, 0.64), (0.32, 0.74, 0.42), (0.74, 0.8), frozenset({"mirrors", "cowl", "box"})),
    "small": Body(0.19, 1.02, (0.3, 0.5), (0.22, 0.5, 0.32), (0.5, 0.7), frozenset({"rack", "backrest", "mirrors"})),
}


@dataclass(frozen=True, slots=True)
class Parked:
    """A vehicle in its place: its parts, and where a cord may end on it (empty for what has no battery)."""

    parts: tuple[Solid, ...]
    ports: tuple[Vec, ...]
    hub: Vec


def ebike(rng: Random, body: Body, paint: str) -> Parked:
    """An electric bike around the origin."""
    coat = Material(colour=plain(paint).colour, roughness=rng.uniform(0.2, 0.4))
    front, rear = body.base / 2, -body.base / 2
    parts = [*wheel((0, front, body.wheel), body.wheel), *wheel((0, rear, body.wheel), body.wheel, hub=0.09)]
    parts += _fork(body, front)
    parts += _fender(front, body.wheel, coat, (20, 150))
    parts += _fender(rear, body.wheel, coat, (30, 165))
    parts += _bars(rng, body, front)
    parts += _middle(body, front, coat)
    parts += _stern(rng, body, coat)
    bow = front - 0.16
    if body.apron[1]:
        parts += _apron(body, bow, coat)
    if "basket" in body.extras and rng.random() < 0.75:
        parts += _basket((0, front + 0.1, 0.72))
    length, high = body.seat
    ports = ((0.0, -0.16 - length / 4, high + 0.06), (body.trunk[0] / 2 + 0.01, -0.2, 0.5), (0.0, bow - 0.3, 0.4))
    return Parked(tuple(parts), ports, (0, rear, body.wheel))


def bicycle(rng: Random, paint: str) -> Parked:
    """A plain bicycle: thin wheels, a frame of tubes, no battery."""
    coat = Material(colour=plain(paint).colour, roughness=0.35)
    front, rear, radius = 0.52, -0.52, 0.32
    crank, head, post = (0.0, -0.08, 0.28), (0.0, 0.38, 0.86), (0.0, -0.22, 0.82)
    parts: list[Solid] = [*wheel((0, front, radius), radius, 0.02), *wheel((0, rear, radius), radius, 0.02)]
    lines = ((crank, head), (crank, post), ((0.0, -0.2, 0.74), (0.0, 0.36, 0.78)), (crank, (0.0, rear, radius)))
    parts += [Tube(points=line, radius=0.017, material=coat) for line in lines]
    parts += [Tube(points=(post, (0.0, rear, radius)), radius=0.012, material=coat)]
    parts += [Tube(points=(head, (s * 0.05, front, radius)), radius=0.014, material=coat) for s in (-1, 1)]
    parts.append(Block(at=(0, -0.24, 0.87), size=(0.16, 0.26, 0.06), bevel_m=0.025, material=_SEAT))
    parts.append(
        Tube(points=((-0.28, 0.26, 0.98), (0.0, 0.38, 1.0), (0.28, 0.26, 0.98)), radius=0.013, material=_STEEL)
    )
    parts.append(Tube(points=((0.03, -0.08, 0.28), (0.1, -0.24, 0.0)), radius=0.01, material=_STEEL))
    if rng.random() < 0.7:
        parts += _basket((0, front - 0.02, 0.74))
    return Parked(tuple(parts), (), (0, rear, radius))


def three_wheeler(rng: Random, paint: str) -> Parked:
    """An electric three-wheeler with a load bed."""
    coat = Material(colour=plain(paint).colour, roughness=0.45)
    radius, deck = 0.26, 0.55
    parts: list[Solid] = [*wheel((0, 0.95, radius), radius)]
    for side in (-0.45, 0.45):
        parts += wheel((side, -0.65, radius), radius, 0.05)
    parts += _fender(0.95, radius, coat, (20, 150))
    parts += [Tube(points=((s * 0.06, 0.95, radius), (0, 0.78, 0.9)), radius=0.02, material=_TUBE) for s in (-1, 1)]
    parts.append(Tube(points=((-0.36, 0.6, 1.04), (0, 0.74, 1.0), (0.36, 0.6, 1.04)), radius=0.016, material=_TUBE))
    parts.append(Block(at=(0, 0.68, 0.62), size=(0.5, 0.05, 0.62), tilt_deg=18, bevel_m=0.02, material=coat))
    parts.append(Block(at=(0, 0.4, 0.3), size=(0.55, 0.6, 0.06), material=_MAT))
    parts.append(Taper(at=(0, 0.08, 0.32), foot=(0.5, 0.34), top=(0.42, 0.3), height=0.36, material=coat))
    parts.append(Block(at=(0, 0.08, 0.73), size=(0.46, 0.36, 0.1), bevel_m=0.03, material=_SEAT))
    parts.append(Block(at=(0, -0.65, deck), size=(0.96, 1.1, 0.05), material=plain("6b6e70", 0.6, 0.5)))
    for x, y, wide, deep in (
        (-0.47, -0.65, 0.03, 1.1),
        (0.47, -0.65, 0.03, 1.1),
        (0, -0.11, 0.96, 0.03),
        (0, -1.19, 0.96, 0.03),
    ):
        parts.append(Block(at=(x, y, deck + 0.16), size=(wide, deep, 0.3), material=coat))
    if rng.random() < 0.6:
        load = plain(rng.choice(["8b6a44", "b59a6d", "40566b"]), 0.85)
        parts.append(
            Block(at=(0.1, -0.7, deck + 0.24), size=(0.6, 0.6, 0.42), turn_deg=rng.uniform(-9, 9), material=load)
        )
    return Parked(tuple(parts), ((0.0, 0.08, 0.81), (0.26, 0.05, 0.5)), (0.45, -0.65, radius))


def any_parked(rng: Random) -> Parked:
    """Mostly an e-bike of some body and colour, now and then a bicycle or a three-wheeler."""
    draw, paint = rng.random(), rng.choice(PAINTS)
    if draw < 0.1:
        return bicycle(rng, paint)
    if draw < 0.16:
        return three_wheeler(rng, paint)
    return ebike(rng, BODIES[rng.choice(sorted(BODIES))], paint)


def park(yard: Yard, parked: Parked, at: Vec, turn_deg: float) -> Parked:
    """Stand a vehicle in the yard; answers it in its place, its ports in the yard's own metres."""
    parts = tuple(moved(part, at, turn_deg) for part in parked.parts)
    yard.add(*parts)
    spot = _mover(at, turn_deg)
    return Parked(parts, tuple(spot(port) for port in parked.ports), spot(parked.hub))


def wheel(at: Vec, radius: float, thick: float = 0.042, hub: float = 0.045) -> list[Solid]:
    """A wheel that rolls toward y: tyre, rim, spokes in two thin bars and a hub."""
    x, y, z = at
    parts: list[Solid] = [
        Tube(points=_ring(at, radius - thick, 20), radius=thick, material=_TYRE),
        Tube(points=_ring(at, radius - 2.1 * thick, 16), radius=thick * 0.35, material=_RIM),
        Drum(at=(x - 0.045, y, z), foot_m=hub, top_m=hub, height=0.09, turn_deg=90, tilt_deg=90, material=_TUBE),
    ]
    inner = radius - 2.2 * thick
    for i in range(3):
        dy, dz = inner * math.cos(i * 1.05), inner * math.sin(i * 1.05)
        parts.append(Tube(points=((x, y - dy, z - dz), (x, y + dy, z + dz)), radius=0.008, material=_RIM))
    return parts


def _ring(at: Vec, radius: float, steps: int) -> tuple[Vec, ...]:
    angles = [2 * math.pi * i / steps for i in range(steps + 1)]
    return tuple((at[0], at[1] + radius * math.cos(a), at[2] + radius * math.sin(a)) for a in angles)


def _fender(y: float, radius: float, coat: Material, span: tuple[float, float]) -> list[Solid]:
    angles = [math.radians(span[0] + (span[1] - span[0]) * i / 8) for i in range(9)]
    far = radius + 0.035
    line = tuple((0.0, y + far * math.cos(a), radius + far * math.sin(a)) for a in angles)
    return [Tube(points=line, radius=0.05, material=coat)]


def _fork(body: Body, front: float) -> list[Solid]:
    head: Vec = (0, front - 0.2, 0.86)
    legs = (((s * 0.075, front, body.wheel), (s * 0.06, front - 0.12, 0.62), head) for s in (-1, 1))
    return [Tube(points=leg, radius=0.018, material=_STEEL) for leg in legs]


def _bars(rng: Random, body: Body, front: float) -> list[Solid]:
    y, z = front - 0.24, 1.0
    swing = rng.uniform(-0.09, 0.09)
    ends: list[Vec] = [(s * 0.33, y - 0.1 + s * swing, z + 0.02) for s in (-1, 1)]
    parts: list[Solid] = [
        Tube(points=(ends[0], (0, y + 0.03, z - 0.02), ends[1]), radius=0.014, material=_TUBE),
        Tube(points=((0, y + 0.02, z), (0, front - 0.2, 0.8)), radius=0.03, material=_TUBE),
        Block(at=(0, y + 0.03, z + 0.01), size=(0.2, 0.12, 0.08), tilt_deg=-25, bevel_m=0.02, material=_SEAT),
    ]
    for side, (ex, ey, ez) in zip((-1, 1), ends, strict=True):
        parts.append(Tube(points=((ex - side * 0.12, ey + 0.03, ez), (ex, ey, ez)), radius=0.02, material=_SEAT))
        parts.append(
            Tube(points=((ex - side * 0.12, ey + 0.08, ez), (ex, ey + 0.06, ez)), radius=0.007, material=_STEEL)
        )
        if "mirrors" in body.extras:
            parts.append(
                Tube(points=((ex - side * 0.1, ey, ez), (ex, ey + 0.02, ez + 0.17)), radius=0.006, material=_TUBE)
            )
            parts.append(Block(at=(ex, ey + 0.02, ez + 0.2), size=(0.12, 0.02, 0.08), bevel_m=0.008, material=_SEAT))
            parts.append(Block(at=(ex, ey + 0.007, ez + 0.2), size=(0.1, 0.006, 0.065), material=_MIRROR))
    return parts


def _apron(body: Body, y: float, coat: Material) -> list[Solid]:
    wide, high = body.apron
    parts: list[Solid] = [
        Block(at=(0, y, 0.36 + high / 2), size=(wide, 0.05, high), tilt_deg=16, bevel_m=0.022, material=coat),
        Block(at=(0, y - 0.05, 0.36 + high / 2), size=(wide * 0.8, 0.03, high * 0.9), tilt_deg=16, material=_MAT),
        Taper(
            at=(0, y + 0.01, 0.62), foot=(0.16, 0.14), top=(wide * 0.6, 0.2), height=0.28, bevel_m=0.02, material=coat
        ),
        Drum(at=(0, y + 0.08, 0.84), foot_m=0.07, top_m=0.06, height=0.06, tilt_deg=-80, material=_LAMP),
    ]
    if "cowl" in body.extras:
        parts.append(
            Taper(at=(0, y + 0.04, 0.5), foot=(0.2, 0.2), top=(wide, 0.3), height=0.4, bevel_m=0.05, material=coat)
        )
    for side in (-1, 1):
        lamp = (side * wide * 0.36, y + 0.06, 0.72)
        parts.append(Block(at=lamp, size=(0.06, 0.05, 0.04), bevel_m=0.01, material=plain("c9751a", 0.2)))
    return parts


def _middle(body: Body, front: float, coat: Material) -> list[Solid]:
    """The foot board between the apron and the seat, or a bare frame that carries its battery."""
    start, stop = front - 0.18, -0.1
    low = 0.29
    parts: list[Solid] = [
        Block(
            at=(0, (start + stop) / 2, low), size=(0.25, start - stop, 0.07), bevel_m=0.015,
            material=coat if body.apron[1] else _TUBE,
        ),
        Block(at=(0, (start + stop) / 2, low + 0.04), size=(0.21, start - stop - 0.06, 0.012), material=_MAT),
        Tube(points=((0.06, -0.12, 0.26), (0.15, -0.2, 0.01)), radius=0.011, material=_STEEL),
        Tube(points=((-0.06, -0.12, 0.26), (-0.12, -0.2, 0.01)), radius=0.011, material=_STEEL),
    ]  # fmt: skip
    if not body.apron[1]:
        parts.append(
            Tube(points=((0, front - 0.19, 0.82), (0, start - 0.05, low), (0, stop, low)), radius=0.03, material=coat)
        )
        parts.append(
            Drum(at=(0, front - 0.1, 0.84), foot_m=0.06, top_m=0.05, height=0.07, tilt_deg=-80, material=_LAMP)
        )
    if "battery" in body.extras:
        parts.append(Block(at=(0, -0.02, 0.5), size=(0.16, 0.2, 0.34), tilt_deg=-14, bevel_m=0.02, material=_SEAT))
        parts.append(Tube(points=((0, -0.2, 0.3), (0, -0.3, 0.76)), radius=0.022, material=coat))
    return parts


def _stern(rng: Random, body: Body, coat: Material) -> list[Solid]:
    """The trunk, the seat and what stands behind it."""
    wide, deep, high = body.trunk
    length, top = body.seat
    middle = -0.12 - length / 2
    parts: list[Solid] = [
        Taper(
            at=(0, -0.1 - deep / 2, top - 0.06 - high), foot=(wide * 0.86, deep * 0.8), top=(wide, deep), height=high,
            bevel_m=0.03, material=coat,
        ),
        Block(at=(0, middle, top), size=(0.26, length, 0.1), bevel_m=0.04, material=_SEAT),
        Block(at=(0, middle - length / 2 - 0.03, top - 0.12), size=(0.17, 0.04, 0.06), bevel_m=0.01, material=_RED),
    ]  # fmt: skip
    back = middle - length / 2
    for side in (-1, 1):
        hub: Vec = (side * 0.09, -body.base / 2, body.wheel)
        parts.append(Tube(points=(hub, (side * 0.1, back + 0.12, top - 0.1)), radius=0.02, material=_STEEL))
    if "rack" in body.extras or "box" in body.extras:
        for x in (-0.09, 0.09):
            rail: tuple[Vec, ...] = ((x, back + 0.08, top - 0.02), (x, back - 0.24, top - 0.02))
            parts.append(Tube(points=rail, radius=0.01, material=_STEEL))
        for y in (back - 0.04, back - 0.13, back - 0.22):
            parts.append(Tube(points=((-0.09, y, top - 0.02), (0.09, y, top - 0.02)), radius=0.008, material=_STEEL))
    if "box" in body.extras and rng.random() < 0.8:
        parts += _tail_box((0, back - 0.16, top), plain(rng.choice(PAINTS), 0.4).colour)
    if "backrest" in body.extras:
        parts.append(
            Block(at=(0, back - 0.02, top + 0.2), size=(0.24, 0.05, 0.18), tilt_deg=12, bevel_m=0.02, material=_SEAT)
        )
        parts.append(Tube(points=((0, back, top), (0, back - 0.01, top + 0.14)), radius=0.014, material=_STEEL))
    return parts


def _tail_box(at: Vec, colour: Colour) -> list[Solid]:
    shell = Material(colour=colour, roughness=0.35)
    x, y, z = at
    return [
        Taper(at=at, foot=(0.3, 0.28), top=(0.38, 0.34), height=0.2, bevel_m=0.03, material=shell),
        Taper(at=(x, y, z + 0.205), foot=(0.38, 0.34), top=(0.3, 0.28), height=0.1, bevel_m=0.03, material=shell),
    ]


def _basket(at: Vec) -> list[Solid]:
    """A basket of wire: four rings that widen upward and the bars between them."""
    x, y, z = at
    parts: list[Solid] = [Block(at=(x, y, z), size=(0.24, 0.18, 0.012), material=_TUBE)]
    for level in (0.08, 0.16, 0.24):
        half, deep = 0.12 + level * 0.16, 0.09 + level * 0.16
        ring = tuple(
            (x + sx * half, y + sy * deep, z + level) for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
        )
        parts.append(Tube(points=ring, radius=0.006, material=_TUBE))
    for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1), (0, -1), (0, 1), (-1, 0), (1, 0)):
        bar: tuple[Vec, ...] = ((x + sx * 0.12, y + sy * 0.09, z), (x + sx * 0.158, y + sy * 0.128, z + 0.24))
        parts.append(Tube(points=bar, radius=0.005, material=_TUBE))
    return parts


def _mover(at: Vec, turn_deg: float) -> Callable[[Vec], Vec]:
    cos, sin = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))
    return lambda p: (at[0] + p[0] * cos - p[1] * sin, at[1] + p[0] * sin + p[1] * cos, at[2] + p[2])
