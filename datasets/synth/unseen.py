"""Streets held out for testing: façades, bikes, cords and textures that no training scene is made of.

Nothing of the training grammar imports this module, and a test proves that they share no asset.
"""

from collections.abc import Callable
from dataclasses import replace
from random import Random

from datasets.synth import bikes, facade, wires
from datasets.synth.bikes import Body, Parked
from datasets.synth.cords import Wardrobe
from datasets.synth.facade import HALF_M, STOREY_M
from datasets.synth.fronts import Opening
from datasets.synth.grammar import light
from datasets.synth.scene import Block, Camera, Drum, Material, Scene, Sheet, Taper, Tube, Vec
from datasets.synth.wires import Assets
from datasets.synth.yard import Yard, plain, printed, tiled

PREFIX = "unseen_"  # of the kind of each scene, and so of its plate
SURFACES = ("wall/unseen-mosaic", "wall/unseen-ochre", "wall/unseen-block")
FLOORS = ("floor/unseen-square", "floor/unseen-concrete")
PAINTS = ("2f8f8a", "7a3f8c", "e07b2c", "4a1f2e", "c8cdb0")

BODIES: dict[str, Body] = {
    "retro": Body(0.25, 1.26, (0.39, 0.6), (0.28, 0.66, 0.3), (0.68, 0.79), frozenset({"cowl", "mirrors", "backrest"})),
    "courier": Body(0.23, 1.15, (0.33, 0.52), (0.2, 0.52, 0.4), (0.44, 0.74), frozenset({"rack", "mirrors"})),
    "frame": Body(0.27, 1.14, (0.0, 0.0), (0.14, 0.26, 0.2), (0.26, 0.84), frozenset({"rack", "battery"})),
}

CORDS = Wardrobe(
    cords=(
        "101010", "181512", "0c0f12", "141410", "0f1211", "16181a",
        "e4dfd2", "d6dbdb", "cdbf2a", "7c2f5c", "3f8f8c", "a8562a", "58606a",
    ),
    thick_mm=(4.5, 11.0),
    strips=("2a3c66", "e0d8c0", "303234", "d0541f"),
    bricks=("2b3a2c", "101418", "5a5c60"),
    strip_m=(0.085, 0.05, 0.21),
)  # fmt: skip

_POST = plain("c9c3b4", 0.8)
_IRON = plain("31443a", 0.5, 0.3)


def grow(seed: int, kind: str = "mix") -> Scene:
    """A scene of the held-out grammar: the same seed and kind give the same scene.

    Args:
        kind: one of `KINDS`, or `mix` to take them in turn.

    Raises:
        KeyError: no such kind.
    """
    if kind == "mix":
        kind = tuple(KINDS)[seed % len(KINDS)]
    yard = Yard(seed, PREFIX + kind)
    camera = KINDS[kind](yard)
    return yard.scene(camera, light(yard.dice("unseen light")))


def arcade(yard: Yard, wall: str) -> list[Opening]:
    """A covered walk on columns before shops, as in the south: cords come from the windows over it, or from behind."""
    rng = yard.dice("arcade")
    height = rng.randint(2, 3) * STOREY_M + 1.4
    yard.add(Block(at=(0, 7.0, height / 2), size=(2 * HALF_M, 8, height), material=tiled(wall)))
    yard.add(Block(at=(0, 1.5, 3.6 + height / 2), size=(2 * HALF_M, 3.0, height), material=tiled(wall)))
    yard.add(Block(at=(0, 0.0, 3.35), size=(2 * HALF_M, 0.3, 0.5), material=_POST))
    pitch = rng.uniform(3.2, 4.2)
    x = -HALF_M + 0.6
    openings = []
    while x < HALF_M:
        yard.add(Block(at=(x, 0.15, 1.7), size=(0.45, 0.45, 3.4), bevel_m=0.03, material=_POST))
        front = printed(f"shelf/{rng.randint(0, 5)}", 0.5)
        yard.add(Sheet(at=(x + pitch / 2, 2.9, 1.5), width=pitch - 0.7, height=2.6, material=front))
        openings.append(Opening((x + 0.3, 0.6, 1.4), (x + 0.3, -0.1, 1.35), 0))
        for floor in (0, 1):
            z = 4.9 + floor * STOREY_M
            facade.window(yard, rng, (x + pitch / 2, z), (1.1, 1.5), caged=False)
            openings.append(Opening((x + pitch / 2, 0.0, z - 0.7), (x + pitch / 2, -0.17, z - 0.76), 1 + floor))
        x += pitch
    return openings


def galleries(yard: Yard, wall: str) -> list[Opening]:
    """Open galleries along every floor with an iron railing; each door gives on them."""
    rng = yard.dice("galleries")
    floors, deep = rng.randint(2, 4), rng.uniform(0.9, 1.3)
    yard.add(Block(at=(0, 5, floors * 1.5 + 0.4), size=(2 * HALF_M, 10, floors * STOREY_M + 0.8), material=tiled(wall)))
    openings = []
    for floor in range(1, floors):
        z = floor * STOREY_M
        yard.add(Block(at=(0, -deep / 2, z), size=(2 * HALF_M, deep, 0.16), material=_POST))
        rails: tuple[Vec, ...] = ((-HALF_M, -deep, z + 1.0), (HALF_M, -deep, z + 1.0))
        yard.add(Tube(points=rails, radius=0.025, material=_IRON))
        for i in range(110):
            foot: Vec = (-HALF_M + i * 0.255, -deep, z)
            yard.add(Tube(points=(foot, (foot[0], -deep, z + 1.0)), radius=0.009, material=_IRON))
        for _ in range(6):
            x = rng.uniform(-6, 6)
            openings.append(Opening((x, -deep + 0.3, z + 0.2), (x, -deep - 0.03, z + rng.choice((0.1, 1.02))), floor))
    for i in range(-4, 5):
        yard.add(Drum(at=(i * 3.1, -deep + 0.12, 0), foot_m=0.09, top_m=0.09, height=floors * STOREY_M, material=_POST))
    for x in range(-9, 10, 3):
        leaf = plain(rng.choice(("6d4a2c", "41607a", "7d2f2a")), 0.5)
        yard.add(Block(at=(x, -0.03, 1.05), size=(0.95, 0.06, 2.1), material=leaf))
        openings.append(Opening((x + 0.45, 0.0, 0.9), (x + 0.5, -0.1, 0.86), 0))
    facade.foot_dirt(yard)
    return openings


def bike_hall(yard: Yard, wall: str) -> list[Opening]:
    """A long curved shed before a plain gable; cords come from vents in the gable and from a socket under the roof."""
    rng = yard.dice("hall")
    yard.add(Block(at=(0, 4, 4.5), size=(2 * HALF_M, 8, 9), material=tiled(wall)))
    sheet = plain(rng.choice(("b8652f", "5f7f7d", "a7a294")), 0.5, 0.2)
    deep = 2.4
    for i in range(9):
        y = -0.2 - deep * i / 8
        lift = 2.5 + 0.35 * (1 - ((i - 4) / 4) ** 2)
        yard.add(Block(at=(0, y, lift), size=(11, deep / 8 + 0.02, 0.02), tilt_deg=(4 - i) * -4.5, material=sheet))
    for x in (-5.2, -1.8, 1.8, 5.2):
        yard.add(Block(at=(x, -deep - 0.1, 1.25), size=(0.09, 0.09, 2.5), material=_IRON))
    openings = []
    for _ in range(6):
        x, z = rng.uniform(-5, 5), rng.uniform(1.2, 2.3)
        yard.add(Block(at=(x, -0.02, z), size=(0.4, 0.06, 0.3), material=plain("3a3c3c", 0.6)))
        openings.append(Opening((x, 0.0, z), (x, -0.1, z - 0.04), 0))
    for x in (-2.4, 2.7):
        openings.append(Opening((x, 0.0, 3.8), (x, -0.16, 3.75), 1))
        facade.window(yard, rng, (x, 4.5), (1.2, 1.3), caged=False)
    return openings


def any_parked(rng: Random) -> Parked:
    """A bike of a held-out body and colour; the courier's carries a chest."""
    name, paint = rng.choice(sorted(BODIES)), rng.choice(PAINTS)
    made = bikes.ebike(rng, BODIES[name], paint)
    if name != "courier":
        return made
    chest = Material(colour=plain(rng.choice(("e0a82c", "3f6fb0", "c9473a"))).colour, roughness=0.6)
    back = -0.12 - BODIES[name].seat[0] - 0.18
    box = Taper(at=(0, back, 0.77), foot=(0.46, 0.42), top=(0.48, 0.44), height=0.46, bevel_m=0.02, material=chest)
    return replace(made, parts=(*made.parts, box))


def canopy(yard: Yard, rng: Random, x: float, wide: float, deep: float) -> None:
    """A flat sheet of milky plastic on four thin legs."""
    film = Material(colour=(0.75, 0.78, 0.8), roughness=0.3, translucent=0.5)
    yard.add(Block(at=(x, -deep / 2 - 0.1, 2.45), size=(wide, deep, 0.015), tilt_deg=rng.uniform(2, 5), material=film))
    for side in (-1, 1):
        for y in (-0.15, -deep):
            yard.add(Block(at=(x + side * wide / 2, y, 1.22), size=(0.05, 0.05, 2.44), material=_IRON))


ASSETS = Assets(
    fronts={"arcade": arcade, "galleries": galleries, "bike_hall": bike_hall},
    walls=SURFACES,
    pavings=FLOORS,
    parked=any_parked,
    wardrobe=CORDS,
    borrowed=False,
    shed=canopy,
)


def _strung(yard: Yard) -> Camera:
    return wires.strung(yard, ASSETS)


def _cord(yard: Yard) -> Camera:
    return wires.cord(yard, ASSETS)


def _parked(yard: Yard) -> Camera:
    return wires.parked(yard, ASSETS)


KINDS: dict[str, Callable[[Yard], Camera]] = {"strung": _strung, "cord": _cord, "parked": _parked}
