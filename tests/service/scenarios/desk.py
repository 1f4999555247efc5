"""A city over HTTP with people at their desks, so that a scenario reads as what they do."""

from dataclasses import dataclass
from typing import Any

import httpx

from detector.types import GeoPoint
from service.domain.states import Role
from tests.build import a_jpeg, a_place
from tests.serving import Serving, send_photo

Json = dict[str, Any]


@dataclass
class Desk:
    """The people of one city, each with a key of their own."""

    serving: Serving
    keys: dict[str, dict[str, str]]

    @classmethod
    def of(cls, serving: Serving) -> "Desk":
        """A city with one of each role, and two handling units."""
        keys = {role.value: serving.key(role) for role in (Role.OPS, Role.CHIEF, Role.INSPECTOR, Role.VIEWER)}
        for unit in ("sanitation", "housing"):
            made = serving.city.keys.create(unit, Role.UNIT, None, serving.clock())
            keys[unit] = {"Authorization": f"Bearer {made.key}"}
        return cls(serving, keys)

    def report(self, place: GeoPoint | None = None) -> str:
        """The inspector photographs a heap of litter; the id of its ticket."""
        place = place or a_place()
        answer = send_photo(self.serving.http, a_jpeg(), self.keys["inspector"], lat=str(place.lat), lon=str(place.lon))
        return str(answer.json()["tickets"][0]["id"])

    def see(self, ticket: str, who: str = "ops") -> Json:
        """The ticket as somebody sees it."""
        told: Json = self.serving.http.get(f"/api/tickets/{ticket}", headers=self.keys[who]).json()
        return told

    def move(self, who: str, ticket: str, to: str, /, **more: object) -> httpx.Response:
        """Somebody takes the ticket a step."""
        return self.post(who, ticket, "moves", to=to, **more)

    def walk(self, ticket: str, *steps: str) -> Json:
        """The desk takes the ticket all these steps."""
        for to in steps:
            answer = self.move("ops", ticket, to)
            assert answer.status_code == 200, answer.text
        told: Json = answer.json()
        return told

    def post(self, who: str, ticket: str, what: str, /, **body: object) -> httpx.Response:
        """Somebody does something to the ticket as it stands now."""
        body = {"version": self.see(ticket)["version"], **body}
        return self.serving.http.post(f"/api/tickets/{ticket}/{what}", json=body, headers=self.keys[who])

    def show(self, who: str, ticket: str, role: str, place: GeoPoint | None = None) -> Json:
        """Somebody puts a picture to the ticket, taken where the camera says."""
        answer = self.serving.http.post(
            f"/api/tickets/{ticket}/evidence",
            files={"file": ("picture.jpg", a_jpeg(colour=(1, 99, len(str(place)) % 255), place=place))},
            data={"role": role},
            headers=self.keys[who],
        )
        assert answer.status_code == 201, answer.text
        told: Json = answer.json()
        return told


def refusal(answer: httpx.Response) -> tuple[int, str, Json]:
    """How something was refused: status, code, facts."""
    told = answer.json()
    return answer.status_code, told["code"], told["facts"]
