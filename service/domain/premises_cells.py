"""What a cell of a table of premises says: a frontage in several ways of writing, a day, a score, conditions."""

import math
import re
from collections.abc import Iterable
from datetime import date
from typing import Final

from detector.catalog import Catalog
from service.domain.geometry import EARTH_RADIUS_M
from service.domain.policy import HandlingUnit
from service.domain.standard import Cell

Corner = tuple[float, float]
"""Longitude, latitude."""

NUMBER: Final = re.compile(r"[-+]?\d+(?:\.\d+)?")
DAY: Final = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
BETWEEN: Final = re.compile(r"[、,，;；/|\n]+")
METRES_A_DEGREE: Final = math.radians(1) * EARTH_RADIUS_M
NORTHERNMOST: Final = 90.0


def corners_in(text: str) -> list[Corner] | None:
    """The corners in a cell, closed to a ring: pairs of numbers in any punctuation, WKT and GeoJSON among it.

    Longitude comes first, unless a first number that can be no longitude of the other order says otherwise: whoever
    writes latitude first in China writes a number below 90 before one above it.

    >>> corners_in("POLYGON((121.47 31.23, 121.471 31.23, 121.471 31.231))")
    [(121.47, 31.23), (121.471, 31.23), (121.471, 31.231), (121.47, 31.23)]
    >>> corners_in("31.23,121.47; 31.23,121.471; 31.231,121.471")[0]
    (121.47, 31.23)
    """
    numbers = [float(one) for one in NUMBER.findall(text)]
    if len(numbers) < 6 or len(numbers) % 2:
        return None
    pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
    if all(abs(first) <= NORTHERNMOST < abs(second) for first, second in pairs):
        pairs = [(second, first) for first, second in pairs]
    if any(abs(lat) > NORTHERNMOST or abs(lon) > 2 * NORTHERNMOST for lon, lat in pairs):
        return None
    return pairs if pairs[0] == pairs[-1] else [*pairs, pairs[0]]


def square_around(corner: Corner, width_m: float) -> list[Corner]:
    """A square on the ground, so many metres wide, around a place; a ring.

    >>> len(square_around((121.47, 31.23), 8.0))
    5
    """
    lon, lat = corner
    lat_step = width_m / 2 / METRES_A_DEGREE
    lon_step = lat_step / max(0.01, math.cos(math.radians(lat)))
    steps = ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
    return [(round(lon + x * lon_step, 7), round(lat + y * lat_step, 7)) for x, y in steps]


def number_in(value: Cell) -> float | None:
    """The number that a cell is or begins with, None if it is none.

    >>> number_in("96 分"), number_in("优"), number_in("9" * 400), number_in(10**400)
    (96.0, None, None, None)
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _finite(value)
    found = NUMBER.match(str(value).strip())
    return _finite(found[0]) if found else None


def _finite(told: float | str) -> float | None:
    """None for what no float holds, as a whole number of 400 figures."""
    try:
        number = float(told)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def day_in(value: Cell) -> date | None:
    """The day that a cell is or says, None if it says none.

    >>> day_in("2026年3月5日"), day_in("spring")
    (datetime.date(2026, 3, 5), None)
    """
    if isinstance(value, date):
        return value
    found = DAY.fullmatch(str(value).strip())
    if found is None:
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None


def parts_of(text: str) -> list[str]:
    """The names in a cell that lists several.

    >>> parts_of("店外经营、暴露垃圾")
    ['店外经营', '暴露垃圾']
    """
    return [part.strip() for part in BETWEEN.split(text) if part.strip()]


def condition_called(name: str, catalog: Catalog) -> str | None:
    """The id of the condition of that id or name."""
    said = name.lower()
    for one in catalog.conditions:
        if said in (one.id, one.name.zh, one.name.en.lower()):
            return one.id
    return None


def unit_called(name: str, units: Iterable[HandlingUnit]) -> str | None:
    """The id of the unit of that id or name."""
    return next((unit.id for unit in units if name in (unit.id, unit.name.zh, unit.name.en)), None)
