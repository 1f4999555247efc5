"""Photos for the fault runs: small, drawn from a seed, each with its own bytes and its own place."""

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image


@dataclass(frozen=True, slots=True)
class Shot:
    """One photo that a client wants to report: the key of its retries, its bytes, its place, its condition."""

    key: str
    jpeg: bytes
    lat: float
    lon: float
    condition: str = "litter"

    @property
    def form(self) -> dict[str, str]:
        """The fields beside the file."""
        return {
            "lat": f"{self.lat:.6f}",
            "lon": f"{self.lon:.6f}",
            "accuracy_m": "5",
            "condition": self.condition,
            "taken_at": "2026-03-02T09:00:00+08:00",
        }


def draw(seed: int, size: tuple[int, int] = (96, 64)) -> bytes:
    """A JPEG of `size` (width, height) with a pattern that no other seed has."""
    dice = np.random.default_rng(seed)
    coarse = dice.integers(0, 256, (8, 12, 3), dtype=np.uint8)
    picture = Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=85, comment=f"seed {seed}".encode())
    return file.getvalue()


def shot(number: int, run: int = 0) -> Shot:
    """The photo with this number; every number is a place of its own, 400 m from the next.

    >>> shot(1).key
    'shot-0-1'
    >>> shot(1).jpeg == shot(1).jpeg != shot(2).jpeg
    True
    """
    row, column = divmod(number, 200)
    return Shot(f"shot-{run}-{number}", draw(run * 1_000_000 + number), 31.0 + row * 0.004, 121.0 + column * 0.004)
