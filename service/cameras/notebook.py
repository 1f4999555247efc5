"""What cameras have to note, written for all of them at once: a commit every few seconds, not one a camera."""

import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError

from service.domain.camera_health import Standing
from service.errors import ServiceError, Unprocessable
from service.store import Store
from service.store.transaction import Transaction

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Page:
    """What one camera has to note since the last writing."""

    frame_at: datetime | None = None
    well_since: datetime | None = None
    counts: Counter[str] = field(default_factory=Counter)
    counted_at: datetime | None = None
    standings: list[Standing] = field(default_factory=list)
    learned: dict[str, Any] = field(default_factory=dict)


class Notebook:
    """A page for each camera that has something to note; any thread writes, and what fails is tried again."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._pages: dict[str, _Page] = {}

    def saw(self, camera_id: str, at: datetime, well_since: datetime | None) -> None:
        """A frame that could be analysed; see `Cameras.saw_frame`."""
        with self._lock:
            page = self._page(camera_id)
            page.frame_at, page.well_since = at, well_since

    def counted(self, camera_id: str, at: datetime, outcome: str, how_many: int = 1) -> None:
        """What became of frames, one of `service.store.watched.COUNTS` or `LOST`."""
        with self._lock:
            page = self._page(camera_id)
            page.counts[outcome] += how_many
            page.counted_at = at

    def changed(self, camera_id: str, standing: Standing) -> None:
        """The camera is well or in trouble from now on."""
        with self._lock:
            self._page(camera_id).standings.append(standing)

    def learned(self, camera_id: str, **what: Any) -> None:
        """Fields of `service.store.camera_events.CameraMemory`."""
        with self._lock:
            self._page(camera_id).learned.update(what)

    def write(self) -> None:
        """Write all that there is in one transaction; Busy, StorageFull, and then it stays to be written.

        A page that no database takes is lost, and no other with it.
        """
        with self._turn:
            with self._lock:
                pages, self._pages = self._pages, {}
            if not pages:
                return
            try:
                self._write(pages)
            except Unprocessable:
                self._write_singly(pages)

    def write_if_it_can(self) -> None:
        """The same where what led here is kept already and must not fail; what cannot be written now waits."""
        try:
            self.write()
        except (ServiceError, DBAPIError) as error:
            log.warning("what cameras have to note is written later", exc_info=error)

    def _write(self, pages: dict[str, _Page]) -> None:
        written = False
        try:
            with self._store.write() as rows:
                for camera_id, page in pages.items():
                    _keep(rows, camera_id, page)
            written = True
        finally:
            if not written:
                self._put_back(pages)

    def _write_singly(self, pages: dict[str, _Page]) -> None:
        for camera_id in pages:
            with self._lock:
                page = self._pages.pop(camera_id, None)
            if page is None:
                continue
            try:
                self._write({camera_id: page})
            except Unprocessable as error:
                with self._lock:
                    self._pages.pop(camera_id, None)
                log.error("what a camera had to note cannot be kept", camera=camera_id, exc_info=error)

    def _page(self, camera_id: str) -> _Page:
        return self._pages.setdefault(camera_id, _Page())

    def _put_back(self, pages: dict[str, _Page]) -> None:
        with self._lock:
            for camera_id, earlier in pages.items():
                later = self._pages.get(camera_id)
                self._pages[camera_id] = earlier if later is None else _joined(earlier, later)


def _keep(rows: Transaction, camera_id: str, page: _Page) -> None:
    if rows.cameras.find(camera_id) is None:
        return
    for standing in page.standings:
        if standing.since is not None:
            rows.camera_events.tell(camera_id, standing.trouble, standing.since)
    if page.frame_at is not None:
        rows.cameras.saw_frame(camera_id, page.frame_at, page.well_since)
    if page.counted_at is not None:
        rows.watched.count(camera_id, page.counted_at, page.counts)
    if page.learned:
        rows.camera_events.remember(camera_id, **page.learned)


def _joined(earlier: _Page, later: _Page) -> _Page:
    return _Page(
        frame_at=later.frame_at or earlier.frame_at,
        well_since=later.well_since if later.frame_at else earlier.well_since,
        counts=earlier.counts + later.counts,
        counted_at=later.counted_at or earlier.counted_at,
        standings=[*earlier.standings, *later.standings],
        learned={**earlier.learned, **later.learned},
    )
