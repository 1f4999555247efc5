"""Folders and files that are there whole or not at all."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from datasets.errors import OutputTaken


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """A folder beside `out` to write into; it becomes `out` when the block ends well, and goes when it does not.

    Raises:
        OutputTaken: `out` is there already and not empty.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise OutputTaken(path=str(out))
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        yield draft
        draft.chmod(0o777 & ~_umask())
        draft.replace(out)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def write_text(path: Path, words: str) -> None:
    """Write a file, or leave the one that is there as it was."""
    write_bytes(path, words.encode())


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file, or leave the one that is there as it was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(data)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
