"""Streams as bad as cameras make them: each is shown for what it is, and the camera beside them feels none of it."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from service.domain.states import Role
from tests.build import NOON, a_detection, a_jpeg
from tests.detector.build import a_file
from tests.detector.cameras import Camera, a_camera
from tests.detector.clips import a_clip
from tests.serving import Serving, serve

LIMIT_S = 120.0
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
        looked = frames_of(serving, "good")
        until(lambda: frames_of(serving, "good") >= looked + LOOKS)
        assert states(serving)["good"] == ("watching", None)
    assert troubles == {
        "page": "source.not_a_stream",
        "headless": "source.no_keyframes",
        "corrupt": troubles["corrupt"],  # what chance makes of it; it is shown, whatever it is called
        "flood": "camera.covered",  # two hundred grey pictures a second
        "stops": "source.silent",
    }


def strange_cameras(folder: Path) -> dict[str, tuple[Camera, str]]:
    """By what is to be said of each: what the camera does, and where."""
    dice = np.random.default_rng(3)

    def street(width: int, height: int) -> bytes:
        blocks = np.kron(dice.integers(30, 220, (height // 16, width // 16, 3)), np.ones((16, 16, 1)))
        return a_file(np.clip(blocks + dice.normal(0, 6, blocks.shape), 0, 255).astype(np.uint8))

    small, large = [street(320, 192) for _ in range(3)], [street(640, 384) for _ in range(3)]
    torn = b"\xff\xd8" + dice.integers(0, 255, 4000, np.uint8).tobytes() + b"\xff\xd9"
    torn_too = [large[0], torn, torn, large[1], torn, torn, torn]  # seven, so that no rhythm always meets a whole one
    jumps = a_clip(folder / "jumps.ts", frames=60, size=(320, 192), textured=True).read_bytes()
    return {
        "stream.resized": (Camera(pictures=10**6, every_s=0.4, files=small + large), "live.mjpeg"),
        "stream.damaged": (Camera(pictures=10**6, every_s=0.1, files=torn_too), "live.mjpeg"),
        "stream.jumps": (Camera(body=jumps, again_s=0.2), "live.ts"),
    }


def test_what_is_strange_about_a_stream_is_told_on_its_page_while_it_is_looked_at(
    serving: Serving, tmp_path: Path
) -> None:
    with ExitStack() as held:
        cameras = strange_cameras(tmp_path)
        for code, (camera, path) in cameras.items():
            address = held.enter_context(a_camera(camera))
            serving.add_camera(code, url=f"{address}/{path}", look_every_s=1.0)
        until(lambda: all(code in told_of(serving, code) for code in cameras))
        looked = {code: frames_of(serving, code) for code in cameras}
        until(lambda: all(frames_of(serving, code) > before for code, before in looked.items()))
    facts = told_of(serving, "stream.resized")["stream.resized"]
    assert {facts["was"], facts["size"]} == {"320 × 192", "640 × 384"}


def told_of(serving: Serving, camera: str) -> dict[str, dict[str, object]]:
    """The facts of what is said of a camera's stream, by code."""
    serving.city.cameras.means.notebook.write()
    answer = serving.http.get(f"/api/cameras/{camera}/health", headers=serving.key(Role.VIEWER)).json()
    return {note["code"]: note["facts"] for note in answer["notes"]}


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


def frames_of(serving: Serving, camera: str) -> int:
    """How many of its frames came so far."""
    serving.city.cameras.means.notebook.write()
    with serving.city.store.read() as rows:
        return int(rows.watched.sums(camera, NOON - timedelta(days=2))["frames"])


def until(true: Callable[[], bool]) -> None:
    limit = time.monotonic() + LIMIT_S
    while not true():
        assert time.monotonic() < limit, "it did not come true in time"
        time.sleep(0.1)
