"""Cameras that post their frames, and computers at the edge that watch one: how they are, and who has fallen silent.

What was posted is answered. A picture in which nothing can be seen is not analysed. One that repeats the one before,
or that does not show the usual view, is analysed only where its sender chose it; the frames of a stream are not.
"""

import threading
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from detector.health import Fault
from detector.types import Frame, Image
from service.cameras.health import CameraHealth, Means
from service.cameras.lookout import HABIT_CHANGES, Lookout, lookout_of
from service.domain.camera_health import SILENT, silent_post_after_s
from service.domain.edge_word import CAMERA_OFF, COUNTED_FOR, EDGE_SILENT, SILENT_AFTER, EdgeWord
from service.store.cameras import Camera, CameraKind, Frames

BLIND: Final[frozenset[Fault]] = frozenset({"dark", "covered", "blurred"})
HABIT_AFTER: Final = 4
"""Posts that make a habit."""


@dataclass(slots=True)
class _Poster:
    """One camera that posts.

    Attributes:
        fault, judged_at: what was wrong with the picture that was judged last, and when that was taken.
        word, word_at: what its computer said last, from which the next word counts, and when; None if it never did.
        word_s: the same on the monotonic clock; None while what posts is no computer that speaks of itself.
    """

    lookout: Lookout
    lock: threading.Lock = field(default_factory=threading.Lock)
    posts: int = 0
    fault: Fault | None = None
    judged_at: datetime | None = None
    kept_usual_s: float | None = None
    word: EdgeWord | None = None
    word_at: datetime | None = None
    word_s: float | None = None


class Posts:
    """All cameras that post, as far as they did since the start or had a habit before."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._lock = threading.Lock()
        self._posters: dict[str, _Poster] = {}

    def expect(self) -> None:
        """Expect those who had a habit before the start to keep it."""
        with self._means.store.read() as rows:
            expected = [rows.cameras.get(camera_id) for camera_id in rows.camera_events.posting()]
        for camera in expected:
            self._poster(camera)

    def judge(self, camera: Camera, image: Image, taken_at: datetime) -> str | None:
        """The code of why a posted picture is not analysed, None if it is; the same for the same post again."""
        poster = self._poster(camera)
        with poster.lock:
            if self._is_by_itself_again(poster, taken_at):
                poster.word_s = None
                poster.lookout.end_told()
                self._means.notebook.learned(camera.id, edge_at=None)
            if poster.judged_at != taken_at:
                poster.fault, poster.judged_at = poster.lookout.check(Frame(image, camera.id, taken_at)), taken_at
                poster.posts += 1
                if camera.url is None:
                    self._note_habit(poster)
            fault = poster.fault
        blocks = fault is not None and (fault in BLIND or camera.frames is Frames.STREAM)
        return f"camera.{fault}" if blocks else None

    def hear(self, camera: Camera, word: EdgeWord, now: datetime) -> None:
        """A computer at the edge says how it and its camera are; while it sees, its camera watches.

        Of a camera that is switched off, or that the service itself reads, only the word is kept.
        """
        notebook = self._means.notebook
        if camera.url is not None:
            notebook.learned(camera.id, edge=word, edge_at=now)
            return
        poster = self._poster(camera)
        with poster.lock:
            passed = COUNTED_FOR if poster.word_at is None else now - poster.word_at
            lookout, counts = poster.lookout, word.counted_after(poster.word, passed)
            poster.word, poster.word_at, poster.word_s = word.after(poster.word, now), now, lookout.monotonic()
            lookout.begin_told()
            notebook.learned(camera.id, edge=poster.word, edge_at=now)
            if camera.disabled_at is not None or word.camera == CAMERA_OFF:
                return
            lookout.tell(word.camera, now)
            if counts["frames"] and word.camera is None:
                lookout.last_frame_at = now
                notebook.saw(camera.id, now, lookout.standing.since)
            for outcome, count in counts.items():
                notebook.counted(camera.id, now, outcome, count)

    def count(self, camera_id: str, at: datetime, outcome: str) -> None:
        """What became of a posted frame, one of `service.store.watched.COUNTS`."""
        self._means.notebook.counted(camera_id, at, outcome)

    def dropped(self, camera_id: str, at: datetime) -> None:
        """A posted frame made room for a newer one, before or after it was judged."""
        poster = self._posters.get(camera_id)
        if poster is None or poster.judged_at != at:
            self.count(camera_id, at, "frames")
        self.count(camera_id, at, "dropped")
        self._means.numbers.frames.labels("dropped").inc()
        self._means.intake.walks.skipped(camera_id, at, "dropped")

    def listen(self, now: datetime) -> None:
        """Note who has fallen silent: a fixed camera that has not posted for several times its usual interval.

        Where a computer at the edge says how it is, its word counts, and not how seldom it has something to post.
        """
        for camera_id, poster in list(self._posters.items()):
            silence = EDGE_SILENT if poster.word_s is not None else SILENT
            if _is_silent(poster) and poster.lookout.standing.trouble != silence and self._is_expected(camera_id):
                poster.lookout.stands(silence, now)

    def health(self) -> dict[str, CameraHealth]:
        """How each of them is, by id."""
        return {camera_id: poster.lookout.told("pushed") for camera_id, poster in list(self._posters.items())}

    def lookout(self, camera_id: str) -> Lookout | None:
        """What is known about one of them."""
        poster = self._posters.get(camera_id)
        return poster.lookout if poster else None

    def _poster(self, camera: Camera) -> _Poster:
        with self._lock:
            poster = self._posters.get(camera.id)
            if poster is None:
                lookout = lookout_of(camera, self._means, None, checks=True)
                poster = self._posters[camera.id] = _Poster(lookout, kept_usual_s=lookout.usual_s)
                with self._means.store.read() as rows:
                    memory = rows.camera_events.memory(camera.id)
                poster.word, poster.word_at = memory.edge, memory.edge_at
                if poster.word_at is not None:
                    lookout.begin_told()
                    poster.word_s = lookout.monotonic()  # it has as long to be heard as if it had just spoken
            return poster

    def _note_habit(self, poster: _Poster) -> None:
        usual_s, kept = poster.lookout.usual_s, poster.kept_usual_s
        if usual_s is None or poster.posts < HABIT_AFTER:
            return
        if kept is None or not kept / HABIT_CHANGES <= usual_s <= kept * HABIT_CHANGES:
            poster.kept_usual_s = usual_s
            self._means.notebook.learned(poster.lookout.camera_id, usual_s=usual_s)

    def _is_by_itself_again(self, poster: _Poster, taken_at: datetime) -> bool:
        """A fresh picture comes, and no word for long: what posts now is no computer that speaks of itself."""
        return poster.word_s is not None and _is_silent(poster) and self._means.clock() - taken_at < SILENT_AFTER

    def _is_expected(self, camera_id: str) -> bool:
        """A camera that moves rests with its vehicle, one that is off says nothing, one that is read does not post."""
        with self._means.store.read() as rows:
            camera = rows.cameras.find(camera_id)
        if camera is None or camera.url is not None:
            with self._lock:
                self._posters.pop(camera_id, None)
            return False
        return camera.kind is CameraKind.FIXED and camera.disabled_at is None


def _is_silent(poster: _Poster) -> bool:
    """Whether it was to be heard long ago."""
    if poster.word_s is not None:
        return poster.lookout.monotonic() - poster.word_s > SILENT_AFTER.total_seconds()
    usual_s, is_habit = poster.lookout.usual_s, poster.posts >= HABIT_AFTER or poster.kept_usual_s is not None
    return usual_s is not None and is_habit and poster.lookout.quiet_s > silent_post_after_s(usual_s)
