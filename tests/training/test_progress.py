"""Whoever waits for a long command hears from it."""

import pytest

from training import progress


def test_a_long_loop_says_how_far_it_is_and_a_short_one_is_quiet(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert list(progress.told(range(5), "short")) == list(range(5))
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(progress, "EVERY_S", -1.0)
    assert list(progress.told(range(3), "long")) == [0, 1, 2]
    assert capsys.readouterr().err.splitlines() == ["long: 0/3", "long: 1/3", "long: 2/3"]
