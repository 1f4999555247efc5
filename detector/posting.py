"""Posts a spool's items to a service, oldest first, again and again until each was taken exactly once.

The service names what it keeps by camera, moment and bytes, so that an item posted twice is one observation. Only the
service itself ends an item's wait: what a proxy, a provider's login page or a wrong address answers says nothing of it.
"""

import email.utils
import http.client
import json
import random
import secrets
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from detector.calling import call
from detector.clock import utc_now
from detector.spool import Item, Spool

FIRST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 300.0
HOPELESS_PAUSE_S: Final = 60.0
"""Between tries where only a person can help: a wrong key, an unknown camera, a certificate."""

TAKEN: Final = frozenset({200, 201})
ITEMS_OWN_FAULT: Final = frozenset({400, 409, 413, 415, 422})
PERSON_NEEDED: Final = {401: "key.refused", 403: "key.refused", 404: "camera.unknown"}


@dataclass(slots=True)
class Posted:
    """How posting goes: `trouble` is None while it goes well, `clock_off_s` how far our clock is before theirs."""

    trouble: str | None = None
    clock_off_s: float | None = None


@dataclass(frozen=True, slots=True)
class _Answer:
    """`words` are the names in the JSON object that was answered, none where it was none."""

    status: int
    retry_after_s: float | None
    words: frozenset[str] = frozenset()

    @property
    def is_taken(self) -> bool:
        return self.status in TAKEN and {"frame", "observations"} <= self.words

    @property
    def is_refused(self) -> bool:
        return self.status in ITEMS_OWN_FAULT and {"code", "facts"} <= self.words


@dataclass(slots=True, eq=False)
class Poster:
    """Posts what a spool holds to `url` with a camera's key; `stop` ends it soon.

    `beat_s` is when it last did anything, on the monotonic clock: a post or a wait that has no end shows there.
    """

    spool: Spool
    url: str
    key: str = field(repr=False)
    stop: threading.Event
    first_pause_s: float = FIRST_PAUSE_S
    state: Posted = field(default_factory=Posted)
    beat_s: float = field(default_factory=time.monotonic)
    _tries: int = 0

    def run(self, *, until_empty: bool = False) -> None:
        """Post until stopped, or until nothing waits."""
        while not self.stop.is_set():
            self.beat_s = time.monotonic()
            try:
                item = self.spool.oldest()
                if item is None and until_empty:
                    return
                pause_s = self.first_pause_s if item is None else self.post(item)
            except OSError:
                pause_s = self._pause("spool.unreadable", HOPELESS_PAUSE_S)
            self.stop.wait(pause_s)

    def post(self, item: Item) -> float:
        """Try one item; seconds to wait before the next try."""
        try:
            answer = self._send(item)
        except ssl.SSLError:
            return self._pause("tls.refused", HOPELESS_PAUSE_S)
        except (OSError, http.client.HTTPException):
            return self._pause("service.unreachable")
        if answer.status in PERSON_NEEDED:
            return self._pause(PERSON_NEEDED[answer.status], HOPELESS_PAUSE_S)
        if answer.is_refused:
            self.spool.refuse(item.name)
        elif answer.is_taken:
            self.spool.done(item.name)
        elif answer.status in TAKEN | ITEMS_OWN_FAULT:
            return self._pause("service.is_another", HOPELESS_PAUSE_S)
        else:
            return self._pause(f"service.answered_{answer.status}", answer.retry_after_s or 0.0)
        self._tries, self.state.trouble = 0, None
        return 0.0

    def _pause(self, trouble: str, least_s: float = 0.0) -> float:
        """Longer with every try, and never the same for two vehicles that lost the network together."""
        self.state.trouble = trouble
        longest = min(LONGEST_PAUSE_S, self.first_pause_s * 2.0 ** min(self._tries, 12))
        self._tries += 1
        return least_s + longest * random.uniform(0.5, 1.0)  # noqa: S311  # no secret

    def _send(self, item: Item) -> _Answer:
        body, content_type = _form(item.fields, item.jpeg)
        told = call(self.url, self.key, body, {"Idempotency-Key": item.name, "Content-Type": content_type})
        self._compare_clocks(told.headers.get("Date"))
        after = told.headers.get("Retry-After", "")
        retry_after_s = min(float(after), LONGEST_PAUSE_S) if after.isdecimal() else None
        return _Answer(told.status, retry_after_s, _words(told.body))

    def _compare_clocks(self, told: str | None) -> None:
        try:
            theirs = email.utils.parsedate_to_datetime(told or "")
        except ValueError:
            return
        self.state.clock_off_s = round(utc_now().timestamp() - theirs.timestamp(), 0)


def _words(told: bytes) -> frozenset[str]:
    try:
        answer = json.loads(told)
    except (ValueError, RecursionError):
        return frozenset()
    return frozenset(answer) if isinstance(answer, dict) else frozenset()


def _form(fields: Mapping[str, str], jpeg: bytes) -> tuple[bytes, str]:
    """A multipart body and its content type."""
    mark = secrets.token_hex(16)
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="frame.jpg"\r\n'
    body = "".join([*parts, head, "Content-Type: image/jpeg\r\n\r\n"]).encode() + jpeg + f"\r\n--{mark}--\r\n".encode()
    return body, f"multipart/form-data; boundary={mark}"
