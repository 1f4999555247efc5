"""Whose a bucket is: no copy of a city, and no other one, writes or removes where the living one keeps evidence."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from service.backup import backup, restore
from service.clock import utc_now
from service.deployment import UNFINISHED
from service.errors import BucketTaken, DataUnusable, EvidenceAway, SettingsWrong
from service.evidence import UNTOUCHED, EvidenceFolder, open_evidence
from service.evidence.bucket import MARK, NOBODYS, open_bucket
from service.settings import Settings
from service.upkeep import city_of, open_data
from service.verifying import damages
from tests.buckets import Moto
from tests.build import NOON, a_picture
from tests.serving import command, settings_in

LITTER = b"a heap of litter"
SENT_SINCE = b"what was sent since"
CITY, OTHER_CITY = "cty_one", "cty_another"

pytestmark = pytest.mark.needs_moto


def id_of(city: Settings) -> str:
    store = open_data(city)
    found = city_of(store, NOON)
    store.engine.dispose()
    return found


def a_city_with_a_picture(moto: Moto, data: Path) -> tuple[Settings, str]:
    """A city that keeps its evidence in a bucket, and the name of the picture in it."""
    city = settings_in(data, bucket=moto.somewhere())
    name = open_evidence(city, id_of(city)).write(LITTER)
    store = open_data(city)
    with store.write() as rows:
        rows.pictures.add(replace(a_picture(), original_sha256=name))
    store.engine.dispose()
    return city, name


def lines_about(city: Settings, subject: str) -> list[tuple[str, dict[str, object]]]:
    """Actions and facts of the trail, but for hashes."""
    store = open_data(city)
    with store.read() as rows:
        lines = rows.audit.about(subject)
    store.engine.dispose()
    return [(line.action, {name: line.facts[name] for name in line.facts if name != "sha256"}) for line in lines]


def names_in(city: Settings) -> list[str]:
    return list(open_evidence(city).names())


def test_a_drill_is_refused_at_the_bucket_of_the_living_city_until_somebody_says_that_it_is_its(
    moto: Moto, tmp_path: Path
) -> None:
    """P9: what retention lets go of in a drill would be lost to the living city."""
    city, name = a_city_with_a_picture(moto, tmp_path / "city")
    backup(city, tmp_path / "copy", NOON)
    drill = settings_in(tmp_path / "drill")
    restore(drill, tmp_path / "copy", NOON)
    asked, live = ("--data", str(drill.data)), {"STREETWARDEN_BUCKET": str(city.bucket)}
    refused = command("run", *asked, "--port", "0", env=live)
    assert refused.returncode == 2
    told = json.loads(refused.stderr.splitlines()[-1])
    assert told == {"code": "bucket.of_another_city", "facts": {"city": id_of(drill), "marked": id_of(city)}}
    taken = command("bucket", "take", *asked, env=live)
    assert json.loads(taken.stdout) == {"bucket": city.bucket, "city": id_of(drill), "was": id_of(city)}
    open_evidence(replace(drill, bucket=city.bucket), id_of(drill))
    with pytest.raises(BucketTaken):
        open_evidence(city, id_of(city))
    assert names_in(city) == [name]
    assert lines_about(drill, "bucket") == [("bucket.taken", json.loads(taken.stdout))]


def test_a_bucket_is_not_taken_without_a_line_in_the_trail(moto: Moto, tmp_path: Path) -> None:
    city, _ = a_city_with_a_picture(moto, tmp_path / "city")
    ours = settings_in(tmp_path / "ours", bucket=city.bucket)
    store, id_of_ours = open_data(ours), id_of(ours)
    with store.write() as rows:
        rows.connection.exec_driver_sql("ALTER TABLE audit RENAME TO away")
    refused = command("bucket", "take", "--data", str(ours.data), env={"STREETWARDEN_BUCKET": str(city.bucket)})
    assert refused.returncode != 0
    open_evidence(city, id_of(city))
    with store.write() as rows:
        rows.connection.exec_driver_sql("ALTER TABLE away RENAME TO audit")
    store.engine.dispose()
    taken = command("bucket", "take", "--data", str(ours.data), env={"STREETWARDEN_BUCKET": str(city.bucket)})
    assert json.loads(taken.stdout) == {"bucket": city.bucket, "city": id_of_ours, "was": id_of(city)}


@pytest.mark.parametrize("is_older", [False, True])
def test_a_restore_that_was_cut_off_after_it_took_the_bucket_is_the_same_city_and_says_whose_it_was(
    moto: Moto, tmp_path: Path, is_older: bool
) -> None:
    """Also where an older program began it, which noted no city."""
    city, name = a_city_with_a_picture(moto, tmp_path / "city")
    backup(city, tmp_path / "copy", NOON)
    again, mark = settings_in(tmp_path / "again", bucket=city.bucket), tmp_path / "again" / UNFINISHED
    blocked = EvidenceFolder(tmp_path / "copy" / "evidence").path("f" * 64)
    blocked.mkdir(parents=True)
    told: list[str] = []
    for _ in range(2):
        with pytest.raises(OSError, match="f" * 62):
            restore(again, tmp_path / "copy", NOON, takes_bucket=True)
        if is_older and not told:
            mark.write_text(mark.read_text().splitlines()[0] + "\n")
        told.append(mark.read_text())
    blocked.rmdir()
    restored = restore(again, tmp_path / "copy", NOON, takes_bucket=True)
    assert restored["city"] == id_of(again) == told[1].split()[1]
    assert restored["was"] == (told[1].split()[2] if is_older else id_of(city))
    assert names_in(again) == [name]
    open_evidence(again, id_of(again))


def test_a_service_started_on_the_folder_of_a_backup_is_another_city(moto: Moto, tmp_path: Path) -> None:
    city, _ = a_city_with_a_picture(moto, tmp_path / "city")
    backup(city, tmp_path / "copy", NOON)
    started = replace(city, data=tmp_path / "copy", database_url=f"sqlite:///{tmp_path}/copy/streetwarden.sqlite")
    assert id_of(started) != id_of(city) == id_of(city)
    with pytest.raises(BucketTaken):
        open_evidence(started, id_of(started))


@pytest.mark.parametrize("do", ["write", "lay", "remove", "bring_back", "drop"])
def test_a_bucket_that_was_silent_at_the_start_is_asked_whose_it_is_before_anything_changes(
    moto: Moto, do: str
) -> None:
    somewhere = moto.somewhere()
    theirs = open_bucket(somewhere, OTHER_CITY)
    theirs.begin()
    name, binned = theirs.write(LITTER), theirs.write(b"in the bin")
    theirs.remove(binned, utc_now() + UNTOUCHED * 2)
    before = sorted(one["path"] for one in theirs.store.list().collect())
    clock_s = [0.0]
    ours = open_bucket(somewhere, CITY, monotonic=lambda: clock_s[0])
    moto.is_in("fail")
    ours.begin()
    moto.is_in("none")
    clock_s[0] = 2.0
    deeds = {
        "write": lambda: ours.write(SENT_SINCE),
        "lay": lambda: ours.lay(name, b"rotten"),
        "remove": lambda: ours.remove(name, utc_now() + UNTOUCHED * 2),
        "bring_back": lambda: ours.bring_back(binned),
        "drop": lambda: ours.drop(binned),
    }
    with pytest.raises(EvidenceAway) as away:
        deeds[do]()
    assert away.value.facts["problem"] == "other_city"
    assert ours.read(name) == LITTER  # it answers, so whoever reads waits for nothing
    assert sorted(one["path"] for one in theirs.store.list().collect()) == before
    assert ours.take() == OTHER_CITY
    assert ours.read(ours.write(SENT_SINCE)) == SENT_SINCE


def test_a_bucket_that_was_marked_before_marks_had_names_is_its_next_starts(moto: Moto) -> None:
    somewhere = moto.somewhere()
    ours = open_bucket(somewhere, CITY)
    ours.store.put(MARK, NOBODYS)
    ours.begin()
    with pytest.raises(BucketTaken):
        open_bucket(somewhere, OTHER_CITY).begin()
    ours.store.put(MARK, b"rotten")
    with pytest.raises(BucketTaken) as told:
        ours.begin()
    assert told.value.facts == {"city": CITY, "marked": "unreadable"}


def test_a_restore_after_a_disaster_takes_the_bucket_keeps_what_it_has_and_gives_what_it_lacks(
    moto: Moto, tmp_path: Path
) -> None:
    """P11: the database was lost, and with it what was sent since the backup; the bucket was not, but for a picture."""
    city, name = a_city_with_a_picture(moto, tmp_path / "city")
    backup(city, tmp_path / "copy", NOON)
    lost = open_evidence(city, id_of(city))
    since = lost.write(SENT_SINCE)
    lost.remove(name, utc_now() + UNTOUCHED * 2)
    lost.drop(name)
    again = settings_in(tmp_path / "again", bucket=city.bucket)
    told = restore(again, tmp_path / "copy", NOON, takes_bucket=True)
    whose = {"bucket": city.bucket, "city": id_of(again), "was": id_of(city)}
    assert (told["damaged"], told | whose == told) == ([], True)
    assert lines_about(again, "backup") == [("data.restored", {"seq": 1} | whose)]
    assert names_in(again) == sorted([name, since])
    assert list(damages(again)) == []
    open_evidence(again, id_of(again))
    with pytest.raises(BucketTaken):
        open_evidence(city, id_of(city))


def test_a_restore_into_a_bucket_marks_it_as_the_restored_citys_and_into_none_takes_none(
    moto: Moto, tmp_path: Path
) -> None:
    city, name = a_city_with_a_picture(moto, tmp_path / "city")
    backup(city, tmp_path / "copy", NOON)
    again = settings_in(tmp_path / "again", bucket=moto.somewhere())
    restore(again, tmp_path / "copy", NOON)
    open_evidence(again, id_of(again))
    assert names_in(again) == [name]
    with pytest.raises(BucketTaken):
        open_evidence(replace(again, bucket=again.bucket), id_of(city))
    with pytest.raises(SettingsWrong):
        restore(settings_in(tmp_path / "none"), tmp_path / "copy", NOON, takes_bucket=True)


def test_a_bucket_in_which_another_city_has_kept_nothing_yet_is_not_empty(moto: Moto, tmp_path: Path) -> None:
    city, _ = a_city_with_a_picture(moto, tmp_path / "city")
    backup(city, tmp_path / "copy", NOON)
    young = settings_in(tmp_path / "young", bucket=moto.somewhere())
    open_evidence(young, id_of(young))
    with pytest.raises(DataUnusable):
        restore(settings_in(tmp_path / "again", bucket=young.bucket), tmp_path / "copy", NOON)
    open_evidence(young, id_of(young))
