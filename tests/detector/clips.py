"""Clips as cameras send them, good and bad, encoded on the spot; each frame's grey tells its number."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

SIZE = (160, 96)


def grey_of(number: int) -> int:
    """The grey level of a frame."""
    return 20 + 2 * (number % 100)


def a_clip(
    path: Path,
    *,
    frames: int = 30,
    fps: int = 10,
    gop: int = 10,
    size: tuple[int, int] = SIZE,
    textured: bool = False,
    more: str = "",
    keep: Callable[[int, Any], bool] = lambda _, __: True,
) -> Path:
    """H.264 in the container that the name says, grey or as full of detail as a street; `more` are options of x264."""
    with av.open(str(path), "w", format="h264" if path.suffix == ".h264" else None) as out:
        options = {"x264-params": f"keyint={gop}:scenecut=0:bframes=0:{more}", "preset": "ultrafast"}
        stream = out.add_stream("libx264", rate=fps, options=options)
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = *size, "yuv420p", gop
        pictures = (
            _street(n, size) if textured else np.full((size[1], size[0], 3), grey_of(n), np.uint8)
            for n in range(frames)
        )
        encoded = [stream.encode(av.VideoFrame.from_ndarray(one, "rgb24")) for one in pictures]
        packets = [*(one for some in encoded for one in some), *stream.encode(None)]
        for number, packet in enumerate(packets):
            if keep(number, packet):
                out.mux(packet)
    return path


def _street(number: int, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Blocks and edges that stay, with a sensor's noise that does not."""
    width, height = size
    blocks = np.random.default_rng(3).integers(30, 220, (height // 16 + 1, width // 16 + 1, 3))
    picture = np.kron(blocks, np.ones((16, 16, 1)))[:height, :width]
    noise = np.random.default_rng(number).normal(0, 6, (height, width, 1))
    return np.clip(picture + noise, 0, 255).astype(np.uint8)
