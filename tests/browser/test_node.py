"""The pages' pure modules, each sentence of `tests/web` asked by Node's own test runner."""

import subprocess
from pathlib import Path

import pytest

from tests.web.node import HERE, NODE


@pytest.mark.parametrize("file", sorted(HERE.glob("*.test.mjs")), ids=lambda path: path.name)
def test_a_pure_module_does_what_its_sentences_say(file: Path) -> None:
    command: list[str | Path] = [NODE, "--test", "--test-force-exit", "--test-reporter=tap", str(file)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert run.returncode == 0, run.stdout[-4000:]
