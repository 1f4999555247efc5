"""Let go of originals whose time is over; what was shown, blurred, stays, and so do their hashes in the trail.

First the rows say it, in one transaction with the audit trail; the files go at the next pass, so that a crash between
the two leaves nothing that nobody takes away later.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import structlog

from service.backup import hold_evidence
from service.domain.policy import Policy
from service.domain.ticket import SERVICE
from service.errors import Busy, StorageFull
from service.evidence import UNTOUCHED, Evidence
from service.store import Store, Transaction
from service.store.engine import know_sizes
from service.store.jobs import Effect, Job
from service.store.originals import Originals

EXPIRY: Final = "expiry"
EVERY: Final = timedelta(hours=1)
SOON: Final = timedelta(minutes=1)
AT_ONCE: Final = 200
HANDS: Final = 8
ASKED_AT_ONCE: Final = 500
"""Objects that one pass asks for or takes out of the bin: a question each, where they are in a bucket."""

ROWS_AT_ONCE: Final = 5000
"""Of decisions that led to nothing, which are kept as long as pictures behind no ticket."""

LOOKING_BACK: Final = timedelta(days=7)
LARGEST_LEAP: Final = timedelta(hours=1)

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Expiry:
    """The job that lets originals go, as `service.timed` calls it.

    A clock that leaps ahead must not take a city's evidence along: nothing goes while the wall clock has moved much
    more than time has passed.
    """

    data: Path
    evidence: Evidence
    monotonic_s: Callable[[], float] = time.monotonic
    _began: tuple[datetime, float] | None = field(default=None)
    _absent: set[str] = field(default_factory=set)

    def __call__(self, tx: Transaction, _: Job, policy: Policy, now: datetime) -> Effect:
        """One pass: remove the files of those that were let go of before, then let go of those that are due."""
        if self._has_leapt(now):
            log.error("the clock has leapt, no original goes until the service starts again", now=now.isoformat())
            return Effect("clock.leapt", now + EVERY)
        with hold_evidence(self.data, to_remove=True) as held:
            if not held:
                return Effect("backup.running", now + SOON)
            originals = Originals(tx.connection, tx.audit)
            binned = self._empty_bin(originals, now)
            removed, left = self._remove(originals.to_remove(now, LOOKING_BACK), now)
            due = originals.due(policy.retention, now, AT_ONCE)
            if due:
                originals.let_go(due, now, SERVICE.name)
        forgotten = tx.decisions.forget(now - policy.retention.loose, ROWS_AT_ONCE)
        know_sizes(tx.connection)
        more = bool(due) or binned or left or forgotten == ROWS_AT_ONCE
        return Effect("originals.gone" if due or removed else "nothing.due", now + (SOON if more else EVERY))

    def _remove(self, wanted: Sequence[str], now: datetime) -> tuple[int, bool]:
        """Put objects into the bin; how many, and whether more are to be asked about at the next pass."""
        self._absent &= set(wanted)
        left = [sha256 for sha256 in wanted if sha256 not in self._absent]
        asked = left[:ASKED_AT_ONCE]
        with ThreadPoolExecutor(HANDS) as hands:  # a bucket is far away, and others wait for this transaction
            became = dict(zip(asked, hands.map(lambda sha256: self.evidence.remove(sha256, now), asked), strict=True))
        self._absent |= {sha256 for sha256, what in became.items() if what != "kept"}
        return sum(what == "removed" for what in became.values()), len(left) > len(asked)

    def _empty_bin(self, originals: Originals, now: datetime) -> bool:
        """Let go for ever of what nobody asked for; what came again while it was removed is put back first.

        Says whether more of it waits for the next pass.
        """
        binned = self.evidence.binned()
        wanted = originals.wanted([sha256 for sha256, _ in binned])
        back = [sha256 for sha256, _ in binned if sha256 in wanted]
        over = [sha256 for sha256, since in binned if sha256 not in wanted and now - since >= UNTOUCHED]
        tasks = [(self.evidence.bring_back, sha256) for sha256 in back]
        tasks += [(self.evidence.drop, sha256) for sha256 in over]
        with ThreadPoolExecutor(HANDS) as hands:  # as above
            list(hands.map(lambda task: task[0](task[1]), tasks[:ASKED_AT_ONCE]))
        return len(tasks) > ASKED_AT_ONCE

    def _has_leapt(self, now: datetime) -> bool:
        if self._began is None:
            self._began = (now, self.monotonic_s())
        began_at, began_s = self._began
        passed = timedelta(seconds=self.monotonic_s() - began_s)
        return now - began_at > passed + LARGEST_LEAP


def plan_expiry(store: Store, now: datetime) -> None:
    """Have a pass soon, and from then on again and again."""
    try:
        with store.write() as rows:
            rows.jobs.plan(Job(EXPIRY, EXPIRY, "evidence", now))
    except (Busy, StorageFull) as error:  # an earlier start has planned it, or the next one will
        log.warning("no pass over the originals is planned now", code=error.code)
