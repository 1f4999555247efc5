"""What happens to large posters: wet paste, rollers of paint, sun, a bent ground."""

from dataclasses import replace

import cv2
import numpy as np

from datasets.compose.flyers import Sheet
from datasets.compose.wear import Plane, age, clouds

BENT, ROLLED, CREASED = 0.16, 0.1, 0.75


def weathered(sheet: Sheet, rng: np.random.Generator) -> Sheet:
    """A poster after some weeks on a wall, perhaps round a pillar."""
    worn = age(sheet, rng)
    if rng.random() < CREASED:
        worn = _creased(worn, rng)
    if rng.random() < ROLLED:
        worn = _rolled(worn, rng)
    return bent(worn, rng.uniform(0.5, 1.35)) if rng.random() < BENT else worn


def _creased(sheet: Sheet, rng: np.random.Generator) -> Sheet:
    """Ridges and bubbles of paper that was pasted wet."""
    shape = sheet.pixels.shape[:2]
    field = clouds(shape, int(rng.integers(4, 10)), rng) + 0.5 * clouds(shape, int(rng.integers(12, 30)), rng)
    ridge = np.exp(-np.abs(field - np.median(field)) * rng.uniform(25, 60))
    slope = cv2.Sobel(cv2.GaussianBlur(np.asarray(ridge, np.float32), (0, 0), 1.2), cv2.CV_32F, 1, 1)
    light = 1 + np.clip(slope * rng.uniform(0.3, 1.2), -0.25, 0.25) + ridge * rng.uniform(-0.08, 0.1)
    return _relit(sheet, np.asarray(light, np.float32))


def _rolled(sheet: Sheet, rng: np.random.Generator) -> Sheet:
    """Someone began to paint it over."""
    pixels = sheet.pixels.astype(np.float32)
    height, width = pixels.shape[:2]
    tint = rng.choice(np.array(((205, 200, 188), (150, 152, 150), (222, 218, 205), (120, 128, 120)), np.float32))
    edge = clouds((height, width), 12, rng) * 0.12
    along = np.linspace(0, 1, height, dtype=np.float32)[:, None] + edge
    start = rng.uniform(-0.2, 0.7)
    rolled = ((along > start) & (along < start + rng.uniform(0.2, 0.45))).astype(np.float32)
    share = cv2.GaussianBlur(rolled, (0, 0), 2)[..., None] * np.float32(rng.uniform(0.6, 0.95))
    pixels[..., :3] = pixels[..., :3] * (1 - share) + tint * share
    return replace(sheet, pixels=pixels.clip(0, 255).astype(np.uint8))


def bent(sheet: Sheet, half_rad: float) -> Sheet:
    """The sheet round an upright cylinder that it covers from `-half_rad` to `half_rad`, seen from in front."""
    height, width = sheet.pixels.shape[:2]
    narrow = max(8, round(width * np.sin(half_rad) / half_rad))
    across = np.linspace(-1, 1, narrow, dtype=np.float32) * np.float32(np.sin(half_rad))
    angle = np.arcsin(across)
    column = (angle / half_rad + 1) / 2 * (width - 1)
    sag = (1 - np.cos(angle)) * 0.12 * narrow
    rows = np.arange(height, dtype=np.float32)[:, None] + sag[None] - sag.max() / 2
    turned = cv2.remap(sheet.pixels, np.tile(column, (height, 1)).astype(np.float32), np.asarray(rows, np.float32),
                       cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(0, 0, 0, 0))  # fmt: skip
    light = np.tile(np.cos(angle * 0.9 - 0.25).astype(np.float32), (height, 1))
    return _relit(Sheet(np.asarray(turned, np.uint8), sheet.width_m * narrow / width, sheet.height_m), light)


def _relit(sheet: Sheet, light: Plane) -> Sheet:
    pixels = sheet.pixels.astype(np.float32)
    pixels[..., :3] *= light[..., None]
    return replace(sheet, pixels=pixels.clip(0, 255).astype(np.uint8))
