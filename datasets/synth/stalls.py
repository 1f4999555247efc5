"""What shops sell from outside: stands, racks, tables, tents, carts and boards, each a `Part` around the origin."""

import math
from random import Random

from datasets.synth.borrowed import borrow
from datasets.synth.goods import (
    STEEL,
    WOOD,
    Part,
    cartons,
    fruit_crate,
    heaped,
    price_tag,
    shifted,
    tone,
    tray,
)
from datasets.synth.racks import sale_table
from datasets.synth.scene import Block, Drum, Leaves, Material, Sheet, Solid, Taper, Tube
from datasets.synth.yard import plain, printed

_RUBBER = plain("141414", 0.8)


def fruit_steps(rng: Random, thing: int) -> Part:
    """A stepped stand: crates on two to four levels that rise toward the shop."""
    columns, steps = rng.randint(2, 5), rng.randint(2, 4)
    base = tone(rng, WOOD, 0.8)
    cloth = rng.random() < 0.4
    skirt = tone(rng, ("1f6a3a", "2a7a4a", "b0262a", "d8d4c8"), 0.8) if cloth else base
    wide, deep, rise = 0.6, 0.4, rng.uniform(0.14, 0.26)
    solids: list[Solid] = []
    for column in range(columns):
        for step in range(steps):
            x, y = (column - (columns - 1) / 2) * wide, (step - (steps - 1) / 2) * deep
            level = 0.25 + step * rise
            solids.append(Block(at=(x, y, level / 2), size=(wide, deep, level), material=skirt, thing=thing))
            crate = fruit_crate(rng, thing)
            solids += shifted(crate.solids, x, y, level)
    return Part(columns * wide, steps * deep, solids)


def flat_bins(rng: Random, thing: int) -> Part:
    """A long low table divided into bays of produce, on trestles."""
    bays, level = rng.randint(2, 5), rng.uniform(0.45, 0.75)
    wall = tone(rng, (*WOOD, "c9cbcb", "2f7a4a"), 0.7)
    solids: list[Solid] = []
    for bay in range(bays):
        x = (bay - (bays - 1) / 2) * 0.62
        solids += shifted(tray(thing, 0.62, 0.8, 0.16, wall), x, 0, level)
        for y in (-0.2, 0.2):
            solids += shifted(heaped(rng, thing, 0.58, 0.38, 0.12), x, y, level)
        if rng.random() < 0.6:
            solids += price_tag(rng, thing, (x, 0.3, level + 0.32))
    for x in (-bays * 0.3, bays * 0.3):
        for y in (-0.35, 0.35):
            solids.append(Block(at=(x, y, level / 2), size=(0.05, 0.05, level), material=wall, thing=thing))
    return Part(bays * 0.62, 0.8, solids)


def eating_table(rng: Random, thing: int) -> Part:
    """A table with stools or chairs round it, perhaps bowls and bottles on it."""
    square = rng.random() < 0.6
    side = rng.uniform(0.6, 0.9)
    level = rng.choice([0.55, 0.72])
    top = tone(rng, ("b9703a", "d8d6d0", "a32a2a", "3a6aa0", "6d4a2a"), 0.5)
    solids: list[Solid] = []
    if square:
        solids.append(Block(at=(0, 0, level), size=(side, side, 0.03), bevel_m=0.008, material=top, thing=thing))
    else:
        solids.append(Drum(at=(0, 0, level), foot_m=side / 2, top_m=side / 2, height=0.03, material=top, thing=thing))
    for dx in (-0.35, 0.35):
        for dy in (-0.35, 0.35):
            ends = ((dx * side, dy * side, 0), (dx * side * 0.9, dy * side * 0.9, level))
            solids.append(Tube(points=ends, radius=0.015, material=STEEL, thing=thing))
    seat = tone(rng, ("b3262a", "2a5fa8", "d8d6d0", "2f7a4a", "c87a2a"), 0.45)
    chair = rng.choice(["", "", "", "KatorLegaz/14", "Scopia/90"])
    seats = rng.randint(2, 4)
    for i in range(seats):
        turn = math.radians(i * 360 / seats + rng.uniform(-15, 15) + 45)
        x, y = (side / 2 + 0.28) * math.cos(turn), (side / 2 + 0.28) * math.sin(turn)
        if chair:
            solids.append(borrow(chair, (x, y, 0), math.degrees(turn) - 90 + rng.gauss(0, 10), thing, 0.95))
        else:
            solids.append(
                Taper(
                    at=(x, y, 0),
                    foot=(0.34, 0.34),
                    top=(0.26, 0.26),
                    height=level * 0.62,
                    bevel_m=0.02,
                    turn_deg=rng.uniform(0, 90),
                    material=seat,
                    thing=thing,
                )
            )
    for _ in range(rng.randint(0, 5)):
        at = (rng.uniform(-0.3, 0.3) * side, rng.uniform(-0.3, 0.3) * side, level + 0.03)
        dish = tone(rng, ("f0eee8", "3a6a3a", "b0362a", "2b2b2b"), 0.3)
        radius, tall = rng.choice([(0.08, 0.06), (0.03, 0.2), (0.04, 0.12)])
        solids.append(Drum(at=at, foot_m=radius * 0.7, top_m=radius, height=tall, material=dish, thing=thing))
    return Part(side + 0.9, side + 0.9, solids)


def stool_stack(rng: Random, thing: int) -> Part:
    """Plastic stools in stacks."""
    solids: list[Solid] = []
    count = rng.randint(1, 3)
    for i in range(count):
        seat = tone(rng, ("b3262a", "2a5fa8", "2f7a4a", "c87a2a"), 0.45)
        for level in range(rng.randint(3, 9)):
            at = ((i - (count - 1) / 2) * 0.42, 0, level * 0.07)
            solids.append(
                Taper(at=at, foot=(0.34, 0.34), top=(0.27, 0.27), height=0.42, bevel_m=0.02, material=seat, thing=thing)
            )
    return Part(count * 0.42, 0.4, solids)


def steamer_cart(rng: Random, thing: int) -> Part:
    """A steel cart with towers of bamboo steamers, a pot and a price board."""
    wide, deep, level = rng.uniform(1.1, 1.7), 0.7, 0.8
    solids: list[Solid] = [
        Block(at=(0, 0, level / 2 + 0.08), size=(wide, deep, level - 0.16), bevel_m=0.01, material=STEEL, thing=thing),
        Sheet(
            at=(0, -deep / 2 - 0.004, level * 0.55),
            width=wide * 0.9,
            height=0.42,
            material=printed(f"board/{rng.randint(0, 11)}", 0.5),
            thing=thing,
        ),
    ]
    for x in (-wide / 2 + 0.15, wide / 2 - 0.15):
        for y in (-0.25, 0.25):
            solids.append(Drum(at=(x, y, 0), foot_m=0.06, top_m=0.06, height=0.1, material=_RUBBER, thing=thing))
    bamboo = plain(rng.choice(["b58a4c", "c9a468", "a87a3e"]), 0.7)
    for x in (-wide / 3, 0.0, wide / 3)[: rng.randint(2, 3)]:
        radius, tall = rng.uniform(0.17, 0.22), rng.randint(2, 6)
        for i in range(tall):
            at = (x, rng.gauss(0, 0.01), level + i * 0.11)
            solids.append(Drum(at=at, foot_m=radius, top_m=radius, height=0.1, material=bamboo, thing=thing))
        cap = (x, 0, level + tall * 0.11)
        solids.append(Drum(at=cap, foot_m=radius, top_m=radius * 0.5, height=0.06, material=bamboo, thing=thing))
    if rng.random() < 0.6:
        solids += _roof(rng, thing, wide, deep, 2.0)
    return Part(wide, deep, solids)


def _roof(rng: Random, thing: int, wide: float, deep: float, high: float) -> list[Solid]:
    cloth = printed(f"awning/{rng.randint(0, 7)}", 0.8)
    solids: list[Solid] = []
    for x in (-wide / 2, wide / 2):
        for y in (-deep / 2, deep / 2):
            solids.append(Tube(points=((x, y, 0.3), (x, y, high)), radius=0.014, material=STEEL, thing=thing))
    solids.append(
        Block(
            at=(0, 0, high + 0.02),
            size=(wide + 0.3, deep + 0.4, 0.03),
            tilt_deg=rng.gauss(4, 3),
            material=tone(rng, ("b0262a", "2a5a9a", "2f7a4a", "d8a02a"), 0.8),
            thing=thing,
        )
    )
    solids.append(
        Sheet(at=(0, -deep / 2 - 0.21, high - 0.12), width=wide + 0.3, height=0.26, material=cloth, thing=thing)
    )
    return solids


def three_wheeler(rng: Random, thing: int) -> Part:
    """A tricycle with a loading bed that sells fruit, snacks or sweet potatoes."""
    paint = tone(rng, ("2456a3", "1f7a3f", "b3261e", "6a6c70"), 0.45)
    solids: list[Solid] = [
        Block(at=(-0.35, 0, 0.5), size=(1.5, 0.95, 0.06), material=paint, thing=thing),
        Block(at=(0.9, 0, 0.42), size=(0.9, 0.06, 0.08), material=paint, thing=thing),
        Block(at=(0.62, 0, 0.78), size=(0.3, 0.26, 0.12), bevel_m=0.04, material=_RUBBER, thing=thing),
        Tube(points=((0.66, 0, 0.4), (0.62, 0, 0.75)), radius=0.025, material=STEEL, thing=thing),
        Tube(points=((1.35, 0, 0.28), (1.18, 0, 1.05)), radius=0.025, material=STEEL, thing=thing),
        Tube(
            points=((1.08, -0.3, 1.06), (1.18, 0, 1.02), (1.08, 0.3, 1.06)), radius=0.016, material=STEEL, thing=thing
        ),
    ]
    for x, y in ((-0.5, -0.52), (-0.5, 0.46), (1.35, -0.03)):
        solids.append(
            Drum(
                at=(x, y + 0.06, 0.28), foot_m=0.28, top_m=0.28, height=0.06, tilt_deg=90, material=_RUBBER, thing=thing
            )
        )
    solids += shifted(tray(thing, 1.5, 0.95, 0.26, paint), -0.35, 0, 0.52)
    if rng.random() < 0.6:
        for x in (-0.8, -0.35, 0.1):
            for y in (-0.24, 0.24):
                solids += shifted(heaped(rng, thing, 0.44, 0.42, 0.2), x, y, 0.52)
    else:
        solids += shifted(cartons(rng, thing).solids, -0.7, 0, 0.54)
        solids += [Drum(at=(0, 0, 0.54), foot_m=0.26, top_m=0.28, height=0.6, material=STEEL, thing=thing)]
    if rng.random() < 0.5:
        solids += shifted(_roof(rng, thing, 1.5, 0.95, 1.9), -0.35, 0)
    return Part(2.5, 1.1, solids)


def freezer(rng: Random, thing: int) -> Part:
    """An ice-cream freezer with a bright front and a glass lid."""
    wide, deep, high = rng.uniform(1.0, 1.7), 0.66, rng.uniform(0.8, 0.95)
    white = plain("e8eaec", 0.35)
    lid = Material(colour=(0.05, 0.07, 0.08), roughness=0.06)
    solids: list[Solid] = [
        Block(at=(0, 0, high / 2), size=(wide, deep, high), bevel_m=0.03, material=white, thing=thing),
        Block(at=(0, 0, high + 0.01), size=(wide - 0.1, deep - 0.1, 0.03), material=lid, thing=thing),
        Sheet(
            at=(0, -deep / 2 - 0.004, high * 0.52),
            width=wide * 0.94,
            height=high * 0.74,
            material=printed(f"pack/{rng.randint(0, 17)}", 0.35),
            thing=thing,
        ),
    ]
    return Part(wide, deep, solids)


def standing_board(rng: Random, thing: int) -> Part:
    """An A-board, a lit box or a roll-up banner."""
    wide, high = rng.choice([(0.6, 0.95), (0.5, 1.2), (0.8, 1.8), (0.6, 1.6)])
    face = printed(f"board/{rng.randint(0, 11)}", 0.5)
    frame = tone(rng, ("2b2b2b", "8a6a45", "c9cbcb"), 0.5)
    foot = 0.06 if high > 1.1 else 0.02
    solids: list[Solid] = [
        Block(at=(0, 0, foot + high / 2), size=(wide, 0.05, high), bevel_m=0.006, material=frame, thing=thing),
        Block(at=(0, 0, 0.02), size=(wide * 0.9, 0.4, 0.035), material=frame, thing=thing),
    ]
    for y, turn in ((-0.027, 0.0), (0.027, 180.0)):
        solids.append(
            Sheet(
                at=(0, y, foot + high / 2),
                width=wide * 0.93,
                height=high * 0.95,
                turn_deg=turn,
                material=face,
                thing=thing,
            )
        )
    if high < 1:
        back = Block(at=(0, 0.14, high / 2), size=(wide, 0.03, high), tilt_deg=14, material=frame, thing=thing)
        solids.append(back)
    return Part(wide, 0.4, solids)


def parasol(rng: Random, thing: int) -> Part:
    """A big parasol over whatever stands beside it."""
    if rng.random() < 0.35:
        return Part(0.5, 0.5, [borrow("BlendSwap-CC-0/60", (0, 0, 0), rng.uniform(0, 90), thing, 1.12)])
    cloth = tone(rng, ("a32026", "1e5f9e", "2c7a45", "d8a02a", "d8d4c8"), 0.8)
    high, wide = rng.uniform(1.9, 2.3), rng.uniform(1.0, 1.5)
    solids: list[Solid] = [
        Drum(at=(0, 0, 0), foot_m=0.022, top_m=0.022, height=high + 0.35, material=STEEL, thing=thing),
        Drum(at=(0, 0, 0), foot_m=0.28, top_m=0.22, height=0.1, material=plain("55565a", 0.8), thing=thing),
        Drum(at=(0, 0, high), foot_m=wide, top_m=0.04, height=0.4, material=cloth, thing=thing),
        Drum(at=(0, 0, high - 0.12), foot_m=wide, top_m=wide, height=0.12, material=cloth, thing=thing),
    ]
    return Part(0.5, 0.5, solids)


def party_tent(rng: Random, thing: int) -> Part:
    """A pop-up tent on four legs with a table of goods under it."""
    wide, deep = rng.choice([(2.0, 2.0), (3.0, 2.0)])
    cloth = tone(rng, ("a32026", "1e5f9e", "2c7a45", "d8d4c8"), 0.8)
    solids: list[Solid] = []
    for x in (-wide / 2, wide / 2):
        for y in (-deep / 2, deep / 2):
            solids.append(Tube(points=((x, y, 0), (x, y, 2.1)), radius=0.02, material=STEEL, thing=thing))
    solids.append(
        Taper(at=(0, 0, 2.1), foot=(wide + 0.2, deep + 0.2), top=(0.1, 0.1), height=0.7, material=cloth, thing=thing)
    )
    for y in (-deep / 2 - 0.1, deep / 2 + 0.1):
        solids.append(
            Sheet(
                at=(0, y, 1.98),
                width=wide + 0.2,
                height=0.28,
                material=printed(f"awning/{rng.randint(0, 7)}"),
                thing=thing,
            )
        )
    solids += sale_table(rng, thing).solids
    return Part(wide, deep, solids)


def big_pots(rng: Random, thing: int) -> Part:
    """Large plants in glazed pots that a flower shop sells."""
    count = rng.randint(1, 4)
    solids: list[Solid] = []
    for i in range(count):
        x, high = (i - (count - 1) / 2) * 0.5, rng.uniform(0.3, 0.5)
        glaze = tone(rng, ("e8e6df", "35577a", "5a2a1a", "2f4a3a"), 0.25)
        leaf = tone(rng, ("2f5a26", "3f6f2c", "27481f"), 0.5)
        solids.append(Drum(at=(x, 0, 0), foot_m=0.13, top_m=0.2, height=high, material=glaze, thing=thing))
        solids.append(
            Leaves(
                at=(x, 0, high + 0.45),
                radii=(0.28, 0.28, rng.uniform(0.35, 0.6)),
                count=160,
                leaf_m=0.17,
                seed=rng.randint(0, 9),
                material=leaf,
                thing=thing,
            )
        )
    return Part(count * 0.5, 0.45, solids)
