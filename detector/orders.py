"""What the city wants of one camera: where to look, how often, and how long a condition must last to be said.

An edge computer asks for it, keeps it on disk, and goes on by what it was told last for as long as nobody answers.
"""

import json
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from detector.decisions import FIXED_CAMERA, Persistence
from detector.drawn import zones_from_json
from detector.locate import Pose
from detector.passes import Pass
from detector.zones import EVERYWHERE, Zones

LOOK_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Memory:
    """By what a camera remembers; where it changes, the memory begins anew.

    Attributes:
        rules: of a camera that stands still, by condition.
        passes: of one that moves, by condition.
        pose: how it is mounted, None where nobody measured it.
        heading_deg: of a moving camera's axis, clockwise from where the vehicle heads.
    """

    rules: Mapping[str, Persistence] = field(default_factory=lambda: FIXED_CAMERA)
    passes: Mapping[str, Pass] = field(default_factory=lambda: dict.fromkeys(FIXED_CAMERA, Pass()))
    zones: Zones = EVERYWHERE
    pose: Pose | None = None
    heading_deg: float = 0.0


@dataclass(frozen=True, slots=True)
class Orders:
    """What the city wants; without any, the national defaults.

    Attributes:
        version: names this answer, "" before the first.
        look_every: after this time a look is due, changed or not.
        looks: from which moments on it is another time, in their order.
        is_off: nothing is to be looked at.
    """

    version: str = ""
    memory: Memory = field(default_factory=Memory)
    look_every: timedelta = LOOK_EVERY
    looks: tuple[tuple[datetime, timedelta], ...] = ()
    is_off: bool = False

    def look_every_at(self, moment: datetime) -> timedelta:
        """After how long a look is due then.

        >>> noon = datetime(2026, 5, 4, 12, tzinfo=UTC)
        >>> rush = Orders(looks=((noon, timedelta(seconds=20)), (noon + timedelta(hours=2), LOOK_EVERY)))
        >>> [rush.look_every_at(noon + timedelta(hours=h)).seconds for h in (-1, 1, 3)]
        [60, 20, 60]
        """
        number = bisect_right(self.looks, moment, key=lambda row: row[0])
        return self.looks[number - 1][1] if number else self.look_every

    @property
    def hidden(self) -> tuple[tuple[tuple[float, float], ...], ...]:
        """The masks in which no change is one."""
        zones = self.memory.zones.zones
        return tuple(zone.polygon for zone in zones if zone.use == "mask" and not zone.conditions)


def read_orders(body: bytes, version: str) -> Orders:
    """The orders that the service answered; ValueError if it is something else."""
    try:
        told = json.loads(body)
        return Orders(
            version=version,
            memory=_memory(told),
            look_every=timedelta(seconds=told["look_every_s"]),
            looks=tuple(
                (datetime.fromisoformat(row["begins_at"]).astimezone(UTC), _every(row)) for row in told["looks"]
            ),
            is_off=bool(told["is_off"]),
        )
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"these are no orders: {error!r}") from None


def _every(row: Mapping[str, Any]) -> timedelta:
    return timedelta(seconds=row["look_every_s"])


def _memory(told: Mapping[str, Any]) -> Memory:
    pose = told["pose"]
    return Memory(
        rules={condition: _persistence(rule) for condition, rule in told["rules"].items()},
        passes={condition: _pass(rule) for condition, rule in told["passes"].items()},
        zones=zones_from_json(told["zones"], told["shapes"]),
        pose=None if pose is None else Pose(pose["height_m"], pose["pitch_deg"], pose["fov_deg"]),
        heading_deg=told["heading_deg"] or 0.0,
    )


def persistence_as_json(rule: Persistence) -> dict[str, float]:
    """A rule of a camera that stands still; times in seconds."""
    return {
        "lasting_s": rule.lasting.total_seconds(),
        "min_hits": rule.min_hits,
        "open_score": rule.open_score,
        "keep_score": rule.keep_score,
        "gone_after": rule.gone_after,
        "again_every_s": rule.again_every.total_seconds(),
        "longest_gap_s": rule.longest_gap.total_seconds(),
        "standing_s": rule.standing.total_seconds(),
        "lost_after_s": rule.lost_after.total_seconds(),
    }


def _persistence(told: Mapping[str, float]) -> Persistence:
    return Persistence(
        lasting=timedelta(seconds=told["lasting_s"]),
        min_hits=int(told["min_hits"]),
        open_score=told["open_score"],
        keep_score=told["keep_score"],
        gone_after=int(told["gone_after"]),
        again_every=timedelta(seconds=told["again_every_s"]),
        longest_gap=timedelta(seconds=told["longest_gap_s"]),
        standing=timedelta(seconds=told["standing_s"]),
        lost_after=timedelta(seconds=told["lost_after_s"]),
    )


def pass_as_json(rule: Pass) -> dict[str, float]:
    """A rule of a camera that moves; times in seconds."""
    return {
        "hits": rule.hits,
        "frames": rule.frames,
        "cell_m": rule.cell_m,
        "open_score": rule.open_score,
        "keep_score": rule.keep_score,
        "again_every_s": rule.again_every.total_seconds(),
    }


def _pass(told: Mapping[str, float]) -> Pass:
    return Pass(
        hits=int(told["hits"]),
        frames=int(told["frames"]),
        cell_m=told["cell_m"],
        open_score=told["open_score"],
        keep_score=told["keep_score"],
        again_every=timedelta(seconds=told["again_every_s"]),
    )
