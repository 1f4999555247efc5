"""Who did what, as those who answer for it read it."""

import csv
import io

from sqlalchemy import update

from service.domain.states import Role
from service.store.audit_tables import audit
from tests.build import a_jpeg
from tests.serving import Serving, send_photo


def test_everything_that_somebody_did_is_read_newest_first_by_page_and_filter(serving: Serving) -> None:
    inspector, admin = serving.key(Role.INSPECTOR), serving.key(Role.ADMIN)
    [ticket] = send_photo(serving.http, a_jpeg(), inspector, lat="31.2", lon="121.4").json()["tickets"]
    move = {"to": "filed", "version": 1}
    assert serving.http.post(f"/api/tickets/{ticket['id']}/moves", json=move, headers=admin).status_code == 200

    def read(**query: object) -> dict[str, object]:
        answer = serving.http.get("/api/audit", params=query, headers=admin)
        assert answer.status_code == 200, answer.text
        return answer.json()

    lines = read()["items"]
    assert [line["action"] for line in lines[:4]] == ["ticket.moved", "ticket.opened", "evidence.kept", "key.created"]
    assert [line["seq"] for line in lines] == list(range(len(lines), 0, -1))
    assert [line["action"] for line in read(subject=ticket["id"])["items"]] == ["ticket.moved", "ticket.opened"]
    first = read(limit=2)
    assert [line["seq"] for line in read(limit=2, cursor=first["next"])["items"]] == [len(lines) - 2, len(lines) - 3]
    assert read(since="2030-01-01T00:00:00Z")["items"] == []
    head = serving.http.get("/api/audit/head", headers=admin).json()
    assert head == {"seq": lines[0]["seq"], "sha256": lines[0]["sha256"]}


def test_the_trail_is_for_those_who_answer_for_it(serving: Serving) -> None:
    told = {
        role: serving.http.get("/api/audit", headers=serving.key(role)).status_code for role in (Role.OPS, Role.CHIEF)
    }
    assert told == {Role.OPS: 403, Role.CHIEF: 200}


def test_a_filter_that_cannot_be_is_refused(serving: Serving) -> None:
    admin = serving.key(Role.ADMIN)
    for query in ({"cursor": "x"}, {"since": "yesterday"}, {"subject": "a\0"}, {"nonsense": "1"}):
        assert serving.http.get("/api/audit", params=query, headers=admin).status_code == 422


def test_the_whole_trail_is_walked_and_an_edit_is_told(serving: Serving) -> None:
    serving.person("ann", Role.OPS)
    serving.person("bob", Role.OPS)
    admin = serving.key(Role.ADMIN)
    told = serving.http.post("/api/audit/check", headers=admin).json()
    assert (told["good"], told["breaks"]) == (True, [])
    with serving.city.store.write() as rows:
        rows.connection.execute(update(audit).where(audit.c.seq == 2).values(actor="nobody"))
    told = serving.http.post("/api/audit/check", headers=admin).json()
    assert (told["good"], told["breaks"][0]) == (False, {"problem": "audit.changed", "seq": 2})


def test_the_trail_is_taken_away_as_csv_in_which_no_cell_is_a_formula(serving: Serving) -> None:
    serving.person("=cmd", Role.OPS)
    admin = serving.key(Role.ADMIN)
    answer = serving.http.get("/api/audit.csv?action=user.created", headers=admin)
    assert answer.status_code == 200, answer.text
    head, line = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (head[0], line[3]) == ("seq", "user.created")
    assert not any(cell.startswith("=") for cell in line)
    last = serving.http.get("/api/audit?limit=1", headers=admin).json()["items"][0]
    assert (last["action"], last["facts"]) == ("audit.exported", {"action": "user.created"})
