"""K7: a full disk stops new photos and nothing else, and they come back by themselves."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import httpx

from benchmarks.figures import Figure
from tests.faults.disks import ballast, small_disk, why_not
from tests.faults.inspector import evidence_id, report
from tests.faults.outcome import Outcome, broken_cases, not_here
from tests.faults.outside import create_key, damage, running
from tests.faults.pictures import shot

TITLE: Final = "disk full: photos get 507, reading and reviewing go on"
BACK_LIMIT_S: Final = 10.0
LEFT_MB: Final = 8
REVIEWED: Final = (200, 201, 204)
OR_REFUSED: Final = (*REVIEWED, 507)


def measure() -> Outcome:
    """Fill a small disk under a running service and empty it again."""
    if (reason := why_not()) is not None:
        return Outcome([not_here("K7", TITLE, reason)])
    with TemporaryDirectory(prefix="faults-") as folder, small_disk(Path(folder) / "disk", 64) as disk:
        data = disk / "data"
        poster, reader = create_key(data, "inspector"), create_key(data, "ops")
        with running(data) as service, service.client(poster["key"]) as client, service.client(reader["key"]) as reads:
            full, back_s = fill_and_free(disk, client, reads)
        scrub = {"after": "K7", "damage": damage(data)}
    broken = [f"{step['step']}: {step['status']}" for step in full if step["status"] not in step["wanted"]]
    figures = [
        broken_cases("K7", TITLE, broken, full, f"{len(full)} requests on a full disk"),
        Figure(
            "K7-back",
            "a photo is taken again after space is free",
            back_s,
            "s",
            BACK_LIMIT_S,
            [back_s],
            "make faults ONLY=K7",
        ),
    ]
    return Outcome(figures, [scrub])


def fill_and_free(disk: Path, client: httpx.Client, reads: httpx.Client) -> tuple[list[dict[str, Any]], float]:
    """What the service answers while its disk is full, and how long after that a photo is taken again.

    Photos fill a disk down to the service's reserve, where verdicts go on. Others may fill the rest.
    """
    kept = report(client, shot(1)).raise_for_status().json()
    with ballast(disk, leave_mb=LEFT_MB):
        steps = [refused(client, number) for number in (2, 3)] + asked(reads, kept, REVIEWED)
    with ballast(disk):
        steps += asked(reads, kept, OR_REFUSED) + [refused(client, number) for number in (2, 3)]
        steps += asked(reads, kept, OR_REFUSED)
    begun = time.monotonic()
    while not report(client, shot(2)).is_success and time.monotonic() - begun < 3 * BACK_LIMIT_S:
        time.sleep(0.1)
    return steps, round(time.monotonic() - begun, 2)


def refused(client: httpx.Client, number: int) -> dict[str, Any]:
    """A photo that no longer fits."""
    answer = report(client, shot(number))
    wanted_code = answer.status_code == 507 and answer.json()["code"] == "storage.full"
    return {"step": "a new photo", "status": answer.status_code, "wanted": [507] if wanted_code else []}


def asked(reads: httpx.Client, kept: dict[str, Any], verdicts: tuple[int, ...]) -> list[dict[str, Any]]:
    """Everything that a reviewer reads, and a verdict."""
    photo = reads.get(f"/api/photos/{kept['photo']['id']}")
    paths = ["/api/tickets", f"/api/tickets/{kept['tickets'][0]['id']}", "/api/review", "/readyz", "/metrics"]
    if photo.is_success:
        paths.append(f"/api/evidence/{evidence_id(photo.json())}")
    read = [{"step": f"GET {path}", "status": reads.get(path).status_code, "wanted": [200]} for path in paths]
    first = {"step": "GET the photo", "status": photo.status_code, "wanted": [200]}
    path = f"/api/observations/{kept['observations'][0]['id']}/verdict"
    verdict = reads.post(path, json={"verdict": "true", "reason": "seen"})
    return [first, *read, {"step": "POST a verdict", "status": verdict.status_code, "wanted": list(verdicts)}]
