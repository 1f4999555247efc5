"""What a cluster needs of the machine that it runs on."""

import tempfile
from pathlib import Path

import pytest

from service.cluster.folders import a_folder_for_ray

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
