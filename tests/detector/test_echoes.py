"""A recording that is played instead of what is there: told by pictures that come again, however long its turn is."""

import numpy as np
import pytest

from detector.echoes import DOUBTED, REMEMBERED, Echoes
from detector.health import Health
from detector.types import Image
from tests.detector.test_health import STREET, a_frame, a_look


def shown(health: Health, pictures: list[Image]) -> list[str | None]:
    return [health.check(a_frame(one, 5.0 * n)) for n, one in enumerate(pictures)]


@pytest.fixture
def health() -> Health:
    return Health(echoes=Echoes())


@pytest.mark.parametrize("length", [2, 3, 10])
def test_a_loop_is_no_news_from_its_second_turn_on(health: Health, length: int) -> None:
    loop = [a_look() for _ in range(length)]
    told = shown(health, loop * 3)
    assert told[:length] == [None] * length
    assert set(told[length:]) == {"looped"}


def test_pictures_of_a_loop_that_were_not_read_on_its_last_turn_are_no_news(health: Health) -> None:
    loop = [a_look() for _ in range(30)]
    first, later = loop[::6], loop[::6][:2] + loop[3::6] + loop[4::6]
    told = shown(health, first + later)
    assert told == [None] * len(first) + ["looped"] * len(later)


def test_a_loop_of_what_was_seen_live_is_told_on_its_first_turn(health: Health) -> None:
    lived = [a_look() for _ in range(40)]
    assert shown(health, lived + lived[30:] + lived[30:])[40:] == ["looped"] * 20


def test_what_a_server_kept_and_sends_again_costs_one_look(health: Health) -> None:
    lived = [a_look() for _ in range(5)]
    assert shown(health, [*lived, lived[2], *[a_look() for _ in range(30)]]) == [None] * 5 + ["looped"] + [None] * 30


def test_a_camera_that_is_back_is_believed_after_a_minute(health: Health) -> None:
    loop = [a_look() for _ in range(4)]
    told = shown(health, loop * 3 + [a_look() for _ in range(DOUBTED + 5)])
    assert told[12:] == ["looped"] * (DOUBTED - 1) + [None] * 6


def test_a_live_camera_is_never_taken_for_a_loop_and_no_memory_grows() -> None:
    echoes, dice = Echoes(), np.random.default_rng(2)
    told = [echoes.comes_again(dice.integers(0, 255, (20, 30)).astype(np.uint8)) for _ in range(3 * REMEMBERED)]
    assert not any(told)


def test_a_sender_who_chooses_what_to_send_may_send_it_again() -> None:
    loop = [a_look() for _ in range(3)]
    assert shown(Health(), loop * 3) == [None] * 9


def test_a_still_picture_is_frozen_and_no_loop(health: Health) -> None:
    assert shown(health, [STREET] * 4) == [None, "frozen", "frozen", "frozen"]
