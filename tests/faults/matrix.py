"""S1: roles x routes. Every operation of the OpenAPI document is asked by every role; `rights.toml` says who may."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import httpx

from tests.faults.outcome import Outcome, broken_cases
from tests.faults.outside import Outside, ask, create_key, running
from tests.faults.pictures import draw

TITLE: Final = "every route answers the roles of its cell and nobody else"
ROLES: Final = ("admin", "ops", "chief", "unit", "inspector", "camera", "viewer")
OUTSIDERS: Final = ("nobody", "wrong key")
VERBS: Final = ("get", "put", "post", "delete", "patch", "head", "options")
RIGHTS: Final = Path(__file__).parent / "rights.toml"
REFUSED: Final = (401, 403)
CAMERA: Final = "cam-of-the-matrix"


@dataclass(frozen=True, slots=True)
class Operation:
    """One verb on one path, with the roles that the document says (`x-roles`); None where it says nothing."""

    verb: str
    path: str
    said: frozenset[str] | None

    @property
    def name(self) -> str:
        """As `rights.toml` names it."""
        return f"{self.verb.upper()} {self.path}"


@cache
def rights() -> dict[str, frozenset[str]]:
    """Who may call what, as people decided it: an operation's roles, `public` for everybody."""
    table = tomllib.loads(RIGHTS.read_text(encoding="utf-8"))
    groups: dict[str, list[str]] = table["groups"]
    return {name: frozenset(groups[group]) for name, group in table["operations"].items()}


def operations(document: dict[str, Any]) -> list[Operation]:
    """All operations of an OpenAPI document."""
    return [
        Operation(verb, path, frozenset(facts["x-roles"]) if facts.get("x-roles") else None)
        for path, verbs in document["paths"].items()
        for verb, facts in verbs.items()
        if verb in VERBS
    ]


def cells(found: list[Operation], allowed: dict[str, frozenset[str]]) -> Iterator[str]:
    """What is wrong before anybody asks: operations without a cell, cells without an operation, two opinions."""
    for one in found:
        if one.name not in allowed:
            yield f"{one.name} has no cell in rights.toml"
        elif one.said != allowed[one.name]:
            yield f"{one.name} says {sorted(one.said or ())}, rights.toml says {sorted(allowed[one.name])}"
    for name in sorted(allowed.keys() - {one.name for one in found}):
        yield f"{name} is in rights.toml and not in the document"


def verdict(status: int, who: str, roles: frozenset[str]) -> str | None:
    """`allowed` or `refused` where it should have been the other way; None where it was right.

    >>> verdict(200, "viewer", frozenset({"admin"}))
    'allowed'
    >>> verdict(404, "admin", frozenset({"admin"})) is None
    True
    """
    if "public" in roles:
        return None
    if who in roles:
        return "refused" if status in REFUSED else None
    wanted = 403 if who in ROLES else 401
    return None if status == wanted else "allowed"


def ask_all(service: Outside, keys: dict[str, str], found: list[Operation]) -> Iterator[dict[str, Any]]:
    """A real request for each operation and each caller."""
    for who in (*ROLES, *OUTSIDERS):
        with service.client(keys.get(who), timeout_s=10.0) as client:
            for one in found:
                status = status_of(client, one)
                wrong = verdict(status, who, rights().get(one.name, frozenset()))
                broken = [f"{one.name} by {who}: {wrong}, {status}"] if wrong else []
                broken += [f"{one.name} by {who}: {status}"] if status >= 500 else []
                yield {"operation": one.name, "who": who, "status": status, "broken": broken}


def status_of(client: httpx.Client, one: Operation) -> int:
    """The status of an operation on things that do not exist; a stream's is read and the stream left."""
    path = re.sub(r"/api/cameras/\{\w+\}", f"/api/cameras/{CAMERA}", one.path)
    path = re.sub(r"\{\w+\}", "nothing", path)
    with client.stream(one.verb.upper(), path, json={} if one.verb in ("post", "patch", "put") else None) as answer:
        return answer.status_code


def strangers(service: Outside, key: str) -> list[dict[str, Any]]:
    """A camera's key at another camera's door."""
    with service.client(key) as client:
        files = {"file": ("frame.jpg", draw(31), "image/jpeg")}
        answer = client.post("/api/cameras/another/frames", files=files, data={"taken_at": "2026-03-02T09:00:00Z"})
    broken = [] if answer.status_code == 403 else [f"a camera's key at another camera: {answer.status_code}"]
    return [{"operation": "another camera's frames", "who": "camera", "status": answer.status_code, "broken": broken}]


def make_cameras(data: Path) -> None:
    """Two cameras, one of which has a key."""
    for name in (CAMERA, "another"):
        ask("camera", "create", "--data", str(data), "--id", name, "--kind", "fixed", "--lat", "31.2", "--lon", "121.4")


def make_keys(data: Path) -> dict[str, str]:
    """A key for each role, and one that nobody made."""
    made = {role: create_key(data, role)["key"] for role in ROLES if role != "camera"}
    return made | {"camera": create_key(data, "camera", "--camera", CAMERA)["key"], "wrong key": "sw_key_" + "x" * 43}


def measure() -> Outcome:
    """The whole matrix against one service."""
    with TemporaryDirectory(prefix="faults-") as folder:
        data = Path(folder) / "data"
        make_cameras(data)
        keys = make_keys(data)
        with running(data) as service:
            found = operations(httpx.get(f"{service.url}/openapi.json", trust_env=False).json())
            rounds = [*ask_all(service, keys, found), *strangers(service, keys["camera"])]
    broken = [*cells(found, rights()), *(sentence for one in rounds for sentence in one["broken"])]
    scope = f"{len(found)} routes, {len(rounds)} requests"
    return Outcome([broken_cases("S1", TITLE, broken, rounds, scope)])
