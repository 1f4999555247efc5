"""Our side of F2: what the service opens and looks at photos with, behind one route as the rivals have it.

Usage: `python -m benchmarks.rivals.ours CARD`; it prints `READY ADDRESS`. Like the rivals, it keeps nothing: what a
photo costs that becomes a ticket is F1-http.
"""

import os
import socket
import sys
from pathlib import Path
from typing import Annotated

import uvicorn
from fastapi import FastAPI, File

from benchmarks.rivals.look import MIN_SCORE
from detector.images import LOOKING_SIDE, open_photo
from detector.model import open_model
from detector.weights import open_card
from service.app import MOST_WORKERS
from service.inference import Lane, Pool
from service.memory import stay_small


def make_app(card: Path) -> FastAPI:
    """One route, and behind it the service's own pool."""
    model = open_model(open_card(card))
    pool = Pool(workers=min(MOST_WORKERS, os.cpu_count() or 1))
    app = FastAPI()

    @app.post("/predict")
    def predict(file: Annotated[bytes, File()]) -> list[list[float]]:
        with pool.photos.one():
            with pool.decoding():
                photo = open_photo(file, longest_side=LOOKING_SIDE)
            found = pool.run(lambda: model.detect([photo.image], min_score=MIN_SCORE)[0], Lane.PHOTO)
        return [
            [model.kinds.index(one.kind), one.score, *(side / photo.scale for side in one.box.xyxy)] for one in found
        ]

    return app


def main(card: str) -> None:
    """Listen at a free port."""
    stay_small()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(f"READY http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
        uvicorn.Server(uvicorn.Config(make_app(Path(card)), log_level="error")).run([listener])


if __name__ == "__main__":
    main(sys.argv[1])
