"""Work at its time: any process takes what is due, under a lease, and its effect and its end are one transaction."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.exc import DBAPIError

from service.clock import Clock
from service.clocks import plan_clocks, turn_of
from service.domain.policy import Policy
from service.errors import ServiceError
from service.policies import InForce
from service.store import Store, Transaction
from service.store.jobs import Effect, Job

LOOK_EVERY_S: Final = 5.0
STOPPING_S: Final = 2.0
LEASE: Final = timedelta(seconds=30)
"""A worker that says nothing for so long is taken for dead."""

ERRAND_LEASE: Final = timedelta(minutes=10)
"""An errand asks many things of stores that are far away, and says nothing meanwhile."""

AT_ONCE: Final = 20
PLANNED_AT_ONCE: Final = 200
LONGEST_PAUSE: Final = timedelta(hours=1)
FAILED: Final = "failed"

log = structlog.get_logger(__name__)


Handler = Callable[[Transaction, Job, Policy, datetime], Effect]
Errand = Callable[[Store, datetime], Handler]
"""Work that is done outside of any transaction, so that nobody waits for it; it answers what is to be written then. It
may be cut off, or done by two at once, and is then done again."""


@dataclass(slots=True)
class Timed:
    """One worker; a process has one, and processes share the rows.

    Attributes:
        holder: this worker's own name in the leases.
        handlers: what to do, by the kind of the job; jobs of other kinds are left to others.
        lease: who says nothing for so long is taken for dead.
        errands: what to do for kinds that no handler is for.
    """

    store: Store
    in_force: InForce
    clock: Clock
    holder: str
    handlers: Mapping[str, Handler]
    lease: timedelta = LEASE
    errands: Mapping[str, Errand] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, on a thread."""
        self._thread = threading.Thread(target=self._work, name="timed", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End soon; what is left is done by whoever comes next."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(STOPPING_S)

    def run_due(self) -> int:
        """Plan the clocks of what has changed since, then do all that is due now; how many jobs were finished."""
        self.in_force.refresh()
        while plan_clocks(self.store, self.in_force(), self.clock(), PLANNED_AT_ONCE) == PLANNED_AT_ONCE:
            if self._stop.is_set():
                return 0
        finished = 0
        while not self._stop.is_set() and (claimed := self.claim()):
            finished += sum(self.do(job) for job in claimed)
        return finished

    def claim(self) -> list[Job]:
        """Take a lease on what is due."""
        now = self.clock()
        with self.store.read() as rows:
            if not rows.jobs.any_due(now, self._kinds):
                return []
        with self.store.write() as rows:
            return rows.jobs.claim(self.holder, now, now + self.lease, self._kinds, AT_ONCE)

    def do(self, job: Job) -> bool:
        """Do one job that was claimed; False if it was not finished, because it failed or somebody took it over."""
        try:
            handler = self.handlers.get(job.kind) or self._run_errand(job)
            if handler is None:
                return False
            with self.store.write() as rows:
                return self._take_effect(rows, job, handler)
        except Exception as error:  # a bad job comes back later, and keeps no other from being done
            log.error("a job failed", job=job.key, kind=job.kind, tries=job.tries, exc_info=error)
            self._give_back(job, error.code if isinstance(error, ServiceError) else FAILED)
            return False

    @property
    def _kinds(self) -> set[str]:
        return {*self.handlers, *self.errands}

    def _run_errand(self, job: Job) -> Handler | None:
        """Do what is done outside of any transaction; None if somebody took the job over."""
        now = self.clock()
        with self.store.write() as rows:
            if not rows.jobs.keep(job.key, self.holder, now + ERRAND_LEASE):
                return None
        return self.errands[job.kind](self.store, now)

    def _take_effect(self, rows: Transaction, job: Job, handler: Handler) -> bool:
        rows.lock([turn_of(job.subject)])
        held = rows.jobs.hold(job.key, self.holder)
        if held is None:
            return False
        now = self.clock()
        effect = handler(rows, held, self.in_force(), now)
        if effect.again_at is not None:
            rows.jobs.postpone(job.key, max(effect.again_at, now + timedelta(seconds=1)), effect.code)
            return False
        rows.jobs.finish(job.key, now, effect.code)
        return True

    def _give_back(self, job: Job, code: str) -> None:
        """Try again later, ever more rarely; a code tells the page why."""
        pause = min(LONGEST_PAUSE, timedelta(seconds=5 * 2 ** min(job.tries, 12)))
        with self.store.write() as rows:
            if rows.jobs.hold(job.key, self.holder) is not None:
                rows.jobs.postpone(job.key, self.clock() + pause, code)

    def _work(self) -> None:
        while not self._stop.wait(LOOK_EVERY_S):
            try:
                self.run_due()
            except (ServiceError, DBAPIError) as error:
                log.warning("timed work waits", code=getattr(error, "code", None), exc_info=error)
            except Exception as error:  # the last resort: whatever it is, the clocks go on
                log.error("timed work failed", exc_info=error)
