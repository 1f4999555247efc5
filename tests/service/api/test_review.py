"""The reviewers' queue over HTTP."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from service.domain.review_queue import LEASE, is_looked_at_again
from service.domain.states import Role
from service.domain.verdict import Verdict, Word
from service.store.reviews import SecondLook
from tests.build import a_jpeg
from tests.service.api.test_policy import read, save
from tests.serving import Serving, send_photo

Headers = dict[str, str]


@pytest.fixture
def five(serving: Serving) -> Serving:
    """A city with five reported heaps."""
    headers = serving.key(Role.INSPECTOR)
    for number in range(5):
        answer = send_photo(
            serving.http, a_jpeg(colour=(90, 120, number)), headers, lat=str(31.23 + number / 100), lon="121.47"
        )
        assert answer.status_code == 201
    return serving


def lease(serving: Serving, headers: Headers, **wish: object) -> dict[str, Any]:
    answer = serving.http.post("/api/review/leases", json=wish, headers=headers)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def ids(told: dict[str, Any]) -> list[str]:
    return [item["observation"]["id"] for item in told["items"]]


def judge(serving: Serving, headers: Headers, observation: str, route: str = "verdict") -> httpx.Response:
    path = f"/api/observations/{observation}/{route}"
    return serving.http.post(path, json={"verdict": True}, headers=headers)


def test_each_reviewer_gets_their_own_and_gives_it_back(five: Serving) -> None:
    ops, chief = five.key(Role.OPS), five.key(Role.CHIEF)
    mine, theirs = lease(five, ops, limit=3), lease(five, chief, limit=9)
    assert (len(ids(mine)), len(ids(theirs)), theirs["rest"]) == (3, 2, 0)
    assert set(ids(mine)).isdisjoint(ids(theirs))
    first, *others = ids(mine)
    released = five.http.delete("/api/review/leases", params={"keep": [first]}, headers=ops)
    assert released.status_code == 204
    assert sorted(ids(lease(five, chief, limit=9, holding=ids(theirs)))) == sorted(others)


def test_a_reviewer_is_told_what_was_lost(five: Serving) -> None:
    ops, chief = five.key(Role.OPS), five.key(Role.CHIEF)
    mine = ids(lease(five, ops, limit=2))
    five.clock.forward(LEASE)
    assert set(mine) <= set(ids(lease(five, chief, limit=9)))
    assert lease(five, ops, limit=0, holding=mine)["lost"] == sorted(mine)


def test_the_list_keeps_its_order_from_page_to_page_and_takes_nothing(five: Serving) -> None:
    ops = five.key(Role.OPS)
    whole = ids(five.http.get("/api/review", headers=ops).json())
    assert len(whole) == 5
    walked, cursor = [], None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        told = five.http.get("/api/review", params=query, headers=ops).json()
        walked += ids(told)
        cursor = told["next"]
        if cursor is None:
            break
    assert walked == whole
    bad = five.http.get("/api/review", params={"cursor": "x~y"}, headers=ops)
    assert (bad.status_code, bad.json()["code"]) == (422, "request.invalid")


def test_a_second_look_is_asked_of_somebody_else_and_tells_nothing(five: Serving) -> None:
    text = read(five)["text"]
    assert save(five, f"{text}\n[review]\nsecond_look = 0.5\n").status_code == 200
    ops, chief = five.key(Role.OPS), five.key(Role.CHIEF)
    waiting = ids(lease(five, ops, limit=9))
    for one in waiting:
        assert judge(five, ops, one).status_code == 200
    sampled = [one for one in waiting if is_looked_at_again(one, 0.5)]
    shown: list[str] = []
    while items := lease(five, chief, limit=9)["items"]:
        (item,) = items
        one = item["observation"]["id"]
        assert (item["again"], item["ticket"], item["observation"]["verdict"]) == (True, None, None)
        assert judge(five, ops, one, "second-look").status_code == 403
        assert judge(five, chief, one, "second-look").json() == {"observation_id": one}
        shown.append(one)
    assert sorted(shown) == sorted(sampled)
    told = five.http.get("/api/review/second-looks", params={"limit": 200}, headers=ops).json()["items"]
    assert [(look["observation_id"], look["agrees"]) for look in told] == [(one, True) for one in sorted(shown)[::-1]]
    assert {look["observation"]["verdict"] for look in told} == {None}
    unasked = judge(five, chief, "obs_none", "second-look")
    assert (unasked.status_code, unasked.json()["code"]) == (404, "observation.unknown")


def asked_again(serving: Serving, observation: str) -> None:
    """Let the sample take a sighting that ops has judged true, whether or not it would."""
    with serving.city.store.write() as rows:
        seen = rows.observations.get(observation).seen
        by = rows.observations.verdicts_on(observation)[-1].by
        rows.reviews.ask_again(
            SecondLook(observation, seen.condition, seen.detections, Verdict(Word.TRUE), by, serving.clock())
        )


def test_two_who_differ_are_told_side_by_side_and_a_third_decides(five: Serving) -> None:
    ops, chief, admin = five.key(Role.OPS), five.key(Role.CHIEF), five.key(Role.ADMIN)
    (one,) = ids(lease(five, ops, limit=1))
    judge(five, ops, one)
    asked_again(five, one)
    wish = {"verdict": "false", "reason": "unclear"}
    assert five.http.post(f"/api/observations/{one}/second-look", json=wish, headers=chief).status_code == 200
    five.clock.forward(timedelta(minutes=1))
    query = {"agrees": False, "settled": False}
    (look,) = five.http.get("/api/review/second-looks", params=query, headers=ops).json()["items"]
    assert (look["first"]["verdict"], look["second"]["verdict"], look["second"]["reason"]) == (
        "true",
        "false",
        "unclear",
    )
    assert (look["settled"], look["ticket"]["state"]) == (None, "reported")
    path = f"/api/observations/{one}/second-look/decision"
    assert five.http.post(path, json={"stands": "first"}, headers=chief).status_code == 403
    done = five.http.post(path, json={"stands": "second"}, headers=admin)
    assert (done.status_code, done.json()["settled"]["verdict"]) == (200, "false")
    assert five.http.get("/api/review/second-looks", params=query, headers=ops).json()["items"] == []
    rates = five.http.get("/api/review/agreement", headers=chief).json()["items"]
    assert {(rate["looked_again"], rate["agreed"], rate["share"]) for rate in rates} == {(1, 0, 0.0)}


def test_a_policy_that_weighs_an_unknown_condition_is_refused(serving: Serving) -> None:
    refused = save(serving, f"{read(serving)['text']}\n[review.risk]\ndragons = 2\n")
    assert (refused.json()["facts"]["key"], refused.json()["facts"]["problem"]) == (
        "review.risk.dragons",
        "unknown_key",
    )


def test_a_reviewers_pace_is_told(five: Serving) -> None:
    ops = five.key(Role.OPS)
    for one in ids(lease(five, ops, limit=2)):
        judge(five, ops, one)
        five.clock.forward(timedelta(seconds=30))
    pace = five.http.get("/api/review/pace", headers=ops).json()
    assert (pace["verdicts"], pace["true"], pace["minutes"], pace["minutes_per_true"]) == (2, 2, 0.5, 0.25)


def test_what_is_around_is_told_and_one_word_merges(serving: Serving) -> None:
    inspector, ops = serving.key(Role.INSPECTOR), serving.key(Role.OPS)
    for number, lat in enumerate(("31.2300", "31.2307")):
        answer = send_photo(serving.http, a_jpeg(colour=(9, 9, number)), inspector, lat=lat, lon="121.47")
        assert answer.status_code == 201
    mine, near = lease(serving, ops, limit=2)["items"]
    seen = mine["observation"]["id"]
    told = serving.http.get(f"/api/observations/{seen}/around", headers=ops).json()
    (neighbour,) = told["neighbours"]
    assert neighbour["ticket"]["id"] == near["ticket"]["id"]
    assert neighbour["metres"] == pytest.approx(78, abs=1)
    assert neighbour["picture"]["evidence_id"] == near["observation"]["evidence_id"]
    wish = {"verdict": True, "same_as": near["ticket"]["id"]}
    judged = serving.http.post(f"/api/observations/{seen}/verdict", json=wish, headers=ops).json()
    assert (judged["ticket"]["state"], judged["ticket"]["merged_into"]) == ("merged", near["ticket"]["id"])
