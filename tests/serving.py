"""A service for tests: inside this process over fakes, or outside it as people run it."""

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import structlog

from detector.types import Detection
from service.accounts.people import NewPerson
from service.api.city import City
from service.app import Parts, Server, address_of, build_app, build_city
from service.cameras.register import NewCamera, register
from service.deployment import bind
from service.domain.states import Role
from service.eye import Blur
from service.settings import Settings
from service.upkeep import open_data
from tests.databases import CITIES
from tests.fakes import FakeClock, FakeModel, black_out
from tests.faults.outside import environment

PASSWORD = "correct horse battery"
STOP_LIMIT_S = 12.0
NOTHING: Mapping[str, str] = MappingProxyType({})


class BlackOut(Blur):
    """A blur that leaves nothing to see."""

    blur = staticmethod(black_out)


@dataclass
class Serving:
    """A city inside this process, with the fakes that it stands on."""

    city: City
    http: httpx.Client
    clock: FakeClock
    model: FakeModel

    def key(self, role: Role, camera: str | None = None) -> dict[str, str]:
        """The headers of a new key."""
        made = self.city.keys.create(f"{role.value} of a test", role, camera, self.clock())
        return {"Authorization": f"Bearer {made.key}"}

    def person(self, login: str, role: Role, unit: str | None = None) -> None:
        """Make an account; its password is `PASSWORD`."""
        self.city.people.create(NewPerson(login, PASSWORD, role, unit_id=unit), self.clock())

    def add_camera(self, camera_id: str, **told: Any) -> None:
        """Make a fixed camera whose frames are pushed."""
        camera = {"id": camera_id, "kind": "fixed", "lat": 31.23, "lon": 121.47, **told}
        register(self.city.store, NewCamera(**camera), self.clock(), files_allowed=True)

    def log_in(self, login: str) -> None:
        """Give the client that person's session."""
        answer = self.http.post("/api/session", json={"login": login, "password": PASSWORD})
        assert answer.status_code == 204, answer.text


def settings_in(data: Path, **changes: object) -> Settings:
    """Settings that keep everything in one folder."""
    told: dict[str, object] = {
        "data": data,
        "host": "127.0.0.1",
        "port": 0,
        "database_url": changes.get("database_url") or CITIES.address(data, migrated=False),
        "weights": data / "none.toml",
        "timezone": ZoneInfo("Asia/Shanghai"),
        "shared": data / "shared",
        "cache": data / "cache",
    }
    return Settings(**{**told, **changes})  # type: ignore[arg-type]  # a test names fields by their names


@contextmanager
def serve(data: Path, *sees: Detection, **changes: object) -> Iterator[Serving]:
    """A city in `data` whose model sees `sees` on every picture."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    settings = settings_in(data, **{"database_url": CITIES.address(data), **changes})
    clock, model = FakeClock(), FakeModel(sees)
    store = open_data(settings)
    city = build_city(settings, store, Parts(clock, lambda: model, BlackOut))
    with bind(settings) as listener:
        server = Server(build_app(city), city, listener)
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            with httpx.Client(base_url=address_of(listener), timeout=30) as http:
                yield Serving(city, http, clock, model)
        finally:
            server.should_exit = True
            city.stopping.set()
            thread.join()
    store.engine.dispose()


@contextmanager
def run_service(data: Path, *flags: str, env: Mapping[str, str] = NOTHING) -> Iterator[str]:
    """The service as an external process on a free port: its address, once it says READY; ended by SIGTERM."""
    with data.with_name(data.name + ".stderr").open("wb") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", "service", "run", "--data", str(data), "--port", "0", *flags],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=environment_of(data, env),
            text=True,
        )
    try:
        assert process.stdout is not None
        with process.stdout:
            said = next((line for line in process.stdout if line.startswith("READY ")), "")
            assert said, f"not started: {data.with_name(data.name + '.stderr').read_text()}"
            yield said.removeprefix("READY ").strip()
            process.terminate()
            process.stdout.read()
        assert process.wait(STOP_LIMIT_S) == 0
    finally:
        process.kill()
        process.wait()


def environment_of(data: Path, env: Mapping[str, str] = NOTHING) -> dict[str, str]:
    """The environment of a service on this folder; its database is empty until the service makes its tables."""
    if CITIES.are_files:
        return environment(env)
    return environment({"STREETWARDEN_DATABASE_URL": CITIES.address(data, migrated=False), **env})


def command(*arguments: str, told: str = "", env: Mapping[str, str] = NOTHING) -> subprocess.CompletedProcess[str]:
    """`python -m service …` with something on its standard input, and more in its environment."""
    data = arguments[arguments.index("--data") + 1] if "--data" in arguments else None
    return subprocess.run(
        [sys.executable, "-m", "service", *arguments],
        input=told,
        capture_output=True,
        text=True,
        check=False,
        env=environment(env) if data is None else environment_of(Path(data), env),
    )


def a_key(data: Path, role: str, *more: str) -> dict[str, str]:
    """The headers of a new key, made by the command line."""
    made = command("key", "create", "--data", str(data), "--name", role, "--role", role, "--json", *more)
    assert made.returncode == 0, made.stderr
    return {"Authorization": f"Bearer {json.loads(made.stdout)['key']}"}


def send_photo(http: httpx.Client, photo: bytes, headers: Mapping[str, str], **fields: str) -> httpx.Response:
    """Send a photo by the contract's form."""
    return http.post("/api/photos", files={"file": ("street.jpg", photo)}, data=fields, headers=dict(headers))
