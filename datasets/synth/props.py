"""Things of the other conditions: e-bikes and flying wires, paper ads and spray marks, goods before a shop."""

import math
from random import Random

from datasets.synth.scene import Bag, Block, Drum, Material, Model, Sheet, Solid, Tube, Vec
from datasets.synth.waste import carton
from datasets.synth.yard import Yard, plain, printed, sag

BIKES: dict[str, Vec] = {"Scopia/248": (0.764, 1.731, 1.208), "KatorLegaz/66": (0.987, 1.75, 1.258)}
CLOTHES: Vec = (0.621, 0.544, 1.162)
_FRAME = plain("c4c6c8", 0.3, 0.9)
_BLACK = plain("0c0c0d", 0.45)
_CORDS = ("0b0b0b", "0b0b0b", "0b0b0b", "0b0b0b", "dedcd6", "c2541f", "b3261e")


def ebike(rng: Random, at: Vec, turn_deg: float) -> Model:
    """An electric bike that stands at `at`; at 0 degrees its front points to +y."""
    name = rng.choice(sorted(BIKES))
    paint = plain(rng.choice(["1c1d20", "a92b2b", "e2e2df", "2d4f7f", "5e6a62", "c5a15a"])).colour
    return Model(name=name, at=at, turn_deg=turn_deg, size=BIKES[name], tint=paint)


def flying_wire(yard: Yard, rng: Random, sill: Vec, seat: Vec, colour: str = "") -> int:
    """A cord from a window down to a strip and on to a bike: one thing with its strip and its brick."""
    thing = yard.thing("flying_wire")
    cord = plain(colour or rng.choice(_CORDS), 0.45)
    strip: Vec = (seat[0] + rng.uniform(-0.35, 0.35), max(-0.35, seat[1] + 0.6), rng.uniform(0.5, 0.95))
    wobble = [
        (x + math.sin(i * 1.3) * 0.012, y, z)
        for i, (x, y, z) in enumerate(sag(sill, strip, rng.uniform(0.05, 0.25), 26))
    ]
    start: Vec = (sill[0], 0.0, sill[2] + 0.05)
    yard.add(Tube(points=(start, *wobble), radius=rng.uniform(0.0055, 0.0075), material=cord, thing=thing))
    white = plain("e9e7e0", 0.45)
    yard.add(
        Block(
            at=strip,
            size=(0.07, 0.05, 0.3),
            turn_deg=rng.uniform(0, 40),
            tilt_deg=8,
            bevel_m=0.008,
            material=white,
            thing=thing,
        )
    )
    brick: Vec = (seat[0] + 0.05, seat[1] + 0.1, seat[2])
    yard.add(
        Block(at=brick, size=(0.1, 0.2, 0.06), turn_deg=rng.uniform(0, 180), bevel_m=0.01, material=_BLACK, thing=thing)
    )
    lead = sag((strip[0], strip[1], strip[2] - 0.1), brick, rng.uniform(0.12, 0.3), 16)
    yard.add(Tube(points=tuple((x, y, max(z, 0.02)) for x, y, z in lead), radius=0.005, material=_BLACK, thing=thing))
    return thing


def paste_ads(
    yard: Yard, rng: Random, centre: tuple[float, float], count: int, spread: tuple[float, float], y: float = -0.01
) -> None:
    """Paper ads around a spot (x, z) of the wall: one thing a sheet up to six, one for a dense cluster."""
    shared = yard.thing("paper_ad") if count > 6 else 0
    for i in range(count):
        width = rng.uniform(0.2, 0.34)
        slot = -1 + 2 * (i + 0.5) / count
        x = centre[0] + slot * spread[0] + rng.uniform(-0.05, 0.05)
        z = max(0.5, centre[1] + rng.uniform(-1, 1) * spread[1])
        sheet = printed(f"ad/{rng.randint(0, 23)}", 0.6, alpha=1.0)
        yard.add(
            Sheet(
                at=(x, y - 0.0008 * i, z),
                width=width,
                height=width * rng.choice([1.3, 0.75]),
                spin_deg=rng.gauss(0, 5),
                material=sheet,
                thing=shared or yard.thing("paper_ad"),
            )
        )


def spray(yard: Yard, rng: Random, at: Vec, width: float, family: str = "stencil") -> int:
    """A mark on the wall: a stencilled offer or a hand-drawn tag."""
    thing = yard.thing("spray_mark")
    ink = printed(f"{family}/{rng.randint(0, 15)}", 0.8, alpha=rng.uniform(0.9, 1.0))
    high = width * (0.4 if family == "stencil" else 0.55)
    yard.add(Sheet(at=at, width=width, height=high, spin_deg=rng.gauss(0, 2.5), material=ink, thing=thing))
    return thing


def fruit_crate(rng: Random, thing: int, slope_deg: float = 0.0) -> list[Solid]:
    """A plastic crate heaped with fruit, around the origin."""
    tone = plain(rng.choice(["2456a3", "b3261e", "1f7a3f", "c58a1e"]), 0.5)
    parts: list[Solid] = [
        Block(at=(0, 0, 0.03), size=(0.56, 0.38, 0.03), material=tone, tilt_deg=slope_deg, thing=thing),
    ]
    for x in (-0.28, 0.28):
        parts.append(Block(at=(x, 0, 0.1), size=(0.02, 0.4, 0.18), tilt_deg=slope_deg, material=tone, thing=thing))
    for y in (-0.19, 0.19):
        lift = math.tan(math.radians(slope_deg)) * y
        parts.append(
            Block(at=(0, y, 0.1 + lift), size=(0.56, 0.02, 0.18), tilt_deg=slope_deg, material=tone, thing=thing)
        )
    colour, size = rng.choice(
        [("b3201a", 0.042), ("d9791a", 0.045), ("7ea02c", 0.045), ("d8b52a", 0.04), ("2f5a1e", 0.05), ("6d2a4a", 0.035)]
    )
    for layer in range(2):
        columns, rows = int(0.5 / size / 2), int(0.34 / size / 2)
        for i in range(columns):
            for j in range(rows):
                if layer and rng.random() < 0.45:
                    continue
                y = -0.16 + (j + 0.5) * 0.34 / rows
                at = (
                    -0.25 + (i + 0.5) * 0.5 / columns + rng.gauss(0, 0.006),
                    y,
                    0.15 + layer * size * 1.3 + math.tan(math.radians(slope_deg)) * y,
                )
                parts.append(_ball(at, size * rng.uniform(0.9, 1.08), colour, rng, thing))
    return parts


def _ball(at: Vec, radius: float, colour: str, rng: Random, thing: int) -> Solid:
    red, green, blue = plain(colour).colour
    shade = rng.uniform(0.75, 1.15)
    skin = Material(colour=(red * shade, green * shade, blue * shade), roughness=0.35)
    return Bag(
        at=(at[0], at[1], at[2] - radius),
        radii=(radius, radius, radius),
        style="fruit",
        seed=rng.randint(0, 2),
        material=skin,
        thing=thing,
    )


def fruit_stand(yard: Yard, rng: Random, at: Vec, columns: int) -> int:
    """A stepped stand of fruit crates before a shop, under a parasol."""
    thing = yard.thing("out_of_store")
    for column in range(columns):
        for step in range(3):
            place = (at[0] + column * 0.62, at[1] - step * 0.42, at[2] + 0.62 - step * 0.26)
            yard.add(
                Block(
                    at=(place[0], place[1], place[2] / 2),
                    size=(0.6, 0.4, place[2]),
                    material=plain("6d5a45", 0.8),
                    thing=thing,
                )
            )
            yard.put(fruit_crate(rng, thing), place)
            tag = plain(rng.choice(["e8d44a", "f2f2ee"]), 0.7)
            yard.add(
                Block(
                    at=(place[0] + 0.1, place[1] - 0.19, place[2] + 0.3),
                    size=(0.16, 0.006, 0.11),
                    material=tag,
                    thing=thing,
                )
            )
    for i in range(rng.randint(3, 5)):
        spot = (at[0] + columns * 0.62 + 0.1 + (i % 2) * 0.5, at[1] - 0.2 - (i // 2) * 0.45, 0)
        yard.put(carton(rng, thing), spot, rng.uniform(-12, 12))
    return thing


def clothes_rack(yard: Yard, rng: Random, at: Vec, width: float, thing: int) -> None:
    """A rack of clothes that joins a thing."""
    x, y, z = at
    for side in (-1, 1):
        end = x + side * width / 2
        yard.add(Tube(points=((end, y, z), (end, y, z + 1.5)), radius=0.016, material=_FRAME, thing=thing))
        yard.add(
            Tube(
                points=((end, y - 0.25, z + 0.03), (end, y + 0.25, z + 0.03)),
                radius=0.016,
                material=_FRAME,
                thing=thing,
            )
        )
    yard.add(
        Tube(
            points=((x - width / 2, y, z + 1.5), (x + width / 2, y, z + 1.5)),
            radius=0.014,
            material=_FRAME,
            thing=thing,
        )
    )
    for i in range(2):
        at = (x + (i - 0.5) * width * 0.5, y, z + 0.36)
        yard.add(
            Model(
                name="KatorLegaz/82",
                at=at,
                scale=(1.0, 0.8, 1.0),
                size=CLOTHES,
                turn_deg=rng.choice((0, 180)),
                thing=thing,
            )
        )


def parasol(yard: Yard, rng: Random, at: Vec, thing: int) -> None:
    """A big parasol in two colours."""
    x, y, z = at
    cloth = plain(rng.choice(["a32026", "1e5f9e", "2c7a45"]), 0.8)
    yard.add(Drum(at=(x, y, z), foot_m=0.022, top_m=0.022, height=2.4, material=_FRAME, thing=thing))
    yard.add(Drum(at=(x, y, z), foot_m=0.28, top_m=0.22, height=0.1, material=plain("55565a", 0.8), thing=thing))
    yard.add(Drum(at=(x, y, z + 2.02), foot_m=1.25, top_m=0.04, height=0.42, material=cloth, thing=thing))


def stools_and_table(yard: Yard, rng: Random, at: Vec, thing: int) -> None:
    """A folding table with plastic stools round it."""
    x, y, z = at
    top = plain("b9703a", 0.6)
    yard.add(Block(at=(x, y, z + 0.72), size=(0.8, 0.8, 0.03), bevel_m=0.008, material=top, thing=thing))
    for dx in (-0.35, 0.35):
        for dy in (-0.35, 0.35):
            yard.add(
                Tube(
                    points=((x + dx, y + dy, z), (x + dx * 0.9, y + dy * 0.9, z + 0.71)),
                    radius=0.014,
                    material=_FRAME,
                    thing=thing,
                )
            )
    for angle in (0, 90, 180, 270):
        turn = angle + rng.uniform(-15, 15)
        sx, sy = x + 0.75 * math.cos(math.radians(turn)), y + 0.75 * math.sin(math.radians(turn))
        red = plain(rng.choice(["b3262a", "2a5fa8"]), 0.45)
        yard.add(Drum(at=(sx, sy, z), foot_m=0.17, top_m=0.13, height=0.44, material=red, thing=thing))
