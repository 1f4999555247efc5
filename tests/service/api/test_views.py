"""Lists of tickets that people come back to, over HTTP."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import httpx
import pytest

from service.accounts.changing import PersonChange, change_person
from service.domain.states import Role
from service.store import Store
from service.store.views import SavedView
from tests.build import NOON
from tests.serving import Serving

Headers = dict[str, str]


def keep(serving: Serving, headers: Headers, **wish: object) -> httpx.Response:
    return serving.http.put("/api/ticket-views", json={"search": "?state=overdue", **wish}, headers=headers)


def views(serving: Serving, headers: Headers) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = serving.http.get("/api/ticket-views", headers=headers).json()["items"]
    return items


def test_a_list_is_kept_under_its_name_replaced_and_forgotten(serving: Serving) -> None:
    ops = serving.key(Role.OPS)
    assert keep(serving, ops, name="Late / 超期").json()["shared"] is False
    keep(serving, ops, name="Late / 超期", search="?q=litter")
    assert [(view["name"], view["search"]) for view in views(serving, ops)] == [("Late / 超期", "?q=litter")]
    gone = serving.http.delete("/api/ticket-views", params={"name": "Late / 超期"}, headers=ops)
    assert (gone.status_code, views(serving, ops)) == (204, [])


def test_what_is_shared_is_seen_by_the_unit_alone_and_stays_its_owners(serving: Serving) -> None:
    ops, chief = serving.key(Role.OPS), serving.key(Role.CHIEF)
    serving.person("crew", Role.UNIT, unit="sanitation")
    keep(serving, ops, name="Shared", shared=True)
    keep(serving, ops, name="Mine")
    assert [(view["name"], view["by"]) for view in views(serving, chief)] == [("Shared", "ops of a test")]
    serving.http.delete("/api/ticket-views", params={"name": "Shared"}, headers=chief)
    assert len(views(serving, ops)) == 2
    serving.log_in("crew")
    assert views(serving, {}) == []


def test_a_key_of_a_persons_name_is_somebody_else(serving: Serving) -> None:
    made = serving.city.keys.create("wang", Role.OPS, None, NOON)
    namesake = {"Authorization": f"Bearer {made.key}"}
    serving.person("wang", Role.OPS)
    serving.log_in("wang")
    keep(serving, {}, name="Late")
    assert views(serving, namesake) == []
    assert keep(serving, namesake, name="Late", search="?q=x", shared=True).json()["mine"] is True
    assert sorted((view["search"], view["by"], view["mine"]) for view in views(serving, {})) == [
        ("?q=x", "wang", False),
        ("?state=overdue", "wang", True),
    ]


@pytest.mark.parametrize(
    "change", [PersonChange(unit_id="housing"), PersonChange(role=Role.OPS), PersonChange(disabled=True)]
)
def test_what_somebody_shares_goes_with_them(serving: Serving, change: PersonChange) -> None:
    for login in ("li", "sun"):
        serving.person(login, Role.UNIT, unit="sanitation")
    serving.log_in("li")
    keep(serving, {}, name="Ours", shared=True)
    serving.log_in("sun")
    assert [view["by"] for view in views(serving, {})] == ["li"]
    change_person(serving.city.store, "li", change, NOON, "admin")
    assert views(serving, {}) == []


def test_of_many_who_keep_one_name_at_once_the_last_is_kept(store: Store) -> None:
    begin = Barrier(8, timeout=60)

    def save(number: int) -> None:
        begin.wait()
        with store.write() as tx:
            tx.views.keep(SavedView("usr_wang", "Late", f"?q={number}", False, NOON))

    with ThreadPoolExecutor(8) as crowd:
        list(crowd.map(save, range(40)))
    with store.read() as tx:
        assert tx.views.count("usr_wang") == 1


def test_what_is_no_search_of_the_page_is_refused(serving: Serving) -> None:
    ops = serving.key(Role.OPS)
    for wish in ({"name": "x", "search": "https://elsewhere.example"}, {"name": ""}, {"name": "x" * 61}):
        assert keep(serving, ops, **wish).status_code == 422
    for number in range(100):
        assert keep(serving, ops, name=f"view {number}").status_code == 200
    assert keep(serving, ops, name="one more").status_code == 422
    assert len(views(serving, ops)) == 100
