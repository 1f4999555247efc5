"""Zones in the pictures of cameras, every version of them."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from detector.drawn import shape_as_json, zone_as_json, zones_from_json
from detector.zones import Zones
from service.domain.regions import View
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
                shapes={condition: shape_as_json(shape) for condition, shape in kept.zones.shapes.items()},
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

    def views_of(self, premises: Container[str]) -> frozenset[View]:
        """Zones that are drawn, as it holds now, as the frontage of any of these premises."""
        return frozenset(view for view, one in self.views().items() if one in premises)

    def views(self) -> dict[View, str]:
        """The premises of every zone that is drawn, as it holds now, as the frontage of some."""
        cameras = self._connection.execute(select(camera_zones.c.camera_id).distinct()).scalars()
        held = (self.newest(camera) for camera in cameras.all())
        return {
            (kept.camera_id, zone.id): zone.premises
            for kept in held
            if kept is not None
            for zone in kept.zones.zones
            if zone.premises is not None
        }


def _kept(row: Row) -> KeptZones:
    zones = zones_from_json(row["zones"], row["shapes"])
    return KeptZones(row["camera_id"], row["version"], zones, row["by"], row["at"], row["reason"])
