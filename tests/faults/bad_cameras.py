"""K1: cameras that die, hang, flood, lead in circles or send rubbish, beside good ones in one process: who loses?"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from detector.errors import SourceError
from detector.sources import Reading, open_source
from service.clock import utc_now
from tests.detector.cameras import Camera, a_camera
from tests.detector.clips import a_clip
from tests.faults.outcome import Outcome, broken_cases
from tests.faults.trap import a_talker
from tests.rtsp_cameras import RtspCamera, an_rtsp_camera

TITLE: Final = "a camera that dies, hangs, floods or redirects costs the others at most 5 % of their frames"
GOOD: Final = 4
MOST_LOST: Final = 0.05
TURN_S: Final = 1.0
PAUSE_S: Final = 0.2
PATIENCE_S: Final = 3.0


@dataclass
class Reader:
    """A camera's own thread, which comes back after every error, as the service's does."""

    url: str
    timeout_s: float = 2.0
    frames: int = 0
    codes: set[str] = field(default_factory=set)
    stop: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Begin to read."""
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while not self.stop.is_set():
            try:
                reading = Reading(timeout_s=self.timeout_s, keyframe_timeout_s=PATIENCE_S)
                with open_source(self.url, now=utc_now, reading=reading) as source:
                    for _ in source:
                        self.frames += 1
                        if self.stop.is_set():
                            return
            except SourceError as error:
                self.codes.add(error.code)
            self.stop.wait(PAUSE_S)


def measure(window_s: float = 20.0) -> Outcome:
    """Count the good cameras' frames alone, then beside the bad ones, over windows of the same length."""
    with TemporaryDirectory(prefix="faults-") as folder, ExitStack() as held:
        clip = a_clip(Path(folder) / "street.h264", frames=40, fps=20, gop=10, size=(640, 384))
        good = [Reader(held.enter_context(an_rtsp_camera(clip, 20)).address) for _ in range(GOOD)]
        for one in good:
            one.start()
        until(lambda: all(one.frames > 2 for one in good))
        alone = _count(good, window_s)
        with bad_cameras(clip, Path(folder)) as (bad, unruly):
            beside = _count(good, window_s, unruly)
        for one in good:
            one.stop.set()
    lost = [max(0.0, 1 - with_bad / by_itself) for by_itself, with_bad in zip(alone, beside, strict=True)]
    share = 1 - sum(beside) / sum(alone)
    rounds = [{"alone": alone, "beside": beside, "codes": {name: sorted(one.codes) for name, one in bad.items()}}]
    broken = [f"{share:.1%} of the good cameras' frames lost ({lost})"] if share > MOST_LOST else []
    broken += [f"{name} was not told" for name, one in bad.items() if not one.codes and name not in ("flood", "unruly")]
    scope = f"{len(bad)} bad beside {GOOD} good ones, {share:+.1%} of {sum(alone)} frames lost"
    return Outcome([broken_cases("K1", TITLE, broken, rounds, scope)])


def _count(readers: list[Reader], window_s: float, unruly: RtspCamera | None = None) -> list[int]:
    """Frames of each within a window; meanwhile an unruly camera hangs, goes on, dies and comes again."""
    before, ends = [one.frames for one in readers], time.monotonic() + window_s
    deeds = [] if unruly is None else [unruly.hang, unruly.go_on, unruly.die, unruly.start]
    turn = 0
    while (left_s := ends - time.monotonic()) > 0:
        if deeds:
            deeds[turn % len(deeds)]()
            turn += 1
        time.sleep(min(TURN_S, max(0.0, left_s)))
    return [one.frames - seen for one, seen in zip(readers, before, strict=True)]


@contextmanager
def bad_cameras(clip: Path, folder: Path) -> Iterator[tuple[dict[str, Reader], RtspCamera]]:
    """Readers of every kind of bad camera, and the one that is to be hung and killed."""
    rubbish = (b"\x00\x00\x01\x65" + bytes(range(256)) * 400) * 4
    headless = a_clip(folder / "headless.ts", frames=50, gop=50, keep=lambda n, _: n > 0)
    with ExitStack() as held:
        mute = held.enter_context(socket.create_server(("127.0.0.1", 0)))
        with socket.create_server(("127.0.0.1", 0)) as gone:
            nobody = gone.getsockname()[1]
        unruly = held.enter_context(an_rtsp_camera(clip, 20))
        away = f"RTSP/1.0 302 Found\r\nCSeq: {{n}}\r\nLocation: rtsp://127.0.0.1:{nobody}/x\r\n\r\n".encode()
        led = held.enter_context(a_talker(away))
        flood = held.enter_context(a_camera(Camera(pictures=10**9, every_s=0.0)))
        noise = held.enter_context(a_camera(Camera(body=rubbish, again_s=0.02)))
        blind = held.enter_context(a_camera(Camera(body=headless.read_bytes(), again_s=0.2)))
        silent = held.enter_context(a_camera(Camera(pictures=1)))
        bad = {
            "gone": Reader(f"rtsp://127.0.0.1:{nobody}/live"),
            "mute": Reader(f"rtsp://127.0.0.1:{mute.getsockname()[1]}/live"),
            "led away": Reader(f"rtsp://127.0.0.1:{led}/live"),
            "flood": Reader(f"{flood}/mjpeg"),
            "rubbish": Reader(f"{noise}/live.ts"),
            "blind": Reader(f"{blind}/live.ts"),
            "silent": Reader(f"{silent}/mjpeg"),
            "unruly": Reader(unruly.address),
        }
        for one in bad.values():
            one.start()
        yield bad, unruly
        for one in bad.values():
            one.stop.set()


def until(true: Any, limit_s: float = 30.0) -> None:
    """Wait for something; AssertionError if it does not come."""
    limit = time.monotonic() + limit_s
    while not true():
        assert time.monotonic() < limit, "it did not come true in time"
        time.sleep(0.05)
