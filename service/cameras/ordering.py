"""How often the policy wants a camera to look, for as long ahead as a computer at the edge may be on its own."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Final

from service.domain.policy import Policy
from service.domain.policy.windows import Spot

DAYS_AHEAD: Final = 8
"""A week of windows, and a day for a network that comes back late."""

Look = tuple[datetime, timedelta]


def looks_ahead(policy: Policy, spot: Spot, usual: timedelta, now: datetime) -> tuple[Look, ...]:
    """From which moments on a camera there looks how often, from local midnight on, so that a day's answer is one.

    Args:
        policy: whose windows count.
        spot: where the camera stands.
        usual: how often it looks where nothing is wanted.
        now: aware.
    """
    told: list[Look] = []
    for moment in sorted(set(_changes(policy, now))):
        every = policy.look_every(spot, moment, usual)
        if not told or told[-1][1] != every:
            told.append((moment, every))
    return tuple(told)


def _changes(policy: Policy, now: datetime) -> Iterator[datetime]:
    """Every moment at which a window opens or closes, and every midnight."""
    today = policy.local(now).date()
    clocks = {clock for row in policy.watching for window in row.weekly.windows for clock in window}
    for day in (today + timedelta(days=number) for number in range(DAYS_AHEAD)):
        for clock in {time(0), *clocks}:
            yield datetime.combine(day, clock, policy.timezone).astimezone(UTC)
