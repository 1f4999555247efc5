"""Frames of a recording wait to be kept together, and each file is told with its own."""

from dataclasses import replace

from detector.ride import Line
from service.cameras.walk import NOTHING
from service.sent import FrameLed, Shown
from service.upload_batch import LONGEST_S, Batch
from tests.build import NOON, a_sighting, an_actor

LED = FrameLed("0" * 64, 4, 3, None, (), None, ())
FRAME = Shown("car", NOON, an_actor(), NOTHING, None, (), LED)
SEEN = replace(FRAME, seen=(a_sighting(),))


def test_frames_that_are_kept_before_their_file_ends_are_told_with_it() -> None:
    batch = Batch(at_once=500, seq=3)
    a, b = Line("a.mp4", "read", frames=3), Line("b.mp4", "read", frames=1)
    batch.frames += [SEEN, FRAME]
    assert batch.kept([1, 0]) == []
    batch.frames.append(SEEN)
    batch.ended([a])
    batch.frames.append(SEEN)
    batch.ended([a, b])
    batch.frames.append(FRAME)
    files = batch.kept([1, 1, 0])
    assert [(one.seq, one.file, one.looked, one.seen) for one in files] == [(3, "a.mp4", 3, 2), (4, "b.mp4", 1, 1)]
    batch.ended([a, b, Line("c.jpg", "read")])
    assert [(one.seq, one.looked, one.seen) for one in batch.kept([])] == [(5, 1, 0)]


def test_a_batch_is_due_when_it_has_enough_sightings_or_somebody_would_wait_too_long() -> None:
    now_s = [0.0]
    batch = Batch(at_once=2, seq=0, monotonic_s=lambda: now_s[0])
    now_s[0] = LONGEST_S
    assert not batch.is_due, "there is nothing to keep"
    batch.frames.append(FRAME)
    assert batch.is_due
    batch.kept([0])
    batch.frames += [SEEN, FRAME]
    assert not batch.is_due
    batch.frames.append(SEEN)
    assert batch.is_due
