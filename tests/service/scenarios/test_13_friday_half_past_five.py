"""Scenario 13: Friday 17:30 and the two due times; holidays and the weekend days worked in exchange are honoured."""

from datetime import datetime

import pytest

from service.domain.states import Role
from tests.build import SHANGHAI, a_jpeg
from tests.service.scenarios.desk import Desk
from tests.serving import send_photo

FRIDAY = datetime(2026, 11, 27, 17, 30, tzinfo=SHANGHAI)


def due(desk: Desk, condition: str, lat: str) -> str:
    """The city's weekday and time at which something is due that is filed on Friday at 17:30."""
    desk.serving.clock.now = FRIDAY
    sent = send_photo(
        desk.serving.http, a_jpeg(), desk.keys["inspector"], lat=lat, lon="121.4737", condition=condition
    ).json()
    ticket = next(ticket["id"] for ticket in sent["tickets"] if ticket["condition"] == condition)
    told = desk.walk(ticket, "filed")
    return datetime.fromisoformat(told["due_at"]).astimezone(SHANGHAI).strftime("%a %H:%M")


def the_council_swaps(desk: Desk, **days: str) -> None:
    admin = desk.serving.key(Role.ADMIN)
    now = desk.serving.http.get("/api/policy", headers=admin).json()
    text = now["text"]
    for key, day in days.items():
        text = text.replace(f"{key} = []", f"{key} = [{day}]")
    wish = {"text": text, "based_on": now["sha256"], "reason": "the state council's calendar"}
    assert desk.serving.http.put("/api/policy", json=wish, headers=admin).status_code == 200


def test_four_working_hours_end_on_monday_and_two_urgent_hours_the_same_evening(desk: Desk) -> None:
    assert due(desk, "litter", "31.2304") == "Mon 11:30"
    assert due(desk, "out_of_store", "31.2304") == "Fri 19:30"


@pytest.mark.parametrize(
    ("days", "litter"),
    [
        ({"workdays": "2026-11-28"}, "Sat 11:30"),
        ({"holidays": "2026-11-30"}, "Tue 11:30"),
        ({"workdays": "2026-11-29", "holidays": "2026-11-30"}, "Sun 11:30"),
    ],
)
def test_swapped_days_move_working_hours_and_not_urgent_ones(desk: Desk, days: dict[str, str], litter: str) -> None:
    the_council_swaps(desk, **days)
    assert due(desk, "litter", "31.2304") == litter
    assert due(desk, "out_of_store", "31.2304") == "Fri 19:30"
