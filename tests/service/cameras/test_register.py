"""What may stand in the register of cameras."""

from pathlib import Path

import pytest

from service.cameras.register import Allowance, NewCamera, register, revise
from service.domain.reach import Reach, read_networks
from service.errors import CameraExists, PlaceOutOfRange, ServiceError, Unprocessable
from service.errors.outside import AddressNotEncoded, AddressRefused
from service.outbound.dialing import Dialer
from service.store import Store
from tests.build import NOON


def test_a_camera_is_kept_once(store: Store) -> None:
    register(store, NewCamera("pole-1", "fixed", lat=31.2, lon=121.4, heading_deg=-90), NOON)
    with store.read() as rows:
        assert rows.cameras.get("pole-1").heading_deg == 270
    with pytest.raises(CameraExists):
        register(store, NewCamera("pole-1", "moving"), NOON)


@pytest.mark.parametrize(
    ("told", "error"),
    [
        (NewCamera("../x", "fixed"), Unprocessable),
        (NewCamera("", "fixed"), Unprocessable),
        (NewCamera("a", "fixed", lat=91, lon=0), PlaceOutOfRange),
        (NewCamera("a", "fixed", lat=float("nan"), lon=0), PlaceOutOfRange),
        (NewCamera("a", "fixed", lat=31), Unprocessable),
        (NewCamera("a", "fixed", heading_deg=float("inf")), Unprocessable),
        (NewCamera("a", "fixed", look_every_s=0), Unprocessable),
        (NewCamera("a", "fixed", look_every_s=float("nan")), Unprocessable),
        (NewCamera("a", "fixed", look_every_s=1e300), Unprocessable),
        (NewCamera("a", "fixed", url="file:///etc/passwd"), Unprocessable),
        (NewCamera("a", "fixed", url="/etc/passwd"), Unprocessable),
        (NewCamera("a", "fixed", url="gopher://example/x"), Unprocessable),
        (NewCamera("a", "fixed", url="concat:a|b"), Unprocessable),
        (NewCamera("a", "fixed", url="rtsp://[::1"), Unprocessable),
        (NewCamera("a", "fixed", url="http://"), Unprocessable),
        (NewCamera("a", "fixed", url="rtsp://admin:pa#ss@8.8.8.8/live"), AddressNotEncoded),
        (NewCamera("a", "fixed", url="rtsp://admin:12/34@8.8.8.8/live"), AddressNotEncoded),
        (NewCamera("a", "fixed", url="rtsp://admin:1?2@8.8.8.8/live"), AddressNotEncoded),
        (NewCamera("a", "fixed", url="rtsp://admin:1@2/3@8.8.8.8/live"), AddressNotEncoded),
    ],
)
def test_what_does_not_hold_together_is_refused(store: Store, told: NewCamera, error: type[ServiceError]) -> None:
    with pytest.raises(error):
        register(store, told, NOON)


@pytest.mark.parametrize(
    "url",
    [
        "rtsp://admin:pa%23ss%2F@8.8.8.8/live",
        "rtsp://8.8.8.8:554/live@hd",
        "rtsp://a.example/x@y",
        "rtsp://nvr1/live?user=a@b",
        "rtsp://nvr1/live@hd",
    ],
)
def test_signs_of_a_password_are_encoded_and_a_path_may_hold_what_it_likes(store: Store, url: str) -> None:
    assert register(store, NewCamera("a", "fixed", url=url), NOON).url == url


def test_only_an_operator_names_files_of_this_machine(store: Store, tmp_path: Path) -> None:
    kept = register(store, NewCamera("a", "fixed", url=str(tmp_path)), NOON, files_allowed=True)
    assert kept.url == str(tmp_path)


@pytest.mark.parametrize(
    "url", ["rtsp://127.0.0.1/live", "http://2130706433/", "rtsp://10.0.0.7/live", "http://169.254.169.254/latest"]
)
def test_a_private_address_is_an_operators_word_or_a_named_networks(store: Store, url: str) -> None:
    with pytest.raises(AddressRefused):
        register(store, NewCamera("a", "fixed", url=url), NOON)
    register(store, NewCamera("a", "fixed", url=url), NOON, files_allowed=True)
    with store.read() as rows:
        assert rows.cameras.get("a").by_operator


def test_what_a_camera_was_used_to_holds_no_more_at_another_address(store: Store) -> None:
    register(store, NewCamera("a", "fixed"), NOON)
    with store.write() as rows:
        rows.camera_events.remember("a", usual_s=3600.0, view=b"kept")
    revise(store, "a", {"name": "pole"}, NOON, "wang", Allowance())
    with store.read() as rows:
        assert rows.camera_events.memory("a").usual_s == 3600.0
    revise(store, "a", {"url": "rtsp://8.8.8.8/live"}, NOON, "wang", Allowance())
    with store.read() as rows:
        memory = rows.camera_events.memory("a")
    assert (memory.usual_s, memory.view) == (None, b"kept")


def test_a_named_network_holds_cameras(store: Store) -> None:
    dialer = Dialer(Reach(read_networks("10.0.0.0/8")))
    kept = register(store, NewCamera("a", "fixed", url="rtsp://10.0.0.7/live"), NOON, dialer=dialer)
    assert not kept.by_operator
