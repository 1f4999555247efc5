"""Many clients at once, as bytes over open connections, so that they cost the machine little beside what they ask."""

import itertools
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

BOUNDARY = "street"
PATIENCE_S = 120.0


@dataclass(frozen=True, slots=True)
class Request:
    """One POST of a form, ready to be sent; `about` is the sender's own word for it."""

    path: str
    body: bytes
    headers: dict[str, str]
    about: Any = None


@dataclass(frozen=True, slots=True)
class Reply:
    """How a request was answered.

    Attributes:
        status: of HTTP.
        begun_s: when its first byte went out, on the monotonic clock.
        took_s: until the answer was whole.
        retry_after_s: what the answer asks for, None where it asks for nothing.
        body: the answer.
        request: what was answered.
    """

    status: int
    begun_s: float
    took_s: float
    retry_after_s: float | None
    body: bytes
    request: Request


def a_form(path: str, picture: bytes, fields: dict[str, str], headers: dict[str, str], about: Any = None) -> Request:
    """A multipart form with one picture."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    kind = 'Content-Disposition: form-data; name="file"; filename="street.jpg"\r\nContent-Type: image/jpeg'
    body = b"".join([*parts, f"--{BOUNDARY}\r\n{kind}\r\n\r\n".encode(), picture, f"\r\n--{BOUNDARY}--\r\n".encode()])
    return Request(path, body, {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", **headers}, about)


class Phone:
    """A client with one connection, which is opened again when it was closed."""

    def __init__(self, address: str) -> None:
        told = urlsplit(address)
        self._connection = HTTPConnection(told.hostname or "", told.port, timeout=PATIENCE_S)
        self._connection.connect()

    def send(self, request: Request) -> Reply:
        """Send a request and wait for the whole answer."""
        begun_s = time.monotonic()
        self._connection.request("POST", request.path, request.body, request.headers)
        with self._connection.getresponse() as answer:
            body = answer.read()
            took_s = time.monotonic() - begun_s
            wait = answer.headers["Retry-After"]
            return Reply(answer.status, begun_s, took_s, None if wait is None else float(wait), body, request)

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()


def rush(address: str, clients: int, window_s: float, next_request: Callable[[], Request]) -> list[Reply]:
    """Let clients send one request after another for a while, all beginning at once; those begun are waited for.

    Who is told to come again later waits as long as the answer says, but not beyond the window.
    """
    ends_s = time.monotonic() + window_s

    def one(phone: Phone) -> Iterator[Reply]:
        while time.monotonic() < ends_s:
            reply = phone.send(next_request())
            yield reply
            if reply.retry_after_s:
                time.sleep(max(0.0, min(reply.retry_after_s, ends_s - time.monotonic())))

    return _all_at_once(address, clients, one)


def pour(
    address: str, a_second: float, window_s: float, next_request: Callable[[], Request], *, phones: int = 64
) -> list[Reply]:
    """Send so many requests a second, whatever becomes of them; with fewer free phones than needed it is fewer."""
    begun_s, turn, numbers = time.monotonic(), threading.Lock(), itertools.count()

    def one(phone: Phone) -> Iterator[Reply]:
        while True:
            with turn:
                due_s = next(numbers) / a_second
            if due_s > window_s:
                return
            time.sleep(max(0.0, begun_s + due_s - time.monotonic()))
            yield phone.send(next_request())

    return _all_at_once(address, phones, one)


def _all_at_once(address: str, clients: int, work: Callable[[Phone], Iterable[Reply]]) -> list[Reply]:
    replies: list[Reply] = []
    together = threading.Barrier(clients)

    def one() -> None:
        phone = Phone(address)
        together.wait()
        for reply in work(phone):
            replies.append(reply)
        phone.close()

    threads = [threading.Thread(target=one) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return replies


def at(values: Sequence[float], part: float) -> float:
    """The value that so great a part of them stays at or below.

    >>> at([3.0, 1.0, 2.0], 0.5), at([3.0, 1.0, 2.0], 0.99)
    (2.0, 3.0)
    """
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-int(part * 1000 * len(ordered)) // 1000) - 1))]
