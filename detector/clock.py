"""The clock of a detector that runs alone; where there is a service, it is told what time it is."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The present moment, aware, UTC."""
    return datetime.now(UTC)
