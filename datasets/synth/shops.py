"""A row of shops: signs, shutters, glass fronts, open fronts with shelves behind, flats above."""

from random import Random

from datasets.synth.facade import HALF_M, STOREY_M, cables, foot_dirt, window
from datasets.synth.prints import SHOPS
from datasets.synth.scene import Block, Material, Sheet
from datasets.synth.yard import Yard, plain, printed, tiled

_FRAME = plain("b4b6b6", 0.4, 0.5)
_DARK = plain("2b2c2c", 0.6)


def raise_shops(yard: Yard, wall: str, front: str = "", front_x: float = 0.0, storeys: int = 5) -> None:
    """Shops on the ground floor, the one at `front_x` named `front` and open, and flats above them."""
    rng = yard.dice("shops")
    height = storeys * STOREY_M + 1.2
    lift = 3.9
    yard.add(Block(at=(0, 7.5, height / 2), size=(2 * HALF_M, 10, height), material=tiled(wall)))
    yard.add(
        Block(at=(0, 1.25, lift + (height - lift) / 2), size=(2 * HALF_M, 2.5, height - lift), material=tiled(wall))
    )
    x = front_x - 1.9 - 4 * 4.2
    names = rng.sample(SHOPS, len(SHOPS))
    for i in range(9):
        width = 3.8
        middle = x + width / 2
        named = front if front and abs(middle - front_x) < 0.1 else names[i]
        state = "open" if named == front else rng.choice(["shutter", "glass", "open", "glass"])
        shop(yard, rng, middle, width, named, state)
        yard.add(Block(at=(x + width + 0.2, 0.6, lift / 2), size=(0.4, 1.3, lift), material=tiled(wall)))
        x += width + 0.4
    for floor in range(1, storeys):
        flat = -HALF_M + 1.0
        while flat < HALF_M - 1:
            wide = rng.uniform(1.3, 2.0)
            window(yard, rng, (flat, floor * STOREY_M + 2.75), (wide, 1.4), caged=rng.random() < 0.55)
            flat += wide + rng.uniform(0.9, 1.5)
    cables(yard, rng, lift + 0.25)
    foot_dirt(yard)


def shop(yard: Yard, rng: Random, x: float, width: float, name: str, state: str) -> None:
    """One shop: `open`, `glass` or `shutter`."""
    sign = printed(f"sign/{name}-{rng.randint(0, 3)}", 0.35)
    yard.add(Block(at=(x, -0.12, 3.3), size=(width + 0.1, 0.26, 1.0), material=plain("77787a", 0.6)))
    yard.add(Sheet(at=(x, -0.256, 3.3), width=width + 0.04, height=0.94, material=sign))
    yard.add(Block(at=(x, 0.2, 0.07), size=(width, 0.9, 0.14), material=tiled("floor/paving-stone")))
    if state == "shutter":
        _shutter(yard, rng, x, width)
        return
    _inside(yard, rng, x, width)
    if state == "glass":
        _glass_front(yard, rng, x, width)


def _shutter(yard: Yard, rng: Random, x: float, width: float) -> None:
    paint = plain(rng.choice(["9da2a4", "5f6d78", "b0aa9c", "3f5c86"]), 0.45, 0.4)
    for i in range(27):
        yard.add(Block(at=(x, 0.3, 0.19 + i * 0.098), size=(width, 0.03, 0.088), bevel_m=0.012, material=paint))
    yard.add(Block(at=(x, 0.45, 1.5), size=(width, 0.2, 2.9), material=_DARK))


def _inside(yard: Yard, rng: Random, x: float, width: float) -> None:
    yard.add(Block(at=(x, 1.4, 0.1), size=(width, 2.4, 0.12), material=tiled("floor/paving-stone")))
    yard.add(Block(at=(x, 1.3, 2.84), size=(width, 2.4, 0.06), material=plain("cfcdc6", 0.8)))
    goods = printed(f"shelf/{rng.randint(0, 5)}", 0.5)
    yard.add(Sheet(at=(x, 2.46, 1.45), width=width, height=2.6, material=goods))
    for side, turn in ((-1, 90.0), (1, -90.0)):
        shelf = printed(f"shelf/{rng.randint(0, 5)}", 0.5)
        yard.add(
            Sheet(at=(x + side * (width / 2 - 0.05), 1.4, 1.45), width=2.2, height=2.6, turn_deg=turn, material=shelf)
        )
    lamp = Material(colour=(9.0, 9.0, 8.4), roughness=1.0, glow=1.0)
    yard.add(Block(at=(x, 1.2, 2.78), size=(width * 0.7, 0.12, 0.04), material=lamp))


def _glass_front(yard: Yard, rng: Random, x: float, width: float) -> None:
    pane = Material(colour=(0.75, 0.8, 0.8), roughness=0.02, clear=0.85)
    yard.add(Sheet(at=(x, 0.3, 1.5), width=width, height=2.7, material=pane))
    leaves = rng.choice([3, 4])
    for i in range(leaves + 1):
        edge = x - width / 2 + i * width / leaves
        yard.add(Block(at=(edge, 0.28, 1.5), size=(0.06, 0.08, 2.75), material=_FRAME))
    for z in (0.2, 2.3, 2.83):
        yard.add(Block(at=(x, 0.28, z), size=(width, 0.08, 0.07), material=_FRAME))
    if rng.random() < 0.5:
        yard.add(
            Sheet(
                at=(x - width / 4, 0.235, 1.5),
                width=0.6,
                height=0.45,
                material=printed(f"notice/{rng.randint(0, 5)}", 0.4),
            )
        )
