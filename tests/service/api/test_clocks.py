"""Clocks over HTTP: what is due when, seen by those whose it is, and the work that waits."""

from datetime import datetime, timedelta

from service.domain.states import Role
from tests.build import a_jpeg
from tests.service.scenarios.desk import Desk
from tests.serving import Serving, send_photo


def test_an_open_ticket_shows_its_clock_and_its_next_alarm(serving: Serving) -> None:
    ops = serving.key(Role.OPS)
    sent = send_photo(serving.http, a_jpeg(), ops, lat="31.2304", lon="121.4737").json()
    serving.city.timed.run_due()
    (clock,) = serving.http.get("/api/clocks", headers=ops).json()["items"]
    assert (clock["number"], clock["timer"], clock["due_at"]) == (sent["tickets"][0]["number"], "filing", None)
    assert clock["stage_due_at"] == clock["next_alarm_at"]
    assert clock["forecast"] is None


def test_clocks_may_be_asked_for_what_ends_soon(serving: Serving) -> None:
    desk = Desk.of(serving)
    ticket = desk.report()
    desk.walk(ticket, "filed")
    due = datetime.fromisoformat(desk.see(ticket)["due_at"])

    def ending_before(moment: datetime) -> list[str]:
        asked = {"due_before": moment.isoformat()}
        return [
            one["ticket"]
            for one in serving.http.get("/api/clocks", params=asked, headers=desk.keys["ops"]).json()["items"]
        ]

    assert ending_before(due) == []
    assert ending_before(due + timedelta(seconds=1)) == [ticket]


def test_a_unit_sees_the_clocks_of_its_own_tickets_only(serving: Serving) -> None:
    ops = serving.key(Role.OPS)
    send_photo(serving.http, a_jpeg(), ops, lat="31.2304", lon="121.4737")
    assert serving.http.get("/api/clocks", headers=serving.key(Role.UNIT)).json()["items"] == []


def test_an_administrator_sees_the_work_that_waits_and_what_it_did(serving: Serving) -> None:
    admin = serving.key(Role.ADMIN)
    send_photo(serving.http, a_jpeg(), admin, lat="31.2304", lon="121.4737")
    serving.city.timed.run_due()
    listed = serving.http.get("/api/jobs", headers=admin).json()["items"]
    (waiting,) = [job for job in listed if job["kind"] == "clock"]
    assert (waiting["done_at"], waiting["outcome"]) == (None, None)
    serving.clock.forward(timedelta(hours=1))
    serving.city.timed.run_due()
    done = serving.http.get("/api/jobs", params={"done": "true"}, headers=admin).json()["items"]
    assert [job["outcome"] for job in done if job["key"] == waiting["key"]] == ["rang"]
    assert serving.http.get("/api/jobs", headers=serving.key(Role.OPS)).status_code == 403
