"""Indicators as tables: this period beside the one before, and what each of them means."""

from collections.abc import Iterable, Sequence
from typing import Final

from service.domain.indicators import NAMES, Measure, Unit
from service.reports.desk import Desk
from service.reports.paper import Cell, Column, Figure, Shows, Table

POINTS: Final = 100.0


def indicators_table(desk: Desk, title: str, now: Sequence[Measure], before: Sequence[Measure]) -> Table:
    """Each indicator with its definition: now, before, and the change; those that got worse are marked."""
    columns = (
        Column(desk.words("columns.indicator"), 1.5),
        Column(desk.words("columns.now"), 0.75),
        Column(desk.words("columns.before"), 0.75),
        Column(desk.words("columns.change"), 0.75, Shows.NUMBER),
        Column(desk.words("columns.base"), 0.85),
        Column(desk.words("columns.definition"), 4.2),
    )
    rows = [_row(desk, new, old) for new, old in zip(now, before, strict=True)]
    marked = {place for place, (new, old) in enumerate(zip(now, before, strict=True)) if _is_worse(new, old)}
    return Table(title, columns, tuple(rows), desk.words("paper.definitions_note"), frozenset(marked))


def values_table(desk: Desk, title: str, now: Sequence[Measure]) -> Table:
    """Each indicator with its definition."""
    columns = (
        Column(desk.words("columns.indicator"), 1.5),
        Column(desk.words("columns.now"), 0.75),
        Column(desk.words("columns.base"), 0.85),
        Column(desk.words("columns.definition"), 5.0),
    )
    rows = tuple(
        (name, value, base, meaning) for name, value, _, _, base, meaning in (_row(desk, one, one) for one in now)
    )
    return Table(title, columns, rows, desk.words("paper.definitions_note"))


def definitions_table(desk: Desk, names: Iterable[str] = NAMES) -> Table:
    """What indicators mean."""
    columns = (Column(desk.words("columns.indicator"), 1.2), Column(desk.words("columns.definition"), 5.0))
    rows = tuple((desk.words(f"indicators.{name}.name"), desk.words(f"indicators.{name}.definition")) for name in names)
    return Table(desk.words("paper.definitions"), columns, rows, desk.words("paper.definitions_note"))


def figure(measure: Measure) -> Figure:
    """A value as it is read.

    >>> figure(Measure("x", Unit.SHARE, 0.5, 1, 2, None)).shows.value
    'share'
    """
    shows = {Unit.SHARE: Shows.SHARE, Unit.COUNT: Shows.COUNT}.get(measure.unit, Shows.NUMBER)
    return Figure(measure.value, shows)


def _row(desk: Desk, now: Measure, before: Measure) -> tuple[Cell, ...]:
    name = desk.words(f"indicators.{now.id}.name")
    base = f"{now.part:g} / {now.base:g}" if now.unit is Unit.SHARE and now.base is not None else None
    return (
        name,
        figure(now),
        figure(before),
        _change(now, before),
        base,
        desk.words(f"indicators.{now.id}.definition"),
    )


def _change(now: Measure, before: Measure) -> str | None:
    if now.value is None or before.value is None:
        return None
    change = now.value - before.value
    if now.unit is Unit.SHARE:
        return f"{POINTS * change:+.1f} pp"
    return f"{change:+g}" if now.unit is Unit.COUNT else f"{change:+.1f}"


def _is_worse(now: Measure, before: Measure) -> bool:
    if now.value is None or before.value is None or now.more_is_better is None:
        return False
    return now.value < before.value if now.more_is_better else now.value > before.value
