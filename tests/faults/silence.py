"""K3: cameras over a real RTSP server that freeze, hang and die; noticed and shown, and nothing analysed."""

import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import av
import httpx
import numpy as np
import PIL.Image as Pillow

from benchmarks.figures import Figure
from tests.faults.outcome import Outcome, broken_cases, not_here
from tests.faults.outside import ask, create_key, running
from tests.rtsp_cameras import DEBIAN_PYTHON, ROOT, RtspCamera, an_rtsp_camera

TITLE: Final = "a silent or frozen camera is noticed in time, and what stands still is never analysed as new"
WITHIN_S: Final = 15.0
POLL_S: Final = 0.25
LIMIT_S: Final = 40.0
RATE: Final = 10
CLIP_S: Final = 3
"""A loop whose length is no part of the interval at which cameras are read: else every picture read is the same."""

WRITTEN_S: Final = 4.0
"""Until what cameras have noted is on the disk."""

STAYS_S: Final = 75
"""Longer than the minute after which a camera is looked at even where nothing has changed."""

COMMAND: Final = "make faults ONLY=K3"


def measure(stays_s: int = STAYS_S) -> Outcome:
    """Cameras beside each other, each with its own way to go blind, in which it stays for so long."""
    if not Path(DEBIAN_PYTHON).exists():
        return Outcome([not_here("K3", TITLE, f"no {DEBIAN_PYTHON} with GStreamer")])
    with TemporaryDirectory(prefix="faults-") as folder:
        rounds = _rounds(Path(folder), stays_s)
    broken = [line for one in rounds for line in one["broken"]]
    slowest = max(one["noticed_after_s"] or LIMIT_S for one in rounds)
    return Outcome(
        [
            broken_cases("K3", TITLE, broken, rounds, f"{len(rounds)} ways to go blind, {stays_s} s each"),
            Figure("K3-slowest", "the slowest of them", slowest, "s", WITHIN_S, rounds, COMMAND),
        ]
    )


def _rounds(folder: Path, stays_s: float) -> list[dict[str, Any]]:
    living, still = folder / "living.h264", folder / "still.h264"
    a_street(living, grain=4.0)
    a_street(still, grain=0.0)
    data = folder / "city"
    with running(data) as service:
        key = create_key(data, "ops")
        with service.client(key["key"]) as http, ThreadPoolExecutor() as beside:
            ways: dict[str, Callable[[RtspCamera], None]] = {
                "frozen": lambda camera: _swap(camera.clip, still),
                "hung": lambda camera: camera.hang(),
                "dead": lambda camera: camera.die(),
            }
            begun = [
                beside.submit(_round, Place(folder, data, http, stays_s), way, blind) for way, blind in ways.items()
            ]
            return [one.result() for one in begun]


@dataclass(frozen=True, slots=True)
class Place:
    """Where clips and data lie, how the service is asked, and how long a camera stays blind."""

    folder: Path
    data: Path
    http: httpx.Client
    stays_s: float


def _round(place: Place, way: str, blind: Callable[[RtspCamera], None]) -> dict[str, Any]:
    """One camera watches for a while, goes blind, is noticed, and stays so for some time."""
    data, http, clip = place.data, place.http, place.folder / f"{way}.h264"
    clip.write_bytes((place.folder / "living.h264").read_bytes())
    with an_rtsp_camera(clip, RATE) as camera:
        told = ("--kind", "fixed", "--lat", "31.23", "--lon", "121.47", "--url", camera.address)
        ask("camera", "create", "--data", str(data), "--id", way, *told)
        _until(lambda: _state(http, way)["state"] == "watching")
        begun = time.monotonic()
        blind(camera)
        noticed_s = _until(lambda: _state(http, way)["state"] in ("trouble", "silent"), begun)
        shown = _state(http, way)
        time.sleep(WRITTEN_S)
        looked = _looked(data, way)
        time.sleep(place.stays_s)
        again = _looked(data, way) - looked
    late = noticed_s is None or noticed_s > WITHIN_S
    broken = [f"{way}: noticed after {noticed_s} s"] if late else []
    broken += [f"{way}: {again} looks at what stood still"] if again else []
    kept = [one["code"] for one in http.get(f"/api/cameras/{way}/health").json()["items"]]
    broken += [] if kept else [f"{way}: no event was kept"]
    return {"way": way, "noticed_after_s": noticed_s, "shown": shown["trouble"], "events": kept, "broken": broken}


def a_street(path: Path, *, grain: float) -> None:
    """Three seconds of a street, a keyframe a second; without grain, the same picture again and again."""
    with Pillow.open(ROOT / "service/demo/pictures/heap-shiliu.jpg") as opened:
        street = np.asarray(opened.convert("RGB").resize((640, 360)), np.float32)
    dice = np.random.default_rng(7)
    with av.open(str(path), "w", format="h264") as out:
        options = {"x264-params": f"keyint={RATE}:scenecut=0:bframes=0:qp=24", "preset": "ultrafast"}
        stream = out.add_stream("libx264", rate=RATE, options=options)
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = 640, 360, "yuv420p", RATE
        for _ in range(CLIP_S * RATE):
            noisy = np.clip(street + grain * dice.normal(0, 1, street.shape), 0, 255).astype(np.uint8)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(noisy, "rgb24")))
        out.mux(stream.encode(None))


def _swap(clip: Path, other: Path) -> None:
    """What the server sends from its next turn on."""
    new = clip.with_suffix(".new")
    new.write_bytes(other.read_bytes())
    new.replace(clip)


def _state(http: httpx.Client, camera_id: str) -> dict[str, Any]:
    items = http.get("/api/cameras").json()["items"]
    return next((item for item in items if item["id"] == camera_id), {"state": "unknown", "trouble": None})


def _looked(data: Path, camera_id: str) -> int:
    """Looks that are on record."""
    with sqlite3.connect(f"file:{data / 'streetwarden.sqlite'}?mode=ro", uri=True) as database:
        query = "SELECT coalesce(sum(looked + said), 0) FROM camera_hours WHERE camera_id = ?"
        return int(database.execute(query, (camera_id,)).fetchone()[0])


def _until(true: Callable[[], bool], begun: float | None = None) -> float | None:
    """Seconds until it is so, None if it is not in time."""
    start = time.monotonic() if begun is None else begun
    while not true():
        if time.monotonic() - start > LIMIT_S:
            return None
        time.sleep(POLL_S)
    return round(time.monotonic() - start, 1)
