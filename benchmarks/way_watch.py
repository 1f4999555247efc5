"""Runs `python -m service` and writes down how long each step of a photo takes, as it happens in the real service.

Usage: `python -m benchmarks.way_watch FILE ARGUMENTS OF THE SERVICE`; a JSON line a step: its name, wall and CPU
seconds of the thread that took it.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

Way = Callable[..., Any]


class Notes:
    """Where steps are written; a line is one write, so that threads do not mix theirs."""

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def timed(self, name: str, way: Way) -> Way:
        """The same way, and a note of each time that it is gone."""

        def noted(*told: Any, **named: Any) -> Any:
            began, cpu = time.perf_counter(), time.thread_time()
            try:
                return way(*told, **named)
            finally:
                step = {"step": name, "wall_s": time.perf_counter() - began, "cpu_s": time.thread_time() - cpu}
                os.write(self._file, (json.dumps(step) + "\n").encode())

        return noted


def watch(notes: Notes) -> None:
    """Put a note-taker around every step of a photo."""
    from detector.images import open_photo
    from service import eye, intake
    from service.evidence import EvidenceFolder
    from service.ingest import admit_photo, ingest

    for told, deed in (("decode", open_photo), ("rows of the photo", admit_photo), ("tickets", ingest)):
        setattr(intake, deed.__name__, notes.timed(told, deed))
    steps: tuple[tuple[str, type, str], ...] = (
        ("bytes on disk", EvidenceFolder, "write"),
        ("look", eye.Eye, "look"),
        ("hide faces and plates", eye.Eye, "blur"),
        ("inside", intake.Intake, "photo"),
    )
    for name, owner, verb in steps:
        setattr(owner, verb, notes.timed(name, getattr(owner, verb)))


def main() -> int:
    """Watch, then become the service."""
    watch(Notes(sys.argv.pop(1)))
    from service.__main__ import main as service

    return service(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
