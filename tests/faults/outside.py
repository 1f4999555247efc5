"""The service as the world meets it: an external process with an address, that can be killed."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Self

import httpx

READY: Final = re.compile(r"^READY (http://\S+)$")
START_LIMIT_S: Final = 60.0
NOTHING_MORE: Final[Mapping[str, str]] = MappingProxyType({})
SERVICE: Final = (sys.executable, "-m", "service")


class NotStarted(Exception):
    """The service ended or stayed silent before it said READY: its exit status and last words."""


def environment(extra: Mapping[str, str] = NOTHING_MORE) -> dict[str, str]:
    """This process's environment without settings of a service that runs beside the tests; the engine that all have."""
    kept = {f"STREETWARDEN_{name}" for name in ("SHARED", "CACHE", "WEIGHTS", "ENGINE")}
    clean = {k: v for k, v in os.environ.items() if not k.startswith("STREETWARDEN_") or k in kept}
    return {"STREETWARDEN_ENGINE": "onnxruntime", "PYTHONUNBUFFERED": "1"} | clean | dict(extra)


@dataclass(slots=True)
class Outside:
    """A running service and everything that it printed."""

    process: subprocess.Popen[bytes]
    log: Path
    url: str = ""
    started_s: float = 0.0
    _ready: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def launch(cls, data: Path, *, env: Mapping[str, str] = NOTHING_MORE, command: Sequence[str] = SERVICE) -> Self:
        """Start the service on `data` and return at once; its output goes to `data`'s neighbour `.log`."""
        log = data.with_name(data.name + ".log")
        with log.open("ab") as stderr:
            process = subprocess.Popen(
                [*command, "run", "--data", str(data), "--port", "0"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env=environment(env),
                start_new_session=True,
            )
        service = cls(process, log)
        threading.Thread(target=service._listen, args=(time.monotonic(),), daemon=True).start()
        return service

    def _listen(self, begun: float) -> None:
        if self.process.stdout is None:
            return
        with self.process.stdout, self.log.open("ab") as log:
            for line in self.process.stdout:
                log.write(line)
                log.flush()
                if match := READY.match(line.decode(errors="replace").strip()):
                    self.url, self.started_s = match[1], time.monotonic() - begun
                    self._ready.set()
        self._ready.set()

    def wait_ready(self, limit_s: float = START_LIMIT_S) -> Self:
        """Block until the service answers.

        Raises:
            NotStarted: it ended, or said nothing for `limit_s`.
        """
        self._ready.wait(limit_s)
        if not self.url:
            raise NotStarted(f"exit status {self.process.poll()}: {self.words()[-2000:]}")
        return self

    def words(self) -> str:
        """All that it printed so far, on stdout and stderr, also in earlier lives on the same data."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self.process.poll() is None

    def kill(self) -> None:
        """SIGKILL to the whole process group, as a crash would be."""
        if self.alive:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self, limit_s: float = 10.0) -> int:
        """SIGTERM, then its exit status.

        Raises:
            subprocess.TimeoutExpired: it is still there after `limit_s`; it is killed then.
        """
        if self.alive:
            self.process.terminate()
        try:
            return self.process.wait(limit_s)
        finally:
            self.kill()

    def client(self, key: str | None = None, *, timeout_s: float = 30.0) -> httpx.Client:
        """An HTTP client, with a key where one is given."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        limits = httpx.Limits(max_connections=100)
        return httpx.Client(base_url=self.url, headers=headers, timeout=timeout_s, limits=limits, trust_env=False)


@contextmanager
def running(
    data: Path, *, env: Mapping[str, str] = NOTHING_MORE, command: Sequence[str] = SERVICE
) -> Iterator[Outside]:
    """A service that answers, killed at the end of the block whatever happens inside it."""
    service = Outside.launch(data, env=env, command=command)
    try:
        yield service.wait_ready()
    finally:
        service.kill()


def ask(*arguments: str, stdin: str = "", env: Mapping[str, str] = NOTHING_MORE) -> subprocess.CompletedProcess[str]:
    """Run `python -m service ARGUMENTS` to its end."""
    return subprocess.run(
        [*SERVICE, *arguments], input=stdin, env=environment(env), capture_output=True, text=True, check=False
    )


def create_key(data: Path, role: str, *more: str) -> dict[str, Any]:
    """A new API key: `{id, key, role}`."""
    answer = ask(
        "key", "create", "--data", str(data), "--name", f"{role} of the tests", "--role", role, *more, "--json"
    )
    if answer.returncode != 0:
        raise NotStarted(answer.stderr)
    key: dict[str, Any] = json.loads(answer.stdout)
    return key


def create_user(data: Path, login: str, role: str, password: str) -> None:
    """A new account."""
    words = ("user", "create", "--data", str(data), "--login", login, "--role", role, "--password-stdin")
    answer = ask(*words, stdin=password + "\n")
    if answer.returncode != 0:
        raise NotStarted(answer.stderr)


def damage(data: Path) -> list[str]:
    """What `python -m service verify` finds: a line for each mismatch of rows and files."""
    answer = ask("verify", "--data", str(data))
    lines = answer.stdout.splitlines()
    if answer.returncode == 0:
        return []
    return lines or [f"exit status {answer.returncode}: {answer.stderr[-500:]}"]
