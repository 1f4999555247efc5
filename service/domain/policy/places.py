"""Names of grids, streets and cameras in a policy that the city does not have: such a row would never hold."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from service.domain.policy.problems import Path, Problem, key_lines, line_of, shown
from service.domain.policy.values import Policy
from service.domain.policy.windows import Area

SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Places:
    """What the city has, by id."""

    grids: frozenset[str] = frozenset()
    streets: frozenset[str] = frozenset()
    cameras: frozenset[str] = frozenset()


def named_places(policy: Policy) -> Places:
    """Everything that a policy names."""
    areas = [area for _, area in _areas(policy)]
    grids = frozenset[str]().union(*(area.grids for area in areas), policy.budget.grids)
    streets = frozenset[str]().union(*(area.streets for area in areas))
    return Places(grids, streets, frozenset[str]().union(*(area.cameras for area in areas)))


def unknown_places(policy: Policy, text: str, known: Places) -> tuple[Problem, ...]:
    """A problem with its line for every name that the city does not have; `text` is what the policy was read from."""
    lines, problems = key_lines(text), []
    for path, area in _areas(policy):
        for key in ("grids", "streets", "cameras"):
            there = getattr(known, key)
            problems += [_problem((*path, key), name, there, lines) for name in sorted(getattr(area, key) - there)]
    for name in sorted(policy.budget.grids.keys() - known.grids):
        problems.append(_problem(("budget", "grids", name), name, known.grids, lines))
    return tuple(sorted(problems, key=lambda problem: problem.line))


def _areas(policy: Policy) -> Iterator[tuple[Path, Area]]:
    yield from ((("permits", number, "area"), row.area) for number, row in enumerate(policy.permits))
    yield from ((("specials", number, "area"), row.area) for number, row in enumerate(policy.specials))
    yield from ((("routes", number, "area"), row.area) for number, row in enumerate(policy.routes))


def _problem(path: Path, name: str, there: frozenset[str], lines: Mapping[Path, int]) -> Problem:
    wanted = ", ".join(sorted(there)[:SHOWN]) or None
    return Problem(line_of(path, lines), shown(path), "unknown_value", name, wanted)
