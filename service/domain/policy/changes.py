"""What is different between two texts of a policy, key by key."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from service.domain.policy.problems import Path, key_lines, line_of, shown


@dataclass(frozen=True, slots=True)
class KeyChange:
    """One key that says something else, is new (`was` None) or is gone (`now` None); `line` in the newer text."""

    key: str
    was: str | None
    now: str | None
    line: int | None


def changed_keys(older: str, newer: str) -> tuple[KeyChange, ...]:
    """Keys whose values differ, in the order of their names; both texts are TOML.

    >>> changed_keys("a = 1\\nb = 2", "a = 1\\nb = 3")
    (KeyChange(key='b', was='2', now='3', line=2),)
    """
    was, now = (dict(_leaves(tomllib.loads(text), ())) for text in (older, newer))
    lines = key_lines(newer)
    return tuple(
        KeyChange(shown(path), was.get(path), now.get(path), line_of(path, lines) if path in now else None)
        for path in sorted(was.keys() | now.keys(), key=shown)
        if was.get(path) != now.get(path)
    )


def _leaves(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Every value that is no table; lists of tables row by row, by id where they have one."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key))
    elif isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
        for number, row in enumerate(value):
            yield from _leaves(row, (*path, number))
    else:
        yield path, str(value)
