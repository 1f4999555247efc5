"""The pool: photos first, frames dropped oldest first, refused early, nothing left hanging when it closes."""

import threading
from collections.abc import Iterator

import pytest

from service.errors import Busy
from service.inference import FRAMES_A_CAMERA, FRAMES_WAITING, Dropped, Lane, Pool


@pytest.fixture
def pool() -> Iterator[Pool]:
    pool = Pool(workers=1, photos_at_once=2)
    yield pool
    pool.close()


def hold(pool: Pool) -> threading.Event:
    """Keep the only worker busy until the event is set."""
    go, begun = threading.Event(), threading.Event()

    def wait() -> None:
        begun.set()
        go.wait(10)

    pool.offer(wait, Lane.PHOTO)
    assert begun.wait(10)
    return go


def test_a_job_answers_what_it_returns_or_raises(pool: Pool) -> None:
    assert pool.run(lambda: 7, Lane.PHOTO) == 7
    with pytest.raises(ZeroDivisionError):
        pool.run(lambda: 1 / 0, Lane.PHOTO)
    assert pool.run(lambda: 8, Lane.CHORE) == 8


def test_photos_go_before_frames_and_frames_before_chores(pool: Pool) -> None:
    go, order = hold(pool), []
    waiting = [
        pool.offer(lambda lane=lane: order.append(lane), lane)  # type: ignore[misc]  # mypy knows no such default
        for lane in (Lane.CHORE, Lane.FRAME, Lane.PHOTO, Lane.READER)
    ]
    go.set()
    for future in waiting:
        future.result(10)
    assert order == [Lane.PHOTO, Lane.READER, Lane.FRAME, Lane.CHORE]


def test_a_chore_waits_until_a_worker_is_free_and_then_keeps_no_photo_waiting(pool: Pool) -> None:
    look, begun, chore = hold(pool), threading.Event(), threading.Event()

    def clean() -> int:
        begun.set()
        chore.wait(60)
        return 5

    cleaned = pool.offer(clean, Lane.CHORE)
    assert not begun.is_set()
    look.set()
    assert begun.wait(60)
    assert pool.run(lambda: 7, Lane.PHOTO) == 7
    chore.set()
    assert cleaned.result(60) == 5


def test_no_chore_begins_between_two_photos_of_a_crowd(pool: Pool) -> None:
    begun = threading.Event()
    while pool.turns.acquire(0.0):
        pass  # all that may be in work at once are
    waits = threading.Thread(target=pool.turns.acquire)
    waits.start()
    while not pool.turns.waiting:
        waits.join(0.001)
    cleaned = pool.offer(begun.set, Lane.CHORE)
    assert [pool.run(lambda: 7, Lane.PHOTO) for _ in range(3)] == [7] * 3
    assert not begun.is_set()
    pool.turns.release()  # who waited is called, and nobody looks at anything that would tell the worker
    cleaned.result(60)
    waits.join(60)


def test_the_oldest_frame_makes_room_and_is_counted(pool: Pool) -> None:
    go = hold(pool)
    frames = [pool.offer(lambda: None, Lane.FRAME) for _ in range(FRAMES_WAITING + 3)]
    go.set()
    for dropped in frames[:3]:
        with pytest.raises(Dropped):
            dropped.result(10)
    for kept in frames[3:]:
        kept.result(10)
    assert pool.frames_dropped == 3


def test_photos_are_never_dropped(pool: Pool) -> None:
    go = hold(pool)
    photos = [pool.offer(lambda: None, Lane.PHOTO) for _ in range(200)]
    go.set()
    for photo in photos:
        photo.result(10)


def test_one_photo_too_many_is_refused_at_once(pool: Pool) -> None:
    with pool.photos.one(), pool.photos.one():
        with pytest.raises(Busy) as refused, pool.photos.one():
            pass
        assert refused.value.facts["retry_after_s"]
    with pool.photos.one():
        pass


def test_a_closed_pool_lets_everybody_go(pool: Pool) -> None:
    go = hold(pool)
    waiting = pool.offer(lambda: None, Lane.PHOTO)
    threading.Timer(0.05, go.set).start()
    pool.close()
    with pytest.raises(Busy):
        waiting.result(10)
    with pytest.raises(Busy):
        pool.run(lambda: None, Lane.PHOTO)


def test_a_camera_that_floods_pushes_out_its_own_frames_only(pool: Pool) -> None:
    go = hold(pool)
    quiet = [pool.offer(lambda: "seen", Lane.FRAME, f"quiet-{n}") for n in range(FRAMES_WAITING - 2)]
    flood = [pool.offer(lambda: "flood", Lane.FRAME, "loud") for _ in range(50)]
    late = pool.offer(lambda: "seen", Lane.FRAME, "late")
    go.set()
    assert [future.result(10) for future in [*quiet, late]] == ["seen"] * (FRAMES_WAITING - 1)
    assert flood[-1].result(10) == "flood"
    assert all(isinstance(future.exception(10), Dropped) for future in flood[:-1])
    assert pool.frames_dropped == 49


def test_one_camera_has_no_more_than_its_share_waiting_and_loses_its_oldest(pool: Pool) -> None:
    go = hold(pool)
    frames = [pool.offer(lambda: None, Lane.FRAME, "loud") for _ in range(FRAMES_A_CAMERA + 2)]
    go.set()
    assert [future.exception(10) is None for future in frames] == [False] * 2 + [True] * FRAMES_A_CAMERA
