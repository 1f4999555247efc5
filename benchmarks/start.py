"""F5: from the start of the process to the first answer, on data that is there already."""

import statistics
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import httpx

from benchmarks.figures import Figure
from benchmarks.posting import PICTURES, post
from tests.faults.outside import Outside, create_key

ROUNDS: Final = 7
TARGET_S: Final = 1.5
COMMAND: Final = "make bench ONLY=F5"


def measure() -> list[Figure]:
    """Start the service again and again; the first photo's 201 and the first `/readyz` 200 are timed apart."""
    picture = min(PICTURES.glob("*.jpg"))
    with TemporaryDirectory(prefix="bench-") as folder:
        data = Path(folder) / "data"
        key = create_key(data, "inspector")["key"]
        to_photo(data, key, picture, 0)
        photos = [to_photo(data, key, picture, number) for number in range(1, ROUNDS + 1)]
        readies = [to_ready(data) for _ in range(ROUNDS)]
        fresh = [to_ready(Path(folder) / f"fresh-{number}") for number in range(ROUNDS)]
    warm = "files in the page cache; data with accounts"
    return [
        _row("F5", "start to the first photo's 201", photos, TARGET_S, warm),
        _row("F5-ready", "start to the first /readyz 200", readies, TARGET_S, warm),
        _row("F5-fresh", "start on an absent folder to /readyz 200, migration included", fresh, None, ""),
    ]


def _row(name: str, title: str, rounds: list[float], target: float | None, note: str) -> Figure:
    return Figure(name, title, statistics.median(rounds), "s", target, rounds, COMMAND, note=note)


def to_photo(data: Path, key: str, picture: Path, number: int) -> float:
    """Seconds from exec to the answer to a photo that is sent as soon as the service says READY."""
    begun = time.monotonic()
    service = Outside.launch(data)
    try:
        with service.wait_ready().client(key) as client:
            post(client, picture, number)
            return round(time.monotonic() - begun, 3)
    finally:
        service.stop()


def to_ready(data: Path) -> float:
    """Seconds from exec to the first 200 of `/readyz`."""
    begun = time.monotonic()
    service = Outside.launch(data)
    try:
        service.wait_ready()
        while httpx.get(f"{service.url}/readyz", trust_env=False).status_code != 200:
            time.sleep(0.01)
        return round(time.monotonic() - begun, 3)
    finally:
        service.stop()
