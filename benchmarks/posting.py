"""A service to be measured, and the 20 rendered photos that are posted to it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx

from detector.engine import Wanted
from tests.faults.outside import Outside, create_key, running

PICTURES: Final = Path("tests/data/bench")
CARD: Final = Path(os.environ.get("STREETWARDEN_WEIGHTS", "weights/current.toml"))


@contextmanager
def working_service(folder: Path, engine: Wanted = "onnxruntime") -> Iterator[tuple[Outside, httpx.Client]]:
    """A service on fresh data in `folder`, and a client that may post photos."""
    data = folder / "data"
    key = create_key(data, "inspector")["key"]
    with running(data, env={"STREETWARDEN_ENGINE": engine}) as service, service.client(key, timeout_s=120.0) as client:
        yield service, client


def post(client: httpx.Client, picture: Path, number: int) -> dict[str, Any]:
    """Post one photo, at a place of its own, its bytes unlike those of all others."""
    body = picture.read_bytes() + number.to_bytes(4, "big")
    row, column = divmod(number, 100)
    place = {"lat": f"{31.0 + row * 0.004:.4f}", "lon": f"{121.0 + column * 0.004:.4f}", "condition": "litter"}
    answer = client.post("/api/photos", files={"file": (picture.name, body, "image/jpeg")}, data=place)
    told: dict[str, Any] = answer.raise_for_status().json()
    return told
