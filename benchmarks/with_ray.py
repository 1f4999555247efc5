"""F12: what watching by Ray costs more than in the service's own process: CPU a frame, all processes counted."""

import shutil
import statistics
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import psutil
from sqlalchemy import func, select

from benchmarks.cpu import tree_cpu_seconds
from benchmarks.figures import Figure, Reference
from benchmarks.posting import CARD
from benchmarks.street import PICTURES
from service.cameras.register import NewCamera, register
from service.clock import utc_now
from service.store import Store
from service.store.paper_tables import camera_hours
from tests.build import a_place
from tests.databases import make_database
from tests.faults.both import a_store
from tests.faults.outside import SERVICE, environment, running
from tests.postgresql import a_server, why_not
from tests.serving import settings_in

ROUNDS: Final = 5
CAMERAS: Final = 32
WATCHMEN: Final = 2
LOOK_EVERY_S: Final = 2.0
CLEAN: Final = PICTURES / "heap-shiliu-after.jpg"
"""A street in which there is nothing to say: what follows a finding costs the same in both ways."""

WINDOW_S: Final = 40.0
SETTLES_S: Final = 4.0
WITHIN_S: Final = 120.0
TARGET: Final = 1.05
TITLE: Final = "CPU a frame where Ray's actors watch, against the service's own process"
COMMAND: Final = "make bench ONLY=F12"
SCENE: Final = f"{CAMERAS} cameras, each read and looked at every {LOOK_EVERY_S:g} s, by {WATCHMEN} watchmen"
MODES: Final = ("here", "cluster")


def measure() -> list[Figure]:
    """One city, watched by turns in either way, each first in every other round.

    The database's and the cameras' own CPU is the same in both.
    """
    reason = why_not() or (None if find_spec("ray") else "needs Ray: run make setup")
    if reason is not None:
        return [Figure("F12", TITLE, None, "of in-process", TARGET, [], COMMAND, note=reason)]
    with TemporaryDirectory(prefix="bench-") as name, a_server() as server:
        make_database(server, "city")
        folder, address = Path(name), server.format("city")
        settings = settings_in(folder / "city", database_url=address, weights=CARD)
        with a_store(settings) as (_, store):
            _fill(store, folder)
            rounds = [_round(store, settings.data, address, MODES[:: (1, -1)[turn % 2]]) for turn in range(ROUNDS)]
    ratio = statistics.median(one["cluster_ms"] / one["here_ms"] for one in rounds)
    alone_ms = round(statistics.median(one["here_ms"] for one in rounds), 1)
    of_ray_ms = statistics.median(one["ray_ms_a_s"] for one in rounds)
    note = f"{SCENE}; Ray's own processes take {of_ray_ms:.0f} CPU-ms a second of a machine, however much it watches"
    reference = Reference("in the service's own process, CPU-ms a frame", version("ray"), alone_ms)
    return [Figure("F12", TITLE, round(ratio, 3), "of in-process", TARGET, rounds, COMMAND, "at_most", reference, note)]


def _fill(store: Store, folder: Path) -> None:
    for number in range(CAMERAS):
        place, shown = a_place(metres_north=500.0 * number), folder / f"street-{number}.jpg"
        shutil.copy(CLEAN, shown)
        told = NewCamera(f"pole-{number}", "fixed", lat=place.lat, lon=place.lon, url=str(shown))
        register(store, replace(told, look_every_s=LOOK_EVERY_S), utc_now(), files_allowed=True)


def _round(store: Store, data: Path, address: str, modes: Sequence[str]) -> dict[str, Any]:
    """CPU-ms a frame in either way, what Ray's own processes took of it, and how many frames there were."""
    told: dict[str, Any] = {}
    for mode in modes:
        with _watching(data, address, mode) as pids:
            _until_all_are_read(store, utc_now())
            time.sleep(SETTLES_S)
            frames, spent_s, of_ray_s = _frames(store), _spent_s(pids), _of_ray_s(pids)
            time.sleep(WINDOW_S)
            frames, spent_s = _frames(store) - frames, _spent_s(pids) - spent_s
            of_ray_s = _of_ray_s(pids) - of_ray_s
        told[f"{mode}_ms"], told[f"{mode}_frames"] = round(1000 * spent_s / frames, 2), frames
        told |= {"ray_ms_a_s": round(1000 * of_ray_s / WINDOW_S, 1)} if mode == "cluster" else {}
    return told


@contextmanager
def _watching(data: Path, address: str, mode: str) -> Iterator[Sequence[int]]:
    """The processes of a city whose cameras are watched."""
    env = {
        "STREETWARDEN_DATABASE_URL": address,
        "STREETWARDEN_WEIGHTS": str(CARD),
        "STREETWARDEN_CAMERAS": mode,
    }
    with running(data, env=env) as service:
        if mode == "here":
            yield [service.process.pid]
            return
        with _cluster(data, env) as cluster:
            yield [service.process.pid, cluster]


@contextmanager
def _cluster(data: Path, env: dict[str, str]) -> Iterator[int]:
    words = [*SERVICE, "cluster", "--data", str(data), "--workers", str(WATCHMEN)]
    with data.with_name("cluster.log").open("ab") as log:
        process = subprocess.Popen(words, env=environment(env), stdout=log, stderr=log)
    try:
        yield process.pid
    finally:
        process.terminate()  # its watchman leaves, then Ray
        process.wait(WITHIN_S)


def _spent_s(pids: Sequence[int]) -> float:
    return sum(tree_cpu_seconds(pid) for pid in pids)


def _of_ray_s(pids: Sequence[int]) -> float:
    """What the processes took that Ray runs for itself: all below the command but the watchman."""
    below = [one for pid in pids[1:] for one in psutil.Process(pid).children(recursive=True)]
    times = [one.cpu_times() for one in below if "WatchActor" not in " ".join(one.cmdline())]
    return float(sum(one.user + one.system for one in times))


def _frames(store: Store) -> int:
    """How many frames came so far, as the watchers noted within the last seconds."""
    with store.read() as rows:
        return int(rows.connection.execute(select(func.coalesce(func.sum(camera_hours.c.frames), 0))).scalar_one())


def _until_all_are_read(store: Store, began: datetime) -> None:
    ends_s = time.monotonic() + WITHIN_S
    while time.monotonic() < ends_s:
        with store.read() as rows:
            seen = [camera.last_frame_at for camera in rows.cameras.pulled()]
        if all(at is not None and at > began for at in seen):
            return
        time.sleep(0.5)
    raise TimeoutError("not all cameras are read")
