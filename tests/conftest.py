"""What all tests share: where the shared data lies, and which tests need it."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("STREETWARDEN_SHARED", ROOT.parent / "shared")).resolve()


CACHE = Path(os.environ.get("STREETWARDEN_CACHE") or "~/.cache/streetwarden").expanduser()
READERS = CACHE / "readers-venv/bin/python"
MOTO = CACHE / "moto-venv/bin/python"
NEEDS = {
    "needs_shared": (SHARED / "data/street/manifest.csv", f"needs the shared pictures and weights: no {SHARED}"),
    "needs_readers": (
        READERS,
        "needs readers-venv in the cache: `make test` installs it from requirements/readers.txt",
    ),
    "needs_moto": (MOTO, "needs moto-venv in the cache: `make test` installs it from requirements/moto.txt"),
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for name, (file, reason) in NEEDS.items():
        if file.is_file():
            continue
        for item in items:
            if item.get_closest_marker(name):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the shared pictures and starting weights; only tests marked `needs_shared` ask for it."""
    return SHARED


@pytest.fixture(scope="session")
def readers() -> Path:
    """The interpreter that has other people's readers; only tests marked `needs_readers` ask for it."""
    return READERS
