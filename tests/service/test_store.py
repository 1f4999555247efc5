"""The database: durable settings, migrations, cursors, filters, and what is said when it cannot write."""

import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pysqlite3
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import event, insert, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.schema import CreateTable

from detector.types import GeoPoint
from service.domain.audit import AuditLine
from service.domain.matching import distance_m
from service.domain.moves import Circumstances, MoveRequest, move
from service.domain.policy import HandlingUnit
from service.domain.states import Role, State
from service.domain.ticket import Change, TicketName, open_ticket
from service.errors import (
    Busy,
    CameraExists,
    CameraUnknown,
    DatabaseAway,
    DataUnusable,
    LibraryTooOld,
    PhotoUnknown,
    StorageFull,
    TicketChanged,
    TicketUnknown,
)
from service.store import Store, Transaction, migrate, open_engine, transaction
from service.store import engine as opened
from service.store.cameras import Camera, CameraKind
from service.store.cells import cell_of, cells_within, districts_within
from service.store.ids import new_id, stable_id
from service.store.tables import meta, metadata, tickets
from service.store.tickets import BBox, TicketFilter
from tests.build import METRES_A_DEGREE, NOON, SHANGHAI, a_photo, a_picture, a_place, a_policy, a_sighting, an_actor

POLICY = a_policy()


def a_saved_ticket(
    tx: Transaction, now: datetime = NOON, *, metres_north: float = 0, condition: str = "litter"
) -> Change:
    name = TicketName(new_id("tic", now), tx.tickets.next_number(now, SHANGHAI))
    seen = a_sighting(condition, place=a_place(metres_north=metres_north), seen_at=now)
    change = open_ticket(name, seen, an_actor(), POLICY, now)
    tx.tickets.save(change)
    return change


def test_every_commit_reaches_the_disk_before_it_is_acknowledged(sqlite_store: Store) -> None:
    with sqlite_store.read() as tx:
        pragmas = ("journal_mode", "synchronous", "foreign_keys")
        said = {name: tx.connection.execute(text(f"PRAGMA {name}")).scalar() for name in pragmas}
    assert said == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_the_library_is_new_enough_and_an_old_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert pysqlite3.sqlite_version_info >= opened.OLDEST_SQLITE
    monkeypatch.setattr(opened, "OLDEST_SQLITE", (99, 0, 0))
    with pytest.raises(LibraryTooOld):
        open_engine("sqlite:///:memory:")


def test_migrations_make_exactly_the_tables_of_the_program(store: Store) -> None:
    with store.read() as tx:
        assert compare_metadata(MigrationContext.configure(tx.connection), metadata) == []
    assert opened.revision(store.engine) == opened.newest_revision()


def test_migrating_twice_is_migrating_once(store: Store) -> None:
    with store.write() as tx:
        kept = a_saved_ticket(tx).ticket
    migrate(store.engine)
    with store.read() as tx:
        assert tx.tickets.get(kept.id) == kept


def test_who_comes_alone_is_given_the_same_connection_again(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'city.sqlite'}")
    with engine.connect(), engine.connect():
        pass
    used = []
    for _ in range(2):
        with engine.connect() as connection:
            used.append(connection.connection.driver_connection)
    assert used[0] is used[1]
    engine.dispose()


def test_a_migration_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'city.sqlite'}")
    with monkeypatch.context() as broken:
        broken.setattr("alembic.op.create_index", _cut_off)
        with pytest.raises(InterruptedError):
            migrate(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar() == 0
    migrate(engine)
    engine.dispose()


def _cut_off(*_: object, **__: object) -> None:
    raise InterruptedError


def test_a_file_that_is_no_database_and_one_from_the_future_are_refused(tmp_path: Path, store: Store) -> None:
    (tmp_path / "noise.sqlite").write_bytes(b"this is no database at all, " * 100)
    noise = open_engine(f"sqlite:///{tmp_path / 'noise.sqlite'}")
    with pytest.raises(DataUnusable):
        migrate(noise)
    noise.dispose()
    with store.write() as tx:
        tx.connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DataUnusable):
        migrate(store.engine)


def test_no_table_needs_what_postgresql_lacks() -> None:
    for table in metadata.sorted_tables:
        assert str(CreateTable(table).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]  # untyped upstream


def test_a_moment_comes_back_aware_and_one_without_a_zone_is_refused(store: Store) -> None:
    with store.write() as tx:
        saved = a_saved_ticket(tx, datetime(2026, 11, 25, 20, 0, tzinfo=SHANGHAI)).ticket
        found = tx.connection.execute(select(tickets.c.opened_at)).scalar_one()
        assert (found, found.tzinfo) == (datetime(2026, 11, 25, 12, 0, tzinfo=UTC), UTC)
        assert tx.tickets.get(saved.id).opened_at == saved.opened_at
        with pytest.raises(StatementError, match="time zone"):
            tx.events.add(NOON.replace(tzinfo=None), "x", "y", {})


def test_what_a_failed_transaction_wrote_is_gone(store: Store) -> None:
    with pytest.raises(InterruptedError), store.write() as tx:  # noqa: PT012  # the failure comes after the write
        a_saved_ticket(tx)
        raise InterruptedError
    with store.read() as tx:
        assert tx.tickets.page(TicketFilter()) == []


def test_a_row_that_points_nowhere_is_refused(store: Store) -> None:
    with pytest.raises(IntegrityError), store.write() as tx:
        tx.photos.add(a_photo(a_picture()))


def test_two_who_move_one_ticket_do_not_overwrite_each_other(store: Store) -> None:
    with store.write() as tx:
        ticket = a_saved_ticket(tx).ticket
    change = move(ticket, MoveRequest(State.VERIFYING, 1), an_actor(), NOON, Circumstances(POLICY))
    with store.write() as tx:
        tx.tickets.save(change)
    with pytest.raises(TicketChanged), store.write() as tx:
        tx.tickets.save(change)
    with store.read() as tx:
        assert [entry.version for entry in tx.tickets.history_of(ticket.id)] == [1, 2]


def test_pages_follow_one_another_without_gaps_while_tickets_arrive(store: Store) -> None:
    with store.write() as tx:
        made = [a_saved_ticket(tx, NOON + timedelta(seconds=at), metres_north=100 * at).ticket.id for at in range(7)]
        first = tx.tickets.page(TicketFilter(), limit=3)
        a_saved_ticket(tx, NOON + timedelta(hours=1), metres_north=-500)
        second = tx.tickets.page(TicketFilter(), limit=3, before=first[-1].id)
        third = tx.tickets.page(TicketFilter(), limit=3, before=second[-1].id)
    assert [ticket.id for ticket in first + second + third] == made[::-1]


def test_tickets_are_found_by_state_condition_rectangle_and_words(store: Store) -> None:
    with store.write() as tx:
        litter = a_saved_ticket(tx).ticket
        ads = a_saved_ticket(tx, metres_north=1000, condition="illegal_ad").ticket
        place = ads.place or a_place()

        def found(wanted: TicketFilter) -> list[str]:
            return [ticket.id for ticket in tx.tickets.page(wanted)]

        around = BBox(place.lon - 0.001, place.lat - 0.001, place.lon + 0.001, place.lat + 0.001)
        assert found(TicketFilter(bbox=around)) == [ads.id]
        assert found(TicketFilter(conditions=frozenset({"litter"}))) == [litter.id]
        assert found(TicketFilter(states=frozenset({State.CLOSED}))) == []
        assert found(TicketFilter(q="-0002")) == [ads.id]
        assert found(TicketFilter(q="ILLEGAL_")) == [ads.id]
        assert found(TicketFilter(q="%")) == []
        assert found(TicketFilter(unit_id="housing")) == []
        assert tx.tickets.get(ads.number) == ads
        assert tx.tickets.count_by_state() == {State.REPORTED: 2}
        with pytest.raises(TicketUnknown):
            tx.tickets.get("tic_none")


def test_numbers_count_the_citys_days(store: Store) -> None:
    before, after = datetime(2026, 11, 25, 15, 59, tzinfo=UTC), datetime(2026, 11, 25, 16, 0, tzinfo=UTC)
    with store.write() as tx:
        numbers = [tx.tickets.next_number(at, SHANGHAI) for at in (before, before, after)]
    assert numbers == ["SW-20261125-0001", "SW-20261125-0002", "SW-20261126-0001"]


def test_a_full_disk_is_said_and_reading_goes_on(sqlite_store: Store) -> None:
    with sqlite_store.read() as tx:
        pages = tx.connection.execute(text("PRAGMA page_count")).scalar_one()
    with pytest.raises(StorageFull), sqlite_store.write() as tx:  # noqa: PT012  # the disk fills at some row
        tx.connection.execute(text(f"PRAGMA max_page_count = {pages}"))
        for at in range(1000):
            tx.connection.execute(insert(meta).values(key=f"k{at}", value="x" * 4000))
    with sqlite_store.read() as tx:
        assert tx.connection.execute(select(meta)).all() == []


def test_a_writer_who_waits_too_long_is_told_to_come_again(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transaction, "LONGEST_WAIT_S", 0.05)
    inside, over = threading.Event(), threading.Event()

    def linger() -> None:
        with sqlite_store.write():
            inside.set()
            over.wait(5)

    slow = threading.Thread(target=linger)
    slow.start()
    inside.wait(5)
    with pytest.raises(Busy), sqlite_store.write():
        pass
    over.set()
    slow.join()


def test_another_process_that_holds_the_file_makes_busy_not_a_crash(
    sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite_store.read():
        pass
    other = pysqlite3.connect(tmp_path / "city.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr(opened, "BUSY_TIMEOUT_MS", 20)
    impatient = Store(open_engine(f"sqlite:///{tmp_path / 'city.sqlite'}"))
    began = time.monotonic()
    with pytest.raises(Busy), impatient.write():
        pass
    assert time.monotonic() - began < 5
    other.execute("ROLLBACK")
    other.close()
    impatient.engine.dispose()


def test_a_database_that_is_not_there_or_says_nothing_is_away_and_nobody_waits_for_long() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        address = f"postgresql://city@127.0.0.1:{port}/city?connect_timeout=2"
        for _ in ("says nothing", "is not there"):
            engine = open_engine(address)
            with pytest.raises(DatabaseAway) as away, Store(engine).read():
                pass
            assert away.value.facts == {"retry_after_s": 1}
            engine.dispose()
            silent.close()


def test_events_are_numbered_and_read_from_where_one_left_off(store: Store) -> None:
    with store.write() as tx:
        a_saved_ticket(tx)
        a_saved_ticket(tx, metres_north=500)
    with store.read() as tx:
        first, second = tx.events.after(0)
        assert (first.type, first.body["state"], second.seq) == ("ticket.opened", "reported", tx.events.last_seq())
        assert tx.events.after(first.seq) == [second]


def test_an_audit_line_is_found_by_what_it_is_about(store: Store) -> None:
    line = AuditLine(NOON, "usr_1", "original.read", "pic_1", "a complaint", {"address": "::1"})
    with store.write() as tx:
        tx.audit.add(line)
        assert tx.audit.about("pic_1") == [line]


def test_cameras_are_kept_listed_and_known_by_their_trouble(store: Store) -> None:
    pole = Camera("pole-1", "Corner", CameraKind.FIXED, NOON, place=a_place(), url="rtsp://city/1")
    car = Camera("car-1", "Patrol car", CameraKind.MOVING, NOON)
    with store.write() as tx:
        tx.cameras.add(pole)
        tx.cameras.add(car)
        with pytest.raises(CameraExists):
            tx.cameras.add(car)
        assert tx.camera_events.tell("pole-1", "source.silent", NOON)
        assert [camera.trouble for camera in tx.cameras.pulled()] == ["source.silent"]
        tx.cameras.saw_frame("pole-1", NOON)
        assert [camera.id for camera in tx.cameras.page()] == ["car-1", "pole-1"]
        assert tx.cameras.get("pole-1").last_frame_at == NOON
        with pytest.raises(CameraUnknown):
            tx.cameras.get("pole-2")


def test_a_photo_is_kept_as_it_was_sent(store: Store) -> None:
    picture = a_picture()
    photo = a_photo(picture, note="behind the market", condition="litter", key="k", actor_role=Role.OPS)
    with store.write() as tx:
        tx.pictures.add(picture)
        tx.photos.add(photo)
        assert tx.photos.get(photo.id) == photo
        tx.pictures.set_blurred(picture.id, "b" * 64)
        assert [sha for _, sha in tx.pictures.hashes()] == ["0" * 64, "b" * 64]
        assert tx.pictures.without_derivative() == []
        with pytest.raises(PhotoUnknown):
            tx.photos.get("pho_none")


def test_units_take_their_latest_name(store: Store) -> None:
    with store.write() as tx:
        [first, *_] = tx.units.all()
        renamed = HandlingUnit(first.id, first.name.__class__(en="New name", zh="新名"))
        tx.units.put([renamed])
        assert tx.units.all()[0] == renamed
        assert len(tx.units.ids()) == len(POLICY.units)


places = some.builds(GeoPoint, some.floats(-85, 85), some.floats(-179, 179))


@given(places, some.floats(0, 200), some.floats(-1, 1), some.floats(-1, 1))
def test_no_place_within_the_radius_is_outside_the_cells(
    home: GeoPoint, radius_m: float, north: float, east: float
) -> None:
    shrink = METRES_A_DEGREE * 1.5
    stretch = max(0.08, abs(90 - abs(home.lat)) / 90)
    near = GeoPoint(home.lat + north * radius_m / shrink, home.lon + east * radius_m / shrink / stretch)
    if distance_m(home, near) <= radius_m:
        assert cell_of(near) in cells_within(home, radius_m)
        assert set(districts_within(home, radius_m)) & set(districts_within(near, radius_m))


@given(some.lists(some.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=some.just(UTC)), max_size=9))  # noqa: DTZ001  # bounds
def test_ids_sort_as_their_moments_do(moments: list[datetime]) -> None:
    moments = sorted({moment.replace(microsecond=0) for moment in moments})
    ids = [new_id("tic", moment) for moment in moments]
    assert ids == sorted(ids)


def test_the_same_parts_give_the_same_id_and_others_another() -> None:
    assert stable_id("pic", NOON, "pole-1", "a") == stable_id("pic", NOON, "pole-1", "a")
    assert stable_id("pic", NOON, "pole-1", "a") != stable_id("pic", NOON, "pole-1a", "")


def test_a_search_goes_through_notes_addresses_and_shops_once_not_for_each_ticket(sqlite_store: Store) -> None:
    said: list[str] = []
    with sqlite_store.read() as tx:
        event.listen(tx.connection, "before_cursor_execute", lambda *told: said.append(f"{told[2]}|{len(told[3])}"))
        tx.tickets.page(TicketFilter(q="noodles"))
        statement, _, many = said[-1].rpartition("|")
        plan = tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", ("x",) * int(many)).all()
    steps = [row[3] for row in plan]
    assert [step for step in steps if "CORRELATED" in step] == []
    assert len([step for step in steps if step.startswith("LIST SUBQUERY")]) == 3


def test_late_tickets_and_those_in_a_rectangle_are_found_by_an_index(sqlite_store: Store) -> None:
    with sqlite_store.read() as tx:
        for where, index in (
            ("state = 'filed' AND overdue_at IS NOT NULL", "ix_tickets_late"),
            ("lat BETWEEN 30 AND 30.01 AND lon BETWEEN 121 AND 121.01", "ix_tickets_lat_lon"),
            ("state = 'filed' ORDER BY id DESC LIMIT 30", "ix_tickets_state_id"),
        ):
            plan = tx.connection.execute(text("EXPLAIN QUERY PLAN SELECT * FROM tickets WHERE " + where)).all()  # noqa: S608
            assert index in plan[0][3], plan
