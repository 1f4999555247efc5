"""What a city promises and tolerates, read from one TOML document, versioned and hashed."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from detector.catalog import CODE_TABLES, Catalog, Limit, Name
from service.domain.deadlines import Calendar, WorkingHours
from service.errors import PolicyWrong

LARGEST_RADIUS_M: Final = 200.0
"""Beyond it the look-up by cells would read half a district."""

TOP_KEYS: Final = frozenset(
    {"version", "field_verification", "code_table", "same_after_close_h", "rebound_within_days"}
    | {"default_radius_m", "default_unit", "working_hours", "calendar", "units", "conditions"}
)
CONDITION_KEYS: Final = frozenset({"radius_m", "unit", "limit", "open_score"})


@dataclass(frozen=True, slots=True)
class HandlingUnit:
    """Who puts things right."""

    id: str
    name: Name


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for one condition.

    Attributes:
        radius_m: sightings nearer than this are one problem, (0, 200].
        unit: the id of the unit that it is dispatched to by default.
        limit: within how much time it is put right, counted from filing.
        open_score: a camera's sighting below it opens no ticket, [0, 1].
        code: of the condition in the policy's code table, None where the table has none.
    """

    radius_m: float
    unit: str
    limit: Limit
    open_score: float
    code: str | None


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of a city's rules; every decision keeps `sha256` of the version that made it."""

    version: str
    sha256: str
    field_verification: bool
    code_table: str
    same_after_close: timedelta
    rebound_within: timedelta
    hours: WorkingHours
    units: tuple[HandlingUnit, ...]
    rules: Mapping[str, Rule]

    @property
    def timezone(self) -> ZoneInfo:
        """The city's own zone."""
        return self.hours.timezone

    def rule(self, condition: str) -> Rule:
        """What holds for that condition; KeyError if the catalog had none."""
        return self.rules[condition]


def parse_policy(text: str, catalog: Catalog, timezone: ZoneInfo) -> Policy:
    """The policy that `text` (TOML) says; PolicyWrong with the key for what is unknown or out of bounds."""
    try:
        told = tomllib.loads(text)
        return _policy(told, hashlib.sha256(text.encode()).hexdigest(), catalog, timezone)
    except KeyError as error:
        raise PolicyWrong(missing=str(error.args[0])) from error
    except (ValueError, TypeError, AttributeError) as error:
        raise PolicyWrong(problem=str(error)) from error


def _policy(told: dict[str, Any], sha256: str, catalog: Catalog, timezone: ZoneInfo) -> Policy:
    _known(told, TOP_KEYS, "")
    units = tuple(HandlingUnit(row["id"], Name(**row["name"])) for row in told["units"])
    conditions = told.get("conditions", {})
    _known(conditions, frozenset(row.id for row in catalog.conditions), "conditions.")
    if told["code_table"] not in CODE_TABLES:
        raise PolicyWrong(key="code_table", allowed=list(CODE_TABLES))
    rules = {}
    for condition in catalog.conditions:
        row = {"limit": condition.limit, **conditions.get(condition.id, {})}
        rules[condition.id] = _rule(row, told, units, condition.codes.get(told["code_table"]))
    return Policy(
        version=_text(told, "version"),
        sha256=sha256,
        field_verification=_flag(told, "field_verification"),
        code_table=told["code_table"],
        same_after_close=timedelta(hours=_number(told, "same_after_close_h", 0, 24 * 7)),
        rebound_within=timedelta(days=_number(told, "rebound_within_days", 1, 366)),
        hours=_hours(told, timezone),
        units=units,
        rules=MappingProxyType(rules),
    )


def _rule(row: dict[str, Any], told: dict[str, Any], units: tuple[HandlingUnit, ...], code: str | None) -> Rule:
    _known(row, CONDITION_KEYS, "conditions.*.")
    unit = row.get("unit", told["default_unit"])
    if unit not in {known.id for known in units}:
        raise PolicyWrong(key="unit", value=str(unit))
    limit = row["limit"]
    return Rule(
        radius_m=_number({"radius_m": told["default_radius_m"], **row}, "radius_m", 1, LARGEST_RADIUS_M),
        unit=unit,
        limit=limit if isinstance(limit, Limit) else Limit(**limit),
        open_score=_number({"open_score": 0, **row}, "open_score", 0, 1),
        code=code,
    )


def _hours(told: dict[str, Any], timezone: ZoneInfo) -> WorkingHours:
    hours, calendar = told["working_hours"], told.get("calendar", {})
    _known(hours, frozenset({"windows", "weekdays"}), "working_hours.")
    _known(calendar, frozenset({"holidays", "workdays"}), "calendar.")
    return WorkingHours(
        timezone=timezone,
        windows=tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in hours["windows"]),
        weekdays=frozenset(hours["weekdays"]),
        calendar=Calendar(_days(calendar, "holidays"), _days(calendar, "workdays")),
    )


def _days(calendar: dict[str, Any], key: str) -> frozenset[date]:
    days = frozenset(calendar.get(key, ()))
    if not all(type(day) is date for day in days):
        raise PolicyWrong(key=f"calendar.{key}", wanted="dates like 2027-01-01, without quotes")
    return days


def _known(row: Mapping[str, Any], keys: frozenset[str], where: str) -> None:
    if unknown := sorted(set(row) - keys):
        raise PolicyWrong(unknown=where + unknown[0])


def _number(row: dict[str, Any], key: str, low: float, high: float) -> float:
    value = row[key]
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise PolicyWrong(key=key, value=str(value), low=low, high=high)
    return float(value)


def _flag(row: dict[str, Any], key: str) -> bool:
    if not isinstance(row[key], bool):
        raise PolicyWrong(key=key, value=str(row[key]), wanted="true or false")
    return bool(row[key])


def _text(row: dict[str, Any], key: str) -> str:
    if not isinstance(row[key], str) or not row[key]:
        raise PolicyWrong(key=key, wanted="a text")
    return str(row[key])
