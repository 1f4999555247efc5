"""A reviewer opens the unblurred original: a reason, an audit line; a viewer gets 403; after retention the raw is gone
and the ticket still verifies."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from service.domain.states import Role
from service.expiring import Expiry
from service.settings import Settings
from service.store.jobs import Effect
from service.verifying import damages
from tests.build import NOON, a_detection, a_jpeg
from tests.expiries import a_pass
from tests.serving import Serving, send_photo, serve


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    with serve(tmp_path / "city", a_detection("litter", 0.8)) as serving:
        yield serving


def test_an_original_is_seen_with_a_reason_and_goes_in_its_time(serving: Serving) -> None:
    http, reviewer, viewer = serving.http, serving.key(Role.OPS), serving.key(Role.VIEWER)
    chief = serving.key(Role.CHIEF)
    sent = send_photo(http, a_jpeg(), serving.key(Role.INSPECTOR), lat="31.2", lon="121.4").json()
    picture, [ticket] = sent["photo"]["evidence_id"], sent["tickets"]
    look = {"original": "1", "reason": "the owner complains"}

    assert http.get(f"/api/evidence/{picture}", params={"original": "1"}, headers=reviewer).status_code == 422
    assert http.get(f"/api/evidence/{picture}", params=look, headers=viewer).status_code == 403
    seen = http.get(f"/api/evidence/{picture}", params=look, headers=reviewer)
    assert seen.content == a_jpeg()
    [line] = http.get("/api/audit", params={"action": "evidence.original"}, headers=chief).json()["items"]
    assert (line["subject"], line["reason"], line["actor"]) == (picture, "the owner complains", "ops of a test")

    assert http.get(f"/api/evidence/{picture}", headers=viewer).status_code == 200
    dismiss(serving, ticket["id"])
    let_go(serving, after=timedelta(days=179))
    assert http.get(f"/api/evidence/{picture}", params=look, headers=reviewer).status_code == 200
    let_go(serving, after=timedelta(days=181))
    gone = http.get(f"/api/evidence/{picture}", params=look, headers=reviewer)
    assert (gone.status_code, gone.json()["code"]) == (410, "evidence.expired")
    assert not serving.city.evidence.path(sent["photo"]["sha256"]).exists()
    assert http.get(f"/api/evidence/{picture}", headers=viewer).status_code == 200
    assert list(damages(serving.city.settings)) == []


def test_the_original_of_an_open_ticket_stays(serving: Serving) -> None:
    sent = send_photo(serving.http, a_jpeg(), serving.key(Role.INSPECTOR), lat="31.2", lon="121.4").json()
    assert serving.http.get(f"/api/evidence/{sent['photo']['evidence_id']}", headers=serving.key(Role.OPS)).is_success
    let_go(serving, after=timedelta(days=5000))
    assert serving.city.evidence.path(sent["photo"]["sha256"]).exists()


def test_an_original_stays_until_the_last_ticket_of_a_chain_of_merges_has_ended(serving: Serving) -> None:
    ops, inspector = serving.key(Role.OPS), serving.key(Role.INSPECTOR)
    pictures = [a_jpeg(colour=(20, 20, shade)) for shade in (90, 120, 150)]
    places = ("31.20", "31.21", "31.22")
    sent = [
        send_photo(serving.http, one, inspector, lat=at, lon="121.4").json()
        for one, at in zip(pictures, places, strict=True)
    ]
    first, second, last = (one["tickets"][0]["id"] for one in sent)
    original = serving.city.evidence.path(sent[0]["photo"]["sha256"])
    assert serving.http.get(f"/api/evidence/{sent[0]['photo']['evidence_id']}", headers=ops).is_success
    step(serving, first, {"to": "verifying"}, {"to": "merged", "merge_target": second})
    step(serving, second, {"to": "verifying"}, {"to": "merged", "merge_target": last})
    let_go(serving, after=timedelta(days=5000))
    assert original.exists()
    step(serving, last, {"to": "verifying"}, {"to": "not_filed", "reason": "nothing there"})
    let_go(serving, after=timedelta(days=181))
    assert not original.exists()


def test_nothing_goes_while_the_clock_has_leapt(serving: Serving) -> None:
    expiry = Expiry(serving.city.settings.data, serving.city.evidence, lambda: 0.0)
    passes = [one_pass(serving, expiry, timedelta(days=days)) for days in (0, 4000)]
    assert [effect.code for effect in passes] == ["nothing.due", "clock.leapt"]


def test_an_original_that_goes_without_a_word_is_damage(serving: Serving) -> None:
    sent = send_photo(serving.http, a_jpeg(), serving.key(Role.INSPECTOR), lat="31.2", lon="121.4").json()
    serving.city.evidence.path(sent["photo"]["sha256"]).unlink()
    assert [damage["problem"] for damage in damages(serving.city.settings)] == ["missing"]


def dismiss(serving: Serving, ticket_id: str) -> None:
    step(serving, ticket_id, {"to": "verifying"}, {"to": "not_filed", "reason": "nothing there"})


def step(serving: Serving, ticket_id: str, *moves: dict[str, str]) -> None:
    """Take a ticket some steps, each at the version that it has then."""
    ops, at = serving.key(Role.OPS), f"/api/tickets/{ticket_id}"
    for move in moves:
        version = serving.http.get(at, headers=ops).json()["version"]
        answer = serving.http.post(f"{at}/moves", json=move | {"version": version}, headers=ops)
        assert answer.status_code == 200, answer.text


def let_go(serving: Serving, after: timedelta) -> None:
    """Two passes, one that says it and one that removes files, on a disk whose files are as old as the rows say."""
    settings: Settings = serving.city.settings
    for path in settings.evidence.glob("??/*"):
        os.utime(path, (NOON.timestamp(), NOON.timestamp()))
    expiry = Expiry(settings.data, serving.city.evidence, lambda: 0.0)
    for _ in range(2):
        one_pass(serving, expiry, after)


def one_pass(serving: Serving, expiry: Expiry, after: timedelta) -> Effect:
    return a_pass(serving.city.store, expiry, serving.city.policy, NOON + after)
