"""One request from an edge computer to the service, with its camera's key: no redirects, no proxy, no patience."""

import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

TIMEOUT_S: Final = 30.0
MOST_ANSWERED: Final = 1024**2
NOTHING_MORE: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered; of a longer body only the beginning."""

    status: int
    headers: Message
    body: bytes


def call(
    url: str,
    key: str,
    body: bytes | None = None,
    headers: Mapping[str, str] = NOTHING_MORE,
    timeout_s: float = TIMEOUT_S,
    *,
    method: str | None = None,
) -> Answer:
    """GET an address, or send a body to it, by POST unless another `method` is named.

    Raises:
        OSError, http.client.HTTPException: no answer comes.
    """
    address = urlsplit(url)
    connect = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    connection = connect(address.hostname or "", address.port, timeout=timeout_s)
    told = {"Authorization": f"Bearer {key}", "User-Agent": "streetwarden", **headers}
    try:
        connection.request(method or ("GET" if body is None else "POST"), address.path, body, told)
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read(MOST_ANSWERED))
    finally:
        connection.close()
