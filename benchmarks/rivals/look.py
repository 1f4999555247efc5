"""What every rival does with a photo: OpenCV opens it, ONNX Runtime looks, at the pixels that our model takes.

It runs in the rivals' own environments, and so imports nothing of ours.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import onnxruntime as ort

MIN_SCORE: Final = 0.25
STRIDE: Final = 32
SQUEEZED: Final = 64
GREY: Final = 114
AT_ONCE: Final = 4
"""The most photos in a batch, where a server forms them: as many as the clients that wait."""

WAIT_S: Final = 0.005
"""How long a batch is waited for."""


class Looker:
    """The same ONNX file, and the options of a session that keep idle threads asleep: they help everybody."""

    def __init__(self, onnx: Path, side: int) -> None:
        options = ort.SessionOptions()
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = ort.InferenceSession(onnx.read_bytes(), options, providers=["CPUExecutionProvider"])
        self._name = self._session.get_inputs()[0].name
        self._side = side

    def look(self, photos: Sequence[bytes]) -> list[list[list[float]]]:
        """For every photo, rows of the number of a kind, score, x0, y0, x1, y1, in pixels of the photo."""
        opened = [self._open(photo) for photo in photos]
        found: list[list[list[float]]] = [[] for _ in photos]
        for shape in {canvas.shape for canvas, *_ in opened}:
            alike = [number for number, one in enumerate(opened) if one[0].shape == shape]
            rows: Any = self._session.run(None, {self._name: np.stack([opened[number][0] for number in alike])})[0]
            for number, mine in zip(alike, rows, strict=True):
                found[number] = _boxes(mine, *opened[number][1:])
        return found

    def _open(self, photo: bytes) -> tuple[Any, Any, Any]:
        """`(3, H, W)` float32 RGB in [0, 1]; how much smaller, and what lies left of it and above: for x, y, x, y."""
        picture = cv2.imdecode(np.frombuffer(photo, np.uint8), cv2.IMREAD_COLOR)
        if picture is None:
            raise ValueError("no picture")
        height, width = picture.shape[:2]
        scale = self._side / max(height, width)
        inner = [_squeezed(round(side * scale)) for side in (width, height)]
        small = cv2.resize(picture, inner, interpolation=cv2.INTER_LINEAR)
        high, wide = (-(-side // STRIDE) * STRIDE for side in small.shape[:2])
        left, top = (wide - small.shape[1]) // 2, (high - small.shape[0]) // 2
        canvas = np.full((high, wide, 3), GREY, np.uint8)
        canvas[top : top + small.shape[0], left : left + small.shape[1]] = small
        pixels = np.ascontiguousarray(canvas[..., ::-1].transpose(2, 0, 1), np.float32) / 255
        scales = np.array([inner[0] / width, inner[1] / height] * 2, np.float32)
        return pixels, scales, np.array([left, top] * 2, np.float32)


def _squeezed(side: int) -> int:
    """As ours does it, so that all look at as many pixels: a hair less where that saves a row of padding."""
    over = side % STRIDE
    return side - over if over * SQUEEZED <= side and side > STRIDE else side


def _boxes(rows: Any, scales: Any, offsets: Any) -> list[list[float]]:
    good = rows[rows[:, 4] >= MIN_SCORE]
    good = good[good[:, 5] >= 0]
    xyxy = (good[:, :4] - offsets) / scales
    return [[*row] for row in np.concatenate([good[:, 5:6], good[:, 4:5], xyxy], axis=1).tolist()]
