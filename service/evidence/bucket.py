"""Pictures in a bucket that speaks S3, by their SHA-256: one place for all machines of a city.

A write is one PUT of the whole picture, signed over its bytes: the store has all of it, or nothing, and answers once it
is safe there. It writes over what is there, which are the same bytes unless they are damaged; this makes the object new
for whoever would remove it, and asks nothing of a store that only some of them can do.

Keys come from the environment as every tool for S3 reads it: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
`AWS_ENDPOINT_URL`, `AWS_REGION`. They are handed to `obstore` and never told.
"""

import hashlib
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from datetime import datetime, timedelta
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

import structlog

from service.errors import BucketTaken, EvidenceAway, EvidenceUnknown, ObstoreMissing, SettingsWrong
from service.evidence.base import NAME, UNTOUCHED, Noting, Removal, key_of

if TYPE_CHECKING:
    from obstore.store import S3Store

CONNECT: Final = timedelta(seconds=2)
REQUEST: Final = timedelta(seconds=15)
RETRIES: Final = 2
RETRY_WITHIN: Final = timedelta(seconds=8)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(milliseconds=100), timedelta(seconds=1)
REST_S: Final = 2.0
"""After a request that failed for good, nobody waits for another one: all are told at once that it is away."""

BIN: Final = "gone"
MARK: Final = "streetwarden"
"""Says whose bucket it is. Written at every start, so that a key that may not write is told before it is relied on."""

NOBODYS: Final = b"evidence of Streetwarden\n"
OF_A_CITY: Final = re.compile(re.escape(NOBODYS) + rb"city ([a-z0-9_]{1,64})\n")
UNREADABLE: Final = "unreadable"
OTHER_CITY: Final = "other_city"

KEYS: Final = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
ENDPOINTS: Final = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT")
ENDPOINT: Final = re.compile(
    r"https?://(?:[A-Za-z0-9._\-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?(?:/[A-Za-z0-9._~/\-]*)?"
)
LARGEST_PORT: Final = 65535

log = structlog.get_logger(__name__)


class EvidenceBucket:
    """Objects of a bucket, below its prefix: `ab/cdef…`, those in the bin `gone/ab/cdef…`.

    `city` is the id of the one that writes and removes, if anybody does. It does neither before it has seen that the
    bucket is no other city's: a copy of a city would let go of what the living one keeps.
    """

    def __init__(
        self, store: "S3Store", city: str | None = None, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.store = store
        self._city = city
        self._is_ours = False
        self._monotonic = monotonic
        self._away_until_s = float("-inf")

    def write(self, data: bytes) -> str:
        """As `Evidence.write`; EvidenceAway."""
        self._be_ours()
        sha256 = hashlib.sha256(data).hexdigest()
        self._put(key_of(sha256), data)
        return sha256

    def read(self, sha256: str) -> bytes:
        """As `Evidence.read`."""
        key = key_of(sha256)
        for place in (key, f"{BIN}/{key}", key):  # it may be moved meanwhile
            with self._asking(), suppress(FileNotFoundError):
                return bytes(self.store.get(place).bytes())
        raise EvidenceUnknown(sha256=sha256)

    def lay(self, sha256: str, data: bytes) -> None:
        """As `Evidence.lay`."""
        self._be_ours()
        self._put(key_of(sha256), data)

    def names(self, beginning: str = "") -> Iterator[str]:
        """As `Evidence.names`."""
        found = {name for place in ("", f"{BIN}/") for name, _ in self._listed(place, beginning)}
        yield from sorted(found)

    def is_empty(self) -> bool:
        """As `Evidence.is_empty`, but for a mark that is no other city's; SettingsWrong as at a start."""
        with _wrong_at_a_start():
            with self._asking():
                first = next(self.store.list(chunk_size=2), [])
            return all(one["path"] == MARK for one in first) and self._other() is None

    def remove(self, sha256: str, now: datetime) -> Removal:
        """As `Evidence.remove`."""
        self._be_ours()
        key = key_of(sha256)
        with self._asking():
            try:
                if now - self.store.head(key)["last_modified"] < UNTOUCHED:
                    return "kept"
                self.store.copy(key, f"{BIN}/{key}")
            except FileNotFoundError:
                return "absent"
            self.store.delete(key)
        return "removed"

    def binned(self) -> list[tuple[str, datetime]]:
        """As `Evidence.binned`."""
        return sorted(self._listed(f"{BIN}/"))

    def bring_back(self, sha256: str) -> None:
        """As `Evidence.bring_back`."""
        self._be_ours()
        key = key_of(sha256)
        with self._asking(), suppress(FileNotFoundError):
            if not self._is_there(key):
                self.store.copy(f"{BIN}/{key}", key)
            self.store.delete(f"{BIN}/{key}")

    def drop(self, sha256: str) -> None:
        """As `Evidence.drop`."""
        self._be_ours()
        with self._asking(), suppress(FileNotFoundError):
            self.store.delete(f"{BIN}/{key_of(sha256)}")

    def sweep(self, before: datetime | None = None) -> int:  # noqa: ARG002  # nothing is ever half there
        """As `Evidence.sweep`: a PUT that was cut off leaves nothing."""
        return 0

    def begin(self) -> None:
        """See that it is no other city's and may be written; one that is silent now is asked before the first write.

        Raises:
            BucketTaken: it bears another city's mark.
            SettingsWrong: there is no such bucket, or the key may not write.
        """
        try:
            with _wrong_at_a_start():
                if (other := self._other()) is not None:
                    raise BucketTaken(city=self._city, marked=other)
                self._mark()
        except EvidenceAway:
            log.warning("the bucket does not answer yet: photos are refused until it does")

    def take(self, noting: Noting = nullcontext) -> str | None:
        """Make it this city's, whoever's it was, and say whose; SettingsWrong as at a start, EvidenceAway.

        `noting` is told whose before anything changes, and the bucket is taken inside of it.
        """
        with _wrong_at_a_start():
            other = self._other()
            with noting(other):
                self._mark()
        return other

    def _be_ours(self) -> None:
        """What a start could not ask a silent bucket is asked before the first write; EvidenceAway."""
        if self._is_ours or self._city is None:
            return
        if (other := self._other()) is not None:
            raise _told(OTHER_CITY, f"it is marked as that of {other}")  # it answers: who reads waits for nothing
        self._mark()

    def _other(self) -> str | None:
        """Of which other city it is, None if it is this one's or nobody's."""
        with self._asking():
            try:
                found = bytes(self.store.get(MARK).bytes())
            except FileNotFoundError:
                return None
        if found in (NOBODYS, self._marked()):
            return None
        told = OF_A_CITY.fullmatch(found)
        return told[1].decode() if told else UNREADABLE

    def _mark(self) -> None:
        self._put(MARK, self._marked())
        self._is_ours = True

    def _marked(self) -> bytes:
        return NOBODYS + f"city {self._city}\n".encode()

    def _is_there(self, key: str) -> bool:
        with suppress(FileNotFoundError):
            self.store.head(key)
            return True
        return False

    def _put(self, key: str, data: bytes) -> None:
        with self._asking():
            try:
                self.store.put(key, data, use_multipart=False)
            except FileNotFoundError:
                raise self._away("no_bucket", "no such bucket") from None

    def _listed(self, place: str, beginning: str = "") -> Iterator[tuple[str, datetime]]:
        """Names and when each was written, of those below `place`; a listing knows whole folders only."""
        stream = self.store.list(f"{place}{beginning[:2]}" if len(beginning) > 1 else place, chunk_size=1000)
        while True:
            with self._asking():
                chunk = next(stream, None)
            if chunk is None:
                return
            for one in chunk:
                name = one["path"].removeprefix(place).replace("/", "")
                if NAME.fullmatch(name) and name.startswith(beginning):
                    yield name, one["last_modified"]

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Give every failure its name; what is not there stays a FileNotFoundError."""
        from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError

        if self._monotonic() < self._away_until_s:
            raise EvidenceAway(problem="unreachable", retry_after_s=int(REST_S))
        try:
            yield
        except (PermissionDeniedError, UnauthenticatedError) as error:
            raise self._away("refused", str(error)) from None
        except BaseError as error:
            raise self._away("no_bucket" if "NoSuchBucket" in str(error) else "unreachable", str(error)) from None

    def _away(self, problem: str, told: str) -> EvidenceAway:
        self._away_until_s = self._monotonic() + REST_S
        return _told(problem, told)


def open_bucket(
    url: str,
    city: str | None = None,
    request: timedelta = REQUEST,
    monotonic: Callable[[], float] = time.monotonic,
) -> EvidenceBucket:
    """The bucket of an address such as `s3://city-evidence/streetwarden`; nothing is asked of it yet.

    Args:
        url: where.
        city: whose it is to be; None for who only reads.
        request: how long one request may take, the picture's bytes included.
        monotonic: a clock in seconds, by which it rests after a failure.

    Raises:
        ObstoreMissing: the library for it is not installed.
        SettingsWrong: there is no key in the environment, or the store's address is none.
    """
    if find_spec("obstore") is None:
        raise ObstoreMissing()
    _refuse_environment(os.environ)
    return EvidenceBucket(_store_of(url, request), city, monotonic)


def _told(problem: str, told: str) -> EvidenceAway:
    """What is told of a failure: to the log the first line, since the rest repeats the request."""
    log.error("the bucket does not keep or give evidence", problem=problem, told=told.splitlines()[0][:300])
    return EvidenceAway(problem=problem, retry_after_s=int(REST_S))


@contextmanager
def _wrong_at_a_start() -> Iterator[None]:
    """What no wait mends is a wrong setting; EvidenceAway stays for a store that does not answer."""
    try:
        yield
    except EvidenceAway as away:
        if away.facts["problem"] == "unreachable":
            raise
        raise SettingsWrong(name="bucket", value=str(away.facts["problem"])) from None


def _refuse_environment(environment: Mapping[str, str]) -> None:
    """SettingsWrong for what the library would stumble over; no value is told, since any may hold a key."""
    for name in KEYS:
        if not environment.get(name):  # else machines of a cloud would be asked for one, wherever this is
            raise SettingsWrong(name=name)
    for name in (*KEYS, "AWS_SESSION_TOKEN"):
        if not (environment.get(name, "").isascii() and environment.get(name, "").isprintable()):  # a line end
            raise SettingsWrong(name=name)
    for name in ENDPOINTS:
        told = ENDPOINT.fullmatch(environment.get(name, "http://nowhere"))
        if told is None or int(told[1] or 0) > LARGEST_PORT:
            raise SettingsWrong(name=name)


def _store_of(url: str, request: timedelta) -> "S3Store":
    from obstore.exceptions import BaseError
    from obstore.store import S3Store

    bucket, _, prefix = url.removeprefix("s3://").partition("/")
    try:
        return S3Store(
            bucket,
            prefix=prefix.strip("/") or None,
            config={"disable_bulk_delete": True},  # many that speak S3 know no other way, and one at a time is enough
            client_options={"allow_http": True, "connect_timeout": CONNECT, "timeout": request},
            retry_config={
                "max_retries": RETRIES,
                "retry_timeout": RETRY_WITHIN,
                "backoff": {"init_backoff": FIRST_PAUSE, "max_backoff": LONGEST_PAUSE, "base": 2},
            },
        )
    except BaseError:  # its text may hold a key
        raise SettingsWrong(name="bucket", value="unusable") from None
