"""Rows of shops that differ: widths, signs, awnings, steps, blinds, what stands inside, and the flats above."""

from dataclasses import dataclass
from random import Random

from datasets.synth.facade import STOREY_M, air_conditioner, cables, foot_dirt, pipes, window
from datasets.synth.goods import PLASTIC, tone
from datasets.synth.interiors import BACK_OF
from datasets.synth.scene import Block, Drum, Sheet, Tube
from datasets.synth.shops import shop
from datasets.synth.stalls import parasol, party_tent, three_wheeler
from datasets.synth.street import far_side, lay_ground
from datasets.synth.trades import TRADES
from datasets.synth.yard import Yard, plain, printed, tiled

WALLS = (
    "wall/tile-white", "wall/tile-beige", "wall/tile-grey", "wall/tile-brown", "wall/tile-green", "wall/tile-pink",
    "wall/plaster-yellow", "wall/plaster-cream", "wall/plaster-blue", "wall/plaster-white", "wall/plaster-grey",
    "wall/plaster-pink", "wall/brick-red", "wall/brick-grey", "wall/stone", "wall/concrete",
)  # fmt: skip
PAVINGS = (
    "floor/paving-red", "floor/paving-grey", "floor/paving-stone", "floor/slab", "floor/paving-yellow",
    "floor/paving-dark", "floor/asphalt",
)  # fmt: skip
LIGHT_PAVINGS = ("floor/paving-grey", "floor/paving-stone", "floor/slab", "floor/paving-yellow")
LINE_Y = -0.25  # the shop's own step ends here; what stands before it is out of the store

_RAIL = plain("9aa0a2", 0.4, 0.7)


@dataclass(frozen=True, slots=True)
class Front:
    """One shop of a row: the x of its middle, its width, its trade and how it stands."""

    x: float
    width: float
    trade: str
    state: str


def raise_row(yard: Yard, rng: Random, states: tuple[str, ...], reach_m: float = 13.0) -> list[Front]:
    """Shops along the wall, nearest the middle first; `states` are drawn from for each.

    A state is one of `open`, `glass` and `shutter`.
    """
    wall, lift = rng.choice(WALLS), 3.9
    fronts = []
    x = -reach_m
    while x < reach_m:
        width = rng.choice((2.9, 3.4, 3.8, 4.4, 5.2))
        trade = rng.choice(list(TRADES))
        front = Front(x + width / 2, width, trade, rng.choice(states))
        words = rng.choice(TRADES[trade][0])
        shop(yard, rng, front.x, width, f"{words}", front.state)
        _dress(yard, rng, front)
        pier = rng.choice((0.25, 0.4, 0.6))
        yard.add(Block(at=(x + width + pier / 2, 0.6, lift / 2), size=(pier, 1.3, lift), material=tiled(wall)))
        fronts.append(front)
        x += width + pier
    yard.add(Block(at=(0, 1.25, lift + 5.0), size=(2 * x, 2.5, 10.0), material=tiled(wall)))
    yard.add(Block(at=(0, 7.5, 7.5), size=(2 * x, 10, 15.0), material=tiled(wall)))
    storeys(yard, rng, rng.randint(1, 3), lift + 0.9, x)
    cables(yard, yard.dice("cables"), lift + 0.25)
    foot_dirt(yard)
    return sorted(fronts, key=lambda front: abs(front.x))


def _dress(yard: Yard, rng: Random, front: Front) -> None:
    """An awning, a blade sign, an air conditioner, price sheets in the window, goods inside behind the line."""
    x, width = front.x, front.width
    if rng.random() < 0.35:
        deep, drop = rng.uniform(0.8, 1.8), rng.uniform(8, 20)
        cloth = tone(rng, ("b0262a", "2a5a9a", "2f7a4a", "d8d4c8", "c88a2a", "5a4636"), 0.85)
        at = (x, -0.2 - deep / 2, 2.75)
        yard.add(Block(at=at, size=(width, deep, 0.03), tilt_deg=drop, material=cloth))
        edge = (x, -0.22 - deep, 2.62 - deep * drop / 115)
        yard.add(Sheet(at=edge, width=width, height=0.24, material=printed(f"awning/{rng.randint(0, 7)}", 0.8)))
    if rng.random() < 0.3:
        blade = printed(f"blade/{rng.randint(0, 11)}", 0.35)
        side = x + rng.choice((-1, 1)) * width / 2
        yard.add(Block(at=(side, -0.5, 4.6), size=(0.14, 0.6, 1.8), material=plain("77787a", 0.5)))
        for push, turn in ((-0.075, -90.0), (0.075, 90.0)):
            yard.add(Sheet(at=(side + push, -0.5, 4.6), width=0.56, height=1.74, turn_deg=turn, material=blade))
    if front.state == "glass" and rng.random() < 0.7:
        for _ in range(rng.randint(1, 3)):
            words = printed(f"lettering/{rng.randint(0, 11)}", 0.4, alpha=1.0)
            at = (x + rng.uniform(-0.3, 0.3) * width, 0.24, rng.uniform(1.0, 2.0))
            yard.add(Sheet(at=at, width=rng.uniform(0.5, 1.2), height=rng.uniform(0.25, 0.7), material=words))
    if front.state == "shutter" and rng.random() < 0.3:
        air_conditioner(yard, rng, x, 3.4)
    if front.state != "shutter":
        _line_inside(yard, rng, front)
    if front.state == "open":
        stock(yard, rng, front)


def _line_inside(yard: Yard, rng: Random, front: Front) -> None:
    """Walls inside that go with the trade, before the plain shelves of every shop."""
    back = BACK_OF.get(front.trade)
    if back is None or rng.random() < 0.25:
        return
    x, half = front.x, front.width / 2
    deep = rng.uniform(1.5, 2.44)
    name = f"interior/{back}-{rng.randrange(6)}"
    yard.add(Sheet(at=(x, deep, 1.45), width=front.width, height=2.6, material=printed(name, 0.6)))
    plaster = rng.choice((printed(f"interior/{back}-{rng.randrange(6)}", 0.6), plain("d8d4ca", 0.8)))
    for side, turn in ((-1, 90.0), (1, -90.0)):
        at = (x + side * (half - 0.07), 0.4 + deep / 2, 1.45)
        yard.add(Sheet(at=at, width=deep - 0.4, height=2.6, turn_deg=turn, material=plaster))


def stock(yard: Yard, rng: Random, front: Front) -> None:
    """Goods of the shop's trade behind its line: they belong there."""
    x = front.x - front.width / 2 + 0.3
    while x < front.x + front.width / 2 - 0.7:
        make = rng.choice(TRADES[front.trade][1])
        if make in (parasol, party_tent, three_wheeler):  # they stand under the sky alone
            x += rng.uniform(0.3, 1.0)
            continue
        part = make(rng, 0)
        if part.width < 1.7 and part.depth < 1.1 and x + part.width < front.x + front.width / 2 - 0.1:
            y = rng.uniform(0.75, 1.2) + part.depth / 2
            yard.put(part.solids, (x + part.width / 2, y, 0.16), rng.gauss(0, 2))
        x += part.width + rng.uniform(0.1, 1.0)


def storeys(yard: Yard, rng: Random, count: int, lift: float, half_m: float) -> None:
    """Flats: windows, cages, balconies with washing, or bands of glass, all floors alike."""
    style = rng.choice(("windows", "windows", "balconies", "bands"))
    for floor in range(count):
        level = lift + floor * STOREY_M
        if style == "bands":
            glass = printed(f"curtain/{rng.randint(0, 11)}", 0.2)
            x = -half_m + 1
            while x < half_m - 1:
                yard.add(Sheet(at=(x, -0.01, level + 1.4), width=1.5, height=1.5, material=glass))
                yard.add(Block(at=(x + 0.78, -0.03, level + 1.4), size=(0.06, 0.08, 1.56), material=_RAIL))
                x += 1.56
            continue
        x = -half_m + 1.4
        while x < half_m - 1.4:
            wide = rng.uniform(1.3, 2.2)
            if style == "balconies" and rng.random() < 0.6:
                balcony(yard, rng, x, level + 0.3, wide + 0.8)
            window(yard, rng, (x, level + 1.5), (wide, 1.4), caged=rng.random() < 0.3)
            x += wide + rng.uniform(1.1, 2.0)


def balcony(yard: Yard, rng: Random, x: float, level: float, wide: float) -> None:
    """A slab with a parapet or bars, pots and washing on a rod."""
    deep = rng.uniform(0.8, 1.2)
    slab = plain(rng.choice(["b9b6ad", "8f8b83", "d4d0c4"]), 0.9)
    yard.add(Block(at=(x, -deep / 2, level), size=(wide, deep, 0.12), material=slab))
    if rng.random() < 0.5:
        yard.add(Block(at=(x, -deep + 0.05, level + 0.5), size=(wide, 0.1, 0.9), material=slab))
        for side in (-1, 1):
            yard.add(
                Block(at=(x + side * (wide / 2 - 0.05), -deep / 2, level + 0.5), size=(0.1, deep, 0.9), material=slab)
            )
    else:
        for i in range(int(wide / 0.16)):
            bar = x - wide / 2 + i * 0.16
            yard.add(Tube(points=((bar, -deep, level), (bar, -deep, level + 1.0)), radius=0.01, material=_RAIL))
        yard.add(
            Tube(
                points=((x - wide / 2, -deep, level + 1.0), (x + wide / 2, -deep, level + 1.0)),
                radius=0.02,
                material=_RAIL,
            )
        )
    rod = level + 2.0
    yard.add(Tube(points=((x - wide / 2, -deep, rod), (x + wide / 2, -deep, rod)), radius=0.012, material=_RAIL))
    for _ in range(rng.randint(0, 5)):
        at = (x + rng.uniform(-0.45, 0.45) * wide, -deep, rod - 0.42)
        cloth = tone(rng, (*PLASTIC, "e8e6e0", "d9b44a", "9aa4ae"), 0.9)
        yard.add(Block(at=at, size=(rng.uniform(0.3, 0.7), 0.02, rng.uniform(0.5, 0.9)), material=cloth))


def raise_wall(yard: Yard, rng: Random) -> None:
    """A block of flats whose foot is plain wall, in one of many surfaces, with columns or a plinth."""
    wall = rng.choice(WALLS)
    half = 14.0
    yard.add(Block(at=(0, 5, 6.5), size=(2 * half, 10, 13.0), material=tiled(wall)))
    if rng.random() < 0.5:
        foot = tiled(rng.choice(("wall/stone", "wall/concrete", "wall/brick-grey", "wall/tile-brown")))
        yard.add(Block(at=(0, -0.02, 0.35), size=(2 * half, 0.04, 0.7), material=foot))
    storeys(yard, rng, 3, 2.7, half)
    pipes(yard, rng, 0.0, boxes=False)
    cables(yard, yard.dice("cables"), rng.uniform(2.6, 3.2))
    if rng.random() < 0.4:
        for i in range(5):
            column = (-half + 2 + i * 6.0 + rng.uniform(-1, 1), -0.12, 0)
            yard.add(Drum(at=column, foot_m=0.2, top_m=0.2, height=2.9, material=tiled(wall)))
    foot_dirt(yard)


def lay(yard: Yard, rng: Random, width_m: float, pavings: tuple[str, ...] = PAVINGS) -> None:
    """Pavement of one of some kinds, road, and the far side."""
    lay_ground(yard, rng.choice(pavings), width_m)
    far_side(yard, width_m)
