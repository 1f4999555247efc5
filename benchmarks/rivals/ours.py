"""Our side of F2: what the service opens and looks at photos with, behind one route as the rivals have it.

Usage: `python -m benchmarks.rivals.ours CARD ENGINE`; it prints `READY ADDRESS`. Like the rivals, it keeps
nothing: what a photo costs that becomes a ticket is F1-http.
"""

import os
import socket
import sys
from pathlib import Path
from typing import Annotated

import uvicorn
from fastapi import Depends, FastAPI

from benchmarks.rivals.look import MIN_SCORE
from detector.engine import EngineName
from detector.images import LOOKING_SIDE, open_photo
from detector.model import open_model
from detector.weights import open_card
from service.api.body import Form, read_form
from service.api.connections import Impatient
from service.app import share_of
from service.inference import Lane, Pool
from service.memory import stay_small


def make_app(card: Path, engine: EngineName) -> FastAPI:
    """One route, and behind it the service's own form, pool and share of the processor."""
    share = share_of(os.cpu_count() or 1)
    model = open_model(open_card(card), engine=engine, share=share)
    pool = Pool(workers=share.at_once)
    app = FastAPI()

    @app.post("/predict")
    def predict(form: Annotated[Form, Depends(read_form)]) -> list[list[float]]:
        with pool.photos.one():
            with pool.decoding():
                photo = open_photo(form.file, longest_side=LOOKING_SIDE)
            found = pool.run(lambda: model.detect([photo.image], min_score=MIN_SCORE)[0], Lane.PHOTO)
        return [
            [model.kinds.index(one.kind), one.score, *(side / photo.scale for side in one.box.xyxy)] for one in found
        ]

    return app


def main(card: str, engine: EngineName) -> None:
    """Listen at a free port."""
    stay_small()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(f"READY http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
        app = make_app(Path(card), engine)
        uvicorn.Server(uvicorn.Config(app, log_level="error", http=Impatient)).run([listener])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])  # type: ignore[arg-type]  # one of the names that `benchmarks.per_photo.here` gives
