"""A computer at the edge says how it is: what it lost and its silence are shown, and what it watched counts."""

from datetime import timedelta
from typing import Any

import httpx
import numpy as np
import pytest

from detector.types import Image
from service.cameras.register import Allowance, revise
from service.domain.edge_word import SILENT_AFTER
from service.domain.states import Role
from service.errors import Unprocessable
from tests.build import NOON, a_jpeg
from tests.detector.build import a_picture
from tests.detector.test_health import OTHER, STREET, a_look
from tests.serving import Serving

MINUTE = timedelta(minutes=1)
Json = dict[str, Any]


@pytest.fixture
def pole(serving: Serving) -> Serving:
    serving.add_camera("pole")
    return serving


def say(serving: Serving, of: str = "pole", **word: Any) -> httpx.Response:
    return serving.http.put(f"/api/cameras/{of}/edge", json=word, headers=serving.key(Role.CAMERA, "pole"))


def health(serving: Serving) -> Json:
    serving.city.cameras.means.notebook.write()
    told: Json = serving.http.get("/api/cameras/pole/health", headers=serving.key(Role.VIEWER)).json()
    return told


def noise(seed: int) -> Image:
    """A picture in which nothing is wrong, another one each time."""
    return np.random.default_rng(seed).integers(0, 255, (180, 320, 3)).astype(np.uint8)


def codes(serving: Serving) -> list[str]:
    return [note["code"] for note in health(serving)["notes"]]


def test_a_full_spool_and_a_wrong_clock_are_shown_on_the_camera_s_page(pole: Serving) -> None:
    assert say(pole, taken=3, waiting=3).status_code == 204
    assert codes(pole) == []
    say(pole, taken=90, waiting=60, dropped=7, clock_off_s=-61, trouble="service.answered_503")
    told = health(pole)
    assert [note["code"] for note in told["notes"]] == ["edge.spool_full", "edge.clock_off", "edge.waiting"]
    assert told["notes"][0]["facts"] == {"count": 7}
    assert (told["edge"]["waiting"], told["edge"]["trouble"]) == (60, "service.answered_503")
    pole.clock.forward(timedelta(days=2))
    say(pole, taken=90, waiting=0, dropped=7)
    assert codes(pole) == []


def test_a_blind_camera_at_the_edge_is_an_event_once_it_lasts_and_what_comes_late_does_not_end_it(
    pole: Serving,
) -> None:
    now_s = 0.0
    say(pole, frames=10, looked=1)
    lookout = pole.city.cameras.posts.lookout("pole")
    assert lookout is not None
    lookout.monotonic = lambda: now_s
    with pole.city.store.read() as rows:
        camera = rows.cameras.get("pole")
    for minute in range(3):
        now_s = 60.0 * minute
        say(pole, frames=10, looked=1, camera="camera.frozen")
        pole.clock.forward(MINUTE)
        pole.city.cameras.posts.judge(camera, a_picture(320, 240), NOON - minute * MINUTE)  # from its spool
    told = health(pole)
    assert (told["camera"]["trouble"], [one["code"] for one in told["items"]]) == ("camera.frozen", ["camera.frozen"])
    say(pole, frames=20, looked=2)
    now_s += 60
    say(pole, frames=30, looked=3)
    assert health(pole)["camera"]["trouble"] is None


def test_a_computer_that_is_not_heard_any_more_is_an_event_although_it_seldom_has_something_to_post(
    pole: Serving,
) -> None:
    now_s = 0.0
    say(pole, frames=10)
    posts = pole.city.cameras.posts
    lookout = posts.lookout("pole")
    assert lookout is not None
    lookout.monotonic = lambda: now_s
    say(pole, frames=20)
    posts.listen(pole.clock())
    assert health(pole)["camera"]["trouble"] is None
    now_s = SILENT_AFTER.total_seconds() + 1
    posts.listen(pole.clock.forward(2 * SILENT_AFTER))
    assert health(pole)["camera"]["trouble"] == "edge.silent"
    say(pole, frames=30)
    assert health(pole)["camera"]["trouble"] is None


def test_a_camera_that_posts_by_itself_again_is_no_silent_computer(pole: Serving) -> None:
    now_s = 0.0
    say(pole, frames=10)
    posts = pole.city.cameras.posts
    lookout = posts.lookout("pole")
    assert lookout is not None
    lookout.monotonic = lambda: now_s
    say(pole, frames=20)
    now_s = SILENT_AFTER.total_seconds() + 1
    posts.listen(pole.clock.forward(2 * SILENT_AFTER))
    with pole.city.store.read() as rows:
        camera = rows.cameras.get("pole")
    posts.judge(camera, noise(1), pole.clock() - timedelta(hours=3))  # was on its way for long
    assert health(pole)["camera"]["trouble"] == "edge.silent"
    posts.judge(camera, noise(2), pole.clock())
    posts.listen(pole.clock())
    told = health(pole)
    assert (told["camera"]["trouble"], told["edge"]) == (None, None)


def test_what_it_watched_counts_as_watched(pole: Serving) -> None:
    for minute in range(10):
        say(pole, frames=30 * minute, looked=minute)
        pole.city.cameras.means.notebook.write()
        pole.clock.forward(MINUTE)
    day = health(pole)["periods"][0]
    assert (day["frames"], day["looked"], day["unchanged"]) == (270, 9, 261)
    assert day["watched_h"] == pytest.approx(8 / 60, abs=0.01)


def test_an_edge_speaks_for_its_own_camera_and_says_nothing_that_makes_no_sense(pole: Serving) -> None:
    pole.add_camera("other")
    assert say(pole, "other").status_code == 403
    assert say(pole, "none").status_code == 404
    for wrong in ({"dropped": -1}, {"camera": "<b>"}, {"camera": "auth.missing"}, {"clock_off_s": "soon"}):
        assert say(pole, **wrong).status_code == 422, wrong
    assert say(pole, frames=1, camera="camera.off").status_code == 204
    assert health(pole)["camera"]["trouble"] is None


def test_no_more_frames_are_counted_than_can_have_come_and_no_number_is_larger_than_a_row_holds(pole: Serving) -> None:
    assert say(pole, frames=2**31).status_code == 422
    for frames in (2_000_000_000, 0, 2_000_000_000):
        assert say(pole, frames=frames).status_code == 204
    pole.clock.forward(MINUTE)
    say(pole, frames=1_000_000_000)
    assert health(pole)["periods"][0]["frames"] <= 200 * 60 * (24 * 60 + 1)


def test_a_frame_that_is_kept_is_answered_so_although_the_notebook_cannot_be_written(
    pole: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise Unprocessable(problem="not_storable")

    monkeypatch.setattr(pole.city.cameras.means.notebook, "write", refuse)
    files = {"file": ("frame.jpg", a_jpeg())}
    sent = {"taken_at": pole.clock().isoformat()}
    pushed = pole.http.post("/api/cameras/pole/frames", files=files, data=sent, headers=pole.key(Role.CAMERA, "pole"))
    assert pushed.status_code == 200


def test_a_camera_that_is_switched_off_is_in_no_trouble_and_watches_nothing(pole: Serving) -> None:
    say(pole, frames=10)
    pole.clock.forward(MINUTE)
    say(pole, frames=50, camera="camera.off")
    admin = pole.key(Role.ADMIN)
    pole.http.patch("/api/cameras/pole", json={"disabled": True}, headers=admin).raise_for_status()
    pole.clock.forward(MINUTE)
    say(pole, frames=90, camera="source.silent")  # it has not heard yet
    told = health(pole)
    assert (told["camera"]["trouble"], told["edge"]["frames"]) == (None, 90)
    assert (told["periods"][0]["frames"], told["periods"][0]["watched_h"]) == (10, 0)
    pole.http.patch("/api/cameras/pole", json={"disabled": False}, headers=admin).raise_for_status()
    pole.clock.forward(MINUTE)
    say(pole, frames=95)
    assert health(pole)["periods"][0]["frames"] == 15


def test_a_camera_at_the_edge_that_was_turned_is_an_event_until_a_person_confirms_its_view(pole: Serving) -> None:
    now_s = 0.0
    say(pole, frames=10)
    posts = pole.city.cameras.posts
    lookout = posts.lookout("pole")
    assert lookout is not None
    lookout.monotonic = lambda: now_s
    with pole.city.store.read() as rows:
        camera = rows.cameras.get("pole")

    def post(image: Image, times: int) -> None:
        nonlocal now_s
        for _ in range(times):
            posts.judge(camera, a_look(image), pole.clock.forward(MINUTE))
            now_s += 60
            say(pole, frames=int(now_s))

    post(STREET, 10)
    assert health(pole)["view_known_at"] is not None
    post(OTHER, 4)
    assert health(pole)["camera"]["trouble"] == "camera.moved"
    wish = {"reason": "turned to the new market"}
    pole.http.post("/api/cameras/pole/view", json=wish, headers=pole.key(Role.ADMIN)).raise_for_status()
    post(OTHER, 2)
    told = health(pole)
    assert (told["camera"]["trouble"], [one["code"] for one in told["items"]]) == (None, ["camera.moved"])


def test_what_was_counted_before_an_outage_is_not_counted_again_after_it(pole: Serving) -> None:
    now_s = 0.0
    say(pole, frames=10, dropped=3)
    assert codes(pole) == ["edge.spool_full"]
    pole.clock.forward(timedelta(days=2))
    posts = pole.city.cameras.posts
    lookout = posts.lookout("pole")
    assert lookout is not None
    lookout.monotonic = lambda: now_s
    say(pole, frames=3000, dropped=3)
    now_s = SILENT_AFTER.total_seconds() + 1
    with pole.city.store.read() as rows:
        camera = rows.cameras.get("pole")
    posts.judge(camera, noise(1), pole.clock.forward(2 * SILENT_AFTER))
    assert health(pole)["edge"] is None
    say(pole, frames=3100, dropped=3)
    told = health(pole)
    assert told["notes"] == []
    assert told["periods"][0]["frames"] == 2990 + 1 + 100


def test_a_picture_that_is_sent_again_between_two_words_counts_once_and_is_not_the_latest(pole: Serving) -> None:
    with pole.city.store.read() as rows:
        camera = rows.cameras.get("pole")
    say(pole, frames=10)
    posts, at = pole.city.cameras.posts, pole.clock()
    posts.judge(camera, noise(1), at)
    said_at = pole.clock.forward(MINUTE)
    say(pole, frames=20)
    posts.judge(camera, noise(1), at)
    assert health(pole)["periods"][0]["frames"] == 20 + 1
    posts.judge(camera, noise(2), at + timedelta(seconds=1))  # from its spool
    lookout = posts.lookout("pole")
    assert lookout is not None
    assert lookout.last_frame_at == said_at


def test_a_camera_that_the_service_reads_from_now_on_is_no_silent_computer(pole: Serving) -> None:
    now_s = 0.0
    posts = pole.city.cameras.posts
    say(pole, frames=10)
    lookout = posts.lookout("pole")
    assert lookout is not None
    lookout.monotonic = lambda: now_s
    say(pole, frames=20)
    health(pole)
    read = {"url": "rtsp://127.0.0.1:9/live"}
    revise(pole.city.store, "pole", read, pole.clock(), "wang", Allowance(files=True))
    told = health(pole)
    assert (told["edge"], told["usual_interval_s"]) == (None, None)
    say(pole, frames=30, camera="camera.looped")
    assert lookout.standing.trouble is None
    now_s += SILENT_AFTER.total_seconds() + 1
    posts.listen(pole.clock.forward(2 * SILENT_AFTER))
    assert lookout.standing.trouble is None
    say(pole, frames=40)
    assert posts.lookout("pole") is None
    assert health(pole)["edge"]["frames"] == 40
