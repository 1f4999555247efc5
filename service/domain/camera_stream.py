"""What a camera sends: how large and how many its pictures are, and what of it a person should know or change. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

Size = tuple[int, int]

NEWS_FROM: Final = 1.25
"""By so much a number must change to be written down again."""

TOLD_FOR: Final = timedelta(days=1)
FLOODS_FROM: Final = 60.0
"""Pictures a second that no street needs."""

SELDOM_FROM_S: Final = 60.0
"""Between two pictures; from then on, silence cannot be told within a quarter of a minute."""

BETWEEN: Final = 1.5
"""Pictures from one keyframe to the next, from which on some are none."""


@dataclass(frozen=True, slots=True)
class Sends:
    """What a camera sends.

    Attributes:
        size: (width, height) of its pictures, pixels.
        codec: how they are packed, as FFmpeg calls it.
        keyframes_s: seconds between two keyframes; None while unknown, or where there are none.
        a_second: pictures a second; None while unknown.
        everything: all of them are decoded, since keyframes come too rarely.
        was: the size before the last change, None where it never changed.
        resized_at: when it changed.
    """

    size: Size
    codec: str | None = None
    keyframes_s: float | None = None
    a_second: float | None = None
    everything: bool = False
    was: Size | None = None
    resized_at: datetime | None = None

    def after(self, before: "Sends | None", at: datetime) -> "Sends":
        """The same with what was known before: what could not be measured yet, and when the size changed last."""
        if before is None:
            return self
        is_resized = self.size != before.size
        return replace(
            self,
            keyframes_s=before.keyframes_s if self.keyframes_s is None else self.keyframes_s,
            a_second=before.a_second if self.a_second is None else self.a_second,
            was=before.size if is_resized else before.was,
            resized_at=at if is_resized else before.resized_at,
        )

    def is_news(self, before: "Sends | None") -> bool:
        """Whether it is worth writing down after what was.

        >>> cif = Sends((704, 576), a_second=25.0)
        >>> cif.is_news(cif), replace(cif, a_second=24.0).is_news(cif), replace(cif, size=(1920, 1080)).is_news(cif)
        (False, False, True)
        """
        if before is None:
            return True
        same = (self.size, self.codec, self.everything) == (before.size, before.codec, before.everything)
        pairs = ((self.keyframes_s, before.keyframes_s), (self.a_second, before.a_second))
        return not same or any(_is_another(*pair) for pair in pairs)

    def as_json(self) -> dict[str, Any]:
        """As a row keeps it."""
        return asdict(self) | {"resized_at": self.resized_at.isoformat() if self.resized_at else None}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "Sends":
        """What `as_json` gave; KeyError, TypeError or ValueError for anything else."""
        at, was = told["resized_at"], told["was"]
        return cls(
            size=_size(told["size"]),
            codec=told["codec"],
            keyframes_s=told["keyframes_s"],
            a_second=told["a_second"],
            everything=bool(told["everything"]),
            was=None if was is None else _size(was),
            resized_at=None if at is None else datetime.fromisoformat(at),
        )


@dataclass(frozen=True, slots=True)
class Note:
    """Something about a stream that a person should know; a code, and facts for its sentence."""

    code: str
    facts: Mapping[str, str | int | float] = field(default_factory=dict)


def notes(sends: Sends | None, lost: Mapping[str, float], usual_s: float | None, now: datetime) -> tuple[Note, ...]:
    """What is to be said of a stream.

    Args:
        sends: what the camera sends, as far as it is known.
        lost: `damaged` pictures and `jumps` of its stamps within the last day.
        usual_s: seconds between two of its pictures that arrived, None while unknown.
        now: the moment.

    >>> [note.code for note in notes(Sends((640, 360), a_second=200.0), {"damaged": 3}, 3600.0, datetime.max)]
    ['stream.floods', 'stream.seldom', 'stream.damaged']
    """
    return tuple(_of(sends, now) if sends else ()) + tuple(_over_a_day(lost, usual_s))


def _of(sends: Sends, now: datetime) -> Iterator[Note]:
    if sends.resized_at is not None and sends.was is not None and now - sends.resized_at <= TOLD_FOR:
        at = sends.resized_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        yield Note("stream.resized", {"was": _named(sends.was), "size": _named(sends.size), "at": at})
    if sends.everything and _has_pictures_between(sends):
        if sends.keyframes_s is None:
            yield Note("stream.no_regular_keyframes")
        else:
            yield Note("stream.rare_keyframes", {"seconds": round(sends.keyframes_s, 1)})
    if sends.a_second is not None and sends.a_second >= FLOODS_FROM:
        yield Note("stream.floods", {"a_second": round(sends.a_second)})


def _over_a_day(lost: Mapping[str, float], usual_s: float | None) -> Iterator[Note]:
    if usual_s is not None and usual_s >= SELDOM_FROM_S:
        yield Note("stream.seldom", {"minutes": round(usual_s / 60, 1)})
    for name in ("damaged", "jumps"):
        if lost.get(name):
            yield Note(f"stream.{name}", {"count": int(lost[name])})


def _has_pictures_between(sends: Sends) -> bool:
    return sends.keyframes_s is None or sends.a_second is None or sends.keyframes_s * sends.a_second >= BETWEEN


def _is_another(now: float | None, before: float | None) -> bool:
    if now is None or before is None:
        return now is not before
    return not before / NEWS_FROM <= now <= before * NEWS_FROM


def _size(told: Iterable[int]) -> Size:
    width, height = told
    return int(width), int(height)


def _named(size: Size) -> str:
    return f"{size[0]} × {size[1]}"
