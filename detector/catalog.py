"""The conditions that a city looks for, and the kinds of picture that show them, read from `catalog.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

CATALOG = Path(__file__).with_name("catalog.toml")

CodeTable = Literal["gb2013", "platform2020", "gb2026"]
LimitUnit = Literal["urgent_hour", "working_hour", "working_day", "calendar_day", "minute"]
CODE_TABLES: tuple[str, ...] = get_args(CodeTable)
LIMIT_UNITS: tuple[str, ...] = get_args(LimitUnit)


@dataclass(frozen=True, slots=True)
class Name:
    """What people call a thing, in the two languages that every page speaks."""

    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Limit:
    """Within how much time a condition is to be put right, before a city says otherwise."""

    amount: float
    unit: LimitUnit

    def __post_init__(self) -> None:
        if self.amount <= 0 or self.unit not in LIMIT_UNITS:
            raise ValueError(f"a limit is a positive amount of {LIMIT_UNITS}, got {self.amount} {self.unit}")


@dataclass(frozen=True, slots=True)
class Condition:
    """A state of the street that a city has put right.

    `codes` by the table that a ticket is filed under; `persistence_min` is for how many minutes a fixed camera must
    have seen it before a machine acts on it by itself, unless a city says otherwise.
    """

    id: str
    name: Name
    codes: Mapping[str, str]
    limit: Limit
    closed_when: Name
    colour: str
    persistence_min: float = 0.0


@dataclass(frozen=True, slots=True)
class Kind:
    """A class of the model. It belongs to one condition or, like a closed bin, to none."""

    id: str
    name: Name
    condition: str | None = None
    codes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Catalog:
    """All conditions and kinds, in the order in which they are shown.

    >>> catalog = load_catalog()
    >>> catalog.condition_of("overflowing_bin"), catalog.condition_of("closed_bin")
    ('litter', None)
    >>> catalog.condition("flying_wire").name.zh
    '飞线充电'
    """

    conditions: tuple[Condition, ...]
    kinds: tuple[Kind, ...]

    def __post_init__(self) -> None:
        for rows in (self.conditions, self.kinds):
            ids = [row.id for row in rows]
            if len(set(ids)) != len(ids):
                raise ValueError(f"ids stand once, got {ids}")
        unknown = {kind.condition for kind in self.kinds} - {row.id for row in self.conditions} - {None}
        if unknown:
            raise ValueError(f"kinds name conditions that are not in the catalog: {sorted(map(str, unknown))}")

    @cached_property
    def _conditions(self) -> dict[str, Condition]:
        return {row.id: row for row in self.conditions}

    @cached_property
    def _kinds(self) -> dict[str, Kind]:
        return {row.id: row for row in self.kinds}

    def condition(self, condition_id: str) -> Condition:
        """The condition of that id; KeyError if the catalog has none."""
        return self._conditions[condition_id]

    def kind(self, kind_id: str) -> Kind:
        """The kind of that id; KeyError if the catalog has none."""
        return self._kinds[kind_id]

    def condition_of(self, kind_id: str) -> str | None:
        """The id of the condition that a kind shows, None for kinds that show none."""
        return self._kinds[kind_id].condition


def load_catalog(path: Path = CATALOG) -> Catalog:
    """Read a catalog; ValueError or KeyError if a row is wrong, tomllib's error if the file is."""
    rows = tomllib.loads(path.read_text(encoding="utf-8"))
    return Catalog(
        conditions=tuple(_condition(row) for row in rows["conditions"]),
        kinds=tuple(_kind(row) for row in rows["kinds"]),
    )


def _condition(row: dict[str, Any]) -> Condition:
    return Condition(
        id=row["id"],
        name=Name(**row["name"]),
        codes=_codes(row),
        limit=Limit(**row["limit"]),
        closed_when=Name(**row["closed_when"]),
        colour=row["colour"],
        persistence_min=row.get("persistence_min", 0.0),
    )


def _kind(row: dict[str, Any]) -> Kind:
    return Kind(id=row["id"], name=Name(**row["name"]), condition=row.get("condition"), codes=_codes(row))


def _codes(row: dict[str, Any]) -> Mapping[str, str]:
    codes: dict[str, str] = row.get("codes", {})
    if unknown := set(codes) - set(CODE_TABLES):
        raise ValueError(f"{row['id']} has codes of unknown tables: {sorted(unknown)}")
    return MappingProxyType(codes)
