"""An environment for each rival in the cache, made from its lock; and a trap for whatever a rival would tell home."""

import hashlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from training.places import cache_dir

LOCKS: Final = Path("requirements/rivals")
SILENT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "BENTOML_DO_NOT_TRACK": "True",
        "DO_NOT_TRACK": "1",
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_AUTH_MODE": "disabled",
        "OTEL_SDK_DISABLED": "true",
        "ORT_DISABLE_TELEMETRY": "1",
        "PYTHONUNBUFFERED": "1",
    }
)
"""Usage reporting, switched off by everybody's own switch."""

LOCAL: Final = "127.0.0.1,localhost,::1"
FIRST_LINE_S: Final = 2.0


@dataclass(slots=True)
class Trap:
    """The only way out that a rival is told of; it leads nowhere, and keeps what it is asked for first."""

    address: str
    asked: list[str] = field(default_factory=list)

    def environment(self) -> dict[str, str]:
        """Switches off, and every proxy setting that programs heed set to the trap."""
        ways = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), self.address)
        ways |= {name.lower(): way for name, way in ways.items()}
        return {**SILENT, **ways, "NO_PROXY": LOCAL, "no_proxy": LOCAL}


@contextmanager
def trap() -> Iterator[Trap]:
    """Listen where programs are told that their proxy is, and hang up on everybody."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        caught = Trap(f"http://127.0.0.1:{listener.getsockname()[1]}")

        def hang_up() -> None:
            while True:
                try:
                    line, _ = listener.accept()
                except OSError:
                    return
                with line:
                    line.settimeout(FIRST_LINE_S)
                    caught.asked.append(_first_line(line))

        threading.Thread(target=hang_up, daemon=True).start()
        try:
            yield caught
        finally:
            listener.shutdown(socket.SHUT_RDWR)


def _first_line(line: socket.socket) -> str:
    try:
        return line.recv(200).decode("latin-1").partition("\r\n")[0]
    except OSError:
        return "nothing said"


def python_of(rival: str) -> Path:
    """The Python of a rival's environment, which is made first where it is not there or its lock has changed.

    Raises:
        subprocess.CalledProcessError: pip could not install it.
    """
    lock = LOCKS / f"{rival}.txt"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()[:16]
    folder = cache_dir() / "rivals" / f"{rival}-{digest}"
    python, ready = folder / "bin" / "python", folder / ".ready"
    if not ready.is_file():
        print(f"installing {rival} into the cache", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True, capture_output=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--require-hashes", "-r", str(lock)], check=True, capture_output=True, text=True)
        ready.touch()
    return python


def version_of(rival: str) -> str:
    """Which version the lock names."""
    for line in (LOCKS / f"{rival}.txt").read_text(encoding="utf-8").splitlines():
        name, _, version = line.partition("==")
        if name.partition("[")[0] == rival:
            return version.split()[0]
    raise LookupError(rival)


def without_ours() -> dict[str, str]:
    """This process's environment without what would lead a rival into our packages."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
