"""The outside anchor: heads of the audit trail in a file that may lie, or be shipped, where the database is not.

Whoever can write the database can compute its whole chain anew; what was written down elsewhere convicts him.
"""

import json
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import structlog
from sqlalchemy.exc import DBAPIError

from service.clock import Clock
from service.domain.audit import BEGINNING, Head
from service.errors import DataUnusable, ServiceError
from service.store import Store

EVERY_S: Final = 5.0
STOPPING_S: Final = 2.0

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Anchor:
    """One thread that writes the trail's head down wherever it has moved."""

    store: Store
    path: Path
    clock: Clock
    _last: Head = BEGINNING
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._work, name="anchor", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Write the last head down and end."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(STOPPING_S)

    def write(self) -> Head:
        """Write the present head down, if it is not the one of last time; OSError, DBAPIError, ServiceError."""
        with self.store.read() as rows:
            head = rows.audit.head()
        if head not in (self._last, BEGINNING):
            line = {"at": self.clock().isoformat(), "seq": head.seq, "sha256": head.sha256}
            _append(self.path, json.dumps(line) + "\n")
        self._last = head
        return head

    def _work(self) -> None:
        ending = False
        while not ending:
            ending = self._stop.wait(EVERY_S)
            try:
                self.write()
            except (OSError, DBAPIError, ServiceError) as error:
                log.error("the audit trail has no anchor now", path=str(self.path), exc_info=error)


def read_anchors(path: Path) -> Mapping[int, str]:
    """The hashes that a file of anchors holds, by number; nothing if there is no such file.

    A last line that a power cut has torn is left out.

    Raises:
        DataUnusable: it is no file of anchors.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise DataUnusable(path=str(path), problem="anchors cannot be read") from error
    if lines and not lines[-1].endswith("\n"):
        lines.pop()
    try:
        told: list[dict[str, Any]] = [json.loads(line) for line in lines]
        return {int(line["seq"]): str(line["sha256"]) for line in told}
    except (ValueError, TypeError, KeyError) as error:
        raise DataUnusable(path=str(path), problem="no file of anchors") from error


def _append(path: Path, line: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab+") as file:
        if file.tell() and not _ends_well(file.fileno(), file.tell()):
            file.write(b"\n")
        file.write(line.encode())
        file.flush()
        os.fsync(file.fileno())


def _ends_well(descriptor: int, size: int) -> bool:
    return os.pread(descriptor, 1, size - 1) == b"\n"
