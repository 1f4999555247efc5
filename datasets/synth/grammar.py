"""From a seed to a scene: which street, what lies in it, from where it is seen and in which light. Pure."""

import math
from collections.abc import Callable
from random import Random

from datasets.synth import facade, forecourt, posted, props, shops, street, tipping, waste, wires
from datasets.synth.scene import Camera, Light, Scene, Sun, Vec, reach, srgb
from datasets.synth.yard import Yard

HOME_WALLS = ("wall/tile-white", "wall/tile-beige", "wall/tile-grey", "wall/plaster-yellow", "wall/brick-red")
YARD_WALLS = ("wall/plaster-pink", "wall/plaster-white", "wall/plaster-grey", "wall/plaster-yellow", "wall/concrete")
PAVINGS = ("floor/paving-red", "floor/paving-grey", "floor/paving-stone", "floor/slab")

_MIN_SIDE = 0.008
_FARTHEST_M = 11.0


def grow(seed: int, kind: str = "mix") -> Scene:
    """The scene of a seed: the same seed and kind give the same scene, anywhere.

    Args:
        seed: any integer; it alone decides.
        kind: one of `KINDS`, or `mix` to take them in turn.

    Raises:
        KeyError: no such kind.
    """
    if kind == "mix":
        kind = tuple(KINDS)[seed % len(KINDS)]
    yard = Yard(seed, kind)
    camera = KINDS[kind](yard)
    return yard.scene(camera, light(yard.dice("light")))


def light(rng: Random) -> Light:
    """A hazy day: white sky and soft shadows, or a low to high sun."""
    sky = rng.uniform(0.9, 1.15)
    if rng.random() < 0.5:
        return Light(srgb("f4f5f5"), srgb("dfe5ea"), sky, None, rng.uniform(160, 320))
    sun = Sun(rng.uniform(-70, 70), rng.uniform(32, 62), rng.uniform(2.2, 3.6), rng.uniform(0.6, 2.5))
    return Light(srgb("eef1f2"), srgb("a9c3dd"), sky * 0.8, sun, rng.uniform(180, 400))


def visible(scene: Scene, width: int, height: int) -> list[int]:
    """The things whose unhidden box lies in the frame by more than half and is not a speck."""
    seen = []
    for thing in scene.things:
        box = reach(scene, thing.id, width, height)
        if box is None:
            continue
        x0, y0, x1, y1 = box
        inside = max(0.0, min(x1, width) - max(x0, 0)) * max(0.0, min(y1, height) - max(y0, 0))
        whole = max((x1 - x0) * (y1 - y0), 1e-6)
        if inside > whole / 2 and min(x1 - x0, y1 - y0) > _MIN_SIDE * height:
            seen.append(thing.id)
    return seen


def _heap(yard: Yard) -> Camera:
    """Bags thrown down at the foot of a compound wall, seen by somebody who walks along it."""
    rng = yard.dice("heap")
    _compound(yard, rng)
    waste.heap(yard, rng, (0.0, -0.55), rng.randint(16, 26), 0.6)
    waste.scatter(yard, rng, (rng.choice((-1, 1)) * 2.1, -1.1), rng.randint(4, 8), 0.5)
    if rng.random() < 0.5:
        waste.bin_240(yard, rng, (rng.choice((-1, 1)) * 1.7, -0.5, 0), "plain", "closed", rng.uniform(-12, 12))
    return _walker(yard, rng, (34, 58))


def _bins(yard: Yard) -> Camera:
    """A row of wheelie bins at a wall, some overflowing, with bags at their feet."""
    rng = yard.dice("bins")
    _compound(yard, rng)
    if rng.random() < 0.4:
        for i in range(2):
            state = "overflowing" if i == 0 or rng.random() < 0.5 else "closed"
            waste.bin_660(yard, rng, (-0.85 + i * 1.6, -0.62, 0), state, rng.uniform(-6, 6))
        waste.heap(yard, rng, (rng.choice((-2.1, 2.2)), -0.7), rng.randint(5, 9), 0.3)
        return _walker(yard, rng, (30, 55))
    families = rng.sample(["residual", "food", "recyclable", "plain"], rng.randint(3, 4))
    full = rng.randrange(len(families))
    for i, family in enumerate(families):
        state = "overflowing" if i == full or rng.random() < 0.35 else "closed"
        place = ((i - (len(families) - 1) / 2) * 0.74, -0.5 + rng.uniform(-0.05, 0.05), 0.0)
        waste.bin_240(yard, rng, place, family, state, rng.uniform(-9, 9))
    waste.heap(yard, rng, (rng.choice((-2.0, 2.0)), -0.6), rng.randint(7, 12), 0.36)
    return _walker(yard, rng, (30, 55))


def _corner(yard: Yard) -> Camera:
    """Bins and bags beside the stairwell door of a block of flats."""
    rng = yard.dice("corner")
    width = rng.uniform(3.2, 4.2)
    facade.raise_homes(yard, rng.choice(HOME_WALLS), door_x=-2.6)
    _ground(yard, rng, width)
    for i in range(2):
        family, state = (("residual", "overflowing"), ("food", rng.choice(["closed", "overflowing"])))[i]
        waste.bin_240(yard, rng, (-0.2 + i * 0.76, -0.55, 0), family, state, rng.uniform(-14, 14))
    waste.heap(yard, rng, (1.75, -0.6), rng.randint(9, 14), 0.42)
    yard.add(props.ebike(rng, (4.2, -0.95, 0), rng.uniform(-20, 20)))
    return _walker(yard, rng, (30, 52))


def _ads(yard: Yard) -> Camera:
    """A wall with stencilled numbers and paper ads."""
    rng = yard.dice("ads")
    width = rng.uniform(2.8, 3.8)
    _compound(yard, rng, width)
    for i in range(3):
        at = (-1.3 + i * 1.25 + rng.uniform(-0.15, 0.15), -0.012, rng.uniform(0.85, 1.1))
        props.spray(yard, rng, at, rng.uniform(0.65, 0.9))
    props.paste_ads(yard, rng, (0.0, 1.65), rng.randint(4, 5), (1.6, 0.16))
    return _walker(yard, rng, (22, 42), 2.4, 0.1)


def _door(yard: Yard) -> Camera:
    """A stairwell door plastered with ads, with marks on the wall beside it."""
    rng = yard.dice("door")
    width = rng.uniform(3.0, 4.0)
    facade.raise_homes(yard, rng.choice(HOME_WALLS), door_x=0.0)
    _ground(yard, rng, width)
    props.paste_ads(yard, rng, (0.0, 1.3), rng.randint(4, 6), (0.55, 0.45), y=-0.088)
    props.spray(yard, rng, (-1.5, -0.012, rng.uniform(1.1, 1.5)), rng.uniform(0.6, 0.8))
    props.spray(yard, rng, (1.6, -0.012, rng.uniform(0.9, 1.05)), rng.uniform(0.6, 0.8))
    yard.add(props.ebike(rng, (3.1, -0.9, 0), rng.uniform(60, 110)))
    return _walker(yard, rng, (10, 28), 2.8, 0.1)


def _goods(yard: Yard) -> Camera:
    """A greengrocer whose crates stand on the pavement."""
    rng = yard.dice("goods")
    width = rng.uniform(4.4, 5.2)
    shops.raise_shops(yard, rng.choice(HOME_WALLS), rng.choice(["蔬菜水果", "鲜果时光", "便民超市"]), 0.0)
    _ground(yard, rng, width)
    thing = props.fruit_stand(yard, rng, (-1.5, -0.75, 0), 4)
    props.parasol(yard, rng, (-0.4, -1.5, 0), thing)
    return _walker(yard, rng, (24, 46), 4.5, 0.5)


def _rack(yard: Yard) -> Camera:
    """Clothes racks and tables before shops."""
    rng = yard.dice("rack")
    width = rng.uniform(4.4, 5.2)
    shops.raise_shops(yard, rng.choice(HOME_WALLS), "童装", 0.0)
    _ground(yard, rng, width)
    thing = yard.thing("out_of_store")
    for i in range(2):
        props.clothes_rack(yard, rng, (-1.0 + i * 1.9, -0.8 - 0.25 * i, 0), 1.5, thing)
    table = yard.thing("out_of_store")
    props.stools_and_table(yard, rng, (4.6, -1.6, 0), table)
    return _walker(yard, rng, (24, 46), 4.5, 0.5)


def _wire(yard: Yard) -> Camera:
    """A cord from an upper window to an e-bike; its neighbours stand without one."""
    rng = yard.dice("wire")
    width = rng.uniform(3.4, 4.4)
    columns = facade.raise_homes(yard, rng.choice(HOME_WALLS), door_x=-4.2)
    _ground(yard, rng, width)
    window = min(columns, key=abs)
    for x in (-1.5, -0.4, 0.7, 1.8):
        yard.add(props.ebike(rng, (window + x, -1.05, 0), rng.uniform(-16, 16)))
    seat = (window + rng.choice((-0.4, 0.7)), -0.95, 0.82)
    sill = facade.STOREY_M + facade.SILL_M
    props.flying_wire(yard, rng, (window + rng.uniform(-0.4, 0.4), -0.42, sill), seat)
    return _walker(yard, rng, (14, 34), 4.0, -0.2)


def _clean(yard: Yard) -> Camera:
    """A tidy street: closed bins, parked bikes, cables on the wall, nothing to report."""
    rng = yard.dice("clean")
    width = rng.uniform(3.6, 4.6)
    if rng.random() < 0.5:
        shops.raise_shops(yard, rng.choice(HOME_WALLS), "", 0.0)
    else:
        facade.raise_homes(yard, rng.choice(HOME_WALLS), door_x=1.2)
    _ground(yard, rng, width)
    for i, family in enumerate(("residual", "recyclable")):
        waste.bin_240(yard, rng, (-1.5 + i * 0.8, -0.6, 0), family, "closed", rng.uniform(-5, 5))
    for x in (3.4, 4.4):
        yard.add(props.ebike(rng, (x, -0.95, 0), rng.uniform(-8, 8)))
    return _walker(yard, rng, (38, 58), 4.5, 0.6)


def _pole(yard: Yard) -> Camera:
    """The view of a pole camera across a street: bins and a heap at the wall on the other side of the pavement."""
    rng = yard.dice("pole")
    width = _compound(yard, rng, 3.4, trees=(-7.5, 8.5))
    waste.bin_240(yard, rng, (-1.5, -0.6, 0), "residual", "overflowing", 6)
    waste.bin_240(yard, rng, (-0.72, -0.6, 0), "food", "closed", -5)
    waste.heap(yard, rng, (0.9, -0.75), 18, 0.5)
    return Camera((-2.2, -width - 8.4, 5.4), (0.7, -2.2, 0.3), 36)


KINDS: dict[str, Callable[[Yard], Camera]] = {
    "heap": _heap,
    "bins": _bins,
    "wire": _wire,
    "ads": _ads,
    "goods": _goods,
    "corner": _corner,
    "door": _door,
    "rack": _rack,
    "clean": _clean,
    "pole": _pole,
    "spill": forecourt.spill,
    "frontage": forecourt.frontage,
    "posted": posted.posted,
    "noticed": posted.noticed,
    "dumped": tipping.dumped,
    "binned": tipping.binned,
    "swept": tipping.swept,
    **wires.KINDS,
}


def _compound(yard: Yard, rng: Random, width: float = 0.0, trees: tuple[float, ...] = (-6.5, 7.0)) -> float:
    width = width or rng.uniform(3.0, 4.4)
    facade.compound_wall(yard, rng.choice(YARD_WALLS), plain_span=yard.kind == "ads")
    street.hedge_behind(yard, 4.0, 5.0)
    _ground(yard, rng, width, trees)
    return width


def _ground(yard: Yard, rng: Random, width: float, trees: tuple[float, ...] = (-7.0, 6.5)) -> None:
    street.lay_ground(yard, rng.choice(PAVINGS), width)
    street.far_side(yard, width)
    street.fallen_leaves(yard, width, rng.choice((100, 240, 480)))
    street.kerb_row(yard, width, (*trees, -15.0, 15.0, -22.0, 22.0))
    for end in (-1, 1):
        street.pole(yard, yard.dice(f"pole{end}"), end * rng.uniform(9.5, 12.5), -width + 0.4)
    cars = yard.dice("parked")
    spots = [end * (10.0 + 6.2 * i) for end in (-1, 1) for i in range(4)]
    street.park_cars(yard, width, [x + cars.uniform(-0.6, 0.6) for x in spots if cars.random() < 0.8])


def _walker(yard: Yard, rng: Random, angle: tuple[float, float], nearest: float = 3.0, eye: float = 0.2) -> Camera:
    """Somebody with a phone, as near as shows every labelled thing whole.

    Args:
        angle: how far off the square view of the wall, in degrees.
        nearest: metres that the person keeps at least.
        eye: how far the view is lifted from the middle of the things toward the street's depth, in metres.
    """
    spots = yard.spots()
    x0, x1 = min(p[0] for p in spots), max(p[0] for p in spots)
    z1 = max(p[2] for p in spots)
    middle: Vec = ((x0 + x1) / 2, min(-0.4, sum(p[1] for p in spots) / len(spots)), z1 * 0.5 + eye)
    turn = math.radians(rng.uniform(*angle)) * rng.choice((-1, 1))
    height, lens, roll = rng.uniform(1.5, 1.85), rng.uniform(23, 27), rng.gauss(0, 0.8)
    away = nearest
    while True:
        at = (middle[0] + away * math.sin(turn), middle[1] - away * math.cos(turn), height)
        side = -math.copysign(0.12 * away, turn)
        camera = Camera(at, (middle[0] + side, middle[1], middle[2]), lens, roll)
        if away > _FARTHEST_M or all(_inside(camera, spot) for spot in spots):
            return camera
        away += 0.2


def _inside(camera: Camera, spot: Vec) -> bool:
    seen = camera.project(spot, 1600, 900)
    return seen is not None and 70 < seen[0] < 1530 and 45 < seen[1] < 855
