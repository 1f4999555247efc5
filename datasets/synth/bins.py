"""Bins of other makes and colours, closed and overflowing, each one thing: wheelie, street, drum and twin bins."""

import dataclasses
from collections.abc import Callable
from random import Random
from typing import TypeAlias

from datasets.synth.borrowed import borrow
from datasets.synth.scene import Block, Drum, Sheet, Solid, Taper, Vec
from datasets.synth.waste import Pile, bag, bin_240, bin_660, scrap
from datasets.synth.yard import Yard, moved, plain, printed

Maker: TypeAlias = Callable[[Yard, Random, Vec, str, float], int]

COLOURS = ("3d4245", "1f5a34", "1f4f8f", "23633a", "a3262a", "6a6c70", "c8a01e", "7a4a2a", "2b2b2b", "3f7a4a", "c8641c")
STATES = ("closed", "overflowing")
_DARK = plain("080808", 0.9)


def wheelie(yard: Yard, rng: Random, at: Vec, state: str, turn_deg: float) -> int:
    """A wheelie bin in any colour; the lid sometimes of another."""
    made = Yard(0, "")
    bin_240(made, rng, at, rng.choice(("residual", "food", "recyclable", "plain")), state, turn_deg)
    return _repainted(yard, rng, made, state)


def container(yard: Yard, rng: Random, at: Vec, state: str, turn_deg: float) -> int:
    """A four-wheeled container in any colour."""
    made = Yard(0, "")
    bin_660(made, rng, at, state, turn_deg)
    return _repainted(yard, rng, made, state)


def _repainted(yard: Yard, rng: Random, made: Yard, state: str) -> int:
    thing = yard.thing(_kind(state))
    body = next(solid for solid in made.solids() if isinstance(solid, Taper)).material
    paint = dataclasses.replace(body, colour=plain(rng.choice(COLOURS)).colour, roughness=rng.uniform(0.35, 0.65))
    for solid in made.solids():
        if isinstance(solid, Taper | Block) and solid.material == body:
            yard.add(dataclasses.replace(solid, thing=thing, material=paint))
        else:
            yard.add(dataclasses.replace(solid, thing=thing))
    return thing


def _kind(state: str) -> str:
    return "closed_bin" if state == "closed" else "overflowing_bin"


def street_bin(yard: Yard, rng: Random, at: Vec, state: str, turn_deg: float) -> int:
    """A box with a mouth in its front and a roof, of steel or painted; waste wells out of the mouth and lies on top."""
    thing = yard.thing(_kind(state))
    parts = _mouth_box(rng, thing, (0.0, rng.uniform(0.42, 0.6)), state)
    yard.put(parts, at, turn_deg)
    return thing


def twin_bin(yard: Yard, rng: Random, at: Vec, state: str, turn_deg: float) -> int:
    """Two boxes under one roof, for recyclables and for the rest."""
    thing = yard.thing(_kind(state))
    wide = rng.uniform(0.42, 0.52)
    parts: list[Solid] = []
    for side, code in ((-1, "1f4f8f"), (1, "6a6c70")):
        parts += _mouth_box(rng, thing, (side * wide / 2, wide), state, code)
    parts.append(
        Block(
            at=(0, 0, 1.04),
            size=(2 * wide + 0.14, 0.52, 0.05),
            bevel_m=0.01,
            material=plain(rng.choice(["3a3c3e", "8a8f93"]), 0.4, 0.5),
            thing=thing,
        )
    )
    yard.put(parts, at, turn_deg)
    return thing


def _mouth_box(rng: Random, thing: int, place: tuple[float, float], state: str, code: str = "") -> list[Solid]:
    """A box with a mouth whose `place` is the x of its middle and its width; one of a given colour has no roof."""
    x, wide = place
    paint = plain(code or rng.choice((*COLOURS, "b4b7ba")), 0.4, 0.3)
    deep, high = 0.42, rng.uniform(0.86, 0.98)
    parts: list[Solid] = [
        Block(at=(x, 0, high / 2 + 0.04), size=(wide, deep, high), bevel_m=0.015, material=paint, thing=thing),
        Block(at=(x, -deep / 2 - 0.002, high - 0.13), size=(wide * 0.72, 0.02, 0.15), material=_DARK, thing=thing),
        Sheet(
            at=(x, -deep / 2 - 0.008, high * 0.48),
            width=0.24,
            height=0.25,
            thing=thing,
            material=printed(f"bin/{rng.choice(('residual', 'recyclable', 'plain'))}", 0.5, 1.0),
        ),
    ]
    if not code:
        parts.append(
            Taper(
                at=(x, 0, high + 0.04),
                foot=(wide + 0.06, deep + 0.06),
                top=(wide - 0.05, deep - 0.1),
                height=rng.uniform(0.04, 0.14),
                material=paint,
                thing=thing,
            )
        )
    if state != "closed":
        parts += _welling(rng, thing, x, (wide, deep), high)
    return parts


def _welling(rng: Random, thing: int, x: float, size: tuple[float, float], high: float) -> list[Solid]:
    """Scraps and small bags that hang out of a mouth and lie on the roof and at the foot."""
    wide, deep = size
    parts: list[Solid] = []
    for _ in range(rng.randint(2, 4)):
        at = (x + rng.uniform(-0.3, 0.3) * wide, -deep / 2 - 0.05, high - 0.24 + rng.uniform(0, 0.08))
        parts.append(bag(rng, at, rng.uniform(0.08, 0.13), thing, 0.5))
    for _ in range(rng.randint(3, 7)):
        at = (x + rng.uniform(-0.45, 0.45) * wide, rng.uniform(-0.4, 0.4) * deep, high + 0.16)
        parts += [moved(piece, at, rng.uniform(0, 360)) for piece in scrap(rng, thing)]
    for _ in range(rng.randint(2, 6)):
        at = (x + rng.uniform(-0.8, 0.8) * wide, -deep / 2 - rng.uniform(0.05, 0.3), 0.004)
        parts += [moved(piece, at, rng.uniform(0, 360)) for piece in scrap(rng, thing)]
    return parts


def drum_bin(yard: Yard, rng: Random, at: Vec, state: str, turn_deg: float) -> int:
    """A round bin, open on top or under a dome; overflowing, waste is heaped over its rim."""
    thing = yard.thing(_kind(state))
    radius, high = rng.uniform(0.22, 0.32), rng.uniform(0.65, 0.9)
    paint = plain(rng.choice((*COLOURS, "b4b7ba", "8a6a45")), 0.4, rng.choice((0.0, 0.7)))
    parts: list[Solid] = [
        Drum(at=(0, 0, 0.03), foot_m=radius * 0.88, top_m=radius, height=high - 0.03, material=paint, thing=thing),
        Drum(
            at=(0, 0, high - 0.02), foot_m=radius + 0.02, top_m=radius + 0.02, height=0.05, material=paint, thing=thing
        ),
    ]
    if state == "closed":
        dome = Drum(
            at=(0, 0, high + 0.03),
            foot_m=radius + 0.01,
            top_m=radius * 0.3,
            height=rng.uniform(0.1, 0.24),
            material=paint,
            thing=thing,
        )
        mouth = Block(at=(0, -radius * 0.85, high + 0.05), size=(radius, 0.05, 0.1), material=_DARK, thing=thing)
        parts += [dome, mouth] if rng.random() < 0.7 else [dome]
    else:
        parts += _heaped(rng, thing, radius, high)
    yard.put(parts, at, turn_deg)
    return thing


def _heaped(rng: Random, thing: int, radius: float, high: float) -> list[Solid]:
    pile = Pile((0.0, 0.0))
    parts: list[Solid] = []
    for _ in range(rng.randint(5, 10)):
        size = rng.uniform(0.09, 0.15)
        x, y, z = pile.rest(rng.uniform(-1, 1) * radius, rng.uniform(-1, 1) * radius, size, size * 1.2)
        parts.append(bag(rng, (x, y, high - 0.07 + z), size, thing, 0.6))
    for _ in range(rng.randint(3, 7)):
        x, y, z = pile.rest(rng.uniform(-1, 1) * radius, rng.uniform(-1, 1) * radius, 0.07, 0.05)
        parts += [moved(piece, (x, y, high + z * 0.9), 0) for piece in scrap(rng, thing)]
    return parts


def borrowed_bin(yard: Yard, rng: Random, at: Vec, state: str, turn_deg: float) -> int:
    """A park bin from the catalogue; overflowing, bags are heaped on it."""
    thing = yard.thing(_kind(state))
    name, radius, high = rng.choice([("KatorLegaz/18", 0.3, 0.84), ("KatorLegaz/26", 0.15, 0.72)])
    parts: list[Solid] = [borrow(name, (0, 0, 0), 0, thing)]
    if state != "closed":
        parts += _heaped(rng, thing, radius, high)
    yard.put(parts, at, turn_deg)
    return thing


# a make, how wide it stands, how often
MAKES: tuple[tuple[Maker, float, float], ...] = (
    (wheelie, 0.72, 5.0), (container, 1.55, 2.0), (street_bin, 0.7, 2.0), (twin_bin, 1.15, 2.0), (drum_bin, 0.7, 2.0),
    (borrowed_bin, 0.85, 1.0),
)  # fmt: skip
