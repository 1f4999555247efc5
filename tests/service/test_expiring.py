"""A pass over the originals: files apart from rows, and whole whenever it is cut off between the two."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from detector.catalog import load_catalog
from service.evidence import UNTOUCHED, EvidenceFolder
from service.evidence.base import Removal
from service.expiring import EXPIRY, Expiry, plan_expiry
from service.policies import InForce
from service.settings import Settings
from service.store import Store
from service.store.jobs import Job
from service.store.originals import Originals
from service.store.pictures import Picture
from service.timed import ERRAND_LEASE, Timed
from service.upkeep import open_data
from service.verifying import damages
from tests.build import NOON, SHANGHAI, a_picture, a_policy
from tests.expiries import a_pass
from tests.fakes import FakeClock
from tests.serving import settings_in

POLICY = a_policy()
OVER = NOON + timedelta(days=400)
LATER = OVER + timedelta(days=30)
"""After so long nobody looked back for what had been let go of."""

FACE, SHOWN = b"a face", b"blurred"


@dataclass
class City:
    """A city with one picture that is behind no ticket, on a disk whose files are as old as the rows say."""

    settings: Settings
    store: Store
    evidence: EvidenceFolder
    original: str

    def keep(self, data: bytes, at: datetime) -> str:
        """Write an object at that time, and say its name."""
        name = self.evidence.write(data)
        os.utime(self.evidence.path(name), (at.timestamp(), at.timestamp()))
        return name

    def picture(self) -> Picture:
        """Its row."""
        with self.store.read() as rows:
            return rows.pictures.get("picture")

    def again(self) -> Expiry:
        """The job in a process that has just started."""
        return Expiry(self.settings.data, self.evidence, lambda: 0.0)


def a_worker(city: City, clock: FakeClock, holder: str, expiry: Expiry) -> Timed:
    in_force = InForce(city.store, load_catalog(), SHANGHAI, clock)
    in_force.refresh()
    return Timed(city.store, in_force, clock, holder, {}, errands={EXPIRY: expiry})


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    settings = settings_in(tmp_path / "city")
    made = City(settings, open_data(settings), EvidenceFolder(settings.evidence), "")
    made.original, shown = made.keep(FACE, NOON), made.keep(SHOWN, NOON)
    with made.store.write() as rows:
        kept = replace(a_picture(picture_id="picture"), original_sha256=made.original, blurred_sha256=shown)
        rows.pictures.add(kept)
    yield made
    made.store.engine.dispose()


def test_an_original_goes_by_its_row_then_by_its_file_and_its_row_says_so_last(city: City) -> None:
    moments = []
    for now in (OVER, OVER, OVER + UNTOUCHED * 2):
        a_pass(city.store, city.again(), POLICY, now)
        picture = city.picture()
        binned = [name for name, _ in city.evidence.binned()]
        is_there = city.original in city.evidence.names()
        moments.append((picture.original_gone_at, picture.original_removed_at, binned, is_there))
        assert list(damages(city.settings)) == []
    assert moments == [
        (OVER, None, [], True),
        (OVER, OVER, [city.original], True),
        (OVER, OVER, [], False),
    ]


def test_a_pass_that_is_cut_off_between_file_and_row_is_made_up_for_by_the_next_one(city: City) -> None:
    """P5: the file is gone and its row does not say so yet."""
    a_pass(city.store, city.again(), POLICY, OVER)
    city.again()(city.store, OVER)  # what it would have written is lost
    assert [name for name, _ in city.evidence.binned()] == [city.original]
    assert city.picture().original_removed_at is None
    assert list(damages(city.settings)) == []
    a_pass(city.store, city.again(), POLICY, LATER)
    assert city.picture().original_removed_at == LATER
    assert list(city.evidence.names()) == [city.picture().blurred_sha256]
    assert list(damages(city.settings)) == []


def test_a_file_whose_row_says_that_it_may_go_goes_however_long_the_service_was_off(city: City) -> None:
    """P5: the row says it and the file is there."""
    a_pass(city.store, city.again(), POLICY, OVER)
    assert list(damages(city.settings)) == []
    for now in (LATER, LATER + UNTOUCHED * 2):
        a_pass(city.store, city.again(), POLICY, now)
    assert city.original not in city.evidence.names()


def test_bytes_that_come_again_stay_until_the_time_of_the_last_picture_is_over(city: City) -> None:
    a_pass(city.store, city.again(), POLICY, OVER)
    city.keep(FACE, OVER)
    again = replace(city.picture(), id="again", created_at=OVER, original_gone_at=None, blurred_sha256=None)
    with city.store.write() as rows:
        rows.pictures.add(again)
    for now in (OVER, OVER + UNTOUCHED * 4):
        a_pass(city.store, city.again(), POLICY, now)
    assert (city.original in city.evidence.names(), city.picture().original_removed_at) == (True, None)
    assert list(damages(city.settings)) == []
    with city.store.write() as rows:
        rows.pictures.set_blurred("again", str(city.picture().blurred_sha256))
    for days in (400, 401, 402):
        a_pass(city.store, city.again(), POLICY, OVER + timedelta(days=days))
    assert city.original not in city.evidence.names()


def test_when_the_bytes_of_a_picture_went_stays_said_when_the_same_come_and_go_again(city: City) -> None:
    for now in (OVER, OVER, OVER + UNTOUCHED * 2):
        a_pass(city.store, city.again(), POLICY, now)
    city.keep(FACE, LATER)
    again = replace(city.picture(), id="again", created_at=OVER, original_gone_at=None, original_removed_at=None)
    with city.store.write() as rows:
        rows.pictures.add(again)
    for now in (LATER + UNTOUCHED, LATER + UNTOUCHED * 2):
        assert list(damages(city.settings)) == []
        a_pass(city.store, city.again(), POLICY, now)
    with city.store.read() as rows:
        moments = [rows.pictures.get(name).original_removed_at for name in ("picture", "again")]
    assert moments == [OVER, LATER + UNTOUCHED * 2]
    assert list(damages(city.settings)) == []


def test_an_original_that_lies_there_again_after_it_went_is_told_by_verify(city: City) -> None:
    """P9: the disk of the pictures was replaced by what it held yesterday, or was not there while they were removed."""
    away = city.settings.evidence.rename(city.settings.data / "away")
    for now in (OVER, OVER):
        a_pass(city.store, city.again(), POLICY, now)
    assert city.picture().original_removed_at == OVER
    away.rename(city.settings.evidence)
    left = {"problem": "original.left", "sha256": city.original, "picture": "picture"}
    assert list(damages(city.settings)) == [left]
    city.evidence.path(city.original).unlink()
    assert list(damages(city.settings)) == []


class Leaping(EvidenceFolder):
    """A folder that lets the clock of a pass leap ahead while its files are dealt with."""

    clock: FakeClock

    def binned(self) -> list[tuple[str, datetime]]:
        """As `Evidence.binned`."""
        self.clock.forward(timedelta(days=4000))
        return super().binned()


def test_a_clock_that_leaps_in_the_midst_of_a_pass_takes_no_original_along(city: City) -> None:
    """P9."""
    clock, leaping = FakeClock(NOON + timedelta(hours=1)), Leaping(city.settings.evidence)
    leaping.clock = clock
    worker = a_worker(city, clock, "worker", Expiry(city.settings.data, leaping, lambda: 0.0))
    plan_expiry(city.store, clock())
    worker.run_due()
    with city.store.read() as rows:
        job = rows.jobs.find(EXPIRY)
    assert job is not None
    assert (job.outcome, city.picture().original_gone_at) == ("nothing.due", None)


class Slow(EvidenceFolder):
    """A folder that is far away: a pass lasts minutes, and meanwhile somebody else looks for work."""

    clock: FakeClock
    other: Timed

    def binned(self) -> list[tuple[str, datetime]]:
        """As `Evidence.binned`."""
        self.clock.forward(timedelta(minutes=5))
        assert self.other.claim() == []
        return super().binned()


def test_a_pass_that_lasts_minutes_is_taken_over_by_nobody(city: City) -> None:
    clock, slow = FakeClock(OVER), Slow(city.settings.evidence)
    slow.clock, slow.other = clock, a_worker(city, clock, "other", city.again())
    plan_expiry(city.store, OVER)
    worker = a_worker(city, clock, "worker", Expiry(city.settings.data, slow, lambda: 0.0))
    [job] = worker.claim()
    assert not worker.do(job)
    assert city.picture().original_gone_at == OVER
    clock.now = OVER + timedelta(minutes=6)
    [job] = worker.claim()
    clock.forward(ERRAND_LEASE)
    assert [one.key for one in slow.other.claim()] == [job.key]
    assert not worker.do(job)
    assert city.picture().original_removed_at is None


def test_what_has_to_be_removed_is_found_by_an_index(store: Store) -> None:
    asked: list[Any] = []
    with store.read() as rows:
        explain = "EXPLAIN QUERY PLAN"
        if store.engine.dialect.name == "postgresql":
            explain = "EXPLAIN"
            rows.connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # a table without rows
        event.listen(rows.connection, "before_cursor_execute", lambda *told: asked.append(told[2:4]))
        Originals(rows.connection, rows.audit).to_remove(1)
        query, told = asked[-1]
        plan = rows.connection.exec_driver_sql(f"{explain} {query}", told).all()
    assert "ix_pictures_to_remove" in str(plan)


class Crowded(EvidenceFolder):
    """A folder in which each removal lasts until somebody else has written to the database."""

    store: Store

    def remove(self, sha256: str, now: datetime) -> Removal:
        """As `Evidence.remove`."""
        with self.store.write() as rows:
            rows.jobs.plan(Job("crowd", "crowd", "thing", now))
        return super().remove(sha256, now)


def test_others_write_while_files_are_dealt_with(city: City) -> None:
    crowded = Crowded(city.settings.evidence)
    crowded.store = city.store
    clock = FakeClock(OVER)
    worker = a_worker(city, clock, "worker", Expiry(city.settings.data, crowded, lambda: 0.0))
    plan_expiry(city.store, OVER)
    outcomes = []
    for _ in range(2):
        worker.run_due()
        with city.store.read() as rows:
            job = rows.jobs.find(EXPIRY)
        assert job is not None
        outcomes.append(job.outcome)
        clock.now = job.at
    assert outcomes == ["originals.gone", "originals.gone"]
    assert [name for name, _ in city.evidence.binned()] == [city.original]
