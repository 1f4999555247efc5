"""More than can be done: refused early, and what was admitted is done."""

import threading
from contextlib import ExitStack

import httpx

from service.domain.states import Role
from service.inference import FRAMES_AT_ONCE
from tests.build import a_jpeg
from tests.serving import Serving, send_photo

CLIENTS = 60


def test_too_many_photos_at_once_are_refused_with_a_time_to_wait(serving: Serving) -> None:
    serving.model.takes_s = 0.1
    key = serving.key(Role.INSPECTOR)
    answers: list[httpx.Response] = []

    def send(number: int) -> None:
        with httpx.Client(base_url=serving.http.base_url, timeout=60) as http:
            answers.append(send_photo(http, a_jpeg(colour=(number, 0, 0)), key, lat="31.2", lon="121.4"))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    admitted = [answer for answer in answers if answer.status_code == 201]
    refused = [answer for answer in answers if answer.status_code == 503]
    assert len(admitted) + len(refused) == CLIENTS
    assert admitted
    assert refused
    assert all(answer.json()["code"] == "busy" and int(answer.headers["retry-after"]) > 0 for answer in refused)
    assert len({answer.json()["tickets"][0]["id"] for answer in admitted}) == 1
    assert serving.city.intake.unfinished() == []
    assert send_photo(serving.http, a_jpeg(), key).status_code == 201


def test_a_camera_that_floods_leaves_room_for_photos(serving: Serving) -> None:
    serving.add_camera("pole")
    form, files = {"taken_at": "2026-11-25T12:00:00Z"}, {"file": ("frame.jpg", a_jpeg())}
    with ExitStack() as flood:
        for _ in range(FRAMES_AT_ONCE):
            flood.enter_context(serving.city.pool.frame_slot())
        key = serving.key(Role.CAMERA, "pole")
        refused = serving.http.post("/api/cameras/pole/frames", files=files, data=form, headers=key)
        assert (refused.status_code, refused.json()["code"]) == (503, "busy")
        assert send_photo(serving.http, a_jpeg(), serving.key(Role.INSPECTOR)).status_code == 201
    assert serving.http.post("/api/cameras/pole/frames", files=files, data=form, headers=key).status_code == 200
