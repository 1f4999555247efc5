"""The rows of a policy's lists: permits, special sections, routes and steps against lateness."""

from datetime import timedelta
from typing import Final, cast

from detector.types import GeoPoint
from service.domain.policy.sections import Section, once
from service.domain.policy.values import Does, Escalation, Permit, Route, Special, Watching
from service.domain.policy.windows import Area, Weekly, overlapping

DOES: Final = ("urge", "supervise")
LARGEST_CIRCLE_M: Final = 20_000
SHORTEST_LOOK_S: Final = 5.0
LONGEST_LOOK_S: Final = 3600.0


def permits_in(top: Section, conditions: frozenset[str]) -> tuple[Permit, ...]:
    """The `[[permits]]` of a document."""
    found = []
    for row in top.rows("permits"):
        name = row.name("name")
        if name is None:
            row.wrong("name", "missing")
            continue
        permit = Permit(
            id=row.ident(),
            name=name,
            conditions=_needed(row, "conditions", row.some_of("conditions", conditions)),
            area=_area(row.section("area")),
            weekly=row.weekly(),
            first=row.day("first"),
            last=row.day("last"),
        )
        if permit.first and permit.last and permit.last < permit.first:
            row.wrong("last", "backwards", permit.last, f"not before {permit.first}")
        row.end()
        found.append((row, permit))
    once((row, permit.id) for row, permit in found)
    return tuple(permit for _, permit in found)


def specials_in(top: Section, conditions: frozenset[str]) -> tuple[Special, ...]:
    """The `[[specials]]` of a document; two that hold for one thing at one time and place are an overlap."""
    found: list[tuple[Section, Special]] = []
    for row in top.rows("specials"):
        name, limit = row.name("name"), row.limit("limit")
        for key in (key for key, value in (("name", name), ("limit", limit)) if value is None):
            row.wrong(key, "missing")
        if name is None or limit is None:
            continue
        special = Special(
            id=row.ident(),
            name=name,
            conditions=_needed(row, "conditions", row.some_of("conditions", conditions)),
            area=_area(row.section("area")),
            weekly=row.weekly(),
            limit=limit,
        )
        row.end()
        for _, earlier in found:
            if _share(earlier, special) and _at_once(earlier.weekly, special.weekly):
                row.wrong("area", "overlap", special.id, f"apart from {earlier.id}")
        found.append((row, special))
    once((row, special.id) for row, special in found)
    return tuple(special for _, special in found)


def watching_in(top: Section) -> tuple[Watching, ...]:
    """The `[[watching]]` of a document; where several hold, the most frequent look wins."""
    found = []
    for row in top.rows("watching"):
        name = row.name("name")
        if name is None:
            row.wrong("name", "missing")
            continue
        watching = Watching(
            id=row.ident(),
            name=name,
            area=_area(row.section("area")),
            weekly=row.weekly(),
            look_every=timedelta(seconds=row.number("look_every_s", SHORTEST_LOOK_S, LONGEST_LOOK_S)),
        )
        row.end()
        found.append((row, watching))
    once((row, watching.id) for row, watching in found)
    return tuple(watching for _, watching in found)


def routes_in(top: Section, conditions: frozenset[str], units: frozenset[str]) -> tuple[Route, ...]:
    """The `[[routes]]` of a document; one that an earlier one hides is an overlap."""
    found: list[Route] = []
    for row in top.rows("routes"):
        route = Route(
            conditions=_needed(row, "conditions", row.some_of("conditions", conditions)),
            area=_area(row.section("area")),
            unit=row.one_of("unit", units),
        )
        row.end()
        if any(_share(earlier, route) for earlier in found):
            row.wrong("area", "overlap", route.unit, "one unit for a condition in a place")
        found.append(route)
    return tuple(found)


def escalations_in(top: Section) -> tuple[Escalation, ...]:
    """The `[[escalations]]` of a document."""
    found = []
    for row in top.rows("escalations"):
        before, after = row.limit("before"), row.limit("after")
        if before and after:
            row.wrong("after", "conflict", wanted="before or after, not both")
        step = Escalation(
            id=row.ident(),
            does=cast(Does, row.one_of("does", DOES)),
            offset=before or after,
            is_before=before is not None,
        )
        row.end()
        found.append((row, step))
    once((row, step.id) for row, step in found)
    return tuple(step for _, step in found)


def _area(row: Section) -> Area:
    circle = row.section("circle")
    centre, radius_m = None, 0.0
    if circle.names():
        centre = GeoPoint(circle.number("lat", -90, 90), circle.number("lon", -180, 180))
        radius_m = circle.number("radius_m", 1, LARGEST_CIRCLE_M)
        for key in sorted(set(circle.names()) - {"lat", "lon", "radius_m"}):
            circle.wrong(key, "unknown_key", wanted="lat, lon, radius_m")
    area = Area(
        grids=row.some_of("grids", None),
        cameras=row.some_of("cameras", None),
        polygon=row.polygon("polygon"),
        centre=centre,
        radius_m=radius_m,
        streets=row.some_of("streets", None),
    )
    row.end()
    return area


def _needed(row: Section, key: str, found: frozenset[str]) -> frozenset[str]:
    if not found and not row.has(key):
        row.wrong(key, "missing")
    return found


def _share(earlier: Special | Route, later: Special | Route) -> bool:
    """Whether two rows speak of one condition in one place."""
    if not earlier.conditions & later.conditions:
        return False
    a, b = earlier.area, later.area
    return a.is_everywhere or any(map(bool, (a.grids & b.grids, a.streets & b.streets, a.cameras & b.cameras)))


def _at_once(a: Weekly, b: Weekly) -> bool:
    if not a.weekdays & b.weekdays:
        return False
    return not a.windows or not b.windows or overlapping((*a.windows, *b.windows))
