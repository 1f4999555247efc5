"""P2: an acknowledged photo is never lost in a power cut, and the test would notice a missing fsync."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.figures import Figure
from tests.faults.disks import LoopDisk, loop_disk, why_not
from tests.faults.injection import Fault, Operation, Shim
from tests.faults.inspector import missing, report
from tests.faults.kills import begin
from tests.faults.ledger import Ledger
from tests.faults.outcome import Outcome, broken_cases, not_here
from tests.faults.outside import NotStarted, Outside, create_key, damage, running
from tests.faults.pictures import shot

TITLE: Final = "acked photos survive a power cut"
CONTROL_TITLE: Final = "with one fsync taken out the power cut test fails"
FSYNCS: Final = {
    "the evidence file": Fault(Operation.FSYNC_FILE, error=0, lasting=True, needle="evidence"),
    "the evidence folder": Fault(Operation.FSYNC_FOLDER, error=0, lasting=True),
    "the database": Fault(Operation.FSYNC_FILE, error=0, lasting=True, needle="streetwarden.sqlite"),
}


def measure(n: int = 100, seed: int = 2) -> Outcome:
    """Cut the power `n` times, then take out each fsync in turn."""
    if (reason := why_not()) is not None:
        return Outcome([not_here("P2", TITLE, reason)])
    shown = measure_cuts(n, seed)
    controls = {name: len(losses_without(fault)) for name, fault in FSYNCS.items()}
    return Outcome([*shown.figures, control_figure(controls)], shown.scrubs)


def measure_cuts(n: int, seed: int) -> Outcome:
    """Cut the power `n` times at random instants and read everything back."""
    with TemporaryDirectory(prefix="faults-") as folder, loop_disk(Path(folder)) as disk:
        figure, found = cuts(Path(folder), disk, n, seed)
    return Outcome([figure], [{"after": "P2", "damage": found}])


def cuts(folder: Path, disk: LoopDisk, n: int, seed: int) -> tuple[Figure, list[str]]:
    """The walk through `n` power cuts, and what the scrub finds at the end."""

    def power_cut(service: Outside) -> None:
        disk.cut()
        service.kill()
        disk.power_back()

    siege = begin(folder, disk.point / "data", power_cut, seed)
    lives = [siege.live() for _ in range(n)]
    broken = siege.judge()
    scope = f"{len(siege.walk.ledger)} photos acked over {n} cuts"
    return broken_cases("P2", TITLE, broken, lives, scope), damage(disk.point / "data")


def losses_without(fsyncs: Fault, photos: int = 3) -> list[str]:
    """What is lost in one power cut when these fsyncs only pretend to happen.

    Returns:
        A sentence for each loss; a service that cannot even start again is one.
    """
    with TemporaryDirectory(prefix="faults-") as folder, loop_disk(Path(folder)) as disk:
        data = disk.point / "data"
        shim = Shim.build(Path(folder), data)
        poster, reader = create_key(data, "inspector"), create_key(data, "admin")
        ledger = Ledger(Path(folder) / "ledger.jsonl")
        with running(data, env=shim.environment) as service, service.client(poster["key"]) as client:
            shim.arm(fsyncs)
            for number in range(photos):
                photo = shot(number)
                ledger.intend(photo)
                ledger.acknowledge(photo, report(client, photo).raise_for_status().json())
            disk.cut()
        disk.power_back()
        return _read_back(data, reader["key"], ledger)


def _read_back(data: Path, key: str, ledger: Ledger) -> list[str]:
    try:
        with running(data) as service, service.client(key) as client:
            return missing(client, ledger)
    except NotStarted as error:
        return [f"not started after the cut: {error}"]


def control_figure(losses: dict[str, int]) -> Figure:
    """How many of the fsyncs that were taken out the test noticed."""
    noticed = sum(count > 0 for count in losses.values())
    rounds = [{"without fsync of": name, "losses": count} for name, count in losses.items()]
    unit = f"of {len(losses)} missing fsyncs noticed"
    return Figure("P2-control", CONTROL_TITLE, noticed, unit, 1, rounds, "make faults ONLY=P2", bound="at_least")
