"""A recording that is played instead of what is there: told by pictures that come again, for minutes on end."""

import numpy as np
import pytest

from detector.echoes import DOUBTED, ECHO_PATIENCE_S, REMEMBERED, Echoes
from detector.health import Health
from detector.types import Image
from tests.detector.test_health import STREET, a_frame, a_look

EVERY_S = 5.0
IN_VAIN = int(ECHO_PATIENCE_S / EVERY_S)
"""Echoes that are still believed."""


def shown(health: Health, pictures: list[Image]) -> list[str | None]:
    return [health.check(a_frame(one, EVERY_S * n)) for n, one in enumerate(pictures)]


@pytest.fixture
def health() -> Health:
    return Health(echoes=Echoes())


@pytest.mark.parametrize("length", [2, 3, 10])
def test_a_loop_is_told_after_minutes_and_no_news_from_then_on(health: Health, length: int) -> None:
    loop = [a_look() for _ in range(length)]
    told = shown(health, loop * (140 // length))
    assert told[: length + IN_VAIN] == [None] * (length + IN_VAIN)
    assert set(told[length + IN_VAIN :]) == {"looped"}


def test_pictures_of_a_loop_that_were_not_read_on_an_earlier_turn_are_no_news() -> None:
    health, loop = Health(echoes=Echoes(patience_s=20)), [a_look() for _ in range(30)]
    first, again = loop[::6], loop[::6] + loop[3::6] + loop[4::6]
    told = shown(health, first + again)
    assert told == [None] * 9 + ["looped"] * (len(again) - 4)


def test_what_a_server_kept_and_sends_again_is_no_loop(health: Health) -> None:
    lived = [a_look() for _ in range(20)]
    again = [one for n in range(20) for one in (*lived[n : n + 1], *[a_look() for _ in range(DOUBTED)])]
    assert set(shown(health, lived + again)) == {None}


def test_a_camera_that_is_back_is_believed_after_a_minute() -> None:
    health, loop = Health(echoes=Echoes(patience_s=10)), [a_look() for _ in range(4)]
    told = shown(health, loop * 3 + [a_look() for _ in range(DOUBTED + 5)])
    assert told[12:] == ["looped"] * (DOUBTED - 1) + [None] * 6


def test_a_live_camera_is_never_taken_for_a_loop_and_no_memory_grows() -> None:
    echoes, dice = Echoes(patience_s=0), np.random.default_rng(2)
    looks = [dice.integers(0, 255, (20, 30)).astype(np.uint8) for _ in range(3 * REMEMBERED)]
    assert not any(echoes.goes_round(look, EVERY_S * n) for n, look in enumerate(looks))


def test_a_sender_who_chooses_what_to_send_may_send_it_again() -> None:
    loop = [a_look() for _ in range(3)]
    assert set(shown(Health(), loop * 40)) == {None}


def test_a_still_picture_is_frozen_and_no_loop(health: Health) -> None:
    assert shown(health, [STREET] * 4) == [None, "frozen", "frozen", "frozen"]
