"""Turns in the order of asking and by name; slots that refuse early and say when to come again."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from service.errors import Busy
from service.slots import ARRIVING_S, LONGEST_WAIT_S, Slots
from service.turns import Queue, Turns

LIMIT_S = 60.0


def until(true: Callable[[], bool]) -> None:
    limit = time.monotonic() + LIMIT_S
    while not true():
        assert time.monotonic() < limit, "it did not come true in time"
        time.sleep(0.001)


@contextmanager
def asking(turn: Callable[[int], None], how_many: int, waiting: Callable[[], int]) -> Iterator[None]:
    """Threads that ask one after another, the next once the last one waits; they are through at the end."""
    threads = [threading.Thread(target=turn, args=(number,)) for number in range(how_many)]
    for number, thread in enumerate(threads):
        thread.start()
        until(lambda number=number: waiting() == number + 1)  # type: ignore[misc]  # mypy knows no such default
    yield
    for thread in threads:
        thread.join(LIMIT_S)


@pytest.mark.parametrize("size", [1, 3])
def test_turns_come_in_the_order_of_asking(size: int) -> None:
    queue, order = Queue(size), []

    def turn(number: int) -> None:
        assert queue.acquire(LIMIT_S)
        order.append(number)
        queue.release()

    for _ in range(size):
        assert queue.acquire(0.0)
    with asking(turn, 12, lambda: queue.waiting):
        queue.release()
    assert order == list(range(12))


def test_who_waits_too_long_leaves_the_queue_and_blocks_nobody() -> None:
    queue = Queue()
    assert queue.acquire()
    assert not queue.acquire(0.01)
    assert queue.waiting == 0
    queue.release()
    assert queue.acquire(0.01)


def test_the_same_name_takes_turns_and_is_forgotten() -> None:
    turns, inside, most = Turns(), [], []

    def take() -> None:
        with turns.of("a"):
            inside.append(1)
            most.append(len(inside))
            inside.pop()

    threads = [threading.Thread(target=take) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1
    assert turns.names_in_use == 0


class Watch:
    """A clock that stands still until it is told to go on."""

    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_who_finds_no_slot_is_told_when_those_inside_will_be_through() -> None:
    clock = Watch()
    slots = Slots(1, monotonic=clock)
    for _ in range(40):
        with slots.one():
            clock.now_s += 4.5
    with slots.one():
        with pytest.raises(Busy) as refused, slots.one():
            pass
        clock.now_s += 3600.0
    assert refused.value.facts == {"retry_after_s": 5}
    assert slots.retry_after_s == LONGEST_WAIT_S


def test_a_place_is_kept_for_a_picture_on_its_way_and_taken_by_it_once() -> None:
    slots = Slots(2)
    with slots.arriving():
        with slots.one():
            assert not slots.are_taken
            with slots.one():
                assert slots.are_taken
        with ExitStack() as held:
            held.enter_context(slots.one())
            held.enter_context(slots.one())
    assert not slots.are_taken


def test_who_sends_drop_by_drop_keeps_nobody_out() -> None:
    clock = Watch()
    slots = Slots(1, monotonic=clock)
    with slots.arriving():
        assert slots.are_taken
        clock.now_s += ARRIVING_S + 0.1
        with slots.arriving(), slots.one():
            pass
        with slots.one():
            assert slots.are_taken
