"""Draw zones into a camera's picture: every version is kept, with who drew it and why."""

from dataclasses import replace
from typing import Final

from service.domain.audit import AuditLine
from service.errors.sight import ZonesChanged
from service.store.transaction import Transaction
from service.store.zones import KeptZones

ZONES_CHANGED: Final = "camera.zones_changed"


def draw_zones(rows: Transaction, wish: KeptZones) -> KeptZones:
    """Keep what is drawn now; the same again changes nothing.

    Args:
        rows: a write transaction.
        wish: all that is to be drawn, what is left out is gone; its version is the one that was changed, 0 where
            nothing was drawn.

    Raises:
        CameraUnknown: there is no such camera.
        ZonesChanged: somebody drew something else since.
    """
    rows.lock([f"zones:{wish.camera_id}"])
    rows.cameras.get(wish.camera_id)
    newest = rows.zones.newest(wish.camera_id)
    if newest is not None and newest.zones == wish.zones:
        return newest
    version = newest.version if newest else 0
    if version != wish.version:
        raise ZonesChanged(camera=wish.camera_id, version=version)
    kept = replace(wish, version=version + 1)
    rows.zones.add(kept)
    facts = {"version": kept.version, "zones": len(kept.zones.zones), "shapes": len(kept.zones.shapes)}
    rows.audit.add(AuditLine(kept.at, kept.by, ZONES_CHANGED, kept.camera_id, kept.reason, facts))
    return kept
