"""Zones in the pictures of cameras, every version of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from detector.types import GeoPoint
from detector.zones import Shape, Zone, Zones
from service.store.camera_tables import camera_zones
from service.store.places import Row


@dataclass(frozen=True, slots=True)
class KeptZones:
    """One version of what is drawn into a camera's picture."""

    camera_id: str
    version: int
    zones: Zones
    by: str
    at: datetime
    reason: str | None = None


class CameraZones:
    """Rows of `camera_zones`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, kept: KeptZones) -> None:
        """Keep a version."""
        self._connection.execute(
            insert(camera_zones).values(
                camera_id=kept.camera_id,
                version=kept.version,
                zones=[zone_as_json(zone) for zone in kept.zones.zones],
                shapes={condition: _shape_as_json(shape) for condition, shape in kept.zones.shapes.items()},
                reason=kept.reason,
                by=kept.by,
                at=kept.at,
            )
        )

    def newest(self, camera_id: str) -> KeptZones | None:
        """The version that holds, None where nothing was ever drawn."""
        mine = select(camera_zones).where(camera_zones.c.camera_id == camera_id)
        row = self._connection.execute(mine.order_by(camera_zones.c.version.desc()).limit(1)).mappings().first()
        return _kept(row) if row else None

    def version_of(self, camera_id: str) -> int:
        """The number of the version that holds, 0 where nothing was ever drawn."""
        highest = select(func.max(camera_zones.c.version)).where(camera_zones.c.camera_id == camera_id)
        return self._connection.execute(highest).scalar() or 0


def zone_as_json(zone: Zone) -> dict[str, Any]:
    """A zone as it is kept and as it travels."""
    place = zone.place
    return {
        "id": zone.id,
        "use": zone.use,
        "polygon": [list(corner) for corner in zone.polygon],
        "conditions": sorted(zone.conditions),
        "place": None if place is None else {"lat": place.lat, "lon": place.lon, "accuracy_m": place.accuracy_m},
    }


def zone_from_json(told: Mapping[str, Any]) -> Zone:
    """The zone that `zone_as_json` wrote; ValueError if it cannot exist."""
    return Zone(
        id=told["id"],
        use=told["use"],
        polygon=tuple((float(x), float(y)) for x, y in told["polygon"]),
        conditions=frozenset(told["conditions"]),
        place=None if told["place"] is None else GeoPoint(**told["place"]),
    )


def _shape_as_json(shape: Shape) -> dict[str, float | None]:
    longest = None if shape.max_ratio == float("inf") else shape.max_ratio
    return {"min_side_px": shape.min_side_px, "min_ratio": shape.min_ratio, "max_ratio": longest}


def _shape(told: Mapping[str, float | None]) -> Shape:
    longest = told["max_ratio"]
    return Shape(told["min_side_px"] or 0.0, told["min_ratio"] or 0.0, float("inf") if longest is None else longest)


def _kept(row: Row) -> KeptZones:
    shapes = {condition: _shape(told) for condition, told in row["shapes"].items()}
    zones = Zones(tuple(zone_from_json(told) for told in row["zones"]), shapes)
    return KeptZones(row["camera_id"], row["version"], zones, row["by"], row["at"], row["reason"])
