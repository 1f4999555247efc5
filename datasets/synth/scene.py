"""What a street scene is: solids, labelled things, a camera and a light, all frozen and free of any renderer.

Metres; x runs along the wall, the wall stands at y = 0, the street lies toward -y, z points up. Colours are linear RGB.
"""

import dataclasses
import math
from dataclasses import dataclass, field
from typing import TypeAlias

Vec: TypeAlias = tuple[float, float, float]
Colour: TypeAlias = tuple[float, float, float]


def srgb(code: str) -> Colour:
    """Linear RGB of a hexadecimal screen colour.

    >>> srgb("ffffff")
    (1.0, 1.0, 1.0)
    """
    channels = (int(code[i : i + 2], 16) / 255 for i in (0, 2, 4))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return (red, green, blue)


@dataclass(frozen=True, slots=True)
class Material:
    """How a surface looks.

    `picture` names a texture: laid on a sheet edge to edge, or repeated every `tile_m` metres over anything where that
    is above 0. `alpha` takes the holes of the picture; `crease` wrinkles like plastic film; `translucent` lets light
    through, `glow` gives light, `clear` is window glass.
    """

    colour: Colour = (0.5, 0.5, 0.5)
    roughness: float = 0.6
    metal: float = 0.0
    picture: str = ""
    tile_m: float = 0.0
    alpha: float = 0.0
    crease: float = 0.0
    translucent: float = 0.0
    glow: float = 0.0
    clear: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A box: centre, size, turned about z after being tilted about its own x axis."""

    at: Vec
    size: Vec
    turn_deg: float = 0.0
    tilt_deg: float = 0.0
    bevel_m: float = 0.0
    material: Material
    thing: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Taper:
    """A box that widens or narrows upward: foot centre, width and depth at foot and top."""

    at: Vec
    foot: tuple[float, float]
    top: tuple[float, float]
    height: float
    turn_deg: float = 0.0
    tilt_deg: float = 0.0
    bevel_m: float = 0.0
    material: Material
    thing: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Drum:
    """A cylinder or a cut cone: foot centre, two radii, its axis tilted about x, then turned about z."""

    at: Vec
    foot_m: float
    top_m: float
    height: float
    turn_deg: float = 0.0
    tilt_deg: float = 0.0
    material: Material
    thing: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A flat rectangle that faces the `street`, the `sky` or along the street (`side`), spun in its own plane."""

    at: Vec
    width: float
    height: float
    facing: str = "street"
    spin_deg: float = 0.0
    turn_deg: float = 0.0
    material: Material
    thing: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tube:
    """A round line through points."""

    points: tuple[Vec, ...]
    radius: float
    material: Material
    thing: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bag:
    """Something soft: `tied` (a bag with a neck), `loose` (an open bag) or `crumple` (film or paper); foot centre."""

    at: Vec
    radii: Vec
    style: str
    seed: int
    turn_deg: float = 0.0
    tilt_deg: float = 0.0
    material: Material
    thing: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaves:
    """A cloud of leaves in an ellipsoid."""

    at: Vec
    radii: Vec
    count: int
    leaf_m: float
    seed: int
    material: Material
    thing: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A borrowed model by its catalogue name, standing on `at`; `tint` repaints its most colourful material."""

    name: str
    at: Vec
    turn_deg: float = 0.0
    tilt_deg: float = 0.0
    scale: Vec = (1.0, 1.0, 1.0)
    size: Vec = (1.0, 1.0, 1.0)
    tint: Colour | None = None
    thing: int = 0


Solid: TypeAlias = Block | Taper | Drum | Sheet | Tube | Bag | Leaves | Model


@dataclass(frozen=True, slots=True)
class Thing:
    """One labelled thing; solids point to it by `id`, which is also its value in the index pass (1 and up)."""

    id: int
    kind: str


@dataclass(frozen=True, slots=True)
class Route:
    """A way that a charging cord could take through a scene; nothing hangs there until it is drawn or built.

    Attributes:
        path: points that the cord passes: out of the house first, each one that it rests on, its end last.
        strip: where its power strip is: `air` or `ground` or `bag` before the end, `none` where it goes straight to
            the brick.
    """

    path: tuple[Vec, ...]
    strip: str = "none"


@dataclass(frozen=True, slots=True)
class Camera:
    """A pinhole camera on a 36 mm sensor; `roll_deg` tips the horizon."""

    at: Vec
    target: Vec
    lens_mm: float
    roll_deg: float = 0.0

    def project(self, point: Vec, width: int, height: int) -> tuple[float, float] | None:
        """Where a point lands on a picture of `width` x `height` pixels; None behind the camera. Ignores the roll.

        >>> Camera((0, -5, 1), (0, 0, 1), 18).project((0, 0, 1), 200, 100)
        (100.0, 50.0)
        """
        ahead = _unit(_minus(self.target, self.at))
        right = _unit((ahead[1], -ahead[0], 0.0))
        up = _cross(right, ahead)
        ray = _minus(point, self.at)
        depth = _dot(ray, ahead)
        if depth < 0.05:
            return None
        pixels = self.lens_mm / 36 * width / depth
        return (width / 2 + _dot(ray, right) * pixels, height / 2 - _dot(ray, up) * pixels)


@dataclass(frozen=True, slots=True)
class Sun:
    """A sun that stands at `azimuth_deg` (0 = behind the street's far side, positive to the right)."""

    azimuth_deg: float
    elevation_deg: float
    strength: float
    softness_deg: float


@dataclass(frozen=True, slots=True)
class Light:
    """Sky from horizon to zenith, its strength, a sun or none, and the distance at which haze takes two thirds."""

    horizon: Colour
    zenith: Colour
    strength: float
    sun: Sun | None
    haze_m: float


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that a renderer needs to make one plate."""

    seed: int
    kind: str
    camera: Camera
    light: Light
    solids: tuple[Solid, ...]
    things: tuple[Thing, ...] = field(default=())
    routes: tuple[Route, ...] = field(default=())

    def to_json(self) -> dict[str, object]:
        """Plain values, each solid with its `shape`, as the render script reads them; no `routes` where it has none."""
        plain = dataclasses.asdict(self)
        if not self.routes:
            del plain["routes"]
        plain["solids"] = [{"shape": type(s).__name__, **dataclasses.asdict(s)} for s in self.solids]
        return plain


def corners(solid: Solid) -> list[Vec]:
    """Points that span a solid, enough to say where its box will be."""
    match solid:
        case Tube(points=points):
            return list(points)
        case Block(at=at, size=size):
            return _around(at, (size[0] / 2, size[1] / 2, size[2] / 2), solid.turn_deg, solid.tilt_deg)
        case Taper(at=at, top=top, foot=foot, height=height):
            half = (max(top[0], foot[0]) / 2, max(top[1], foot[1]) / 2, height / 2)
            return _around((at[0], at[1], at[2] + height / 2), half, solid.turn_deg)
        case Drum(at=at, height=height):
            radius = max(solid.foot_m, solid.top_m)
            tilt, turn = math.radians(solid.tilt_deg), math.radians(solid.turn_deg)
            axis = (math.sin(turn) * math.sin(tilt), -math.cos(turn) * math.sin(tilt), math.cos(tilt))
            centre = tuple(a + v * height / 2 for a, v in zip(at, axis, strict=True))
            reach = tuple(abs(v) * height / 2 + radius * math.sqrt(max(0.0, 1 - v * v)) for v in axis)
            return _around((centre[0], centre[1], centre[2]), (reach[0], reach[1], reach[2]), 0)
        case Sheet(at=at, width=width, height=height, facing=facing):
            flat = {"street": (width / 2, 0.0, height / 2), "sky": (width / 2, height / 2, 0.0)}
            return _around(at, flat.get(facing, (0.0, width / 2, height / 2)), solid.turn_deg)
        case Bag(at=at, radii=radii):
            return _around((at[0], at[1], at[2] + radii[2] * 0.8), (radii[0], radii[1], radii[2] * 0.8), solid.turn_deg)
        case Leaves(at=at, radii=radii):
            return _around(at, radii, 0)
        case Model(at=at, size=size):
            full = [a * b for a, b in zip(size, solid.scale, strict=True)]
            half = (full[0] / 2, full[1] / 2, full[2] / 2)
            return _around((at[0], at[1], at[2] + half[2]), half, solid.turn_deg)


def reach(scene: Scene, thing: int, width: int, height: int) -> tuple[float, float, float, float] | None:
    """The box that a thing would fill if nothing stood before it: (x0, y0, x1, y1) in pixels, cut to no frame."""
    spots = [
        spot
        for solid in scene.solids
        if solid.thing == thing
        for point in corners(solid)
        if (spot := scene.camera.project(point, width, height)) is not None
    ]
    if not spots:
        return None
    xs, ys = zip(*spots, strict=True)
    return (min(xs), min(ys), max(xs), max(ys))


def _around(at: Vec, half: Vec, turn_deg: float, tilt_deg: float = 0.0) -> list[Vec]:
    cos, sin = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))
    lean, rise = math.cos(math.radians(tilt_deg)), math.sin(math.radians(tilt_deg))
    points = []
    for sx in (-1, 1):
        for sy in (-1, 1):
            for sz in (-1, 1):
                dx, dy, dz = sx * half[0], sy * half[1], sz * half[2]
                dy, dz = dy * lean - dz * rise, dy * rise + dz * lean
                points.append((at[0] + dx * cos - dy * sin, at[1] + dx * sin + dy * cos, at[2] + dz))
    return points


def _minus(a: Vec, b: Vec) -> Vec:
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])


def _dot(a: Vec, b: Vec) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def _cross(a: Vec, b: Vec) -> Vec:
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def _unit(a: Vec) -> Vec:
    length = math.sqrt(_dot(a, a))
    return (a[0] / length, a[1] / length, a[2] / length)
