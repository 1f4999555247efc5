"""The one pool that looks at pictures: bounded, photos first, frames dropped oldest first, refused early when full."""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from enum import IntEnum
from typing import Final, TypeVar

from service.errors import Busy

T = TypeVar("T")

PHOTOS_AT_ONCE: Final = 24
FRAMES_AT_ONCE: Final = 16
"""Pushed frames between their decoding and their answer: a camera that floods leaves room for everybody else."""

FRAMES_WAITING: Final = 8
CHORES_WAITING: Final = 256
RETRY_AFTER_S: Final = 2
STOPPING_S: Final = 1.5


class Lane(IntEnum):
    """Who waits for the answer; a lower lane always goes first."""

    PHOTO = 0
    READER = 1
    FRAME = 2
    CHORE = 3


LONGEST: Final = {Lane.PHOTO: None, Lane.READER: 64, Lane.FRAME: FRAMES_WAITING, Lane.CHORE: CHORES_WAITING}


class Dropped(Busy):
    """A frame or a chore made room for a newer one."""


class Pool:
    """Worker threads that take jobs from four lanes.

    ONNX Runtime spreads one picture over all cores, so one worker is right for most machines.
    """

    def __init__(self, *, workers: int = 1, photos_at_once: int = PHOTOS_AT_ONCE) -> None:
        self._waiting: dict[Lane, deque[tuple[Callable[[], object], Future[object]]]] = {lane: deque() for lane in Lane}
        self._changed = threading.Condition()
        self._photos = threading.BoundedSemaphore(photos_at_once)
        self._frames = threading.BoundedSemaphore(FRAMES_AT_ONCE)
        self._decoding = threading.BoundedSemaphore(max(2, (os.cpu_count() or 2) // 2))
        self._open = True
        self.frames_dropped = 0
        self._threads = [
            threading.Thread(target=self._work, name=f"inference-{number}", daemon=True) for number in range(workers)
        ]
        for thread in self._threads:
            thread.start()

    @contextmanager
    def photo_slot(self) -> Iterator[None]:
        """Room for one photo from its decoding to its answer; Busy at once if there is none."""
        with self._slot(self._photos):
            yield

    @contextmanager
    def frame_slot(self) -> Iterator[None]:
        """Room for one pushed frame from its decoding to its answer; Busy at once if there is none."""
        with self._slot(self._frames):
            yield

    @contextmanager
    def decoding(self) -> Iterator[None]:
        """Few pictures are unpacked at once, so that memory has a ceiling."""
        with self._decoding:
            yield

    def run(self, job: Callable[[], T], lane: Lane) -> T:
        """Run a job on a worker and wait for it; Dropped if it lost its place, Busy if the pool is closed or full."""
        return self.offer(job, lane).result()

    def offer(self, job: Callable[[], T], lane: Lane) -> Future[T]:
        """Leave a job; its future fails with Dropped if it loses its place."""
        future: Future[T] = Future()
        with self._changed:
            if not self._open:
                raise Busy(retry_after_s=RETRY_AFTER_S)
            self._make_room(lane)
            self._waiting[lane].append((job, future))  # type: ignore[arg-type]  # a future of T is read as one of object
            self._changed.notify()
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
                    self._drop(lane)
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(STOPPING_S)

    @contextmanager
    def _slot(self, slots: threading.BoundedSemaphore) -> Iterator[None]:
        if not self._open or not slots.acquire(blocking=False):
            raise Busy(retry_after_s=RETRY_AFTER_S)
        try:
            yield
        finally:
            slots.release()

    def _make_room(self, lane: Lane) -> None:
        longest = LONGEST[lane]
        if longest is None or len(self._waiting[lane]) < longest:
            return
        if lane is Lane.READER:
            raise Busy(retry_after_s=RETRY_AFTER_S)
        if lane is Lane.FRAME:
            self.frames_dropped += 1
        self._drop(lane)

    def _drop(self, lane: Lane) -> None:
        _, future = self._waiting[lane].popleft()
        future.set_exception(Dropped(retry_after_s=RETRY_AFTER_S))

    def _next(self) -> tuple[Callable[[], object], Future[object]] | None:
        with self._changed:
            while self._open:
                for lane in Lane:
                    if self._waiting[lane]:
                        return self._waiting[lane].popleft()
                self._changed.wait()
            return None

    def _work(self) -> None:
        while (taken := self._next()) is not None:
            job, future = taken
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(job())
            except BaseException as error:  # noqa: BLE001  # the waiting side gets it, whatever it is
                future.set_exception(error)
