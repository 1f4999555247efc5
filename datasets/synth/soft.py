"""Soft and leafy shapes as points and faces, in plain numpy: tied bags, open bags, crumpled film, fruit, foliage.

The render script runs this inside Blender's Python, so it stays with numpy 1.26 and imports nothing of ours.
"""

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Points: TypeAlias = NDArray[np.float64]
Faces: TypeAlias = NDArray[np.int64]

_LEVEL = {"tied": 4, "loose": 4, "crumple": 3, "fruit": 1}
_PATCHES = {"tied": 46, "loose": 40, "crumple": 26}
# half sizes of one piece, pieces across and deep, layers
HEAPS: dict[str, tuple[tuple[float, float, float], tuple[int, int], int]] = {
    "fruits": ((0.15, 0.15, 0.15), (6, 4), 2),
    "melons": ((0.3, 0.24, 0.24), (3, 3), 2),
    "roots": ((0.32, 0.08, 0.08), (3, 8), 3),
    "jars": ((0.13, 0.13, 0.4), (6, 4), 1),
}
_FLOOR = -0.62  # what would hang lower lies flat


def knead(style: str, seed: int) -> tuple[Points, Faces]:
    """One soft thing of radius about 1 around its middle.

    Args:
        style: `tied`, `loose`, `crumple`, `fruit` or one of `HEAPS`.

    Returns:
        `(N, 3)` points and `(M, 3)` triangles.
    """
    if style in HEAPS:
        return heaped(style, seed)
    rng = np.random.default_rng([seed, len(style)])
    points, faces = sphere(_LEVEL[style])
    if style == "fruit":
        return points, faces
    reach = facets(points, rng, _PATCHES[style], 0.32 if style == "crumple" else 0.1)
    for pitch, height in ((2, 0.07), (4, 0.05), (9, 0.02)):
        reach = reach + height * np.sin(points @ rng.standard_normal(3) * pitch + rng.uniform(0, 6))
    bent = points * reach[:, None]
    if style == "tied":
        bent = _tie(points, bent, rng)
    if style == "loose":
        bent = _open_up(points, bent, rng)
    low = bent[:, 2] < _FLOOR
    bent[low, 2] = _FLOOR + (bent[low, 2] - _FLOOR) * 0.06
    return bent, faces


def facets(points: Points, rng: np.random.Generator, count: int, spread: float) -> NDArray[np.float64]:
    """How far each direction of `points` (N, 3) reaches when `count` flat patches are pressed into a ball: (N,)."""
    normals = rng.standard_normal((count, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    heights = 1 + spread * rng.standard_normal(count)
    reach = heights[None] / np.clip(points @ normals.T, 0.05, None)
    near = np.partition(reach, 1, axis=1)[:, :2]
    return np.asarray(np.clip(near.min(1) * 0.8 + near.mean(1) * 0.2, 0.45, 1.35))


def foliage(radii: tuple[float, float, float], count: int, leaf_m: float, seed: int) -> tuple[Points, Faces]:
    """`count` leaves as quads in an ellipsoid, in clumps, denser toward its skin; flat where it has no height."""
    rng = np.random.default_rng([seed, count])
    half, extent = leaf_m / 2, np.array(radii)
    way = _directions(rng, count)
    clumps = way[rng.integers(0, max(8, count // 40), count)]
    spot = (way * 0.55 + clumps * 0.6) * rng.uniform(0.55, 1.0, (count, 1)) * extent
    one = _directions(rng, count)
    two = np.cross(one, rng.standard_normal((count, 3)))
    two /= np.linalg.norm(two, axis=1, keepdims=True)
    if radii[2] < half:
        spot = np.concatenate([rng.uniform(-1, 1, (count, 2)) * extent[:2], rng.uniform(0, radii[2], (count, 1))], 1)
        one[:, 2] *= 0.12
        two = np.stack([-one[:, 1], one[:, 0], rng.normal(0, 0.1, count)], 1)
    size = half * rng.uniform(0.6, 1.3, (count, 1))
    quads = np.stack([spot - one * size, spot + two * size * 0.6, spot + one * size, spot - two * size * 0.6], 1)
    return quads.reshape(-1, 3), np.arange(count * 4).reshape(count, 4)


def sphere(level: int) -> tuple[Points, Faces]:
    """An icosahedron whose triangles were cut in four `level` times, blown up to radius 1.

    >>> [len(part) for part in sphere(1)]
    [42, 80]
    """
    golden = (1 + math.sqrt(5)) / 2
    pairs = [(a, b * golden) for a in (-1, 1) for b in (-1, 1)]
    points = np.array([(0, a, b) for a, b in pairs] + [(a, b, 0) for a, b in pairs] + [(b, 0, a) for a, b in pairs])
    points = points / np.linalg.norm(points[0])
    faces = _hull(points)
    for _ in range(level):
        points, faces = _cut(points, faces)
    return points, faces


def _hull(points: Points) -> Faces:
    """The twenty triangles of an icosahedron: every three corners that are neighbours, seen from outside."""
    near = np.linalg.norm(points[:, None] - points[None], axis=2) < 1.1
    found = []
    for a in range(12):
        for b in range(a + 1, 12):
            for c in range(b + 1, 12):
                if near[a, b] and near[b, c] and near[a, c]:
                    outward = np.dot(np.cross(points[b] - points[a], points[c] - points[a]), points[a]) > 0
                    found.append((a, b, c) if outward else (a, c, b))
    return np.array(found)


def _cut(points: Points, faces: Faces) -> tuple[Points, Faces]:
    edges = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    unique, back = np.unique(edges, axis=0, return_inverse=True)
    middles = points[unique].mean(1)
    middles /= np.linalg.norm(middles, axis=1, keepdims=True)
    ab, bc, ca = (len(points) + back.reshape(-1)).reshape(3, -1)
    a, b, c = faces.T
    corners = [(a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca)]
    return np.concatenate([points, middles]), np.concatenate([np.stack(corner, 1) for corner in corners])


def _tie(points: Points, bent: Points, rng: np.random.Generator) -> Points:
    """Draw the top together to a neck, with folds that run to it and ends that fan out above."""
    angle = np.arctan2(points[:, 1], points[:, 0])
    top = np.clip((points[:, 2] - 0.35) / 0.6, 0, 1)
    folds = 1 + 0.1 * top * np.sin(angle * rng.integers(9, 15) + rng.uniform(0, 6)) + 0.05 * np.sin(angle * 23) * top
    neck = 1 - 0.9 * np.clip((points[:, 2] - 0.5) / 0.38, 0, 1) ** 1.3
    fan = np.clip((points[:, 2] - 0.93) / 0.07, 0, 1)
    bent[:, :2] *= (folds * neck)[:, None]
    bent[:, :2] += np.stack([np.cos(angle), np.sin(angle)], 1) * (fan * (0.16 + 0.1 * np.sin(angle * 3)))[:, None]
    bent[:, 2] += top * 0.22 + fan * 0.14
    return bent


def _open_up(points: Points, bent: Points, rng: np.random.Generator) -> Points:
    """An open bag: its rim stands up in ragged ears."""
    angle = np.arctan2(points[:, 1], points[:, 0])
    top = np.clip((points[:, 2] - 0.45) / 0.5, 0, 1)
    ears = 0.32 * np.maximum(0, np.sin(angle * 2 + rng.uniform(0, 6))) + 0.12 * np.sin(angle * 7 + rng.uniform(0, 6))
    mouth = 0.35 * np.clip((points[:, 2] - 0.85) / 0.15, 0, 1)
    bent[:, 2] += np.where(top > 0, ears * top - mouth, 0)
    bent[:, :2] *= (1 + 0.06 * np.sin(angle * 17) * top)[:, None]
    return bent


def _directions(rng: np.random.Generator, count: int) -> Points:
    way = rng.standard_normal((count, 3))
    return np.asarray(way / np.linalg.norm(way, axis=1, keepdims=True))


def heaped(style: str, seed: int) -> tuple[Points, Faces]:
    """Many round things in a tray as one mesh, x within 1 and y within 0.66 of the middle, the lowest at -0.62.

    Args:
        style: one of `HEAPS`: `fruits`, `melons`, `roots` (lying long things) or `jars` (standing ones).
    """
    rng = np.random.default_rng([seed, len(style), 7])
    radii, grid, layers = HEAPS[style]
    ball, faces = sphere(1)
    columns, rows = grid
    parts = []
    for layer in range(layers):
        for i in range(columns):
            for j in range(rows):
                if layer and rng.random() < 0.4:
                    continue
                size = np.array(radii) * rng.uniform(0.85, 1.1)
                spread = np.array([1 - radii[0], 0.66 - radii[1]])
                cell = np.array([(i + 0.5) / columns, (j + 0.5) / rows]) * 2 - 1
                spot = cell * spread + rng.normal(0, 0.03, 2) + (0.06 if layer else 0)
                height = -0.62 + size[2] + layer * radii[2] * 1.3 + rng.normal(0, 0.015)
                parts.append(ball * size + np.array([*spot, height]))
    joined = [faces + number * len(ball) for number in range(len(parts))]
    return np.concatenate(parts), np.concatenate(joined)
