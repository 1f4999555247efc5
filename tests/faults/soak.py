"""K5: the service at many times its usual pace, while a camera comes and goes: memory, descriptors, threads stay flat.

Its cameras send as many frames as are taken, each a minute after the last, so that a minute is some hours of their
work. Growth is told per such hour, with its error: as the bound below which it lies with 95 % confidence, and as the
one above which it lies.
"""

import itertools
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import httpx
import numpy as np
from PIL import Image

from benchmarks.figures import Figure
from benchmarks.memory import pss_mb
from benchmarks.posting import PICTURES
from benchmarks.rush import Phone, Request, a_form
from benchmarks.soaking import BLOCKS, WARM_SHARE, soak
from detector.images import encode_jpeg
from tests.faults.outcome import Outcome, broken_cases
from tests.faults.outside import Outside, ask, create_key, damage, running
from tests.faults.silence import a_street
from tests.rtsp_cameras import DEBIAN_PYTHON, RtspCamera, an_rtsp_camera

TITLE: Final = "memory grows by less than this an hour of cameras that look once a minute, with 95 % confidence"
SURE: Final = "memory grows by more than this, with 95 % confidence"
COMMAND: Final = "make faults ONLY=K5"
FLOOR: Final = "the least memory of the last third of the time, above that of the first"
MB_AN_HOUR: Final = 1.0
FLOOR_MB: Final = 16.0
"""What even a minute shows; the slope needs the long run, since a minute ends before every cache is full."""

MORE: Final = 2.0
"""Descriptors and threads by which the middle of the last third may exceed that of the first."""

CAMERAS: Final = 8
SHOTS: Final = 12
SIZE: Final = (640, 360)
PUSHERS: Final = 3
A_PHOTO_EVERY: Final = 25
SAMPLE_S: Final = 0.5
T_95: Final = 1.943
"""Student's t, one-sided, at BLOCKS - 2 degrees of freedom; of each of so many stretches counts the least: pictures in
work come and go, and what is lost never comes back."""

PICTURE: Final = Path("build/soak.svg")
ROUNDS: Final = 60
"""That are kept of all samples."""

FLAPS_S: Final = 4.0
READS_S: Final = 0.5
READ: Final = ("/api/tickets", "/api/cameras", "/metrics", "/api/indicators", "/readyz")


@dataclass(frozen=True, slots=True)
class Sample:
    """What the kernel says of the service, after so many looks."""

    at_s: float
    looks: int
    pss_mb: float
    descriptors: int
    threads: int


@dataclass(slots=True)
class Work:
    """Frames and photos without end; every frame is a minute after the last one of its camera."""

    key: str
    pictures: Sequence[Sequence[bytes]]
    looks: int = 0
    surprises: list[str] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def next(self) -> Request:
        """The next frame, or from time to time a photo."""
        number = next(self._numbers)
        headers = {"Authorization": f"Bearer {self.key}"}
        minute, camera = divmod(number, CAMERAS)
        picture = self.pictures[camera][minute % SHOTS]
        if number % A_PHOTO_EVERY == 0:
            row, column = divmod(number // A_PHOTO_EVERY, 100)
            place = {"lat": f"{30.0 + row * 0.004:.4f}", "lon": f"{121.0 + column * 0.004:.4f}", "condition": "litter"}
            return a_form("/api/photos", picture + number.to_bytes(4, "big"), place, headers)
        taken_at = np.datetime64("2026-03-02T00:00:00") + np.timedelta64(minute, "m")
        return a_form(f"/api/cameras/k5-{camera}/frames", picture, {"taken_at": f"{taken_at}Z"}, headers)

    def push(self, address: str, stop: threading.Event) -> None:
        """Send one after another until it is enough."""
        phone = Phone(address)
        while not stop.is_set():
            reply = phone.send(self.next())
            if reply.status in (200, 201):
                self.looks += 1
            elif reply.status != 503:
                self.surprises.append(f"{reply.request.path}: {reply.status} {reply.body[:100]!r}")
        phone.close()


def measure(minutes: int = 5, picture: Path = PICTURE) -> Outcome:
    """Work for so long; the first third warms up, the rest is measured, and all is drawn into `picture`."""
    with TemporaryDirectory(prefix="faults-") as folder:
        data = Path(folder) / "data"
        work = Work(create_key(data, "ops")["key"], street_pictures())
        admin = create_key(data, "admin")["key"]
        with running(data) as service, service.client(admin) as client:
            for number in range(CAMERAS):
                pole = {"id": f"k5-{number}", "kind": "fixed", "lat": 31.0 + number / 100, "lon": 121.0}
                client.post("/api/cameras", json=pole | {"frames": "stream"}).raise_for_status()
            with flapping_camera(data, Path(folder)), at_work(service, client, work):
                samples = list(watch(service.process.pid, work, 60.0 * minutes))
        scrub = {"after": "K5", "damage": damage(data)}
    picture.parent.mkdir(exist_ok=True)
    picture.write_text(soak(_rows(samples, 1)), encoding="utf-8")
    return Outcome([*figures(samples), broken_cases("K5-answers", "answers that were neither good nor busy",
                    work.surprises, [], f"{work.looks} looks")], [scrub])  # fmt: skip


def figures(samples: Sequence[Sample]) -> list[Figure]:
    """What the samples after the warm-up say."""
    warm = samples[int(len(samples) * WARM_SHARE) :]
    hours = [one.looks / (60.0 * CAMERAS) for one in warm]
    slope, error = growth(hours, [one.pss_mb for one in warm])
    most, least = round(slope + T_95 * error, 2), round(slope - T_95 * error, 2)
    floor = [min(one.pss_mb for one in part) for part in (warm[: len(warm) // 3], warm[-len(warm) // 3 :])]
    lasted_s, worked = warm[-1].at_s - warm[0].at_s, hours[-1] - hours[0]
    note = (
        f"{slope:+.2f} ± {T_95 * error:.2f} MB an hour of work over {worked:.1f} such hours in {lasted_s / 60:.1f} "
        f"minutes, {3600 * worked / lasted_s:.0f} times real speed"
    )
    rounds = _rows(samples, max(1, len(samples) // ROUNDS))
    return [
        Figure("K5", TITLE, most, "MB an hour", MB_AN_HOUR, rounds, COMMAND, note=note),
        Figure("K5-sure", SURE, least, "MB an hour", MB_AN_HOUR, [], COMMAND, note=note),
        Figure("K5-floor", FLOOR, round(floor[-1] - floor[0], 1), "MB", FLOOR_MB, [], COMMAND,
               note=f"{floor[0]:.0f} to {floor[-1]:.0f} MB"),
        more("K5-descriptors", "descriptors", [one.descriptors for one in warm]),
        more("K5-threads", "threads", [one.threads for one in warm]),
    ]  # fmt: skip


def _rows(samples: Sequence[Sample], each: int) -> list[dict[str, float]]:
    """The last of so many samples in a row, with the least memory of all of them."""
    stretches = [samples[at : at + each] for at in range(0, len(samples), each)]
    return [
        {"s": round(one[-1].at_s), "looks": one[-1].looks, "pss_mb": round(one[-1].pss_mb, 1),
         "least_mb": round(min(sample.pss_mb for sample in one), 1),
         "fds": one[-1].descriptors, "threads": one[-1].threads}
        for one in stretches
    ]  # fmt: skip


def more(name: str, what: str, counts: Sequence[int]) -> Figure:
    """By how many there are more in the last third of the time than in the first."""
    third = max(1, len(counts) // 3)
    first, last = statistics.median(counts[:third]), statistics.median(counts[-third:])
    title = f"{what} more in the last third of the time than in the first"
    return Figure(name, title, last - first, what, MORE, [], COMMAND, note=f"{first:g} to {last:g}, most {max(counts)}")


def growth(hours: Sequence[float], values: Sequence[float]) -> tuple[float, float]:
    """The slope of values over hours, and its standard error, by the least value of each of `BLOCKS` stretches.

    >>> slope, error = growth([n / 100 for n in range(800)], [5.0 + 3 * n / 100 for n in range(800)])
    >>> round(slope, 6), error < 1e-9
    (3.0, True)
    """
    x = np.array([part.mean() for part in np.array_split(hours, BLOCKS)])
    y = np.array([part.min() for part in np.array_split(values, BLOCKS)])
    off_x, off_y = x - x.mean(), y - y.mean()
    slope = float(off_x @ off_y / (off_x @ off_x))
    left = off_y - slope * off_x
    return slope, float(np.sqrt(left @ left / (BLOCKS - 2) / (off_x @ off_x)))


def watch(pid: int, work: Work, lasts_s: float) -> Iterator[Sample]:
    """A sample every second."""
    begun_s = time.monotonic()
    while (at_s := time.monotonic() - begun_s) < lasts_s:
        descriptors = len(list(Path(f"/proc/{pid}/fd").iterdir()))
        threads = len(list(Path(f"/proc/{pid}/task").iterdir()))
        yield Sample(at_s, work.looks, pss_mb(pid), descriptors, threads)
        time.sleep(SAMPLE_S)


@contextmanager
def at_work(service: Outside, client: httpx.Client, work: Work) -> Iterator[None]:
    """Frames and photos are sent, and lists are read, inside the block."""
    stop = threading.Event()

    def read() -> None:
        for path in itertools.cycle(READ):
            if stop.wait(READS_S):
                return
            client.get(path)

    jobs: list[Callable[[], None]] = [read, *([lambda: work.push(service.url, stop)] * PUSHERS)]
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


@contextmanager
def flapping_camera(data: Path, folder: Path) -> Iterator[None]:
    """A camera over RTSP that is read, and that dies and comes back all the time; nothing where GStreamer lacks."""
    if not Path(DEBIAN_PYTHON).exists():
        yield
        return
    clip, stop = folder / "street.h264", threading.Event()
    a_street(clip, grain=4.0)
    with an_rtsp_camera(clip, 10) as camera:
        where = ("--kind", "fixed", "--lat", "31.5", "--lon", "121.5", "--url", camera.address)
        ask("camera", "create", "--data", str(data), "--id", "k5-flaps", *where)
        thread = threading.Thread(target=_flap, args=(camera, stop))
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()


def _flap(camera: RtspCamera, stop: threading.Event) -> None:
    while not stop.wait(FLAPS_S):
        camera.die()
        stop.wait(FLAPS_S / 4)
        camera.start()


def street_pictures() -> list[list[bytes]]:
    """For each camera some pictures of one street, each with a sensor's noise of its own."""
    dice = np.random.default_rng(5)
    found = []
    for file in sorted(PICTURES.glob("*.jpg"))[:CAMERAS]:
        with Image.open(file) as opened:
            street = np.asarray(opened.convert("RGB").resize(SIZE), np.float32)
        noisy = [street + dice.normal(0, 4, (*street.shape[:2], 1)) for _ in range(SHOTS)]
        found.append([encode_jpeg(np.clip(one, 0, 255).astype(np.uint8)) for one in noisy])
    return found
