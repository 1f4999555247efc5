"""When what is wrong with a camera is an event, and when it is over: pure, by clocks that others read."""

from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

SILENT: Final = "source.silent"
MOVED: Final = "camera.moved"
FROZEN: Final = "camera.frozen"

PATIENCE_S: Final = MappingProxyType(
    {
        "camera.frozen": 4.0,  # since that picture came first; a stream may send one twice in a row
        "camera.looped": 0.0,  # it has gone on for five minutes by then: see `detector.echoes`
        "camera.dark": 10.0,
        "camera.covered": 10.0,  # a bus before the lens drives on
        "camera.moved": 20.0,
        "camera.blurred": 30.0,  # a lens that looks for its focus
    }
)
"""Seconds for which a trouble must last to be an event; one that is not here is an event at once."""

WELL_AFTER_S: Final = 4.0
"""Seconds of good pictures after which a trouble with the picture is over; one with the line ends with a picture."""

SILENT_AFTER_S: Final = 12.0
SILENT_AFTER_PICTURES: Final = 2.5
SILENT_AFTER_POSTS: Final = 5.0
LEAST_POSTS_S: Final = 60.0
"""A camera that posts is asked for no more than this: its network may be a mobile one."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a camera is.

    Attributes:
        trouble: the code of what is wrong, None while it is well.
        since: when that began; None if it was never otherwise.
        found: what the last frames show; it becomes the trouble once it has lasted.
        found_at, found_s: when they began to, by the calendar and by a clock that never steps.
    """

    trouble: str | None = None
    since: datetime | None = None
    found: str | None = None
    found_at: datetime | None = None
    found_s: float = 0.0


def judge(standing: Standing, found: str | None, at: datetime, clock_s: float) -> Standing:
    """How a camera is after one more frame, or after it failed to send one.

    Args:
        standing: before.
        found: the code of what is wrong with the frame, or why there is none; None if it is good.
        at: the moment, aware.
        clock_s: the same on a clock that never steps, seconds.
    """
    if found == standing.trouble:
        return replace(standing, found=found, found_at=None)
    turns = standing.found_at is None or (found is None) != (standing.found is None)
    standing = replace(standing, found=found, found_at=at, found_s=clock_s) if turns else replace(standing, found=found)
    patience_s = _patience_s(standing.trouble, found)
    if patience_s and clock_s - standing.found_s < patience_s:
        return standing
    return Standing(found, standing.found_at, found)


def silent_after_s(usual_s: float) -> float:
    """After how many seconds without a picture a camera that is read is silent, from its usual interval.

    >>> silent_after_s(2.0), silent_after_s(10.0)
    (12.0, 25.0)
    """
    return max(SILENT_AFTER_S, SILENT_AFTER_PICTURES * usual_s)


def silent_post_after_s(usual_s: float) -> float:
    """The same of a camera that posts.

    >>> silent_post_after_s(2.0), silent_post_after_s(60.0)
    (60.0, 300.0)
    """
    return max(LEAST_POSTS_S, SILENT_AFTER_POSTS * usual_s)


def _patience_s(trouble: str | None, found: str | None) -> float:
    if found is not None:
        return PATIENCE_S.get(found, 0.0)
    return WELL_AFTER_S if trouble in PATIENCE_S else 0.0
