"""Where a scene is gathered: solids are added, labelled things opened, and each subsystem gets its own dice."""

import dataclasses
import math
from collections.abc import Iterable
from random import Random

from datasets.synth.scene import (
    Camera,
    Colour,
    Leaves,
    Light,
    Material,
    Route,
    Scene,
    Solid,
    Thing,
    Tube,
    Vec,
    corners,
    srgb,
)


class Yard:
    """Collects one scene. `dice(name)` depends on the seed and the name alone, so one subsystem never stirs another."""

    def __init__(self, seed: int, kind: str) -> None:
        self.seed = seed
        self.kind = kind
        self._solids: list[Solid] = []
        self._things: list[Thing] = []
        self._routes: list[Route] = []

    def dice(self, name: str) -> Random:
        """Random numbers for one subsystem."""
        return Random(f"{self.seed}/{name}")

    def add(self, *solids: Solid) -> None:
        """Put solids as they are."""
        self._solids.extend(solids)

    def put(self, parts: Iterable[Solid], at: Vec, turn_deg: float = 0.0) -> None:
        """Put parts that were described around the origin: turned about z, then moved to `at`."""
        self._solids.extend(moved(part, at, turn_deg) for part in parts)

    def thing(self, kind: str) -> int:
        """Open a labelled thing; solids join it by the number that comes back."""
        self._things.append(Thing(len(self._things) + 1, kind))
        return self._things[-1].id

    def route(self, route: Route) -> None:
        """Note a way that a cord could take."""
        self._routes.append(route)

    def spots(self) -> list[Vec]:
        """Points that span every labelled thing so far."""
        return [point for solid in self._solids if solid.thing for point in corners(solid)]

    def solids(self) -> tuple[Solid, ...]:
        """Everything that stands here so far."""
        return tuple(self._solids)

    def keep(self, wanted: Iterable[int]) -> None:
        """Take every labelled thing away but those of `wanted`, and number them anew from 1."""
        kept = [thing for thing in self._things if thing.id in set(wanted)]
        numbers = {thing.id: number for number, thing in enumerate(kept, 1)} | {0: 0}
        self._things = [dataclasses.replace(thing, id=numbers[thing.id]) for thing in kept]
        self._solids = [
            dataclasses.replace(solid, thing=numbers[solid.thing]) for solid in self._solids if solid.thing in numbers
        ]

    def scene(self, camera: Camera, light: Light) -> Scene:
        """All of it, frozen."""
        return Scene(self.seed, self.kind, camera, light, tuple(self._solids), tuple(self._things), tuple(self._routes))


def moved(part: Solid, at: Vec, turn_deg: float) -> Solid:
    """A part turned about the origin's z axis and moved."""
    cos, sin = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))

    def shift(p: Vec) -> Vec:
        return (at[0] + p[0] * cos - p[1] * sin, at[1] + p[0] * sin + p[1] * cos, at[2] + p[2])

    if isinstance(part, Tube):
        return dataclasses.replace(part, points=tuple(shift(p) for p in part.points))
    if isinstance(part, Leaves):
        return dataclasses.replace(part, at=shift(part.at))
    return dataclasses.replace(part, at=shift(part.at), turn_deg=part.turn_deg + turn_deg)


def plain(colour: str | Colour, roughness: float = 0.6, metal: float = 0.0) -> Material:
    """A material of one colour, given as a screen colour or as linear RGB."""
    return Material(srgb(colour) if isinstance(colour, str) else colour, roughness, metal)


def tiled(picture: str, roughness: float = 0.85) -> Material:
    """A wall or a floor that repeats every six metres."""
    return Material(picture=picture, tile_m=6.0, roughness=roughness)


def printed(picture: str, roughness: float = 0.5, alpha: float = 0.0) -> Material:
    """A picture laid over a sheet; `alpha` above 0 keeps the holes and multiplies the rest."""
    return Material(picture=picture, roughness=roughness, alpha=alpha)


def sag(a: Vec, b: Vec, drop: float, steps: int = 10) -> tuple[Vec, ...]:
    """Points of a slack line from `a` to `b` that hangs `drop` metres below the straight one."""
    points = []
    for i in range(steps + 1):
        t = i / steps
        points.append(
            (
                a[0] + (b[0] - a[0]) * t,
                a[1] + (b[1] - a[1]) * t,
                a[2] + (b[2] - a[2]) * t - 4 * drop * t * (1 - t),
            )
        )
    return tuple(points)
