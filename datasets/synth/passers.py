"""What fills a street and hides a part of it: people, bikes, cars, trees, poles, bollards, benches, planters, cones.

Nothing here is labelled. Each is stood through a `Stage`, so that it hides little of what is.
"""

from collections.abc import Callable
from random import Random

from datasets.synth import bikes, props, street
from datasets.synth.bikes import PAINTS
from datasets.synth.borrowed import PEOPLE, borrow, person
from datasets.synth.scene import Block, Drum, Leaves, Model, Sheet, Solid, Tube, Vec
from datasets.synth.views import Stage
from datasets.synth.yard import Yard, moved, plain, printed, tiled

_PLAIN_CARS = ("KatorLegaz/59", "KatorLegaz/75", "KatorLegaz/59", "KatorLegaz/75", "Scopia/251")
_STEEL = plain("a9abad", 0.4, 0.8)


def fill(stage: Stage, rng: Random, width_m: float, near: tuple[float, float] = (-6.0, 6.0)) -> None:
    """Trees, poles and cars along the kerb, and some of everything else on a pavement of `width_m`."""
    line_kerb(stage, rng, width_m)
    for _ in range(rng.choice((0, 0, 1, 2, 3, 4))):
        spot = (rng.uniform(*near), rng.uniform(-width_m - 1.5, -0.9), 0.0)
        stage.add(person(rng, spot))
    for _ in range(rng.choice((0, 0, 0, 1, 2))):
        far = (rng.uniform(7, 25) * rng.choice((-1, 1)), rng.uniform(-width_m, -0.8), 0.0)
        stage.add(person(rng, far))


def line_kerb(stage: Stage, rng: Random, width_m: float) -> None:
    """Trees, poles, bollards and parked cars along the kerb, wherever they hide little."""
    y = -width_m + 0.45
    pitch, shift = rng.choice((5.0, 6.5, 8.0)), rng.uniform(0, 5)
    if rng.random() < 0.75:
        for i in range(-3, 4):
            _tree(stage, rng, (i * pitch + shift, y, 0))
    for end in (-1, 1):
        _pole(stage, rng, end * rng.uniform(3, 13), y)
    if rng.random() < 0.4:
        step = rng.choice((1.2, 1.5, 2.0))
        for i in range(-8, 9):
            stage.add(*bollard(rng, (i * step, -width_m + 0.2, 0)))
    share = rng.choice((0.0, 0.3, 0.7, 0.9))
    for i in range(-4, 5):
        if rng.random() < share:
            spot = (i * 6.0 + rng.uniform(-0.6, 0.6), -width_m - 1.3, -street.KERB_M)
            stage.add(_car(rng, spot, rng.choice((90.0, -90.0))), room_m=1.8)
    for lane in (2.9, 5.2):
        if rng.random() < 0.3:
            spot = (rng.uniform(-14, 14), -width_m - lane, -street.KERB_M)
            stage.add(_car(rng, spot, 90.0 if lane < 4 else -90.0), room_m=2.5)


def _car(rng: Random, at: Vec, turn_deg: float) -> Solid:
    """A car or a van that resembles no make and carries no plate."""
    name = rng.choice(_PLAIN_CARS)
    return Model(name=name, at=at, turn_deg=turn_deg, size=street.CARS[name], tint=plain(rng.choice(PAINTS)).colour)


def _tree(stage: Stage, rng: Random, at: Vec) -> None:
    grown = Yard(0, "")
    height = rng.uniform(5.5, 8.5)
    street.tree(grown, rng, at, height, 4500)
    bed = Block(at=(at[0], at[1], 0), size=(1.0, 0.8, 0.016), material=tiled("floor/soil"))
    stage.add(bed, *grown.solids(), room_m=1.7)


def _pole(stage: Stage, rng: Random, x: float, y: float) -> None:
    stood = Yard(0, "")
    street.pole(stood, rng, x, y)
    bare = [solid for solid in stood.solids() if isinstance(solid, Drum)]
    if stage.add(*bare, room_m=1.5):
        stage.yard.add(*(solid for solid in stood.solids() if not isinstance(solid, Drum)))


def bollard(rng: Random, at: Vec) -> list[Solid]:
    """A bollard of steel or stone."""
    if rng.random() < 0.5:
        return [Drum(at=at, foot_m=0.11, top_m=0.1, height=0.7, material=plain("8f8d86", 0.9))]
    band = plain("c9a21c", 0.5)
    top = (at[0], at[1], at[2] + 0.55)
    return [
        Drum(at=at, foot_m=0.045, top_m=0.045, height=0.75, material=_STEEL),
        Drum(at=top, foot_m=0.047, top_m=0.047, height=0.08, material=band),
    ]


def parked_bikes(stage: Stage, rng: Random, x: float, y: float, count: int) -> None:
    """A row of parked e-bikes and bicycles."""
    lean = rng.choice((0.0, 0.0, 35.0, -35.0))
    for i in range(count):
        at = (x + i * rng.uniform(0.55, 0.8), y + rng.gauss(0, 0.08), 0.0)
        if rng.random() < 0.6:
            made = bikes.any_parked(rng)
            turned = lean + rng.choice((0.0, 180.0)) + rng.gauss(0, 6)
            stage.add(*(moved(part, at, turned) for part in made.parts))
        elif rng.random() < 0.3:
            paint = plain(rng.choice(["2a5a9a", "b3262a", "d8a02a", "2b2b2b", "2f7a4a"])).colour
            stage.add(borrow("Scopia/246", at, lean + rng.gauss(0, 6), tint=paint))
        else:
            stage.add(props.ebike(rng, at, lean + rng.choice((0, 180)) + rng.gauss(0, 6)))


def planter(rng: Random) -> list[Solid]:
    """A stone or wooden trough of shrubs, as streets have them."""
    wide, deep, high = rng.uniform(0.8, 2.2), rng.uniform(0.4, 0.6), rng.uniform(0.35, 0.6)
    stone = plain(rng.choice(["8f8d86", "6d5a45", "a8a49a", "b9b6ad", "5a4636"]), 0.9)
    green = plain(rng.choice(["2f5a26", "3f6f2c", "27481f", "6a2a3a"]), 0.6)
    cloud = (wide * 0.45, deep * 0.45, rng.uniform(0.15, 0.35))
    return [
        Block(at=(0, 0, high / 2), size=(wide, deep, high), bevel_m=0.02, material=stone),
        Leaves(
            at=(0, 0, high + cloud[2] * 0.6),
            radii=cloud,
            count=int(350 * wide),
            leaf_m=0.08,
            seed=rng.randint(0, 9),
            material=green,
        ),
    ]


def bench(rng: Random) -> list[Solid]:
    """A bench of wood, stone or steel."""
    name = rng.choice(["KatorLegaz/16", "KatorLegaz/17", "BlendSwap-CC-0/103", "Scopia/12"])
    return [borrow(name, (0, 0, 0), rng.choice((0, 180)), scale=0.9)]


def bus_stop(rng: Random) -> list[Solid]:
    """A shelter with a seat and a lit panel."""
    steel = plain(rng.choice(["6a6c70", "3f5c86", "2f6a4a"]), 0.4, 0.6)
    poster = printed(f"poster/{rng.randint(0, 11)}", 0.3)
    parts: list[Solid] = [
        Block(at=(0, 0.1, 2.45), size=(3.6, 1.3, 0.08), material=steel),
        Block(at=(0, 0.55, 0.46), size=(2.4, 0.36, 0.05), material=steel),
        Block(at=(2.0, 0.2, 1.15), size=(0.14, 1.0, 1.8), bevel_m=0.02, material=steel),
        Sheet(at=(1.925, 0.2, 1.15), width=0.9, height=1.6, turn_deg=-90, material=poster),
    ]
    parts += [Tube(points=((x, 0.6, 0), (x, 0.6, 2.45)), radius=0.04, material=steel) for x in (-1.7, 0.0, 1.7)]
    return parts


def electric_box(rng: Random) -> list[Solid]:
    """A grey or green cabinet of the power company with a warning plate."""
    wide, deep, high = rng.uniform(0.7, 1.5), rng.uniform(0.35, 0.5), rng.uniform(1.0, 1.6)
    paint = plain(rng.choice(["9b9d9a", "5f7f6a", "b9b8ae", "4a6a5a"]), 0.5, 0.2)
    plate = printed(f"warning/{rng.randint(0, 3)}", 0.4)
    return [
        Block(at=(0, 0, high / 2 + 0.1), size=(wide, deep, high), bevel_m=0.012, material=paint),
        Block(at=(0, 0, 0.05), size=(wide + 0.1, deep + 0.1, 0.1), material=plain("8f8d86", 0.9)),
        Block(at=(0, -deep / 2 - 0.001, high / 2 + 0.1), size=(0.012, 0.012, high * 0.94), material=plain("2b2b2b")),
        Sheet(at=(wide / 4, -deep / 2 - 0.006, high * 0.72), width=0.2, height=0.2, material=plate),
    ]


def mailbox(rng: Random) -> list[Solid]:
    """A post box or a clothes-collection box."""
    paint = plain(rng.choice(["1f6a3a", "2f7a4a", "2a5a9a", "c8641c"]), 0.45)
    return [
        Block(at=(0, 0, 0.75), size=(0.55, 0.45, 1.3), bevel_m=0.04, material=paint),
        Block(at=(0, -0.23, 1.15), size=(0.34, 0.02, 0.04), material=plain("101010")),
        Block(at=(0, 0, 0.06), size=(0.4, 0.3, 0.12), material=plain("3a3a3a")),
    ]


def cone_pair(rng: Random) -> list[Solid]:
    """Cones with a bar."""
    gap = rng.uniform(0.9, 1.8)
    bar = Tube(points=((-gap / 2, 0, 0.6), (gap / 2, 0, 0.6)), radius=0.02, material=plain("d8a02a", 0.5))
    return [borrow("Scopia/262", (-gap / 2, 0, 0)), borrow("Scopia/262", (gap / 2, 0, 0)), bar]


def railing(rng: Random) -> list[Solid]:
    """One to three lengths of pedestrian railing."""
    return [borrow("BlendSwap-CC-0/156", (x * 2.08, 0, 0)) for x in range(rng.randint(1, 3))]


def courier(rng: Random) -> list[Solid]:
    """Somebody with a pile of parcels in the arms beside an e-bike with a box: goods on their way, not put out."""
    box = plain(rng.choice(["2a7ac8", "d8a02a", "c8641c"]), 0.5)
    parcel = plain("a67d52", 0.85)
    who = borrow(rng.choice(PEOPLE), (1.1, 0, 0), rng.gauss(0, 20))
    return [
        props.ebike(rng, (0, 0, 0), 90 + rng.gauss(0, 10)),
        Block(at=(-0.55, 0, 1.02), size=(0.45, 0.42, 0.42), bevel_m=0.03, material=box),
        who,
        Block(at=(1.1, -0.42, 1.05), size=(0.5, 0.36, 0.34), material=parcel),
        Block(at=(1.12, -0.42, 1.33), size=(0.36, 0.3, 0.2), material=parcel),
    ]


FURNITURE: tuple[Callable[[Random], list[Solid]], ...] = (
    planter, planter, bench, bench, bus_stop, electric_box, mailbox, cone_pair, railing, courier,
)  # fmt: skip


def furnish(stage: Stage, rng: Random, spots: list[float], width_m: float) -> None:
    """Permitted street furniture and parked bikes near the x of `spots`."""
    for x in spots:
        y = rng.uniform(-width_m + 0.7, -0.75)
        if rng.random() < 0.35:
            parked_bikes(stage, rng, x, y, rng.randint(1, 6))
            continue
        parts = rng.choice(FURNITURE)(rng)
        turn = rng.choice((0.0, 0.0, 180.0)) + rng.gauss(0, 3)
        stage.add(*(moved(part, (x, y, 0.0), turn) for part in parts))
