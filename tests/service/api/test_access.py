"""Every route has a cell in the matrix of roles, and real requests find it true."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import APIRouter

from service.api.routes import ROUTERS, SilentRoute, make_api
from service.domain.states import Role
from tests.build import a_jpeg
from tests.faults.matrix import rights
from tests.serving import Serving, send_photo

PUBLIC = {"public"}
MATRIX = {name: set(roles) for name, roles in rights().items()}


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
    path = re.sub(r"\{\w+\}", "unknown", path.replace("{camera_id}", "cam"))
    with http.stream(method, path, headers=headers) as answer:
        return answer.status_code


def test_only_the_roles_of_the_matrix_get_past_the_door(serving: Serving) -> None:
    serving.add_camera("cam")
    callers = {role.value: serving.key(role, "cam" if role is Role.CAMERA else None) for role in Role}
    for operation, allowed in MATRIX.items():
        for role, headers in callers.items():
            status = ask(serving.http, operation, headers)
            assert (status != 403) == bool(allowed & {role, "public"}), (operation, role, status)
            assert status < 500, (operation, role, status)
        nobody = ask(serving.http, operation, {})
        assert (nobody == 401) == (allowed != PUBLIC), (operation, nobody)


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
