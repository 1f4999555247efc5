"""Lists of tickets that people come back to, over HTTP."""

from typing import Any

import httpx

from service.domain.states import Role
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


def test_what_is_no_search_of_the_page_is_refused(serving: Serving) -> None:
    ops = serving.key(Role.OPS)
    for wish in ({"name": "x", "search": "https://elsewhere.example"}, {"name": ""}, {"name": "x" * 61}):
        assert keep(serving, ops, **wish).status_code == 422
    for number in range(100):
        assert keep(serving, ops, name=f"view {number}").status_code == 200
    assert keep(serving, ops, name="one more").status_code == 422
    assert len(views(serving, ops)) == 100
