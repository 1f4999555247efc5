"""What goes wrong with duty grids and their map.

NotFound
├── GridUnknown               grid.unknown
└── StreetUnknown             grid.street_unknown
Conflict
├── GridChanged               grid.changed
└── GridMapChanged            grid.map_changed
Unprocessable
├── GridWrong                 grid.wrong
├── GridMapUnreadable         grid.map_unreadable
└── GridMapTooLarge           grid.map_too_large
"""

from service.errors.base import Conflict, NotFound, Unprocessable


class GridUnknown(NotFound):
    """No duty grid has that id."""

    code = "grid.unknown"


class StreetUnknown(NotFound):
    """No street has that id, and nobody said what it is called."""

    code = "grid.street_unknown"


class GridChanged(Conflict):
    """Somebody has changed the grid since."""

    code = "grid.changed"


class GridMapChanged(Conflict):
    """Somebody has changed a grid since the map was taken away."""

    code = "grid.map_changed"


class GridWrong(Unprocessable):
    """A grid has no closed ring on WGS-84, no name, or an owner or a condition that nobody knows."""

    code = "grid.wrong"


class GridMapUnreadable(Unprocessable):
    """A file is no GeoJSON FeatureCollection."""

    code = "grid.map_unreadable"


class GridMapTooLarge(Unprocessable):
    """A map has more grids or corners than are drawn by hand."""

    code = "grid.map_too_large"
