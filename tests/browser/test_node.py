"""The pages' pure modules, each sentence of `tests/web` asked by Node's own test runner."""

import shutil
import subprocess
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1] / "web"


@pytest.mark.parametrize("file", sorted(TESTS.glob("*.test.mjs")), ids=lambda path: path.name)
def test_a_pure_module_does_what_its_sentences_say(file: Path) -> None:
    node = shutil.which("node")
    assert node, "no Node: apt-get install -y --no-install-recommends nodejs npm"
    command = [node, "--test", "--test-force-exit", "--test-reporter=tap", str(file)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stdout[-4000:]
