"""Draws a few solids over a finished plate: hidden where the plate is nearer, lit as the plate is, with their shadow.

So one plate gives many different cords, and without one it is their paired negative. Four samples a pixel each way.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from datasets.synth import soft
from datasets.synth.lens import Lens
from datasets.synth.plates import Plate
from datasets.synth.scene import Bag, Block, Light, Scene, Solid, Tube, corners
from datasets.synth.shadow import shadowed

Points: TypeAlias = NDArray[np.float64]
Picture: TypeAlias = NDArray[np.float32]

FINE = 4
_SLACK_M = 0.03  # a cord so little behind a surface still lies on it
_MARGIN_PX = 6
_LEAST_COVER = 0.18  # share of a pixel from which on it belongs to the thing


@dataclass(frozen=True, slots=True)
class Drawn:
    """A plate with something drawn on it.

    Attributes:
        plate: the new passes; `index` has the thing's id where it covers a pixel.
        shown: share of the thing's pixels inside the frame that nothing hides, 0 where none is inside.
        contrast: how far it stands out from what was there, see `contrast`.
    """

    plate: Plate
    shown: float
    contrast: float


@dataclass(slots=True)
class _Canvas:
    """The fine buffers over the part of the plate that is drawn on; `left`, `top` in plate pixels."""

    left: int
    top: int
    colour: Picture
    depth: Picture

    @classmethod
    def over(cls, spots: Points, shape: tuple[int, int]) -> "_Canvas | None":
        """A canvas over all `spots` (N, 2) that lie in a plate of `shape`; None where none does."""
        low = np.floor(spots.min(0)) - _MARGIN_PX
        high = np.ceil(spots.max(0)) + _MARGIN_PX
        x0, y0 = (int(max(v, 0)) for v in low)
        x1, y1 = int(min(high[0], shape[1])), int(min(high[1], shape[0]))
        if x1 - x0 < 2 or y1 - y0 < 2:
            return None
        size = ((y1 - y0) * FINE, (x1 - x0) * FINE)
        return cls(x0, y0, np.zeros((*size, 3), np.float32), np.full(size, np.inf, np.float32))

    def fine(self, spots: Points) -> Points:
        """Plate pixels to fine pixels."""
        return (spots - (self.left, self.top)) * FINE


def draw(plate: Plate, scene: Scene, solids: Sequence[Solid], thing: int) -> Drawn:
    """Draw tubes, blocks and bags over a plate as the thing with the id `thing`.

    Args:
        solids: in the scene's metres; other shapes are not drawn.
    """
    height, width = plate.depth.shape
    lens = Lens.of(scene.camera, width, height)
    spots, depths = lens.see(np.array([p for solid in solids for p in corners(solid)], float))
    if (depths < 0.3).any():
        return Drawn(plate, 0.0, 0.0)
    canvas = _Canvas.over(spots, (height, width))
    if canvas is None:
        return Drawn(plate, 0.0, 0.0)
    for solid in solids:
        if isinstance(solid, Tube):
            _tube(canvas, lens, solid, scene.light)
        elif isinstance(solid, Block | Bag):
            _body(canvas, lens, solid, scene.light)
    return _blend(canvas, plate, scene, lens, solids, thing)


def _tube(canvas: _Canvas, lens: Lens, tube: Tube, light: Light) -> None:
    """A round line, exact to the fine pixel, shaded round its own axis."""
    points = np.array(tube.points, float)
    spots, depths = lens.see(points)
    spots = canvas.fine(spots)
    colour = np.array(tube.material.colour, np.float32)
    for i in range(len(points) - 1):
        widths = tube.radius * lens.focal_px * FINE / depths[i : i + 2]
        _segment(
            canvas, spots[i : i + 2], depths[i : i + 2], widths, _Skin(colour, lens, light, points[i + 1] - points[i])
        )


@dataclass(frozen=True, slots=True)
class _Skin:
    """How the side of a thin cylinder is lit."""

    colour: Picture
    lens: Lens
    light: Light
    axis: Points

    def lit(self, off: Picture, across: Points) -> Picture:
        """Colours for offsets (N,) from the axis in radii, along the unit vector `across` on the picture."""
        side = self.lens.right * across[0] - self.lens.up * across[1]
        toward = -self.lens.ahead
        depth = np.sqrt(np.maximum(1 - off**2, 0))
        normals = off[:, None] * side[None] + depth[:, None] * toward[None]
        return lit(normals, self.colour, self.light)


def _segment(canvas: _Canvas, ends: Points, depths: Points, widths: Points, skin: _Skin) -> None:
    reach = float(widths.max()) + 1
    high, wide = canvas.depth.shape
    x0, y0 = (int(max(math.floor(v), 0)) for v in ends.min(0) - reach)
    x1, y1 = (int(min(math.ceil(v), side)) for v, side in zip(ends.max(0) + reach, (wide, high), strict=True))
    if x0 >= x1 or y0 >= y1:
        return
    x, y = np.meshgrid(np.arange(x0, x1) + 0.5, np.arange(y0, y1) + 0.5)
    way = ends[1] - ends[0]
    length = max(float(np.hypot(*way)), 1e-6)
    ahead = way / length
    across = np.array((-ahead[1], ahead[0]))
    along = np.clip(((x - ends[0, 0]) * ahead[0] + (y - ends[0, 1]) * ahead[1]) / length, 0, 1)
    dx, dy = x - ends[0, 0] - along * way[0], y - ends[0, 1] - along * way[1]
    width = widths[0] + (widths[1] - widths[0]) * along
    distance = 1 / (1 / depths[0] + (1 / depths[1] - 1 / depths[0]) * along)
    window = np.s_[y0:y1, x0:x1]
    hit = (dx * dx + dy * dy < width * width) & (distance < canvas.depth[window])
    if not hit.any():
        return
    off = ((dx * across[0] + dy * across[1]) / np.maximum(width, 1e-6))[hit].astype(np.float32)
    canvas.depth[window][hit] = distance[hit]
    canvas.colour[window][hit] = skin.lit(off.clip(-1, 1), across)


def _body(canvas: _Canvas, lens: Lens, solid: Block | Bag, light: Light) -> None:
    """A box or a bag: its faces from far to near, each in one shade."""
    points, faces = _faces(solid)
    spots, depths = lens.see(points)
    spots = canvas.fine(spots)
    normals = np.cross(points[faces[:, 1]] - points[faces[:, 0]], points[faces[:, 2]] - points[faces[:, 0]])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    middles = points[faces].mean(1)
    normals *= np.sign(((middles - points.mean(0)) * normals).sum(1, keepdims=True))
    shades = lit(normals, np.array(solid.material.colour, np.float32), light)
    away = depths[faces].mean(1)
    for i in np.argsort(-away):
        if (normals[i] * (middles[i] - lens.at)).sum() > 0:
            continue
        _face(canvas, spots[faces[i]], float(away[i]), shades[i])


def _face(canvas: _Canvas, spots: Points, away: float, shade: Picture) -> None:
    """Fill one flat face, given by its corners (N, 2) in fine pixels."""
    high, wide = canvas.depth.shape
    x0, y0 = (int(max(v, 0)) for v in np.floor(spots.min(0)))
    x1, y1 = (int(min(v + 1, side)) for v, side in zip(np.ceil(spots.max(0)), (wide, high), strict=True))
    if x0 >= x1 or y0 >= y1:
        return
    mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
    cv2.fillConvexPoly(mask, np.round((spots - (x0 + 0.5, y0 + 0.5)) * 16).astype(np.int32), 1, shift=4)
    window = np.s_[y0:y1, x0:x1]
    hit = (mask > 0) & (away < canvas.depth[window] + 0.05)
    canvas.depth[window][hit] = away
    canvas.colour[window][hit] = shade


def _faces(solid: Block | Bag) -> tuple[Points, NDArray[np.int64]]:
    if isinstance(solid, Block):
        order = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))
        return np.array(corners(solid), float), np.array(order)
    points, faces = soft.knead(solid.style, solid.seed)
    cos, sin = math.cos(math.radians(solid.turn_deg)), math.sin(math.radians(solid.turn_deg))
    turned = (points * np.array(solid.radii)) @ np.array(((cos, sin, 0), (-sin, cos, 0), (0, 0, 1)))
    return turned + np.array(solid.at) + (0, 0, solid.radii[2] * 0.62), faces


def lit(normals: Points, colour: Picture, light: Light) -> Picture:
    """Light that a dull surface sends back, for normals (N, 3): sky from above, less from the street, the sun."""
    rise = normals[:, 2:3]
    sky = (np.array(light.horizon) * 0.6 + np.array(light.zenith) * 0.4) * light.strength
    shine = sky * (0.34 + 0.3 * rise)
    if light.sun is not None:
        turn, up = math.radians(light.sun.azimuth_deg), math.radians(light.sun.elevation_deg)
        toward = np.array((math.sin(turn) * math.cos(up), -math.cos(turn) * math.cos(up), math.sin(up)))
        facing = np.maximum(normals @ toward, 0)[:, None]
        shine = shine + facing * light.sun.strength / math.pi * np.array((1.0, 0.95, 0.87))
    return np.asarray((colour * 0.96 + 0.02) * shine, np.float32)


def _blend(canvas: _Canvas, plate: Plate, scene: Scene, lens: Lens, solids: Sequence[Solid], thing: int) -> Drawn:
    """Lay the canvas over the plate where nothing is nearer."""
    high, wide = canvas.depth.shape[0] // FINE, canvas.depth.shape[1] // FINE
    window = np.s_[canvas.top : canvas.top + high, canvas.left : canvas.left + wide]
    before = plate.depth[window]
    ground = np.kron(before, np.ones((FINE, FINE), np.float32))
    drawn = np.isfinite(canvas.depth)
    seen = drawn & (canvas.depth < ground * 1.004 + _SLACK_M)
    if not seen.any():
        return Drawn(plate, 0.0, 0.0)
    cover = _coarse(seen.astype(np.float32))
    glow = _local_light(plate.rgb[window])
    paint = np.stack([_coarse(canvas.colour[..., c] * seen) for c in range(3)], -1) * glow[..., None]
    rgb, depth, index = plate.rgb.copy(), plate.depth.copy(), plate.index.copy()
    shade = shadowed(plate, scene, lens, [s for s in solids if isinstance(s, Tube | Block)])
    rgb *= shade[..., None]
    under = rgb[window].copy()
    rgb[window] = under * (1 - cover[..., None]) + paint
    mine = cover >= _LEAST_COVER
    near = _coarse(np.where(seen, canvas.depth, 0)) / np.maximum(cover, 1e-6)
    depth[window] = np.where(cover > 0.5, near, before)
    index[window] = np.where(mine, thing, plate.index[window])
    return Drawn(
        Plate(rgb, depth, index), float(seen.sum() / drawn.sum()), contrast(plate.rgb[window], rgb[window], mine)
    )


def _coarse(fine: Picture) -> Picture:
    """Fine pixels averaged to plate pixels, a little softened as the renderer's own filter does."""
    high, wide = fine.shape[0] // FINE, fine.shape[1] // FINE
    mean = fine.reshape(high, FINE, wide, FINE).mean((1, 3)).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(mean, (0, 0), 0.42), np.float32)


def _local_light(rgb: Picture) -> Picture:
    """How bright it is round each pixel against the rest, kept within what shade and sun make of it."""
    grey = rgb.mean(2)
    round_it = cv2.GaussianBlur(np.minimum(grey, 2.0), (0, 0), 9)
    return np.asarray(np.clip((round_it / max(float(np.median(grey)), 1e-4)) ** 0.4, 0.55, 1.35), np.float32)


def contrast(before: Picture, after: Picture, mine: NDArray[np.bool_]) -> float:
    """How far what covers `mine` (H, W) stands out from what was there: 0 nothing, 0.1 a thin grey line, 0.5 much.

    Args:
        before, after: linear (H, W, 3), compared by the cube root of their brightness, nearly as eyes do.
    """
    if not mine.any():
        return 0.0
    dark, white = (np.cbrt(np.maximum(v.mean(2)[mine], 0)) for v in (before, after))
    return float(np.percentile(np.abs(dark - white), 60))
