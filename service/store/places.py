"""A place as four columns, there and back; a box and a detection as JSON, there and back."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import RowMapping

from detector.types import Box, Detection, GeoPoint

Row = RowMapping


def place_columns(place: GeoPoint | None, source: str | None) -> dict[str, Any]:
    """The four columns of a place; all None where there is none."""
    if place is None:
        return {"lat": None, "lon": None, "accuracy_m": None, "place_source": None}
    return {"lat": place.lat, "lon": place.lon, "accuracy_m": place.accuracy_m, "place_source": source}


def place_in(row: Row) -> GeoPoint | None:
    """The place that a row holds."""
    if row["lat"] is None or row["lon"] is None:
        return None
    return GeoPoint(row["lat"], row["lon"], row["accuracy_m"])


def detections_as_json(detections: Iterable[Detection]) -> list[dict[str, Any]]:
    """Boxes as every interface names them: kind, condition, score, xyxy."""
    return [
        {"kind": box.kind, "condition": box.condition, "score": box.score, "xyxy": list(box.box.xyxy)}
        for box in detections
    ]


def detections_from_json(told: Iterable[Mapping[str, Any]]) -> tuple[Detection, ...]:
    """The boxes that `detections_as_json` wrote."""
    return tuple(Detection(row["kind"], row["condition"], row["score"], Box(*row["xyxy"])) for row in told)
