"""The policy over HTTP: read, checked, replaced with a reason, and switched on its day."""

import hashlib
from typing import Any

import httpx

from service.domain.states import Role
from service.policies import PolicyWish, save_policy
from tests.build import a_jpeg, an_actor
from tests.service.test_standard import LITTER, WIRE, a_sheet
from tests.serving import Serving, send_photo


def read(serving: Serving) -> dict[str, Any]:
    told: dict[str, Any] = serving.http.get("/api/policy", headers=serving.key(Role.VIEWER)).json()
    return told


def save(serving: Serving, text: str, **changes: object) -> httpx.Response:
    wish = {"text": text, "based_on": read(serving)["sha256"], "reason": "the council decided", **changes}
    return serving.http.put("/api/policy", json=wish, headers=serving.key(Role.ADMIN))


def test_a_new_city_has_the_shipped_policy(serving: Serving) -> None:
    kept = read(serving)
    assert (kept["seq"], kept["by"], kept["upcoming"]) == (1, "service", None)
    assert kept["sha256"] == hashlib.sha256(kept["text"].encode()).hexdigest() == serving.city.policy.sha256


def test_a_saved_policy_decides_at_once_and_the_old_one_can_be_read(serving: Serving) -> None:
    was = read(serving)
    saved = save(serving, was["text"].replace('version = "2026-11"', 'version = "2026-12"'))
    assert (saved.status_code, saved.json()["version"], saved.json()["seq"]) == (200, "2026-12", 2)
    assert serving.city.policy.version == "2026-12"
    admin = serving.key(Role.ADMIN)
    old = serving.http.get(f"/api/policy/versions/{was['sha256']}", headers=admin).json()
    assert old["text"] == was["text"]
    listed = serving.http.get("/api/policy/versions", params={"limit": 1}, headers=admin).json()
    assert [one["seq"] for one in listed["items"]] == [2]
    assert listed["next"] == "2"
    rest = serving.http.get("/api/policy/versions", params={"cursor": listed["next"]}, headers=admin).json()
    assert [one["seq"] for one in rest["items"]] == [1]


def test_saving_the_same_again_changes_nothing(serving: Serving) -> None:
    was = read(serving)
    text = was["text"].replace("default_radius_m = 30", "default_radius_m = 31")
    first = save(serving, text, based_on=was["sha256"])
    again = save(serving, text, based_on=was["sha256"])
    assert (first.json(), again.status_code) == (again.json(), 200)


def test_two_people_who_change_one_version_do_not_overwrite_each_other(serving: Serving) -> None:
    was = read(serving)
    save(serving, was["text"].replace("default_radius_m = 30", "default_radius_m = 31"))
    late = save(serving, was["text"].replace("default_radius_m = 30", "default_radius_m = 29"), based_on=was["sha256"])
    assert (late.status_code, late.json()["code"]) == (409, "policy.changed")


def test_a_wrong_policy_is_refused_with_its_line_and_nothing_is_kept(serving: Serving) -> None:
    was = read(serving)
    refused = save(serving, was["text"].replace('["14:00", "18:00"]', '["15:00", "18:00"]'))
    told = refused.json()
    assert (refused.status_code, told["code"]) == (422, "policy.wrong")
    assert (told["facts"]["key"], told["facts"]["problem"]) == ("working_hours.windows", "hole")
    line = was["text"].splitlines()[told["facts"]["line"] - 1]
    assert line.startswith("windows")
    assert read(serving) == was


def test_nobody_changes_a_policy_without_a_reason(serving: Serving) -> None:
    refused = save(serving, read(serving)["text"] + "# more\n", reason="  ")
    assert (refused.status_code, refused.json()["code"]) == (422, "policy.reason_missing")


def test_a_check_tells_every_problem_and_every_changed_key_and_keeps_nothing(serving: Serving) -> None:
    was, ops = read(serving), serving.key(Role.OPS)
    text = was["text"].replace("default_radius_m = 30", "default_radius_m = 300").replace("weekdays", "weakdays")
    told = serving.http.post("/api/policy/check", json={"text": text}, headers=ops).json()
    assert told["good"] is False
    assert {"default_radius_m", "working_hours.weakdays"} <= {one["key"] for one in told["problems"]}
    assert ("default_radius_m", "30", "300") in [(one["key"], one["was"], one["now"]) for one in told["changes"]]
    assert read(serving) == was


def test_only_an_administrator_saves_a_policy(serving: Serving) -> None:
    was = read(serving)
    wish = {"text": was["text"], "based_on": was["sha256"], "reason": "mine"}
    assert serving.http.put("/api/policy", json=wish, headers=serving.key(Role.CHIEF)).status_code == 403


def test_a_standard_is_read_into_a_proposal_and_nothing_is_saved(serving: Serving) -> None:
    was, ops = read(serving), serving.key(Role.OPS)
    files = {"file": ("standard.xlsx", a_sheet(LITTER, WIRE))}
    told = serving.http.post(
        "/api/policy/standard", files=files, data={"code_table": "platform2020"}, headers=ops
    ).json()
    assert [(row["condition"], row["limit"]) for row in told["rows"]] == [
        ("litter", {"amount": 3.0, "unit": "working_hour"}),
        ("flying_wire", None),
    ]
    assert [(one["cell"], one["problem"]) for one in told["unread"]] == [("F4", "unit_unclear")]
    assert told["checked"]["good"]
    assert "conditions.litter.closed_when" in [change["key"] for change in told["checked"]["changes"]]
    assert read(serving) == was
    assert save(serving, told["text"], reason="the standard of 2026").status_code == 200


def test_a_file_that_is_no_standard_is_refused(serving: Serving) -> None:
    files = {"file": ("standard.xlsx", b"hello")}
    refused = serving.http.post("/api/policy/standard", files=files, headers=serving.key(Role.OPS))
    assert (refused.status_code, refused.json()["code"]) == (422, "standard.unreadable")


def test_a_policy_is_tried_out_on_what_was_seen_before_it_is_saved(serving: Serving) -> None:
    ops, was = serving.key(Role.OPS), read(serving)
    for lat in ("31.2304", "31.2312"):
        send_photo(serving.http, a_jpeg(), ops, lat=lat, lon="121.4737")
    text = was["text"].replace("[conditions.litter]\nradius_m = 50", "[conditions.litter]\nradius_m = 150")
    told = serving.http.post("/api/policy/replay", json={"text": text, "days": 1}, headers=ops).json()
    assert (told["sightings"], told["agreement"], told["merged"]["count"]) == (2, 1.0, 1)
    (merged,) = told["merged"]["items"]
    assert [len(one["tickets"]) for one in (*merged["before"], *merged["after"])] == [1, 1, 2]
    refused = serving.http.post("/api/policy/replay", json={"text": "radius = 3"}, headers=ops)
    assert (refused.status_code, refused.json()["code"]) == (422, "policy.wrong")
    assert read(serving) == was


def test_a_version_that_another_process_saved_is_known_after_a_look_at_the_rows(serving: Serving) -> None:
    city = serving.city
    text = read(serving)["text"].replace("default_radius_m = 30", "default_radius_m = 31")
    wish = PolicyWish(text, city.policy.sha256, "from elsewhere")
    with city.store.write() as rows:
        save_policy(rows, city.in_force.parse(text), wish, an_actor(Role.ADMIN), serving.clock())
    assert city.policy.rule("street_drying").radius_m == 30
    city.timed.run_due()
    assert city.policy.rule("street_drying").radius_m == 31


def test_a_route_to_a_street_that_the_city_does_not_have_is_refused_with_its_line(serving: Serving) -> None:
    row = '\n[[routes]]\nconditions = ["litter"]\narea = { streets = ["yunqiao"] }\nunit = "housing"\n'
    text = read(serving)["text"] + row
    ops = serving.key(Role.OPS)
    checked = serving.http.post("/api/policy/check", json={"text": text}, headers=ops).json()
    (problem,) = checked["problems"]
    assert (checked["good"], problem["key"], problem["value"]) == (False, "routes[0].area.streets", "yunqiao")
    assert text.splitlines()[problem["line"] - 1].startswith("area = ")
    refused = save(serving, text)
    assert (refused.status_code, refused.json()["code"]) == (422, "policy.wrong")
    ring = [[121.47, 31.23], [121.48, 31.23], [121.48, 31.24], [121.47, 31.24], [121.47, 31.23]]
    street = {"id": "yunqiao", "name": {"en": "Yunqiao", "zh": "云桥街道"}}
    grid = {"version": 0, "name": {"en": "g1", "zh": "g1"}, "rings": [ring], "street": street}
    assert serving.http.put("/api/grids/g1", json=grid, headers=serving.key(Role.CHIEF)).status_code == 200
    assert save(serving, text).status_code == 200
