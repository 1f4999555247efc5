"""S5: what was stored is served only as the picture type that we know, under a policy that runs no script."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import httpx

from tests.faults.corpus import SCRIPT, corpus
from tests.faults.inspector import REASON, evidence_id
from tests.faults.outcome import Outcome, broken_cases
from tests.faults.outside import create_key, running

TITLE: Final = "a stored file is served only as a picture, with nosniff and a strict policy"
PICTURES: Final = ("image/jpeg", "image/png", "image/webp")
FORBIDDEN_IN_POLICY: Final = ("unsafe-inline", "unsafe-eval", "*")
NEEDED_IN_POLICY: Final = ("default-src", "base-uri 'none'", "frame-ancestors 'none'")
NO_PLUGINS: Final = ("object-src 'none'", "default-src 'none'")
PAGES: Final = ("/login", "/review", "/tickets", "/map", "/upload", "/admin", "/healthz", "/openapi.json")
FORM: Final = {"lat": "31.2", "lon": "121.4", "condition": "litter", "note": "<script>alert(1)</script>"}


def stored(client: httpx.Client) -> Iterator[tuple[str, str]]:
    """Upload every polyglot and disguise; those that were taken, by name and evidence id."""
    for hostile in corpus():
        if "HTML" not in hostile.name and "SVG" not in hostile.name and "script" not in hostile.name:
            continue
        files = {"file": ("page.html", hostile.body, "text/html")}
        answer = client.post("/api/photos", files=files, data=FORM)
        if answer.is_success:
            photo = client.get(f"/api/photos/{answer.json()['photo']['id']}").raise_for_status()
            yield hostile.name, evidence_id(photo.json())


def served(client: httpx.Client, name: str, evidence: str) -> Iterator[dict[str, Any]]:
    """How the blurred picture and the original of one stored file are served."""
    for original in (False, True):
        params = {"original": "1", "reason": REASON} if original else {}
        answer = client.get(f"/api/evidence/{evidence}", params=params)
        broken = wrong_heads(answer, PICTURES if original else ("image/jpeg",))
        if not original and SCRIPT in answer.content:
            broken.append("a script in the derivative")
        what = f"{name}, {'original' if original else 'blurred'}"
        yield {"what": what, "type": answer.headers.get("content-type"), "broken": [f"{what}: {b}" for b in broken]}


def wrong_heads(answer: httpx.Response, types: tuple[str, ...]) -> list[str]:
    """What is wrong with the head of an answer that carries stored bytes."""
    broken = []
    if answer.status_code != 200:
        broken.append(f"status {answer.status_code}")
    if answer.headers.get("content-type") not in types:
        broken.append(f"type {answer.headers.get('content-type')}")
    return broken + wrong_policy(answer)


def wrong_policy(answer: httpx.Response) -> list[str]:
    """What is missing in, or too much for, the security headers of any answer."""
    broken = []
    if answer.headers.get("x-content-type-options") != "nosniff":
        broken.append("no nosniff")
    policy = answer.headers.get("content-security-policy", "")
    broken += [f"policy without {part}" for part in NEEDED_IN_POLICY if part not in policy]
    broken += [] if any(part in policy for part in NO_PLUGINS) else ["policy that lets plug-ins in"]
    words = policy.replace(";", " ").split()
    broken += [f"policy with {word}" for word in FORBIDDEN_IN_POLICY if word in words or f"'{word}'" in words]
    return broken


def pages(client: httpx.Client) -> Iterator[dict[str, Any]]:
    """The security headers of pages, static files and errors."""
    for path in (*PAGES, "/api/nothing"):
        answer = client.get(path)
        yield {"what": path, "status": answer.status_code, "broken": [f"{path}: {b}" for b in wrong_policy(answer)]}


def measure() -> Outcome:
    """Store what can be stored and look at how it comes back."""
    with TemporaryDirectory(prefix="faults-") as folder:
        data = Path(folder) / "data"
        key = create_key(data, "admin")["key"]
        with running(data) as service, service.client(key) as client:
            kept = list(stored(client))
            rounds = [one for name, evidence in kept for one in served(client, name, evidence)] + list(pages(client))
    broken = [sentence for one in rounds for sentence in one["broken"]]
    if not kept:
        broken.append("no polyglot was stored, so nothing was shown")
    return Outcome([broken_cases("S5", TITLE, broken, rounds, f"{len(kept)} stored disguises, {len(rounds)} answers")])
