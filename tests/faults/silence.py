"""K3: cameras over a real RTSP server that freeze, hang, die and repeat themselves; noticed, and nothing analysed."""

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
from detector.echoes import ECHO_PATIENCE_S
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

LOOP_S: Final = 10
LOOP_WITHIN_S: Final = ECHO_PATIENCE_S + 60.0
"""From where its second turn begins: a loop is known by a picture that was read before, and one in several is read."""

LOOPED: Final = "looped"

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
    slowest, loop = (
        max(one["noticed_after_s"] or LIMIT_S + within_s for one in rounds if (one["way"] == LOOPED) == is_loop)
        for is_loop, within_s in ((False, WITHIN_S), (True, LOOP_WITHIN_S))
    )
    scope = (
        f"of {LOOP_S} s, a keyframe a second, from where its second turn begins; it is told after "
        f"{ECHO_PATIENCE_S / 60:.0f} minutes of pictures that were shown before"
    )
    return Outcome(
        [
            broken_cases("K3", TITLE, broken, rounds, f"{len(rounds)} ways to go blind, {stays_s} s each"),
            Figure("K3-slowest", "the slowest of them", slowest, "s", WITHIN_S, rounds, COMMAND),
            Figure(
                "K3-loop", "a recording that is played in a loop", loop, "s", LOOP_WITHIN_S, [], COMMAND, note=scope
            ),
        ]
    )


@dataclass(frozen=True, slots=True)
class Way:
    """A way to go blind: what the camera shows before, what is done to it, and when it is blind and must be known."""

    name: str
    clip: Path
    blind: Callable[[RtspCamera], None] = lambda _: None
    blind_after_s: float = 0.0
    within_s: float = WITHIN_S


def _rounds(folder: Path, stays_s: float) -> list[dict[str, Any]]:
    living, still, loop = (folder / f"{name}.h264" for name in ("living", "still", "loop"))
    a_street(living, grain=4.0)
    a_street(still, grain=0.0)
    a_street(loop, grain=4.0, lasts_s=LOOP_S)
    ways = (
        Way("frozen", living, lambda camera: swap(camera.clip, still)),
        Way("hung", living, lambda camera: camera.hang()),
        Way("dead", living, lambda camera: camera.die()),
        Way(LOOPED, loop, blind_after_s=LOOP_S, within_s=LOOP_WITHIN_S),
    )
    data = folder / "city"
    with running(data) as service:
        key = create_key(data, "ops")
        with service.client(key["key"]) as http, ThreadPoolExecutor() as beside:
            begun = [beside.submit(_round, Place(folder, data, http, stays_s), way) for way in ways]
            return [one.result() for one in begun]


@dataclass(frozen=True, slots=True)
class Place:
    """Where clips and data lie, how the service is asked, and how long a camera stays blind."""

    folder: Path
    data: Path
    http: httpx.Client
    stays_s: float


def _round(place: Place, way: Way) -> dict[str, Any]:
    """One camera watches for a while, goes blind, is noticed, and stays so for some time."""
    data, http, name, clip = place.data, place.http, way.name, place.folder / f"{way.name}-now.h264"
    clip.write_bytes(way.clip.read_bytes())
    with an_rtsp_camera(clip, RATE) as camera:
        told = ("--kind", "fixed", "--lat", "31.23", "--lon", "121.47", "--url", camera.address)
        ask("camera", "create", "--data", str(data), "--id", name, *told)
        _until(lambda: _state(http, name)["state"] == "watching")
        begun = time.monotonic() + way.blind_after_s
        way.blind(camera)
        noticed_s = _until(lambda: _state(http, name)["state"] in ("trouble", "silent"), begun, LIMIT_S + way.within_s)
        shown = _state(http, name)
        time.sleep(WRITTEN_S)
        looked = _looked(data, name)
        time.sleep(place.stays_s)
        again = _looked(data, name) - looked
    late = noticed_s is None or noticed_s > way.within_s
    broken = [f"{name}: noticed after {noticed_s} s"] if late else []
    broken += [f"{name}: {again} looks at what stood still"] if again else []
    kept = [one["code"] for one in http.get(f"/api/cameras/{name}/health").json()["items"]]
    broken += [] if kept else [f"{name}: no event was kept"]
    return {"way": name, "noticed_after_s": noticed_s, "shown": shown["trouble"], "events": kept, "broken": broken}


def a_street(path: Path, *, grain: float, lasts_s: int = CLIP_S) -> None:
    """Some seconds of a street, a keyframe a second; without grain, the same picture again and again."""
    with Pillow.open(ROOT / "service/demo/pictures/heap-shiliu.jpg") as opened:
        street = np.asarray(opened.convert("RGB").resize((640, 360)), np.float32)
    dice = np.random.default_rng(7)
    with av.open(str(path), "w", format="h264") as out:
        options = {"x264-params": f"keyint={RATE}:scenecut=0:bframes=0:qp=24", "preset": "ultrafast"}
        stream = out.add_stream("libx264", rate=RATE, options=options)
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = 640, 360, "yuv420p", RATE
        for _ in range(lasts_s * RATE):
            noisy = np.clip(street + grain * dice.normal(0, 1, street.shape), 0, 255).astype(np.uint8)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(noisy, "rgb24")))
        out.mux(stream.encode(None))


def swap(clip: Path, other: Path) -> None:
    """What a server sends from its next turn, or its next client, on."""
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


def _until(true: Callable[[], bool], begun: float | None = None, limit_s: float = LIMIT_S) -> float | None:
    """Seconds until it is so, None if it is not in time."""
    start = time.monotonic() if begun is None else begun
    while not true():
        if time.monotonic() - start > limit_s:
            return None
        time.sleep(POLL_S)
    return round(time.monotonic() - start, 1)
