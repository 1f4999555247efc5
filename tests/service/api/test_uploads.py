"""A vehicle's recording over HTTP: taken at once, read beside the requests, each file accounted for."""

import io
import time
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.domain.states import Role
from tests.build import a_detection
from tests.detector.build import a_file, a_picture
from tests.detector.clips import a_clip
from tests.detector.tracks import a_gpx
from tests.serving import Serving, serve

LIMIT_S = 60.0
METRE = 1 / 111_195
TRACK = a_gpx([(s, 31.23 + 10 * s * METRE, 121.47) for s in range(60)])


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    with serve(tmp_path / "city", a_detection("litter", 0.8)) as serving:
        serving.add_camera("car", kind="moving")
        serving.add_camera("pole")
        yield serving


def an_archive(folder: Path, **more: bytes) -> bytes:
    """Six seconds of video and two pictures along the track, noon in Shanghai."""
    video = a_clip(folder / "20260504_120000.mp4", frames=60)
    files = {"day/20260504_120000.mp4": video.read_bytes(), "notes.txt": b"words", "track.gpx": TRACK}
    files |= {f"20260504_12000{n}.jpg": a_file(a_picture(320, 240)) for n in (7, 8)}
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name, data in (files | {name.replace("__", "."): data for name, data in more.items()}).items():
            archive.writestr(name, data)
    return body.getvalue()


def send(serving: Serving, data: bytes, camera: str = "car", **more: Any) -> httpx.Response:
    key = more.pop("key", None)
    headers = more.pop("headers", None) or serving.key(Role.OPS)
    headers = headers | ({"Idempotency-Key": key} if key else {})
    files = {"file": (more.pop("name", "ride.zip"), data)}
    if track := more.pop("track", None):
        files["track"] = ("ride.gpx", track.encode())
    return serving.http.post(f"/api/cameras/{camera}/uploads", files=files, data=more, headers=headers)


def ended(serving: Serving, upload: str) -> Mapping[str, object]:
    limit = time.monotonic() + LIMIT_S
    headers = serving.key(Role.OPS)
    while (told := serving.http.get(f"/api/uploads/{upload}", headers=headers).json())["state"] in (
        "waiting",
        "working",
    ):
        assert time.monotonic() < limit, told
        time.sleep(0.05)
    found: dict[str, object] = told
    return found


def test_an_archive_is_taken_at_once_and_read_to_its_end(serving: Serving, tmp_path: Path) -> None:
    answer = send(serving, an_archive(tmp_path))
    assert answer.status_code == 202, answer.text
    told = ended(serving, answer.json()["id"])
    assert (told["state"], told["code"], told["files"], told["done"]) == ("done", None, 5, 5)
    assert int(str(told["looked"])) >= 8
    files = serving.http.get(f"/api/uploads/{told['id']}/files", headers=serving.key(Role.OPS)).json()["items"]
    assert {one["file"]: one["outcome"] for one in files} == {
        "20260504_120007.jpg": "read",
        "20260504_120008.jpg": "read",
        "day/20260504_120000.mp4": "read",
        "notes.txt": "wrong_type",
        "track.gpx": "track",
    }
    assert sum(one["looked"] for one in files) == told["looked"]
    assert list((tmp_path / "city" / "uploads").iterdir()) == []
    uploads = serving.http.get("/api/uploads?camera=car", headers=serving.key(Role.OPS)).json()["items"]
    assert [one["id"] for one in uploads] == [told["id"]]


def test_a_vehicle_sees_a_heap_from_its_recording_as_one_candidate_on_its_way(serving: Serving, tmp_path: Path) -> None:
    told = ended(serving, send(serving, an_archive(tmp_path)).json()["id"])
    tickets = serving.http.get("/api/tickets", headers=serving.key(Role.OPS)).json()["items"]
    assert int(str(told["seen"])) >= 1
    assert {ticket["condition"] for ticket in tickets} == {"litter"}
    assert all(abs(ticket["place"]["lon"] - 121.47) < 0.001 for ticket in tickets)


@pytest.mark.parametrize("at_once", [1, 500])
def test_a_recording_leads_to_the_same_tickets_however_many_sightings_are_kept_together(
    serving: Serving, tmp_path: Path, at_once: int
) -> None:
    serving.city.uploads.at_once = at_once
    told = ended(serving, send(serving, an_archive(tmp_path)).json()["id"])
    headers = serving.key(Role.OPS)
    files = serving.http.get(f"/api/uploads/{told['id']}/files", headers=headers).json()["items"]
    assert sum(one["seen"] for one in files) == told["seen"] == 2
    tickets = serving.http.get("/api/tickets", headers=headers).json()["items"]
    shown = [serving.http.get(f"/api/tickets/{one['id']}", headers=headers).json() for one in tickets]
    assert [(one["state"], len(one["observations"])) for one in shown] == [("candidate", 1)] * 2
    decided = serving.http.get("/api/cameras/car/decisions", headers=headers).json()["items"]
    assert sum(one["observation_id"] is not None for one in decided) == 2


def test_a_track_that_starts_later_than_the_video_is_read_and_says_for_which_frames_it_came_too_late(
    serving: Serving, tmp_path: Path
) -> None:
    late = a_gpx([(s, 31.23 + 10 * s * METRE, 121.47) for s in range(4, 60)])
    told = ended(serving, send(serving, an_archive(tmp_path, track__gpx=late)).json()["id"])
    assert (told["state"], told["code"]) == ("done", None)
    files = serving.http.get(f"/api/uploads/{told['id']}/files", headers=serving.key(Role.OPS)).json()["items"]
    video = next(one for one in files if one["file"].endswith(".mp4"))
    assert video["outcome"] == "read"
    assert (video["without"]["before_track"], video["placed"]) == (4, video["frames"] - 4)
    assert video["placed"] > 0


def test_the_same_recording_under_the_same_key_is_read_once(serving: Serving, tmp_path: Path) -> None:
    data, headers = an_archive(tmp_path), serving.key(Role.OPS)
    first, again = (send(serving, data, key="ride 1", headers=headers) for _ in range(2))
    assert first.json()["id"] == again.json()["id"]
    other = send(serving, data, key="ride 1", headers=headers, offset_s="3600")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency.mismatch")


@pytest.mark.parametrize(
    ("told", "status", "code"),
    [
        ({"data": b"", "name": "ride.zip"}, 202, None),
        ({"data": b"PK\x05\x06" + bytes(18)}, 422, "recording.not_a_recording"),
        ({"data": b"video", "name": "a.mp4", "track": "<gpx>"}, 422, "track.not_a_track"),
        ({"data": b"video", "offset_s": "nan"}, 422, "request.invalid"),
        ({"data": b"video", "began_at": "2026-05-04T12:00:00"}, 422, "time.no_zone"),
        ({"data": b"video", "coordinates": "mars"}, 422, "request.invalid"),
        ({"data": b"video", "camera": "pole"}, 422, "upload.camera_fixed"),
        ({"data": b"video", "camera": "nobody"}, 404, "camera.unknown"),
    ],
)
def test_what_could_never_be_read_is_refused_at_once(
    serving: Serving, told: dict[str, Any], status: int, code: str | None
) -> None:
    answer = send(serving, **told)
    assert (answer.status_code, answer.json().get("code")) == (status, code)
    if status != 202:
        assert list(serving.city.uploads.folder.iterdir()) == []


def test_a_camera_sends_and_sees_its_own_only(serving: Serving, tmp_path: Path) -> None:
    serving.add_camera("other", kind="moving")
    mine, others = serving.key(Role.CAMERA, "car"), serving.key(Role.CAMERA, "other")
    data = an_archive(tmp_path)
    made = serving.http.post("/api/cameras/car/uploads", files={"file": ("ride.zip", data)}, headers=mine)
    assert made.status_code == 202
    refused = serving.http.post("/api/cameras/car/uploads", files={"file": ("ride.zip", data)}, headers=others)
    assert refused.status_code == 403
    path = f"/api/uploads/{made.json()['id']}"
    assert serving.http.get(path, headers=mine).status_code == 200
    assert serving.http.get(path, headers=others).status_code == 403
    assert serving.http.get("/api/uploads/upl_nothing", headers=mine).json()["code"] == "upload.unknown"


def test_a_recording_that_was_cut_off_is_read_after_the_next_start(serving: Serving, tmp_path: Path) -> None:
    serving.city.uploads.stop()
    told = send(serving, an_archive(tmp_path)).json()
    assert serving.http.get(f"/api/uploads/{told['id']}", headers=serving.key(Role.OPS)).json()["state"] == "waiting"
    (serving.city.uploads.folder / "upl_left.part").write_bytes(b"half of another one")
    serving.city.uploads._stop.clear()
    serving.city.uploads.start()
    assert ended(serving, told["id"])["state"] == "done"
    assert list(serving.city.uploads.folder.iterdir()) == []
    serving.city.uploads.stop()


def test_a_recording_whose_bytes_are_gone_says_so(serving: Serving, tmp_path: Path) -> None:
    serving.city.uploads.stop()
    told = send(serving, an_archive(tmp_path)).json()
    serving.city.uploads.path(told["id"]).unlink()
    serving.city.uploads._stop.clear()
    assert serving.city.uploads.read_all() == 1
    found = ended(serving, told["id"])
    assert (found["state"], found["code"]) == ("failed", "upload.gone")


def test_nobody_but_the_service_enters_where_recordings_lie_and_what_a_kill_left_unpacked_is_gone(
    serving: Serving,
) -> None:
    uploads = serving.city.uploads
    uploads.stop()
    left = uploads.folder / "unpacked"
    left.mkdir()
    (left / "tmp1.mp4").write_bytes(b"a street with faces")
    uploads.folder.chmod(0o755)  # as an older version made it
    uploads.start()
    assert not left.exists()
    assert uploads.folder.stat().st_mode & 0o777 == 0o700
