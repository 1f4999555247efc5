"""A part of the city in which a ticket is looked for: the ground of its polygons, and zones in pictures of cameras."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.domain.geometry import covers
from service.domain.premises import Bounds
from service.domain.ticket import Ticket

View = tuple[str, str]
"""A fixed camera and a zone in its picture, by their ids."""


@dataclass(frozen=True, slots=True)
class Region:
    """All grids of a street, a grid, or premises; without anything in it, nothing is.

    Attributes:
        polygons: GeoJSON Polygons on WGS-84.
        views: zones that show it to a camera, wherever the camera says that its tickets are.
    """

    polygons: tuple[Mapping[str, Any], ...] = ()
    views: frozenset[View] = frozenset()

    @property
    def bounds(self) -> Bounds | None:
        """The rectangle around its polygons, None without any."""
        corners = [corner for polygon in self.polygons for corner in polygon["coordinates"][0]]
        if not corners:
            return None
        lons, lats = [corner[0] for corner in corners], [corner[1] for corner in corners]
        return min(lats), min(lons), max(lats), max(lons)

    def holds(self, ticket: Ticket) -> bool:
        """Whether a ticket lies in it."""
        if (ticket.fixed_camera_id, ticket.zone) in self.views:
            return True
        place = ticket.place
        return place is not None and any(covers(polygon, place) for polygon in self.polygons)
