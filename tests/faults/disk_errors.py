"""P3: no acknowledgement without durability, whichever file call of an upload fails.

One fault at a time is put into a running service. A fault may also meet work that goes on behind an answer, so an
acknowledgement that comes after a fault is judged by what counts: the power is cut at once, and the photo must be
there. Without the right to mount, it is broken where the fault met the photo's own file.
"""

import errno
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import httpx

from benchmarks.figures import Figure
from tests.faults.disks import LoopDisk, loop_disk, why_not
from tests.faults.injection import Fault, Operation, Shim, Traffic
from tests.faults.inspector import evidence_id, missing, report
from tests.faults.ledger import Entry, Ledger
from tests.faults.outcome import Outcome, broken_cases
from tests.faults.outside import Outside, create_key, damage, running
from tests.faults.pictures import Shot, shot

TITLE: Final = "no ack without durability at any failing file call, and the same photo can be sent again"
COUNTING: Final = 10**9
SWEPT: Final = (Operation.CREATE, Operation.WRITE, Operation.FSYNC_FILE, Operation.FSYNC_FOLDER, Operation.RENAME)
ERRORS: Final = (errno.EIO, errno.ENOSPC)


@dataclass(slots=True)
class Sweep:
    """A service under the shim that is started anew after each power cut, and a fresh photo for each point.

    Attributes:
        data: of the service.
        shim: puts faults into it.
        disk: on which `data` lies; None where nothing can be mounted.
        poster: a key that posts photos.
        reader: a key that reads originals.
        ledger: what was acknowledged.
        service: the present life.
        sent: photos so far.
    """

    data: Path
    shim: Shim
    disk: LoopDisk | None
    poster: str
    reader: str
    ledger: Ledger
    service: Outside
    sent: int = 0

    def count(self, operation: Operation) -> int:
        """How many such calls one upload makes."""
        with self.shim.armed(Fault(operation, nth=COUNTING)):
            self._send(self._next_shot()).raise_for_status()
            return self.shim.traffic().seen

    def points(self, step: int) -> list[Fault]:
        """Every call of an upload with every error, once and lasting; each `step`-th of them."""
        self.count(Operation.WRITE)  # the first upload makes folders that the later ones find
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
            status, answer = self._status_of(photo)
            received_ns, traffic = time.monotonic_ns(), self.shim.traffic()
        broken = list(wrong_answers(fault, status))
        if answer is not None:
            self.ledger.acknowledge(photo, answer)
            if traffic.hit and traffic.first_ns < received_ns:
                broken += self._not_durable(self.ledger.of(photo), traffic)
        broken += self._send_again(photo)
        told: dict[str, Any] = {"call": f"{fault.operation.name} {fault.nth}", "error": errno.errorcode[fault.error]}
        told |= {"lasting": fault.lasting, "path": Path(traffic.path).name, "status": status}
        return told | {"broken": [f"{told['call']} {told['error']} on {told['path']}: {one}" for one in broken]}

    def _status_of(self, photo: Shot) -> tuple[int, dict[str, Any] | None]:
        try:
            answer = self._send(photo)
        except httpx.TransportError:
            return 0, None
        return answer.status_code, answer.json() if answer.is_success else None

    def _not_durable(self, entry: Entry, traffic: Traffic) -> list[str]:
        """What an acknowledgement over a fault was worth."""
        if self.disk is None:
            own = entry.sha256[2:] in traffic.path
            return ["acknowledged although its own file failed"] if own else []
        self.disk.cut()
        self.service.kill()
        self.disk.power_back()
        self.service = begun(self.data, self.shim)
        with self.service.client(self.reader) as client:
            return [f"acknowledged and lost: {loss}" for loss in missing(client, [entry])]

    def _send_again(self, photo: Shot) -> list[str]:
        """The same upload without a fault; and its picture is looked at, so that no work is left behind the answer."""
        answer = self._send(photo)
        if not answer.is_success:
            return [f"sent again: {answer.status_code} {answer.text[:100]}"]
        self.ledger.acknowledge(photo, answer.json())
        with self.service.client(self.reader) as client:
            told = client.get(f"/api/photos/{answer.json()['photo']['id']}").raise_for_status()
            client.get(f"/api/evidence/{evidence_id(told.json())}").raise_for_status()
        return []

    def _send(self, photo: Shot) -> httpx.Response:
        with self.service.client(self.poster) as client:
            return report(client, photo)

    def _next_shot(self) -> Shot:
        self.sent += 1
        return replace(shot(self.sent), key=f"sweep-{self.sent}")


def wrong_answers(fault: Fault, status: int) -> Iterator[str]:
    """An upload that meets a fault is answered 2xx or 5xx: nobody hangs up, and the client is not blamed.

    >>> list(wrong_answers(Fault(Operation.WRITE), 507))
    []
    """
    if status == 0:
        yield "the connection was dropped without an answer"
    elif not (200 <= status < 300 or status >= 500):
        yield f"the client was blamed for {fault.operation.name}: {status}"


def begun(data: Path, shim: Shim) -> Outside:
    """A new life under the shim."""
    return Outside.launch(data, env=shim.environment).wait_ready()


def sweep(folder: Path, disk: LoopDisk | None, step: int) -> tuple[list[dict[str, Any]], list[str]]:
    """All points of one upload; every answer, and what the scrub finds at the end."""
    data = (disk.point if disk else folder) / "data"
    shim = Shim.build(folder, data)
    poster, reader = create_key(data, "inspector")["key"], create_key(data, "admin")["key"]
    run = Sweep(data, shim, disk, poster, reader, Ledger(folder / "ledger.jsonl"), begun(data, shim))
    try:
        rounds = [run.try_point(fault) for fault in run.points(step)]
    finally:
        run.service.kill()
    with running(data) as service, service.client(reader) as client:
        lost = missing(client, run.ledger.acked)
    return [*rounds, {"call": "read back after a restart", "broken": lost}], damage(data)


def measure(step: int = 1) -> Outcome:
    """Sweep each `step`-th point, on a disk whose power can be cut where that is allowed."""
    with TemporaryDirectory(prefix="faults-") as folder, ExitStack() as held:
        disk = held.enter_context(loop_disk(Path(folder))) if why_not() is None else None
        rounds, found = sweep(Path(folder), disk, step)
    return Outcome([point_figure(rounds, proved=disk is not None)], [{"after": "P3", "damage": found}])


def point_figure(rounds: Sequence[dict[str, Any]], *, proved: bool) -> Figure:
    """The row of the sweep."""
    broken = [sentence for point in rounds for sentence in point["broken"]]
    how = "doubtful acks proved by a power cut" if proved else "doubtful acks judged by the file that failed"
    return broken_cases("P3", TITLE, broken, rounds, f"{len(rounds) - 1} points, {how}")
