"""An event as others get it: CloudEvents 1.0 in structured JSON, signed as Standard Webhooks says."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from service.store.events import Event

MEDIA_TYPE: Final = "application/cloudevents+json; charset=utf-8"
TYPE_PREFIX: Final = "streetwarden."
SECRET_PREFIX: Final = "whsec_"  # noqa: S105  # what stands before a secret, not one
SECRET_BYTES: Final = 32
SEQUENCE_DIGITS: Final = 20
DIGEST_DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class Message:
    """A body with the headers that prove where it comes from."""

    id: str
    body: bytes
    headers: dict[str, str]


def envelope(event: Event, source: str) -> dict[str, Any]:
    """An event as CloudEvents names its parts; the same on every try, so that a receiver can tell a repetition by `id`.

    `subject` is the ticket; `partitionkey` and `sequence` say what is in order with what.
    """
    return {
        "specversion": "1.0",
        "id": message_id(event),
        "source": source,
        "type": TYPE_PREFIX + event.type,
        "subject": event.subject,
        "time": event.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "partitionkey": event.subject,
        "sequence": f"{event.seq:0{SEQUENCE_DIGITS}d}",
        "data": dict(event.body),
    }


def message_id(event: Event) -> str:
    """The id under which an event travels: its number, and a digest of what it says.

    A city that was restored from a backup gives some numbers again; the digest keeps those events apart.

    >>> from datetime import UTC
    >>> message_id(Event(7, datetime(2026, 11, 25, tzinfo=UTC), "ticket.opened", "tic_1", {"number": "SW-1"}))
    'evt_7_65ef56ea313a'
    """
    told = json.dumps([event.at.isoformat(), event.type, event.subject, event.body], sort_keys=True)
    return f"evt_{event.seq}_{hashlib.sha256(told.encode()).hexdigest()[:DIGEST_DIGITS]}"


def written(told: Mapping[str, Any]) -> bytes:
    """An envelope as it travels."""
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def seal(told: Mapping[str, Any], secrets_in_use: Sequence[str], now: datetime) -> Message:
    """Write an envelope and sign it with every secret that is in use.

    The signature covers `webhook-id`, `webhook-timestamp` and the body, each followed by a full stop but the last.
    """
    body = written(told)
    stamp = str(int(now.timestamp()))
    signatures = " ".join(sign(secret, told["id"], stamp, body) for secret in secrets_in_use)
    headers = {
        "Content-Type": MEDIA_TYPE,
        "webhook-id": told["id"],
        "webhook-timestamp": stamp,
        "webhook-signature": signatures,
    }
    return Message(told["id"], body, headers)


def sign(secret: str, message: str, stamp: str, body: bytes) -> str:
    """One signature, as `webhook-signature` holds it.

    >>> sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330",
    ...      b'{"test": 2432232314}')
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    digest = hmac.new(key, f"{message}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def new_secret() -> str:
    """A secret that nobody has had."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
