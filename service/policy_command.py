"""`python -m service policy VERB`: read, check and save the city's policy without a browser."""

import argparse
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from service.errors import PolicyUnknown, SettingsWrong
from service.settings import Settings

GOOD = 0
DAMAGE = 1


def show(settings: Settings, _: argparse.Namespace) -> int:
    """Print the text of the policy in force."""
    from service.clock import utc_now
    from service.upkeep import open_data

    with open_data(settings).read() as rows:
        kept = rows.policies.in_force(utc_now())
    if kept is None:
        raise PolicyUnknown()
    print(kept.policy.text, end="")
    return GOOD


def check(settings: Settings, wish: argparse.Namespace) -> int:
    """Print a JSON line for everything that is wrong with a file; 1 if there is anything. No data is touched."""
    from detector.catalog import load_catalog
    from service.domain.policy import check_policy

    _, problems = check_policy(_text(wish.file), load_catalog(), settings.timezone)
    for one in problems:
        _say({"line": one.line, "key": one.key, "problem": one.problem, "value": one.value, "wanted": one.wanted})
    return DAMAGE if problems else GOOD


def save(settings: Settings, wish: argparse.Namespace) -> int:
    """Keep a file as the newest version; a running service has it within seconds."""
    from detector.catalog import load_catalog
    from service.clock import utc_now
    from service.domain.states import Role
    from service.domain.ticket import Actor
    from service.policies import InForce, PolicyWish, save_policy
    from service.upkeep import open_data

    store = open_data(settings)
    in_force = InForce(store, load_catalog(), settings.timezone, utc_now)
    in_force()
    text = _text(wish.file)
    policy = in_force.parse(text)
    with store.write() as rows:
        newest = rows.policies.newest()
        based_on = wish.based_on or (newest.policy.sha256 if newest else "")
        wanted = PolicyWish(text, based_on, wish.reason, _moment(wish.start))
        kept = save_policy(rows, policy, wanted, Actor("command", "command", Role.ADMIN), utc_now())
    _say({"seq": kept.seq, "version": kept.policy.version, "sha256": kept.policy.sha256})
    return GOOD


def add_policy_verbs(verbs: Any, add: Any, where: argparse.ArgumentParser) -> None:
    """Let a parser know these verbs; `add` makes one with the usual flags."""
    policy = verbs.add_parser("policy", help="the city's policy").add_subparsers(required=True, metavar="VERB")
    add(policy, "show", where, show, "print the policy in force")
    add(policy, "check", where, check, "tell what is wrong with a file, a JSON line each").add_argument(
        "file", type=Path, metavar="FILE"
    )
    saving = add(policy, "save", where, save, "keep a file as the newest version")
    saving.add_argument("file", type=Path, metavar="FILE")
    saving.add_argument("--reason", required=True)
    saving.add_argument("--from", dest="start", metavar="TIME", help="RFC 3339 with a zone; default: now")
    saving.add_argument("--based-on", metavar="SHA256", help="refuse if another version is the newest")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsWrong(name="FILE", value=str(path)) from error


def _moment(told: str | None) -> datetime | None:
    if told is None:
        return None
    try:
        moment = datetime.fromisoformat(told)
    except ValueError as error:
        raise SettingsWrong(name="from", value=told) from error
    if moment.tzinfo is None:
        raise SettingsWrong(name="from", value=told)
    return moment


def _say(facts: dict[str, Any]) -> None:
    print(json.dumps(facts, ensure_ascii=False), flush=True)
