"""ONNX Runtime reports to its maker from 1.29 on, also from Linux; ours does not."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.rivals.environment import SILENT, Trap, trap

PLAIN = "import onnxruntime; s = onnxruntime.InferenceSession(sys.argv[1]); print('open', flush=True); input()"
LOOKS = (
    "from pathlib import Path; from detector.model import open_model; from detector.weights import open_card;"
    "m = open_model(open_card(Path(sys.argv[1]))); print('open', flush=True); input()"
)
PATIENCE_S = 90.0


@contextmanager
def a_program(code: str, argument: Path, caught: Trap) -> Iterator[None]:
    """A program that holds a session open, with the trap as its only way out."""
    quiet = {*SILENT, "CI", "TF_BUILD", "GITHUB_ACTIONS"}
    environment = {name: value for name, value in os.environ.items() if name not in quiet}
    ways = {name: value for name, value in caught.environment().items() if name not in SILENT}
    process = subprocess.Popen(
        [sys.executable, "-c", f"import sys; {code}", str(argument)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment | ways,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    try:
        yield
    finally:
        process.communicate("\n")


def test_the_detector_tells_nobody_what_it_runs() -> None:
    with trap() as ours, trap() as plain:
        with (
            a_program(LOOKS, Path("weights/current.toml"), ours),
            a_program(PLAIN, Path("weights/street-n5.onnx"), plain),
        ):
            last = time.monotonic() + PATIENCE_S
            while not plain.asked and time.monotonic() < last:
                time.sleep(0.05)
        if not plain.asked:
            pytest.skip("this ONNX Runtime says nothing by itself here, so silence proves nothing")
    assert ours.asked == []
