"""Zones and shapes as JSON: as they are kept, and as they travel."""

from collections.abc import Mapping
from typing import Any

from detector.types import GeoPoint
from detector.zones import Shape, Zone, Zones


def zone_as_json(zone: Zone) -> dict[str, Any]:
    """A zone; `zone_from_json` reads it again."""
    place = zone.place
    return {
        "id": zone.id,
        "use": zone.use,
        "polygon": [list(corner) for corner in zone.polygon],
        "conditions": sorted(zone.conditions),
        "place": None if place is None else {"lat": place.lat, "lon": place.lon, "accuracy_m": place.accuracy_m},
        "premises": zone.premises,
    }


def shape_as_json(shape: Shape) -> dict[str, float | None]:
    """A shape; no upper bound is null, since JSON knows no infinity."""
    longest = None if shape.max_ratio == float("inf") else shape.max_ratio
    return {"min_side_px": shape.min_side_px, "min_ratio": shape.min_ratio, "max_ratio": longest}


def zones_from_json(zones: list[Mapping[str, Any]], shapes: Mapping[str, Mapping[str, float | None]]) -> Zones:
    """What was drawn; ValueError, KeyError, TypeError if it cannot exist."""
    return Zones(
        tuple(zone_from_json(told) for told in zones),
        {condition: _shape_from_json(told) for condition, told in shapes.items()},
    )


def zone_from_json(told: Mapping[str, Any]) -> Zone:
    """The zone that `zone_as_json` wrote; ValueError, KeyError, TypeError if it cannot exist."""
    return Zone(
        id=told["id"],
        use=told["use"],
        polygon=tuple((float(x), float(y)) for x, y in told["polygon"]),
        conditions=frozenset(told["conditions"]),
        place=None if told["place"] is None else GeoPoint(**told["place"]),
        premises=told.get("premises"),
    )


def _shape_from_json(told: Mapping[str, float | None]) -> Shape:
    longest = told["max_ratio"]
    return Shape(told["min_side_px"] or 0.0, told["min_ratio"] or 0.0, float("inf") if longest is None else longest)
