"""A city as people run it, for tests of a whole day: the service outside, its own database, real time."""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import httpx
from playwright.sync_api import Page, expect

from service.domain.states import Role
from tests.browser.conftest import DEMO, PEOPLE
from tests.serving import PASSWORD, command, run_service

PICTURES = DEMO / "pictures"
PUT_IN_ORDER = PICTURES / "heap-shiliu-after.jpg"
AS_SHIPPED = DEMO.parent / "domain" / "policy.toml"
LOOKED_MS = 60_000
"""How long a page may wait for what the model has to look at first, on a machine that does other things too."""

NOTHING: Mapping[str, str] = MappingProxyType({})
NO_LIMITS: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True)
class RunningCity:
    """A service with its address, the administrator's session, and an account for each of `PEOPLE`."""

    address: str
    data: Path
    http: httpx.Client

    def key(self, role: Role, camera: str | None = None) -> dict[str, str]:
        """The headers of a new key."""
        wish = {"name": f"{role.value} of a test", "role": role.value, "camera": camera}
        made = self.http.post("/api/keys", json=wish).raise_for_status().json()
        return {"Authorization": f"Bearer {made['key']}"}

    def drives_by(self, pictures: Iterable[Path]) -> None:
        """A patrol car that chooses what it sends passes these, far enough apart that each is a problem of its own."""
        self.http.post("/api/cameras", json={"id": "car", "kind": "moving", "name": "Car"}).raise_for_status()
        headers = self.key(Role.CAMERA, "car")
        for n, picture in enumerate(pictures):
            told = {"taken_at": datetime.now(UTC).isoformat(), "lat": f"{30.494 + 0.002 * n:.4f}", "lon": "121.419"}
            files = {"file": (picture.name, picture.read_bytes())}
            self.http.post("/api/cameras/car/frames", files=files, data=told, headers=headers).raise_for_status()

    def move(self, ticket: str, *steps: str) -> None:
        """Take the desk's steps with a ticket."""
        ops = self.key(Role.OPS)
        for to in steps:
            version = self.http.get(f"/api/tickets/{ticket}", headers=ops).json()["version"]
            wish = {"to": to, "version": version, **({"unit": "sanitation"} if to == "dispatched" else {})}
            self.http.post(f"/api/tickets/{ticket}/moves", json=wish, headers=ops).raise_for_status()


@contextmanager
def a_running_city(
    data: Path, *, minutes: Mapping[str, int] = NO_LIMITS, env: Mapping[str, str] = NOTHING
) -> Iterator[RunningCity]:
    """The service on a fresh folder with the demo's streets, the shipped weights and `PEOPLE`.

    Args:
        minutes: what this city promises, by condition; else the limits that are shipped.
    """
    flags = ("--data", str(data), "--login", "lin", "--role", "admin", "--password-stdin")
    made = command("user", "create", *flags, told=PASSWORD)
    assert made.returncode == 0, made.stderr
    shutil.copy(DEMO / "streets.geojson", data)
    promise(data, minutes)
    with run_service(data, env=env) as address, httpx.Client(base_url=address, timeout=60) as http:
        http.post("/api/session", json={"login": "lin", "password": PASSWORD}).raise_for_status()
        for login, role in PEOPLE.items():
            if login != "lin":
                wish = {"login": login, "password": PASSWORD, "role": role.value}
                http.post("/api/users", json=wish).raise_for_status()
        yield RunningCity(address, data, http)


def promise(data: Path, minutes: Mapping[str, int]) -> None:
    """Save the shipped policy with other limits."""
    text = AS_SHIPPED.read_text(encoding="utf-8")
    for condition, amount in minutes.items():
        head = f"[conditions.{condition}]\n"
        text = text.replace(head, f'{head}limit = {{ amount = {amount}, unit = "minute" }}\n')
    of_the_city = data.with_name("policy.toml")
    of_the_city.write_text(text, encoding="utf-8")
    saved = command("policy", "save", "--data", str(data), "--reason", "of this city", str(of_the_city))
    assert saved.returncode == 0, saved.stderr


def go(page: Page, place: str) -> None:
    """Follow a link of the bar."""
    page.get_by_role("navigation", name="Pages").get_by_role("link", name=place, exact=True).click()
    expect(page.locator("nav.tabs [aria-current=page]")).to_have_text(place)


def leave(page: Page) -> None:
    """Log out, and find every page shut."""
    page.locator("details.who summary").click()
    page.get_by_role("button", name="Log out").click()
    page.locator("[name=login]").wait_for()
    page.goto("/tickets")
    page.locator("[name=login]").wait_for()
