"""What F3 stands beside: FastAPI and ONNX Runtime as everybody puts them together, in a process of its own.

Usage: `python -m benchmarks.naive CARD`; it prints `READY ADDRESS`. It gives boxes for a picture and keeps nothing.
"""

import socket
import sys
from pathlib import Path
from typing import Annotated, Any

import cv2
import numpy as np
import onnxruntime as ort
import uvicorn
from fastapi import FastAPI, File

from benchmarks.looker import MIN_SCORE
from detector.weights import open_card


def make_app(card: Path) -> FastAPI:
    """An app with one route, which looks at a picture with a card's weights at as many pixels as the card says."""
    opened = open_card(card)
    session = ort.InferenceSession(opened.read("onnxruntime"))
    name, side = session.get_inputs()[0].name, max(opened.input)
    app = FastAPI()

    @app.post("/predict")
    def predict(file: Annotated[bytes, File()]) -> list[list[float]]:
        picture = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_COLOR)
        rows: Any = session.run(None, {name: squared(picture, side)})[0]
        found: list[list[float]] = rows[0][rows[0][:, 4] >= MIN_SCORE].tolist()
        return found

    return app


def squared(picture: Any, side: int) -> Any:
    """`(H, W, 3)` uint8 BGR in the middle of a grey square, as `(1, 3, side, side)` float32 RGB in [0, 1]."""
    height, width = picture.shape[:2]
    scale = side / max(height, width)
    small = cv2.resize(picture, (round(width * scale), round(height * scale)))
    canvas = np.full((side, side, 3), 114, np.uint8)
    top, left = (side - small.shape[0]) // 2, (side - small.shape[1]) // 2
    canvas[top : top + small.shape[0], left : left + small.shape[1]] = small
    return np.ascontiguousarray(canvas[..., ::-1].transpose(2, 0, 1)[None], np.float32) / 255


def main(card: str) -> None:
    """Listen at a free port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(f"READY http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
        uvicorn.Server(uvicorn.Config(make_app(Path(card)), log_level="error")).run([listener])


if __name__ == "__main__":
    main(sys.argv[1])
