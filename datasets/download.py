"""Fetches one file over HTTP: in parts that go on, with pauses between tries, whole or not at all."""

import errno
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from threading import Event
from typing import Final
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from datasets.errors import FetchFailed

CHUNK: Final = 1 << 16
MAX_BYTES: Final = 32 * 1024 * 1024
PARTIAL, NOTHING_LEFT = 206, 416
PASSING: Final = frozenset({408, 425, 429, 500, 502, 503, 504, NOTHING_LEFT})
"""Answers that may be other the next time."""
DISK: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EISDIR, errno.EIO})
"""Trouble of this machine; any other is the net's."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for a server, and how often to ask it.

    Attributes:
        tries: requests for a file before it counts as failed.
        silence_s: seconds without a byte.
        whole_s: seconds for a whole file, however slowly it drips.
        pause_s: seconds before the second try; doubled before each later one.
        longest_s: the longest pause, also if a server asks for more.
    """

    tries: int = 4
    silence_s: float = 30.0
    whole_s: float = 300.0
    pause_s: float = 1.0
    longest_s: float = 60.0

    def before(self, attempt: int, asked_s: float = 0.0) -> float:
        """Seconds before try number `attempt`, from 1.

        >>> [Patience().before(attempt) for attempt in (1, 2, 3, 9)]
        [0.0, 1.0, 2.0, 60.0]
        """
        own = 0.0 if attempt == 1 else self.pause_s * 2 ** (attempt - 2)
        return min(self.longest_s, max(own, asked_s))


class Stopped(Exception):
    """Somebody asked to stop; nothing failed."""


def download(url: str, path: Path, patience: Patience | None = None, stop: Event | None = None) -> None:
    """Fetch one file. What came of it lies in `NAME.part` until it is whole; a later call goes on there.

    Args:
        url: http or https.
        path: its folder is made; the file appears when its last byte is there.
        patience: how long and how often.
        stop: set by another thread to give up between two chunks.

    Raises:
        FetchFailed: the server cannot be reached, says no, breaks off each time, or the file is over 32 MiB.
        Stopped: `stop` was set.
        OSError: the disk is full or forbids; the part is removed.
    """
    patience, stop = patience or Patience(), stop or Event()
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    last = FetchFailed(url=url, why="never tried")
    asked_s = 0.0
    for attempt in range(1, patience.tries + 1):
        if stop.wait(patience.before(attempt, asked_s)):
            raise Stopped
        try:
            _continue(url, part, patience, stop)
        except HTTPError as error:
            asked_s = _asked(error)
            last = FetchFailed(url=url, status=error.code, tries=attempt)
            error.close()
            if error.code == NOTHING_LEFT:
                part.unlink(missing_ok=True)
            if error.code not in PASSING:
                break
        except (HTTPException, ShortAnswer, OSError) as error:
            if getattr(error, "errno", None) in DISK:
                part.unlink(missing_ok=True)
                raise
            last = FetchFailed(url=url, why=str(error) or type(error).__name__, tries=attempt)
        else:
            part.replace(path)
            return
    raise last


class ShortAnswer(Exception):
    """The connection ended before the last byte, or dripped for too long."""


def _asked(error: HTTPError) -> float:
    words = error.headers.get("Retry-After", "") if error.headers else ""
    return float(words) if words.isdigit() else 0.0


def _continue(url: str, part: Path, patience: Patience, stop: Event) -> None:
    have = part.stat().st_size if part.exists() else 0
    headers = {"Range": f"bytes={have}-", "Accept-Encoding": "identity"} if have else {"Accept-Encoding": "identity"}
    request = Request(url, headers=headers)  # noqa: S310 - Mirror allows http and https only
    with urlopen(request, timeout=patience.silence_s) as answer:  # noqa: S310 - Mirror allows http and https only
        goes_on = answer.status == PARTIAL and _start(answer) == have
        if answer.status == PARTIAL and not goes_on:
            part.unlink(missing_ok=True)
            raise ShortAnswer("the server went on at another place")
        whole = _length(answer, have if goes_on else 0)
        with part.open("ab" if goes_on else "wb") as out:
            size = _copy(answer.read1, out.write, have if goes_on else 0, _deadline(url, patience, stop))
    if whole is not None and size < whole:
        raise ShortAnswer(f"{size} of {whole} bytes")


def _start(answer: HTTPResponse) -> int | None:
    """Where a part begins; None where the server does not say it, as it must."""
    words = answer.headers.get("Content-Range", "").removeprefix("bytes ").partition("-")[0]
    return int(words) if words.isdigit() else None


def _length(answer: HTTPResponse, have: int) -> int | None:
    words = answer.headers.get("Content-Length") or ""
    return have + int(words) if words.isdigit() else None


def _deadline(url: str, patience: Patience, stop: Event) -> Callable[[int], None]:
    """A check between two chunks: stopped, too slow or too large."""
    end = time.monotonic() + patience.whole_s

    def check(size: int) -> None:
        if stop.is_set():
            raise Stopped
        if time.monotonic() > end:
            raise ShortAnswer(f"slower than {patience.whole_s:.0f} s")
        if size > MAX_BYTES:
            raise FetchFailed(url=url, why="over 32 MiB")

    return check


def _copy(
    read: Callable[[int], bytes], write: Callable[[bytes], object], size: int, check: Callable[[int], None]
) -> int:
    while chunk := read(CHUNK):
        size += len(chunk)
        check(size)
        write(chunk)
    return size
