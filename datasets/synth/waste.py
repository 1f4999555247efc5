"""Waste and what should hold it: wheelie bins, open and closed, bags, heaps, loose litter."""

import math
from collections.abc import Callable
from random import Random

from datasets.synth.scene import Bag, Block, Drum, Material, Sheet, Solid, Taper, Vec
from datasets.synth.yard import Yard, moved, plain, printed

BIN_COLOURS = {"residual": "3d4245", "food": "1f5a34", "recyclable": "1f4f8f", "plain": "23633a"}

# screen colour, roughness, how much light it lets through, weight
_FILM: tuple[tuple[str, float, float, int], ...] = (
    ("0d0d0f", 0.26, 0.0, 30),
    ("f1f1ee", 0.5, 0.3, 28),
    ("dfe4e6", 0.42, 0.4, 8),
    ("c3222c", 0.34, 0.15, 10),
    ("d8638c", 0.34, 0.2, 5),
    ("1f4c9c", 0.34, 0.12, 5),
    ("2c7a48", 0.36, 0.12, 5),
    ("e1b62a", 0.36, 0.15, 4),
)
_TYRE = plain("141414", 0.8)


def film(rng: Random, dark: float = 1.0) -> Material:
    """The plastic of one bag; `dark` above 1 makes black ones more likely."""
    weights = [w * (dark if code == "0d0d0f" else 1) for code, _, _, w in _FILM]
    code, roughness, translucent, _ = rng.choices(_FILM, weights)[0]
    tint = plain(code)
    return Material(
        colour=tint.colour,
        roughness=roughness + rng.uniform(-0.05, 0.1),
        crease=rng.uniform(0.25, 0.6),
        translucent=translucent,
    )


def bag(rng: Random, at: Vec, size: float, thing: int, dark: float = 1.0) -> Bag:
    """One bag of waste, `size` its radius in metres."""
    style = rng.choices(["tied", "loose"], [0.7, 0.3])[0]
    radii = (size * rng.uniform(0.85, 1.15), size * rng.uniform(0.8, 1.1), size * rng.uniform(0.75, 1.05))
    return Bag(
        at=at,
        radii=radii,
        style=style,
        seed=rng.randint(0, 11),
        turn_deg=rng.uniform(0, 360),
        tilt_deg=rng.gauss(0, 22),
        material=film(rng, dark),
        thing=thing,
    )


class Pile:
    """Where things that were thrown down come to rest: a height field of 6 cm cells around a centre."""

    def __init__(self, centre: tuple[float, float]) -> None:
        self._centre = centre
        self._heights: dict[tuple[int, int], float] = {}

    def rest(self, dx: float, dy: float, radius: float, height: float) -> Vec:
        """Drop something round at an offset from the centre; answers where its foot comes to lie."""
        cells = self._cells(dx, dy, radius * 0.6)
        ground = sorted(self._heights.get(cell, 0.0) for cell in cells)
        level = ground[len(ground) // 2] * 0.7
        for cell in cells:
            self._heights[cell] = max(self._heights.get(cell, 0.0), level + height * 0.8)
        return (self._centre[0] + dx, self._centre[1] + dy, level)

    @staticmethod
    def _cells(dx: float, dy: float, radius: float) -> list[tuple[int, int]]:
        span = max(1, round(radius / 0.06))
        x, y = round(dx / 0.06), round(dy / 0.06)
        return [(x + i, y + j) for i in range(-span, span + 1) for j in range(-span, span + 1)]


def heap(yard: Yard, rng: Random, centre: tuple[float, float], bags: int, spread_m: float = 0.45) -> int:
    """A heap of bags, cartons and scraps on the ground: one `litter` thing. It keeps off the wall at y = 0."""
    thing = yard.thing("litter")
    pile = Pile(centre)
    room = -centre[1] - 0.12
    for _ in range(bags // 3):
        dx, dy = rng.gauss(0, spread_m * 1.3), min(rng.gauss(0.1, spread_m * 0.4), room - 0.3)
        yard.put(carton(rng, thing), pile.rest(dx, dy, 0.2, 0.2), rng.uniform(-30, 30))
    for _ in range(bags):
        size = rng.uniform(0.14, 0.29)
        dx, dy = rng.gauss(0, spread_m), rng.gauss(-0.05, spread_m * 0.5)
        dy = min(dy, room - size)
        yard.add(bag(rng, pile.rest(dx, dy, size, size * 1.5), size, thing))
    for _ in range(bags * 2):
        dx, dy = rng.gauss(0, spread_m * 1.1), min(rng.gauss(-0.2, spread_m * 0.6), room - 0.1)
        yard.put(scrap(rng, thing), pile.rest(dx, dy, 0.06, 0.04), rng.uniform(0, 360))
    return thing


def scatter(yard: Yard, rng: Random, centre: tuple[float, float], pieces: int, spread_m: float, thing: int = 0) -> int:
    """Loose litter on the ground, a thing of its own unless it joins another."""
    thing = thing or yard.thing("litter")
    for _ in range(pieces):
        at = (centre[0] + rng.uniform(-1, 1) * spread_m, centre[1] + rng.uniform(-1, 1) * spread_m * 0.5, 0.004)
        yard.put(scrap(rng, thing), at, rng.uniform(0, 360))
    return thing


def scrap(rng: Random, thing: int) -> list[Solid]:
    """One small piece around the origin: film, paper, a cup, a food box, a bottle, a leaf of cardboard."""
    what = rng.choices(list(_SCRAPS), [share for _, share in _SCRAPS.values()])[0]
    return _SCRAPS[what][0](rng, thing)


def _scrap_of_film(rng: Random, thing: int) -> list[Solid]:
    size = rng.uniform(0.06, 0.15)
    radii = (size, size * rng.uniform(0.6, 1), size * rng.uniform(0.3, 0.6))
    return [
        Bag(at=(0, 0, 0), radii=radii, style="crumple", seed=rng.randint(0, 7), material=film(rng, 0.4), thing=thing)
    ]


def _scrap_of_paper(rng: Random, thing: int) -> list[Solid]:
    size = rng.uniform(0.04, 0.1)
    tone = plain(rng.choice(["e9e6dd", "d8cfb8", "f0efec", "c9d3da"]), 0.8)
    radii = (size, size * 0.8, size * rng.uniform(0.2, 0.7))
    return [Bag(at=(0, 0, 0), radii=radii, style="crumple", seed=rng.randint(0, 7), material=tone, thing=thing)]


def _cup(rng: Random, thing: int) -> list[Solid]:
    tone = plain(rng.choice(["f2f1ec", "b5643c", "dfe6e8"]), 0.5)
    return [Drum(at=(0, 0, 0.04), foot_m=0.03, top_m=0.043, height=0.12, tilt_deg=82, material=tone, thing=thing)]


def _food_box(rng: Random, thing: int) -> list[Solid]:
    foam = plain(rng.choice(["f1f1ee", "ecebe2", "e4ddc9", "2b2b2b"]), 0.6)
    box = Taper(
        at=(0, 0, 0),
        foot=(0.13, 0.1),
        top=(0.17, 0.13),
        height=0.05,
        tilt_deg=rng.uniform(0, 20),
        bevel_m=0.008,
        material=foam,
        thing=thing,
    )
    return [box]


def _bottle(rng: Random, thing: int) -> list[Solid]:
    clear = plain(rng.choice(["9fc4bd", "cfd8d8", "4a8a4a", "b8862f"])).colour
    tone = Material(colour=clear, roughness=0.15, translucent=0.3)
    cap = plain(rng.choice(["d23a2a", "2a62b8", "efefef"]), 0.4)
    return [
        Drum(at=(0, 0, 0.034), foot_m=0.032, top_m=0.032, height=0.17, tilt_deg=90, material=tone, thing=thing),
        Drum(at=(0, -0.17, 0.034), foot_m=0.03, top_m=0.012, height=0.05, tilt_deg=90, material=tone, thing=thing),
        Drum(at=(0, -0.22, 0.034), foot_m=0.014, top_m=0.014, height=0.018, tilt_deg=90, material=cap, thing=thing),
    ]


def _card(rng: Random, thing: int) -> list[Solid]:
    brown = plain(rng.choice(["a67d52", "b58d60"]), 0.85)
    size = (rng.uniform(0.2, 0.45), rng.uniform(0.15, 0.3), 0.008)
    return [Block(at=(0, 0, 0.02), size=size, tilt_deg=rng.uniform(0, 9), material=brown, thing=thing)]


_SCRAPS: dict[str, tuple[Callable[[Random, int], list[Solid]], float]] = {
    "film": (_scrap_of_film, 0.34),
    "paper": (_scrap_of_paper, 0.24),
    "cup": (_cup, 0.1),
    "box": (_food_box, 0.12),
    "bottle": (_bottle, 0.1),
    "card": (_card, 0.1),
}


def carton(rng: Random, thing: int) -> list[Solid]:
    """A carton around the origin, closed or with its flaps up."""
    width, depth, height = rng.uniform(0.28, 0.55), rng.uniform(0.22, 0.4), rng.uniform(0.18, 0.4)
    brown = plain(rng.choice(["a67d52", "b58d60", "98703f"]), 0.85)
    side = printed(f"carton/{rng.randint(0, 5)}", 0.85)
    parts: list[Solid] = [Block(at=(0, 0, height / 2), size=(width, depth, height), material=brown, thing=thing)]
    for y, turn in ((-depth / 2 - 0.002, 0.0), (depth / 2 + 0.002, 180.0)):
        parts.append(
            Sheet(
                at=(0, y, height / 2),
                width=width * 0.98,
                height=height * 0.96,
                turn_deg=turn,
                material=side,
                thing=thing,
            )
        )
    if rng.random() < 0.5:
        for y, lean in ((-depth / 2, rng.uniform(25, 80)), (depth / 2, -rng.uniform(25, 80))):
            shift = math.copysign(math.sin(math.radians(abs(lean))) * 0.07, y)
            flap = (0, y + shift, height + math.cos(math.radians(lean)) * 0.07)
            parts.append(Block(at=flap, size=(width, 0.008, 0.14), tilt_deg=lean, material=brown, thing=thing))
    return parts


def bin_240(yard: Yard, rng: Random, at: Vec, family: str, state: str, turn_deg: float = 0.0) -> int:
    """A 240-litre wheelie bin, `closed` or `overflowing`: one thing round the whole bin and what sticks out of it."""
    thing = yard.thing("closed_bin" if state == "closed" else "overflowing_bin")
    worn = plain(BIN_COLOURS[family], rng.uniform(0.42, 0.6))
    dirt = printed(f"decal/base-{rng.randint(0, 4)}", 0.95, alpha=0.8)
    parts: list[Solid] = [
        Taper(
            at=(0, 0, 0.07), foot=(0.45, 0.48), top=(0.56, 0.64), height=0.92, bevel_m=0.04, material=worn, thing=thing
        ),
        Block(at=(0, 0, 0.985), size=(0.6, 0.7, 0.06), bevel_m=0.02, material=worn, thing=thing),
        Sheet(at=(0, -0.305, 0.62), width=0.34, height=0.36, material=printed(f"bin/{family}", 0.5, 1.0), thing=thing),
        Sheet(at=(0, -0.268, 0.3), width=0.42, height=0.42, material=dirt, thing=thing),
        Drum(
            at=(-0.31, 0.24, 0.1),
            foot_m=0.1,
            top_m=0.1,
            height=0.06,
            tilt_deg=90,
            turn_deg=90,
            material=_TYRE,
            thing=thing,
        ),
        Drum(
            at=(0.25, 0.24, 0.1),
            foot_m=0.1,
            top_m=0.1,
            height=0.06,
            tilt_deg=90,
            turn_deg=90,
            material=_TYRE,
            thing=thing,
        ),
        Block(at=(0, 0.4, 0.98), size=(0.46, 0.04, 0.04), bevel_m=0.015, material=worn, thing=thing),
    ]
    for x in (-0.16, 0.16):
        parts.append(
            Block(at=(x, -0.27, 0.5), size=(0.03, 0.03, 0.72), tilt_deg=5, bevel_m=0.01, material=worn, thing=thing)
        )
    parts += _lid(rng, worn, state, (0.6, 0.72), thing)
    if state != "closed":
        parts += _overflow(rng, (0.24, 0.27), 0.98, 12, thing)
    yard.put(parts, at, turn_deg)
    return thing


def bin_660(yard: Yard, rng: Random, at: Vec, state: str, turn_deg: float = 0.0) -> int:
    """A 660-litre four-wheeled container."""
    thing = yard.thing("closed_bin" if state == "closed" else "overflowing_bin")
    worn = plain(rng.choice(["1d6a35", "25703c", "1e5c33"]), 0.5)
    steel = plain("55585a", 0.5, 0.7)
    parts: list[Solid] = [
        Taper(
            at=(0, 0, 0.18), foot=(1.0, 0.55), top=(1.28, 0.74), height=0.86, bevel_m=0.05, material=worn, thing=thing
        ),
        Block(at=(0, 0, 1.05), size=(1.36, 0.8, 0.08), bevel_m=0.025, material=worn, thing=thing),
        Sheet(at=(0, -0.375, 0.68), width=0.42, height=0.44, material=printed("bin/plain", 0.5, 1.0), thing=thing),
        Block(at=(-0.69, 0, 0.95), size=(0.06, 0.18, 0.06), bevel_m=0.02, material=steel, thing=thing),
        Block(at=(0.69, 0, 0.95), size=(0.06, 0.18, 0.06), bevel_m=0.02, material=steel, thing=thing),
    ]
    for x in (-0.46, -0.23, 0.23, 0.46):
        parts.append(
            Block(at=(x, -0.325, 0.6), size=(0.04, 0.03, 0.7), tilt_deg=6.5, bevel_m=0.01, material=worn, thing=thing)
        )
    for x in (-0.42, 0.42):
        for y in (-0.2, 0.2):
            parts.append(
                Drum(
                    at=(x - 0.03, y, 0.09),
                    foot_m=0.09,
                    top_m=0.09,
                    height=0.05,
                    tilt_deg=90,
                    turn_deg=90,
                    material=_TYRE,
                    thing=thing,
                )
            )
            parts.append(Block(at=(x, y, 0.16), size=(0.1, 0.1, 0.08), material=steel, thing=thing))
    parts += _lid(rng, worn, state, (1.34, 0.84), thing)
    if state != "closed":
        parts += _overflow(rng, (0.58, 0.31), 1.04, 30, thing)
    yard.put(parts, at, turn_deg)
    return thing


def _lid(rng: Random, material: Material, state: str, size: tuple[float, float], thing: int) -> list[Solid]:
    width, depth = size
    level = 1.05 if width < 1 else 1.13
    if state == "closed":
        return [
            Taper(
                at=(0, -0.01, level - 0.03),
                foot=(width + 0.02, depth + 0.02),
                top=(width - 0.14, depth - 0.16),
                height=0.075,
                bevel_m=0.02,
                material=material,
                thing=thing,
            ),
            Block(
                at=(0, -depth / 2 - 0.02, level - 0.005),
                size=(width * 0.45, 0.05, 0.025),
                bevel_m=0.01,
                material=material,
                thing=thing,
            ),
        ]
    lean = rng.uniform(-16, 12)
    if width > 1 or rng.random() < 0.6:  # thrown back, hanging behind
        hung = (0, depth / 2 + 0.09, level - 0.3)
        slab = (width, 0.045, depth * 0.92)
        return [Block(at=hung, size=slab, tilt_deg=lean, bevel_m=0.015, material=material, thing=thing)]
    return [
        Block(
            at=(0, 0.16, level + 0.27),
            size=(width, depth * 0.9, 0.045),
            tilt_deg=-52 + lean,
            bevel_m=0.015,
            material=material,
            thing=thing,
        )
    ]


def _overflow(rng: Random, half: tuple[float, float], level: float, items: int, thing: int) -> list[Solid]:
    """Bags and scraps piled over a rim, around the bin's own origin."""
    parts: list[Solid] = []
    pile = Pile((0.0, 0.0))
    for i in range(items):
        size = rng.uniform(0.11, 0.19)
        edge = 1.1 if i < items * 0.6 else 0.6
        at = pile.rest(rng.uniform(-half[0], half[0]) * edge, rng.uniform(-half[1], half[1]) * edge, size, size * 1.2)
        parts.append(bag(rng, (at[0], at[1], level - 0.08 + at[2]), size, thing, 0.6))
    for _ in range(items // 3):
        at = pile.rest(rng.uniform(-half[0], half[0]), rng.uniform(-half[1], half[1]), 0.08, 0.05)
        parts += [moved(piece, (at[0], at[1], level + at[2] * 0.9), 0) for piece in scrap(rng, thing)]
    return parts
