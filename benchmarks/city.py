"""F15: the city on paper. Thousands of simulated cameras before the real pool, model, store and database.

A simulated camera hands over a real keyframe (H.264, as large as streets make them) every few seconds; the gate lets as
many through as it was measured to. From there on everything is the service itself. More and more cameras come until
it no longer keeps up.
"""

import heapq
import json
import os
import random
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import av
import numpy as np

from benchmarks.city_plan import Costs, assumed, plan
from benchmarks.cpu import wait_until_idle
from benchmarks.figures import Figure
from benchmarks.posting import CARD, PICTURES
from benchmarks.rush import at
from benchmarks.streams import BIT_RATE, GROUP_S, HEIGHT, RATE, WIDTH
from detector.images import encode_jpeg, open_file
from detector.types import Box, Detection, Frame, Image
from service.app import Parts, build_city
from service.cameras.register import NewCamera, register
from service.cameras.walk import Judged
from service.clock import utc_now
from service.domain.observation import Told
from service.domain.states import Role
from service.domain.ticket import Actor
from service.eye import Sight
from service.inference import Dropped, Lane
from service.intake import JPEG_QUALITY
from service.sent import Measures, SentFrame
from service.settings import read_settings
from service.store.cameras import Camera, CameraKind
from service.upkeep import open_data

COMMAND: Final = "make bench ONLY=F15"
STEPS: Final = (100, 200, 400, 800, 1600, 3200, 6400)
WINDOW_S: Final = float(os.environ.get("STREETWARDEN_CITY_WINDOW_S", "20"))
FEEDERS: Final = 12
LATE_S: Final = 5.0
"""A look that is told later than the next keyframe comes is too late: from then on the service falls behind."""

COSTED: Final = 12
FRAMES_CODED: Final = 3


@dataclass
class Tally:
    """What became of the reads of one step."""

    waits_s: list[float] = field(default_factory=list)
    reads: int = 0
    looks: int = 0
    dropped: int = 0
    findings: int = 0


class Simulation:
    """Cameras that come due, the threads that serve them, and the service behind."""

    def __init__(self, folder: Path, told: dict[str, Any]) -> None:
        self.traffic = told["traffic"]
        settings = read_settings({}, data=str(folder / "data"), weights=str(CARD))
        self.city = build_city(settings, open_data(settings), Parts())
        self.city.eye.wait(120)
        self.keyframe = a_keyframe(_street())
        self.cameras: list[Camera] = []
        self._lock = threading.Lock()

    def grow(self, count: int) -> None:
        """Register cameras until there are so many, on a grid of 200 m."""
        for number in range(len(self.cameras), count):
            row, column = divmod(number, 100)
            lat, lon = 31.0 + row * 0.002, 121.0 + column * 0.002
            told = NewCamera(id=f"pole-{number}", kind=CameraKind.FIXED.value, lat=lat, lon=lon)
            self.cameras.append(register(self.city.store, told, utc_now()))

    def step(self, count: int) -> dict[str, Any]:
        """Let so many cameras send for a while; how long looks took, and what it cost."""
        self.grow(count)
        told, dice, began = Tally(), random.Random(count), time.monotonic()
        every_s = self.traffic["read_every_s"]
        due = [(began + dice.uniform(0, every_s), number) for number in range(count)]
        heapq.heapify(due)
        cpu, ends = time.process_time(), began + WINDOW_S
        with ThreadPoolExecutor(FEEDERS) as pool:
            for feeder in [pool.submit(self._feed, due, ends, told, number) for number in range(FEEDERS)]:
                feeder.result()
        took_s, cpu_s = time.monotonic() - began, time.process_time() - cpu
        return {
            "cameras": count,
            "reads_a_s": round(told.reads / took_s, 1),
            "looks_a_s": round(told.looks / took_s, 2),
            "findings": told.findings,
            "dropped": told.dropped,
            "p50_s": round(at(told.waits_s, 0.5), 3),
            "p99_s": round(at(told.waits_s, 0.99), 3),
            "cpu": round(cpu_s / took_s, 2),
            "cpu_ms_a_read": round(1000 * cpu_s / max(1, told.reads), 2),
            "held": told.dropped == 0 and at(told.waits_s, 0.99) <= LATE_S,
        }

    def _feed(self, due: list[tuple[float, int]], ends_s: float, told: Tally, seed: int) -> None:
        decoder, dice = Decoder(), random.Random(seed)
        every_s = self.traffic["read_every_s"]
        while True:
            with self._lock:
                at_s, number = heapq.heappop(due) if due else (ends_s, -1)
                if at_s >= ends_s or number < 0 or time.monotonic() >= ends_s + LATE_S:
                    return
                heapq.heappush(due, (at_s + every_s, number))
            time.sleep(max(0.0, at_s - time.monotonic()))
            self._read(self.cameras[number], decoder.decode(self.keyframe), told, dice)
            told.waits_s.append(time.monotonic() - at_s)

    def _read(self, camera: Camera, image: Image, told: Tally, dice: random.Random) -> None:
        told.reads += 1
        if dice.random() < self.traffic["gate_saves"]:
            return
        told.looks += 1
        frame = Frame(image, camera.id, utc_now(), clock_s=time.monotonic())
        try:
            self.city.intake.look_at(camera, frame)
        except Dropped:
            told.dropped += 1
        looks_an_hour = 3600 / self.traffic["read_every_s"] * (1 - self.traffic["gate_saves"])
        if dice.random() < self.traffic["findings_a_camera_hour"] / looks_an_hour:
            told.findings += 1
            self.find(camera, image)

    def find(self, camera: Camera, image: Image) -> None:
        """A finding on a frame: evidence, ticket and its event are on the disk on return."""
        height, width = image.shape[:2]
        sent = SentFrame(encode_jpeg(image, JPEG_QUALITY), camera, utc_now())
        sight = Sight((Detection("litter", "litter", 0.8, Box(200, 200, 330, 290)),), "f" * 64)
        actor = Actor(camera.id, camera.id, Role.CAMERA, camera_id=camera.id)
        judged = Judged((), (Told("litter", sight.detections),))
        measures = Measures("image/jpeg", width, height)
        self.city.intake.keep([self.city.intake.made_of(sent, measures, sight, actor, judged)])

    def costs(self, steps: Sequence[dict[str, Any]]) -> Costs:
        """What a camera costs: reading and looking from the steps that held, findings one by one with their blur."""
        held = [one["cpu_ms_a_read"] for one in steps if one["held"]] or [steps[0]["cpu_ms_a_read"]]
        image, evidence = Decoder().decode(self.keyframe), self.city.evidence
        before, cpu = _size(self.city.settings.evidence), time.process_time()
        for number in range(COSTED):
            self.find(self.cameras[number], image + np.uint8(number))
            data = encode_jpeg(image, JPEG_QUALITY)
            evidence.write(self.city.eye.blur(data + bytes([number]), Lane.CHORE))
        spent = (time.process_time() - cpu) / COSTED
        stored = (_size(self.city.settings.evidence) - before) / COSTED / 1e6
        return Costs(statistics.median(held) / 1000 / self.traffic["read_every_s"], round(spent, 4), round(stored, 3))


class Decoder:
    """One stream's decoder on one thread, as the service's sources have it."""

    def __init__(self) -> None:
        self._context = av.CodecContext.create("h264", "r")
        self._context.thread_count = 1

    def decode(self, keyframe: bytes) -> Image:
        """The `(H, W, 3)` picture of a keyframe."""
        pictures = [*self._context.decode(av.Packet(keyframe)), *self._context.decode(None)]
        self._context.flush_buffers()
        return np.asarray(pictures[0].to_ndarray(format="rgb24"), np.uint8)


def a_keyframe(photo: Image) -> bytes:
    """A keyframe as large as a camera's of that rate, with a sensor's noise."""
    dice = np.random.default_rng(7)
    context = av.CodecContext.create("libx264", "w")
    context.width, context.height, context.pix_fmt, context.bit_rate = WIDTH, HEIGHT, "yuv420p", BIT_RATE
    context.framerate = Fraction(RATE)
    context.options = {"g": str(GROUP_S * RATE), "bf": "0", "preset": "veryfast", "x264-params": "scenecut=0"}
    packets = []
    for _ in range(FRAMES_CODED):
        noisy = np.clip(photo.astype(np.int16) + dice.normal(0, 3, (HEIGHT, WIDTH, 1)), 0, 255).astype(np.uint8)
        packets += context.encode(av.VideoFrame.from_ndarray(noisy, "rgb24"))
    packets += context.encode(None)
    return [bytes(packet) for packet in packets if packet.is_keyframe][-1]


def measure() -> list[Figure]:
    """Steps until the service falls behind, then what 10,000 cameras need and cost."""
    told, steps = assumed(), []
    with TemporaryDirectory(prefix="bench-") as folder:
        simulation = Simulation(Path(folder), told)
        with _running(simulation):
            for count in STEPS:
                steps.append(simulation.step(count))
                print(json.dumps(steps[-1]), flush=True)
                if not steps[-1]["held"]:
                    break
            costs = simulation.costs(steps)
        keyframe_kb = len(simulation.keyframe) / 1000
    return figures(steps, costs, told, keyframe_kb)


def figures(steps: Sequence[dict[str, Any]], costs: Costs, told: dict[str, Any], keyframe_kb: float) -> list[Figure]:
    """What the steps say, and the arithmetic from them."""
    cameras = told["traffic"]["cameras"]
    main, sub = plan(costs, told, cameras), plan(costs, told, cameras, stream="substream_mbit_s")
    held = max((one["cameras"] for one in steps if one["held"]), default=0)
    broke = next((one for one in steps if not one["held"]), None)
    where = (
        "not yet" if broke is None else f"p99 {broke['p99_s']:g} s, {broke['cpu']:g} cores busy at {broke['cameras']}"
    )
    read = f"a keyframe of {keyframe_kb:.0f} kB each {told['traffic']['read_every_s']:g} s"
    note = f"{read}, the gate saves {told['traffic']['gate_saves']:.1%}; falls behind: {where}"
    each = f"{1000 * costs.cpu_s:.2f} CPU-ms a second and camera, {1000 * costs.finding_cpu_s:.0f} a finding"
    facts = [asdict(costs), asdict(main) | {"stream": "main"}, asdict(sub) | {"stream": "second"}]
    needs = (
        f"main streams: {main.machines} machines, short of {main.short_of}, {main.network_gbit_s:g} Gbit/s; second "
        f"streams: {sub.machines}, short of {sub.short_of}, {sub.network_gbit_s:g} Gbit/s; {sub.evidence_tb:g} TB kept"
    )
    return [
        Figure("F15", "simulated cameras that this machine keeps up with", held, "cameras", None, steps, COMMAND,
               "at_least", note=f"{note}; {each}"),
        Figure("F15-machines", f"machines of {told['machine']['cores']} cores for {cameras} cameras, second streams",
               sub.machines, "machines", None, facts, COMMAND, note=needs),
        Figure("F15-cost", f"a camera and month at {cameras} cameras, everything rented", sub.yuan_rented, "yuan", None,
               [], COMMAND, note=f"{sub.yuan_own:g} with machines of one's own; prices are assumptions, in "
               "benchmarks/city.toml"),
    ]  # fmt: skip


@contextmanager
def _running(simulation: Simulation) -> Iterator[None]:
    """The service's threads beside the requests, so that blurred pictures are made as they always are."""
    simulation.city.jobs.start()
    try:
        yield
    finally:
        wait_until_idle(os.getpid())
        simulation.city.jobs.stop()
        simulation.city.pool.close()
        simulation.city.store.engine.dispose()


def _street() -> Image:
    return np.resize(open_file(min(PICTURES.glob("*.jpg"))).image, (HEIGHT, WIDTH, 3))


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
