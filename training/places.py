"""Where the shared pictures lie, where runs are kept and which weights are meant."""

import os
from pathlib import Path

from training.errors import WeightsUnreadable


def cache_dir() -> Path:
    """`$STREETWARDEN_CACHE`, by default `~/.cache/streetwarden`."""
    return Path(os.environ.get("STREETWARDEN_CACHE") or "~/.cache/streetwarden").expanduser()


def shared_dir() -> Path:
    """`$STREETWARDEN_SHARED`, by default `../shared`."""
    return Path(os.environ.get("STREETWARDEN_SHARED") or "../shared").expanduser()


def found(name: str, shared: Path) -> Path:
    """The weights file that a recipe names: from here (`weights/street-n.safetensors`), else under the shared folder.

    Raises:
        WeightsUnreadable: neither is there.
    """
    for path in (Path(name).expanduser(), shared / name):
        if path.is_file():
            return path
    raise WeightsUnreadable(path=name, why="no such file, here or under the shared folder")
