"""The only clock: everything else is told what time it is."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Answers the present moment as an aware UTC time; tests hand in one of their own."""


def utc_now() -> datetime:
    """The present moment, aware, UTC."""
    return datetime.now(UTC)
