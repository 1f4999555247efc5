"""Writes `docs/model/errors.md`: random test pictures and the worst mistakes of each kind, in words and counts."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from training.document import Facts
from training.failures import Failure
from training.verdicts import Boxed, Verdict

WORST: Final = 5
UNSEEN: Final = "not looked at yet"


def errors_page(facts: Facts) -> str:
    """The contact sheet one row a picture, then a table of the worst of each kind."""
    head = [
        "# Where it errs",
        "Written by `python -m training document`; do not edit. The licences do not let us show the pictures again, so "
        "the sheet has their boxes alone: grey is labelled and found, orange missed, green a right box, red a false "
        "one. The same sheet with pixels (faces blurred) comes from the same command under `build/`, and so do those "
        "of the worst mistakes of each kind.",
        "## Twenty-four random test pictures",
        "![boxes without pixels](contact_sheet.png)",
    ]
    table = ["| # | picture | found | missed | false | seen by eye |", "|--:|---|---|---|---|---|"]
    rows = [_row(at, verdict, facts) for at, verdict in enumerate(facts.verdicts, 1)]
    worst = [part for kind in facts.card.kinds if kind in facts.failures for part in _worst(kind, facts)]
    return "\n\n".join([*head, "\n".join([*table, *rows]), _totals(facts.verdicts), *worst]) + "\n"


def _row(at: int, verdict: Verdict, facts: Facts) -> str:
    counts = [_counted(boxes) for boxes in (verdict.found, verdict.missed, verdict.false)]
    wrong = bool(verdict.missed or verdict.false)
    seen = facts.sentences.get(verdict.file, UNSEEN if wrong else "")
    return f"| {at} | {_link(verdict.file, facts)} | " + " | ".join([*counts, seen]) + " |"


def _link(file: str, facts: Facts) -> str:
    origin = next(sample.origin for sample in facts.manifest if sample.file == file)
    link = f"https://github.com/{origin.repository}/blob/{origin.commit}/{origin.path}".replace(" ", "%20")
    return f"[{Path(file).stem}]({link.replace('(', '%28').replace(')', '%29')})"


def _counted(boxes: Sequence[Boxed]) -> str:
    kinds = [box.kind for box in boxes]
    return ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds)) or "–"


def _totals(verdicts: Sequence[Verdict]) -> str:
    found, missed, false = (sum(len(getattr(v, name)) for v in verdicts) for name in ("found", "missed", "false"))
    return f"Together: {found} found, {missed} missed, {false} false."


def _worst(kind: str, facts: Facts) -> Iterator[str]:
    found = facts.failures[kind]
    if not (found.missed or found.alarms):
        return
    yield f"## The worst of {kind}"
    yield (
        f"{len(found.missed)} missed in the whole test, {len(found.alarms)} false boxes, "
        f"{sum(one.empty for one in found.alarms)} of them on pictures without it."
    )
    if seen := facts.seen.get("en", {}).get(kind):
        yield seen
    rows = [_wrong("missed", one, facts) for one in found.missed[:WORST]]
    rows += [_wrong("false", one, facts) for one in found.alarms[:WORST]]
    yield "\n".join(
        ["| | picture | score | part of the picture | in its place | seen by eye |", "|---|---|--:|--:|---|---|", *rows]
    )


def _wrong(what: str, one: Failure, facts: Facts) -> str:
    x0, y0, x1, y1 = one.xyxy
    part = f"{100 * (x1 - x0) * (y1 - y0):.1f} %"
    seen = facts.sentences.get(one.file, "")
    return f"| {what} | {_link(one.file, facts)} | {one.score:.2f} | {part} | {one.on or '–'} | {seen} |"
