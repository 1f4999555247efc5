"""More than can be done: refused early, and what was admitted is done."""

import os
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from urllib.parse import urlsplit

import httpx

from service.domain.states import Role
from service.inference import FRAMES_A_CAMERA, FRAMES_AT_ONCE, PHOTOS_AT_ONCE, Lane
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
            flood.enter_context(serving.city.pool.frames.one())
        key = serving.key(Role.CAMERA, "pole")
        refused = serving.http.post("/api/cameras/pole/frames", files=files, data=form, headers=key)
        assert (refused.status_code, refused.json()["code"]) == (503, "busy")
        assert send_photo(serving.http, a_jpeg(), serving.key(Role.INSPECTOR)).status_code == 201
    assert serving.http.post("/api/cameras/pole/frames", files=files, data=form, headers=key).status_code == 200


def test_who_comes_where_there_is_no_room_is_refused_before_its_picture_is_read(serving: Serving) -> None:
    told = urlsplit(str(serving.http.base_url))
    lines = (
        "POST /api/photos HTTP/1.1",
        f"Host: {told.netloc}",
        "Content-Type: multipart/form-data; boundary=x",
        "Content-Length: 1000000",
    )
    head = "".join(f"{line}\r\n" for line in (*lines, "")).encode()
    with ExitStack() as full:
        for _ in range(PHOTOS_AT_ONCE):
            full.enter_context(serving.city.pool.photos.one())
        with socket.create_connection((told.hostname, told.port), timeout=10) as phone:
            phone.sendall(head)
            answer = phone.recv(4096).lower()
    assert answer.startswith(b"http/1.1 503")
    assert b"\r\nretry-after: 1\r\n" in answer
    assert 'streetwarden_refused_total{what="photo"} 1.0' in serving.http.get("/metrics").text
    assert send_photo(serving.http, a_jpeg(), serving.key(Role.INSPECTOR)).status_code == 201


def test_pushed_frames_make_room_oldest_first_and_each_is_counted(serving: Serving) -> None:
    serving.add_camera("pole")
    pool, key, go = serving.city.pool, serving.key(Role.CAMERA, "pole"), threading.Event()
    more = 3

    def push(second: int) -> int:
        form = {"taken_at": f"2026-11-25T12:00:{second:02}Z"}
        files = {"file": ("frame.jpg", a_jpeg(colour=(second, 90, 90)))}
        return httpx.post(
            f"{serving.http.base_url}/api/cameras/pole/frames", files=files, data=form, headers=key, timeout=30
        ).status_code

    for _ in range(os.cpu_count() or 1):
        pool.offer(go.wait, Lane.PHOTO)
    with ThreadPoolExecutor(FRAMES_A_CAMERA + more) as pushers:
        pushed = []
        for second in range(FRAMES_A_CAMERA + more):
            pushed.append(pushers.submit(push, second))
            until_waiting(serving, min(second + 1, FRAMES_A_CAMERA), dropped=max(0, second + 1 - FRAMES_A_CAMERA))
        go.set()
        assert [one.result() for one in pushed] == [503] * more + [200] * FRAMES_A_CAMERA
    serving.city.cameras.means.notebook.write()
    with serving.city.store.read() as rows:
        query = "SELECT frames, dropped, looked + said FROM camera_hours WHERE camera_id = 'pole'"
        assert list(rows.connection.exec_driver_sql(query)) == [(FRAMES_A_CAMERA + more, more, FRAMES_A_CAMERA)]
    assert f'streetwarden_frames_total{{outcome="dropped"}} {more}.0' in serving.http.get("/metrics").text


def until_waiting(serving: Serving, count: int, dropped: int) -> None:
    """Wait until so many frames wait and so many were dropped."""
    pool, limit = serving.city.pool, time.monotonic() + 10
    while (pool.waiting(Lane.FRAME), pool.frames_dropped) != (count, dropped):
        assert time.monotonic() < limit, "it did not come true in time"
        time.sleep(0.002)
