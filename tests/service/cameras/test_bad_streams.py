"""Addresses that hold no street: each is shown with its own reason, and the camera beside them feels none of it."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from service.domain.states import Role
from tests.build import a_detection, a_jpeg
from tests.detector.cameras import Camera, a_camera
from tests.detector.clips import a_clip
from tests.serving import Serving, serve

LIMIT_S = 40.0
LOOKS = 3
"""Of the good camera, while all the bad ones are tried."""


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    with serve(tmp_path / "city", a_detection("litter", 0.8)) as serving:
        yield serving


def bad_cameras(folder: Path) -> dict[str, tuple[Camera, str]]:
    """By the name of what is wrong: what the camera does, and where."""
    headless = a_clip(folder / "headless.ts", frames=50, gop=50, keep=lambda n, _: n > 0).read_bytes()
    street = bytearray(a_clip(folder / "street.ts", frames=60, size=(320, 192), more="qp=10").read_bytes())
    street[188 * 4 :] = np.random.default_rng(7).integers(0, 256, len(street) - 188 * 4, np.uint8).tobytes()
    return {
        "page": (Camera(body=b"<html>Please log in</html>" * 40), "live.ts"),
        "headless": (Camera(body=headless, again_s=0.2), "live.ts"),
        "corrupt": (Camera(body=bytes(street), again_s=0.2), "live.ts"),
        "flood": (Camera(pictures=10**6, every_s=0.005), "live.mjpeg"),
        "stops": (Camera(pictures=1), "live.mjpeg"),
    }


def test_each_bad_stream_is_shown_and_no_other_camera_feels_it(serving: Serving, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for shade in (40, 90, 140):
        (folder / f"{shade}.jpg").write_bytes(a_jpeg(colour=(shade, 90, 60)))
    serving.add_camera("good", url=str(folder), look_every_s=1.0)
    with ExitStack() as held:
        for name, (camera, path) in bad_cameras(tmp_path).items():
            address = held.enter_context(a_camera(camera))
            serving.add_camera(name, url=f"{address}/{path}")
        troubles = until_all_are_shown(serving)
        looked = looks(serving)
        until(lambda: looks(serving) >= looked + LOOKS)
        assert states(serving)["good"] == ("watching", None)
    assert troubles == {
        "page": "source.not_a_stream",
        "headless": "source.silent",
        "corrupt": troubles["corrupt"],  # what chance makes of it; it is shown, whatever it is called
        "flood": "camera.covered",  # two hundred grey pictures a second
        "stops": "source.silent",
    }


def until_all_are_shown(serving: Serving) -> dict[str, str | None]:
    """Wait until every camera but the good one is in trouble, and say in which."""
    shown: dict[str, str | None] = {}

    def all_are() -> bool:
        for name, (state, trouble) in states(serving).items():
            if name != "good" and state in ("trouble", "silent"):
                shown.setdefault(name, trouble)
        return len(shown) == 5

    until(all_are)
    return shown


def states(serving: Serving) -> dict[str, tuple[str, str | None]]:
    items = serving.http.get("/api/cameras", headers=serving.key(Role.OPS)).json()["items"]
    return {item["id"]: (item["state"], item["trouble"]) for item in items}


def looks(serving: Serving) -> int:
    """Frames of the good camera so far."""
    serving.city.cameras.means.notebook.write()
    with serving.city.store.read() as rows:
        query = "SELECT coalesce(sum(frames), 0) FROM camera_hours WHERE camera_id = 'good'"
        return int(rows.connection.exec_driver_sql(query).scalar_one())


def until(true: Callable[[], bool]) -> None:
    limit = time.monotonic() + LIMIT_S
    while not true():
        assert time.monotonic() < limit, "it did not come true in time"
        time.sleep(0.1)
