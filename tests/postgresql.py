"""A PostgreSQL of our own for tests: Debian's programs on a folder that is gone afterwards."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Final

PROGRAMS: Final = Path("/usr/lib/postgresql")
USER: Final = "postgres"
START_LIMIT_S: Final = 60.0
QUICK: Final = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
"""What a database may do that nobody will miss."""


def programs() -> Path | None:
    """The folder of the newest PostgreSQL's programs, None if there is none."""
    found = [path.parent for path in PROGRAMS.glob("*/bin/initdb")]
    return max(found, key=lambda path: float(path.parent.name), default=None)


def why_not() -> str | None:
    """Why there can be no PostgreSQL here, None if there can."""
    if programs() is None:
        return "needs Debian's PostgreSQL: run tests/system_packages.sh"
    if find_spec("psycopg") is None:
        return "needs psycopg: run make setup"
    return None


@contextmanager
def a_server(*, durable: bool = False) -> Iterator[str]:
    """A running server: its address with `{}` for a database's name.

    Args:
        durable: it waits for the disk as a city's does.
    """
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        _give_away(folder)
        data = folder / "data"
        flags = ("-A", "trust", "-U", USER, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        _run(["initdb", "-D", str(data), *flags])
        settings = ("listen_addresses=", f"unix_socket_directories={folder}", "max_connections=200")
        told = [word for setting in (*settings, *(() if durable else QUICK)) for word in ("-c", setting)]
        server = _begin(["postgres", "-D", str(data), *told], folder / "log")
        try:
            _wait(folder, server)
            yield f"postgresql+psycopg://{USER}@/{{}}?host={folder}"
        finally:
            server.send_signal(signal.SIGQUIT)  # at once: nobody will miss what it holds
            server.wait(START_LIMIT_S)


def _give_away(folder: Path) -> None:
    """PostgreSQL refuses to run as root, so root lends it a user of its own."""
    if os.getuid() == 0:
        shutil.chown(folder, USER, USER)


def _as() -> str | None:
    return USER if os.getuid() == 0 else None


def _run(words: list[str]) -> None:
    done = subprocess.run(
        [f"{programs()}/{words[0]}", *words[1:]], user=_as(), cwd="/", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def _begin(words: list[str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as out:
        return subprocess.Popen(
            [f"{programs()}/{words[0]}", *words[1:]],
            user=_as(),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )


def _wait(folder: Path, server: subprocess.Popen[bytes]) -> None:
    ready = [f"{programs()}/pg_isready", "-q", "-h", str(folder), "-U", USER]
    until = time.monotonic() + START_LIMIT_S
    while subprocess.run(ready, check=False).returncode != 0:
        assert server.poll() is None, (folder / "log").read_text()
        assert time.monotonic() < until, (folder / "log").read_text()
        time.sleep(0.05)
