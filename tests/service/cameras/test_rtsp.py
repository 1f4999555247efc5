"""A camera over a real RTSP server: one heap, one ticket, however long it is watched.

`RTSP_MINUTES` says how long (10 for the long run); `make test` watches for less than one.
"""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import httpx
import numpy as np
import pytest
from PIL import Image

from detector.echoes import ECHO_PATIENCE_S
from tests.conftest import ROOT
from tests.serving import a_key, command, run_service

DEBIAN_PYTHON = "/usr/bin/python3"
RATE = 10
WATCHED_S = float(os.environ.get("RTSP_MINUTES", "0.6")) * 60
LIMIT_S = 90.0
SECRET = "canary-pass"


def a_heap(path: Path, seconds: float) -> Path:
    """A heap with somebody passing and a sensor's noise, as Annex B with a keyframe a second; nothing comes twice."""
    picture = Image.open(ROOT / "service/demo/pictures/heap-shiliu.jpg").convert("RGB").resize((640, 360))
    still, dice = np.asarray(picture), np.random.default_rng(1)
    grain = dice.integers(0, 4, still.shape, np.uint8)
    with av.open(str(path), "w", format="h264") as out:
        stream = out.add_stream("libx264", rate=RATE, options={"g": str(RATE), "bf": "0", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        for n in range(int(seconds * RATE)):
            frame = still // 2 + still // 2 + np.roll(grain, int(dice.integers(grain.size)))
            frame[210:320, 400 + 5 * (n % 40) : 430 + 5 * (n % 40)] = (40, 50, 70)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(frame)))
        out.mux(stream.encode())
    return path


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds; longer than the watch where that is so long that a clip played in a loop is told."""
    seconds = 4.0 if WATCHED_S + LIMIT_S < ECHO_PATIENCE_S else WATCHED_S + LIMIT_S
    return a_heap(tmp_path_factory.mktemp("rtsp") / "heap.h264", seconds)


@contextmanager
def rtsp_server(clip: Path, *login: str, port: int = 0) -> Iterator[str]:
    process = subprocess.Popen(
        [DEBIAN_PYTHON, str(ROOT / "tests/rtsp_server.py"), str(clip), str(RATE), *login],
        env={**os.environ, "RTSP_PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        with process.stdout:
            yield process.stdout.readline().removeprefix("READY ").strip()
    finally:
        process.terminate()
        process.wait(10)


def until(true: Callable[[], bool], limit_s: float = LIMIT_S) -> None:
    limit = time.monotonic() + limit_s
    while not true():
        assert time.monotonic() < limit, "it did not come true in time"
        time.sleep(0.25)


def test_one_heap_before_an_rtsp_camera_is_one_ticket(tmp_path: Path, clip: Path) -> None:
    data = tmp_path / "city"
    with rtsp_server(clip, "patrol", SECRET) as address, run_service(data) as base:
        url = address.replace("rtsp://", f"rtsp://patrol:{SECRET}@")
        add_camera(data, "pole-1", url)
        with httpx.Client(base_url=base, headers=a_key(data, "ops"), timeout=30) as http:
            began = time.monotonic()
            until(lambda: bool(tickets(http)))
            while time.monotonic() - began < WATCHED_S:
                time.sleep(1)
            found = tickets(http)
            assert [(ticket["condition"], ticket["state"]) for ticket in found] == [("litter", "candidate")]
            camera = http.get("/api/cameras").json()["items"][0]
            assert SECRET not in http.get("/api/cameras").text
            assert (camera["id"], camera["state"]) == ("pole-1", "watching")
    assert SECRET not in data.with_name("city.stderr").read_text()


def test_a_camera_that_never_answers_is_shown_and_hurts_no_other(tmp_path: Path, clip: Path) -> None:
    data = tmp_path / "city"
    with rtsp_server(clip) as address, run_service(data) as base:
        add_camera(data, "dead", "rtsp://127.0.0.1:9/clip")
        add_camera(data, "alive", address)
        with httpx.Client(base_url=base, headers=a_key(data, "ops"), timeout=30) as http:
            until(lambda: states(http) == {"dead": "trouble", "alive": "watching"})


def test_a_stream_comes_back_by_itself(tmp_path: Path, clip: Path) -> None:
    data = tmp_path / "city"
    with run_service(data) as base, httpx.Client(base_url=base, headers=a_key(data, "ops"), timeout=30) as http:
        with rtsp_server(clip) as address:
            add_camera(data, "pole-1", address)
            until(lambda: states(http) == {"pole-1": "watching"})
        until(lambda: states(http) != {"pole-1": "watching"})
        with rtsp_server(clip, port=int(address.split(":")[2].split("/")[0])):
            until(lambda: states(http) == {"pole-1": "watching"})


def add_camera(data: Path, camera_id: str, url: str) -> None:
    told = ("--id", camera_id, "--kind", "fixed", "--lat", "31.23", "--lon", "121.47", "--url", url)
    made = command("camera", "create", "--data", str(data), *told)
    assert made.returncode == 0, made.stderr


def tickets(http: httpx.Client) -> list[dict[str, object]]:
    items: list[dict[str, object]] = http.get("/api/tickets").json()["items"]
    return items


def states(http: httpx.Client) -> dict[str, str]:
    return {camera["id"]: camera["state"] for camera in http.get("/api/cameras").json()["items"]}
