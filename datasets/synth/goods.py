"""Goods that shops put out, each around the origin with its front toward -y: fruit, cartons, drinks, sacks, tyres.

A part says how wide and deep it stands, so that a shop's goods can be packed side by side.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import TypeAlias

from datasets.synth.borrowed import borrow
from datasets.synth.interiors import PHOTOS
from datasets.synth.scene import Bag, Block, Drum, Leaves, Material, Sheet, Solid, Taper, Tube, Vec
from datasets.synth.waste import carton
from datasets.synth.yard import moved, plain, printed


@dataclass(frozen=True, slots=True)
class Part:
    """Goods around the origin: the width and depth that they stand on, metres, and their solids."""

    width: float
    depth: float
    solids: list[Solid] = field(default_factory=list)


Maker: TypeAlias = Callable[[Random, int], Part]

PLASTIC = ("2456a3", "b3261e", "1f7a3f", "c58a1e", "4a4a4c", "d8d6cf", "1b2c5a", "d95f1e")
STEEL = plain("b4b7ba", 0.35, 0.8)
WOOD = ("8a6a45", "6d5a45", "a5835a", "54432f")
# screen colour and how it lies: what a greengrocer sells
PRODUCE = (
    ("b3201a", "fruits"), ("d9791a", "fruits"), ("7ea02c", "fruits"), ("d8b52a", "fruits"), ("6d2a4a", "fruits"),
    ("c9402a", "fruits"), ("8a5a34", "fruits"), ("2f5a1e", "melons"), ("cfc23a", "melons"), ("5b7a2a", "melons"),
    ("c8641c", "roots"), ("3f6a26", "roots"), ("e3ddc6", "roots"), ("4a2450", "roots"),
)  # fmt: skip
CLOTH = (
    "1d1d22", "e8e6e0", "b8323a", "2b4a7a", "d9b44a", "6f8f6a", "c98aa0", "7a5a48", "9aa4ae", "35563f", "d86a2c",
    "56406e", "cfc4ac",
)  # fmt: skip


def tone(rng: Random, codes: tuple[str, ...], roughness: float = 0.55) -> Material:
    """A plain material in one of some screen colours, a little lighter or darker."""
    red, green, blue = plain(rng.choice(codes)).colour
    shade = rng.uniform(0.75, 1.15)
    return Material(colour=(red * shade, green * shade, blue * shade), roughness=roughness)


def shifted(solids: list[Solid], dx: float, dy: float, dz: float = 0.0, turn_deg: float = 0.0) -> list[Solid]:
    """Solids turned about the origin, then moved."""
    return [moved(solid, (dx, dy, dz), turn_deg) for solid in solids]


def tray(thing: int, width: float, depth: float, high: float, wall: Material) -> list[Solid]:
    """An open box: a floor and four sides."""
    parts: list[Solid] = [Block(at=(0, 0, 0.02), size=(width, depth, 0.02), material=wall, thing=thing)]
    for side in (-1, 1):
        parts.append(Block(at=(side * width / 2, 0, high / 2), size=(0.02, depth, high), material=wall, thing=thing))
        parts.append(Block(at=(0, side * depth / 2, high / 2), size=(width, 0.02, high), material=wall, thing=thing))
    return parts


def heaped(rng: Random, thing: int, width: float, depth: float, level: float) -> list[Solid]:
    """Produce heaped on a tray of this size: round, long or leafy."""
    half = min(width / 2, depth / 1.32) * 0.97
    if rng.random() < 0.25:
        photo = printed(f"crop/{rng.randrange(PHOTOS)}", 0.6)
        flat = (width * 0.96, depth * 0.96)
        at = (0, 0, level - 0.015)
        return [Sheet(at=at, width=flat[0], height=flat[1], facing="sky", material=photo, thing=thing)]
    if rng.random() < 0.2:
        green = tone(rng, ("3f6f22", "5c8a2c", "2f5a26", "7d9a3a"), 0.5)
        cloud = (width * 0.42, depth * 0.4, 0.07)
        return [
            Leaves(
                at=(0, 0, level + 0.03),
                radii=cloud,
                count=160,
                leaf_m=0.13,
                seed=rng.randint(0, 5),
                material=green,
                thing=thing,
            )
        ]
    code, style = rng.choice(PRODUCE)
    rise = half * (0.7 if style == "roots" else 1.0)
    skin = tone(rng, (code,), 0.4)
    lift = level - 0.03
    places = (-width / 4, width / 4) if width > 1.8 * half * 1.32 else (0.0,)
    return [
        Bag(at=(x, 0, lift), radii=(half, half, rise), style=style, seed=rng.randint(0, 2), material=skin, thing=thing)
        for x in places
    ]


def fruit_crate(rng: Random, thing: int) -> Part:
    """One crate of fruit or vegetables; crates of foam, plastic or wood."""
    width, depth, high = rng.choice([(0.56, 0.38, 0.2), (0.5, 0.36, 0.14), (0.6, 0.4, 0.26)])
    wall = tone(rng, (*PLASTIC, "eeeeea", "eeeeea", *WOOD), 0.6)
    solids = tray(thing, width, depth, high, wall) + heaped(rng, thing, width, depth, high)
    if rng.random() < 0.4:
        solids += price_tag(rng, thing, (rng.uniform(-0.1, 0.1), depth / 2 - 0.02, high + 0.14))
    return Part(width, depth, solids)


def price_tag(rng: Random, thing: int, at: Vec) -> list[Solid]:
    """A hand-written price on a stick."""
    card = printed(f"price/{rng.randint(0, 9)}", 0.7)
    stick: Solid = Tube(points=((at[0], at[1], at[2] - 0.16), at), radius=0.004, material=STEEL, thing=thing)
    return [stick, Sheet(at=(at[0], at[1] - 0.006, at[2]), width=0.2, height=0.14, material=card, thing=thing)]


def crate_stack(rng: Random, thing: int) -> Part:
    """Fruit crates on one another, the top one open."""
    top = fruit_crate(rng, thing)
    under = rng.randint(1, 3)
    solids: list[Solid] = []
    for i in range(under):
        wall = tone(rng, (*PLASTIC, "eeeeea"), 0.6)
        solids += shifted(tray(thing, top.width, top.depth, 0.19, wall), 0, 0, i * 0.2, rng.gauss(0, 1.5))
        solids.append(
            Block(
                at=(0, 0, i * 0.2 + 0.11),
                size=(top.width - 0.06, top.depth - 0.06, 0.13),
                material=tone(rng, ("4a3a28", "6a6a30", "803a20")),
                thing=thing,
            )
        )
    return Part(top.width, top.depth, solids + shifted(top.solids, 0, 0, under * 0.2))


def cartons(rng: Random, thing: int) -> Part:
    """Brown or printed cartons in a stack."""
    solids: list[Solid] = []
    width, depth, high = rng.uniform(0.36, 0.6), rng.uniform(0.28, 0.44), rng.uniform(0.2, 0.36)
    brown = rng.random() < 0.5
    for level in range(rng.randint(1, 5)):
        if brown and rng.random() < 0.3:
            solids += shifted(carton(rng, thing), 0, 0, level * high, rng.gauss(0, 6))
            break
        solids += shifted(_box(rng, thing, (width, depth, high), brown), 0, 0, level * high, rng.gauss(0, 3))
    return Part(width, depth, solids)


def _box(rng: Random, thing: int, size: Vec, brown: bool) -> list[Solid]:
    width, depth, high = size
    paper = tone(rng, ("a67d52", "b58d60", "98703f") if brown else (*PLASTIC, "f0eee8"), 0.8)
    face = printed(f"carton/{rng.randint(0, 5)}" if brown else f"pack/{rng.randint(0, 17)}", 0.6)
    parts: list[Solid] = [Block(at=(0, 0, high / 2), size=size, material=paper, thing=thing)]
    for y, turn in ((-depth / 2 - 0.002, 0.0), (depth / 2 + 0.002, 180.0)):
        parts.append(
            Sheet(
                at=(0, y, high / 2), width=width * 0.97, height=high * 0.95, turn_deg=turn, material=face, thing=thing
            )
        )
    for x, turn in ((-width / 2 - 0.002, -90.0), (width / 2 + 0.002, 90.0)):
        parts.append(
            Sheet(
                at=(x, 0, high / 2), width=depth * 0.97, height=high * 0.95, turn_deg=turn, material=face, thing=thing
            )
        )
    return parts


def drinks(rng: Random, thing: int) -> Part:
    """Crates of bottles, or shrink-wrapped trays of them, on one another."""
    width, depth, high = 0.42, 0.3, 0.26
    wall = tone(rng, ("1f7a3f", "b3261e", "2456a3", "c58a1e", "6d4a2a"), 0.5)
    glass = tone(rng, ("2a5a2a", "6a3a1a", "b8d0d8", "d0e0e8", "c8402a"), 0.2)
    solids: list[Solid] = []
    for level in range(rng.randint(1, 5)):
        solids += shifted(tray(thing, width, depth, high * 0.75, wall), 0, 0, level * high)
        jars = Bag(at=(0, 0, level * high), radii=(0.2, 0.2, 0.3), style="jars", seed=0, material=glass, thing=thing)
        solids.append(jars)
    return Part(width, depth, solids)


def sacks(rng: Random, thing: int) -> Part:
    """Woven sacks of rice or flour stacked flat, or of potatoes standing open."""
    weave = tone(rng, ("d9d5c6", "c9b98f", "b9a06a", "e4e2dc", "a8402e"), 0.85)
    solids: list[Solid] = []
    if rng.random() < 0.5:
        mark = printed(f"pack/{rng.randint(0, 17)}", 0.8)
        for level in range(rng.randint(2, 6)):
            at = (rng.gauss(0, 0.02), rng.gauss(0, 0.015), level * 0.14 + 0.07)
            turned = rng.gauss(0, 3)
            size = (0.72, 0.42, 0.13)
            solids.append(Block(at=at, size=size, turn_deg=turned, bevel_m=0.055, material=weave, thing=thing))
        face = (at[0], at[1], at[2] + 0.067)
        solids.append(Sheet(at=face, width=0.4, height=0.26, facing="sky", turn_deg=turned, material=mark, thing=thing))
        return Part(0.76, 0.44, solids)
    for x in (-0.28, 0.28):
        solids.append(
            Taper(
                at=(x, 0, 0), foot=(0.44, 0.38), top=(0.5, 0.42), height=0.42, bevel_m=0.08, material=weave, thing=thing
            )
        )
        solids += shifted(heaped(rng, thing, 0.42, 0.36, 0.42), x, 0)
    return Part(1.06, 0.42, solids)


def gas_bottles(rng: Random, thing: int) -> Part:
    """Gas bottles in a row."""
    count = rng.randint(2, 6)
    paint = tone(rng, ("8a8f93", "3a6aa0", "b0362a", "5f7f5f"), 0.4)
    solids: list[Solid] = []
    for i in range(count):
        x = (i - (count - 1) / 2) * 0.36
        solids += [
            Drum(at=(x, 0, 0.02), foot_m=0.15, top_m=0.16, height=0.46, material=paint, thing=thing),
            Drum(at=(x, 0, 0.48), foot_m=0.16, top_m=0.06, height=0.12, material=paint, thing=thing),
            Drum(at=(x, 0, 0.58), foot_m=0.09, top_m=0.1, height=0.1, material=STEEL, thing=thing),
        ]
    return Part(count * 0.36, 0.34, solids)


def household(rng: Random, thing: int) -> Part:
    """Plastic buckets and basins in stacks, brooms and mops."""
    solids: list[Solid] = []
    x = 0.0
    for _ in range(rng.randint(3, 6)):
        radius, high = rng.choice([(0.15, 0.28), (0.2, 0.14), (0.24, 0.16), (0.13, 0.24)])
        x += radius
        for level in range(rng.randint(1, 6)):
            at = (x, rng.gauss(0, 0.01), level * high * 0.3)
            solids.append(
                Drum(
                    at=at,
                    foot_m=radius * 0.75,
                    top_m=radius,
                    height=high,
                    material=tone(rng, PLASTIC, 0.4),
                    thing=thing,
                )
            )
        x += radius + 0.04
    for _ in range(rng.randint(2, 7)):
        spot = rng.uniform(0, x)
        foot, top = (spot, 0.12, 0.05), (spot + rng.gauss(0, 0.08), 0.26, rng.uniform(1.2, 1.5))
        stick = tone(rng, (*PLASTIC, "b59a6a"), 0.5)
        solids.append(Tube(points=(foot, top), radius=0.013, material=stick, thing=thing))
        solids.append(Block(at=foot, size=(0.28, 0.07, 0.16), bevel_m=0.02, material=tone(rng, PLASTIC), thing=thing))
    return Part(x, 0.55, shifted(solids, -x / 2, 0))


def flowers(rng: Random, thing: int) -> Part:
    """Potted plants and buckets of cut flowers for sale, in two or three rows."""
    solids: list[Solid] = []
    columns, rows = rng.randint(3, 6), rng.randint(2, 3)
    for i in range(columns):
        for j in range(rows):
            at = ((i - (columns - 1) / 2) * 0.3, (j - (rows - 1) / 2) * 0.3, 0.22 * j)
            radius, high = rng.uniform(0.08, 0.13), rng.uniform(0.14, 0.28)
            if j:
                solids.append(
                    Block(at=(at[0], at[1], at[2] / 2), size=(0.3, 0.28, at[2]), material=tone(rng, WOOD), thing=thing)
                )
            pot = tone(rng, ("7a4a32", "e8e6df", "35577a", "2b2b2b", "8f2a2a"), 0.6)
            solids.append(Drum(at=at, foot_m=radius * 0.75, top_m=radius, height=high, material=pot, thing=thing))
            bloom = tone(rng, ("2f5a26", "3f6f2c", "4a7a32"), 0.6)
            crown = (at[0], at[1], at[2] + high + 0.12)
            tall = rng.uniform(0.1, 0.28)
            solids.append(
                Leaves(
                    at=crown,
                    radii=(0.15, 0.15, tall),
                    count=90,
                    leaf_m=0.09,
                    seed=rng.randint(0, 9),
                    material=bloom,
                    thing=thing,
                )
            )
            if rng.random() < 0.6:
                petal = tone(rng, ("c0283a", "e0c23a", "d070a0", "e8e4e0", "8a4ab0", "d8641e"), 0.6)
                solids.append(
                    Leaves(
                        at=(crown[0], crown[1], crown[2] + tall * 0.5),
                        radii=(0.13, 0.13, 0.1),
                        count=40,
                        leaf_m=0.07,
                        seed=rng.randint(0, 9),
                        material=petal,
                        thing=thing,
                    )
                )
    return Part(columns * 0.3, rows * 0.3, solids)


def tyres(rng: Random, thing: int) -> Part:
    """Tyres of a repair shop in stacks, a spare one leaning."""
    rubber = plain("18181a", 0.85)
    solids: list[Solid] = []
    stacks = rng.randint(1, 4)
    for i in range(stacks):
        x = (i - (stacks - 1) / 2) * 0.66
        for level in range(rng.randint(1, 6)):
            at = (x + rng.gauss(0, 0.015), rng.gauss(0, 0.02), level * 0.19)
            solids.append(Drum(at=at, foot_m=0.3, top_m=0.3, height=0.175, material=rubber, thing=thing))
            hole = (at[0], at[1], at[2] + 0.172)
            solids.append(Drum(at=hole, foot_m=0.17, top_m=0.17, height=0.006, material=plain("050505"), thing=thing))
    return Part(stacks * 0.66, 0.62, solids)


def appliances(rng: Random, thing: int) -> Part:
    """Used washing machines, or bikes for children, of a second-hand shop."""
    if rng.random() < 0.6:
        count = rng.randint(1, 4)
        solids: list[Solid] = [
            borrow("Scopia/131", ((i - (count - 1) / 2) * 0.64, 0, 0), 0, thing) for i in range(count)
        ]
        return Part(count * 0.64, 0.62, solids)
    count = rng.randint(2, 4)
    toys: list[Solid] = [
        borrow("Scopia/189", ((i - (count - 1) / 2) * 0.5, 0, 0), rng.gauss(0, 12), thing, 1.2) for i in range(count)
    ]
    return Part(count * 0.5, 0.7, toys)


def crates_of_wood(rng: Random, thing: int) -> Part:
    """Wooden crates or a barrel."""
    name = rng.choice(["BlendSwap-CC-0/73", "BlendSwap-CC-0/73", "BlendSwap-CC-0/72"])
    return Part(0.7, 0.7, [borrow(name, (0, 0, 0), rng.gauss(0, 8), thing, rng.uniform(0.6, 0.9))])
