"""Let go of originals whose time is over; what was shown, blurred, stays, and so do their hashes in the trail.

Rows first: one transaction says of an original that its time is over, and the trail with it. A later pass takes the
file away, and then the row says so, too. Files are dealt with outside of any transaction, as nobody else can write to
SQLite during one; a pass that is cut off between file and row, or made by two at once, is made again and is the same.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

import structlog

from service.backup import hold_evidence
from service.domain.policy import Policy
from service.domain.ticket import SERVICE
from service.errors import Busy, StorageFull
from service.evidence import UNTOUCHED, Evidence, Removal
from service.store import Store, Transaction
from service.store.engine import know_sizes
from service.store.jobs import Effect, Job
from service.store.originals import Originals
from service.store.pictures import Picture
from service.timed import Handler

EXPIRY: Final = "expiry"
EVERY: Final = timedelta(hours=1)
SOON: Final = timedelta(minutes=1)
AT_ONCE: Final = 200
HANDS: Final = 8
ASKED_AT_ONCE: Final = 500
"""Objects that one pass asks for or takes out of the bin: a question each, where they are in a bucket."""

ROWS_AT_ONCE: Final = 5000
"""Of decisions that led to nothing, which are kept as long as pictures behind no ticket."""

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

    def __call__(self, store: Store, now: datetime) -> Handler:
        """One pass: remove the files of those that were let go of before, then let go of those that are due."""
        if self._has_leapt(now):
            log.error("the clock has leapt, no original goes until the service starts again", now=now.isoformat())
            return _comes_back(Effect("clock.leapt", now + EVERY))
        with hold_evidence(self.data, to_remove=True) as held:
            if not held:
                return _comes_back(Effect("backup.running", now + SOON))
            with store.read() as rows:
                to_remove = _originals(rows).to_remove(ASKED_AT_ONCE)
            is_binned = self._empty_bin(store, now)
            removed = self._remove(to_remove, now)
        more = is_binned or len(to_remove) == ASKED_AT_ONCE
        return partial(_let_go, removed, more, now)

    def _remove(self, wanted: Sequence[str], now: datetime) -> dict[str, Removal]:
        """Put objects into the bin, and say what became of each."""
        with ThreadPoolExecutor(HANDS) as hands:  # a bucket is far away
            return dict(zip(wanted, hands.map(lambda sha256: self.evidence.remove(sha256, now), wanted), strict=True))

    def _empty_bin(self, store: Store, now: datetime) -> bool:
        """Let go for ever of what nobody asked for; what came again while it was removed is put back first.

        Says whether more of it waits for the next pass. Rows are asked after the bin was: whoever keeps the same bytes
        from then on has written them anew, beside it.
        """
        binned = self.evidence.binned()
        with store.read() as rows:
            wanted = _originals(rows).wanted([sha256 for sha256, _ in binned])
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


def _let_go(
    removed: Mapping[str, Removal], more: bool, now: datetime, tx: Transaction, _: Job, policy: Policy, __: datetime
) -> Effect:
    """Say which files went, and of which originals the time is over, by the clock as it was looked at for a leap."""
    originals = _originals(tx)
    went = [sha256 for sha256, what in removed.items() if what != "kept"]
    originals.removed(went, now)
    due = _due(tx, originals, policy, now)
    if due:
        originals.let_go(due, now, SERVICE.name)
    forgotten = tx.decisions.forget(now - policy.retention.loose, ROWS_AT_ONCE)
    know_sizes(tx.connection)
    is_soon = bool(due) or more or forgotten == ROWS_AT_ONCE
    has_gone = bool(due) or "removed" in removed.values()
    return Effect("originals.gone" if has_gone else "nothing.due", now + (SOON if is_soon else EVERY))


def _due(tx: Transaction, originals: Originals, policy: Policy, now: datetime) -> list[Picture]:
    """Those whose time is over, about whose tickets nobody else decides until the end."""
    due = originals.due(policy.retention, now, AT_ONCE)
    if tx.is_only_writer or not due:
        return due
    tx.tickets.hold_all(originals.tickets_behind(due))
    held = {picture.id for picture in due}
    return [picture for picture in originals.due(policy.retention, now, AT_ONCE) if picture.id in held]


def _originals(tx: Transaction) -> Originals:
    return Originals(tx.connection, tx.audit)


def _comes_back(effect: Effect) -> Handler:
    """Nothing now."""
    return lambda _tx, _job, _policy, _now: effect


def plan_expiry(store: Store, now: datetime) -> None:
    """Have a pass soon, and from then on again and again."""
    try:
        with store.write() as rows:
            rows.jobs.plan(Job(EXPIRY, EXPIRY, "evidence", now))
    except (Busy, StorageFull) as error:  # an earlier start has planned it, or the next one will
        log.warning("no pass over the originals is planned now", code=error.code)
