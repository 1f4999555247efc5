"""What a cluster needs of the machine that it runs on, and what it leaves of it to others."""

import tempfile
import threading
from pathlib import Path

import pytest

from service.app import Parts
from service.cluster import watchman
from service.cluster.folders import a_folder_for_ray
from service.store import Store
from tests.fakes import FakeModel
from tests.serving import BlackOut, settings_in

OF_RAY = len("/session_2026-11-26_16-30-00_123456_1234567/sockets/plasma_store.1234567890abcdef")
LONGEST_SOCKET = 107


def test_a_socket_of_ray_has_a_path_that_linux_takes_wherever_temporary_files_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    far = tmp_path / ("of-a-long-name-" * 4)
    far.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(far))
    with a_folder_for_ray() as folder:
        assert len(folder) + OF_RAY <= LONGEST_SOCKET
    assert not Path(folder).exists()


def test_what_looks_of_a_watchman_took_of_memory_goes_back_now_and_then(
    tmp_path: Path, postgresql_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_back = threading.Event()
    monkeypatch.setattr(watchman, "give_back", given_back.set)
    monkeypatch.setattr(watchman, "REFRESH_S", 0.02)
    monkeypatch.setattr(watchman, "TIDY_EVERY_S", 0.1)
    url = postgresql_store.engine.url.render_as_string(hide_password=False)
    one = watchman.a_watchman(
        settings_in(tmp_path, database_url=url), 1, parts=Parts(open_model=FakeModel, open_blur=BlackOut)
    )
    one.start()
    try:
        assert given_back.wait(10)
    finally:
        one.stop()
