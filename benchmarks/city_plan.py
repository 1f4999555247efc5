"""From what one machine was measured to bear, to a city: machines, network, storage, and yuan a camera and month."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ASSUMED: Final = Path(__file__).with_name("city.toml")
HOURS_A_MONTH: Final = 730.0
SECONDS_A_DAY: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class Costs:
    """What one camera costs one machine, measured.

    Attributes:
        cpu_s: CPU seconds a second of the camera's life, reading, gate and looks.
        finding_cpu_s: CPU seconds of one finding: evidence, ticket, blurred picture.
        evidence_mb: MB of one finding on disk, original and blurred picture.
    """

    cpu_s: float
    finding_cpu_s: float
    evidence_mb: float


@dataclass(frozen=True, slots=True)
class City:
    """How many cameras are served, and with what.

    Attributes:
        machines: for cameras, by whichever is short first.
        short_of: what decides how many: `cpu` or `network`.
        cameras_a_machine: that one bears when used as far as is wise.
        network_gbit_s: that all streams take.
        evidence_tb: kept at any time.
        writes_a_s: findings that become rows, all cameras together.
        yuan_rented: a camera and month, everything rented.
        yuan_own: the same with machines of one's own.
    """

    machines: int
    short_of: str
    cameras_a_machine: int
    network_gbit_s: float
    evidence_tb: float
    writes_a_s: float
    yuan_rented: float
    yuan_own: float


def assumed() -> dict[str, Any]:
    """The assumptions as the file has them."""
    return tomllib.loads(ASSUMED.read_text(encoding="utf-8"))


def plan(costs: Costs, told: Mapping[str, Any], cameras: int, *, stream: str = "stream_mbit_s") -> City:
    """What so many cameras need.

    Args:
        costs: measured on one machine.
        told: as `assumed` gives it.
        cameras: of the city.
        stream: which stream of a camera is read, a name in the traffic table.

    >>> city = plan(Costs(0.002, 0.4, 0.6), assumed(), 10_000, stream="substream_mbit_s")
    >>> city.short_of, city.machines
    ('cpu', 3)
    """
    traffic, machine = told["traffic"], told["machine"]
    a_second = traffic["findings_a_camera_hour"] / 3600
    cpu_s = costs.cpu_s + a_second * costs.finding_cpu_s
    wise = machine["used_up_to"]
    bears = {"cpu": machine["cores"] * wise / cpu_s, "network": machine["network_mbit_s"] * wise / traffic[stream]}
    short_of = min(bears, key=lambda name: bears[name])
    machines = math.ceil(cameras / bears[short_of])
    evidence_tb = cameras * a_second * SECONDS_A_DAY * traffic["evidence_kept_days"] * costs.evidence_mb / 1e6
    shared = (
        told["database"]["yuan_a_month"]
        + 1000 * evidence_tb * told["storage"]["copies"] * (told["storage"]["yuan_a_gb_month"])
    )
    own = machine["own_yuan"] / (12 * machine["own_years"])
    own += machine["watts"] / 1000 * HOURS_A_MONTH * machine["yuan_a_kwh"]
    spared = machines + 1  # one more, so that a machine may die
    return City(
        machines=machines,
        short_of=short_of,
        cameras_a_machine=math.floor(bears[short_of]),
        network_gbit_s=round(cameras * traffic[stream] / 1000, 2),
        evidence_tb=round(evidence_tb, 1),
        writes_a_s=round(cameras * a_second, 2),
        yuan_rented=round((spared * machine["yuan_a_month"] + shared) / cameras, 2),
        yuan_own=round((spared * own + shared) / cameras, 2),
    )
