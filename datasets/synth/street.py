"""The street before the wall: pavement, kerb, road, trees, poles, parked cars, and the far side."""

from random import Random

from datasets.synth.facade import far_block
from datasets.synth.scene import Block, Drum, Leaves, Model, Sheet, Solid, Tube, Vec
from datasets.synth.yard import Yard, plain, printed, sag, tiled

HALF_M = 48.0
KERB_M = 0.12
ROAD_M = 7.5

# name: full size in metres, as the catalogue has it
CARS: dict[str, Vec] = {
    "KatorLegaz/59": (1.849, 4.559, 1.55),
    "KatorLegaz/75": (1.911, 4.711, 1.55),
    "Scopia/251": (2.405, 5.958, 2.565),
    "Scopia/249": (2.091, 4.631, 1.627),
}
_PAINT = ("d9dadb", "d9dadb", "1b1d20", "7d8084", "5a1f1f", "27415f", "b8b2a3")

_STEEL = plain("a9abad", 0.4, 0.8)
_CONCRETE = plain("8f8d86", 0.9)
_BARK = plain("5b4c3c", 0.95)
_LIME = plain("dcdad2", 0.9)


def lay_ground(yard: Yard, paving: str, width_m: float) -> None:
    """Pavement of `width_m` from the wall to the kerb with a strip for the blind, then the road and the far side."""
    rng = yard.dice("ground")
    yard.add(Block(at=(0, -width_m / 2, -0.1), size=(2 * HALF_M, width_m, 0.2), material=tiled(paving)))
    yard.add(
        Block(
            at=(0, -width_m - 0.07, -0.1), size=(2 * HALF_M, 0.14, 0.21), bevel_m=0.015, material=tiled("wall/concrete")
        )
    )
    road_y = -width_m - 0.14
    far_y = road_y - ROAD_M
    yard.add(
        Block(
            at=(0, road_y - ROAD_M / 2, -KERB_M - 0.1), size=(2 * HALF_M, ROAD_M, 0.2), material=tiled("floor/asphalt")
        )
    )
    yard.add(Block(at=(0, far_y - 5, -0.1), size=(2 * HALF_M, 10, 0.2), material=tiled("floor/paving-grey")))
    yard.add(Block(at=(0, 0, -0.6), size=(600, 600, 0.5), material=plain("6f7064", 0.95)))
    _mark_road(yard, rng, road_y)
    if width_m > 2.4 and rng.random() < 0.8:
        _lay_blind_strip(yard, width_m)
    _stain_pavement(yard, rng, width_m)


def _lay_blind_strip(yard: Yard, width_m: float) -> None:
    """The yellow ribbed strip that guides the blind."""
    yard.add(
        Sheet(
            at=(0, -width_m + 0.95, 0.004),
            width=2 * HALF_M,
            height=0.3,
            facing="sky",
            material=plain("b08a2c", 0.8),
        )
    )
    for i in range(-40, 41):
        for dy in (-0.09, 0.0, 0.09):
            rib = (i * 0.3 * 1.0, -width_m + 0.95 + dy, 0.007)
            yard.add(Block(at=rib, size=(0.27, 0.035, 0.008), bevel_m=0.003, material=plain("a5802a", 0.8)))


def _stain_pavement(yard: Yard, rng: Random, width_m: float) -> None:
    """Blots and two manhole covers."""
    for _ in range(9):
        blot = printed(f"decal/blot-{rng.randint(0, 5)}", 0.6, alpha=rng.uniform(0.4, 0.8))
        at = (rng.uniform(-9, 9), -rng.uniform(0.3, width_m), 0.006)
        yard.add(
            Sheet(
                at=at,
                width=rng.uniform(0.6, 2.2),
                height=rng.uniform(0.4, 1.4),
                facing="sky",
                turn_deg=rng.uniform(0, 360),
                material=blot,
            )
        )
    for x in (rng.uniform(-7, -2), rng.uniform(2.5, 7)):
        at = (x, -rng.uniform(0.9, max(1.0, width_m - 1.6)), 0.003)
        yard.add(Drum(at=at, foot_m=0.34, top_m=0.34, height=0.006, material=plain("3b3a38", 0.55, 0.6)))
        yard.add(
            Drum(at=(at[0], at[1], 0.007), foot_m=0.29, top_m=0.29, height=0.004, material=plain("474543", 0.5, 0.6))
        )


def _mark_road(yard: Yard, rng: Random, road_y: float) -> None:
    paint = plain(rng.choice(["c9c7bf", "c2a04a"]), 0.8)
    for y in (road_y - 0.35, road_y - ROAD_M + 0.35):
        yard.add(Sheet(at=(0, y, -KERB_M + 0.004), width=2 * HALF_M, height=0.12, facing="sky", material=paint))
    for i in range(-8, 9):
        dash = (i * 6.0, road_y - ROAD_M / 2, -KERB_M + 0.004)
        yard.add(Sheet(at=dash, width=3.0, height=0.13, facing="sky", material=plain("c9c7bf", 0.8)))


def far_side(yard: Yard, width_m: float) -> None:
    """Blocks of flats, a hedge and trees across the road, and buildings that close the view at both ends."""
    rng = yard.dice("far")
    y = -width_m - ROAD_M - 10
    for i in range(-3, 4):
        far_block(yard, rng, i * 17 + rng.uniform(-2, 2), y - 12 - rng.uniform(0, 4))
    yard.add(
        Leaves(
            at=(0, y + 5.6, 0.4),
            radii=(HALF_M, 0.5, 0.55),
            count=9000,
            leaf_m=0.09,
            seed=1,
            material=plain("24401b", 0.7),
        )
    )
    for i in range(-5, 6):
        tree(yard, rng, (i * 8 + rng.uniform(-1, 1), y + 7.6, 0), rng.uniform(5.5, 7.5), 3600)
    for end in (-1, 1):
        for row in range(2):
            far_block(yard, rng, end * (50 + rng.uniform(0, 6)), -14 + row * 15)
            tree(yard, rng, (end * (33 + row * 6), -width_m + 0.8, 0), 7, 3000)


def tree(yard: Yard, rng: Random, at: Vec, height: float, leaves: int = 9000) -> None:
    """A street tree with a whitewashed foot."""
    x, y, z = at
    girth = rng.uniform(0.11, 0.17)
    fork = height * 0.42
    yard.add(Drum(at=at, foot_m=girth * 1.15, top_m=girth * 0.85, height=fork, material=_BARK))
    yard.add(Drum(at=at, foot_m=girth * 1.18, top_m=girth * 1.06, height=1.15, material=_LIME))
    green = rng.choice(["33521f", "3d5c24", "2c4a22", "4a6429"])
    for _ in range(6):
        dx, dy = rng.uniform(-1, 1) * height * 0.26, rng.uniform(-1, 1) * height * 0.26
        top = (x + dx, y + dy, z + height * rng.uniform(0.66, 0.92))
        middle = (x + dx * 0.45, y + dy * 0.45, z + (fork + top[2] - z) / 2)
        yard.add(Tube(points=((x, y, z + fork - 0.1), middle, top), radius=girth * 0.36, material=_BARK))
        radii = (height * rng.uniform(0.16, 0.24), height * rng.uniform(0.16, 0.24), height * rng.uniform(0.11, 0.17))
        leaf = plain(green, 0.55)
        yard.add(Leaves(at=top, radii=radii, count=leaves // 6, leaf_m=0.15, seed=rng.randint(0, 5), material=leaf))


def pole(yard: Yard, rng: Random, x: float, y: float) -> None:
    """A concrete pole with a yellow-and-black foot and cables that leave it both ways: legal cables."""
    yard.add(Drum(at=(x, y, 0), foot_m=0.15, top_m=0.1, height=8.5, material=_CONCRETE))
    for i in range(6):
        stripe = plain("d6a71c" if i % 2 else "161616", 0.6)
        yard.add(Drum(at=(x, y, 0.1 + i * 0.2), foot_m=0.156, top_m=0.155, height=0.2, material=stripe))
    for i in range(rng.randint(3, 6)):
        z = 6.2 + i * 0.22
        for end in (-1, 1):
            line = sag(
                (x, y, z),
                (x + end * 26, y + rng.uniform(-0.5, 0.5), z + rng.uniform(-0.3, 0.3)),
                rng.uniform(0.2, 0.7),
                12,
            )
            yard.add(Tube(points=line, radius=0.012, material=plain("141414", 0.5)))


def kerb_row(yard: Yard, width_m: float, spots: tuple[float, ...]) -> None:
    """Trees and bollards along the kerb; `spots` are the x of the trees."""
    rng = yard.dice("kerb")
    y = -width_m + 0.45
    for x in spots:
        yard.add(Block(at=(x, y, 0.0), size=(1.0, 0.8, 0.016), material=tiled("floor/soil")))
        tree(yard, rng, (x, y, 0), rng.uniform(6, 8))


def park_cars(yard: Yard, width_m: float, spots: list[float]) -> None:
    """Parked cars at the kerb."""
    rng = yard.dice("cars")
    for x in spots:
        y = -width_m - 1.25
        yard.add(car(rng, (x, y, -KERB_M), rng.choice((90.0, -90.0))))


def car(rng: Random, at: Vec, turn_deg: float) -> Solid:
    """A car of no brand, standing at `at`."""
    name = rng.choice(sorted(CARS))
    return Model(name=name, at=at, turn_deg=turn_deg, size=CARS[name], tint=plain(rng.choice(_PAINT)).colour)


def hedge_behind(yard: Yard, y: float, height: float) -> None:
    """Greenery that looks over a wall from behind."""
    rng = yard.dice("behind")
    for i in range(-4, 5):
        tree(yard, rng, (i * 5.5 + rng.uniform(-1.5, 1.5), y, 0), height + rng.uniform(0, 2.5), 6000)


def fallen_leaves(yard: Yard, width_m: float, count: int) -> None:
    """Flat leaves on the pavement and in the gutter: alone they are no litter."""
    rng = yard.dice("leaves")
    for tone in ("7a5a24", "8f7a2c", "5d4a22", "6e6a2a"):
        spots = ((-width_m / 2, width_m * 0.8, 0.008), (-width_m - 0.3, 0.5, -KERB_M + 0.008))
        for y, deep, z in spots:
            dry = plain(tone, 0.8)
            cloud = (12.0, deep, 0.012)
            yard.add(
                Leaves(at=(0, y, z), radii=cloud, count=count // 4, leaf_m=0.075, seed=rng.randint(0, 99), material=dry)
            )
