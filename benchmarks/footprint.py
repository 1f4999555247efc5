"""F4: how much memory the service takes after work, and that torch is not in it."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.cpu import wait_until_idle
from benchmarks.figures import Figure
from benchmarks.memory import highest_mb, mapped_libraries, pss_mb
from benchmarks.per_photo import here, of
from benchmarks.posting import PICTURES, post, working_service
from detector.engine import EngineName

PHOTOS: Final = 50
EVERY: Final = 10
TARGET_MB: Final = 260.0
COMMAND: Final = "make bench ONLY=F4"
FOREIGN: Final = ("libtorch", "_C.cpython", "ultralytics")


def measure() -> list[Figure]:
    """The service with every engine that is installed."""
    return [figure for engine in here() for figure in _measure(engine)]


def _measure(engine: EngineName) -> list[Figure]:
    """Post 50 photos of 1080p and read what the kernel says, on the way and at the end."""
    pictures = sorted(PICTURES.glob("*.jpg"))
    with TemporaryDirectory(prefix="bench-") as folder, working_service(Path(folder), engine) as (service, client):
        pid = service.process.pid
        rounds = [{"photos": 0, "pss_mb": round(pss_mb(pid), 1)}]
        for number in range(1, PHOTOS + 1):
            post(client, pictures[number % len(pictures)], number)
            if number % EVERY == 0:
                rounds.append({"photos": number, "pss_mb": round(pss_mb(pid), 1)})
        wait_until_idle(pid)
        rounds.append({"photos": PHOTOS, "idle": True, "pss_mb": round(pss_mb(pid), 1)})
        highest, libraries = round(highest_mb(pid), 1), mapped_libraries(pid)
    foreign = sorted({Path(name).name for name in libraries if Path(name).name.startswith(FOREIGN)})
    rests = rounds[-1]["pss_mb"]
    note = f"at most {highest} MB resident; " + ("torch is not loaded" if not foreign else f"loaded: {foreign}")
    title = "memory of the service after 50 photos of 1080p"
    name = of("F4", engine)
    rows = [Figure(name, title, rests, "MB PSS", TARGET_MB, rounds, COMMAND, note=note)]
    libs = "foreign libraries in the service's memory"
    return [*rows, Figure(f"{name}-torch", libs, len(foreign), "libraries", 0, foreign, COMMAND)]
