"""S6: who is disabled is out at the next request; passwords are Argon2id; guessing is slowed down."""

import re
import sqlite3
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import httpx

from benchmarks.figures import Figure
from tests.faults.outcome import Outcome, broken_cases
from tests.faults.outside import Outside, ask, create_key, create_user, running

TITLE: Final = "disabled people and keys are out, passwords are Argon2id, guessing ends in 429"
PASSWORD: Final = "a long enough password"
OUT_WITHIN_S: Final = 1.0
GUESSES: Final = 30
ARGON2ID: Final = re.compile(r"^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$")
MEMORY_KB: Final = 19 * 1024
"""The least that OWASP recommends for Argon2id with two passes."""


def key_out(data: Path, service: Outside) -> dict[str, Any]:
    """Revoke a key by the command line while it is in use."""
    key = create_key(data, "viewer")
    with service.client(key["key"]) as client:
        before = client.get("/api/tickets").status_code
        ask("key", "revoke", "--data", str(data), key["id"])
        return until_out(client, "a revoked key", before)


def person_out(service: Outside, admin: str) -> dict[str, Any]:
    """Disable an account while its session is in use."""
    with service.client() as person, service.client(admin) as chief:
        person.post("/api/session", json={"login": "leaving", "password": PASSWORD}).raise_for_status()
        before = person.get("/api/tickets").status_code
        chief.post("/api/users/leaving/disable").raise_for_status()
        return until_out(person, "a disabled person", before)


def logged_out(service: Outside) -> dict[str, Any]:
    """Log out and send the old cookie again."""
    with service.client() as person:
        person.post("/api/session", json={"login": "staying", "password": PASSWORD}).raise_for_status()
        before, cookies = person.get("/api/tickets").status_code, dict(person.cookies)
        person.delete("/api/session").raise_for_status()
        person.cookies.update(cookies)
        return until_out(person, "an ended session", before)


def until_out(client: httpx.Client, who: str, before: int) -> dict[str, Any]:
    """How long a caller who must be out still gets answers."""
    begun = time.monotonic()
    while client.get("/api/tickets").status_code != 401 and time.monotonic() - begun < 5 * OUT_WITHIN_S:
        time.sleep(0.02)
    seconds = round(time.monotonic() - begun, 3)
    broken = [] if before == 200 and seconds <= OUT_WITHIN_S else [f"{who}: {before} before, out after {seconds} s"]
    return {"who": who, "out_after_s": seconds, "broken": broken}


def passwords_kept(data: Path) -> dict[str, Any]:
    """How passwords lie in the table."""
    with sqlite3.connect(f"file:{data / 'streetwarden.sqlite'}?mode=ro", uri=True) as database:
        hashes = [row[0] for row in database.execute("SELECT password_hash FROM users")]
    found = [ARGON2ID.match(one) for one in hashes]
    weak = [one for one in found if one is None or int(one[1]) < MEMORY_KB or int(one[2]) < 2]
    broken = ["no account"] if not hashes else ["a password is not Argon2id of 19 MiB and two passes"] * len(weak)
    return {"who": "passwords", "kept": [match[0] if match else "?" for match in found], "broken": broken}


def guesser(service: Outside) -> dict[str, Any]:
    """Guess a password again and again; the right one must be refused too, once guessing was noticed."""
    with service.client() as client:
        wrong = {"login": "guessed", "password": "not this one"}
        statuses = [client.post("/api/session", json=wrong).status_code for _ in range(GUESSES)]
        right = client.post("/api/session", json=wrong | {"password": PASSWORD}).status_code
    slowed = statuses.index(429) if 429 in statuses else None
    good = slowed is not None and set(statuses[:slowed]) == {401} and right == 429
    broken = [] if good else [f"guesses were answered {statuses}, the right password {right}"]
    return {"who": "a guesser", "slowed_after": slowed, "broken": broken}


def measure() -> Outcome:
    """All of it against one service."""
    with TemporaryDirectory(prefix="faults-") as folder:
        data = Path(folder) / "data"
        for login in ("leaving", "staying", "guessed"):
            create_user(data, login, "ops", PASSWORD)
        admin = create_key(data, "admin")["key"]
        with running(data) as service:
            out = [key_out(data, service), person_out(service, admin), logged_out(service)]
            rounds = [*out, guesser(service)]
        rounds.append(passwords_kept(data))
    broken = [sentence for one in rounds for sentence in one["broken"]]
    slowest = max(one["out_after_s"] for one in out)
    command = "make faults ONLY=S6"
    out_row = Figure("S6-out", "a disabled caller is out after", slowest, "s", OUT_WITHIN_S, out, command)
    return Outcome([broken_cases("S6", TITLE, broken, rounds, f"{len(rounds)} attempts"), out_row])
