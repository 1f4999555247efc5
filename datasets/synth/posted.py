"""Walls, doors, shutters, poles, cabinets and pavements with ads and marks, and the same with what may hang there.

The rule of the label: one box a sheet up to six of a group, one for a dense group; one box a mark.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from datasets.synth import facade, passers, rows, street, views
from datasets.synth.scene import Block, Camera, Drum, Sheet, Vec
from datasets.synth.yard import Yard, plain, printed, tiled

FEW = 6
_SHARES = {"near": 4.0, "walk": 2.5, "across": 0.6, "zoom": 0.8, "drive": 0.3, "pole": 0.3}

# family of prints: (how many variants, sizes in metres: width, height / width; how often)
PAPERS: dict[str, tuple[int, tuple[float, float], float, float]] = {
    "ad": (24, (0.2, 0.5), 1.0, 3.0),
    "note": (30, (0.2, 0.3), 1.35, 4.0),
    "strips": (16, (0.2, 0.3), 1.2, 2.0),
    "sticker": (40, (0.1, 0.26), 0.6, 4.0),
    "torn": (20, (0.18, 0.34), 1.35, 2.0),
}
MARKS: dict[str, tuple[int, tuple[float, float], float, float]] = {
    "stencil": (16, (0.45, 1.0), 0.42, 2.0),
    "stamp": (24, (0.16, 0.4), 0.55, 2.0),
    "scrawl": (24, (0.6, 1.6), 0.36, 2.5),
    "tag": (16, (0.5, 1.6), 0.55, 3.0),
    "bubble": (24, (0.9, 2.6), 0.52, 3.0),
}


@dataclass(frozen=True, slots=True)
class Panel:
    """A place to paste on: its middle, half its width and height, and how it is turned about z.

    `sky` lies on the ground; `round_m` above 0 is the radius of a pole, and `at` then a point of its surface. On a
    `dark` one ink does not show, so that it takes no marks.
    """

    at: Vec
    half_w: float
    half_h: float
    turn_deg: float = 0.0
    sky: bool = False
    round_m: float = 0.0
    dark: bool = False

    def turned(self, u: float) -> float:
        """How a sheet at `u` is turned about z, in degrees: round a pole it goes with the surface."""
        return self.turn_deg + (math.degrees(u / self.round_m) if self.round_m else 0.0)

    def spot(self, u: float, v: float, off: float) -> Vec:
        """The place at `u`, `v` metres from the middle, `off` metres before the surface."""
        x, y, z = self.at
        if self.sky:
            return (x + u, y + v, z + off)
        turn = math.radians(self.turned(u))
        if self.round_m:
            reach = self.round_m + off
            return (x + reach * math.sin(turn), y + self.round_m - reach * math.cos(turn), z + v)
        return (x + u * math.cos(turn) + off * math.sin(turn), y + u * math.sin(turn) - off * math.cos(turn), z + v)


def posted(yard: Yard) -> Camera:
    """A street with ads, marks or both, among things that may hang there."""
    rng = yard.dice("posted")
    width = rng.uniform(2.8, 5.0)
    host = rng.choice(tuple(HOSTS))
    panels = HOSTS[host](yard, rng, width)
    rng.shuffle(panels)
    plan = rng.choice(("papers", "papers", "papers", "marks", "marks", "both"))
    for number, panel in enumerate(panels[: rng.choice((1, 1, 2, 3))]):
        if plan != "marks" or panel.dark:
            paste(yard, rng, panel, _count(rng))
        if not panel.dark and (plan != "papers" or (number and rng.random() < 0.2)):
            mark(yard, rng, panel, rng.choice((1, 1, 2, 3)))
    for panel in panels:
        if rng.random() < 0.4:
            allowed(yard, rng, panel)
    return _finish(yard, rng, width, [])


def noticed(yard: Yard) -> Camera:
    """The same places with nothing to report: posters in frames, plates, boards, couplets, patches of paint."""
    rng = yard.dice("noticed")
    width = rng.uniform(2.8, 5.0)
    panels = HOSTS[rng.choice(tuple(HOSTS))](yard, rng, width)
    for panel in panels:
        for _ in range(rng.randint(1, 3)):
            allowed(yard, rng, panel)
    return _finish(yard, rng, width, [panel.at for panel in panels[:3]])


def _finish(yard: Yard, rng: Random, width: float, focus: list[Vec]) -> Camera:
    camera = views.choose(yard, rng, _SHARES, focus, width + 8.6)
    stage = views.Stage(yard, camera)
    spots = [rng.uniform(-7, 7) for _ in range(rng.randint(0, 3))]
    passers.furnish(stage, rng, spots, width)
    passers.fill(stage, rng, width)
    return camera


def _count(rng: Random) -> int:
    return rng.choice((1, 2, 3, 4, 5, 6, 3, 4, rng.randint(7, 14), rng.randint(9, 24), rng.randint(20, 60)))


def paste(yard: Yard, rng: Random, panel: Panel, count: int) -> None:
    """Sheets on a panel: scattered, in a row, or dense over one another."""
    family = rng.choices(list(PAPERS), [share for *_, share in PAPERS.values()])[0]
    alike = rng.random() < 0.5
    same = f"{family}/{rng.randrange(PAPERS[family][0])}"
    shared = yard.thing("paper_ad") if count > FEW else 0
    for number, (u, v) in enumerate(_spots(rng, panel, count)):
        kind = family if alike else rng.choices(list(PAPERS), [share for *_, share in PAPERS.values()])[0]
        variants, sizes, ratio, _ = PAPERS[kind]
        name = same if alike and rng.random() < 0.7 else f"{kind}/{rng.randrange(variants)}"
        wide = min(rng.uniform(*sizes), 1.6 * panel.round_m or panel.half_w * 1.8)
        if not panel.round_m:
            u = _clamped(u, panel.half_w - wide / 2)
        v = _clamped(v, panel.half_h + 0.1 - wide * ratio / 2)
        thing = shared or yard.thing("paper_ad")
        turned = rng.gauss(0, 3) if rng.random() < 0.7 else rng.gauss(0, 16)
        off = 0.004 + 0.0007 * number
        yard.add(_sheet(panel, (u, v, off), (wide, wide * ratio), name, turned, thing))


def _sheet(panel: Panel, place: Vec, size: tuple[float, float], name: str, spin: float, thing: int) -> Sheet:
    look = printed(name, 0.6, alpha=1.0)
    u, v, off = place
    at = panel.spot(u, v, off)
    if panel.sky:
        return Sheet(at=at, width=size[0], height=size[1], facing="sky", turn_deg=spin, material=look, thing=thing)
    return Sheet(
        at=at, width=size[0], height=size[1], spin_deg=spin, turn_deg=panel.turned(u), material=look, thing=thing
    )


def _spots(rng: Random, panel: Panel, count: int) -> list[tuple[float, float]]:
    """Places of sheets on a panel: up to six keep clear of one another, more crowd round one spot."""
    if count > FEW:
        reach = 0.14 * math.sqrt(count)
        half_w, half_h = min(panel.half_w, reach * 1.3), min(panel.half_h, reach)
        middle = (_within(rng, panel.half_w - half_w), _within(rng, panel.half_h - half_h))
        return [(middle[0] + _within(rng, half_w), middle[1] + _within(rng, half_h)) for _ in range(count)]
    spots: list[tuple[float, float]] = []
    spread = rng.uniform(0.4, 1.6)
    for _ in range(60):
        spot = (_within(rng, min(panel.half_w, spread)), _within(rng, min(panel.half_h, spread)))
        if all(abs(spot[0] - a) > 0.36 or abs(spot[1] - b) > 0.44 for a, b in spots):
            spots.append(spot)
        if len(spots) == count:
            break
    return spots


def _clamped(value: float, half: float) -> float:
    return max(-max(half, 0.0), min(max(half, 0.0), value))


def _within(rng: Random, half: float) -> float:
    return rng.uniform(-1, 1) * max(half, 0.0)


def mark(yard: Yard, rng: Random, panel: Panel, count: int) -> None:
    """Sprayed, stencilled, stamped or scrawled marks beside one another on a panel."""
    u = -panel.half_w
    family = rng.choices(list(MARKS), [share for *_, share in MARKS.values()])[0]
    for _ in range(count):
        if rng.random() < 0.3:
            family = rng.choices(list(MARKS), [share for *_, share in MARKS.values()])[0]
        variants, sizes, ratio, _ = MARKS[family]
        wide = min(rng.uniform(*sizes), panel.half_w * 1.8, panel.half_h * 1.8 / ratio)
        u += wide / 2 + rng.uniform(0.0, 0.4)
        if count == 1:
            u = _within(rng, panel.half_w - wide / 2)
        if u + wide / 2 > panel.half_w + 0.05:
            return
        room = panel.half_h - wide * ratio / 2
        name = f"{family}/{rng.randrange(variants)}"
        thing = yard.thing("spray_mark")
        yard.add(_sheet(panel, (u, _within(rng, room), 0.0025), (wide, wide * ratio), name, rng.gauss(0, 3), thing))
        u += wide / 2


def allowed(yard: Yard, rng: Random, panel: Panel) -> None:
    """One thing that may hang on a panel, or a patch where an ad was painted over."""
    if panel.sky or panel.round_m:
        return
    name, wide, ratio = rng.choice(
        [
            ("poster", 0.6, 1.4),
            ("poster", 0.9, 1.4),
            ("plate", 0.45, 0.58),
            ("number", 0.22, 1.0),
            ("menu", 0.5, 1.36),
            ("warning", 0.25, 1.0),
            ("notice", 0.62, 0.72),
            ("notice", 0.9, 0.72),
            ("daub", 0.7, 0.66),
            ("daub", 1.1, 0.66),
            ("couplet", 0.2, 6.5),
            ("frame", 2.0, 0.6),
        ]
    )
    u, v = _within(rng, panel.half_w - wide / 2), _within(rng, panel.half_h - wide * ratio / 2)
    if wide > panel.half_w * 2 or wide * ratio * 0.9 > panel.half_h * 2:
        return
    if name == "frame":
        _board(yard, rng, panel, u)
        return
    variants = {"poster": 12, "plate": 8, "number": 12, "menu": 6, "warning": 4, "notice": 6, "daub": 8, "couplet": 4}[
        name
    ]
    variant = f"{name}/{rng.randrange(variants)}" + ("-old" if name == "couplet" else "")
    yard.add(_sheet(panel, (u, v, 0.0018), (wide, wide * ratio), variant, rng.gauss(0, 0.6), 0))
    if name in ("poster", "menu") and rng.random() < 0.6:
        rim = Block(
            at=panel.spot(u, v, 0.001),
            size=(wide + 0.06, 0.03, wide * ratio + 0.06),
            turn_deg=panel.turn_deg,
            material=plain("9aa0a2", 0.4, 0.6),
        )
        yard.add(rim)
        yard.add(_sheet(panel, (u, v, 0.018), (wide, wide * ratio), variant, 0.0, 0))


def _board(yard: Yard, rng: Random, panel: Panel, u: float) -> None:
    """A notice board: a frame, a back and posters and papers in order behind glass."""
    metal = plain(rng.choice(["9aa0a2", "8a1f1f", "2f6a4a", "3f5c86"]), 0.4, 0.5)
    high = min(1.2, panel.half_h * 1.8)
    yard.add(Block(at=panel.spot(u, 0, 0.03), size=(2.1, 0.06, high + 0.12), turn_deg=panel.turn_deg, material=metal))
    yard.add(
        Block(
            at=panel.spot(u, 0, 0.061), size=(1.98, 0.006, high), turn_deg=panel.turn_deg, material=plain("d8d6cc", 0.7)
        )
    )
    for i in range(4):
        name = rng.choice([f"poster/{rng.randrange(12)}", f"notice/{rng.randrange(6)}", f"poster/{rng.randrange(12)}"])
        wide = 0.42
        tall = wide * (1.4 if name.startswith("poster") else 0.72)
        yard.add(
            _sheet(panel, (u - 0.72 + i * 0.48, rng.gauss(0, 0.03), 0.066), (wide, min(tall, high - 0.1)), name, 0, 0)
        )


def _wall(yard: Yard, rng: Random, width: float) -> list[Panel]:
    rows.raise_wall(yard, rng)
    rows.lay(yard, rng, width)
    return [Panel((x + rng.uniform(-0.3, 0.3), -0.042, 1.4), 1.2, 0.75) for x in (0.0, -2.8, 2.8)]


def _compound(yard: Yard, rng: Random, width: float) -> list[Panel]:
    facade.compound_wall(yard, rng.choice(rows.WALLS), rng.uniform(2.2, 3.0), plain_span=rng.random() < 0.7)
    street.hedge_behind(yard, 4.0, 5.0)
    rows.lay(yard, rng, width)
    return [
        Panel((x + rng.uniform(-0.2, 0.2), -0.064 if low else -0.002, 1.35), 1.6, 0.65 if low else 0.7)
        for x, low in ((0.0, False), (4.4, False), (-4.4, False))
    ]


def _door(yard: Yard, rng: Random, width: float) -> list[Panel]:
    facade.raise_homes(yard, rng.choice(rows.WALLS), storeys=3, door_x=0.0)
    rows.lay(yard, rng, width)
    return [
        Panel((0.0, -0.086, 1.25), 0.55, 0.6, dark=True),
        Panel((-1.5, -0.004, 1.3), 0.35, 0.6),
        Panel((1.6, -0.004, 0.95), 0.4, 0.4),
    ]


def _shutter(yard: Yard, rng: Random, width: float) -> list[Panel]:
    fronts = rows.raise_row(yard, rng, ("shutter", "shutter", "glass"))
    rows.lay(yard, rng, width)
    shut = [front for front in fronts[:5] if front.state == "shutter"]
    panels = [Panel((front.x, 0.28, 1.4), front.width / 2 - 0.2, 0.85) for front in shut[:3]]
    return panels or [Panel((fronts[0].x + fronts[0].width / 2 + 0.15, -0.055, 1.4), 0.16, 0.6)]


def _pole(yard: Yard, rng: Random, width: float) -> list[Panel]:
    """A pole or a lamp post near the kerb; the sheets go round it."""
    rows.raise_wall(yard, rng)
    rows.lay(yard, rng, width)
    x, y, radius = rng.uniform(-1, 1), -width + 0.5, rng.uniform(0.13, 0.2)
    paint = rng.choice([plain("8f8d86", 0.9), plain("6a6c70", 0.4, 0.5), tiled("wall/concrete")])
    yard.add(Drum(at=(x, y, 0), foot_m=radius, top_m=radius * 0.98, height=8.5, material=paint))
    return [Panel((x, y - radius, 1.35), radius * 1.3, 0.6, round_m=radius, dark=True)]


def _cabinet(yard: Yard, rng: Random, width: float) -> list[Panel]:
    """An electric cabinet on the pavement and the wall behind it."""
    rows.raise_wall(yard, rng)
    rows.lay(yard, rng, width)
    parts = passers.electric_box(rng)
    body = next(part for part in parts if isinstance(part, Block))
    x, y = rng.uniform(-1, 1), rng.choice((-0.5, -width + 0.6))
    yard.put(parts, (x, y, 0.0))
    front = Panel(
        (x, y - body.size[1] / 2 - 0.007, body.size[2] / 2 + 0.1), body.size[0] / 2 - 0.05, body.size[2] / 2 - 0.1
    )
    end = Panel((x + body.size[0] / 2 + 0.001, y, front.at[2]), body.size[1] / 2 - 0.05, front.half_h, 90.0)
    return [front, end]


def _pavement(yard: Yard, rng: Random, width: float) -> list[Panel]:
    """Stencils and stickers on the ground before a wall."""
    rows.raise_wall(yard, rng)
    rows.lay(yard, rng, width, rows.LIGHT_PAVINGS)
    at = (rng.uniform(-1, 1), -width / 2, 0.008)
    return [Panel(at, 1.4, min(0.9, width / 2 - 0.6), sky=True), Panel((at[0] + 2, -0.042, 1.3), 1.2, 0.7)]


HOSTS: dict[str, Callable[[Yard, Random, float], list[Panel]]] = {
    "wall": _wall,
    "compound": _compound,
    "door": _door,
    "shutter": _shutter,
    "pole": _pole,
    "cabinet": _cabinet,
    "pavement": _pavement,
}
