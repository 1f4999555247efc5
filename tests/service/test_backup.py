"""A backup taken under load is whole, and goes back into either database."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from service.backup import backup, hold_evidence, restore
from service.casework import Occasion, move_ticket
from service.domain.moves import MoveRequest
from service.domain.states import Role, State
from service.errors import DataUnusable
from service.evidence import EvidenceFolder
from service.ingest import ingest
from service.settings import Settings
from service.store import Store
from service.store.tickets import TicketFilter
from service.upkeep import open_data
from service.verifying import damages
from tests.build import NOON, a_picture, a_place, a_policy, a_sighting, an_actor
from tests.databases import BOTH, drop_database, make_database
from tests.serving import settings_in

POLICY = a_policy()
DATABASES = ("sqlite", "postgresql")
UNREADABLE = "0" * 62


@pytest.fixture(params=DATABASES)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=DATABASES)
def other_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@contextmanager
def a_city(data: Path, kind: str, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """Settings of a city whose database is empty, of that kind."""
    if kind == "sqlite":
        yield settings_in(data, database_url=f"sqlite:///{data / 'streetwarden.sqlite'}")
        return
    server: str = request.getfixturevalue("postgresql")
    name = f"city_{uuid4().hex}"
    make_database(server, name)
    yield settings_in(data, database_url=server.format(name))
    drop_database(server, name)


def see(store: Store, evidence: EvidenceFolder, number: int) -> None:
    """A heap somewhere, with its photo in evidence; every second one is a duplicate of the one before."""
    sha256 = evidence.write(f"street {number}".encode())
    seen = a_sighting(place=a_place(metres_north=60 * number))
    with store.write() as tx:
        tx.pictures.add(replace(a_picture(picture_id=seen.picture_id), original_sha256=sha256))
        [outcome] = ingest(tx, [seen], actor=an_actor(Role.INSPECTOR), policy=POLICY, now=NOON)
        assert outcome.ticket is not None
        if number % 2:
            target = max(tx.tickets.open_ids() - {outcome.ticket.id})
            steps = (MoveRequest(State.VERIFYING, 1), MoveRequest(State.MERGED, 2, "the same", merge_target=target))
            for step in steps:
                move_ticket(tx, outcome.ticket.id, step, Occasion(an_actor(), POLICY, NOON))


def test_a_backup_taken_under_load_restores_into_either_database_and_verifies(
    tmp_path: Path, kind: str, other_kind: str, request: pytest.FixtureRequest
) -> None:
    """P11."""
    with a_city(tmp_path / "city", kind, request) as city, a_city(tmp_path / "again", other_kind, request) as again:
        store, evidence = open_data(city), EvidenceFolder(city.evidence)
        for number in range(6):
            see(store, evidence, number)
        over, seen = threading.Event(), [6]

        def go_on() -> None:
            while not over.is_set():
                see(store, evidence, seen[0])
                seen[0] += 1

        load = threading.Thread(target=go_on)
        load.start()
        before = seen[0]
        told = backup(city, tmp_path / "copy", NOON)
        over.set()
        load.join()
        restored = restore(again, tmp_path / "copy", NOON + timedelta(hours=1))
        assert (told["damaged"], restored["damaged"], "noted" in restored) == ([], [], False)
        assert list(damages(again)) == []
        kept = open_data(again)
        with kept.read() as rows:
            found = rows.tickets.page(TicketFilter(), limit=1000)
            assert before <= len(found) <= seen[0]
            assert sum(ticket.merged_into is not None for ticket in found) == len(found) // 2
            assert rows.audit.about("backup")[0].action == "data.restored"
        see(kept, EvidenceFolder(again.evidence), 1000)  # it counts on where the copy ended
        kept.engine.dispose()
        store.engine.dispose()


def test_a_damaged_object_and_a_changed_row_are_told_and_the_rest_is_restored(tmp_path: Path) -> None:
    city, again = settings_in(tmp_path / "city"), settings_in(tmp_path / "again")
    store, evidence = open_data(city), EvidenceFolder(city.evidence)
    see(store, evidence, 0)
    see(store, evidence, 2)
    backup(city, tmp_path / "copy", NOON)
    [spoilt, _] = sorted((tmp_path / "copy" / "evidence").glob("??/*"))
    spoilt.write_bytes(b"spoilt")
    told = restore(again, tmp_path / "copy", NOON)
    assert told["damaged"] == [spoilt.parent.name + spoilt.name]
    assert [damage["problem"] for damage in damages(again)] == ["changed"]
    store.engine.dispose()


def test_what_retention_let_go_of_stays_out_of_a_backup_also_while_it_lies_in_the_bin(tmp_path: Path) -> None:
    """P9: nobody would take it away where it is restored."""
    city = settings_in(tmp_path / "city")
    store, evidence = open_data(city), EvidenceFolder(city.evidence)
    kept, let_go, binned = (evidence.write(what) for what in (b"kept", b"let go", b"in the bin"))
    with store.write() as tx:
        for number, (name, gone_at) in enumerate(((kept, None), (let_go, NOON))):
            seen = replace(a_picture(picture_id=f"picture-{number}"), original_sha256=name, original_gone_at=gone_at)
            tx.pictures.add(seen)
    for name in (kept, binned):
        assert evidence.remove(name, NOON + timedelta(days=365 * 100)) == "removed"
    assert backup(city, tmp_path / "copy", NOON)["pictures"] == 1
    assert list(EvidenceFolder(tmp_path / "copy" / "evidence").names()) == [kept]  # a row speaks of it all the same
    assert let_go in list(evidence.names())
    store.engine.dispose()


def test_nothing_is_written_over(tmp_path: Path) -> None:
    city = settings_in(tmp_path / "city")
    open_data(city).engine.dispose()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter").write_text("keep me")
    with pytest.raises(DataUnusable):
        backup(city, tmp_path / "full", NOON)
    backup(city, tmp_path / "copy", NOON)
    with pytest.raises(DataUnusable):
        restore(city, tmp_path / "copy", NOON)
    with pytest.raises(DataUnusable):
        restore(settings_in(tmp_path / "again"), tmp_path / "full", NOON)


@pytest.mark.parametrize("kind", BOTH)
def test_a_restore_that_was_cut_off_starts_no_service_and_is_done_by_running_it_again(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    with a_city(tmp_path / "city", "sqlite", request) as city, a_city(tmp_path / "again", kind, request) as again:
        store = open_data(city)
        see(store, EvidenceFolder(city.evidence), 0)
        backup(city, tmp_path / "copy", NOON)
        store.engine.dispose()
        [folder] = (tmp_path / "copy" / "evidence").glob("??")
        (folder / UNREADABLE).mkdir()
        with pytest.raises(OSError, match=UNREADABLE):
            restore(again, tmp_path / "copy", NOON)
        again.evidence.mkdir(exist_ok=True)
        (again.evidence / "half").write_bytes(b"half of a picture")
        (folder / UNREADABLE).rmdir()
        with pytest.raises(DataUnusable, match="run it again"):
            open_data(again)
        restore(again, tmp_path / "copy", NOON)
        assert list(damages(again)) == []
        open_data(again).engine.dispose()


def test_evidence_is_not_removed_while_it_is_copied(tmp_path: Path) -> None:
    with hold_evidence(tmp_path) as copying, hold_evidence(tmp_path, to_remove=True) as removing:
        assert (copying, removing) == (True, False)
    with hold_evidence(tmp_path, to_remove=True) as removing, hold_evidence(tmp_path) as copying:
        assert (copying, removing) == (False, True)
