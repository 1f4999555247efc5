"""Who is let in, for how long, and who is not."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import func, select

from service.accounts.people import GUESSES_AT_A_LOGIN, NewPerson
from service.domain.states import Role
from service.errors import AuthInvalid
from service.store.tables import sessions
from tests.serving import PASSWORD, Serving, serve


def test_a_person_logs_in_and_out(serving: Serving) -> None:
    serving.person("ann", Role.OPS)
    assert serving.http.get("/api/session").json()["code"] == "auth.missing"
    serving.log_in("ann")
    assert serving.http.get("/api/session").json() == {"login": "ann", "role": "ops", "name": "ann", "unit": None}
    assert serving.http.delete("/api/session").status_code == 204
    assert serving.http.get("/api/session").status_code == 401


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(serving: Serving) -> None:
    serving.person("ann", Role.OPS)
    answer = serving.http.post("/api/session", json={"login": "ann", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/" in cookie


def test_a_wrong_password_and_an_unknown_login_are_told_alike(serving: Serving) -> None:
    serving.person("ann", Role.OPS)
    told = [
        serving.http.post("/api/session", json={"login": login, "password": "wrong password"})
        for login in ("ann", "nobody")
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in told] == [(401, "auth.invalid")] * 2


def test_guessing_is_refused_with_a_time_to_wait_and_passes(serving: Serving) -> None:
    serving.person("ann", Role.OPS)
    for _ in range(GUESSES_AT_A_LOGIN):
        serving.http.post("/api/session", json={"login": "ann", "password": "wrong"})
    refused = serving.http.post("/api/session", json={"login": "ann", "password": PASSWORD})
    assert (refused.status_code, refused.json()["code"]) == (429, "rate.limited")
    assert int(refused.headers["retry-after"]) > 0
    serving.clock.forward(timedelta(minutes=6))
    serving.log_in("ann")


def test_a_page_of_somebody_else_does_nothing_with_this_session(serving: Serving) -> None:
    for login in ("ann", "王"):
        serving.person(login, Role.OPS)
    serving.log_in("王")
    mine, others = {"Streetwarden-Login": quote("王")}, {"Streetwarden-Login": "ann"}
    assert serving.http.get("/api/tickets", headers=mine).status_code == 200
    refused = serving.http.post("/api/review/leases", json={"limit": 1}, headers=others)
    assert (refused.status_code, refused.json()["code"]) == (409, "session.changed")
    assert serving.http.get("/api/tickets", headers=others | serving.key(Role.OPS)).status_code == 200


def test_a_disabled_person_is_out_at_the_next_request(serving: Serving) -> None:
    serving.person("ann", Role.OPS)
    serving.log_in("ann")
    assert serving.http.post("/api/users/ann/disable", headers=serving.key(Role.ADMIN)).status_code == 204
    assert serving.http.get("/api/tickets").status_code == 401


def test_a_revoked_key_is_out_at_the_next_request(serving: Serving) -> None:
    admin = serving.key(Role.ADMIN)
    made = serving.http.post("/api/keys", json={"name": "k", "role": "viewer"}, headers=admin).json()
    headers = {"Authorization": f"Bearer {made['key']}"}
    assert serving.http.get("/api/tickets", headers=headers).status_code == 200
    assert serving.http.delete(f"/api/keys/{made['id']}", headers=admin).status_code == 204
    assert serving.http.get("/api/tickets", headers=headers).json()["code"] == "auth.invalid"


def test_a_session_ends_by_itself(serving: Serving) -> None:
    serving.person("ann", Role.OPS)
    serving.log_in("ann")
    serving.clock.forward(timedelta(hours=13))
    assert serving.http.get("/api/tickets").status_code == 401


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://", "http://[", "HTTP://A B"])
def test_a_foreign_page_changes_nothing(serving: Serving, origin: str) -> None:
    serving.person("ann", Role.OPS)
    serving.log_in("ann")
    answer = serving.http.post("/api/tickets/x/moves", json={"to": "filed", "version": 1}, headers={"Origin": origin})
    assert (answer.status_code, answer.json()["code"]) == (403, "auth.forbidden")


def test_our_own_page_may(serving: Serving) -> None:
    serving.person("ann", Role.OPS)
    serving.log_in("ann")
    origin = str(serving.http.base_url).rstrip("/")
    answer = serving.http.post("/api/tickets/x/moves", json={"to": "filed", "version": 1}, headers={"Origin": origin})
    assert answer.json()["code"] == "ticket.unknown"


def test_the_setup_link_makes_one_administrator(serving: Serving) -> None:
    token = serving.city.people.offer_setup(serving.clock())
    wish = {"token": token, "login": "root", "password": PASSWORD}
    assert serving.http.post("/api/setup", json=wish).status_code == 204
    assert serving.http.get("/api/session").json()["role"] == "admin"
    again = serving.http.post("/api/setup", json={**wish, "login": "second"})
    assert (again.status_code, again.json()["code"]) == (401, "auth.invalid")


def test_a_new_setup_link_ends_the_one_before(serving: Serving) -> None:
    old = serving.city.people.offer_setup(serving.clock())
    serving.city.people.offer_setup(serving.clock())
    with pytest.raises(AuthInvalid):
        serving.city.people.set_up(old, NewPerson("root", PASSWORD, Role.ADMIN), serving.clock())


def test_a_person_of_a_unit_belongs_to_one_that_exists(serving: Serving) -> None:
    wish = {"login": "crew", "password": PASSWORD, "role": "unit", "unit": "nobody"}
    answer = serving.http.post("/api/users", json=wish, headers=serving.key(Role.ADMIN))
    assert (answer.status_code, answer.json()["code"]) == (422, "unit.unknown")


def test_the_same_login_twice_is_refused(serving: Serving) -> None:
    admin = serving.key(Role.ADMIN)
    wish = {"login": "ann", "password": PASSWORD, "role": "ops"}
    assert serving.http.post("/api/users", json=wish, headers=admin).status_code == 201
    assert serving.http.post("/api/users", json=wish, headers=admin).json()["code"] == "user.exists"


def test_who_names_another_address_is_limited_all_the_same(serving: Serving) -> None:
    wish = {"login": "ann", "password": "wrong password"}
    told = [
        serving.http.post("/api/session", json=wish, headers={"X-Forwarded-For": f"10.0.0.{number}"}).status_code
        for number in range(GUESSES_AT_A_LOGIN + 1)
    ]
    assert told == [401] * GUESSES_AT_A_LOGIN + [429]


def test_behind_a_proxy_each_address_has_its_own_limit(tmp_path: Path) -> None:
    wish = {"login": "ann", "password": "wrong password"}
    with serve(tmp_path / "city", public_url="https://streets.example") as serving:
        for number in range(GUESSES_AT_A_LOGIN + 1):
            headers = {"X-Forwarded-For": f"10.0.0.{number}"}
            assert serving.http.post("/api/session", json=wish, headers=headers).status_code == 401


def test_a_made_up_setup_link_costs_no_hash(serving: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    monkeypatch.setattr("service.accounts.people.hash_password", hashed.append)
    wish = {"token": "sw_setup_made_up", "login": "root", "password": PASSWORD}
    assert serving.http.post("/api/setup", json=wish).status_code == 401
    assert hashed == []


def test_sessions_that_ran_out_are_forgotten_at_the_next_login(serving: Serving) -> None:
    serving.person("ann", Role.OPS)
    serving.log_in("ann")
    serving.clock.forward(timedelta(hours=13))
    serving.log_in("ann")
    with serving.city.store.read() as rows:
        assert rows.connection.execute(select(func.count()).select_from(sessions)).scalar_one() == 1


def test_an_account_is_changed_and_a_new_password_ends_its_sessions(serving: Serving) -> None:
    admin = serving.key(Role.ADMIN)
    serving.person("wang", Role.OPS)
    serving.log_in("wang")
    change = {"name": "王丽", "role": "chief", "password": "another good one"}
    assert serving.http.patch("/api/users/wang", json=change, headers=admin).status_code == 204
    assert serving.http.get("/api/session").status_code == 401
    kept = next(one for one in serving.http.get("/api/users", headers=admin).json()["items"] if one["login"] == "wang")
    assert (kept["name"], kept["role"], kept["unit_id"]) == ("王丽", "chief", None)
    line = serving.http.get("/api/audit?action=user.changed", headers=admin).json()["items"][0]
    assert (line["facts"]["was"], line["facts"]["role"]) == ("ops", "chief")
    refused = serving.http.patch("/api/users/wang", json={"role": "unit"}, headers=admin)
    assert (refused.status_code, refused.json()["facts"]["field"]) == (422, "unit")


def test_nobody_changes_his_own_role_or_shuts_himself_out(serving: Serving) -> None:
    serving.person("lin", Role.ADMIN)
    serving.log_in("lin")
    for change in ({"role": "viewer"}, {"disabled": True}):
        assert serving.http.patch("/api/users/lin", json=change).status_code == 403
    assert serving.http.patch("/api/users/lin", json={"name": "林"}).status_code == 204


def test_somebody_shut_out_may_be_let_in_again(serving: Serving) -> None:
    admin = serving.key(Role.ADMIN)
    serving.person("wang", Role.OPS)
    serving.http.post("/api/users/wang/disable", headers=admin).raise_for_status()
    serving.http.patch("/api/users/wang", json={"disabled": False}, headers=admin).raise_for_status()
    serving.log_in("wang")


@pytest.mark.parametrize("way", ["post", "patch"])
def test_a_session_from_before_somebody_was_shut_out_lives_no_more_when_they_are_let_in(
    serving: Serving, way: str
) -> None:
    admin = serving.key(Role.ADMIN)
    serving.person("wang", Role.OPS)
    serving.log_in("wang")
    if way == "post":
        serving.http.post("/api/users/wang/disable", headers=admin).raise_for_status()
    else:
        serving.http.patch("/api/users/wang", json={"disabled": True}, headers=admin).raise_for_status()
    serving.http.patch("/api/users/wang", json={"disabled": False}, headers=admin).raise_for_status()
    assert serving.http.get("/api/session").status_code == 401
    line = serving.http.get("/api/audit?action=user.changed", headers=admin).json()["items"][0]
    assert line["facts"]["disabled"] is False
