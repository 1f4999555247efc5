"""A look at a camera that somebody waits for ends, whatever the camera does."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import cast

import pytest

from detector.errors import SourceError
from service.cameras.glance import Glances
from service.eye import Eye
from service.outbound.dialing import Dialer
from service.store.cameras import Camera, CameraKind
from tests.build import NOON

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: 1000000\r\n\r\n"


@pytest.fixture
def dripping() -> Iterator[str]:
    """The address of a camera that sends a byte of its picture now and then."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            with suppress(OSError):
                link, _ = listener.accept()
                with link:
                    link.recv(4096)
                    link.sendall(HEAD)
                    for _ in range(200):
                        link.sendall(b"x")
                        time.sleep(0.05)

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/street.jpg"
        thread.join()


def test_a_camera_that_sends_drop_by_drop_is_hung_up_on(dripping: str) -> None:
    camera = Camera("pole-1", "pole-1", CameraKind.FIXED, NOON, url=dripping, by_operator=True)
    began_s = time.monotonic()
    with pytest.raises(SourceError):
        Glances(longest_s=0.5).at(camera, cast(Eye, None), Dialer(), lambda: NOON)
    assert time.monotonic() - began_s < 5
