"""The client's own book of what it sent and what was acknowledged: on disk before each next request."""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.pictures import Shot


@dataclass(frozen=True, slots=True)
class Entry:
    """One photo in the book: its SHA-256 and, once it was acknowledged, the answer."""

    shot: Shot
    sha256: str
    answer: dict[str, Any] | None = None

    @property
    def acked(self) -> bool:
        """Whether a 2xx was received."""
        return self.answer is not None

    @property
    def photo_id(self) -> str:
        """The id that the acknowledgement named."""
        return str((self.answer or {})["photo"]["id"])


class Ledger:
    """An append-only file, fsynced line by line, and the same in memory."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._entries: dict[str, Entry] = {}

    def __iter__(self) -> Iterator[Entry]:
        return iter(list(self._entries.values()))

    def __len__(self) -> int:
        return len(self._entries)

    def intend(self, shot: Shot) -> None:
        """Write down that this photo is about to be sent."""
        if shot.key in self._entries:
            return
        entry = Entry(shot, hashlib.sha256(shot.jpeg).hexdigest())
        self._append({"sent": shot.key, "sha256": entry.sha256})
        self._entries[shot.key] = entry

    def acknowledge(self, shot: Shot, answer: dict[str, Any]) -> None:
        """Write down that the service took it, with the whole answer."""
        self._append({"acked": shot.key, "answer": answer})
        self._entries[shot.key] = Entry(shot, self._entries[shot.key].sha256, answer)

    def of(self, shot: Shot) -> Entry:
        """What the book says of a photo."""
        return self._entries[shot.key]

    @property
    def acked(self) -> list[Entry]:
        """What the service promised to keep."""
        return [entry for entry in self if entry.acked]

    @property
    def open(self) -> list[Entry]:
        """What was sent and never answered: it may or may not be there."""
        return [entry for entry in self if not entry.acked]

    def _append(self, line: dict[str, Any]) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
            file.flush()
            os.fsync(file.fileno())
