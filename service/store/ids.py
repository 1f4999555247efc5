"""Names for rows: a prefix that says what it is, then a moment, then chance or a digest."""

import hashlib
import secrets
from datetime import datetime
from typing import Final

ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
STAMP_DIGITS: Final = 10
TAIL_DIGITS: Final = 16


def new_id(prefix: str, now: datetime) -> str:
    """An id that nobody else has; ids of later moments sort after earlier ones.

    >>> from datetime import UTC
    >>> new_id("pho", datetime(2026, 11, 25, tzinfo=UTC))[:14]
    'pho_01m8801200'
    """
    return f"{prefix}_{_stamp(now)}{_digits(secrets.randbits(5 * TAIL_DIGITS), TAIL_DIGITS)}"


def stable_id(prefix: str, moment: datetime, *parts: str) -> str:
    """The id that the same moment and parts always give, so that a thing sent twice is one row."""
    digest = hashlib.sha256("\0".join(parts).encode()).digest()
    return f"{prefix}_{_stamp(moment)}{_digits(int.from_bytes(digest[:TAIL_DIGITS]), TAIL_DIGITS)}"


def _stamp(moment: datetime) -> str:
    return _digits(max(0, int(moment.timestamp() * 1000)), STAMP_DIGITS)


def _digits(value: int, count: int) -> str:
    return "".join(ALPHABET[value >> 5 * place & 31] for place in reversed(range(count)))
