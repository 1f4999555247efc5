"""P4: a retry makes no second photo and no second ticket, and a failed upload can be sent again."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import httpx

from tests.faults.inspector import doubled, report
from tests.faults.outcome import Outcome, broken_cases
from tests.faults.outside import Outside, create_key, damage, running
from tests.faults.pictures import Shot, shot

TITLE: Final = "a retry makes no second photo or ticket; a failed upload can be sent again"
COPIES: Final = (1, 2, 5, 20, 50)
BUSY_TRIES: Final = 60


def at_once(service: Outside, key: str, photo: Shot, copies: int) -> dict[str, Any]:
    """Send the same photo under the same key `copies` times at the same moment."""
    with service.client(key, timeout_s=120.0) as client, ThreadPoolExecutor(copies) as pool:
        answers = list(pool.map(lambda _: patiently(client, photo), range(copies)))
    statuses = Counter(answer.status_code for answer in answers)
    ids = {answer.json()["photo"]["id"] for answer in answers if answer.is_success}
    return {"copies": copies, "statuses": dict(statuses), "photos": len(ids), "broken": too_many(statuses, ids, copies)}


def patiently(client: httpx.Client, photo: Shot) -> httpx.Response:
    """Send it, and again while the service says that it is busy."""
    for _ in range(BUSY_TRIES):
        answer = report(client, photo)
        if answer.status_code != 503:
            break
    return answer


def too_many(statuses: Counter[int], ids: set[str], copies: int) -> list[str]:
    """What broke: more than one 201, more than one photo, or an answer that is neither 200 nor 201."""
    broken = []
    if statuses[201] != 1:
        broken.append(f"x{copies}: {statuses[201]} answers say created")
    if statuses[200] + statuses[201] != copies:
        broken.append(f"x{copies}: answers {dict(statuses)}")
    if len(ids) != 1:
        broken.append(f"x{copies}: {len(ids)} photos")
    return broken


def across_restarts(data: Path, key: str, photo: Shot, lives: int = 3) -> dict[str, Any]:
    """Send the same photo in several lives of the service, each ended by SIGKILL."""
    bodies = []
    for _ in range(lives):
        with running(data) as service, service.client(key) as client:
            bodies.append(report(client, photo))
    ids = {body.json()["photo"]["id"] for body in bodies if body.is_success}
    same = bodies[0].json() == bodies[-1].json()
    broken = [] if len(ids) == 1 and same else [f"{len(ids)} photos over {lives} lives, same answer: {same}"]
    return {"lives": lives, "statuses": [body.status_code for body in bodies], "broken": broken}


def other_body(client: httpx.Client, photo: Shot, stranger: Shot) -> dict[str, Any]:
    """The key of one photo with the bytes of another."""
    answer = report(client, replace(stranger, key=photo.key))
    wanted = answer.status_code == 409 and answer.json()["code"] == "idempotency.mismatch"
    return {"step": "other body", "statuses": [answer.status_code], "broken": [] if wanted else [answer.text[:200]]}


def failed_first(client: httpx.Client, photo: Shot) -> dict[str, Any]:
    """A broken upload and then the whole photo under the same key."""
    torn = report(client, replace(photo, jpeg=photo.jpeg[: len(photo.jpeg) // 3]))
    whole = report(client, photo)
    good = torn.status_code == 422 and whole.status_code == 201
    broken = [] if good else [f"torn {torn.status_code}, then whole {whole.status_code}: {whole.text[:200]}"]
    return {"step": "failed first", "statuses": [torn.status_code, whole.status_code], "broken": broken}


def replay(data: Path, copies: Sequence[int]) -> list[dict[str, Any]]:
    """All the ways to send a photo twice; the last round counts the tickets."""
    poster, reader = create_key(data, "inspector"), create_key(data, "admin")
    shots = [shot(number) for number in range(len(copies) + 2)]
    *many, torn, restarted = shots
    with running(data) as service, service.client(poster["key"]) as client:
        rounds = [at_once(service, poster["key"], photo, n) for photo, n in zip(many, copies, strict=True)]
        rounds += [other_body(client, many[0], torn), failed_first(client, torn)]
    rounds.append(across_restarts(data, poster["key"], restarted))
    with running(data) as service, service.client(reader["key"]) as client:
        return [*rounds, {"step": "count tickets", "broken": doubled(client, shots)}]


def measure(copies: Sequence[int] = COPIES) -> Outcome:
    """Replay photos x1 to x50, at once and across restarts."""
    with TemporaryDirectory(prefix="faults-") as folder:
        data = Path(folder) / "data"
        rounds = replay(data, copies)
        broken = [sentence for one in rounds for sentence in one["broken"]]
        figure = broken_cases("P4", TITLE, broken, rounds, f"replays x{copies[0]} to x{copies[-1]}")
        return Outcome([figure], [{"after": "P4", "damage": damage(data)}])
