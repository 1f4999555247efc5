"""Open311 GeoReport v2: a citizen reports in XML or JSON and follows it to its end; apps get answers that they know."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from service.bulk import ingest_many
from service.domain.states import Role
from tests.build import a_detection, a_jpeg, a_picture, a_place, a_sighting, an_actor
from tests.serving import Serving, serve

HERE = {"lat": "31.2304", "long": "121.4737"}
HEAP = {"service_code": "litter", "description": "A heap. Call 139-1234-5678", "phone": "13912345678", **HERE}
REQUEST_FIELDS = {
    "service_request_id",
    "status",
    "status_notes",
    "service_name",
    "service_code",
    "description",
    "agency_responsible",
    "service_notice",
    "requested_datetime",
    "updated_datetime",
    "expected_datetime",
    "address",
    "address_id",
    "zipcode",
    "lat",
    "long",
    "media_url",
}


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    with serve(tmp_path / "city", a_detection("litter", 0.8)) as serving:
        yield serving


def post(serving: Serving, form: str = "json", **told: Any) -> httpx.Response:
    return serving.http.post(f"/open311/v2/requests.{form}", **({"data": HEAP} | told))


def reported(answer: httpx.Response) -> Mapping[str, Any]:
    assert answer.status_code == 201, answer.text
    receipt: Mapping[str, Any] = answer.json()[0]
    return receipt


def asked(serving: Serving, path: str) -> Any:
    answer = serving.http.get(f"/open311/v2/{path}", headers={"Accept-Language": "en"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def move(serving: Serving, number: str, to: str, **more: Any) -> None:
    headers = serving.key(Role.CHIEF)
    version = serving.http.get(f"/api/tickets/{number}", headers=headers).json()["version"]
    wish = {"to": to, "version": version, **more}
    moved = serving.http.post(f"/api/tickets/{number}/moves", json=wish, headers=headers)
    assert moved.status_code == 200, moved.text


def test_a_citizen_reports_and_follows_it_to_its_end(serving: Serving) -> None:
    number = reported(post(serving))["service_request_id"]
    (request,) = asked(serving, f"requests/{number}.json")
    assert request.keys() == REQUEST_FIELDS
    assert (request["status"], request["service_code"], request["lat"]) == ("open", "litter", 31.2304)
    assert request["description"] == "A heap. Call ***", "nobody's number is told to the public"
    for to in ("filed", "dispatched", "in_progress", "handled", "checking"):
        move(serving, number, to, **({"unit": "sanitation"} if to == "dispatched" else {}))
        assert asked(serving, f"requests/{number}.json")[0]["status"] == "open"
    assert asked(serving, f"requests/{number}.json")[0]["expected_datetime"]
    move(serving, number, "closed", resolution="forced", reason="seen by the chief")
    (request,) = asked(serving, f"requests/{number}.json")
    assert (request["status"], request["status_notes"]) == ("closed", "It was closed by the duty chief.")


def test_the_same_in_xml(serving: Serving) -> None:
    answer = post(serving, "xml")
    assert answer.status_code == 201
    assert answer.headers["content-type"].startswith("text/xml")
    receipt = ElementTree.fromstring(answer.content)  # noqa: S314  # our own answer
    assert (receipt.tag, receipt[0].tag) == ("service_requests", "request")
    number = receipt.findtext("request/service_request_id")
    found = ElementTree.fromstring(serving.http.get(f"/open311/v2/requests/{number}.xml").content)  # noqa: S314
    assert {element.tag for element in found[0]} == REQUEST_FIELDS
    assert found.findtext("request/status") == "open"
    assert found.findtext("request/zipcode") == ""


def test_a_photo_knows_its_place_or_is_given_one_and_is_shown_blurred(serving: Serving) -> None:
    told = {"data": HEAP, "files": {"media": ("heap.jpg", a_jpeg(), "image/jpeg")}}
    number = reported(post(serving, **told))["service_request_id"]
    ticket = serving.http.get(f"/api/tickets/{number}", headers=serving.key(Role.OPS)).json()
    assert (ticket["state"], len(ticket["observations"])) == ("reported", 1)
    (request,) = asked(serving, f"requests/{number}.json")
    picture = serving.http.get(request["media_url"])
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/jpeg")
    assert picture.content != a_jpeg()


def test_an_app_that_sends_twice_makes_no_second_report_and_a_neighbour_none_either(serving: Serving) -> None:
    first = reported(post(serving))["service_request_id"]
    assert reported(post(serving))["service_request_id"] == first
    neighbour = HEAP | {"description": "garbage again", "phone": "1390000"}
    receipt = reported(post(serving, data=neighbour, headers={"Accept-Language": "en"}))
    assert receipt["service_request_id"] == first
    assert "known already" in receipt["service_notice"]
    reports = serving.http.get("/api/citizen-reports", headers=serving.key(Role.OPS)).json()["items"]
    assert len(reports) == 2


@pytest.mark.parametrize("files", [None, {"media": ("heap.jpg", a_jpeg(), "image/jpeg")}])
def test_a_report_that_is_sent_again_under_its_key_gets_its_first_answer(serving: Serving, files: Any) -> None:
    told: dict[str, Any] = {"headers": {"Idempotency-Key": "7f3c", "Accept-Language": "en"}, "files": files}
    first, again = post(serving, **told), post(serving, **told)
    assert (first.status_code, again.status_code, again.content) == (201, 200, first.content)
    assert "known already" not in again.text
    other = post(serving, **told, data=HEAP | {"description": "another heap"})
    assert (other.status_code, other.json()[0]["description"].partition(":")[0]) == (409, "idempotency.mismatch")
    assert len(serving.http.get("/api/citizen-reports", headers=serving.key(Role.OPS)).json()["items"]) == 1


def test_a_key_holds_for_a_token_too_and_longer_than_the_words_do(serving: Serving) -> None:
    address = {"service_code": "litter", "address_string": "青石路 12 号"}
    told: dict[str, Any] = {"data": address, "headers": {"Idempotency-Key": "walk 12"}}
    first = reported(post(serving, **told))
    ops, pin = serving.key(Role.OPS), {"lat": 31.2304, "lon": 121.4737}
    serving.http.patch(f"/api/citizen-reports/{first['token']}", json=pin, headers=ops)
    serving.clock.forward(timedelta(days=3))
    again = post(serving, **told)
    assert (again.status_code, again.json()[0]["token"]) == (200, first["token"])
    assert reported(post(serving, data=address)), "without a key it is news after a day"


def test_of_many_who_send_one_key_at_once_one_makes_the_report(serving: Serving) -> None:
    told: dict[str, Any] = {"headers": {"Idempotency-Key": "crowd"}}
    with ThreadPoolExecutor(8) as phones:
        answers = list(phones.map(lambda _: post(serving, **told), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.content for answer in answers}) == 1


def test_a_typed_address_waits_for_a_person_and_its_token_leads_to_the_ticket(serving: Serving) -> None:
    told = {"service_code": "litter", "address_string": "青石路 12 号", "email": "a@b.example"}
    token = reported(post(serving, data=told))["token"]
    assert asked(serving, f"tokens/{token}.json") == [{"service_request_id": None, "token": token}]
    ops = serving.key(Role.OPS)
    waiting = serving.http.get("/api/citizen-reports?without_ticket=true", headers=ops).json()["items"]
    assert [(report["id"], report["address"]) for report in waiting] == [(token, "青石路 12 号")]
    assert "a@b.example" not in str(waiting)
    assert serving.http.get(f"/api/citizen-reports/{token}", headers=ops).json()["contact"] == {"email": "a@b.example"}
    pin = {"lat": 31.2304, "lon": 121.4737}
    assert serving.http.patch(f"/api/citizen-reports/{token}", json=pin, headers=ops).status_code == 200
    number = asked(serving, f"tokens/{token}.json")[0]["service_request_id"]
    assert asked(serving, f"requests/{number}.json")[0]["address"] == "青石路 12 号"
    again = serving.http.patch(f"/api/citizen-reports/{token}", json=pin, headers=ops)
    assert (again.status_code, again.json()["code"]) == (409, "citizen_report.placed")


def test_services_and_their_questions_are_told_in_both_formats_and_languages(serving: Serving) -> None:
    services = asked(serving, "services.json")
    assert {"illegal_ad", "out_of_store", "litter", "flying_wire"} <= {row["service_code"] for row in services}
    keys = {"service_code", "service_name", "description", "metadata", "type", "keywords", "group"}
    assert all(row.keys() == keys for row in services)
    chinese = ElementTree.fromstring(serving.http.get("/open311/v2/services.xml").content)  # noqa: S314
    assert "暴露垃圾" in [service.findtext("service_name") for service in chinese.findall("service")]
    definition = asked(serving, "services/litter.json")
    assert [one["code"] for one in definition["attributes"]] == ["blocks_way", "amount"]
    told = ElementTree.fromstring(serving.http.get("/open311/v2/services/litter.xml").content)  # noqa: S314
    assert told.tag == "service_definition"
    assert told.findtext("attributes/attribute/values/value/key") == "yes"
    endpoint = serving.http.get("/open311/discovery.json").json()["endpoints"][0]
    assert endpoint["url"].endswith("/open311/v2")


def test_an_answer_to_a_question_is_kept_and_a_wrong_one_refused(serving: Serving) -> None:
    reported(post(serving, data=HEAP | {"attribute[amount]": "heap"}))
    report = serving.http.get("/api/citizen-reports", headers=serving.key(Role.OPS)).json()["items"][0]
    assert report["answers"] == {"amount": "heap"}
    assert post(serving, data=HEAP | {"attribute[amount]": "ocean"}).status_code == 400
    assert post(serving, data=HEAP | {"attribute[price]": "3"}).status_code == 400


def test_requests_are_found_by_service_status_time_and_place(serving: Serving) -> None:
    number = reported(post(serving))["service_request_id"]
    found = [
        f"requests.json?service_request_id={number},SW-1",
        "requests.json?service_code=litter,illegal_ad&status=open",
        "requests.json?start_date=2026-11-25T00:00:00Z&end_date=2026-11-26T00:00:00Z",
        "requests.json?updated_after=2026-11-25T12:00:00+08:00",
        "requests.json?lat=31.2305&long=121.4737&radius=50",
        "requests.json",
    ]
    assert [[row["service_request_id"] for row in asked(serving, path)] for path in found] == [[number]] * len(found)
    for path in (
        "requests.json?service_code=illegal_ad",
        "requests.json?status=closed",
        "requests.json?start_date=2020-01-01T00:00:00Z",
        "requests.json?lat=31.2404&long=121.4737&radius=50",
        "requests.json?page=2",
    ):
        assert asked(serving, path) == []
    serving.clock.forward(timedelta(days=91))
    assert asked(serving, "requests.json") == [], "ninety days at most"


def test_one_answer_spans_ninety_days_and_a_thousand_requests(serving: Serving) -> None:
    now, pictures = serving.clock(), [a_picture() for _ in range(1001)]
    places = (a_place(metres_east=100.0 * number) for number in range(1001))
    seen = [
        a_sighting(place=place, seen_at=now, picture_id=picture.id)
        for place, picture in zip(places, pictures, strict=True)
    ]
    with serving.city.store.write() as rows:
        for picture in pictures:
            rows.pictures.add(picture)
        ingest_many(rows, seen, actor=an_actor(Role.INSPECTOR), policy=serving.city.policy, now=now)
    first, second = asked(serving, "requests.json"), asked(serving, "requests.json?page=2")
    numbers = {row["service_request_id"] for row in (*first, *second)}
    assert (len(first), len(second), len(numbers)) == (1000, 1, 1001)
    assert serving.http.get("/open311/v2/requests.json?page_size=1001").status_code == 400
    year = "requests.json?page_size=1&start_date={}&end_date=2026-12-31T00:00:00Z"
    assert asked(serving, year.format("2026-01-01T00:00:00Z")) == [], "of a longer span, the first ninety days"
    assert len(asked(serving, year.format("2026-10-05T00:00:00Z"))) == 1


def test_what_a_camera_suspects_is_no_public_request(serving: Serving) -> None:
    serving.add_camera("pole-1")
    camera = serving.key(Role.CAMERA, "pole-1")
    told = {"taken_at": "2026-11-25T04:00:00Z"}
    files = {"file": ("a.jpg", a_jpeg())}
    serving.http.post("/api/cameras/pole-1/frames", files=files, data=told, headers=camera).raise_for_status()
    number = serving.http.get("/api/tickets", headers=serving.key(Role.OPS)).json()["items"][0]["number"]
    assert asked(serving, "requests.json") == []
    assert serving.http.get(f"/open311/v2/requests/{number}.json").status_code == 404


@pytest.mark.parametrize(
    ("told", "status", "code"),
    [
        ({"json": HEAP}, 400, "open311.form_wanted"),
        ({"content": b"<x/>", "headers": {"Content-Type": "text/xml"}}, 400, "open311.form_wanted"),
        ({"data": HERE}, 400, "open311.service_code_missing"),
        ({"data": HEAP | {"service_code": "potholes"}}, 404, "open311.service_unknown"),
        ({"data": {"service_code": "litter"}}, 400, "open311.place_missing"),
        ({"data": {"service_code": "litter", "lat": "31"}}, 400, "request.invalid"),
        ({"data": HEAP | {"lat": "310"}}, 400, "place.out_of_range"),
        ({"data": HEAP | {"lat": "north"}}, 400, "request.invalid"),
        ({"data": HEAP | {"api_key": "wrong"}}, 403, "auth.invalid"),
        ({"data": HEAP | {"description": "x" * 5000}}, 400, "request.invalid"),
        ({"data": HEAP, "files": {"media": ("a.jpg", b"no picture")}}, 400, "photo.not_an_image"),
    ],
)
def test_a_wrong_report_is_answered_with_a_list_of_errors(
    serving: Serving, told: dict[str, Any], status: int, code: str
) -> None:
    answer = post(serving, **({"data": None} | told))
    (error,) = answer.json()
    assert (answer.status_code, error["code"], error["description"].split(":")[0]) == (status, status, code)
    assert serving.http.get("/api/tickets", headers=serving.key(Role.OPS)).json()["items"] == []


def test_errors_come_in_the_format_of_the_path(serving: Serving) -> None:
    for path in ("requests/SW-1.xml", "services/potholes.xml", "tokens/rep_1.xml", "nothing.xml", "services.pdf"):
        answer = serving.http.get(f"/open311/v2/{path}")
        told = ElementTree.fromstring(answer.content)  # noqa: S314
        assert (answer.status_code, told.tag, told.findtext("error/code")) == (404, "errors", "404"), path
    assert serving.http.get("/open311/v2/requests.json?status=lost").json()[0]["code"] == 400
    assert serving.http.get("/open311/v2/requests.json?start_date=2026-11-25T00:00:00").json()[0]["code"] == 400


def test_a_sign_that_xml_forbids_spoils_no_answer(serving: Serving) -> None:
    reported(post(serving, data=HEAP | {"description": "bell \x07 and <b> & ü 垃圾"}))
    told = ElementTree.fromstring(serving.http.get("/open311/v2/requests.xml").content)  # noqa: S314
    assert told.findtext("request/description") == "bell \ufffd and <b> & ü 垃圾"


def test_a_city_may_ask_for_keys_or_close_the_door(tmp_path: Path) -> None:
    with serve(tmp_path / "keys", open311="key") as serving:
        assert post(serving).json()[0]["description"].startswith("open311.key_missing")
        key = serving.key(Role.INSPECTOR)["Authorization"].removeprefix("Bearer ")
        in_the_address = serving.http.post("/open311/v2/requests.json", params={"api_key": key}, data=HEAP)
        assert in_the_address.json()[0]["description"].startswith("open311.key_missing")
        assert reported(post(serving, data=HEAP | {"api_key": key}))["service_request_id"]
    with serve(tmp_path / "closed", open311="off") as serving:
        assert post(serving).status_code == 404
        assert serving.http.get("/open311/v2/services.json").status_code == 404


def test_one_address_that_asks_too_often_waits(serving: Serving) -> None:
    serving.city.patience.reports.at_once = 1
    serving.city.patience.reports.each_s = 0.01
    assert post(serving).status_code == 201
    refused = post(serving, data=HEAP | {"description": "other"})
    assert (refused.status_code, refused.json()[0]["code"]) == (429, 429)
    assert int(refused.headers["Retry-After"]) > 0
