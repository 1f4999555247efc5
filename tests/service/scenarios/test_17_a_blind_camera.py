"""Scenario 17: a camera that is frozen, turned, covered or off: a health event within 5 minutes, no "all clear", the
base of the indicators shrinks.
"""

import io
from collections.abc import Callable
from datetime import timedelta

import numpy as np
import PIL.Image as Pillow
import pytest

from detector.types import Image
from service.domain.states import Role
from tests.detector.test_health import OTHER, a_look, behind_a_hand
from tests.service.scenarios.desk import Desk, Json

EVERY = timedelta(seconds=20)
WITHIN = timedelta(minutes=5)


@pytest.fixture
def pole(desk: Desk) -> Desk:
    """A pole camera that posts a picture of the street three times a minute, as a stream; it sees a heap."""
    desk.serving.add_camera("pole-7", frames="stream")
    desk.keys["pole-7"] = desk.serving.key(Role.CAMERA, "pole-7")
    return desk


def sends(desk: Desk, image: Image) -> Json:
    """The pole posts one picture."""
    desk.serving.clock.forward(EVERY)
    out = io.BytesIO()
    Pillow.fromarray(image).save(out, format="JPEG", quality=90)
    answer = desk.serving.http.post(
        "/api/cameras/pole-7/frames",
        files={"file": ("frame.jpg", out.getvalue())},
        data={"taken_at": desk.serving.clock.now.isoformat()},
        headers=desk.keys["pole-7"],
    )
    assert answer.status_code == 200, answer.text
    told: Json = answer.json()
    return told


def watches(desk: Desk, minutes: int) -> None:
    """The pole watches the street, and all is well."""
    for _ in range(3 * minutes):
        assert sends(desk, a_look())["frame"]["trouble"] is None


def camera(desk: Desk) -> Json:
    """The pole as the desk sees it."""
    (told,) = desk.serving.http.get("/api/cameras", headers=desk.keys["ops"]).json()["items"]
    return dict(told)


def health(desk: Desk) -> Json:
    """Its health, with all events."""
    told: Json = desk.serving.http.get("/api/cameras/pole-7/health", headers=desk.keys["ops"]).json()
    return told


@pytest.mark.parametrize(
    ("trouble", "blind"),
    [
        ("camera.covered", lambda: behind_a_hand(a_look())),
        ("camera.moved", lambda: a_look(OTHER)),
        ("camera.dark", lambda: np.zeros_like(OTHER)),
    ],
)
def test_a_blind_camera_is_an_event_and_says_nothing_until_it_sees_again(
    pole: Desk, trouble: str, blind: Callable[[], Image]
) -> None:
    watches(pole, 4)
    went_blind = pole.serving.clock.now
    shown = len(pole.serving.model.shown)
    while camera(pole)["state"] != "trouble":
        assert pole.serving.clock.now - went_blind <= WITHIN
        assert sends(pole, blind())["frame"]["trouble"] == trouble
    assert camera(pole)["trouble"] == trouble
    assert len(pole.serving.model.shown) == shown
    (event,) = health(pole)["items"]
    assert (event["code"], event["until"]) == (trouble, None)


def test_a_frozen_camera_is_an_event(pole: Desk) -> None:
    watches(pole, 1)
    still = a_look()
    told = [sends(pole, still)["frame"]["trouble"] for _ in range(4)]
    assert told == [None, "camera.frozen", "camera.frozen", "camera.frozen"]
    assert camera(pole)["trouble"] == "camera.frozen"


def test_a_blind_camera_gives_no_all_clear(pole: Desk) -> None:
    watches(pole, 4)
    tickets = pole.serving.http.get("/api/tickets", headers=pole.keys["ops"]).json()["items"]
    assert [ticket["state"] for ticket in tickets] == ["candidate"]
    pole.serving.model.sees = ()
    for _ in range(12):
        sends(pole, behind_a_hand(a_look()))
    last = pole.see(tickets[0]["id"])
    assert last["state"] == "candidate"
    assert last["last_seen"] == tickets[0]["last_seen"]


def test_the_base_of_the_indicators_shrinks(pole: Desk) -> None:
    watches(pole, 10)
    watched = health(pole)["periods"][0]["watched_h"]
    for _ in range(60):
        sends(pole, behind_a_hand(a_look()))
    day = health(pole)["periods"][0]
    assert day["watched_h"] == pytest.approx(watched, abs=0.03)
    assert day["trouble_h"] == pytest.approx(20 / 60, abs=0.03)
    assert (day["frames"], day["faulty"]) == (90, 60)


def test_a_turned_camera_watches_again_when_a_chief_confirms_its_view(pole: Desk) -> None:
    watches(pole, 4)
    for _ in range(3):
        sends(pole, a_look(OTHER))
    assert camera(pole)["trouble"] == "camera.moved"
    wish = {"reason": "turned to the new market"}
    route = "/api/cameras/pole-7/view"
    assert pole.serving.http.post(route, json=wish, headers=pole.keys["ops"]).status_code == 403
    assert pole.serving.http.post(route, json=wish, headers=pole.keys["chief"]).json()["trouble"] is None
    assert sends(pole, a_look(OTHER))["frame"]["trouble"] is None
    assert health(pole)["view_confirmed_by"] == "chief of a test"
    with pole.serving.city.store.read() as rows:
        kinds = [event.type for event in rows.events.after(0) if event.type.startswith("camera.")]
    assert kinds == ["camera.trouble", "camera.well"]
