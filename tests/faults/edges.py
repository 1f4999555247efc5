"""E1 to E3: what an edge computer took into its spool reaches the service exactly once, whatever happens to either."""

import random
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from benchmarks.figures import Figure
from tests.faults.disks import LoopDisk, ballast, loop_disk, small_disk, why_not
from tests.faults.edge_life import APART, BEGIN, CAMERA, CONDITION, Album, Book, EdgeComputer, Network, counts
from tests.faults.injection import Fault, Operation, Shim
from tests.faults.outcome import Outcome, broken_cases, not_here
from tests.faults.outside import Outside, ask, create_key, damage

KILLS: Final = "an edge computer's finds arrive exactly once, through kill -9, network cuts and service restarts"
CUTS: Final = "an edge computer's spool survives a power cut"
CONTROL: Final = "with one fsync taken out of the spool the power cut test fails"
FULL: Final = "a full spool keeps the newest, counts what it drops, and goes on"
TERM: Final = "SIGTERM ends an edge computer, exit 0"
PAGES, STEP, MANY = 12, 6, 28
LIFE_S: Final = 4.0
"""After the first find, at most; some lives end while they start."""

IN_START, PATIENCE_S = 0.15, 30.0
TERM_LIMIT_S: Final = 10.0
DRAINED_WITHIN_S: Final = 240.0
UNSYNCED: Final = {
    "an item": Fault(Operation.FSYNC_FILE, error=0, lasting=True, needle=".item"),
    "all of the spool": Fault(Operation.FSYNC_FILE | Operation.FSYNC_FOLDER, error=0, lasting=True),
}


@dataclass(slots=True)
class Trip:
    """An edge computer, its network, its book, and a service at the other end."""

    folder: Path
    data: Path
    album: Album
    network: Network
    edge: EdgeComputer
    book: Book
    dice: random.Random
    service: Outside | None = None
    ends: list[dict[str, Any]] = field(default_factory=list)

    def serve(self) -> None:
        """Start the service, and let the network lead to it."""
        self.service = Outside.launch(self.data).wait_ready()
        self.network.target = self.service.url

    def kill_service(self) -> None:
        """The service dies; its address leads nowhere."""
        self.network.target = None
        if self.service is not None:
            self.service.kill()

    def drain(self, source: Path) -> None:
        """One more life on a good network, to its own end."""
        self.network.losses = 0.0
        if self.service is None or not self.service.alive:
            self.serve()
        with self.book.open():
            self.edge.begin(source)
            self.ends.append({"end": "its own", "status": self.edge.wait(DRAINED_WITHIN_S)})

    def judge(self) -> list[str]:
        """What was lost, what was doubled, and what did not end as it should."""
        if self.service is not None:
            self.service.stop()
        seen = observed(self.data)
        told = counts(self.edge.spool)
        taken = {_moment(moment) for moment in self.book.items.values()}
        broken = [f"lost: {moment}" for moment in sorted(taken - seen.keys())]
        broken += [f"doubled: {moment} {number} times" for moment, number in seen.items() if number > 1]
        broken += [f"tickets: {number}" for number in [tickets(self.data)] if number != 1]
        broken += [f"spool: {name} {told.get(name)}" for name in ("refused", "dropped") if told.get(name)]
        broken += [f"spool: {path.name} still waits" for path in self.edge.spool.glob("*.item")]
        if told.get("taken") != told.get("posted"):
            broken.append(f"spool: counts {told}")
        return broken + [f"ended with {end}" for end in self.ends if end["status"] != 0]


@contextmanager
def trip(folder: Path, spool: Path, seed: int, *, is_cut: bool = False) -> Iterator[Trip]:
    """All of it, with a camera and its key; nothing of it runs after the block."""
    data, dice = folder / "data", random.Random(seed)
    told = ask(
        "camera", "create", "--data", str(data), "--id", CAMERA, "--kind", "fixed", "--lat", "31", "--lon", "121"
    )
    if told.returncode != 0:
        raise RuntimeError(told.stderr)
    key_file = folder / "key.txt"
    key_file.write_text(create_key(data, "camera", "--camera", CAMERA)["key"])
    network = Network(dice)
    edge = EdgeComputer(spool, network.url, key_file, folder / "edge.log")
    there = Trip(folder, data, Album(folder / "album"), network, edge, Book(spool, is_cut), dice)
    try:
        yield there
    finally:
        edge.kill()
        there.kill_service()
        network.close()


def measure_kills(n: int = 30, seed: int = 5) -> Outcome:
    """End `n` lives of an edge computer at random instants, most by kill -9, on a network that loses a third."""
    with TemporaryDirectory(prefix="faults-") as name:
        folder = Path(name)
        with trip(folder, folder / "spool", seed) as there:
            there.serve()
            lives = [_live(there, number) for number in range(n)]
            there.drain(there.album.pages(n * STEP, 3))
            broken = there.judge()
            scope = (
                f"{len(there.book.items)} items over {n} lives, {there.network.passed} answered, "
                f"connections lost {there.network.lost}, {sum(life['service killed'] for life in lives)} service kills"
            )
        slowest = max((life["ended_s"] for life in lives if life["by"] == "SIGTERM"), default=None)
        figures = [
            broken_cases("E1", KILLS, broken, lives, scope),
            Figure("E1-term", TERM, slowest, "s", TERM_LIMIT_S, lives, "make faults ONLY=E1", note="the slowest"),
        ]
        return Outcome(figures, [{"after": "E1", "damage": damage(there.data)}])


def _live(there: Trip, number: int) -> dict[str, Any]:
    """One life: read half-known pictures, post over a bad network, perhaps lose the service, end."""
    there.network.losses = 0.33
    is_killed, by_term = there.dice.random() < 0.25, there.dice.random() < 0.33
    before, is_early = len(there.book.items), there.dice.random() < IN_START
    with there.book.open():
        there.edge.begin(there.album.pages(number * STEP, PAGES))
        if by_term:
            until(there.edge.has_begun)
        if not is_early:
            until(lambda: len(there.book.items) > before, PATIENCE_S)
        time.sleep(there.dice.uniform(0.0, LIFE_S))
        if is_killed:
            there.kill_service()
        status, ended_s = there.edge.terminate(TERM_LIMIT_S + 5) if by_term else (0, 0.0)
        there.edge.kill()
    if by_term:
        there.ends.append({"end": "SIGTERM", "status": status})
    if is_killed:
        there.serve()
    by = "SIGTERM" if by_term else "kill -9"
    return {"by": by, "ended_s": round(ended_s, 2), "service killed": is_killed, "items": len(there.book.items)}


def measure_cuts(n: int = 15, seed: int = 6) -> Outcome:
    """Cut the power of the spool's disk `n` times while there is no network, then let all of it be posted."""
    if (reason := why_not()) is not None:
        return Outcome([not_here("E2", CUTS, reason)])
    with TemporaryDirectory(prefix="faults-") as name, loop_disk(Path(name)) as disk:
        with trip(Path(name), disk.point / "spool", seed, is_cut=True) as there:
            lost: list[str] = []
            lives = [_cut(there, disk, number, lost) for number in range(n)]
            there.drain(there.album.pages(n * STEP, 2))
            broken = lost + there.judge()
            broken += [] if len(there.book.items) >= n else [f"{len(there.book.items)} items over {n} cuts show little"]
            scrub = {"after": "E2", "damage": damage(there.data)}
        figure = broken_cases("E2", CUTS, broken, lives, f"{len(there.book.items)} items over {n} cuts")
        controls = {what: len(_losses_without(fault, seed)) for what, fault in UNSYNCED.items()}
    rounds = [{"without fsync of": what, "losses": count} for what, count in controls.items()]
    noticed = sum(count > 0 for count in controls.values())
    unit = f"of {len(controls)} missing fsyncs noticed"
    control = Figure(
        "E2-control", CONTROL, noticed, unit, len(controls), rounds, "make faults ONLY=E2", bound="at_least"
    )
    return Outcome([figure, control], [scrub])


def _cut(there: Trip, disk: LoopDisk, number: int, lost: list[str]) -> dict[str, Any]:
    """One life on a disk whose power goes; what was taken must lie there whole when it is back."""
    with there.book.open():
        there.edge.begin(there.album.pages(number * STEP, PAGES))
        before = len(there.book.items)
        until(lambda: len(there.book.items) > before, DRAINED_WITHIN_S)
        time.sleep(there.dice.uniform(0.0, LIFE_S))
        there.book.close()
        disk.cut()
        there.edge.kill()
    disk.power_back()
    found = _missing(there.book, there.edge.spool)
    lost += found
    return {"items": len(there.book.items), "lost": len(found)}


def _missing(book: Book, spool: Path) -> list[str]:
    """What the spool does not hold any more, or not whole: a sentence each."""
    lost = []
    for name in book.items:
        item = spool / name
        if not item.exists():
            lost.append(f"{name} is gone")
        elif not item.read_bytes().endswith(b"\xff\xd9"):
            lost.append(f"{name} is not whole")
    return lost


def _losses_without(fsync: Fault, seed: int) -> list[str]:
    """What is lost in one power cut when that fsync only pretends to happen."""
    with TemporaryDirectory(prefix="faults-") as name, loop_disk(Path(name)) as disk:
        spool = disk.point / "spool"
        with trip(Path(name), spool, seed, is_cut=True) as there:
            shim = Shim.build(Path(name), disk.point)
            there.edge.env = shim.environment
            shim.arm(fsync)
            with there.book.open():
                there.edge.begin(there.album.pages(0, 4))
                until(lambda: len(there.book.items) >= 3, DRAINED_WITHIN_S)
                there.book.close()
                disk.cut()
                there.edge.kill()
            disk.power_back()
            return _missing(there.book, spool)


def measure_full() -> Outcome:
    """Fill a spool to its bound and beyond its disk, without a network; then let it be posted."""
    if (reason := why_not()) is not None:
        return Outcome([not_here("E3", FULL, reason)])
    rounds, broken = [], []
    for is_disk in (False, True):
        with TemporaryDirectory(prefix="faults-") as name, small_disk(Path(name) / "disk", 2) as disk:
            with trip(Path(name), disk / "spool", 7) as there:
                told = _fill(there, disk, is_disk=is_disk)
            rounds.append(told)
            broken += told["broken"]
    return Outcome([broken_cases("E3", FULL, broken, rounds, "the spool's bound, and a disk that others filled")])


def _fill(there: Trip, disk: Path, *, is_disk: bool) -> dict[str, Any]:
    """More pictures than there is room for."""
    pages, spool, last = there.album.pages(0, MANY), there.edge.spool, (BEGIN + (MANY - 1) * APART).isoformat()
    with there.book.open():
        there.edge.begin(pages, "--spool-mib", "1")
        if is_disk:
            until(lambda: len(list(spool.glob("*.item"))) >= 3)
            with ballast(disk):
                until(lambda: counts(spool).get("dropped", 0) >= 3 or len(there.book.items) >= 20, 30)
        until(lambda: max(there.book.items.values(), default="") == last)
        in_time = there.edge.process is not None and there.edge.process.poll() is None
        waiting = {there.book.items[path.name] for path in spool.glob("*.item")}
        size = sum(path.stat().st_size for path in spool.glob("*.item"))
        there.serve()
        status = there.edge.wait(DRAINED_WITHIN_S)
    seen, told = observed(there.data) if there.service is None or there.service.stop() == 0 else {}, counts(spool)
    broken = [] if in_time and status == 0 else [f"ended early, or with {status}"]
    broken += [] if last in waiting and told.get("dropped", 0) > 0 else [f"newest kept {last in waiting}, {told}"]
    broken += [] if size <= 2**20 else [f"{size} bytes"]
    broken += [f"lost: {moment}" for moment in waiting if seen.get(_moment(moment)) != 1]
    return {"disk filled by others": is_disk, "waiting": len(waiting), "bytes": size, **told, "broken": broken}


def until(happens: Callable[[], bool], limit_s: float = 120.0) -> None:
    """Wait for something that is about to be so; go on anyway after `limit_s`."""
    last = time.monotonic() + limit_s
    while not happens() and time.monotonic() < last:
        time.sleep(0.02)


def observed(data: Path) -> dict[str, int]:
    """How often the service has each moment of the camera."""
    asked = "select seen_at from observations where source_id = ? and condition = ?"
    with closing(sqlite3.connect(data / "streetwarden.sqlite")) as rows:
        return Counter(_moment(str(seen_at)) for (seen_at,) in rows.execute(asked, (CAMERA, CONDITION)))


def tickets(data: Path) -> int:
    """How many tickets of that condition there are."""
    with closing(sqlite3.connect(data / "streetwarden.sqlite")) as rows:
        count: int = rows.execute("select count(*) from tickets where condition = ?", (CONDITION,)).fetchone()[0]
        return count


def _moment(told: str) -> str:
    """A moment of UTC, however it is written."""
    return f"{datetime.fromisoformat(told.replace('Z', '+00:00')).replace(tzinfo=None):%Y-%m-%d %H:%M:%S}"
