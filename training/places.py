"""Where the shared pictures lie and where runs are kept."""

import os
from pathlib import Path


def cache_dir() -> Path:
    """`$STREETWARDEN_CACHE`, by default `~/.cache/streetwarden`."""
    return Path(os.environ.get("STREETWARDEN_CACHE") or "~/.cache/streetwarden").expanduser()


def shared_dir() -> Path:
    """`$STREETWARDEN_SHARED`, by default `../shared`."""
    return Path(os.environ.get("STREETWARDEN_SHARED") or "../shared").expanduser()
