"""Every route has a cell in the matrix of roles, and real requests find it true."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import APIRouter

from service.api.routes import ROUTERS, SilentRoute, make_api
from service.domain.states import Role
from tests.build import a_jpeg
from tests.serving import Serving, send_photo

WORK = {"admin", "ops", "chief"}
HANDS = WORK | {"unit", "inspector"}
PEOPLE = HANDS | {"viewer"}
ALL = PEOPLE | {"camera"}
PUBLIC = {"public"}

MATRIX: dict[str, set[str]] = {
    "POST /api/photos": HANDS,
    "GET /api/photos/{photo_id}": PEOPLE,
    "PATCH /api/photos/{photo_id}": HANDS,
    "GET /api/cameras": PEOPLE,
    "POST /api/cameras": {"admin"},
    "POST /api/cameras/{camera_id}/frames": WORK | {"camera"},
    "GET /api/observations/{observation_id}": PEOPLE,
    "POST /api/observations/{observation_id}/verdict": WORK,
    "GET /api/review": WORK,
    "GET /api/tickets": PEOPLE,
    "GET /api/tickets/{ticket_id}": PEOPLE,
    "POST /api/tickets/{ticket_id}/moves": HANDS,
    "POST /api/tickets/{ticket_id}/evidence": HANDS,
    "POST /api/tickets/{ticket_id}/facts": HANDS,
    "POST /api/tickets/{ticket_id}/extensions": {"chief"},
    "POST /api/tickets/{ticket_id}/co-units": WORK,
    "POST /api/tickets/{ticket_id}/co-units/{unit_id}/feedback": WORK | {"unit"},
    "POST /api/tickets/{ticket_id}/co-units/{unit_id}/release": WORK,
    "POST /api/tickets/{ticket_id}/merges/undo": WORK,
    "GET /api/tickets/{ticket_id}/timeline": PEOPLE,
    "GET /api/tickets/{ticket_id}/file": PEOPLE,
    "GET /api/evidence/{evidence_id}": PEOPLE,
    "GET /api/indicators": PEOPLE,
    "GET /api/dossiers": WORK,
    "POST /api/dossiers/readings": WORK | {"inspector"},
    "GET /api/dossiers/{number}": WORK,
    "POST /api/dossiers/{number}/words": WORK,
    "POST /api/dossiers/{number}/letter": WORK,
    "GET /api/evaluations": PEOPLE,
    "POST /api/evaluations": WORK,
    "GET /api/evaluations/{evaluation_id}": PEOPLE,
    "GET /api/letters": PEOPLE,
    "POST /api/letters": WORK,
    "GET /api/letters/{number}": PEOPLE,
    "GET /api/reports": PEOPLE,
    "GET /api/reports/{kind}": PEOPLE,
    "GET /api/campaigns": PEOPLE,
    "POST /api/campaigns": WORK,
    "GET /api/campaigns/{campaign_id}": PEOPLE,
    "PATCH /api/campaigns/{campaign_id}": WORK,
    "GET /api/events": PEOPLE,
    "GET /api/catalog": ALL,
    "GET /api/moves": ALL,
    "GET /api/units": ALL,
    "GET /api/model": ALL,
    "GET /api/streets": ALL,
    "POST /api/session": PUBLIC,
    "GET /api/session": ALL,
    "DELETE /api/session": PUBLIC,
    "POST /api/setup": PUBLIC,
    "GET /api/users": {"admin"},
    "POST /api/users": {"admin"},
    "POST /api/users/{login}/disable": {"admin"},
    "GET /api/keys": {"admin"},
    "POST /api/keys": {"admin"},
    "DELETE /api/keys/{key_id}": {"admin"},
    "GET /healthz": PUBLIC,
    "GET /readyz": PUBLIC,
    "GET /metrics": PUBLIC,
}


def cells(document: dict[str, Any]) -> Iterator[tuple[str, set[str]]]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield f"{method.upper()} {path}", set(operation["x-roles"] or ())


def test_every_route_has_a_cell_and_every_cell_a_route(serving: Serving) -> None:
    assert dict(cells(serving.http.get("/openapi.json").json())) == MATRIX


def test_a_route_that_names_no_roles_makes_no_app(serving: Serving) -> None:
    silent = APIRouter()
    silent.add_api_route("/api/secret", lambda: {})
    with pytest.raises(SilentRoute):
        make_api(serving.city, routers=(*ROUTERS, silent))


def ask(http: httpx.Client, operation: str, headers: dict[str, str]) -> int:
    method, _, path = operation.partition(" ")
    for name in ("photo_id", "observation_id", "ticket_id", "evidence_id", "camera_id", "login", "key_id"):
        path = path.replace("{" + name + "}", "cam" if name == "camera_id" else "unknown")
    with http.stream(method, path, headers=headers) as answer:
        return answer.status_code


@pytest.mark.parametrize("operation", sorted(MATRIX))
def test_only_the_roles_of_the_matrix_get_past_the_door(serving: Serving, operation: str) -> None:
    serving.add_camera("cam")
    allowed = MATRIX[operation]
    for role in Role:
        headers = serving.key(role, "cam" if role is Role.CAMERA else None)
        status = ask(serving.http, operation, headers)
        passes = bool(allowed & {role.value, "public"})
        assert (status != 403) == passes, (role, status)
        assert status < 500, (role, status)
    nobody = ask(serving.http, operation, {})
    assert (nobody == 401) == (allowed != PUBLIC), nobody


def test_a_unit_sees_its_own_tickets_only(serving: Serving) -> None:
    serving.person("own", Role.UNIT, "sanitation")
    serving.person("other", Role.UNIT, "housing")
    ops = serving.key(Role.OPS)
    told = send_photo(serving.http, a_jpeg(), ops, lat="31.2", lon="121.4").json()
    ticket, picture = told["tickets"][0]["id"], told["photo"]["evidence_id"]
    for to, version, more in (("filed", 1, {}), ("dispatched", 2, {"unit": "sanitation"})):
        moved = serving.http.post(
            f"/api/tickets/{ticket}/moves", json={"to": to, "version": version, **more}, headers=ops
        )
        assert moved.status_code == 200, moved.text
    found = {}
    for login in ("own", "other"):
        serving.log_in(login)
        found[login] = (
            len(serving.http.get("/api/tickets").json()["items"]),
            serving.http.get(f"/api/tickets/{ticket}").status_code,
            serving.http.get(f"/api/evidence/{picture}").status_code,
            serving.http.get(f"/api/photos/{told['photo']['id']}").status_code,
        )
    assert found == {"own": (1, 200, 200, 200), "other": (0, 404, 404, 404)}


def test_a_person_or_a_key_of_no_named_unit_is_a_unit_by_its_own_name(serving: Serving) -> None:
    serving.person("bridge-crew", Role.UNIT)
    ops, key = serving.key(Role.OPS), serving.key(Role.UNIT)
    for latitude, unit in (("31.2", "bridge-crew"), ("31.3", f"{Role.UNIT} of a test")):
        opened = send_photo(serving.http, a_jpeg(), ops, lat=latitude, lon="121.4").json()["tickets"][0]["id"]
        for to, version, more in (("filed", 1, {}), ("dispatched", 2, {"unit": unit})):
            wish = {"to": to, "version": version, **more}
            assert serving.http.post(f"/api/tickets/{opened}/moves", json=wish, headers=ops).status_code == 200
    serving.log_in("bridge-crew")
    for headers in ({}, key):
        (own,) = serving.http.get("/api/tickets", headers=headers).json()["items"]
        wish = {"to": "in_progress", "version": own["version"]}
        assert serving.http.post(f"/api/tickets/{own['id']}/moves", json=wish, headers=headers).status_code == 200


def test_a_cameras_key_speaks_for_its_own_camera(serving: Serving) -> None:
    serving.add_camera("mine")
    serving.add_camera("yours")
    headers = serving.key(Role.CAMERA, "mine")
    frame = {"files": {"file": ("f.jpg", a_jpeg())}, "data": {"taken_at": "2026-11-25T12:00:00+08:00"}}
    assert serving.http.post("/api/cameras/mine/frames", headers=headers, **frame).status_code == 200
    assert serving.http.post("/api/cameras/yours/frames", headers=headers, **frame).status_code == 403
    assert serving.http.post("/api/cameras/nobody/frames", headers=serving.key(Role.ADMIN), **frame).json()["code"] == (
        "camera.unknown"
    )
