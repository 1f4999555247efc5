"""`python -m service report KIND`: a paper without a browser, also while the service runs."""

import argparse
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from service.settings import Settings

WEEK: Final = timedelta(days=6)
COMMAND: Final = "command line"


def add_flags(parser: argparse.ArgumentParser) -> None:
    """What a paper is about, and where its file goes."""
    parser.add_argument("kind", metavar="KIND", help="tasks, responsibilities, assessment, ledger_unit, weekly, …")
    parser.add_argument("--format", choices=("pdf", "xlsx"), default="pdf")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh")
    parser.add_argument("--first", type=date.fromisoformat, metavar="DAY", help="default: six days before the last")
    parser.add_argument("--last", type=date.fromisoformat, metavar="DAY", help="default: today")
    for name in ("unit", "condition", "grid"):
        parser.add_argument(f"--{name}", action="append", default=[], metavar="ID", help="may be said again")
    parser.add_argument("--campaign", metavar="ID")
    parser.add_argument("--evaluation", metavar="ID", help="of a visit folder")
    parser.add_argument("--out", type=Path, metavar="FILE", help="default: the paper's own name, here")


def make_report(settings: Settings, wish: argparse.Namespace) -> dict[str, Any]:
    """Write a paper and say where; errors of `service.errors`."""
    from detector.catalog import load_catalog
    from service.clock import utc_now
    from service.domain.cases import Period
    from service.domain.indicators import Look
    from service.errors import SettingsWrong
    from service.evidence import Evidence
    from service.policies import InForce
    from service.reports.counting import Scope
    from service.reports.desk import Desk
    from service.reports.making import as_file, compose
    from service.reports.naming import Naming
    from service.upkeep import open_data

    store, catalog, now = open_data(settings), load_catalog(), utc_now()
    policy = InForce(store, catalog, settings.timezone, utc_now)()
    with store.read() as rows:
        campaign = rows.campaigns.get(wish.campaign) if wish.campaign else None
        last = wish.last or now.astimezone(policy.timezone).date()
        first = wish.first or last - WEEK
        if last < first:
            raise SettingsWrong(name="last", value=str(last))
        period = campaign.period(policy.timezone) if campaign else Period(first, last, policy.timezone)
        scope = Scope(frozenset(wish.unit), frozenset(wish.condition), frozenset(wish.grid), campaign)
        naming = Naming.read(rows, catalog)
        evaluation = rows.evaluations.get(wish.evaluation) if wish.evaluation else None
        desk = Desk(rows, catalog, policy, naming, wish.lang, Look(period, now), scope, COMMAND, evaluation)
        paper = compose(wish.kind, desk)
        blurred = {picture: rows.pictures.get(picture).blurred_sha256 for picture in paper.pictures}
    evidence = Evidence(settings.evidence)
    shown = {picture: evidence.read(sha256) for picture, sha256 in blurred.items() if sha256 is not None}
    file = as_file(paper, wish.format, shown.get)
    out = wish.out or Path(file.name)
    out.write_bytes(file.data)
    store.engine.dispose()
    return {"to": str(out), "bytes": len(file.data), "rows": paper.rows, "pairs": paper.pairs}
