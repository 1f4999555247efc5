"""The one pool that looks at pictures: bounded, photos first, frames dropped oldest first, refused early when full."""

import os
import sys
import threading
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeVar

from service.errors import Busy
from service.slots import Slots
from service.turns import Queue

T = TypeVar("T")

PHOTOS_AT_ONCE: Final = 24
PHOTOS_AHEAD: Final = 4
"""Photos in work beyond what the workers look at: enough that no worker waits for bytes or for the disk."""

FRAMES_AT_ONCE: Final = 16
"""Pushed frames between their bytes and their answer: a camera that floods leaves room for everybody else."""

FRAMES_WAITING: Final = 8
FRAMES_A_CAMERA: Final = 4
"""Of these, what one camera may have waiting: a newer one takes the place of its own oldest."""

READERS_WAITING: Final = 24
CHORES_WAITING: Final = 256
RETRY_AFTER_S: Final = 2
STOPPING_S: Final = 1.5

YIELDING: Final = 5
"""How nice workers are: whoever asks, and is answered or refused, goes before what takes long anyway."""

HUMBLE: Final = 12
"""How nice the worker for chores is: one that is in work when many come at once takes next to nothing from them."""

LOOKED_AFTER_S: Final = 1.0
"""A chore that waits is thought of at least so often: a photo that is refused leaves without a look that would tell."""


class Lane(IntEnum):
    """Who waits for the answer; a lower lane always goes first."""

    PHOTO = 0
    READER = 1
    FRAME = 2
    CHORE = 3


LONGEST: Final = {
    Lane.PHOTO: None,
    Lane.READER: READERS_WAITING,
    Lane.FRAME: FRAMES_WAITING,
    Lane.CHORE: CHORES_WAITING,
}


LOOKS: Final = (Lane.PHOTO, Lane.READER, Lane.FRAME)
CHORES: Final = (Lane.CHORE,)


class Dropped(Busy):
    """A frame or a chore made room for a newer one."""


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    """What is to be done, whom it is for, and who waits for it."""

    run: Callable[[], object]
    future: Future[object]
    owner: str | None


class Pool:
    """Worker threads that take jobs from four lanes. Chores have one of their own.

    A chore begins where a worker is free and no photo waits for its turn: between two looks of a crowd every worker is
    free for a moment, and what would begin then takes from all of them for much longer.

    Where frames are too many, the camera that has most of them waiting loses its oldest: one that floods pushes out
    nobody else's.

    Attributes:
        photos: room for photos, from their bytes to their answer.
        turns: of these, who is in work, in the order in which they came: opening a picture would else go before the
            look at those that were opened sooner.
        frames: the same for frames that are pushed.
        frames_dropped: how many made room for a newer one.

    ONNX Runtime spreads one picture over all cores, so one worker is right for most machines.
    """

    def __init__(self, *, workers: int = 1, photos_at_once: int = PHOTOS_AT_ONCE) -> None:
        self._waiting: dict[Lane, deque[_Job]] = {lane: deque() for lane in Lane}
        self._changed = threading.Condition()
        self.photos = Slots(photos_at_once)
        self.turns = Queue(workers + PHOTOS_AHEAD)
        self.frames = Slots(FRAMES_AT_ONCE)
        self._decoding = threading.BoundedSemaphore(max(2, (os.cpu_count() or 2) // 2))
        self._open = True
        self._free = workers
        self.frames_dropped = 0
        self._threads = [
            threading.Thread(target=self._work, args=(LOOKS, YIELDING), name=f"inference-{number}", daemon=True)
            for number in range(workers)
        ]
        self._threads.append(threading.Thread(target=self._work, args=(CHORES, HUMBLE), name="chores", daemon=True))
        for thread in self._threads:
            thread.start()

    @contextmanager
    def decoding(self) -> Iterator[None]:
        """Few pictures are unpacked at once, so that memory has a ceiling."""
        with self._decoding:
            yield

    def run(self, job: Callable[[], T], lane: Lane, owner: str | None = None) -> T:
        """Run a job on a worker and wait for it; Dropped if it lost its place, Busy if the pool is closed or full."""
        return self.offer(job, lane, owner).result()

    def offer(self, job: Callable[[], T], lane: Lane, owner: str | None = None) -> Future[T]:
        """Leave a job; its future fails with Dropped if it loses its place. `owner` is the camera of a frame."""
        future: Future[T] = Future()
        with self._changed:
            if not self._open:
                raise Busy(retry_after_s=RETRY_AFTER_S)
            self._make_room(lane, owner)
            self._waiting[lane].append(_Job(job, future, owner))  # type: ignore[arg-type]  # T is read as object
            self._changed.notify_all()
        return future

    def waiting(self, lane: Lane) -> int:
        """How many jobs of a lane have not begun."""
        return len(self._waiting[lane])

    def close(self) -> None:
        """Let running jobs end and drop what waits."""
        with self._changed:
            self._open = False
            for lane in Lane:
                while self._waiting[lane]:
                    self._drop(lane, self._waiting[lane][0])
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(STOPPING_S)

    def _make_room(self, lane: Lane, owner: str | None) -> None:
        waiting, longest = Counter(job.owner for job in self._waiting[lane]), LONGEST[lane]
        if lane is Lane.FRAME and owner is not None and waiting[owner] >= FRAMES_A_CAMERA:
            self._drop_oldest(lane, {owner})
        elif longest is not None and waiting.total() >= longest:
            if lane is Lane.READER:
                raise Busy(retry_after_s=RETRY_AFTER_S)
            waiting[owner] += 1
            most = max(waiting.values())
            self._drop_oldest(lane, {one for one, count in waiting.items() if count == most})

    def _drop_oldest(self, lane: Lane, owners: Collection[str | None]) -> None:
        if lane is Lane.FRAME:
            self.frames_dropped += 1
        self._drop(lane, next(job for job in self._waiting[lane] if job.owner in owners))

    def _drop(self, lane: Lane, job: _Job) -> None:
        self._waiting[lane].remove(job)
        job.future.set_exception(Dropped(retry_after_s=RETRY_AFTER_S))

    def _next(self, lanes: Sequence[Lane]) -> _Job | None:
        with self._changed:
            while self._open:
                for lane in lanes:
                    if self._waiting[lane] and (lanes is LOOKS or self._has_time()):
                        self._free -= lanes is LOOKS
                        return self._waiting[lane].popleft()
                self._changed.wait(LOOKED_AFTER_S if lanes is CHORES and self._waiting[Lane.CHORE] else None)
            return None

    def _has_time(self) -> bool:
        return self._free > 0 and not self.turns.waiting and not any(self._waiting[lane] for lane in LOOKS)

    def _work(self, lanes: Sequence[Lane], niceness: int) -> None:
        if sys.platform == "linux":  # which alone lets a thread be nice by itself
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), niceness)
        while (job := self._next(lanes)) is not None:
            _do(job)
            del job  # its picture goes before the wait for the next one
            if lanes is LOOKS:
                with self._changed:
                    self._free += 1
                    self._changed.notify_all()


def _do(job: _Job) -> None:
    if not job.future.set_running_or_notify_cancel():
        return
    try:
        job.future.set_result(job.run())
    except BaseException as error:  # noqa: BLE001  # the waiting side gets it, whatever it is
        job.future.set_exception(error)
