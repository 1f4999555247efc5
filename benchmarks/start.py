"""F5: from the start of the process to the first answer, on data that is there already."""

import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import httpx

from benchmarks.figures import Figure
from benchmarks.per_photo import here, of
from benchmarks.posting import PICTURES, post
from detector.engine import EngineName
from tests.faults.outside import Outside, create_key

ROUNDS: Final = 7
TARGETS_S: Final = {"onnxruntime": 1.5, "onnxruntime-int8": 1.5, "openvino": 3.0}
COMMAND: Final = "make bench ONLY=F5"


def measure() -> list[Figure]:
    """Start the service again and again, with every engine that is installed."""
    return [figure for engine in here() for figure in _measure(engine)]


def _measure(engine: EngineName) -> list[Figure]:
    """The first photo's 201 and the first `/readyz` 200 are timed apart."""
    picture = min(PICTURES.glob("*.jpg"))
    with TemporaryDirectory(prefix="bench-") as folder:
        data = Path(folder) / "data"
        key = create_key(data, "inspector")["key"]
        to_photo(data, key, picture, 0, engine)
        photos = [to_photo(data, key, picture, number, engine) for number in range(1, ROUNDS + 1)]
        readies = [to_ready(data, engine) for _ in range(ROUNDS)]
        fresh = [to_ready(Path(folder) / f"fresh-{number}", engine) for number in range(ROUNDS)]
    warm, target = "files in the page cache; data with accounts", TARGETS_S[engine]
    name = of("F5", engine)
    return [
        _row(name, "start to the first photo's 201", photos, target, warm),
        _row(f"{name}-ready", "start to the first /readyz 200", readies, target, warm),
        _row(f"{name}-fresh", "start on an absent folder to /readyz 200, migration included", fresh, None, ""),
    ]


def _row(name: str, title: str, rounds: list[float], target: float | None, note: str) -> Figure:
    return Figure(name, title, statistics.median(rounds), "s", target, rounds, COMMAND, note=note)


def to_photo(data: Path, key: str, picture: Path, number: int, engine: EngineName) -> float:
    """Seconds from exec to the answer to a photo that is sent as soon as the service says READY."""
    begun = time.monotonic()
    service = Outside.launch(data, env={"STREETWARDEN_ENGINE": engine})
    try:
        with service.wait_ready().client(key) as client:
            post(client, picture, number)
            return round(time.monotonic() - begun, 3)
    finally:
        service.stop()


def to_ready(data: Path, engine: EngineName) -> float:
    """Seconds from exec to the first 200 of `/readyz`."""
    begun = time.monotonic()
    service = Outside.launch(data, env={"STREETWARDEN_ENGINE": engine})
    try:
        service.wait_ready()
        while httpx.get(f"{service.url}/readyz", trust_env=False).status_code != 200:
            time.sleep(0.01)
        return round(time.monotonic() - begun, 3)
    finally:
        service.stop()
