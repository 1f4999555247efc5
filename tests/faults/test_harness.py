"""The fault runs would notice: each check is shown a service that lies."""

import errno
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from benchmarks.figures import Figure, read_rows, write_figures
from benchmarks.report import in_block
from service.store import migrate, open_engine
from tests.faults.canaries import Cage
from tests.faults.corpus import Hostile, corpus, mutations
from tests.faults.disguises import wrong_policy
from tests.faults.disk_errors import wrong_answers
from tests.faults.grounds import Files
from tests.faults.injection import Fault, Operation
from tests.faults.inspector import doubled, missing
from tests.faults.ledger import Ledger
from tests.faults.matrix import Operation as Route
from tests.faults.matrix import cells, verdict
from tests.faults.outcome import Outcome, broken_cases, scrub_figure
from tests.faults.pictures import shot
from tests.faults.retries import too_many
from tests.faults.upgrade import judge

ANSWER = {"photo": {"id": "pho_1"}, "observations": [{"id": "obs_1"}], "tickets": [{"id": "tic_1"}]}


def a_service(**broken: Callable[[], httpx.Response]) -> httpx.Client:
    """A service that keeps `shot(1)`, but for what is broken: `photo`, `original`, `observation`, `ticket`, `list`."""
    ticket = {"place": {"lat": shot(1).lat, "lon": shot(1).lon}, "condition": "litter"}
    whole: dict[str, Callable[[], httpx.Response]] = {
        "photo": lambda: httpx.Response(200, json={"photo": {"evidence_id": "pic_1"}}),
        "original": lambda: httpx.Response(200, content=shot(1).jpeg),
        "observation": lambda: httpx.Response(200, json={}),
        "ticket": lambda: httpx.Response(200, json={}),
        "list": lambda: httpx.Response(200, json={"items": [ticket], "next": None}),
    }
    names = {"/api/photos/pho_1": "photo", "/api/evidence/pic_1": "original", "/api/observations/obs_1": "observation"}
    names |= {"/api/tickets/tic_1": "ticket", "/api/tickets": "list"}
    transport = httpx.MockTransport(lambda request: (whole | broken)[names[request.url.path]]())
    return httpx.Client(transport=transport, base_url="http://service")


def a_ledger(folder: Path) -> Ledger:
    ledger = Ledger(folder / "ledger.jsonl")
    ledger.intend(shot(1))
    ledger.acknowledge(shot(1), ANSWER)
    return ledger


def gone() -> httpx.Response:
    return httpx.Response(404)


def test_a_service_that_keeps_everything_has_nothing_missing(tmp_path: Path) -> None:
    assert missing(a_service(), a_ledger(tmp_path)) == []


@pytest.mark.parametrize("part", ["photo", "original", "observation", "ticket"])
def test_a_lost_part_is_missing(tmp_path: Path, part: str) -> None:
    assert len(missing(a_service(**{part: gone}), a_ledger(tmp_path))) == 1


def test_an_original_with_other_bytes_is_missing(tmp_path: Path) -> None:
    torn = a_service(original=lambda: httpx.Response(200, content=b""))
    assert "other bytes" in missing(torn, a_ledger(tmp_path))[0]


def test_two_tickets_at_one_place_and_one_too_few_are_noticed() -> None:
    ticket = {"place": {"lat": shot(1).lat, "lon": shot(1).lon}, "condition": "litter"}
    twice = a_service(list=lambda: httpx.Response(200, json={"items": [ticket, ticket], "next": None}))
    assert doubled(a_service(), [shot(1)]) == []
    assert len(doubled(twice, [shot(1)])) == 1
    assert len(doubled(a_service(), [shot(1), shot(2)])) == 1


def test_another_condition_that_the_model_saw_is_no_double() -> None:
    place = {"lat": shot(1).lat, "lon": shot(1).lon}
    seen = [{"place": place, "condition": condition} for condition in ("litter", "illegal_ad")]
    assert doubled(a_service(list=lambda: httpx.Response(200, json={"items": seen, "next": None})), [shot(1)]) == []


def test_the_ledger_is_on_disk_line_by_line(tmp_path: Path) -> None:
    ledger = a_ledger(tmp_path)
    ledger.intend(shot(2))
    lines = [json.loads(line) for line in (tmp_path / "ledger.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [next(iter(line)) for line in lines] == ["sent", "acked", "sent"]
    assert ([entry.shot.key for entry in ledger.acked], [entry.shot.key for entry in ledger.open]) == (
        [shot(1).key],
        [shot(2).key],
    )


@pytest.mark.parametrize(("status", "count"), [(201, 0), (507, 0), (500, 0), (0, 1), (422, 1)])
def test_a_failing_call_is_never_blamed_on_the_client(status: int, count: int) -> None:
    assert len(list(wrong_answers(Fault(Operation.WRITE, error=errno.EIO), status))) == count


def test_more_than_one_created_photo_is_too_many() -> None:
    assert too_many(Counter({201: 1, 200: 4}), {"pho_1"}, 5) == []
    assert too_many(Counter({201: 2, 200: 3}), {"pho_1", "pho_2"}, 5) != []
    assert too_many(Counter({201: 1, 500: 4}), {"pho_1"}, 5) != []


def test_a_role_that_gets_through_without_a_right_is_unexpected() -> None:
    only_admin = frozenset({"admin"})
    assert verdict(404, "viewer", only_admin) == "allowed"
    assert verdict(401, "nobody", only_admin) is None
    assert verdict(403, "admin", only_admin) == "refused"


def test_a_route_without_a_cell_and_a_cell_without_a_route_fail() -> None:
    new = Route("get", "/api/new", frozenset({"admin"}))
    assert len(list(cells([new], {}))) == 1
    assert len(list(cells([new], {"GET /api/new": frozenset({"admin", "viewer"})}))) == 1
    assert len(list(cells([], {"GET /api/old": frozenset({"admin"})}))) == 1
    assert list(cells([new], {"GET /api/new": frozenset({"admin"})})) == []


def test_a_secret_in_a_text_sings() -> None:
    cage = Cage({"password": "tweet"})
    assert list(cage.singing("the log", "somebody said tweet")) == ["password in the log"]


def test_an_answer_without_nosniff_or_with_inline_scripts_is_wrong() -> None:
    policy = "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    good = {"x-content-type-options": "nosniff", "content-security-policy": policy}
    assert wrong_policy(httpx.Response(200, headers=good)) == []
    assert wrong_policy(httpx.Response(200)) != []
    loose = good | {"content-security-policy": policy + "; script-src 'unsafe-inline'"}
    assert wrong_policy(httpx.Response(200, headers=loose)) == ["policy with unsafe-inline"]


def test_the_corpus_has_no_two_files_of_one_name_and_mutations_repeat() -> None:
    names = [hostile.name for hostile in corpus()]
    assert len(set(names)) == len(names) > 60
    assert [one.body for one in mutations(5)] == [one.body for one in mutations(5)]


def test_a_5xx_is_never_a_right_answer_to_a_hostile_file() -> None:
    assert not Hostile("x", b"", legal=True).accepts(503, "busy")
    assert not Hostile("x", b"").accepts(201, None)


def test_damage_that_the_scrub_finds_breaks_p5_and_the_outcome() -> None:
    scrub = {"after": "P1", "damage": ["a row without a file"]}
    assert scrub_figure([scrub]).met is False
    assert Outcome([broken_cases("P1", "kills", [], [], "")], [scrub]).broken == ["a row without a file"]


def test_figures_are_written_as_the_contract_names_them(tmp_path: Path) -> None:
    write_figures(tmp_path / "new" / "faults.json", [Figure("P1", "kills", 0, "lost", 0, [1], "make faults ONLY=P1")])
    [row] = json.loads((tmp_path / "new" / "faults.json").read_text(encoding="utf-8"))
    assert {"id", "value", "unit", "target", "met", "rounds", "reference", "command"} <= row.keys()
    assert row["met"] is True


def test_tables_that_were_left_half_way_and_a_row_that_is_gone_are_noticed(tmp_path: Path) -> None:
    ground = Files(tmp_path, 10)
    with ground.a_city("0001") as url:
        engine = open_engine(url)
        migrate(engine, "0002")
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM verdicts WHERE seq = 3"))
        engine.dispose()
        found = list(judge(url, ground.contents_at("0001"), {"0001"}))
    assert found[0] == "the tables stand at 0002"
    assert "verdicts (3,) is gone" in found


def test_a_promise_that_is_run_alone_leaves_the_rows_of_others(tmp_path: Path) -> None:
    file = tmp_path / "faults.json"
    a_row, told = Figure("P9", "evidence", 0, "lost", 0, [1], "make faults ONLY=P9"), "make faults ONLY=P10"
    write_figures(file, [Figure("P10", "jobs", 3, "lost", 0, [], told), Figure("P10-late", "s", 9, "s", 60, [], told)])
    write_figures(file, [a_row], alone=True)
    write_figures(file, [Figure("P10", "jobs", 0, "lost", 0, [], told)], alone=True)
    assert [(row["id"], row["value"]) for row in read_rows(file)] == [("P9", 0), ("P10", 0)]


def test_a_page_without_the_two_comments_stays_as_it_is() -> None:
    assert in_block("text", "bench", "figures") == "text"
