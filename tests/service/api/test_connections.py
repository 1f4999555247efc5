"""Who says nothing takes nobody's place."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from service.api import connections
from service.domain.states import Role
from tests.build import a_detection, a_jpeg
from tests.serving import Serving, send_photo, serve

HEAD = b"POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n"


@pytest.fixture
def hasty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serving]:
    monkeypatch.setattr(connections, "PATIENCE_S", 0.3)
    monkeypatch.setattr(connections, "LOOK_EVERY_S", 0.05)
    with serve(tmp_path / "city", a_detection("litter", 0.8)) as serving:
        yield serving


def connect(serving: Serving) -> socket.socket:
    return socket.create_connection((serving.http.base_url.host, serving.http.base_url.port or 0), timeout=10)


@pytest.mark.parametrize("said", [b"", b"GET / HT", HEAD, HEAD + b'{"login":'], ids=["nothing", "line", "head", "body"])
def test_a_request_that_is_not_said_to_the_end_is_cut_off(hasty: Serving, said: bytes) -> None:
    with connect(hasty) as silent:
        silent.sendall(said)
        assert silent.recv(100) == b""


def test_a_request_that_comes_drop_by_drop_is_cut_off(hasty: Serving) -> None:
    with connect(hasty) as slow:
        slow.settimeout(0.05)
        for _ in range(100):
            slow.sendall(b"G")
            with suppress(TimeoutError):
                assert slow.recv(100) == b""
                return
    pytest.fail("it was listened to for five seconds")


def test_who_waits_for_an_answer_is_waited_for(hasty: Serving) -> None:
    hasty.model.takes_s = 1.0
    assert send_photo(hasty.http, a_jpeg(), hasty.key(Role.INSPECTOR)).status_code == 201
