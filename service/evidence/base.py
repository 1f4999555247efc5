"""What every keeper of evidence promises: pictures by the SHA-256 of their bytes, on a disk or in a bucket.

Nothing that somebody may still want is lost to a removal. An object that no row speaks of goes into a bin first, from
where it is still read; it comes back if a row speaks of it after all, as when another machine was sent the same bytes
just then, and leaves the bin for ever once no write that was under way can want it any more.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, Protocol

from service.errors import EvidenceUnknown

UNTOUCHED: Final = timedelta(hours=1)
"""Bytes that came again within this time may be about to get a row."""

NAME: Final = re.compile("[0-9a-f]{64}")

Removal = Literal["removed", "absent", "kept"]
"""What became of an object: in the bin now, not there before either, or written too lately to go."""


Noting = Callable[[str | None], AbstractContextManager[object]]
"""Told of which other city a bucket is that is about to be taken."""


@dataclass(frozen=True, slots=True)
class Damage:
    """An object that is not what its name says: `missing`, `changed`, or `unreadable`."""

    sha256: str
    problem: str


class Evidence(Protocol):
    """Objects, each named by the SHA-256 of its bytes: the same bytes are one object however often they come."""

    def write(self, data: bytes) -> str:
        """Keep bytes and answer their SHA-256; on return they survive a power cut.

        Raises:
            StorageFull, EvidenceAway: it was not kept, and may be tried again.
        """

    def read(self, sha256: str) -> bytes:
        """The bytes of that name; EvidenceUnknown if they are not there, EvidenceAway; ValueError for no SHA-256."""

    def lay(self, sha256: str, data: bytes) -> None:
        """Put bytes under a name though they may not be what it says: a copy of a damaged object is better than none.

        They survive a power cut once the disk is synced; a backup does that at its end.
        """

    def names(self, beginning: str = "") -> Iterator[str]:
        """The names of all objects that can be read, or of those that begin so."""

    def is_empty(self) -> bool:
        """Whether nothing lies here yet, of whomever; EvidenceAway."""

    def remove(self, sha256: str, now: datetime) -> Removal:
        """Put an object that no row speaks of into the bin, unless it was written again lately."""

    def binned(self) -> list[tuple[str, datetime]]:
        """What lies in the bin, and since when."""

    def bring_back(self, sha256: str) -> None:
        """Take an object out of the bin again: a row speaks of it."""

    def drop(self, sha256: str) -> None:
        """Let an object in the bin go for ever."""

    def sweep(self, before: datetime | None = None) -> int:
        """Remove what interrupted writes left behind, and say how many; while others write, only what is so old."""


def key_of(sha256: str) -> str:
    """Where an object lies below its keeper, `ab/cdef…`; ValueError for what is no SHA-256.

    >>> key_of("ab" * 32)[:6]
    'ab/aba'
    """
    if not NAME.fullmatch(sha256):
        raise ValueError("an object's name is 64 hexadecimal digits")
    return f"{sha256[:2]}/{sha256[2:]}"


def scrub(evidence: Evidence, names: Iterable[str]) -> Iterator[Damage]:
    """Read every named object again and say which are gone, changed or cannot be read; EvidenceAway."""
    for sha256 in names:
        try:
            found = hashlib.sha256(evidence.read(sha256)).hexdigest()
        except EvidenceUnknown:
            yield Damage(sha256, "missing")
            continue
        except OSError:
            yield Damage(sha256, "unreadable")
            continue
        if found != sha256:
            yield Damage(sha256, "changed")
