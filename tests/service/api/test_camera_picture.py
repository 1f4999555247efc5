"""What a camera shows: an address tried out, a look through a camera, and who looked."""

import base64
import io
import socket
from pathlib import Path

import httpx
import pytest
from PIL import Image

from service.domain.states import Role
from tests.service.api.test_zones import a_street, push
from tests.serving import Serving


def look(city: Serving, camera: str, role: Role = Role.ADMIN) -> httpx.Response:
    return city.http.post(f"/api/cameras/{camera}/look", headers=city.key(role))


def shown(told: dict[str, str]) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(told["jpeg"])))


def test_a_read_camera_shows_its_frame_blurred_and_who_looked_is_written_down(serving: Serving, tmp_path: Path) -> None:
    (tmp_path / "view").mkdir()
    (tmp_path / "view" / "1.jpg").write_bytes(a_street(1))
    serving.add_camera("pole", url=str(tmp_path / "view"))
    answer = look(serving, "pole", Role.CHIEF)
    assert answer.status_code == 200, answer.text
    assert answer.json()["source"] == "live"
    picture = shown(answer.json())
    assert (picture.size, picture.getpixel((320, 240))) == ((640, 480), (0, 0, 0))
    headers = serving.key(Role.ADMIN)
    trail = serving.http.get("/api/audit?action=camera.looked_through", headers=headers).json()["items"]
    assert [line["subject"] for line in trail] == ["pole"]


def test_whom_a_look_calls_is_written_down_without_password_or_path(serving: Serving) -> None:
    headers = serving.key(Role.ADMIN)
    with socket.create_server(("127.0.0.1", 0)) as gone:
        host = f"127.0.0.1:{gone.getsockname()[1]}"
    serving.add_camera("pole", url=f"http://patrol:geheim@{host}/live.jpg?token=geheim")
    assert look(serving, "pole").json()["code"] == "source.unreachable"
    (line,) = serving.http.get("/api/audit?action=camera.looked_through", headers=headers).json()["items"]
    assert (line["subject"], line["facts"]) == ("pole", {"host": host})
    assert "geheim" not in serving.http.get("/api/audit", headers=headers).text


def test_a_pushed_camera_shows_its_last_evidence_or_says_that_there_is_none(serving: Serving) -> None:
    serving.add_camera("pole")
    answer = look(serving, "pole")
    assert (answer.status_code, answer.json()) == (200, None)
    assert push(serving)["observations"]
    told = look(serving, "pole").json()
    assert (told["source"], shown(told).size) == ("evidence", (640, 480))


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("rtsp://192.168.1.64/live", "address.refused"),
        ("file:///etc/passwd", "request.invalid"),
        ("/etc/passwd", "request.invalid"),
    ],
)
def test_an_address_that_may_not_be_called_is_not_tried(serving: Serving, url: str, code: str) -> None:
    answer = serving.http.post("/api/cameras/look", json={"url": url}, headers=serving.key(Role.ADMIN))
    assert (answer.status_code, answer.json()["code"]) == (422, code)
