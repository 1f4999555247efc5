"""`python -m service premises VERB`: take the table of shops away, look at one, import one, without a browser."""

import argparse
import json
from pathlib import Path
from typing import Any, Final

from service.errors import SettingsWrong
from service.settings import Settings

GOOD: Final = 0
DAMAGE: Final = 1


def export(settings: Settings, _: argparse.Namespace) -> int:
    """Print all shops and yards as CSV."""
    from service.premises import table_of
    from service.upkeep import open_data

    with open_data(settings).read() as rows:
        print(table_of(rows.premises.all()), end="")
    return GOOD


def check(settings: Settings, wish: argparse.Namespace) -> int:
    """Print a JSON line for everything that could not be read, and what a table would do; 1 if a row is left out."""
    return _take(settings, wish, is_read=True)


def take(settings: Settings, wish: argparse.Namespace) -> int:
    """Import what can be read of a table, and print what could not; 1 if a row is left out."""
    return _take(settings, wish, is_read=False)


def add_premises_verbs(verbs: Any, add: Any, where: argparse.ArgumentParser) -> None:
    """Let a parser know these verbs; `add` makes one with the usual flags."""
    premises = verbs.add_parser("premises", help="shops and yards").add_subparsers(required=True, metavar="VERB")
    add(premises, "export", where, export, "print all shops and yards as CSV")
    for name, does, text in (
        ("check", check, "tell what of a table cannot be read and what it would do, a JSON line each"),
        ("import", take, "take what can be read of a table, and tell what cannot"),
    ):
        verb = add(premises, name, where, does, text)
        verb.add_argument("file", type=Path, metavar="FILE", help="xlsx or CSV with a row of heads")
        verb.add_argument("--gcj02", action="store_true", help="its places are those of a Chinese map")
        verb.add_argument(
            "--doorstep",
            action="append",
            default=[],
            metavar="CONDITION",
            help="what new ones answer for where the table has no such column; may be said again",
        )
        verb.add_argument("--reason", help="why, for the audit trail")


def _take(settings: Settings, wish: argparse.Namespace, *, is_read: bool) -> int:
    from detector.catalog import load_catalog
    from service.clock import utc_now
    from service.domain.coordinates import System
    from service.domain.states import Role
    from service.domain.ticket import Actor
    from service.occasion import Occasion
    from service.policies import InForce
    from service.premises import TableWish, check_premises, import_premises, read_table
    from service.upkeep import open_data

    data, catalog = _bytes(wish.file), load_catalog()
    how = TableWish(System.GCJ02 if wish.gcj02 else System.WGS84, frozenset(wish.doorstep), wish.reason)
    store = open_data(settings)
    policy = InForce(store, catalog, settings.timezone, utc_now)()
    read = read_table(store, data, how, catalog)
    on = Occasion(Actor("command", "command", Role.ADMIN), policy, utc_now())
    with store.read() if is_read else store.write() as rows:
        plan = check_premises(rows, read) if is_read else import_premises(rows, read, how, on)
    for one in plan.unread:
        told = {"sheet": one.table, "cell": one.cell, "problem": one.problem, "value": one.value}
        _say({**told, "was_used": one.was_used})
    left_out = sum(not one.was_used for one in plan.unread)
    _say({"added": len(plan.added), "changed": len(plan.changed), "same": plan.same, "left_out": left_out})
    return DAMAGE if left_out else GOOD


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SettingsWrong(name="FILE", value=str(path)) from error


def _say(facts: dict[str, Any]) -> None:
    print(json.dumps(facts, ensure_ascii=False), flush=True)
