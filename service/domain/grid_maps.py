"""A map of duty grids as GeoJSON: read with a report of what is wrong with it, compared with what there is, written."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from detector.catalog import Name
from detector.types import GeoPoint
from service.domain.coordinates import System, from_gcj02
from service.domain.geometry import wrong_ring
from service.domain.routing import Grid, Street

MOST_GRIDS: Final = 5_000
MOST_CORNERS: Final = 30_000
MOST_CORNERS_OF_ONE: Final = 500
WIDEST_M: Final = 50_000.0
LONGEST_ID: Final = 64
LONGEST_NAME: Final = 200
SHOWN: Final = 80


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a feature, counted from 0.

    Attributes:
        problem: `id_missing`, `twice`, `name_missing`, `not_a_polygon`, `several_parts`, `out_of_range`, `not_closed`,
            `too_few`, `too_many`, `too_wide`, `crosses_itself`, `condition_unknown`, `unit_unknown` or `stale`.
        value: what stands there, shortened.
    """

    feature: int
    grid: str | None
    problem: str
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What a map may name."""

    conditions: Collection[str]
    units: Collection[str]
    streets: Mapping[str, Street]


@dataclass(frozen=True, slots=True)
class GridMapRead:
    """What a map says: its grids, the streets that it names anew, what is wrong, how many features are something else.

    The `version` of a grid is the one that the map was taken away with, 0 where it does not say.
    """

    grids: tuple[Grid, ...]
    streets: tuple[Street, ...]
    faults: tuple[Fault, ...]
    others: int


@dataclass(frozen=True, slots=True)
class MapPlan:
    """What importing a map would do; each grid as it would be kept, but for the time at which one ends."""

    added: tuple[Grid, ...] = ()
    changed: tuple[Grid, ...] = ()
    same: tuple[str, ...] = ()
    ended: tuple[Grid, ...] = ()
    stale: tuple[str, ...] = ()


class FeatureWrong(ValueError):
    """A feature is no duty grid; `args` are the problem and the value."""


def read_map(features: Sequence[Any], known: Known, system: System = System.WGS84) -> GridMapRead:
    """Read the features of a map; those that name a `kind` other than `grid` are something else.

    Args:
        features: of a GeoJSON FeatureCollection.
        known: what they may name. A street that is unknown is new, and called by `street_zh`, `street_en` or its id.
        system: of their coordinates, WGS-84 or GCJ-02.
    """
    grids: dict[str, Grid] = {}
    streets: dict[str, Street] = {}
    faults: list[Fault] = []
    others = 0
    for number, feature in enumerate(features):
        told = _properties(feature)
        if told.get("kind", "grid") != "grid":
            others += 1
            continue
        name = _text(feature.get("id") or told.get("id") or told.get("code")) if isinstance(feature, dict) else None
        try:
            if name is None or len(name) > LONGEST_ID:
                raise FeatureWrong("id_missing", name)
            if name in grids:
                raise FeatureWrong("twice", name)
            street = _street(told, known)
            grids[name] = _grid(name, feature, told, known, system)
        except FeatureWrong as wrong:
            problem, value = wrong.args
            faults.append(Fault(number, name, problem, None if value is None else str(value)[:SHOWN]))
            continue
        if street is not None:
            grids[name] = replace(grids[name], street=street.id)
            if known.streets.get(street.id) != street:
                streets[street.id] = street
    return GridMapRead(tuple(grids.values()), tuple(streets.values()), tuple(faults), others)


def plan_import(present: Iterable[Grid], read: Iterable[Grid], *, ends_missing: bool) -> MapPlan:
    """Compare a map with the grids that there are, ended ones included.

    Args:
        present: all of them.
        read: those of the map; one whose `version` is older than the present one is stale.
        ends_missing: grids that are not on the map end.
    """
    there = {grid.id: grid for grid in present}
    wanted = {grid.id: grid for grid in read}
    added, changed, same, stale = list[Grid](), list[Grid](), list[str](), list[str]()
    for name, grid in wanted.items():
        was = there.get(name)
        if was is None:
            added.append(replace(grid, version=1))
        elif grid.version not in (0, was.version):
            stale.append(name)
        elif replace(grid, version=was.version) == was:
            same.append(name)
        else:
            changed.append(replace(grid, version=was.version + 1))
    gone = [one for one in there.values() if ends_missing and one.id not in wanted and one.ended_at is None]
    ended = tuple(replace(one, version=one.version + 1) for one in gone)
    return MapPlan(tuple(added), tuple(changed), tuple(same), ended, tuple(stale))


def wrong_polygon(rings: Sequence[Sequence[Sequence[float]]]) -> str | None:
    """What is wrong with the rings of a grid, None for nothing."""
    if not rings:
        return "too_few"
    if any(not (-180 <= lon <= 180 and -90 <= lat <= 90) for ring in rings for lon, lat in ring):
        return "out_of_range"
    return next((wrong for ring in rings if (wrong := wrong_ring(ring, MOST_CORNERS_OF_ONE, WIDEST_M))), None)


def feature_of(grid: Grid, streets: Mapping[str, Street]) -> dict[str, Any]:
    """A grid as `read_map` reads it."""
    street = streets.get(grid.street) if grid.street else None
    of_street = {"street": street.id, "street_zh": street.name.zh, "street_en": street.name.en} if street else {}
    properties = {
        "kind": "grid",
        "name_zh": grid.name.zh,
        "name_en": grid.name.en,
        "units": dict(grid.units),
        **of_street,
        "version": grid.version,
    }
    return {"type": "Feature", "id": grid.id, "properties": properties, "geometry": dict(grid.polygon)}


def corners_of(features: Iterable[Any]) -> int:
    """How many corners the features have, as far as they can be counted."""
    return sum(len(ring) for feature in features for ring in _rings(feature))


def _grid(name: str, feature: Any, told: Mapping[str, Any], known: Known, system: System) -> Grid:
    both = _name(told, "name")
    if both is None:
        raise FeatureWrong("name_missing", None)
    version = told.get("version")
    return Grid(
        id=name,
        name=both,
        polygon={"type": "Polygon", "coordinates": _polygon(feature, system)},
        units=_units(told.get("units"), known),
        version=version if isinstance(version, int) and not isinstance(version, bool) else 0,
    )


def _polygon(feature: Any, system: System) -> list[list[list[float]]]:
    rings = [*_rings(feature)]
    geometry = feature.get("geometry")
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        raise FeatureWrong("not_a_polygon", geometry.get("type") if isinstance(geometry, dict) else None)
    if geometry["type"] == "MultiPolygon" and len(geometry.get("coordinates") or ()) != 1:
        raise FeatureWrong("several_parts", None)
    if not rings or not all(_is_corner(corner) for ring in rings for corner in ring):
        raise FeatureWrong("not_a_polygon", None)
    plain = [[[float(corner[0]), float(corner[1])] for corner in ring] for ring in rings]
    if (wrong := wrong_polygon(plain)) is not None:
        raise FeatureWrong(wrong, None)
    return [[_on_wgs84(corner) for corner in ring] for ring in plain] if system is System.GCJ02 else plain


def _on_wgs84(corner: Sequence[float]) -> list[float]:
    place = from_gcj02(GeoPoint(corner[1], corner[0]))
    return [round(place.lon, 7), round(place.lat, 7)]


def _rings(feature: Any) -> Iterator[Sequence[Any]]:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    rings = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if isinstance(geometry, dict) and geometry.get("type") == "MultiPolygon" and isinstance(rings, list):
        rings = [ring for part in rings if isinstance(part, list) for ring in part]
    if isinstance(rings, list):
        yield from (ring for ring in rings if isinstance(ring, list))


def _is_corner(corner: Any) -> bool:
    if not isinstance(corner, list) or not 2 <= len(corner) <= 4:
        return False
    return all(isinstance(number, int | float) and not isinstance(number, bool) for number in corner[:2])


def _units(told: Any, known: Known) -> Mapping[str, str]:
    if told is None:
        return {}
    if not isinstance(told, dict):
        raise FeatureWrong("unit_unknown", told)
    for condition, unit in told.items():
        if condition not in known.conditions:
            raise FeatureWrong("condition_unknown", condition)
        if not isinstance(unit, str) or unit not in known.units:
            raise FeatureWrong("unit_unknown", unit)
    return dict(sorted(told.items()))


def _street(told: Mapping[str, Any], known: Known) -> Street | None:
    name = _text(told.get("street"))
    if name is None:
        return None
    both = _name(told, "street")
    if both is None or both == Name(name, name):
        return known.streets.get(name[:LONGEST_ID]) or Street(name[:LONGEST_ID], Name(name, name))
    return Street(name[:LONGEST_ID], both)


def _name(told: Mapping[str, Any], key: str) -> Name | None:
    """A name in both languages; one stands for both."""
    zh, en, both = (_text(told.get(name)) for name in (f"{key}_zh", f"{key}_en", key))
    first = zh or both or en
    return Name(en=en or first, zh=first) if first else None


def _text(told: Any) -> str | None:
    if not isinstance(told, str | int) or isinstance(told, bool):
        return None
    text = str(told).replace("\0", "").strip()
    return text[:LONGEST_NAME] or None


def _properties(feature: Any) -> Mapping[str, Any]:
    told = feature.get("properties") if isinstance(feature, dict) else None
    return told if isinstance(told, dict) else {}
