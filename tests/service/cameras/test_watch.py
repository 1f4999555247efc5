"""Pulled cameras: what lasts becomes one candidate, trouble is shown and passes, nobody else is hurt."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import update

from detector.observe import Looks, Scene
from detector.types import Frame
from service.cameras.health import Means
from service.cameras.patience import Patient
from service.cameras.watch import STOPPING_S
from service.cameras.watcher import CONFIRM_EVERY, Watcher
from service.domain.camera_stream import SELDOM_FROM_S
from service.domain.policy import Patience
from service.domain.states import Role
from service.errors import StorageFull
from service.store.tables import cameras
from tests.build import NOON, a_detection, a_jpeg, a_policy
from tests.detector.cameras import Camera as WebCamera
from tests.detector.cameras import a_camera
from tests.detector.clips import a_clip
from tests.fakes import as_detections
from tests.serving import Serving, send_photo, serve

LIMIT_S = 60.0


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    with serve(tmp_path / "city", a_detection("litter", 0.8)) as serving:
        yield serving


def until(true: Callable[[], bool]) -> None:
    limit = time.monotonic() + LIMIT_S
    while not true():
        assert time.monotonic() < limit, "it did not come true in time"
        time.sleep(0.05)


def camera(serving: Serving, camera_id: str) -> dict[str, object]:
    items = serving.http.get("/api/cameras", headers=serving.key(Role.OPS)).json()["items"]
    found: dict[str, object] = next(item for item in items if item["id"] == camera_id)
    return found


def a_watcher(serving: Serving, folder: Path, **told: object) -> Watcher:
    serving.add_camera("pole", url=str(folder), **told)
    with serving.city.store.read() as rows:
        return Watcher(rows.cameras.get("pole"), means_of(serving))


def means_of(serving: Serving) -> Means:
    city = serving.city
    return Means(city.store, city.intake, city.eye, city.jobs, city.clock, city.numbers)


def a_frame(serving: Serving) -> Frame:
    noise = np.random.default_rng(int(serving.clock().timestamp())).integers(0, 255, (90, 160, 3), np.uint8)
    return Frame(noise, "pole", serving.clock())


def test_a_heap_before_a_pole_for_a_day_is_one_ticket_with_many_sightings(serving: Serving, tmp_path: Path) -> None:
    watcher = a_watcher(serving, tmp_path)
    for _ in range(24 * 4):
        watcher.look(a_frame(serving))
        serving.clock.forward(timedelta(minutes=15))
    tickets = serving.http.get("/api/tickets", headers=serving.key(Role.OPS)).json()["items"]
    assert [ticket["state"] for ticket in tickets] == ["candidate"]
    assert tickets[0]["sightings"] > 90
    assert tickets[0]["last_seen"] > tickets[0]["opened_at"]


def test_a_finding_for_which_there_is_no_room_is_said_again_as_soon_as_there_is(
    serving: Serving, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watcher = a_watcher(serving, tmp_path)

    def look_for_a_minute() -> None:
        for _ in range(8):
            watcher.look(a_frame(serving))
            serving.clock.forward(CONFIRM_EVERY)

    with monkeypatch.context() as full:
        full.setattr(serving.city.evidence, "_reserve_bytes", 1 << 62)
        with pytest.raises(StorageFull):
            look_for_a_minute()
    look_for_a_minute()
    assert len(serving.http.get("/api/tickets", headers=serving.key(Role.OPS)).json()["items"]) == 1


def test_what_passes_by_is_no_ticket(serving: Serving, tmp_path: Path) -> None:
    watcher = a_watcher(serving, tmp_path)
    assert watcher.look(a_frame(serving))
    serving.model.sees = ()
    for _ in range(5):
        serving.clock.forward(CONFIRM_EVERY)
        watcher.look(a_frame(serving))
    assert serving.http.get("/api/tickets", headers=serving.key(Role.OPS)).json()["items"] == []


def test_three_looks_open_a_candidate_within_half_a_minute() -> None:
    looks = Looks(Patient(a_policy))
    boxes = as_detections([a_detection("litter", 0.4)])
    told = [looks.see(Scene("pole", NOON + step * CONFIRM_EVERY), boxes, "f" * 64)[0].reason for step in range(5)]
    assert told[-1] == "told_recently"
    assert "opened" in told
    assert told.index("opened") * CONFIRM_EVERY <= timedelta(seconds=30)


def test_a_policy_with_more_patience_lets_a_camera_wait_from_the_next_look_on() -> None:
    usual = a_policy()
    rules = {**usual.rules, "litter": replace(usual.rule("litter"), patience=Patience(timedelta(minutes=10), 3))}
    in_force = [usual]
    looks = Looks(Patient(lambda: in_force[0]))
    boxes = as_detections([a_detection("litter", 0.4)])
    in_force[0] = a_policy(rules=rules)
    steps = [timedelta(minutes=minute) for minute in range(12)]
    told = [looks.see(Scene("pole", NOON + step), boxes, "f" * 64)[0].reason for step in steps]
    assert told.index("opened") == 10


def test_a_folder_is_watched_and_its_camera_says_so(serving: Serving, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(a_jpeg())
    serving.add_camera("pole", url=str(folder))
    until(lambda: camera(serving, "pole")["state"] == "watching")
    assert camera(serving, "pole")["trouble"] is None


def test_an_address_that_never_answers_is_in_trouble_and_hurts_nobody(serving: Serving) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        serving.add_camera("dead", url=f"rtsp://user:canary@127.0.0.1:{silent.getsockname()[1]}/live")
        answer = send_photo(serving.http, a_jpeg(), serving.key(Role.INSPECTOR), lat="31.2", lon="121.4")
        assert answer.status_code == 201
        until(lambda: camera(serving, "dead")["state"] in ("silent", "trouble"))
    assert "canary" not in str(camera(serving, "dead"))


def test_a_file_that_is_no_video_is_told_as_trouble_and_comes_back_when_it_is_one(
    serving: Serving, tmp_path: Path
) -> None:
    source = tmp_path / "pictures"
    serving.add_camera("pole", url=str(source))
    until(lambda: camera(serving, "pole")["trouble"] == "source.unreachable")
    source.mkdir()
    (source / "a.jpg").write_bytes(a_jpeg())
    until(lambda: camera(serving, "pole")["state"] == "watching")


def test_no_thread_of_a_camera_outlives_the_watch(serving: Serving, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(a_jpeg())
    serving.add_camera("pole", url=str(tmp_path / "a.jpg"))
    with socket.create_server(("127.0.0.1", 0)) as silent, a_camera(WebCamera(pictures=1)) as web:
        serving.add_camera("mute", url=f"rtsp://127.0.0.1:{silent.getsockname()[1]}/live")
        serving.add_camera("still", url=f"{web}/live.mjpeg")
        until(lambda: camera(serving, "pole")["state"] == "watching" and len(threads_of_cameras()) == 3)
        began = time.monotonic()
        serving.city.cameras.stop()
        assert threads_of_cameras() == []
        assert time.monotonic() - began < STOPPING_S + 1


def test_the_gaps_of_a_camera_that_hangs_up_after_each_picture_are_known_for_broken_ones(
    serving: Serving, tmp_path: Path
) -> None:
    clip = a_clip(tmp_path / "one.ts", frames=1)
    with a_camera(web := WebCamera(body=clip.read_bytes())) as address:
        serving.add_camera("pole", url=f"{address}/live.ts")
        until(lambda: web.asked >= 4)
        lookout = serving.city.cameras._watchers["pole"].lookout
        until(lambda: lookout._is_broken)
        assert lookout.last_frame_at is not None
        assert (lookout.usual_s or 0.0) < SELDOM_FROM_S


def threads_of_cameras() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("camera ")]


def test_a_camera_that_is_switched_off_is_read_no_longer(serving: Serving, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(a_jpeg())
    serving.add_camera("pole", url=str(tmp_path / "a.jpg"))
    until(lambda: "pole" in serving.city.cameras.health())
    with serving.city.store.write() as rows:
        rows.connection.execute(update(cameras).where(cameras.c.id == "pole").values(disabled_at=cameras.c.created_at))
    until(lambda: "pole" not in serving.city.cameras.health())
    assert camera(serving, "pole")["state"] == "off"


def test_how_often_a_camera_is_looked_at_changes_while_it_is_read(serving: Serving, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(a_jpeg())
    serving.add_camera("pole", url=str(tmp_path / "a.jpg"), look_every_s=120)
    watchers = serving.city.cameras._watchers
    until(lambda: "pole" in watchers)
    wish = {"look_every_s": 30}
    serving.http.patch("/api/cameras/pole", json=wish, headers=serving.key(Role.ADMIN)).raise_for_status()
    until(lambda: watchers["pole"].camera.look_every_s == 30)
