"""Say something to another service by HTTP: one POST over a dialled socket, no redirect followed, no proxy asked."""

import http.client
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from service.errors.outside import AddressRefused, CallFailed, CallGarbled
from service.outbound.dialing import Dialer
from service.outbound.lines import USUAL, Patience, a_line

SCHEMES: Final = {"http": 80, "https": 443}
LONGEST_URL: Final = 2000
LONGEST_WISH_S: Final = 10**6
PRINTABLE: Final = range(33, 127)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the other side answered; its body is nobody's business."""

    status: int
    retry_after_s: int | None
    took_ms: int


@dataclass(frozen=True, slots=True)
class Target:
    """An http(s) address, taken apart."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """What `Host` says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == SCHEMES[self.scheme] else f"{host}:{self.port}"


def read_target(url: str) -> Target:
    """Take an address apart; AddressRefused if it is no http(s) address, or has a user in it.

    >>> read_target("https://hooks.example/in?a=1").path
    '/in?a=1'
    """
    if len(url) > LONGEST_URL or not all(ord(sign) in PRINTABLE for sign in url) or "\\" in url:
        raise AddressRefused(host=url[:50])
    try:
        address = urlsplit(url)
        host, port = address.hostname or "", address.port
    except ValueError as error:
        raise AddressRefused(host=url[:50]) from error
    if address.scheme not in SCHEMES or not host or "@" in address.netloc:
        raise AddressRefused(host=host[:200])
    return Target(address.scheme, host, SCHEMES[address.scheme] if port is None else port, _path(address))


def post(dialer: Dialer, url: str, body: bytes, headers: Mapping[str, str], patience: Patience = USUAL) -> Reply:
    """Send a body and read how it was taken.

    Raises:
        AddressRefused: the address may not be called; nothing was sent.
        CallFailed: one of its leaves says how the call went wrong; the other side may or may not have got it.
    """
    target = read_target(url)
    began = time.monotonic()
    with a_line(dialer, target.host, target.port, patience, encrypted=target.scheme == "https") as line:
        status, wish = _exchange(line, target, body, headers)
    return Reply(status, wish, round((time.monotonic() - began) * 1000))


def _exchange(line: socket.socket, target: Target, body: bytes, headers: Mapping[str, str]) -> tuple[int, int | None]:
    try:
        connection = http.client.HTTPConnection(target.host, target.port)
        connection.sock = line
        sent = {"Host": target.authority, "Connection": "close", "User-Agent": "streetwarden", **headers}
        connection.request("POST", target.path, body, sent)
        with connection.getresponse() as answer:
            return answer.status, _seconds(answer.getheader("Retry-After"))
    except http.client.HTTPException as error:
        raise CallGarbled(host=target.host) from error


def _seconds(told: str | None) -> int | None:
    """Seconds that a `Retry-After` asks for; one that names a date is not heard."""
    told = (told or "").strip()
    return min(int(told), LONGEST_WISH_S) if told.isascii() and told.isdigit() and len(told) < 12 else None


def _path(address: SplitResult) -> str:
    return (address.path or "/") + (f"?{address.query}" if address.query else "")


__all__ = ["CallFailed", "Patience", "Reply", "Target", "post", "read_target"]
