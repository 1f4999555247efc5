"""What a stream turned out to be: noted once, told where it matters, and what it lost is counted."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from detector.reading import Tempo
from service.cameras.notebook import Notebook
from service.cameras.streaming import Streaming
from service.cameras.watcher import ANSWERS_WITHIN_S, Watcher
from service.domain.camera_stream import Sends, notes
from tests.build import NOON, a_detection
from tests.serving import Serving, serve

CIF, HD = (704, 576), (1920, 1080)


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    with serve(tmp_path / "city", a_detection("litter", 0.8)) as serving:
        serving.add_camera("pole")
        yield serving


def test_what_a_camera_sends_is_kept_over_a_restart_with_its_last_change_of_size(serving: Serving) -> None:
    streaming = Streaming("pole", Notebook(serving.city.store))
    for size in (CIF, CIF, HD):
        streaming.learn(Tempo(size=size, codec="h264", keyframes_s=2.0, a_second=25.0), NOON)
    streaming.notebook.write()
    with serving.city.store.read() as rows:
        kept = rows.camera_events.memory("pole").sends
    assert kept == Sends(HD, "h264", 2.0, 25.0, was=CIF, resized_at=NOON)
    again = Streaming("pole", Notebook(serving.city.store), kept)
    again.learn(Tempo(size=HD, codec="h264"), NOON + timedelta(hours=1))  # nothing measured yet
    assert again.sends == kept


def test_damaged_pictures_are_counted_over_connections(serving: Serving) -> None:
    streaming = Streaming("pole", Notebook(serving.city.store))
    for damaged in (2, 3):
        streaming.learn(Tempo(damaged=damaged), NOON)
    streaming.begin()
    streaming.learn(Tempo(damaged=1, jumps=4), NOON)
    streaming.notebook.write()
    with serving.city.store.read() as rows:
        sums = rows.watched.sums("pole", NOON - timedelta(hours=1))
    assert (sums["damaged"], sums["jumps"]) == (4, 4)


@pytest.mark.parametrize(
    ("sends", "usual_s", "told"),
    [
        (Sends(HD, "h264", 2.0, 25.0), 5.0, []),
        (Sends(HD, "h264", 40.0, 25.0, everything=True), 5.0, ["stream.rare_keyframes"]),
        (Sends(HD, "h264", None, 25.0, everything=True), 5.0, ["stream.no_regular_keyframes"]),
        (Sends(HD, "mjpeg", 0.005, 200.0), 5.0, ["stream.floods"]),
        (Sends(HD, "mjpeg", 3600.0, 1 / 3600, everything=True), 3600.0, ["stream.seldom"]),
        (Sends(HD, was=CIF, resized_at=NOON - timedelta(hours=2)), 5.0, ["stream.resized"]),
        (Sends(HD, was=CIF, resized_at=NOON - timedelta(days=2)), 5.0, []),
        (None, None, []),
    ],
)
def test_what_costs_or_surprises_is_told(sends: Sends | None, usual_s: float | None, told: list[str]) -> None:
    assert [note.code for note in notes(sends, {}, usual_s, NOON)] == told


def test_when_a_picture_changed_its_size_is_told_as_every_moment_is() -> None:
    [note] = notes(Sends(HD, was=CIF, resized_at=NOON), {}, 5.0, NOON)
    assert note.facts == {"was": "704 × 576", "size": "1920 × 1080", "at": "2026-11-25T04:00:00.000Z"}


def test_a_camera_that_sends_a_frame_an_hour_is_waited_for_and_expected_hourly_after_a_restart(
    serving: Serving,
) -> None:
    serving.add_camera("lapse", url="rtsp://127.0.0.1:9/live")
    watcher = a_watcher(serving)
    assert watcher._reading().timeout_s == ANSWERS_WITHIN_S
    with serving.city.store.write() as rows:
        rows.camera_events.remember("lapse", usual_s=3600.0)
    again = a_watcher(serving)
    assert (again._reading().timeout_s, again._reading().answers_within_s) == (9000.0, ANSWERS_WITHIN_S)
    assert again.health.state == "waiting"


def a_watcher(serving: Serving) -> Watcher:
    with serving.city.store.read() as rows:
        return Watcher(rows.cameras.get("lapse"), serving.city.cameras.means)
