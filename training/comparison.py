"""Kinds by sources by models as one table, from the reports that `evaluate` wrote."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from training.errors import ReportUnusable

EVERYWHERE: Final = "all"
SAME: Final = ("manifest_sha256", "role", "frozen_list", "origin")

Row = Mapping[str, Any]


def read(paths: Sequence[Path]) -> Mapping[str, Mapping[str, Any]]:
    """Reports by the name of their folder.

    Raises:
        ReportUnusable: one cannot be read, or they are not of the same pictures.
    """
    found = {path.parent.name: _report(path) for path in paths}
    facts = {name: {key: report.get(key) for key in SAME} for name, report in found.items()}
    if len({json.dumps(one, sort_keys=True) for one in facts.values()}) > 1:
        raise ReportUnusable(reports=facts)
    return found


def _report(path: Path) -> dict[str, Any]:
    try:
        report: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ReportUnusable(path=str(path), why=str(error)) from error
    return report


def table(reports: Mapping[str, Mapping[str, Any]]) -> str:
    """Markdown: a line for each kind and source, AP50 and false alarms of every model."""
    first = next(iter(reports.values()))
    names = list(reports)
    head = ["kind", "source", "boxes", "without it", *(f"{name}: AP50" for name in names)]
    head += [f"{name}: false alarms" for name in names]
    lines = ["| " + " | ".join(head) + " |", "|---|---" + "|--:" * (len(head) - 2) + "|"]
    lines += [_line(kind, source, reports) for kind, source in _places(first)]
    what = "photographs" if first["origin"] == "real" else f"**{first['origin']}** pictures"
    on = f"list `{first['frozen_list']}`" if first["frozen_list"] else "no frozen list"
    note = f"On {what}, role {first['role']}, {on}. \\*: fewer than 20 boxes, the number says nothing yet."
    return "\n".join([*lines, "", note, ""])


def _places(report: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for kind, whole in report["per_kind"].items():
        yield kind, EVERYWHERE
        parts = [source for source, scores in report["per_source"].items() if scores[kind]["pictures"]]
        if whole["pictures"] and len(parts) > 1:
            yield from ((kind, source) for source in parts)


def _line(kind: str, source: str, reports: Mapping[str, Mapping[str, Any]]) -> str:
    scores: list[Row] = [_score(report, kind, source) for report in reports.values()]
    star = "" if scores[0]["measurable"] else " \\*"
    cells = [f"{kind}{star}", source, str(scores[0]["boxes"]), str(scores[0]["negatives"])]
    return "| " + " | ".join([*cells, *map(_area, scores), *map(_alarms, scores)]) + " |"


def _score(report: Mapping[str, Any], kind: str, source: str) -> Row:
    found: Row = report["per_kind"][kind] if source == EVERYWHERE else report["per_source"][source][kind]
    return found


def _area(score: Row) -> str:
    if score["ap50"] is None:
        return "–"
    low, high = score.get("ap50_low"), score.get("ap50_high")
    return f"{score['ap50']:.3f}" + (f" ({low:.2f}–{high:.2f})" if low is not None else "")


def _alarms(score: Row) -> str:
    return f"{score['false_alarms']} of {score['negatives']}" if score["negatives"] else "–"
