"""Evidence in a bucket, over TCP against moto's server, beside the folder, of which the same is promised."""

import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from service.backup import backup, restore
from service.clock import utc_now
from service.domain.states import Role
from service.errors import DataUnusable, EvidenceAway, EvidenceUnknown, SettingsWrong
from service.evidence import UNTOUCHED, Evidence, EvidenceFolder, scrub
from service.evidence.bucket import EvidenceBucket, open_bucket
from service.expiring import ASKED_AT_ONCE, EVERY, SOON, Expiry
from service.store.jobs import Effect
from service.store.pictures import Picture
from service.upkeep import open_data
from service.verifying import damages
from tests.buckets import Moto
from tests.build import NOON, a_detection, a_jpeg, a_picture, a_policy
from tests.expiries import a_pass
from tests.serving import send_photo, serve, settings_in

LITTER = b"a heap of litter"
PLACE = {"lat": "31.2", "lon": "121.4"}
QUICKLY = timedelta(seconds=0.5)
CITY, OTHER_CITY = "cty_one", "cty_another"
LATER = UNTOUCHED * 2


@pytest.fixture
def bucket(moto: Moto) -> EvidenceBucket:
    return open_bucket(moto.somewhere(), CITY, QUICKLY)


@pytest.fixture(params=["folder", pytest.param("bucket", marks=pytest.mark.needs_moto)])
def evidence(request: pytest.FixtureRequest, tmp_path: Path) -> Evidence:
    if request.param == "folder":
        return EvidenceFolder(tmp_path / "evidence")
    return open_bucket(request.getfixturevalue("moto").somewhere(), CITY)


def test_the_same_bytes_are_one_object_whoever_writes_them_and_how_often(evidence: Evidence) -> None:
    with ThreadPoolExecutor(4) as writers:
        [name] = set(writers.map(evidence.write, [LITTER] * 8))
    other = evidence.write(b"a car on the pavement")
    assert evidence.read(name) == LITTER
    assert list(evidence.names()) == sorted([name, other])
    assert list(evidence.names(name[:2])) == [name]
    assert list(evidence.names(name[:5])) == [name]


def test_a_damaged_object_is_told_and_healed_by_writing_it_again(evidence: Evidence) -> None:
    name = evidence.write(LITTER)
    evidence.lay(name, b"rotten")
    assert [damage.problem for damage in scrub(evidence, [name, "0" * 64])] == ["changed", "missing"]
    evidence.write(LITTER)
    assert list(scrub(evidence, [name])) == []


def test_what_is_not_there_is_unknown_and_no_name_but_a_hash_leads_anywhere(evidence: Evidence) -> None:
    with pytest.raises(EvidenceUnknown):
        evidence.read("a" * 64)
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        evidence.read("../secret")


def test_an_object_goes_by_the_bin_from_which_it_is_still_read(evidence: Evidence) -> None:
    name = evidence.write(LITTER)
    assert evidence.remove(name, utc_now()) == "kept"  # it was written just now
    assert evidence.remove(name, utc_now() + LATER) == "removed"
    assert evidence.remove(name, utc_now() + LATER) == "absent"
    assert (evidence.read(name), list(evidence.names())) == (LITTER, [name])
    assert [binned for binned, _ in evidence.binned()] == [name]
    evidence.bring_back(name)
    assert (evidence.read(name), evidence.binned()) == (LITTER, [])
    assert evidence.remove(name, utc_now() + LATER * 2) == "removed"
    evidence.drop(name)
    assert (list(evidence.names()), evidence.binned()) == ([], [])
    with pytest.raises(EvidenceUnknown):
        evidence.read(name)


def test_an_object_that_was_written_again_is_not_replaced_by_what_lies_in_the_bin(evidence: Evidence) -> None:
    name = evidence.write(LITTER)
    evidence.lay(name, b"rotten")
    assert evidence.remove(name, utc_now() + LATER) == "removed"
    evidence.write(LITTER)
    evidence.bring_back(name)
    assert (evidence.read(name), evidence.binned()) == (LITTER, [])


def test_bytes_that_come_again_just_while_they_are_removed_are_put_back(evidence: Evidence, tmp_path: Path) -> None:
    """A watchman of another machine keeps them between the look at their age and their removal, its row comes after."""
    settings = settings_in(tmp_path / "city")
    store = open_data(settings)
    sent_again, wanted_no_more = evidence.write(LITTER), evidence.write(b"last year's snow")
    for name in (sent_again, wanted_no_more):
        assert evidence.remove(name, utc_now() + LATER) == "removed"
    with store.write() as rows:
        rows.pictures.add(a_picture_of(sent_again))
    now = max(since for _, since in evidence.binned())
    expiry = Expiry(settings.data, evidence, lambda: 0.0)
    for moment, left in ((now, [wanted_no_more]), (now + UNTOUCHED, [])):
        a_pass(store, expiry, a_policy(), moment)
        assert [name for name, _ in evidence.binned()] == left
    assert list(evidence.names()) == [sent_again]
    store.engine.dispose()


def test_a_full_bin_is_emptied_in_passes_that_end_soon(tmp_path: Path) -> None:
    """Others wait to write meanwhile, and in a bucket each object is a question."""
    settings = settings_in(tmp_path / "city")
    store, evidence = open_data(settings), EvidenceFolder(settings.evidence)
    for number in range(ASKED_AT_ONCE + 3):
        name = f"{number:064x}"
        evidence.lay(name, LITTER)
        assert evidence.remove(name, utc_now() + LATER) == "removed"
    now = max(since for _, since in evidence.binned()) + UNTOUCHED
    expiry = Expiry(settings.data, evidence, lambda: 0.0)
    for left, next_at in ((3, now + SOON), (0, now + EVERY)):
        effect = a_pass(store, expiry, a_policy(), now)
        assert (len(evidence.binned()), effect) == (left, Effect("nothing.due", next_at))
    store.engine.dispose()


@pytest.mark.needs_moto
@pytest.mark.parametrize("wrong", [{"AWS_SECRET_ACCESS_KEY": "wrong"}, {"AWS_ACCESS_KEY_ID": "nobody"}])
def test_a_key_that_opens_nothing_is_told_at_the_start_and_never_repeated(
    moto: Moto, wrong: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)
    with capture_logs() as said, pytest.raises(SettingsWrong) as told:
        open_bucket(moto.somewhere(), CITY).begin()
    assert told.value.facts == {"name": "bucket", "value": "refused"}
    assert moto.secret not in str(said)
    assert moto.key not in str(said)


@pytest.mark.needs_moto
@pytest.mark.usefixtures("moto")
def test_a_bucket_that_is_not_there_is_told() -> None:
    with pytest.raises(SettingsWrong) as told:
        open_bucket("s3://another-bucket/city", CITY).begin()
    assert told.value.facts == {"name": "bucket", "value": "no_bucket"}


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("AWS_ACCESS_KEY_ID", ""),
        ("AWS_SECRET_ACCESS_KEY", ""),
        ("AWS_ACCESS_KEY_ID", "key\n"),
        ("AWS_SESSION_TOKEN", "令牌"),
        ("AWS_ENDPOINT_URL", ""),
        ("AWS_ENDPOINT_URL", "nothing"),
        ("AWS_ENDPOINT_URL", "store.example:9000"),
        ("AWS_ENDPOINT_URL", "http://"),
        ("AWS_ENDPOINT_URL", "http://store.example:99999"),
        ("AWS_ENDPOINT_URL", "http://somebody:secret@store.example"),
        ("AWS_ENDPOINT", "nothing"),
        ("AWS_ENDPOINT_URL_S3", "nothing"),
        ("AWS_REQUEST_PAYER", "perhaps"),
    ],
)
def test_settings_that_cannot_be_are_told_by_name_and_never_by_value(
    name: str, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
    for key, value in (keys | {name: wrong}).items():
        monkeypatch.setenv(key, value)
    with pytest.raises(SettingsWrong) as told:
        open_bucket("s3://city-evidence/city")
    assert told.value.facts in ({"name": name}, {"name": "bucket", "value": "unusable"})


@pytest.mark.needs_moto
@pytest.mark.parametrize("trouble", ["fail", "hang"])
def test_a_server_in_trouble_is_told_in_time_and_one_that_is_well_again_goes_on(moto: Moto, trouble: str) -> None:
    moto.is_in(trouble)
    somewhere = moto.somewhere()
    bucket = open_bucket(somewhere, CITY, QUICKLY)
    bucket.begin()  # a service starts all the same
    for _ in range(2):
        with pytest.raises(EvidenceAway) as away:
            bucket.write(LITTER)
        assert away.value.facts == {"problem": "unreachable", "retry_after_s": 2}
    moto.is_in("none")
    again = open_bucket(somewhere, CITY)
    again.begin()
    assert list(again.names()) == []
    assert again.read(again.write(LITTER)) == LITTER


@pytest.mark.needs_moto
def test_while_it_is_away_only_one_in_two_seconds_waits_for_it(moto: Moto) -> None:
    time_s = [0.0]
    bucket = EvidenceBucket(open_bucket(moto.somewhere(), request=QUICKLY).store, monotonic=lambda: time_s[0])
    moto.is_in("fail")
    with pytest.raises(EvidenceAway):
        bucket.write(LITTER)
    moto.is_in("none")
    with pytest.raises(EvidenceAway):
        bucket.write(LITTER)
    time_s[0] = 2.0
    assert bucket.read(bucket.write(LITTER)) == LITTER


def test_a_server_that_is_gone_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{nobody.getsockname()[1]}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        bucket = open_bucket("s3://city-evidence")
        with pytest.raises(EvidenceAway):
            bucket.read("a" * 64)


@pytest.mark.needs_moto
def test_a_photo_waits_with_its_sender_while_the_bucket_is_away_and_then_is_one_ticket(
    moto: Moto, tmp_path: Path
) -> None:
    with serve(tmp_path / "city", a_detection("litter", 0.8), bucket=moto.somewhere()) as serving:
        http, ops = serving.http, serving.key(Role.OPS)
        headers = {**serving.key(Role.INSPECTOR), "Idempotency-Key": "one"}
        moto.is_in("fail")
        refused = send_photo(http, a_jpeg(), headers, **PLACE)
        assert (refused.status_code, refused.json()["code"]) == (503, "evidence.away")
        assert refused.headers["Retry-After"] == "2"
        assert http.get("/api/tickets", headers=ops).json()["items"] == []  # all else goes on
        moto.is_in("none")
        sent = _sent_in_the_end(lambda: send_photo(http, a_jpeg(), headers, **PLACE))
        again = send_photo(http, a_jpeg(), headers, **PLACE)
        assert again.json() == sent
        assert len(http.get("/api/tickets", headers=ops).json()["items"]) == 1
        shown = http.get(f"/api/evidence/{sent['photo']['evidence_id']}", headers=ops)
        assert (shown.status_code, shown.headers["Content-Type"]) == (200, "image/jpeg")
        assert not serving.city.settings.evidence.exists()
        assert list(damages(serving.city.settings)) == []


@pytest.mark.needs_moto
def test_a_backup_takes_a_bucket_along_and_is_restored_into_another_or_a_folder(moto: Moto, tmp_path: Path) -> None:
    city = settings_in(tmp_path / "city", bucket=moto.somewhere())
    store, kept = open_data(city), open_bucket(str(city.bucket))
    with store.write() as rows:
        rows.pictures.add(a_picture_of(kept.write(LITTER)))
    store.engine.dispose()
    assert backup(city, tmp_path / "copy", NOON)["pictures"] == 1
    for name, bucket in (("bucket", moto.somewhere()), ("folder", None)):
        again = settings_in(tmp_path / name, bucket=bucket)
        assert restore(again, tmp_path / "copy", NOON)["damaged"] == []
        assert list(damages(again)) == []


@pytest.mark.needs_moto
def test_a_drill_writes_nothing_into_the_bucket_of_the_city_that_lives(moto: Moto, tmp_path: Path) -> None:
    """P9: the address of its bucket is still in the environment."""
    city = settings_in(tmp_path / "city", bucket=moto.somewhere())
    store, kept = open_data(city), open_bucket(str(city.bucket))
    gone = kept.write(LITTER)
    with store.write() as rows:
        rows.pictures.add(a_picture_of(gone))
    store.engine.dispose()
    backup(city, tmp_path / "copy", NOON)
    kept.remove(gone, utc_now() + LATER)
    kept.drop(gone)
    kept.write(b"what was sent since")
    before = list(kept.names())
    with pytest.raises(DataUnusable) as told:
        restore(settings_in(tmp_path / "drill", bucket=city.bucket), tmp_path / "copy", NOON)
    assert told.value.facts == {"path": city.bucket, "problem": "not empty"}
    assert list(kept.names()) == before
    assert not any((tmp_path / "drill").iterdir())


@pytest.mark.needs_moto
def test_a_restore_into_a_bucket_that_was_cut_off_is_done_by_running_it_again(moto: Moto, tmp_path: Path) -> None:
    """What was laid already stays whole, though the copy was spoilt meanwhile."""
    city, bucket = settings_in(tmp_path / "city"), moto.somewhere()
    store, kept = open_data(city), EvidenceFolder(city.evidence)
    name, cut_off = kept.write(LITTER), "f" * 64
    with store.write() as rows:
        rows.pictures.add(a_picture_of(name))
    store.engine.dispose()
    backup(city, tmp_path / "copy", NOON)
    copied = EvidenceFolder(tmp_path / "copy" / "evidence")
    copied.path(cut_off).mkdir(parents=True)
    again = settings_in(tmp_path / "again", bucket=bucket)
    with pytest.raises(OSError, match=cut_off[2:]):
        restore(again, tmp_path / "copy", NOON)
    open_bucket(bucket).write(LITTER)
    copied.path(cut_off).rmdir()
    copied.lay(name, b"spoilt")
    assert restore(again, tmp_path / "copy", NOON)["damaged"] == [name]
    assert list(damages(again)) == []


@pytest.mark.needs_moto
def test_a_backup_is_verified_by_what_lies_in_it_while_the_bucket_of_the_city_is_named(
    moto: Moto, tmp_path: Path
) -> None:
    """P11: else a lost picture of the copy would be found in the bucket that the copy is kept for."""
    city = settings_in(tmp_path / "city", bucket=moto.somewhere())
    store, kept = open_data(city), open_bucket(str(city.bucket))
    name = kept.write(LITTER)
    with store.write() as rows:
        rows.pictures.add(a_picture_of(name))
    store.engine.dispose()
    backup(city, tmp_path / "copy", NOON)
    copy = replace(city, data=tmp_path / "copy")
    assert list(damages(copy)) == []
    EvidenceFolder(copy.evidence).path(name).unlink()
    assert [damage["problem"] for damage in damages(copy)] == ["missing"]
    assert [one["path"] for one in kept.store.list().collect()] == [f"{name[:2]}/{name[2:]}"]  # no mark: they only read


@pytest.mark.needs_moto
def test_a_lost_object_and_a_bucket_that_is_away_are_told_apart_by_verify(moto: Moto, tmp_path: Path) -> None:
    city = settings_in(tmp_path / "city", bucket=moto.somewhere())
    store = open_data(city)
    with store.write() as rows:
        rows.pictures.add(a_picture_of("0" * 64))
    store.engine.dispose()
    assert [damage["problem"] for damage in damages(city)] == ["missing"]
    moto.is_in("fail")
    assert [damage["problem"] for damage in damages(city)] == ["evidence.away"]


def a_picture_of(name: str) -> Picture:
    return replace(a_picture(), original_sha256=name)


def _sent_in_the_end(send: Callable[[], httpx.Response]) -> dict[str, Any]:
    """What is answered once it is taken: as a phone does, which sends again until then."""
    while (answer := send()).status_code == 503:
        time.sleep(int(answer.headers["Retry-After"]))
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told
