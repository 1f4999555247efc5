"""A scene's camera as arrays: points to pixels with the horizon's tilt, and pixels with their depth back to points."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from datasets.synth.scene import Camera


@dataclass(frozen=True, slots=True)
class Lens:
    """A pinhole over a picture of `width` x `height` pixels; three unit vectors say how it stands."""

    at: NDArray[np.float64]
    ahead: NDArray[np.float64]
    right: NDArray[np.float64]
    up: NDArray[np.float64]
    focal_px: float
    width: int
    height: int

    @classmethod
    def of(cls, camera: Camera, width: int, height: int) -> "Lens":
        """The lens of a camera: its sensor is 36 mm along the picture's longer side."""
        ahead = np.array(camera.target, float) - np.array(camera.at, float)
        ahead /= np.linalg.norm(ahead)
        level = np.array((ahead[1], -ahead[0], 0.0))
        level /= np.linalg.norm(level)
        over = np.cross(level, ahead)
        cos, sin = math.cos(math.radians(camera.roll_deg)), math.sin(math.radians(camera.roll_deg))
        right, up = level * cos + over * sin, over * cos - level * sin
        return cls(
            np.array(camera.at, float), ahead, right, up, camera.lens_mm / 36 * max(width, height), width, height
        )

    def see(self, points: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Where `points` (N, 3) land, (N, 2) pixels, and how far ahead they are, (N,) metres, at least 0.05.

        >>> lens = Lens.of(Camera((0, -5, 1), (0, 0, 1), 18), 200, 100)
        >>> lens.see(np.array([[1.0, 0, 1]]))[0].round(1).tolist()
        [[120.0, 50.0]]
        """
        rays = points - self.at
        away = np.maximum(rays @ self.ahead, 0.05)
        across = rays @ self.right * self.focal_px / away
        down = rays @ self.up * self.focal_px / away
        return np.stack([self.width / 2 + across, self.height / 2 - down], 1), away

    def points(self, depth: NDArray[np.float32]) -> NDArray[np.float32]:
        """The point behind the middle of each pixel of `depth` (H, W) metres ahead: (H, W, 3)."""
        x = (np.arange(self.width) + 0.5 - self.width / 2) / self.focal_px
        y = (self.height / 2 - np.arange(self.height) - 0.5) / self.focal_px
        rays = self.ahead + x[None, :, None] * self.right + y[:, None, None] * self.up
        return np.asarray(self.at + rays * depth[..., None], np.float32)
