"""Whether an after-photo shows the place of its ticket, by where its camera says that it stood."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from detector.types import GeoPoint
from service.domain.geometry import distance_m

WITHIN_M: Final = 100.0
"""Phones between tall houses are wrong by tens of metres; the next street is farther."""
MOST_DOUBT_M: Final = 100.0
"""So much of what a phone says about its own accuracy is believed."""


class PlaceCheck(StrEnum):
    """What the places say: one cannot tell where a picture or a ticket has none."""

    MATCHES = "matches"
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Taken:
    """Where and when a picture says that it was taken; `place_source` is exif or form."""

    place: GeoPoint | None = None
    place_source: str | None = None
    taken_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """What the after-photos of a ticket prove together.

    Attributes:
        shown: there is at least one.
        check: matches if one of them does, elsewhere if all of them are.
        distance_m: of the nearest, None where no place is known.
    """

    shown: bool = False
    check: PlaceCheck = PlaceCheck.UNKNOWN
    distance_m: float | None = None


def check_place(ticket: GeoPoint | None, photo: GeoPoint | None, within_m: float = WITHIN_M) -> PlaceCheck:
    """Whether a photo was taken at the ticket; what both places doubt about themselves is allowed for.

    >>> check_place(GeoPoint(31.23, 121.47), GeoPoint(31.2308, 121.47))
    <PlaceCheck.MATCHES: 'matches'>
    >>> check_place(GeoPoint(31.23, 121.47), GeoPoint(31.24, 121.47))
    <PlaceCheck.ELSEWHERE: 'elsewhere'>
    >>> check_place(GeoPoint(31.23, 121.47), None)
    <PlaceCheck.UNKNOWN: 'unknown'>
    """
    apart = metres_apart(ticket, photo)
    if apart is None or ticket is None or photo is None:
        return PlaceCheck.UNKNOWN
    doubt_m = min(MOST_DOUBT_M, (ticket.accuracy_m or 0.0) + (photo.accuracy_m or 0.0))
    return PlaceCheck.MATCHES if apart <= within_m + doubt_m else PlaceCheck.ELSEWHERE


def metres_apart(ticket: GeoPoint | None, photo: GeoPoint | None) -> float | None:
    """Metres from the ticket to where the photo was taken, None where one cannot tell."""
    return None if ticket is None or photo is None else distance_m(ticket, photo)


def prove(ticket: GeoPoint | None, photos: Iterable[GeoPoint | None], within_m: float = WITHIN_M) -> Proof:
    """What these after-photos prove: one from the right place is enough, one without a place does not refute.

    >>> here, there = GeoPoint(31.23, 121.47), GeoPoint(31.24, 121.47)
    >>> prove(here, [there, here]).check, prove(here, [there]).check, prove(here, [there, None]).check
    (<PlaceCheck.MATCHES: 'matches'>, <PlaceCheck.ELSEWHERE: 'elsewhere'>, <PlaceCheck.UNKNOWN: 'unknown'>)
    """
    places = list(photos)
    if not places:
        return Proof()
    checks = {check_place(ticket, place, within_m) for place in places}
    best = next(check for check in (PlaceCheck.MATCHES, PlaceCheck.UNKNOWN, PlaceCheck.ELSEWHERE) if check in checks)
    known = [apart for place in places if (apart := metres_apart(ticket, place)) is not None]
    return Proof(shown=True, check=best, distance_m=min(known, default=None))
