"""P1: an acknowledged photo is never lost, whenever the service is killed."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tests.faults.inspector import Walk, doubled, missing
from tests.faults.ledger import Ledger
from tests.faults.outcome import Outcome, broken_cases
from tests.faults.outside import Outside, create_key, damage, running

TITLE: Final = "acked photos survive kill -9, and retries make no double"
IN_START: Final = 0.15
WORK_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Siege:
    """Many lives of one service on one folder of data, each ended by a disaster.

    Attributes:
        data: the folder.
        walk: the client that goes on through all lives.
        reader: a key that may read originals.
        disaster: ends a life.
        dice: when.
    """

    data: Path
    walk: Walk
    reader: str
    disaster: Callable[[Outside], None]
    dice: random.Random

    def live(self) -> dict[str, Any]:
        """One life: start, work, disaster. Some end while they start."""
        service = Outside.launch(self.data)
        try:
            if self.dice.random() < IN_START:
                return self._end(service, self.dice.uniform(0.0, 1.5), lambda: 0)
            service.wait_ready()
            return self._end(service, self.dice.uniform(0.0, WORK_S), self.walk.go_on(service))
        finally:
            service.kill()

    def _end(self, service: Outside, delay_s: float, wait: Callable[[], int]) -> dict[str, Any]:
        time.sleep(delay_s)
        self.disaster(service)
        return {"start_s": round(service.started_s, 2), "after_s": round(delay_s, 3), "acked": wait()}

    def judge(self) -> list[str]:
        """One more life without a disaster: retry what is open, read everything back, count tickets."""
        with running(self.data) as service:
            self.walk.settle(service)
            with service.client(self.reader) as client:
                lost = missing(client, self.walk.ledger)
                return lost + doubled(client, [entry.shot for entry in self.walk.ledger])


def begin(folder: Path, data: Path, disaster: Callable[[Outside], None], seed: int) -> Siege:
    """Make the keys and an empty ledger; the ledger lies in `folder`, out of reach of the disaster."""
    poster, reader = create_key(data, "inspector"), create_key(data, "admin")
    walk = Walk(Ledger(folder / f"ledger-{seed}.jsonl"), poster["key"], run=seed)
    return Siege(data, walk, reader["key"], disaster, random.Random(seed))


def measure(n: int = 300, seed: int = 1) -> Outcome:
    """Kill the service `n` times at random instants and read everything back."""
    with TemporaryDirectory(prefix="faults-") as folder:
        data = Path(folder) / "data"
        siege = begin(Path(folder), data, Outside.kill, seed)
        lives = [siege.live() for _ in range(n)]
        broken = siege.judge() + siege.walk.surprises
        scope = f"{len(siege.walk.ledger)} photos acked over {n} kills"
        figure = broken_cases("P1", TITLE, broken, lives, scope)
        return Outcome([figure], [{"after": "P1", "damage": damage(data)}])
