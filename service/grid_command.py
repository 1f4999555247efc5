"""`python -m service grids VERB`: take the map of duty grids away, look at one, import one, without a browser."""

import argparse
import json
from pathlib import Path
from typing import Any, Final

from service.errors import SettingsWrong
from service.settings import Settings

GOOD: Final = 0
DAMAGE: Final = 1


def export(settings: Settings, _: argparse.Namespace) -> int:
    """Print all duty grids as GeoJSON."""
    from service.grids import map_of
    from service.upkeep import open_data

    with open_data(settings).read() as rows:
        print(json.dumps(map_of(rows), ensure_ascii=False))
    return GOOD


def check(settings: Settings, wish: argparse.Namespace) -> int:
    """Print a JSON line for everything that is wrong with a map, and what it would change; 1 if it cannot be taken."""
    from service.grids import check_map

    return _take(settings, wish, check_map, is_read=True)


def take(settings: Settings, wish: argparse.Namespace) -> int:
    """Import a map, or nothing of it; a running service routes by it at once."""
    from service.grids import import_map

    return _take(settings, wish, import_map, is_read=False)


def add_grid_verbs(verbs: Any, add: Any, where: argparse.ArgumentParser) -> None:
    """Let a parser know these verbs; `add` makes one with the usual flags."""
    grids = verbs.add_parser("grids", help="the map of duty grids").add_subparsers(required=True, metavar="VERB")
    add(grids, "export", where, export, "print all duty grids as GeoJSON")
    for name, does, text in (
        ("check", check, "tell what is wrong with a map and what it would change, a JSON line each"),
        ("import", take, "take a map, or nothing of it"),
    ):
        verb = add(grids, name, where, does, text)
        verb.add_argument("file", type=Path, metavar="FILE", help="a GeoJSON FeatureCollection")
        verb.add_argument("--gcj02", action="store_true", help="its coordinates are those of a Chinese map")
        verb.add_argument("--ends-missing", action="store_true", help="grids that are not on it end")
        verb.add_argument("--reason", help="why, for the versions and the audit trail")


def _take(settings: Settings, wish: argparse.Namespace, does: Any, *, is_read: bool) -> int:
    from detector.catalog import load_catalog
    from service.clock import utc_now
    from service.domain.coordinates import System
    from service.domain.coverage import coverage_of
    from service.domain.states import Role
    from service.domain.ticket import Actor
    from service.grids import MapWish, features_in
    from service.occasion import Occasion
    from service.policies import InForce
    from service.upkeep import open_data

    features = features_in(_bytes(wish.file))
    store = open_data(settings)
    policy = InForce(store, load_catalog(), settings.timezone, utc_now)()
    on = Occasion(Actor("command", "command", Role.ADMIN), policy, utc_now())
    how = MapWish(System.GCJ02 if wish.gcj02 else System.WGS84, wish.ends_missing, reason=wish.reason)
    with store.read() if is_read else store.write() as rows:
        found = does(rows, features, how, on)
    for fault in found.read.faults:
        _say({"feature": fault.feature, "grid": fault.grid, "problem": fault.problem, "value": fault.value})
    for one in found.plan.stale:
        _say({"grid": one, "problem": "stale"})
    covered = coverage_of(found.then)
    for overlap in covered.overlaps:
        at = {"lat": overlap.at.lat, "lon": overlap.at.lon}
        _say({"grids": overlap.grids, "problem": "overlap", "area_m2": overlap.area_m2, **at})
    for hole in covered.holes:
        _say({"problem": "hole", "area_m2": hole.area_m2, "lat": hole.at.lat, "lon": hole.at.lon})
    plan = found.plan
    counts = {name: len(getattr(plan, name)) for name in ("added", "changed", "same", "ended")}
    _say({**counts, "others": found.read.others, "good": found.is_good})
    return GOOD if found.is_good else DAMAGE


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SettingsWrong(name="FILE", value=str(path)) from error


def _say(facts: dict[str, Any]) -> None:
    print(json.dumps(facts, ensure_ascii=False), flush=True)
