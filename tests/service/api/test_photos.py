"""A photo becomes a ticket, once."""

import math
import threading
import time
from datetime import timedelta

import pytest

from service.domain.states import Role
from service.errors import StorageFull
from tests.build import a_jpeg
from tests.serving import Serving, send_photo

HERE = {"lat": "31.2304", "lon": "121.4737"}


def test_a_photo_with_a_heap_opens_one_reported_ticket(serving: Serving) -> None:
    answer = send_photo(serving.http, a_jpeg(), serving.key(Role.INSPECTOR), **HERE)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert [ticket["outcome"] for ticket in told["tickets"]] == ["opened"]
    assert told["tickets"][0]["state"] == "reported"
    assert told["photo"]["place_source"] == "form"
    assert told["needs"] == []


def test_a_second_photo_of_the_place_is_seen_again(serving: Serving) -> None:
    key = serving.key(Role.INSPECTOR)
    first = send_photo(serving.http, a_jpeg(), key, **HERE).json()
    second = send_photo(serving.http, a_jpeg(colour=(1, 2, 3)), key, **HERE).json()
    assert second["tickets"][0]["id"] == first["tickets"][0]["id"]
    assert second["tickets"][0]["outcome"] == "seen_again"


def test_the_same_key_and_body_get_the_same_answer_and_make_nothing_new(serving: Serving) -> None:
    headers = serving.key(Role.INSPECTOR) | {"Idempotency-Key": "photo-1"}
    first = send_photo(serving.http, a_jpeg(), headers, **HERE)
    again = send_photo(serving.http, a_jpeg(), headers, **HERE)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()


def test_the_same_key_with_another_body_is_refused(serving: Serving) -> None:
    headers = serving.key(Role.INSPECTOR) | {"Idempotency-Key": "photo-1"}
    send_photo(serving.http, a_jpeg(), headers, **HERE)
    for photo, fields in ((a_jpeg(colour=(9, 9, 9)), HERE), (a_jpeg(), {**HERE, "note": "other"})):
        answer = send_photo(serving.http, photo, headers, **fields)
        assert (answer.status_code, answer.json()["code"]) == (409, "idempotency.mismatch")


def test_many_at_once_with_one_key_make_one_photo(serving: Serving) -> None:
    headers = serving.key(Role.INSPECTOR) | {"Idempotency-Key": "photo-1"}
    photo = a_jpeg()
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(send_photo(serving.http, photo, headers, **HERE)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.json()["photo"]["id"] for answer in answers}) == 1


def test_an_upload_that_failed_can_be_sent_again_with_its_key(serving: Serving) -> None:
    headers = serving.key(Role.INSPECTOR) | {"Idempotency-Key": "photo-1"}
    failed = send_photo(serving.http, b"not a photo", headers, **HERE)
    assert (failed.status_code, failed.json()["code"]) == (415, "photo.not_an_image")
    assert send_photo(serving.http, a_jpeg(), headers, **HERE).status_code == 201


def test_a_photo_without_a_place_is_kept_and_makes_its_tickets_when_it_is_pinned(serving: Serving) -> None:
    key = serving.key(Role.INSPECTOR)
    told = send_photo(serving.http, a_jpeg(), key).json()
    assert (told["needs"], told["tickets"]) == (["place"], [])
    assert told["observations"][0]["reason"] == "place.missing"
    pinned = serving.http.patch(f"/api/photos/{told['photo']['id']}", json={"lat": 31.2, "lon": 121.4}, headers=key)
    assert pinned.status_code == 200, pinned.text
    assert (pinned.json()["needs"], pinned.json()["photo"]["place_source"]) == ([], "hand")
    assert pinned.json()["tickets"][0]["outcome"] == "opened"


def test_a_person_may_name_a_condition_that_no_model_knows(serving: Serving) -> None:
    told = send_photo(serving.http, a_jpeg(), serving.key(Role.INSPECTOR), condition="street_drying", **HERE).json()
    assert [ticket["condition"] for ticket in told["tickets"]] == ["litter", "street_drying"]


def test_a_photo_can_be_read_again(serving: Serving) -> None:
    key = serving.key(Role.OPS)
    told = send_photo(serving.http, a_jpeg(), key, note="behind the market", **HERE).json()
    again = serving.http.get(f"/api/photos/{told['photo']['id']}", headers=key).json()
    assert again == told
    seen = serving.http.get(f"/api/observations/{told['observations'][0]['id']}", headers=key).json()
    assert seen["evidence_id"] == told["photo"]["evidence_id"]
    assert seen["source"] == {"type": "photo", "id": told["photo"]["id"]}


def test_what_was_refused_half_way_is_made_up_for_without_a_new_start(
    serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.jobs.LOOK_EVERY_S", 0.05)
    with monkeypatch.context() as full:
        full.setattr("service.intake.ingest", _no_room)
        refused = send_photo(serving.http, a_jpeg(), serving.key(Role.INSPECTOR), lat="31.2", lon="121.4")
        assert refused.status_code == 507
    assert len(serving.city.intake.unfinished()) == 1
    serving.clock.forward(timedelta(minutes=2))
    serving.city.jobs.wake()
    limit = time.monotonic() + 10
    while serving.city.intake.unfinished():
        assert time.monotonic() < limit
        time.sleep(0.05)
    assert len(serving.http.get("/api/tickets", headers=serving.key(Role.OPS)).json()["items"]) == 1


def _no_room(*_: object, **__: object) -> None:
    raise StorageFull(where="database")


def test_what_a_photo_took_of_memory_goes_back_once_it_is_quiet(
    serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_back = threading.Event()
    monkeypatch.setattr("service.jobs.give_back", given_back.set)
    monkeypatch.setattr("service.jobs.TIDY_EVERY_S", math.inf)
    limit = time.monotonic() + 10
    while serving.city.jobs._is_untidy:  # the first quiet moment after a start
        assert time.monotonic() < limit
        time.sleep(0.05)
    given_back.clear()
    assert send_photo(serving.http, a_jpeg(), serving.key(Role.INSPECTOR), **HERE).status_code == 201
    assert given_back.wait(10)


def test_what_was_cut_off_is_finished_at_the_next_start(serving: Serving) -> None:
    key = serving.key(Role.INSPECTOR)
    told = send_photo(serving.http, a_jpeg(), key, **HERE).json()
    with serving.city.store.write() as rows:
        for table in ("observations", "history", "tickets"):
            rows.connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608
        rows.connection.exec_driver_sql("UPDATE photos SET status = 'stored', answer = NULL")
    assert serving.city.intake.unfinished() == [told["photo"]["id"]]
    finished = serving.city.intake.finish(told["photo"]["id"])
    assert finished["tickets"][0]["outcome"] == "opened"
    assert serving.city.intake.unfinished() == []


def test_a_frame_is_the_same_only_at_the_same_place(serving: Serving) -> None:
    serving.add_camera("car", kind="moving", lat=None, lon=None)
    key = serving.key(Role.CAMERA, "car")
    opened = []
    for latitude in ("31.2", "31.2", "31.3"):
        form = {"taken_at": "2026-11-25T12:00:00Z", "lat": latitude, "lon": "121.4"}
        pushed = serving.http.post("/api/cameras/car/frames", files={"file": a_jpeg()}, data=form, headers=key)
        opened.append(pushed.json()["tickets"][0]["id"])
    assert opened[0] == opened[1] != opened[2]


def test_a_time_may_be_written_in_small_letters_as_rfc_3339_allows(serving: Serving) -> None:
    told = send_photo(serving.http, a_jpeg(), serving.key(Role.INSPECTOR), taken_at="2026-11-25t04:00:00z").json()
    assert told["photo"]["taken_at"] == "2026-11-25T04:00:00Z"


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"lat": "91", "lon": "0"}, 422, "place.out_of_range"),
        ({"lat": "nan", "lon": "0"}, 422, "place.out_of_range"),
        ({"lat": "31", "lon": "inf"}, 422, "place.out_of_range"),
        ({"lat": "31"}, 422, "request.invalid"),
        ({"lat": "here", "lon": "there"}, 422, "request.invalid"),
        ({"taken_at": "2026-11-25T12:00:00"}, 422, "time.no_zone"),
        ({"taken_at": "2026-11-25"}, 422, "time.no_zone"),
        ({"taken_at": "yesterday"}, 422, "request.invalid"),
        ({"taken_at": "0001-01-01T00:00:00+14:00"}, 422, "request.invalid"),
        ({"condition": "dragons"}, 422, "condition.unknown"),
        ({"note": "x" * 2001}, 422, "request.invalid"),
        ({"note": "a\0b"}, 422, "request.invalid"),
    ],
)
def test_a_wrong_field_is_refused_and_leaves_nothing(
    serving: Serving, fields: dict[str, str], status: int, code: str
) -> None:
    answer = send_photo(serving.http, a_jpeg(), serving.key(Role.INSPECTOR), **fields)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert set(answer.json()) == {"code", "facts", "trace_id"}
    with serving.city.store.read() as rows:
        assert rows.connection.exec_driver_sql("SELECT count(*) FROM photos").scalar() == 0
