"""Clothes rails, figures, shoe racks, shelves and sale tables, each a `Part` around the origin."""

from random import Random

from datasets.synth.borrowed import borrow
from datasets.synth.goods import CLOTH, PLASTIC, STEEL, WOOD, Part, tone
from datasets.synth.scene import Block, Drum, Material, Solid, Taper, Tube


def clothes_rail(rng: Random, thing: int) -> Part:
    """A rail with garments side by side, or a borrowed rack."""
    wide = rng.uniform(0.9, 2.0)
    if rng.random() < 0.25:
        pair = [borrow("KatorLegaz/82", (x, 0, 0.3), rng.choice((0, 180)), thing) for x in (-0.31, 0.31)]
        return Part(1.3, 0.55, [*_rail(1.3, 1.5, thing), *pair])
    high = rng.uniform(1.35, 1.65)
    solids = _rail(wide, high, thing)
    family = rng.sample(CLOTH, 5)
    x = -wide / 2 + 0.06
    while x < wide / 2 - 0.05:
        long = rng.uniform(0.55, 1.05)
        fabric = Material(tone(rng, tuple(family)).colour, 0.85, crease=0.25)
        shape = Taper(
            at=(x, 0, high - 0.05 - long),
            foot=(0.05, rng.uniform(0.36, 0.5)),
            top=(0.03, 0.34),
            height=long,
            turn_deg=rng.gauss(0, 7),
            bevel_m=0.012,
            material=fabric,
            thing=thing,
        )
        solids.append(shape)
        x += rng.uniform(0.05, 0.12)
    return Part(wide, 0.55, solids)


def _rail(wide: float, high: float, thing: int) -> list[Solid]:
    bars = [
        ((-wide / 2, 0, 0.03), (-wide / 2, 0, high)),
        ((wide / 2, 0, 0.03), (wide / 2, 0, high)),
        ((-wide / 2, 0, high), (wide / 2, 0, high)),
        ((-wide / 2, -0.25, 0.03), (-wide / 2, 0.25, 0.03)),
        ((wide / 2, -0.25, 0.03), (wide / 2, 0.25, 0.03)),
        ((-wide / 2, 0, 0.2), (wide / 2, 0, 0.2)),
    ]
    return [Tube(points=ends, radius=0.014, material=STEEL, thing=thing) for ends in bars]


def dressed_figures(rng: Random, thing: int) -> Part:
    """Mannequins, or busts on stands, in front of a clothes shop."""
    count = rng.randint(1, 3)
    solids: list[Solid] = []
    for i in range(count):
        x = (i - (count - 1) / 2) * 0.62
        if rng.random() < 0.4:
            solids.append(borrow("Scopia/349", (x, 0, 0), rng.gauss(0, 20), thing))
        fabric = Material(tone(rng, CLOTH).colour, 0.85, crease=0.3)
        solids += [
            Drum(at=(x, 0, 0), foot_m=0.16, top_m=0.15, height=0.03, material=STEEL, thing=thing),
            Tube(points=((x, 0, 0), (x, 0, 1.0)), radius=0.015, material=STEEL, thing=thing),
            Taper(
                at=(x, 0, 0.72),
                foot=(0.5, 0.34),
                top=(0.4, 0.2),
                height=0.72,
                bevel_m=0.05,
                material=fabric,
                thing=thing,
            ),
        ]
    return Part(count * 0.62, 0.4, solids)


def shoe_rack(rng: Random, thing: int) -> Part:
    """Shoes on three or four boards."""
    wide, tiers = rng.uniform(0.9, 1.6), rng.randint(3, 4)
    board = tone(rng, ("d8d6d0", "a5835a", "6a6c70"), 0.6)
    solids: list[Solid] = []
    for tier in range(tiers):
        level, y = 0.18 + tier * 0.3, 0.1 * tier - 0.15
        solids.append(Block(at=(0, y, level), size=(wide, 0.3, 0.02), material=board, thing=thing))
        for i in range(int(wide / 0.3)):
            at = (-wide / 2 + 0.16 + i * 0.3, y, level + 0.01)
            colour = tone(rng, CLOTH, 0.4).colour
            solids.append(borrow(rng.choice(["Scopia/150", "Scopia/203"]), at, rng.gauss(0, 8), thing, tint=colour))
    for x in (-wide / 2, wide / 2):
        leg = ((x, -0.28, 0), (x, 0.25, 0.2 + tiers * 0.3))
        solids.append(Tube(points=leg, radius=0.012, material=STEEL, thing=thing))
        solids.append(Tube(points=((x, 0.25, 0), leg[1]), radius=0.012, material=STEEL, thing=thing))
    return Part(wide, 0.6, solids)


def shelves(rng: Random, thing: int) -> Part:
    """A steel or wooden shelf of packets, tins and toys."""
    wide, high = rng.uniform(0.8, 1.6), rng.uniform(0.9, 1.7)
    frame = tone(rng, ("d4d6d8", "4a4c50", "8a6a45"), 0.5)
    solids: list[Solid] = []
    for x in (-wide / 2, wide / 2):
        for y in (-0.18, 0.18):
            solids.append(Block(at=(x, y, high / 2), size=(0.04, 0.04, high), material=frame, thing=thing))
    level = 0.15
    while level < high:
        solids.append(Block(at=(0, 0, level), size=(wide, 0.4, 0.025), material=frame, thing=thing))
        x = -wide / 2 + 0.06
        while x < wide / 2 - 0.12:
            side, tall = rng.uniform(0.1, 0.28), rng.uniform(0.1, 0.26)
            size = (side, rng.uniform(0.15, 0.34), tall)
            packet = tone(rng, (*PLASTIC, "e8d44a", "e06a9a", "f0eee8"), 0.4)
            solids.append(Block(at=(x + side / 2, 0, level + tall / 2 + 0.01), size=size, material=packet, thing=thing))
            x += side + rng.uniform(0.0, 0.04)
        level += rng.uniform(0.32, 0.42)
    return Part(wide, 0.42, solids)


def sale_table(rng: Random, thing: int) -> Part:
    """A folding table under a cloth with folded clothes, toys or packets in rows."""
    wide, deep, level = rng.uniform(1.2, 2.0), rng.uniform(0.6, 0.9), rng.uniform(0.5, 0.76)
    solids: list[Solid] = []
    if rng.random() < 0.5:
        cloth = tone(rng, ("b0262a", "2a5a9a", "d8d4c8", "3a7a5a", "c88a2a"), 0.9)
        solids.append(Block(at=(0, 0, level / 2), size=(wide, deep, level), bevel_m=0.02, material=cloth, thing=thing))
    else:
        solids.append(Block(at=(0, 0, level), size=(wide, deep, 0.03), material=tone(rng, WOOD), thing=thing))
        for x in (-wide / 2 + 0.06, wide / 2 - 0.06):
            for y in (-deep / 2 + 0.06, deep / 2 - 0.06):
                solids.append(Tube(points=((x, y, 0), (x, y, level)), radius=0.016, material=STEEL, thing=thing))
    goods = (*CLOTH, *PLASTIC)
    flat = rng.random() < 0.5
    step = rng.uniform(0.16, 0.3)
    for i in range(int(wide / step)):
        for j in range(int(deep / 0.25)):
            if rng.random() < 0.12:
                continue
            tall = rng.uniform(0.02, 0.09) if flat else rng.uniform(0.06, 0.24)
            at = (-wide / 2 + (i + 0.5) * step, -deep / 2 + 0.14 + j * 0.25, level + 0.015 + tall / 2)
            solids.append(
                Block(
                    at=at,
                    size=(step * 0.85, 0.2, tall),
                    turn_deg=rng.gauss(0, 6),
                    bevel_m=0.01,
                    material=tone(rng, goods, 0.7),
                    thing=thing,
                )
            )
    return Part(wide, deep, solids)
