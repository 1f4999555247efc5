"""Shops that put their goods on the pavement, and streets that look like it but do not.

The rule of the label: one box for what one shop has put out, two where a gap of half a metre or more parts it.
"""

import dataclasses
from random import Random

from datasets.synth import passers, rows, views, waste
from datasets.synth.goods import Part
from datasets.synth.rows import LINE_Y, Front
from datasets.synth.scene import Camera, Solid, Vec
from datasets.synth.stalls import parasol
from datasets.synth.trades import TRADES
from datasets.synth.yard import Yard

GAP_M = 0.5
_LEAST = 2
_DEEP = 0.6  # from the street a gap behind one another is hardly seen
_NEAR = {"near": 2.0, "walk": 4.0, "across": 2.0, "zoom": 1.0, "drive": 1.5, "pole": 2.0}


def spill(yard: Yard) -> Camera:
    """One to three shops whose goods stand before the line, among others that keep theirs in."""
    rng = yard.dice("spill")
    width = rng.uniform(3.2, 6.0)
    fronts = rows.raise_row(yard, rng, ("open", "open", "glass", "shutter"))
    rows.lay(yard, rng, width)
    at_work = [front for front in fronts[:6] if front.state != "shutter"] or fronts[:1]
    near = at_work[:4] if rng.random() < 0.85 else fronts[:4]
    out = rng.sample(near, min(len(near), rng.choice((1, 1, 1, 2, 2, 3))))
    for front in out:
        put_out(yard, rng, front, width - 0.6)
    spots = [front.x + rng.uniform(-1, 1) for front in fronts[:6] if front not in out and rng.random() < 0.6]
    return _dress(yard, rng, width, spots, ())


def frontage(yard: Yard) -> Camera:
    """The same street with nothing put out: goods behind the line, shutters, bikes, benches, planters, couriers."""
    rng = yard.dice("frontage")
    width = rng.uniform(3.2, 6.0)
    fronts = rows.raise_row(yard, rng, ("open", "open", "glass", "shutter"))
    rows.lay(yard, rng, width)
    spots = [front.x + rng.uniform(-1.2, 1.2) for front in fronts[:6] if rng.random() < 0.75]
    focus = [(front.x, -0.6, 1.1) for front in fronts[:3]]
    return _dress(yard, rng, width, spots, focus)


def _dress(yard: Yard, rng: Random, width: float, spots: list[float], focus: tuple[Vec, ...] | list[Vec]) -> Camera:
    if rng.random() < 0.3 and spots:
        at = (spots.pop(), -0.62, 0.0)
        waste.bin_240(yard, rng, at, rng.choice(("residual", "plain", "food")), "closed", rng.uniform(-8, 8))
    camera = views.choose(yard, rng, _NEAR, focus, width + 8.6)
    stage = views.Stage(yard, camera)
    passers.furnish(stage, rng, spots, width)
    passers.fill(stage, rng, width)
    return camera


def put_out(yard: Yard, rng: Random, front: Front, depth_m: float) -> list[int]:
    """The goods of one shop before its line, in one to three rows; answers the things that were opened."""
    crowd = rng.choice((0.35, 0.6, 0.9, 1.0))
    lanes = rng.choice((1, 1, 2, 2, 3)) if depth_m > 2.5 else rng.choice((1, 1, 2))
    left, right = front.x - front.width / 2 + 0.1, front.x + front.width / 2 - 0.1
    if rng.random() < 0.3:
        left, right = left - rng.uniform(0, 0.8), right + rng.uniform(0, 0.8)
    placed: list[tuple[float, float, Part]] = []
    y = LINE_Y - rng.uniform(0.06, 0.5)
    for _ in range(lanes):
        deepest, x = 0.0, left + rng.uniform(0, 0.5)
        while True:
            part = rng.choice(TRADES[front.trade][1])(rng, -1)
            if x + part.width > right or y - part.depth < LINE_Y - depth_m:
                break
            if rng.random() < crowd:
                placed.append((x + part.width / 2, y - part.depth / 2, part))
                deepest = max(deepest, part.depth)
            x += part.width + rng.choice((0.03, 0.1, 0.25, 0.8, 1.4))
        y -= deepest + rng.uniform(0.05, 0.4)
    while len(placed) < _LEAST:  # one thing alone looks lost, not put out
        part = min((rng.choice(TRADES[front.trade][1])(rng, -1) for _ in range(4)), key=lambda part: part.width)
        x = max((spot[0] + spot[2].width / 2 for spot in placed), default=front.x - 1.0) + 0.1 + part.width / 2
        placed.append((x, LINE_Y - 0.2 - part.depth / 2, part))
    if rng.random() < 0.2:
        x, shade_y, _ = rng.choice(placed)
        placed.append((x, shade_y - 0.3, parasol(rng, -1)))
    return label_groups(yard, rng, placed)


def label_groups(yard: Yard, rng: Random, placed: list[tuple[float, float, Part]]) -> list[int]:
    """Open one thing for each group whose parts stand nearer than half a metre to one another."""
    groups: list[list[tuple[float, float, Part]]] = []
    for spot in placed:
        near = [group for group in groups if any(_gap(spot, other) < GAP_M for other in group)]
        groups = [group for group in groups if group not in near]
        groups.append([spot, *(other for group in near for other in group)])
    things = []
    for group in groups:
        thing = yard.thing("out_of_store")
        things.append(thing)
        for x, y, part in group:
            turned = rng.gauss(0, 2.5)
            yard.put((_joined(solid, thing) for solid in part.solids), (x, y, 0.0), turned)
    return things


def _joined(solid: Solid, thing: int) -> Solid:
    return dataclasses.replace(solid, thing=thing)


def _gap(a: tuple[float, float, Part], b: tuple[float, float, Part]) -> float:
    """Metres between two parts: the longer of the gaps along and across the pavement."""
    along = abs(a[0] - b[0]) - (a[2].width + b[2].width) / 2
    across = abs(a[1] - b[1]) - (a[2].depth + b[2].depth) / 2
    return max(along, across * _DEEP)
