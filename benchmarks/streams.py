"""F7 and F8: what a camera costs that is looked at once a minute, and what keyframes save."""

import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import av
import numpy as np

from benchmarks.figures import Figure, Reference
from benchmarks.posting import CARD, PICTURES
from detector.gate import Gate, Gating
from detector.images import open_file
from detector.model import Model, open_model
from detector.sources import Reading, Source, open_source
from detector.types import Frame
from detector.weights import open_card
from service.cameras.health import READ_EVERY_S
from service.clock import utc_now
from tests.rtsp_cameras import an_rtsp_camera

ROUNDS: Final = 5
CAMERAS: Final = 12
RATE: Final = 25
GROUP_S: Final = 2
CLIP_S: Final = 8
WIDTH, HEIGHT = 1920, 1080
BIT_RATE: Final = 4_000_000
LOOK_EVERY_S: Final = 60.0
NAIVE_S: Final = 6.0
SERVED_S: Final = 20.0
"""A window of reading as the service does it."""

SKIPPED: Final = 0.9
"""Looks that the gate saves on a still scene, as F9 promises."""

AT_ONCE, WITH_GATE, OF_FULL = 450.0, 900.0, 0.25
SCENE: Final = f"1080p25, H.264 at {BIT_RATE // 1_000_000} Mbit/s, a keyframe each {GROUP_S} s"


def clip_of_a_street(path: Path) -> Path:
    """Seconds of a real street with a sensor's noise and somebody who passes."""
    photo = np.resize(open_file(sorted(PICTURES.glob("*.jpg"))[0]).image, (HEIGHT, WIDTH, 3))
    dice = np.random.default_rng(7)
    noise = [dice.normal(0, 3, (HEIGHT, WIDTH, 1)).astype(np.int8) for _ in range(4)]
    options = {"g": str(GROUP_S * RATE), "bf": "0", "preset": "veryfast", "x264-params": "scenecut=0"}
    with av.open(str(path), "w", format="h264") as out:
        stream = out.add_stream("libx264", rate=RATE, options=options)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = WIDTH, HEIGHT, "yuv420p", BIT_RATE
        for n in range(CLIP_S * RATE):
            picture = np.clip(photo.astype(np.int16) + noise[n % len(noise)], 0, 255).astype(np.uint8)
            picture[600:900, 8 * n % 1800 : 8 * n % 1800 + 110] = (40, 50, 70)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        out.mux(stream.encode(None))
    return path


@dataclass
class Watching:
    """One camera on a thread of its own: read, and kept out of the model's way by its gate."""

    address: str
    every_s: float
    last: Frame | None = None
    frames: int = 0
    source: Source | None = field(default=None, repr=False)

    def start(self) -> None:
        """Begin."""
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        gate = Gate(Gating(look_every=timedelta(hours=1)))
        self.source = open_source(self.address, now=utc_now, reading=Reading(every_s=self.every_s))
        for frame in self.source:
            gate.admit(frame)
            self.last = frame
            self.frames += 1


@contextmanager
def watched(address: str, every_s: float) -> Iterator[list[Watching]]:
    """Cameras that are read so often, have given their first frame and know how far apart their keyframes are."""
    cameras = [Watching(address, every_s) for _ in range(CAMERAS)]
    for camera in cameras:
        camera.start()
    limit = time.monotonic() + 60
    while any(not camera.source or camera.source.tempo.interval_s is None for camera in cameras):
        if time.monotonic() > limit:
            raise TimeoutError("the cameras do not come")
        time.sleep(0.1)
    yield cameras
    for camera in cameras:
        if camera.source:
            camera.source.close()


def measure() -> list[Figure]:
    """F7: minutes of reading over real RTSP, our CPU alone; the server is another process."""
    model = open_model(open_card(CARD))
    with TemporaryDirectory(prefix="bench-") as folder:
        clip = clip_of_a_street(Path(folder) / "street.h264")
        with an_rtsp_camera(clip, RATE) as server:
            naive = [naive_cpu(server.address) for _ in range(ROUNDS)]
            with watched(server.address, LOOK_EVERY_S) as cameras:
                rounds = [_minute(cameras, model) | {"naive_a_s": cost} for cost in naive]
            with watched(server.address, READ_EVERY_S) as cameras:
                served = [_reading(cameras, SERVED_S)[0] * LOOK_EVERY_S / SERVED_S for _ in range(ROUNDS)]
    whole = [60 / (one["read_s"] + one["look_s"]) for one in rounds]
    gated = [60 / (one["read_s"] + (1 - SKIPPED) * one["look_s"]) for one in rounds]
    reference = Reference("every picture decoded over RTSP", av.__version__, round(1 / statistics.median(naive), 1))
    read, look = (statistics.median(one[key] for one in rounds) for key in ("read_s", "look_s"))
    note = f"{1000 * read:.0f} CPU-ms a minute to read, {1000 * look:.0f} to look; {SCENE}, {CAMERAS} cameras at once"
    command, title = "make bench ONLY=F7", "cameras a core at one look a minute"
    as_served = [60 / (read_s + (1 - SKIPPED) * look) for read_s in served]
    return [
        Figure("F7", title, round(statistics.median(whole)), "cameras", AT_ONCE, rounds, command, "at_least",
               reference, note),
        Figure("F7-gate", f"{title}, where the gate saves {SKIPPED:.0%} of the looks", round(statistics.median(gated)),
               "cameras", WITH_GATE, [round(one, 1) for one in gated], command, "at_least", reference, note),
        Figure("F7-served", f"cameras a core as the service reads them: a picture each {READ_EVERY_S:g} s, so that a "
               "frozen one is told in 15", round(statistics.median(as_served)), "cameras", None,
               [round(one, 1) for one in as_served], command, "at_least", reference,
               f"{1000 * statistics.median(served):.0f} CPU-ms a minute to read; STREETWARDEN_READ_EVERY_S changes it"),
    ]  # fmt: skip


def _minute(cameras: list[Watching], model: Model) -> dict[str, Any]:
    """CPU of a minute of reading, and of one look, a camera."""
    read_s, frames = _reading(cameras, LOOK_EVERY_S)
    pictures = [camera.last.image for camera in cameras if camera.last]
    began = time.thread_time()
    for picture in pictures:
        model.detect([picture])
    look_s = (time.thread_time() - began) / len(pictures)
    return {"read_s": round(read_s, 4), "look_s": round(look_s, 4), "frames": frames}


def _reading(cameras: list[Watching], lasts_s: float) -> tuple[float, int]:
    """CPU of reading a camera for so long, and how many frames came of all."""
    before, began = sum(camera.frames for camera in cameras), time.process_time()
    time.sleep(lasts_s)
    read_s = (time.process_time() - began) / len(cameras)
    return read_s, sum(camera.frames for camera in cameras) - before


def naive_cpu(address: str) -> float:
    """CPU of a second of a stream, of which every picture is decoded and made RGB, as a simple service does it."""
    with av.open(address, options={"rtsp_transport": "tcp"}) as container:
        container.streams.video[0].thread_type = "NONE"
        pictures = container.decode(video=0)
        next(pictures)
        ends, began, count = time.monotonic() + NAIVE_S, time.process_time(), 0
        while time.monotonic() < ends:
            next(pictures).to_ndarray(format="rgb24")
            count += 1
        return round((time.process_time() - began) / (count / RATE), 4)


def measure_decoding() -> list[Figure]:
    """F8: a stream's keyframes as our pictures, against all of it merely decoded."""
    with TemporaryDirectory(prefix="bench-") as folder:
        clip = clip_of_a_street(Path(folder) / "street.h264")
        rounds = [{"keyframes_s": _keyframes(clip), "full_s": _full(clip)} for _ in range(ROUNDS)]
    value = statistics.median(one["keyframes_s"] / one["full_s"] for one in rounds)
    full = statistics.median(one["full_s"] for one in rounds)
    reference = Reference("every picture decoded, none made RGB", av.__version__, full)
    title = "decode a stream-second, keyframes made RGB against everything merely decoded"
    return [Figure("F8", title, round(value, 3), "of full decode", OF_FULL, rounds, "make bench ONLY=F8",
                   reference=reference, note=SCENE)]  # fmt: skip


def _keyframes(clip: Path) -> float:
    began = time.process_time()
    count = sum(1 for _ in open_source(str(clip), now=utc_now))
    assert count == CLIP_S // GROUP_S
    return round((time.process_time() - began) / CLIP_S, 5)


def _full(clip: Path) -> float:
    began = time.process_time()
    with av.open(str(clip)) as container:
        container.streams.video[0].thread_type = "NONE"
        count = sum(1 for _ in container.decode(video=0))
    assert count == CLIP_S * RATE
    return round((time.process_time() - began) / CLIP_S, 5)
