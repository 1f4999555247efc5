"""A real MQTT broker for tests, Debian's mosquitto, and a subscriber that is not ours."""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

USER, PASSWORD = "street", "canary-password"
LIMIT_S = 20.0


@dataclass(frozen=True, slots=True)
class Broker:
    """Where it listens; only `USER` with `PASSWORD` may publish below `city/`."""

    port: int
    folder: Path
    scheme: str

    def url(self, topic: str = "city/streets", user: str | None = USER) -> str:
        """An address for the service."""
        return f"{self.scheme}://{user + '@' if user else ''}127.0.0.1:{self.port}/{topic}"

    @contextmanager
    def subscribed(self, topic: str = "city/#") -> Iterator["Subscriber"]:
        """A subscriber that is there before the block begins."""
        command = [
            "stdbuf",
            "-oL",
            "mosquitto_sub",
            "-h",
            "127.0.0.1",
            "-p",
            str(self.port),
            "-u",
            USER,
            "-P",
            PASSWORD,
        ]
        if self.scheme == "mqtts":
            command += ["--cafile", str(self.folder / "own.pem")]
        command += ["-V", "5", "-q", "1", "-t", topic, "-F", "%j", "-d"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        subscriber = Subscriber(process)
        try:
            subscriber.wait_for("Subscribed")
            yield subscriber
        finally:
            process.terminate()
            process.communicate()


@dataclass(frozen=True, slots=True)
class Subscriber:
    """What `mosquitto_sub` prints."""

    process: subprocess.Popen[str]

    def wait_for(self, beginning: str) -> str:
        """The next line that begins so."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith(beginning):
                return line
        raise AssertionError(f"the subscriber ended before it said {beginning}")

    def next(self) -> dict[str, Any]:
        """The next message with its properties."""
        told: dict[str, Any] = json.loads(self.wait_for("{"))
        return told


@contextmanager
def a_broker(folder: Path, certificate: Path | None = None, settings: Sequence[str] = ()) -> Iterator[Broker]:
    """A broker on the loopback; encrypted where it has a certificate, with more lines of `mosquitto.conf`."""
    assert shutil.which("mosquitto"), "mosquitto is missing: make test installs it"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    subprocess.run(
        ["mosquitto_passwd", "-b", "-c", str(folder / "passwords"), USER, PASSWORD], check=True, capture_output=True
    )
    (folder / "rights").write_text(f"user {USER}\ntopic readwrite city/#\n", encoding="utf-8")
    lines = [f"listener {port} 127.0.0.1", "user root", "allow_anonymous false", "persistence false",
             f"password_file {folder / 'passwords'}", f"acl_file {folder / 'rights'}"]  # fmt: skip
    lines += settings
    if certificate is not None:
        lines += [f"certfile {certificate}", f"keyfile {certificate}"]
    (folder / "broker.conf").write_text("\n".join([*lines, ""]), encoding="utf-8")
    process = subprocess.Popen(["mosquitto", "-c", str(folder / "broker.conf")], stderr=subprocess.DEVNULL)
    try:
        _wait_until_it_listens(port)
        yield Broker(port, folder, "mqtts" if certificate else "mqtt")
    finally:
        process.terminate()
        process.wait(LIMIT_S)


def _wait_until_it_listens(port: int) -> None:
    last = time.monotonic() + LIMIT_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert time.monotonic() < last, "the broker does not listen"
            time.sleep(0.02)
        else:
            return
