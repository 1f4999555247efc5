"""Streets with litter and bins in every state, and swept ones that look like it but are not.

The rule of the label: one box a heap with its scraps, loose pieces joined under 0.7 m, one box round a whole bin.
"""

import math
from collections.abc import Callable
from random import Random

from datasets.synth import bins, facade, passers, rows, street, views, waste
from datasets.synth.borrowed import borrow, person
from datasets.synth.goods import tone
from datasets.synth.scene import Block, Camera, Drum, Leaves, Material, Sheet, Vec
from datasets.synth.yard import Yard, plain, printed, tiled

JOIN_M = 0.7
_SHARES = {"near": 2.5, "walk": 3.0, "across": 2.0, "zoom": 1.2, "drive": 1.5, "pole": 3.0}
_PUDDLE = Material((0.03, 0.033, 0.035), 0.05)


def dumped(yard: Yard) -> Camera:
    """Heaps, single bags, scattered pieces; bins of any state among them."""
    rng = yard.dice("dumped")
    width = _backdrop(yard, rng)
    free = _slots(rng)
    for x in [free.pop() for _ in range(rng.choice((1, 1, 2, 2, 3)))]:
        y = rng.choice((-0.6, -0.7, -width * rng.uniform(0.3, 0.8), -width + 0.5))
        rng.choice(LITTER)(yard, rng, x, y)
    for x in [free.pop() for _ in range(rng.choice((0, 0, 1, 2)))]:
        _bin_row(yard, rng, x, rng.randint(1, 2), 0.15)
    return _finish(yard, rng, width, free[-2:])


def binned(yard: Yard) -> Camera:
    """Rows of bins, some overflowing, some closed, with and without bags at their feet."""
    rng = yard.dice("binned")
    width = _backdrop(yard, rng)
    free = _slots(rng)
    full = rng.choice((0.0, 0.3, 0.6, 1.0))
    for x in [free.pop() for _ in range(rng.choice((1, 1, 2)))]:
        _bin_row(yard, rng, x, rng.randint(1, 4), full)
    if rng.random() < 0.35:
        rng.choice(LITTER)(yard, rng, free.pop(), -rng.uniform(0.6, 0.9))
    return _finish(yard, rng, width, free[-2:])


def swept(yard: Yard) -> Camera:
    """Nothing to report: leaves, puddles, stains, pots, building sacks, sand, hoses, closed bins."""
    rng = yard.dice("swept")
    width = _backdrop(yard, rng)
    free = _slots(rng)
    spots = [(x, -0.7, 0.4) for x in free[-3:]]
    for x in [free.pop() for _ in range(rng.choice((1, 2, 2, 3)))]:
        rng.choice(LOOKALIKES)(yard, rng, x, -rng.uniform(0.6, max(0.7, width - 0.9)))
    if rng.random() < 0.6:
        _bin_row(yard, rng, free.pop(), rng.randint(1, 4), 0.0)
    return _finish(yard, rng, width, free[-2:], spots)


def _backdrop(yard: Yard, rng: Random) -> float:
    width = rng.uniform(2.6, 5.5)
    host = rng.choice(("wall", "compound", "compound", "homes", "row"))
    if host == "wall":
        rows.raise_wall(yard, rng)
    elif host == "compound":
        facade.compound_wall(yard, rng.choice(rows.WALLS), rng.uniform(2.0, 3.0), plain_span=rng.random() < 0.6)
        street.hedge_behind(yard, 4.0, 5.0)
    elif host == "homes":
        facade.raise_homes(yard, rng.choice(rows.WALLS), storeys=3, door_x=rng.uniform(-6, 6))
    else:
        rows.raise_row(yard, rng, ("shutter", "glass", "open"))
    rows.lay(yard, rng, width)
    if rng.random() < 0.6:
        street.fallen_leaves(yard, width, rng.choice((60, 200, 500)))
    return width


def _slots(rng: Random) -> list[float]:
    """Places along the wall, three metres from one another, the middle ones last."""
    shift = rng.uniform(-0.8, 0.8)
    near = [-1.8 + shift, 1.4 + shift]
    far = [-11.4 + shift, -8.2 + shift, -5.0 + shift, 4.6 + shift, 7.8 + shift, 11.0 + shift]
    rng.shuffle(near)
    far.sort(key=abs, reverse=True)
    return [*far, *near]


def _finish(
    yard: Yard, rng: Random, width: float, spots: list[float], focus: list[Vec] | tuple[Vec, ...] = ()
) -> Camera:
    camera = views.choose(yard, rng, _SHARES, focus, width + 8.6)
    stage = views.Stage(yard, camera)
    passers.furnish(stage, rng, [x for x in spots if rng.random() < 0.6], width)
    passers.fill(stage, rng, width)
    return camera


def _bin_row(yard: Yard, rng: Random, x: float, count: int, full: float) -> None:
    """Bins side by side, all of a make or mixed; `full` is how likely one overflows."""
    make, wide, _ = rng.choices(bins.MAKES, [share for *_, share in bins.MAKES])[0]
    count = 2 if wide > 1 and count > 2 else count
    y = -rng.uniform(0.55, 0.8)
    for i in range(count):
        state = "overflowing" if rng.random() < full else "closed"
        at = (x + (i - (count - 1) / 2) * (wide + rng.uniform(0.0, 0.12)), y + rng.gauss(0, 0.03), 0.0)
        make(yard, rng, at, state, rng.gauss(0, 7))


def _heap(yard: Yard, rng: Random, x: float, y: float) -> None:
    waste.heap(
        yard,
        rng,
        (x, y),
        rng.choice((rng.randint(3, 6), rng.randint(6, 14), rng.randint(14, 26))),
        rng.uniform(0.25, 0.6),
    )


def _bags(yard: Yard, rng: Random, x: float, y: float) -> None:
    """One to four tied bags that stand alone."""
    thing = yard.thing("litter")
    for i in range(rng.randint(1, 4)):
        size = rng.uniform(0.13, 0.27)
        at = (x + i * rng.uniform(0.2, 0.4), min(y + rng.gauss(0, 0.1), -size - 0.1), 0.0)
        yard.add(waste.bag(rng, at, size, thing))


def _scatter(yard: Yard, rng: Random, x: float, y: float) -> None:
    """Loose pieces: each group whose pieces lie within 0.7 m of one another is one thing."""
    reach = rng.uniform(0.3, 1.5)
    spots = [
        (x + rng.gauss(0, reach * 0.6), min(y + rng.gauss(0, reach * 0.35), -0.2)) for _ in range(rng.randint(1, 9))
    ]
    for group in joined(spots):
        thing = yard.thing("litter")
        for px, py in group:
            for _ in range(rng.randint(1, 2)):
                at = (px + rng.uniform(-0.1, 0.1), py + rng.uniform(-0.1, 0.1), 0.004)
                yard.put(waste.scrap(rng, thing), at, rng.uniform(0, 360))


def joined(spots: list[tuple[float, float]]) -> list[list[tuple[float, float]]]:
    """Spots in groups: two that lie nearer than 0.7 m are of one group.

    >>> joined([(0.0, 0.0), (0.5, 0.0), (3.0, 0.0)])
    [[(3.0, 0.0)], [(0.5, 0.0), (0.0, 0.0)]]
    """
    groups: list[list[tuple[float, float]]] = []
    for spot in spots:
        near = [group for group in groups if any(math.dist(spot, other) < JOIN_M for other in group)]
        groups = [group for group in groups if group not in near]
        groups.append([spot, *(other for group in near for other in group)])
    return sorted(groups, key=len)


def _cartons(yard: Yard, rng: Random, x: float, y: float) -> None:
    """Empty cartons, flattened boards and foam boxes thrown together."""
    thing = yard.thing("litter")
    pile = waste.Pile((x, y))
    for _ in range(rng.randint(3, 9)):
        dx, dy = rng.gauss(0, 0.35), min(rng.gauss(0, 0.2), -y - 0.35)
        if rng.random() < 0.3:
            foam = plain(rng.choice(["f1f1ee", "e8e6dc"]), 0.6)
            size = (rng.uniform(0.35, 0.55), rng.uniform(0.25, 0.4), rng.uniform(0.15, 0.3))
            at = pile.rest(dx, dy, 0.2, size[2])
            yard.add(
                Block(
                    at=(at[0], at[1], at[2] + size[2] / 2),
                    size=size,
                    turn_deg=rng.uniform(0, 180),
                    bevel_m=0.02,
                    material=foam,
                    thing=thing,
                )
            )
        else:
            yard.put(waste.carton(rng, thing), pile.rest(dx, dy, 0.22, 0.22), rng.uniform(0, 180))
    for _ in range(rng.randint(2, 8)):
        yard.put(
            waste.scrap(rng, thing),
            (x + rng.gauss(0, 0.5), min(y + rng.gauss(-0.2, 0.3), -0.2), 0.004),
            rng.uniform(0, 360),
        )


def _street_side(yard: Yard, rng: Random, x: float, y: float) -> None:
    """Cups, boxes and bottles left on one spot, as after a meal."""
    thing = yard.thing("litter")
    for _ in range(rng.randint(3, 8)):
        at = (x + rng.gauss(0, 0.2), min(y + rng.gauss(0, 0.12), -0.15), 0.004)
        yard.put(waste.scrap(rng, thing), at, rng.uniform(0, 360))


LITTER: tuple[Callable[[Yard, Random, float, float], None], ...] = (
    _heap, _heap, _bags, _bags, _scatter, _scatter, _cartons, _street_side,
)  # fmt: skip


def _leaf_pile(yard: Yard, rng: Random, x: float, y: float) -> None:
    """Leaves swept together, or blown along the wall: no litter."""
    for code in rng.sample(("7a5a24", "8f7a2c", "5d4a22", "6e6a2a", "8a4a22"), 3):
        cloud = (rng.uniform(0.3, 1.2), rng.uniform(0.2, 0.5), rng.uniform(0.05, 0.16))
        yard.add(
            Leaves(
                at=(x + rng.gauss(0, 0.1), y, cloud[2]),
                radii=cloud,
                count=rng.randint(120, 420),
                leaf_m=0.075,
                seed=rng.randint(0, 99),
                material=plain(code, 0.8),
            )
        )


def _puddle(yard: Yard, rng: Random, x: float, y: float) -> None:
    """Standing water and wet stains."""
    for _ in range(rng.randint(1, 3)):
        wide = rng.uniform(0.5, 1.6)
        at = (x + rng.gauss(0, 0.6), y + rng.gauss(0, 0.3), 0.009)
        yard.add(Drum(at=at, foot_m=wide / 2, top_m=wide / 2, height=0.002, material=_PUDDLE))
    blot = printed(f"decal/blot-{rng.randint(0, 5)}", 0.3, alpha=0.95)
    yard.add(Sheet(at=(x, y, 0.013), width=2.2, height=1.5, facing="sky", turn_deg=rng.uniform(0, 360), material=blot))


def _pots(yard: Yard, rng: Random, x: float, y: float) -> None:
    """A resident's flower pots and foam boxes with vegetables in them."""
    for i in range(rng.randint(2, 6)):
        at = (x + (i - 2) * 0.36, max(y, -0.9) + rng.gauss(0, 0.05), 0.0)
        high = rng.uniform(0.16, 0.34)
        glaze = tone(rng, ("7a4a32", "e8e6df", "35577a", "2b2b2b", "8f2a2a"), 0.4)
        yard.add(Drum(at=at, foot_m=0.1, top_m=0.15, height=high, material=glaze))
        leaf = tone(rng, ("2f5a26", "3f6f2c", "4a7a32"), 0.6)
        yard.add(
            Leaves(
                at=(at[0], at[1], high + 0.16),
                radii=(0.18, 0.18, rng.uniform(0.12, 0.3)),
                count=120,
                leaf_m=0.09,
                seed=rng.randint(0, 9),
                material=leaf,
            )
        )


def _building_sacks(yard: Yard, rng: Random, x: float, y: float) -> None:
    """Sacks of cement or sand stacked in order beside cones: material, not waste."""
    weave = tone(rng, ("d9d5c6", "c9b98f", "b9b6ad", "8a8f93"), 0.9)
    y = min(y, -0.7)
    for level in range(rng.randint(1, 4)):
        for i in range(rng.randint(2, 3)):
            at = (x + (i - 1) * 0.52 + 0.1 * (level % 2), y, level * 0.15)
            yard.add(
                Block(
                    at=(at[0], at[1], at[2] + 0.08),
                    size=(0.5, 0.34, 0.14),
                    bevel_m=0.06,
                    turn_deg=rng.gauss(0, 3),
                    material=weave,
                )
            )
    yard.put(passers.cone_pair(rng), (x, y - 0.8, 0.0), rng.gauss(0, 8))


def _sand(yard: Yard, rng: Random, x: float, y: float) -> None:
    """A cone of sand or a stack of bricks or paving of a building site."""
    y = min(y, -1.2)
    if rng.random() < 0.5:
        yard.add(
            Drum(
                at=(x, y, 0),
                foot_m=rng.uniform(0.6, 1.0),
                top_m=0.06,
                height=rng.uniform(0.3, 0.6),
                material=tiled("floor/soil", 0.95),
            )
        )
    else:
        size = (rng.uniform(0.8, 1.2), 0.6, rng.uniform(0.4, 0.9))
        yard.add(Block(at=(x, y, size[2] / 2), size=size, turn_deg=rng.gauss(0, 5), material=tiled("wall/brick-red")))
    yard.put(passers.cone_pair(rng), (x, y - 0.9, 0.0), rng.gauss(0, 8))


def _belongings(yard: Yard, rng: Random, x: float, y: float) -> None:
    """Somebody's shopping, luggage or basin beside its owner: a bag that is held or watched is no waste."""
    yard.add(
        borrow("Scopia/337", (x + 0.6, y, 0.0), rng.uniform(0, 90))
        if rng.random() < 0.4
        else borrow("Scopia/187", (x + 0.7, y, 0.0), rng.uniform(0, 360))
    )
    yard.add(person(rng, (x, y, 0.0)))


def _bikes(yard: Yard, rng: Random, x: float, y: float) -> None:
    for i in range(rng.randint(2, 5)):
        at = (x + i * 0.6, max(y, -1.3), 0.0)
        paint = plain(rng.choice(["2a5a9a", "b3262a", "d8a02a", "2b2b2b", "2f7a4a"])).colour
        yard.add(borrow("Scopia/246", at, rng.gauss(0, 6), tint=paint))


LOOKALIKES: tuple[Callable[[Yard, Random, float, float], None], ...] = (
    _leaf_pile, _leaf_pile, _puddle, _pots, _building_sacks, _sand, _belongings, _bikes,
)  # fmt: skip
