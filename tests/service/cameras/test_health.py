"""Whether a camera is well: an event begins when a trouble lasts, ends when it is over, and is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import numpy as np
import pytest

from detector.echoes import Echoes
from detector.gate import Gate
from detector.health import Health
from detector.types import Frame, Image
from detector.view import View
from service.cameras.lookout import Lookout
from service.cameras.notebook import Notebook
from service.domain.camera_health import Standing, judge, silent_after_s
from service.errors import StorageFull, Unprocessable
from service.store import Store, Transaction
from service.store.cameras import Camera, CameraKind
from tests.build import NOON, a_place
from tests.detector.test_health import OTHER, a_look


def through(*found: str | None, every_s: float = 5.0) -> list[str | None]:
    """The troubles after each of these findings."""
    standing, told = Standing(), []
    for n, one in enumerate(found):
        standing = judge(standing, one, NOON + timedelta(seconds=every_s * n), every_s * n)
        told.append(standing.trouble)
    return told


def test_what_passes_is_no_event_and_what_lasts_is() -> None:
    assert through(None, "camera.covered", None, "camera.covered") == [None] * 4
    assert through(None, *["camera.covered"] * 3) == [None, None, None, "camera.covered"]


def test_a_frozen_picture_is_told_within_a_quarter_of_a_minute() -> None:
    assert through(None, "camera.frozen", "camera.frozen")[-1] == "camera.frozen"


def test_troubles_that_take_turns_are_one_event() -> None:
    assert through("camera.dark", "camera.covered", "camera.dark")[-1] == "camera.dark"


def test_silence_is_told_at_once_and_ends_with_a_picture() -> None:
    assert through(None, "source.silent", None) == [None, "source.silent", None]


def test_a_picture_that_is_well_for_a_moment_ends_no_event() -> None:
    dark = ["camera.dark"] * 3
    assert through(*dark, None, "camera.dark") == [None, None, "camera.dark", "camera.dark", "camera.dark"]
    assert through(*dark, None, None)[-1] is None


def test_an_event_begins_when_the_trouble_began() -> None:
    standing = Standing()
    for second in range(0, 12, 2):
        standing = judge(standing, "camera.dark", NOON + timedelta(seconds=second), float(second))
    assert (standing.trouble, standing.since) == ("camera.dark", NOON)


class Pole:
    """A fixed camera before a street, whose clock goes as it is told."""

    def __init__(self, store: Store) -> None:
        with store.write() as tx:
            tx.cameras.add(Camera("pole", "pole", CameraKind.FIXED, NOON, place=a_place(), url="rtsp://city/1"))
        self.store, self.notebook, self.seconds = store, Notebook(store), 0.0
        self.lookout = Lookout(
            "pole", self.notebook, Gate(), Health(View()), monotonic=lambda: self.seconds, last_frame_at=None
        )

    @property
    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.seconds)

    def sends(self, image: Image, times: int, *, grain: bool = True) -> list[str | None]:
        """Frames five seconds apart, and why each was not looked at."""
        told: list[str | None] = []
        for _ in range(times):
            self.seconds += 5
            frame = Frame(a_look(image) if grain else image, "pole", self.now, clock_s=self.seconds)
            fault = self.lookout.check(frame)
            told.append(fault or (None if self.lookout.admit(frame) else "unchanged"))
            self.lookout.count("faulty" if fault else "looked", frame.taken_at)
        self.notebook.write()
        return told

    def events(self) -> list[tuple[str, int, bool]]:
        """The trouble, the second in which it began, and whether it is over; oldest first."""
        with self.store.read() as rows:
            found = rows.camera_events.of("pole", 10)
        return [(one.trouble, (one.began_at - NOON).seconds, one.ended_at is not None) for one in found[::-1]]


class FullDisk(Store):
    """A store that takes nothing."""

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        raise StorageFull(where="database")
        yield


class SmallNumbers(Store):
    """A store whose columns hold no more than PostgreSQL's."""

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        with super().write() as rows:
            yield rows
            if rows.connection.exec_driver_sql("SELECT max(frames) FROM camera_hours").scalar_one() >= 2**31:
                raise Unprocessable(problem="not_storable")


@pytest.fixture
def pole(store: Store) -> Pole:
    return Pole(store)


def test_a_camera_that_freezes_is_an_event_from_its_first_repeated_picture_to_its_next_new_one(pole: Pole) -> None:
    pole.sends(a_look(), 3)
    still = a_look()
    assert set(pole.sends(still, 5, grain=False)[1:]) == {"frozen"}
    pole.sends(a_look(), 2)
    assert [(trouble, is_over) for trouble, _, is_over in pole.events()] == [("camera.frozen", True)]
    with pole.store.read() as rows:
        kinds = [(event.type, event.body["trouble"]) for event in rows.events.after(0)]
    assert kinds == [("camera.trouble", "camera.frozen"), ("camera.well", "camera.frozen")]


def test_a_turned_camera_looks_at_nothing_until_a_person_confirms_the_view(pole: Pole) -> None:
    pole.sends(a_look(), 10)
    assert set(pole.sends(OTHER, 6)) == {"moved"}
    assert pole.events() == [("camera.moved", 55, False)]
    pole.lookout.new_view(pole.now)
    assert pole.sends(OTHER, 2) == [None, "unchanged"]
    assert [is_over for *_, is_over in pole.events()] == [True]


def test_what_was_learned_of_a_view_outlives_a_restart(pole: Pole) -> None:
    pole.sends(a_look(), 10)
    with pole.store.read() as rows:
        kept = rows.camera_events.memory("pole").view
    assert kept is not None
    assert View.from_bytes(kept).is_known


def test_hours_of_trouble_are_not_watched_and_frames_are_counted(pole: Pole) -> None:
    pole.sends(a_look(), 7)
    pole.sends(np.zeros_like(OTHER), 60)
    pole.sends(a_look(), 7)
    with pole.store.read() as rows:
        sums = rows.watched.sums("pole", NOON - timedelta(hours=1))
    assert (sums["frames"], sums["faulty"]) == (74, 60)
    assert sums["seconds"] < 90


def test_what_cannot_be_written_now_is_written_later(pole: Pole) -> None:
    pole.notebook.counted("gone", NOON, "frames")
    pole.notebook.counted("pole", NOON, "frames")
    whole, pole.notebook._store = pole.notebook._store, FullDisk(pole.store.engine)
    with pytest.raises(StorageFull):
        pole.notebook.write()
    pole.notebook.counted("pole", NOON, "frames")
    pole.notebook._store = whole
    pole.notebook.write()
    with pole.store.read() as rows:
        assert rows.watched.sums("pole", NOON - timedelta(hours=1))["frames"] == 2


def test_a_page_that_cannot_be_kept_takes_no_other_with_it(pole: Pole) -> None:
    with pole.store.write() as rows:
        rows.cameras.add(Camera("bad", "bad", CameraKind.FIXED, NOON, place=a_place(), url="rtsp://city/2"))
    pole.notebook._store = SmallNumbers(pole.store.engine)
    pole.notebook.counted("bad", NOON, "frames", 2**31)
    pole.notebook.counted("pole", NOON, "frames")
    pole.notebook.write()
    pole.notebook.counted("bad", NOON, "frames", 2)
    pole.notebook.write()
    with pole.store.read() as rows:
        assert [rows.watched.sums(one, NOON - timedelta(hours=1))["frames"] for one in ("pole", "bad")] == [1, 2]


def test_a_camera_that_changes_its_resolution_mid_way_is_looked_at_and_stays_well(pole: Pole) -> None:
    def larger() -> Image:
        return np.ascontiguousarray(np.repeat(np.repeat(a_look(), 2, axis=0), 2, axis=1))

    told = [
        pole.sends(sent, 1, grain=False)[0] for sent in (*(a_look() for _ in range(4)), larger(), larger(), a_look())
    ]
    assert all(one in (None, "unchanged") for one in told)
    assert pole.events() == []


def test_a_camera_that_sends_a_frame_an_hour_is_silent_only_after_hours(pole: Pole) -> None:
    for _ in range(6):
        pole.seconds += 3600 - 5
        assert pole.sends(a_look(), 1) == [None]
    assert pole.lookout.usual_s == pytest.approx(3600)
    assert silent_after_s(pole.lookout.usual_s or 0.0) == pytest.approx(2.5 * 3600)
    assert pole.events() == []


def test_two_outages_make_no_habit_and_a_picture_after_a_restart_ends_none(pole: Pole) -> None:
    for _ in range(3):
        pole.sends(a_look(), 1)
        pole.seconds += 3600
    assert pole.lookout.usual_s is None
    pole.sends(a_look(), 5)
    assert pole.lookout.usual_s == pytest.approx(5)
    again = Lookout("pole", pole.notebook, Gate(), Health(View()), monotonic=lambda: pole.seconds, usual_s=3600.0)
    pole.lookout = again
    pole.sends(a_look(), 3)
    assert again.usual_s == 3600.0


def test_pictures_that_come_between_one_outage_and_the_next_make_no_habit_however_many_there_are(pole: Pole) -> None:
    for _ in range(8):
        pole.sends(a_look(), 1)
        pole.lookout.break_off()
        pole.seconds += 90
    assert pole.lookout.usual_s is None
    pole.sends(a_look(), 6)
    assert pole.lookout.usual_s == pytest.approx(5)


def test_a_camera_that_hangs_up_after_each_picture_loses_a_habit_that_outages_had_given_it(pole: Pole) -> None:
    """K3."""
    pole.lookout = Lookout(
        "pole", pole.notebook, Gate(), Health(View()), monotonic=lambda: pole.seconds, usual_s=1800.0
    )
    for _ in range(6):
        pole.sends(a_look(), 1)
        pole.lookout.break_off()
    assert pole.lookout.usual_s == pytest.approx(5)
    pole.notebook.write()
    with pole.store.read() as rows:
        assert rows.camera_events.memory("pole").usual_s is None


def test_what_pictures_were_about_to_show_is_begun_anew_by_the_word_of_a_computer_at_the_camera(pole: Pole) -> None:
    pole.lookout.stands("camera.dark", pole.now, pole.now.timestamp())
    pole.lookout.begin_told()
    for _ in range(2):
        pole.lookout.tell("camera.dark", pole.now)
        pole.seconds += 60
    pole.notebook.write()
    assert pole.events() == [("camera.dark", 0, False)]


def test_a_loop_longer_than_one_picture_is_an_event_after_minutes_and_not_looked_at_again(pole: Pole) -> None:
    pole.lookout.health = Health(View(), Echoes())
    loop = [a_look(OTHER) for _ in range(6)]
    told = [pole.sends(one, 1, grain=False)[0] for one in loop * 12]
    assert told[:65].count("looped") == 0
    assert told[66:] == ["looped"] * 6
    assert pole.events() == [("camera.looped", 335, False)]
    assert pole.sends(OTHER, 20)[-1] != "looped"
    assert pole.events()[0][2]
