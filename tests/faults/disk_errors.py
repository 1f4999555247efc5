"""P3: no acknowledgement without durability, whichever file call of an upload fails."""

import errno
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import httpx

from benchmarks.figures import Figure
from tests.faults.injection import Fault, Operation, Shim, Traffic
from tests.faults.inspector import missing, report
from tests.faults.ledger import Ledger
from tests.faults.outcome import Outcome, broken_cases
from tests.faults.outside import create_key, damage, running
from tests.faults.pictures import Shot, shot

TITLE: Final = "no ack without durability at any failing file call, and the same photo can be sent again"
COUNTING: Final = 10**9
SWEPT: Final = (Operation.CREATE, Operation.WRITE, Operation.FSYNC_FILE, Operation.FSYNC_FOLDER, Operation.RENAME)
ERRORS: Final = (errno.EIO, errno.ENOSPC)
OF_NO_CONSEQUENCE: Final = ("-shm",)


@dataclass(slots=True)
class Sweep:
    """One service under the shim, and a fresh photo for each point."""

    client: httpx.Client
    shim: Shim
    ledger: Ledger
    sent: int = 0

    def count(self, operation: Operation) -> int:
        """How many such calls one upload makes."""
        with self.shim.armed(Fault(operation, nth=COUNTING)):
            self._report().raise_for_status()
            return self.shim.traffic().seen

    def points(self, step: int) -> list[Fault]:
        """Every call of an upload with every error, once and lasting; each `step`-th of them."""
        faults = [
            Fault(operation, nth, error, lasting)
            for operation in SWEPT
            for nth in range(1, self.count(operation) + 1)
            for error in ERRORS
            for lasting in (False, True)
        ]
        return faults[::step]

    def try_point(self, fault: Fault) -> dict[str, Any]:
        """Upload a photo into the fault, then again without it; what happened, with what broke."""
        photo = self._next_shot()
        self.ledger.intend(photo)
        with self.shim.armed(fault):
            answer = report(self.client, photo)
            traffic = self.shim.traffic()
        again = report(self.client, photo)
        if again.is_success:
            self.ledger.acknowledge(photo, again.json())
        told: dict[str, Any] = {"call": f"{fault.operation.name} {fault.nth}", "error": errno.errorcode[fault.error]}
        told |= {"lasting": fault.lasting, "path": Path(traffic.path).name, "status": answer.status_code}
        return told | {"broken": verdicts(answer, again, traffic, fault)}

    def _report(self) -> httpx.Response:
        return report(self.client, self._next_shot())

    def _next_shot(self) -> Shot:
        self.sent += 1
        return replace(shot(self.sent), key=f"sweep-{self.sent}")


def verdicts(answer: httpx.Response, again: httpx.Response, traffic: Traffic, fault: Fault) -> list[str]:
    """What broke at one point.

    Args:
        answer: to the upload that met the fault.
        again: to the same upload after it.
        traffic: whether the fault was met, and on which file.
        fault: what was injected.
    """
    broken = []
    met = traffic.hit > 0 and not traffic.path.endswith(OF_NO_CONSEQUENCE)
    if met and answer.is_success:
        broken.append(f"{fault.operation.name} {fault.nth} failed on {traffic.path} and was acknowledged")
    if not answer.is_success and answer.status_code < 500:
        broken.append(f"{fault.operation.name} {fault.nth} blamed the client: {answer.status_code} {answer.text[:100]}")
    if not again.is_success:
        broken.append(f"{fault.operation.name} {fault.nth}: sent again, {again.status_code} {again.text[:100]}")
    return broken


def sweep(folder: Path, data: Path, step: int) -> list[dict[str, Any]]:
    """All points of one upload on a running service; every answer, and at the end what was not kept."""
    shim = Shim.build(folder, data)
    poster, reader = create_key(data, "inspector"), create_key(data, "admin")
    with running(data, env=shim.environment) as service, service.client(poster["key"]) as client:
        run = Sweep(client, shim, Ledger(folder / "ledger.jsonl"))
        run.count(Operation.WRITE)  # the first upload makes folders that the later ones find
        rounds = [run.try_point(fault) for fault in run.points(step)]
    with running(data) as service, service.client(reader["key"]) as reads:
        lost = missing(reads, run.ledger.acked)
    return [*rounds, {"call": "read back after a restart", "broken": lost}]


def measure(step: int = 1) -> Outcome:
    """Sweep each `step`-th point."""
    with TemporaryDirectory(prefix="faults-") as folder:
        data = Path(folder) / "data"
        rounds = sweep(Path(folder), data, step)
        return Outcome([point_figure(rounds)], [{"after": "P3", "damage": damage(data)}])


def point_figure(rounds: Sequence[dict[str, Any]]) -> Figure:
    """The row of the sweep."""
    broken = [sentence for point in rounds for sentence in point["broken"]]
    return broken_cases("P3", TITLE, broken, rounds, f"{len(rounds) - 1} points")
