"""`python -m service VERB`: run the service, or look after its data without a browser."""

import argparse
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from service.bucket_command import add_bucket_verbs
from service.cluster.command import add_cluster_verb
from service.domain.states import Role
from service.errors import ServiceError, SettingsWrong
from service.grid_command import add_grid_verbs
from service.memory import unpack
from service.phone_command import add_phone_verb
from service.policy_command import add_policy_verbs
from service.premises_command import add_premises_verbs
from service.reports.flags import add_flags
from service.settings import Settings, read_settings

GOOD: Final = 0
DAMAGE: Final = 1
WRONG_USE: Final = 2
NOBODY_ELSE: Final = 0o027
"""What the service keeps is for its own account and group to read: faces, and the passwords of cameras."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit status: 0 good, 1 damage found, 2 wrong use."""
    signal.signal(signal.SIGTERM, _leave)
    os.umask(NOBODY_ELSE)
    wish = _parser().parse_args(arguments)
    from detector.errors import DetectorError

    try:
        settings = _settings(wish)
        status: int = wish.verb(settings, wish)
    except (ServiceError, DetectorError) as error:
        print(json.dumps({"code": error.code, "facts": error.facts}, ensure_ascii=False), file=sys.stderr)
        return WRONG_USE
    except KeyboardInterrupt:
        return GOOD
    return status


def _leave(_signal: int, _frame: object) -> None:
    """SIGTERM is a wish to end, and ending as wished is good."""
    sys.exit(GOOD)


def _settings(wish: argparse.Namespace) -> Settings:
    flags = ("data", "host", "port", "database_url", "weights", "engine", "timezone", "public_url")
    return read_settings(os.environ, **{name: getattr(wish, name, None) for name in flags})


def _run(settings: Settings, wish: argparse.Namespace) -> int:
    unpack()
    from service.app import run

    return run(settings, demo=wish.demo)


def _migrate(settings: Settings, _: argparse.Namespace) -> int:
    from service.upkeep import open_data

    open_data(settings)
    return GOOD


def _create_user(settings: Settings, wish: argparse.Namespace) -> int:
    from service.accounts.credentials import SHORTEST_PASSWORD
    from service.accounts.people import NewPerson, People
    from service.clock import utc_now
    from service.upkeep import open_data

    password = sys.stdin.readline().rstrip("\r\n")
    if len(password) < SHORTEST_PASSWORD:
        raise SettingsWrong(name="password", value="too short")
    person = NewPerson(wish.login, password, Role(wish.role), wish.name, wish.unit)
    made = People(open_data(settings)).create(person, utc_now())
    return _say({"id": made, "login": wish.login, "role": wish.role})


def _create_key(settings: Settings, wish: argparse.Namespace) -> int:
    from service.accounts.keys import Keys
    from service.clock import utc_now
    from service.upkeep import open_data

    made = Keys(open_data(settings)).create(wish.name, Role(wish.role), wish.camera, utc_now())
    if wish.json:
        return _say({"id": made.id, "key": made.key, "role": made.role.value})
    print(made.key)
    return GOOD


def _revoke_key(settings: Settings, wish: argparse.Namespace) -> int:
    from service.accounts.keys import Keys
    from service.clock import utc_now
    from service.upkeep import open_data

    Keys(open_data(settings)).revoke(wish.id, utc_now())
    return GOOD


def _create_camera(settings: Settings, wish: argparse.Namespace) -> int:
    from service.cameras.register import NewCamera, register
    from service.clock import utc_now
    from service.upkeep import open_data

    camera = NewCamera(
        wish.id,
        wish.kind,
        wish.name,
        wish.lat,
        wish.lon,
        wish.heading,
        wish.url,
        wish.look_every,
        wish.height,
        wish.pitch,
        wish.fov,
        wish.frames,
    )
    register(open_data(settings), camera, utc_now(), files_allowed=True)
    return _say({"id": wish.id, "kind": wish.kind})


def _backup(settings: Settings, wish: argparse.Namespace) -> int:
    from service.backup import backup
    from service.clock import utc_now

    to = wish.to or settings.data / "backups" / f"{utc_now():%Y%m%dT%H%M%SZ}"
    told = backup(settings, to.absolute(), utc_now())
    _say(told)
    return DAMAGE if told["damaged"] else GOOD


def _restore(settings: Settings, wish: argparse.Namespace) -> int:
    from service.backup import restore
    from service.clock import utc_now

    told = restore(settings, wish.source.absolute(), utc_now(), takes_bucket=wish.take_bucket)
    _say(told)
    return DAMAGE if told["damaged"] or "noted" in told else GOOD


def _verify(settings: Settings, wish: argparse.Namespace) -> int:
    from service.verifying import damages

    found = 0
    for damage in damages(settings, wish.anchor):
        _say(damage)
        found += 1
    return DAMAGE if found else GOOD


def _report(settings: Settings, wish: argparse.Namespace) -> int:
    from service.reports.command import make_report

    return _say(make_report(settings, wish))


def _say(facts: dict[str, Any]) -> int:
    print(json.dumps(facts, ensure_ascii=False), flush=True)
    return GOOD


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m service", description=__doc__)
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    where = argparse.ArgumentParser(add_help=False)
    where.add_argument("--data", metavar="DIR", help="everything that the service keeps (default var/demo)")
    where.add_argument("--database-url", metavar="URL", help="default: SQLite in DIR")
    _add_run(verbs, where)
    _add(verbs, "migrate", where, _migrate, "bring the tables to this program's version")
    backup = _add(verbs, "backup", where, _backup, "copy database and evidence while the service runs")
    backup.add_argument("--to", type=Path, metavar="DIR", help="absent or empty; default: backups/NOW in the data")
    restore = _add(verbs, "restore", where, _restore, "put a backup into an absent or empty DIR and database")
    restore.add_argument("--from", dest="source", type=Path, required=True, metavar="DIR")
    restore.add_argument("--take-bucket", action="store_true", help="the lost city's bucket is this one's from now on")
    verify = _add(verbs, "verify", where, _verify, "compare rows, audit trail and files; a JSON line each damage")
    verify.add_argument(
        "--anchor", type=Path, action="append", default=[], metavar="FILE", help="one shipped elsewhere"
    )
    add_flags(_add(verbs, "report", where, _report, "write a list, ledger, letter or report as PDF or XLSX"))
    add_policy_verbs(verbs, _add, where)
    add_grid_verbs(verbs, _add, where)
    add_premises_verbs(verbs, _add, where)
    add_phone_verb(verbs, _add, where)
    add_cluster_verb(verbs, _add, where)
    add_bucket_verbs(verbs, _add, where)
    _add_accounts(verbs, where)
    return parser


def _add_run(verbs: Any, where: argparse.ArgumentParser) -> None:
    run = _add(verbs, "run", where, _run, "start the service and stay in the foreground")
    run.add_argument("--host", help="default 127.0.0.1")
    run.add_argument("--port", help="default 8000; 0 picks a free one")
    run.add_argument("--weights", metavar="CARD", help="default weights/current.toml")
    run.add_argument("--engine", help="auto, onnxruntime, onnxruntime-int8, openvino, cuda or tensorrt; default auto")
    run.add_argument("--timezone", metavar="ZONE", help="default Asia/Shanghai")
    run.add_argument("--public-url", metavar="URL", help="where people reach it through a proxy")
    run.add_argument("--demo", action="store_true", help="fill it with an invented district")


def _add_accounts(verbs: Any, where: argparse.ArgumentParser) -> None:
    roles = [role.value for role in Role]
    user = verbs.add_parser("user", help="accounts").add_subparsers(required=True, metavar="VERB")
    person = _add(user, "create", where, _create_user, "make an account")
    person.add_argument("--login", required=True)
    person.add_argument("--role", required=True, choices=[role for role in roles if role != Role.CAMERA])
    person.add_argument("--name")
    person.add_argument("--unit", help="the handling unit that it belongs to")
    person.add_argument("--password-stdin", action="store_true", required=True, help="read it from standard input")
    keys = verbs.add_parser("key", help="keys of programs").add_subparsers(required=True, metavar="VERB")
    key = _add(keys, "create", where, _create_key, "make a key and print it once")
    key.add_argument("--name", required=True)
    key.add_argument("--role", required=True, choices=roles)
    key.add_argument("--camera", metavar="ID", help="the only camera that it speaks for")
    key.add_argument("--json", action="store_true")
    _add(keys, "revoke", where, _revoke_key, "end a key").add_argument("id", metavar="ID")
    cameras = verbs.add_parser("camera", help="cameras").add_subparsers(required=True, metavar="VERB")
    camera = _add(cameras, "create", where, _create_camera, "make a camera")
    camera.add_argument("--id", required=True)
    camera.add_argument("--kind", required=True, choices=("fixed", "moving"))
    camera.add_argument("--name")
    camera.add_argument("--lat", type=float)
    camera.add_argument("--lon", type=float)
    camera.add_argument("--heading", type=float, metavar="DEGREES")
    camera.add_argument("--url", help="where frames are pulled from: rtsp, http, https, a file or a folder")
    camera.add_argument("--look-every", type=float, metavar="SECONDS", help="default 60")
    camera.add_argument("--height", type=float, metavar="METRES", help="above the ground")
    camera.add_argument("--pitch", type=float, metavar="DEGREES", help="of its axis below the horizon")
    camera.add_argument("--fov", type=float, metavar="DEGREES", help="horizontal opening angle")
    camera.add_argument("--frames", choices=("chosen", "stream"), default="chosen", help="what is pushed")


def _add(verbs: Any, name: str, where: argparse.ArgumentParser, verb: Any, told: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, parents=[where], help=told, description=told)
    parser.set_defaults(verb=verb)
    return parser


if __name__ == "__main__":
    sys.exit(main())
