"""Real RTSP servers as cameras: started, hung, let go on, killed and started again at the same address."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

ROOT: Final = Path(__file__).resolve().parents[1]
DEBIAN_PYTHON: Final = "/usr/bin/python3"


@dataclass
class RtspCamera:
    """A server process that sends one clip for ever.

    Attributes:
        clip: Annex B H.264 without B-frames.
        rate: pictures a second.
        over: the only transport that is not refused, `udp` or `tcp`; both where empty.
    """

    clip: Path
    rate: int = 10
    over: str = ""
    address: str = ""
    _process: "subprocess.Popen[str] | None" = None

    def start(self) -> None:
        """Answer, at the port of the first time."""
        port = str(urlsplit(self.address).port or 0) if self.address else "0"
        env = {**os.environ, "RTSP_PORT": port} | ({"RTSP_OVER": self.over} if self.over else {})
        command = [DEBIAN_PYTHON, str(ROOT / "tests/rtsp_server.py"), str(self.clip), str(self.rate)]
        self._process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self._process.stdout is not None
        self.address = self._process.stdout.readline().removeprefix("READY ").strip()
        assert self.address, "the server did not start"

    def hang(self) -> None:
        """Keep all connections, and say nothing more."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """End the hang."""
        self._signal(signal.SIGCONT)

    def die(self) -> None:
        """Be gone at once; every connection is reset."""
        if self._process is not None:
            self._signal(signal.SIGKILL)
            self._process.wait(10)
            if self._process.stdout is not None:
                self._process.stdout.close()
            self._process = None

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)


@contextmanager
def an_rtsp_camera(clip: Path, rate: int = 10, *, over: str = "") -> Iterator[RtspCamera]:
    """A camera that is gone afterwards."""
    camera = RtspCamera(clip, rate, over)
    camera.start()
    try:
        yield camera
    finally:
        camera.die()
