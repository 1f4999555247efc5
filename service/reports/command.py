"""`python -m service report KIND`: a paper without a browser, also while the service runs."""

import argparse
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from detector.catalog import Catalog, load_catalog
from service.clock import utc_now
from service.domain.cases import Period
from service.domain.indicators import Look
from service.domain.policy import Policy
from service.errors import SettingsWrong
from service.evidence import open_evidence
from service.policies import InForce
from service.reports.desk import Desk
from service.reports.letter import written_letter
from service.reports.making import as_file, compose
from service.reports.naming import Naming
from service.reports.paper import Paper
from service.reports.scopes import Scope
from service.settings import Settings
from service.store import Transaction
from service.upkeep import open_data

WEEK: Final = timedelta(days=6)
COMMAND: Final = "command line"
LETTER: Final = "letter"


def make_report(settings: Settings, wish: argparse.Namespace) -> dict[str, Any]:
    """Write a paper and say where; errors of `service.errors`. A picture without a blurred copy is said, not made."""
    store, catalog = open_data(settings), load_catalog()
    policy = InForce(store, catalog, settings.timezone, utc_now)()
    with store.read() as rows:
        written = _letter if wish.kind == LETTER else _report
        paper = written(rows, wish, catalog, policy, utc_now())
        blurred = {picture: rows.pictures.get(picture).blurred_sha256 for picture in paper.pictures}
    evidence = open_evidence(settings)
    shown = {picture: evidence.read(sha256) for picture, sha256 in blurred.items() if sha256 is not None}
    file = as_file(paper, wish.format, shown.get)
    out = wish.out or Path(file.name)
    out.write_bytes(file.data)
    store.engine.dispose()
    return {"to": str(out), "bytes": len(file.data), "rows": paper.rows, "pairs": paper.pairs}


def _report(rows: Transaction, wish: argparse.Namespace, catalog: Catalog, policy: Policy, now: datetime) -> Paper:
    campaign = rows.campaigns.get(wish.campaign) if wish.campaign else None
    last = wish.last or now.astimezone(policy.timezone).date()
    first = wish.first or last - WEEK
    if last < first:
        raise SettingsWrong(name="last", value=str(last))
    period = campaign.period(policy.timezone) if campaign else Period(first, last, policy.timezone)
    scope = Scope(
        frozenset(wish.unit), frozenset(wish.condition), frozenset(wish.grid), frozenset(wish.street), campaign
    )
    naming = Naming.read(rows, catalog)
    evaluation = rows.evaluations.get(wish.evaluation) if wish.evaluation else None
    return compose(
        wish.kind, Desk(rows, catalog, policy, naming, wish.lang, Look(period, now), scope, COMMAND, evaluation)
    )


def _letter(rows: Transaction, wish: argparse.Namespace, catalog: Catalog, policy: Policy, _: datetime) -> Paper:
    letter = rows.letters.get(wish.number or "")
    day = policy.local(letter.at).date()
    look = Look(Period(day, day, policy.timezone), letter.at)
    naming = Naming.read(rows, catalog)
    return written_letter(Desk(rows, catalog, policy, naming, wish.lang, look, Scope(), COMMAND), letter)
