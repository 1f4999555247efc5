"""F6: what the installation of the service costs: seconds and megabytes of an empty environment."""

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from benchmarks.figures import Figure

COMMAND: Final = "make bench ONLY=F6"
MEGABYTES: Final = 560.0
SECONDS: Final = 90.0
PARTS: Final = (
    ("--require-hashes", "-r", "requirements/service.txt"),
    ("--require-hashes", "--no-deps", "-r", "requirements/faces.txt"),
)

OPENVINO: Final = ("--require-hashes", "--no-deps", "-r", "requirements/openvino.txt")
OPENVINO_MEGABYTES: Final = 750.0


def measure() -> list[Figure]:
    """Install twice: with pip's cache as it is here, and with everything downloaded; then with OpenVINO, once."""
    return [*_measure_plain(), _measure_openvino()]


def _measure_openvino() -> Figure:
    title = "size of the service's environment with OpenVINO"
    try:
        cached = install(parts=(*PARTS, OPENVINO))
    except subprocess.CalledProcessError as error:
        reason = f"pip could not install: {str(error.stderr)[-200:]}"
        return Figure("F6-openvino", title, None, "MB", OPENVINO_MEGABYTES, [], COMMAND, note=reason)
    return Figure("F6-openvino", title, cached["mb"], "MB", OPENVINO_MEGABYTES, [cached], COMMAND)


def _measure_plain() -> list[Figure]:
    try:
        downloaded, cached = install("--no-cache-dir"), install()
    except subprocess.CalledProcessError as error:
        reason = f"pip could not install: {str(error.stderr)[-200:]}"
        return [Figure("F6", "size of the installation", None, "MB", MEGABYTES, [], COMMAND, note=reason)]
    rounds = [downloaded, cached]
    note = "the environment as `make run` makes it, bytecode included"
    return [
        Figure(
            "F6", "size of the service's environment", downloaded["mb"], "MB", MEGABYTES, rounds, COMMAND, note=note
        ),
        Figure("F6-time", "time to install it, everything downloaded", downloaded["s"], "s", SECONDS, rounds, COMMAND),
    ]


def install(*options: str, parts: Sequence[Sequence[str]] = PARTS) -> dict[str, Any]:
    """Make an environment as the Makefile does; its size on disk and the time that it took."""
    with TemporaryDirectory(prefix="bench-") as folder:
        environment, begun = Path(folder) / "venv", time.monotonic()
        _run(sys.executable, "-m", "venv", str(environment))
        pip = (str(environment / "bin" / "python"), "-m", "pip")
        for part in parts:
            _run(*pip, "install", "--quiet", "--disable-pip-version-check", *options, *part)
        _run(*pip, "uninstall", "--quiet", "--disable-pip-version-check", "--yes", "setuptools")
        seconds = round(time.monotonic() - begun, 1)
        return {"options": list(options), "s": seconds, "mb": round(size_mb(environment), 1)}


def size_mb(folder: Path) -> float:
    """Blocks on disk, MB; a file with several names counts once."""
    facts = {(s := path.lstat()).st_ino: s.st_blocks * 512 for path in folder.rglob("*")}
    return sum(facts.values()) / 2**20


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)
