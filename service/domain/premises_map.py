"""Which premises answer for a ticket, for whoever asks it of very many tickets."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from detector.types import GeoPoint
from service.domain.premises import Doorsteps, Premises
from service.domain.regions import View
from service.domain.ticket import Ticket

TILE_DEG: Final = 0.002
"""Premises are found by squares of so many degrees, about 200 m, that their bounds touch."""

Tile = tuple[int, int]


class PremisesMap:
    """Premises that have not ended, by where they are and by the zones that are drawn as their frontages."""

    def __init__(self, premises: Iterable[Premises], views: Mapping[View, str]) -> None:
        self._by_id = {one.id: one for one in premises if one.ended_at is None}
        self._views = views
        self._tiles: dict[Tile, list[Premises]] = defaultdict(list)
        for one in self._by_id.values():
            south, west, north, east = one.bounds
            for y in range(_tile(south), _tile(north) + 1):
                for x in range(_tile(west), _tile(east) + 1):
                    self._tiles[y, x].append(one)

    def answerable(self, ticket: Ticket) -> str | None:
        """The id of the premises that answer for a ticket: whose frontage its zone is, else before whose door it is."""
        drawn = self._drawn_before(ticket)
        if drawn is not None and ticket.condition in drawn.doorstep:
            return drawn.id
        return Doorsteps.of(self._around(ticket.place), ticket.condition).at(ticket.place)

    def _drawn_before(self, ticket: Ticket) -> Premises | None:
        if ticket.fixed_camera_id is None or ticket.zone is None:
            return None
        return self._by_id.get(self._views.get((ticket.fixed_camera_id, ticket.zone), ""))

    def _around(self, place: GeoPoint | None) -> list[Premises]:
        return [] if place is None else self._tiles.get((_tile(place.lat), _tile(place.lon)), [])


def _tile(degrees: float) -> int:
    return int(degrees // TILE_DEG)
