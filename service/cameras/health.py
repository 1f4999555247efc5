"""What all cameras share, and how each of them is."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from service.cameras.notebook import Notebook
from service.clock import Clock
from service.eye import Eye
from service.intake import Intake
from service.jobs import Jobs
from service.numbers import Numbers
from service.outbound.dialing import Dialer
from service.store import Store

READ_EVERY_S: Final = 5.0
"""Rarely enough for a stream to rest in between, often enough to tell within 15 s that a picture is frozen."""

STATES: Final = ("waiting", "watching", "pushed", "silent", "trouble")


@dataclass(frozen=True, slots=True)
class Means:
    """What all cameras share; see `Settings` for `read_every_s`."""

    store: Store
    intake: Intake
    eye: Eye
    jobs: Jobs
    clock: Clock
    numbers: Numbers
    dialer: Dialer = field(default_factory=Dialer)
    read_every_s: float = READ_EVERY_S
    notebook: Notebook = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "notebook", Notebook(self.store))


@dataclass(frozen=True, slots=True)
class CameraHealth:
    """How a camera is: `waiting` for its first frame, `watching`, `silent`, or in trouble of a code since a moment."""

    state: str = "waiting"
    last_frame_at: datetime | None = None
    trouble: str | None = None
    since: datetime | None = None
