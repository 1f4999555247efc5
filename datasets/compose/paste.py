"""Puts a sheet on a photograph: the light of the place, its relief, and the camera's blur, haze and noise."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from datasets.compose.flyers import Sheet
from datasets.compose.pictures import Picture
from datasets.compose.wear import clouds

Plane = NDArray[np.floating[Any]]
Quad = NDArray[np.floating[Any]]
Xyxy = tuple[float, float, float, float]

MARGIN_PX = 10
SEEN_COVER = 0.35
LEAST_CONTRAST = 0.045
LEAST_SIDE_PX, LEAST_MEAN_SIDE_PX = 6.0, 11.0


@dataclass(frozen=True, slots=True)
class Look:
    """What the camera did to a picture; all brightnesses in 0..1 of the stored values.

    Attributes:
        blur_px: standard deviation of its blur.
        noise: standard deviation of its grain.
        black: what a black thing in the shade comes out as.
        white: what a white thing in the light comes out as.
        colourful: how much of a print's colour survives, 1 for all.
    """

    blur_px: float
    noise: float
    black: float
    white: float
    colourful: float


@dataclass(frozen=True, slots=True)
class Stuff:
    """How a thing lies on its ground: how much relief shows through, how deep its shadow is, chance to be behind."""

    relief: float
    shadow: float
    overpainted: float


PAPER = Stuff(relief=0.45, shadow=0.22, overpainted=0.12)
PAINT = Stuff(relief=1.0, shadow=0.0, overpainted=0.0)
PLATE = Stuff(relief=0.0, shadow=0.45, overpainted=0.0)


def measure(picture: Picture, rng: np.random.Generator) -> Look:
    """Read blur, grain and haze from a picture `(H, W, 3)` uint8 RGB."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    steep = np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0) / 8, cv2.Sobel(grey, cv2.CV_32F, 0, 1) / 8)
    bent = np.abs(cv2.Laplacian(grey, cv2.CV_32F))
    blur = 0.9 * float(np.quantile(steep[::2, ::2], 0.995) / max(1e-4, np.quantile(bent[::2, ::2], 0.995)))
    grain = np.median(np.abs(grey - cv2.medianBlur(picture[..., 1], 3) / np.float32(255)))
    black = float(np.quantile(grey[::4, ::4], 0.005)) * 0.8
    return Look(
        blur_px=float(np.clip(blur * rng.uniform(0.9, 1.25), 0.5, 1.8)),
        noise=float(np.clip(grain * 0.9, 0.002, 0.02)),
        black=min(0.3, black),
        white=float(np.quantile(grey[::4, ::4], 0.93)),
        colourful=float(rng.uniform(0.6, 0.95)),
    )


def paste(
    picture: Picture, sheet: Sheet, quad: Quad, stuff: Stuff, look: Look, rng: np.random.Generator
) -> Xyxy | None:
    """Draw a sheet into a picture, in place.

    Args:
        picture: `(H, W, 3)` uint8 RGB.
        sheet: what to draw.
        quad: `(4, 2)` pixels, where its corners go: top left, top right, bottom right, bottom left.
        stuff: paper, paint or a plate.
        look: the picture's own.
        rng: for light and grain.

    Returns:
        The box of what can be seen of it, in pixels; None, and an untouched picture, where that is too little.
    """
    height, width = picture.shape[:2]
    x0, y0 = np.maximum(np.floor(quad.min(0)) - MARGIN_PX, 0).astype(int)
    x1, y1 = np.minimum(np.ceil(quad.max(0)) + MARGIN_PX, (width, height)).astype(int)
    if x1 - x0 < MARGIN_PX or y1 - y0 < MARGIN_PX:
        return None
    ground = picture[y0:y1, x0:x1].astype(np.float32) / 255
    print_, cover = _warp(sheet, quad - np.array((x0, y0), np.float32), (int(x1 - x0), int(y1 - y0)))
    if cover.max() < SEEN_COVER:
        return None
    cover = _behind(cover, ground, stuff, rng)
    lit = _lit(print_, cover, ground, _around(picture, quad), (stuff, look), rng)
    lit, cover = _blurred(lit, cover, look.blur_px)
    shade = _shadow(cover, stuff, rng)
    done = ground * (1 - shade[..., None]) * (1 - cover[..., None]) + lit * cover[..., None]
    done += _grain(cover.shape, look.noise, rng) * cover[..., None]
    box = _seen(cover)
    if box is None or float((np.abs(done - ground).mean(2) * cover).sum() / cover.sum()) < LEAST_CONTRAST:
        return None
    picture[y0:y1, x0:x1] = (done.clip(0, 1) * 255 + 0.5).astype(np.uint8)
    return box[0] + float(x0), box[1] + float(y0), box[2] + float(x0), box[3] + float(y0)


def _warp(sheet: Sheet, quad: Quad, size: tuple[int, int]) -> tuple[Plane, Plane]:
    """Colour and cover of the sheet as the quad shows it, twice the size inside against ragged edges."""
    rows, cols = sheet.pixels.shape[:2]
    across = max(float(np.linalg.norm(quad[1] - quad[0])), float(np.linalg.norm(quad[2] - quad[3])))
    along = max(float(np.linalg.norm(quad[3] - quad[0])), float(np.linalg.norm(quad[2] - quad[1])))
    fit = (max(2, min(cols, round(across * 2))), max(2, min(rows, round(along * 2))))
    pixels = sheet.pixels.astype(np.float32) / 255
    pixels[..., :3] *= pixels[..., 3:]
    small = cv2.resize(pixels, fit, interpolation=cv2.INTER_AREA)
    corners = np.array([(0, 0), (fit[0], 0), (fit[0], fit[1]), (0, fit[1])], np.float32)
    turn = cv2.getPerspectiveTransform(corners, np.asarray(quad * 2, np.float32))
    double = cv2.warpPerspective(small, turn, (size[0] * 2, size[1] * 2), flags=cv2.INTER_LINEAR)
    flat = cv2.resize(double, size, interpolation=cv2.INTER_AREA)
    cover = flat[..., 3]
    return np.asarray(flat[..., :3] / np.maximum(cover, 1e-3)[..., None], np.float32), np.asarray(cover, np.float32)


def _around(picture: Picture, quad: Quad) -> Plane:
    """Pixels of the neighbourhood, thinned, `(N, 3)` in 0..1: what the light can be read from."""
    middle, reach = quad.mean(0), np.maximum(np.ptp(quad, 0), 24) * 1.6
    height, width = picture.shape[:2]
    x0, y0 = np.maximum(middle - reach, 0).astype(int)
    x1, y1 = np.minimum(middle + reach, (width, height)).astype(int)
    part = picture[y0:y1, x0:x1]
    step = max(1, min(part.shape[:2]) // 24)
    return np.asarray(part[::step, ::step].reshape(-1, 3).astype(np.float32) / 255, np.float32)


def _lit(
    colour: Plane, cover: Plane, ground: Plane, around: Plane, how: tuple[Stuff, Look], rng: np.random.Generator
) -> Plane:
    """The sheet's colours in the light of the place."""
    stuff, look = how
    grey = ground.mean(2)
    inside = cover > SEEN_COVER
    wall = float(np.median(grey[inside]))
    bright = float(np.quantile(around.mean(1), 0.93))
    white = max(wall * rng.uniform(1.2, 1.6), rng.uniform(0.75, 1.0) * bright + 0.3 * wall)
    white = max(white, look.white * rng.uniform(0.35, 0.55))
    white = float(np.clip(white * rng.lognormal(0.09, 0.09), 0.25, 1.02))
    cast = _cast(around) ** rng.uniform(0.4, 0.9)
    reach = max(2.0, 0.12 * float(np.sqrt(inside.sum())))
    soft = cv2.GaussianBlur(grey, (0, 0), reach)
    light = (soft / max(0.02, float(np.median(soft[inside])))) ** 0.55
    relief = grey / np.maximum(soft, 0.02)
    uneven = float(relief[inside].std())
    strength = min(stuff.relief * rng.uniform(0.4, 1.2), 0.05 / max(uneven, 1e-3)) if stuff is PAPER else stuff.relief
    light = light.clip(0.45, 1.7) * relief.clip(0.4, 1.6) ** strength
    tone = colour.mean(2, keepdims=True)
    colour = tone + (colour - tone) * look.colourful
    black = min(look.black, 0.3 * white)
    return np.asarray(black + (white * cast * light[..., None] - black) * colour, np.float32)


def _cast(around: Plane) -> Plane:
    """Colour of the light, `(3,)` about 1, from what is bright and grey nearby; a green bin makes no green light."""
    most, least = around.max(1), around.min(1)
    grey = around[(most - least < 0.22 * most) & (most >= np.quantile(most, 0.4)) & (least > 0.05)]
    if len(grey) < 0.05 * len(around):
        return np.ones(3, np.float32)
    middle = grey.mean(0)
    return np.asarray(middle / middle.mean(), np.float32)


def _behind(cover: Plane, ground: Plane, stuff: Stuff, rng: np.random.Generator) -> Plane:
    """Bars, cables and paint that stand out from the wall stay in front of a share of the sheets."""
    if rng.random() >= stuff.overpainted:
        return cover
    inside = cover > SEEN_COVER
    apart = np.abs(ground - np.median(ground[inside], 0)).max(2)
    front = cv2.GaussianBlur((apart > rng.uniform(0.16, 0.3)).astype(np.float32), (0, 0), 0.7)
    if float(front[inside].mean()) > 0.4:
        return cover
    return np.asarray(cover * (1 - front), np.float32)


def _blurred(lit: Plane, cover: Plane, blur_px: float) -> tuple[Plane, Plane]:
    soft = cv2.GaussianBlur(cover, (0, 0), blur_px)
    colour = cv2.GaussianBlur(lit * cover[..., None], (0, 0), blur_px) / np.maximum(soft, 1e-3)[..., None]
    return np.asarray(colour, np.float32), np.asarray(soft, np.float32)


def _shadow(cover: Plane, stuff: Stuff, rng: np.random.Generator) -> Plane:
    """The thin dark line under an edge that stands off the wall."""
    size = max(1.0, float(np.sqrt((cover > SEEN_COVER).sum())))
    off_px = min(3.0, 0.02 * size + 0.5)
    move = np.array([[1, 0, rng.uniform(-off_px, off_px)], [0, 1, rng.uniform(0, off_px)]], np.float32)
    cast = cv2.warpAffine(cover, move, (cover.shape[1], cover.shape[0]))
    return np.asarray(
        cv2.GaussianBlur(cast, (0, 0), max(0.8, off_px * 0.7)) * stuff.shadow * rng.uniform(0.1, 1), np.float32
    )


def _grain(shape: tuple[int, ...], noise: float, rng: np.random.Generator) -> Plane:
    grain = rng.normal(0, noise, (*shape, 1)).astype(np.float32) + (clouds(shape, 40, rng)[..., None] - 0.5) * noise
    return np.asarray(grain, np.float32)


def _seen(cover: Plane) -> Xyxy | None:
    rows, cols = np.flatnonzero((cover > SEEN_COVER).any(1)), np.flatnonzero((cover > SEEN_COVER).any(0))
    if not len(rows) or not len(cols):
        return None
    wide, high = float(cols[-1] - cols[0] + 1), float(rows[-1] - rows[0] + 1)
    if min(wide, high) < LEAST_SIDE_PX or np.sqrt(wide * high) < LEAST_MEAN_SIDE_PX:
        return None
    return float(cols[0]), float(rows[0]), float(cols[-1] + 1), float(rows[-1] + 1)
