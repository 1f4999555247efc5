import errno
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.injection import Fault, Operation, Shim

pytestmark = pytest.mark.faults

WRITES_DURABLY = """
import os, sys
folder = sys.argv[1]
try:
    with open(folder + "/part", "wb") as file:
        file.write(b"bytes")
        file.flush()
        os.fsync(file.fileno())
    os.rename(folder + "/part", folder + "/whole")
    os.fsync(os.open(folder, os.O_RDONLY))
except OSError as error:
    print(error.errno)
"""


def run_under(shim: Shim, folder: Path) -> str:
    command = [sys.executable, "-c", WRITES_DURABLY, str(folder)]
    return subprocess.run(command, env=shim.environment, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def shim(tmp_path: Path) -> Shim:
    (tmp_path / "data").mkdir()
    return Shim.build(tmp_path, tmp_path / "data")


@pytest.mark.parametrize("operation", list(Operation))
def test_each_kind_of_call_fails_when_told_to(shim: Shim, tmp_path: Path, operation: Operation) -> None:
    shim.arm(Fault(operation, error=errno.ENOSPC))
    assert run_under(shim, tmp_path / "data") == str(errno.ENOSPC)
    assert shim.disarm().hit == 1


def test_nothing_is_touched_when_disarmed(shim: Shim, tmp_path: Path) -> None:
    shim.arm(Fault(Operation.WRITE))
    shim.disarm()
    assert run_under(shim, tmp_path / "data") == ""
    assert (tmp_path / "data" / "whole").read_bytes() == b"bytes"


def test_a_call_outside_the_folder_is_never_hit(shim: Shim, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    shim.arm(Fault(Operation.WRITE | Operation.RENAME, lasting=True))
    assert run_under(shim, tmp_path / "elsewhere") == ""
    assert shim.disarm().seen == 0


def test_the_nth_call_is_hit_and_the_earlier_ones_are_counted(shim: Shim, tmp_path: Path) -> None:
    shim.arm(Fault(Operation.WRITE | Operation.FSYNC_FILE | Operation.RENAME, nth=3))
    assert run_under(shim, tmp_path / "data") == str(errno.EIO)
    traffic = shim.disarm()
    assert (traffic.seen, traffic.hit) == (3, 1)
    assert traffic.path.endswith("/data/whole")
