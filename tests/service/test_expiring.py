"""A pass over the originals: files apart from rows, and whole whenever it is cut off between the two."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from detector.catalog import load_catalog
from service.evidence import UNTOUCHED, EvidenceFolder
from service.evidence.base import Removal
from service.expiring import EXPIRY, Expiry, plan_expiry
from service.policies import InForce
from service.settings import Settings
from service.store import Store
from service.store.jobs import Job
from service.store.pictures import Picture
from service.timed import Timed
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

SHOWN = b"blurred"


@dataclass
class City:
    """A city with one picture that is behind no ticket, on a disk whose files are as old as the rows say."""

    settings: Settings
    store: Store
    evidence: EvidenceFolder
    original: str

    def picture(self) -> Picture:
        """Its row."""
        with self.store.read() as rows:
            return rows.pictures.get("picture")

    def again(self) -> Expiry:
        """The job in a process that has just started."""
        return Expiry(self.settings.data, self.evidence, lambda: 0.0)


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    settings = settings_in(tmp_path / "city")
    store, evidence = open_data(settings), EvidenceFolder(settings.evidence)
    original, shown = evidence.write(b"a face"), evidence.write(SHOWN)
    with store.write() as rows:
        kept = replace(a_picture(picture_id="picture"), original_sha256=original, blurred_sha256=shown)
        rows.pictures.add(kept)
    yield City(settings, store, evidence, original)
    store.engine.dispose()


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
    city.evidence.write(b"a face")
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
    in_force = InForce(city.store, load_catalog(), SHANGHAI, clock)
    expiry = Expiry(city.settings.data, crowded, lambda: 0.0)
    worker = Timed(city.store, in_force, clock, "worker", {}, errands={EXPIRY: expiry})
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
