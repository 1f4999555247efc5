"""A whole city on PostgreSQL, over HTTP: what its own tests show of the store holds for everything above it."""

from pathlib import Path
from uuid import uuid4

from service.domain.states import Role
from service.verifying import damages
from tests.build import a_detection, a_jpeg
from tests.databases import drop_database, make_database
from tests.serving import send_photo, serve


def test_a_photo_is_walked_to_the_end_on_postgresql(tmp_path: Path, postgresql: str) -> None:
    name = f"city_{uuid4().hex}"
    make_database(postgresql, name)
    url = postgresql.format(name)
    with serve(tmp_path / "city", a_detection("litter", 0.8), database_url=url) as city:
        city.person("wang", Role.CHIEF)
        city.log_in("wang")
        headers = {**city.key(Role.INSPECTOR), "Idempotency-Key": "1"}
        first, again = (send_photo(city.http, a_jpeg(), headers, lat="31.2", lon="121.4") for _ in range(2))
        assert (first.status_code, again.status_code, first.json()) == (201, 200, again.json())
        [ticket] = first.json()["tickets"]
        for to in ("filed", "dispatched", "in_progress", "handled", "checking", "closed"):
            version = city.http.get(f"/api/tickets/{ticket['id']}").json()["version"]
            wish = {"to": to, "version": version, "reason": "the street was dug up", "resolution": "forced"}
            moved = city.http.post(f"/api/tickets/{ticket['id']}/moves", json=wish)
            assert moved.status_code == 200, moved.text
        assert moved.json()["state"] == "closed"
        found = city.http.get("/api/tickets", params={"q": "SW-", "state": "closed", "bbox": "121,31,122,32"}).json()
        assert [one["id"] for one in found["items"]] == [ticket["id"]]
        for route in ("/api/review", "/api/audit", "/api/users", "/api/cameras", "/api/policy", "/readyz", "/metrics"):
            assert city.http.get(route, headers=city.key(Role.ADMIN)).status_code == 200, route
        assert list(damages(city.city.settings)) == []
    drop_database(postgresql, name)


def test_what_postgresql_cannot_keep_is_refused_and_not_our_mistake(tmp_path: Path, postgresql: str) -> None:
    name = f"city_{uuid4().hex}"
    make_database(postgresql, name)
    with serve(tmp_path / "city", database_url=postgresql.format(name)) as city:
        admin = city.key(Role.ADMIN)
        for route in ("/api/tickets/a%00b", "/api/tickets?q=a%00b", "/api/evidence/%00", "/api/audit?subject=%00"):
            assert city.http.get(route, headers=admin).status_code == 422, route
        named = city.http.post("/api/keys", json={"name": "x" * 300, "role": "viewer"}, headers=admin)
        assert named.status_code == 422
        noted = send_photo(city.http, a_jpeg(), admin, lat="31.2", lon="121.4", condition="litter", note="a\0b")
        assert noted.status_code == 422
    drop_database(postgresql, name)
