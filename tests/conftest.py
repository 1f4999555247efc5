"""What all tests share: where the shared data lies, and which tests need it."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("STREETWARDEN_SHARED", ROOT.parent / "shared")).resolve()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if (SHARED / "data" / "street" / "manifest.csv").is_file():
        return
    needs = pytest.mark.skip(reason=f"needs the shared pictures and weights: no {SHARED}")
    for item in items:
        if item.get_closest_marker("needs_shared"):
            item.add_marker(needs)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the shared pictures and starting weights; only tests marked `needs_shared` ask for it."""
    return SHARED
