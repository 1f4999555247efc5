"""What cameras of the scenarios look at: demo pictures seen by the shipped model, and people painted before them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache

import numpy as np
from PIL import Image as Pictures

from detector.locate import Pose
from detector.model import Model, open_model
from detector.types import Box, Detection, Detections, Frame, Image
from detector.weights import open_card
from service.cameras.health import Means
from service.cameras.watcher import Watcher
from service.domain.states import Role
from tests.conftest import ROOT
from tests.detector.build import a_file
from tests.service.scenarios.desk import Desk, Json

PICTURES = ROOT / "service" / "demo" / "pictures"
CARD = ROOT / "weights" / "current.toml"
POLE = "pole-7"


@cache
def picture(name: str) -> Image:
    """A picture of the demo city, `(720, 1280, 3)`."""
    return np.asarray(Pictures.open(PICTURES / f"{name}.jpg").convert("RGB"))


def with_cleaner(street: Image, left: int, width: int = 330) -> Image:
    """The street with somebody in a dark coat close to the camera, who may bring a cart along."""
    shown = street.copy()
    shown[210:700, left : left + width] = (40, 50, 110)
    shown[130:210, left + 110 : left + 220] = (150, 110, 90)
    return shown


class RealEyes:
    """The shipped model, which looks at each different picture only once."""

    def __init__(self) -> None:
        self._model: Model = open_model(open_card(CARD))
        self._seen: dict[bytes, Detections] = {}
        self.thresholds: Mapping[str, float] = self._model.thresholds

    def detect(self, images: Sequence[Image], *, min_score: float | None = None) -> list[Detections]:
        """As `Model.detect`."""
        return [self._look(image, min_score) for image in images]

    def _look(self, image: Image, min_score: float | None) -> Detections:
        name = image[::9, ::9].tobytes()
        if name not in self._seen:
            self._seen[name] = self._model.detect([image], min_score=min_score)[0]
        return self._seen[name]


@cache
def real_eyes() -> RealEyes:
    """One for all scenarios: the model is the largest thing in them."""
    return RealEyes()


def open_eyes(desk: Desk) -> None:
    """From now on the city sees with the shipped model."""
    desk.serving.model.detect = real_eyes().detect  # type: ignore[method-assign]  # the fake lends its place
    desk.serving.model.thresholds = dict(real_eyes().thresholds)


def a_pole(desk: Desk) -> Watcher:
    """A pole camera that the service reads; its frames are handed over by the test."""
    desk.serving.add_camera(POLE, url="frames-by-hand")
    return watcher_of(desk)


def watcher_of(desk: Desk) -> Watcher:
    """The watcher of the pole, as a service that has just started makes one."""
    city = desk.serving.city
    with city.store.read() as rows:
        camera = rows.cameras.get(POLE)
    return Watcher(camera, Means(city.store, city.intake, city.eye, city.jobs, city.clock, city.numbers))


def watch(desk: Desk, pole: Watcher, seen: Image, minutes: int, every: timedelta = timedelta(minutes=1)) -> None:
    """The pole looks at the same view for so long, with the grain of a sensor left out."""
    for _ in range(round(timedelta(minutes=minutes) / every)):
        pole.look(Frame(seen, POLE, desk.serving.clock()))
        desk.serving.clock.forward(every)


def tickets(desk: Desk) -> list[Json]:
    """All tickets, newest first."""
    items: list[Json] = desk.serving.http.get("/api/tickets", headers=desk.keys["ops"]).json()["items"]
    return items


def decided(desk: Desk, condition: str = "litter", camera: str = POLE) -> Json:
    """What the camera makes of a condition now."""
    asked = {"at": desk.serving.clock().isoformat(), "condition": condition}
    url = f"/api/cameras/{camera}/decisions"
    items = desk.serving.http.get(url, params=asked, headers=desk.keys["ops"]).json()["items"]
    told: Json = next(item for item in items if item["condition"] == condition)
    return told


def box_at(pose: Pose, forward_m: float, right_m: float, score: float = 0.8) -> Detection | None:
    """The box of a heap that lies there, None where the camera does not see it; the projection, worked forwards."""
    pitch, focal = np.radians(pose.pitch_deg), 640 / np.tan(np.radians(pose.fov_deg) / 2)
    depth = forward_m * np.cos(pitch) + pose.height_m * np.sin(pitch)
    below = pose.height_m * np.cos(pitch) - forward_m * np.sin(pitch)
    if depth <= 0:
        return None
    u, v = 640 + focal * right_m / depth, 360 + focal * below / depth
    half = 0.75 * focal / depth
    if not (half < u < 1280 - half and half < v < 720):
        return None
    return Detection("litter", "litter", score, Box(u - half, v - half, u + half, v))


def a_road(seed: int) -> bytes:
    """A picture of `(720, 1280)` from a car, another one for every seed."""
    noise = np.random.default_rng(seed).integers(40, 220, (36, 64, 3), np.uint8)
    return a_file(np.kron(noise, np.ones((20, 20, 1), np.uint8)))


def car_key(desk: Desk, camera: str) -> dict[str, str]:
    """The key of a camera."""
    return desk.serving.key(Role.CAMERA, camera)
