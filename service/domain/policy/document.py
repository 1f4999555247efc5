"""Read a policy's TOML text: the values, or everything that is wrong with it, each with its line."""

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from detector.catalog import CODE_TABLES, Catalog, Condition, Limit
from service.domain.deadlines import Calendar, WorkingHours
from service.domain.policy.problems import Problem, key_lines, nests_deeper, syntax_problem
from service.domain.policy.rows import escalations_in, permits_in, routes_in, specials_in, watching_in
from service.domain.policy.sections import Notes, Section, once
from service.domain.policy.values import (
    LARGEST_RADIUS_M,
    AutoFiling,
    Budget,
    HandlingUnit,
    Letterhead,
    LookingBack,
    Nudging,
    Passing,
    Patience,
    Policy,
    Retention,
    Reviewing,
    Rule,
    StageLimits,
)
from service.errors import PolicyWrong

DEEPEST: Final = 16


def parse_policy(text: str, catalog: Catalog, timezone: ZoneInfo) -> Policy:
    """The policy that `text` (TOML) says; PolicyWrong with line and key of the first thing that is wrong."""
    policy, problems = check_policy(text, catalog, timezone)
    if policy is None:
        raise policy_wrong(problems)
    return policy


def policy_wrong(problems: Sequence[Problem]) -> PolicyWrong:
    """An error that tells the first of some problems, and how many there are."""
    first = problems[0]
    return PolicyWrong(
        line=first.line,
        key=first.key,
        problem=first.problem,
        value=first.value,
        wanted=first.wanted,
        problems=len(problems),
    )


def check_policy(text: str, catalog: Catalog, timezone: ZoneInfo) -> tuple[Policy | None, tuple[Problem, ...]]:
    """The policy that `text` says and nothing, or None and everything that is wrong, by line."""
    try:
        told = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also numbers of thousands of digits, and ten thousand brackets
        return None, (syntax_problem(error, text),)
    if nests_deeper(told, DEEPEST):
        return None, (Problem(1, "", "syntax", wanted=f"at most {DEEPEST} tables inside each other"),)
    notes = Notes(key_lines(text))
    policy = _policy(Section(told, (), notes), hashlib.sha256(text.encode()).hexdigest(), catalog, timezone)
    if notes.problems:
        return None, tuple(sorted(notes.problems, key=lambda problem: problem.line))
    return policy, ()


def _policy(top: Section, sha256: str, catalog: Catalog, timezone: ZoneInfo) -> Policy:
    units = _units(top)
    unit_ids = frozenset(unit.id for unit in units)
    conditions = frozenset(row.id for row in catalog.conditions)
    table = top.one_of("code_table", CODE_TABLES)
    policy = Policy(
        version=top.text("version"),
        sha256=sha256,
        field_verification=top.flag("field_verification"),
        code_table=table,
        same_after_close=timedelta(hours=top.number("same_after_close_h", 0, 24 * 7)),
        rebound_within=timedelta(days=top.number("rebound_within_days", 1, 366)),
        hours=_hours(top, timezone),
        units=units,
        rules=_rules(top, catalog, unit_ids, table),
        permits=permits_in(top, conditions),
        specials=specials_in(top, conditions),
        watching=watching_in(top),
        routes=routes_in(top, conditions, unit_ids),
        nudging=_nudging(top.section("nudge"), conditions),
        auto_filing=_auto_filing(top.section("auto_filing"), conditions),
        budget=_budget(top.section("budget")),
        escalations=escalations_in(top),
        stages=_stages(top.section("stages")),
        look_back=_looking_back(top.section("look_back")),
        review=_reviewing(top.section("review"), conditions),
        letterhead=_letterhead(top.section("letters")),
        after_photo_within_m=_after_photo_within_m(top.section("after_photo")),
        forced_alone_a_day=_forced_alone_a_day(top.section("forced_close")),
        retention=_retention(top.section("retention")),
    )
    top.end()
    return policy


def _units(top: Section) -> tuple[HandlingUnit, ...]:
    found = []
    for row in top.rows("units"):
        name = row.name("name")
        if name is None:
            row.wrong("name", "missing")
            continue
        found.append((row, HandlingUnit(row.ident(), name)))
        row.end()
    once((row, unit.id) for row, unit in found)
    if not found:
        top.wrong("units", "missing")
    return tuple(unit for _, unit in found)


def _hours(top: Section, timezone: ZoneInfo) -> WorkingHours:
    hours, calendar = top.section("working_hours"), top.section("calendar")
    windows = hours.windows(within_a_day=True)
    weekdays = hours.weekdays()
    day_h = hours.number("day_h", 0.5, 24, 8)
    holidays, workdays = calendar.days("holidays"), calendar.days("workdays")
    for key in (key for key in ("windows", "weekdays") if not hours.has(key)):
        hours.wrong(key, "missing")
    worked_h = sum((closes.hour - opens.hour) + (closes.minute - opens.minute) / 60 for opens, closes in windows)
    if windows and abs(worked_h - day_h) > 1e-6:
        hours.wrong("windows", "hole", f"{worked_h:g} h", f"{day_h:g} h, as a working day has (day_h)")
    for day in sorted(holidays & workdays):
        calendar.wrong("workdays", "conflict", day, "a holiday or a working day, not both")
    hours.end()
    calendar.end()
    if top.notes.problems:
        return WorkingHours(timezone)
    return WorkingHours(timezone, windows, weekdays, Calendar(holidays, workdays), day_h)


def _rules(top: Section, catalog: Catalog, units: frozenset[str], table: str) -> Mapping[str, Rule]:
    default_radius_m = top.number("default_radius_m", 1, LARGEST_RADIUS_M)
    default_unit = top.one_of("default_unit", units)
    conditions = top.section("conditions")
    rules = {}
    for condition in catalog.conditions:
        row = conditions.section(condition.id)
        rules[condition.id] = _rule(row, condition, units, (default_radius_m, default_unit, table))
    conditions.end()
    return MappingProxyType(rules)


def _rule(row: Section, condition: Condition, units: frozenset[str], defaults: tuple[float, str, str]) -> Rule:
    default_radius_m, default_unit, table = defaults
    open_score = row.number("open_score", 0, 1, 0)
    follow_score = row.number("follow_score", 0, 1, 0)
    if follow_score > open_score:
        row.wrong("follow_score", "conflict", follow_score, f"at most open_score, {open_score:g}")
    enforced = []
    for window in row.rows("enforced"):
        enforced.append(window.weekly())
        window.end()
    rule = Rule(
        radius_m=row.number("radius_m", 1, LARGEST_RADIUS_M, max(1, default_radius_m)),
        unit=row.one_of("unit", units, default_unit),
        limit=row.limit("limit") or condition.limit,
        open_score=open_score,
        code=condition.codes.get(table),
        follow_score=follow_score,
        enforced=tuple(enforced),
        cooldown=timedelta(minutes=row.number("cooldown_min", 0, 7 * 24 * 60, 0)),
        patience=_patience(row.section("patience")),
        persistence=timedelta(minutes=row.number("persistence_min", 0, 24 * 60, condition.persistence_min)),
        passing=_passing(row.section("passing")),
        name=condition.name,
        filed_when=row.name("filed_when"),
        closed_when=row.name("closed_when"),
    )
    row.end()
    return rule


def _patience(row: Section) -> Patience:
    usual = Patience()
    patience = Patience(
        lasting=timedelta(seconds=row.number("lasting_s", 0, 3600, usual.lasting.total_seconds())),
        hits=row.count("hits", 1, 100, usual.hits),
        again_every=timedelta(minutes=row.number("again_every_min", 0.1, 24 * 60, usual.again_every.seconds / 60)),
        gone_after=row.count("gone_after", 1, 1000, usual.gone_after),
    )
    row.end()
    return patience


def _passing(row: Section) -> Passing:
    usual = Passing()
    passing = Passing(
        hits=row.count("hits", 1, 100, usual.hits),
        frames=row.count("frames", 1, 100, usual.frames),
        cell_m=row.number("cell_m", 5, 100, usual.cell_m),
    )
    if passing.hits > passing.frames:
        row.wrong("hits", "conflict", passing.hits, f"at most frames, {passing.frames}")
    row.end()
    return passing


def _nudging(row: Section, conditions: frozenset[str]) -> Nudging:
    nudging = Nudging(
        conditions=row.some_of("conditions", conditions),
        weekly=row.weekly(),
        wait=timedelta(minutes=row.number("wait_min", 1, 7 * 24 * 60, 30)),
    )
    row.end()
    return nudging


def _auto_filing(row: Section, conditions: frozenset[str]) -> AutoFiling:
    usual = AutoFiling()
    filing = AutoFiling(
        conditions=row.some_of("conditions", conditions),
        lower_bound=row.number("lower_bound", 0.5, 1, usual.lower_bound),
        last=row.count("last", 20, 10_000, usual.last),
        least=row.count("least", 20, 10_000, usual.least),
    )
    if filing.least > filing.last:
        row.wrong("least", "conflict", filing.least, f"at most last, {filing.last}")
    row.end()
    return filing


def _budget(row: Section) -> Budget:
    grids = row.section("grids")
    each = {name: grids.count(name, 0, 100_000) for name in grids.names()}
    per_grid = row.count("per_grid", 0, 100_000) if row.has("per_grid") else None
    row.end()
    return Budget(per_grid, MappingProxyType(each))


def _looking_back(row: Section) -> LookingBack:
    usual = LookingBack()
    looking = LookingBack(
        after_h=row.numbers("after_h", 0.1, 24 * 90) if row.has("after_h") else usual.after_h,
        chronic=row.count("chronic", 1, 1000, usual.chronic),
        chronic_within=timedelta(days=row.number("chronic_within_days", 1, 366, usual.chronic_within.days)),
    )
    row.end()
    return looking


def _reviewing(row: Section, conditions: frozenset[str]) -> Reviewing:
    told = row.section("risk")
    for name in sorted(set(told.names()) - conditions):
        told.wrong(name, "unknown_key", wanted=", ".join(sorted(conditions)))
    risk = {name: told.number(name, 0.1, 10) for name in told.names()}
    reviewing = Reviewing(MappingProxyType(risk), row.number("second_look", 0, 0.5, Reviewing().second_look))
    row.end()
    return reviewing


def _letterhead(row: Section) -> Letterhead:
    usual = Letterhead()
    head = Letterhead(row.name("office") or usual.office, row.text("word", usual.word))
    row.end()
    return head


def _after_photo_within_m(row: Section) -> float:
    within_m = row.number("within_m", 1, 2000, 100)
    row.end()
    return within_m


def _forced_alone_a_day(row: Section) -> int:
    alone = row.count("alone_a_day", 0, 1000, 3)
    row.end()
    return alone


def _retention(row: Section) -> Retention:
    usual = Retention()
    retention = Retention(
        after_end=timedelta(days=row.count("after_end_days", 30, 36_500, usual.after_end.days)),
        loose=timedelta(days=row.count("loose_days", 1, 36_500, usual.loose.days)),
    )
    row.end()
    return retention


def _stages(row: Section) -> StageLimits:
    stages: dict[str, Limit | None] = {name: row.limit(name) for name in ("filing", "dispatch", "check")}
    row.end()
    return StageLimits(**stages)
