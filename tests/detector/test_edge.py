"""A computer at the edge: what it keeps on disk, and that a real service gets each of it exactly once."""

import http.server
import json
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from detector.__main__ import main
from detector.asking import Asker
from detector.clock import utc_now
from detector.edge import Edge
from detector.edge_run import Reader, Watched
from detector.errors import SpoolInUse
from detector.health import Health
from detector.images import open_photo
from detector.orders import Orders
from detector.posting import Poster
from detector.sources import open_source, recorded_at
from detector.spool import Item, Spool, open_spool
from detector.types import Box, Detection, Detections, Frame, GeoPoint, Image
from service.domain.states import Role
from tests.build import NOON
from tests.detector.build import a_file, a_picture
from tests.detector.test_sources import a_video
from tests.fakes import FakeModel, black_out
from tests.serving import Serving, serve

LITTER = Detection("litter", "litter", 0.9, Box(20, 20, 60, 60))


class BlackOut:
    """Hides all but a strip, so that the picture is not taken for that of a covered camera."""

    @staticmethod
    def blur(image: Image) -> Image:
        hidden = black_out(image)
        hidden[60:] = image[60:]
        return hidden


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    with open_spool(tmp_path / "spool") as opened:
        yield opened


def frames(count: int = 40) -> list[Frame]:
    """A fixed view in which something lies, looked at each minute."""
    noise = np.random.default_rng(1).integers(0, 255, (180, 320, 3)).astype(np.uint8)
    return [Frame(noise, "edge", NOON + timedelta(minutes=n), clock_s=60.0 * n) for n in range(count)]


def test_what_is_in_the_spool_is_blurred_and_there_after_a_kill(tmp_path: Path, spool: Spool) -> None:
    Edge(FakeModel((LITTER,)), BlackOut(), spool).watch(frames())
    again = Spool(tmp_path / "spool")
    item = again.oldest()
    assert item is not None
    assert len(again) == again.counts.taken >= 1
    assert item.fields["taken_at"].startswith(str(NOON.year))
    assert open_photo(item.jpeg).image[:48].max() < 10  # of the noise nothing is left
    assert not any(mark in item.jpeg for mark in (b"Exif", b"http://ns.adobe.com/xap", b"Photoshop"))


def test_a_full_spool_drops_the_oldest_and_counts_them(tmp_path: Path) -> None:
    small = Spool(tmp_path / "spool", most_bytes=2500)
    names = [small.add({"taken_at": str(n)}, b"x" * 1000) for n in range(5)]
    oldest = small.oldest()
    assert oldest is not None
    assert oldest.name == names[3]
    assert (len(small), Spool(tmp_path / "spool").counts.dropped) == (2, 3)


@pytest.mark.parametrize("before_the_count", ["taken", "posted"])
def test_counts_are_right_again_after_a_kill_between_an_item_and_its_count(
    tmp_path: Path, before_the_count: str
) -> None:
    folder = tmp_path / "spool"
    spool = Spool(folder)
    names = [spool.add({"taken_at": str(n)}, b"x") for n in range(3)]
    spool.done(names[0] or "")
    counts = (folder / "counts.json").read_bytes()
    spool.add({"taken_at": "4"}, b"x") if before_the_count == "taken" else spool.done(names[1] or "")
    (folder / "counts.json").write_bytes(counts)
    again = Spool(folder)
    assert (again.counts.taken, again.counts.posted) == ((4, 1) if before_the_count == "taken" else (3, 2))
    name = again.add({"taken_at": "5"}, b"x")
    assert name is not None
    assert name.startswith(f"{again.counts.taken - 1:012d}-")


def test_what_a_whole_spool_cannot_hold_is_counted_as_dropped_and_takes_nothing_with_it(tmp_path: Path) -> None:
    small = Spool(tmp_path / "spool", most_bytes=2500)
    kept = small.add({"taken_at": "1"}, b"x" * 1000)
    assert small.add({"taken_at": "2"}, b"x" * 5000) is None
    oldest = small.oldest()
    assert oldest is not None
    assert (oldest.name, small.counts.taken, small.counts.dropped) == (kept, 2, 1)


def test_counts_that_cannot_be_read_are_reckoned_from_what_lies_there(tmp_path: Path) -> None:
    Spool(tmp_path / "spool").add({"taken_at": "1"}, b"x")
    (tmp_path / "spool" / "counts.json").write_bytes(b"{")
    assert Spool(tmp_path / "spool").counts.taken == 1


def test_half_written_items_and_wrong_ones_do_not_block(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    Spool(folder).add({"taken_at": "1"}, b"x")
    (folder / "000000000009-a.item.new").write_bytes(b"half")
    (folder / "000000000000-0.item").write_bytes(b"no json")
    again = Spool(folder)
    item = again.oldest()
    assert item is not None
    assert item.jpeg == b"x"
    assert again.counts.refused == 1


def test_a_spool_has_one_owner(tmp_path: Path, spool: Spool) -> None:  # noqa: ARG001  # it is open
    with pytest.raises(SpoolInUse), open_spool(tmp_path / "spool"):
        pass


def a_poster(spool: Spool, city: Serving, **changes: str) -> Poster:
    city.add_camera("edge")
    key = city.key(Role.CAMERA, "edge")["Authorization"].removeprefix("Bearer ")
    address = str(city.http.base_url).rstrip("/")
    told = {"url": f"{address}/api/cameras/edge/frames", "key": key, **changes}
    return Poster(spool, told["url"], told["key"], threading.Event(), first_pause_s=0.01)


def test_a_service_gets_each_item_once_though_answers_were_lost(tmp_path: Path, spool: Spool) -> None:
    Edge(FakeModel((LITTER,)), BlackOut(), spool).watch(frames())
    with serve(tmp_path / "data", LITTER) as city:
        poster = a_poster(spool, city)
        item = spool.oldest()
        assert item is not None
        lost = replace(item, name="lost")  # the service took it and we died before we knew
        assert poster.post(lost) == 0.0
        poster.run(until_empty=True)
        admin = city.key(Role.ADMIN)
        tickets = city.http.get("/api/tickets", headers=admin).json()["items"]
        assert len(tickets) == 1
        with city.city.store.read() as rows:
            said = rows.connection.exec_driver_sql("select count(*) from observations").scalar()
        assert said == spool.counts.taken


def test_hours_without_network_lose_nothing(tmp_path: Path, spool: Spool) -> None:
    Edge(FakeModel((LITTER,)), BlackOut(), spool).watch(frames(200))
    with serve(tmp_path / "data", LITTER) as city:
        poster = a_poster(spool, city)
        there, poster.url = poster.url, "http://127.0.0.1:1/api/cameras/edge/frames"
        waits = [poster.post(item) for item in [spool.oldest()] * 20 if item]
        assert poster.state.trouble == "service.unreachable"
        assert waits[0] < 0.02 < waits[-1] <= 300
        poster.url = there
        poster.run(until_empty=True)
        assert (len(spool), spool.counts.posted, poster.state.trouble) == (0, spool.counts.taken, None)


def test_a_wrong_key_keeps_everything_says_so_and_does_not_hammer(tmp_path: Path, spool: Spool) -> None:
    spool.add({"taken_at": NOON.isoformat()}, b"x")
    with serve(tmp_path / "data") as city:
        poster = a_poster(spool, city, key="sw_wrong")
        item = spool.oldest()
        assert item is not None
        assert poster.post(item) >= 60
        assert (poster.state.trouble, len(spool)) == ("key.refused", 1)
        assert "sw_wrong" not in repr(poster)


def test_an_item_that_the_service_refuses_is_set_aside_and_blocks_nothing(tmp_path: Path, spool: Spool) -> None:
    spool.add({"taken_at": NOON.isoformat()}, b"no picture")
    Edge(FakeModel((LITTER,)), BlackOut(), spool).watch(frames())
    with serve(tmp_path / "data", LITTER) as city:
        a_poster(spool, city).run(until_empty=True)
    assert (spool.counts.refused, len(spool)) == (1, 0)
    assert len(list((tmp_path / "spool" / "refused").iterdir())) == 1


@pytest.mark.parametrize("status", [200, 201, 400, 413, 422])
def test_what_is_not_the_service_takes_nothing_and_refuses_nothing(spool: Spool, status: int) -> None:
    name = spool.add({"taken_at": NOON.isoformat()}, b"x")
    with a_login_page(status) as address:
        poster = Poster(spool, f"{address}/api/cameras/edge/frames", "k", threading.Event())
        item = spool.oldest()
        assert item is not None
        assert poster.post(item) >= 60
    assert (poster.state.trouble, item.name, len(spool)) == ("service.is_another", name, 1)


@contextmanager
def a_login_page(status: int) -> Iterator[str]:
    """What stands between a vehicle and the city: it answers everything, and with a page of its own."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(b"<html>Please log in</html>")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_a_disk_that_can_no_longer_be_read_is_told_and_posting_goes_on(tmp_path: Path, spool: Spool) -> None:
    name = spool.add({"taken_at": NOON.isoformat()}, b"x")
    (tmp_path / "spool" / str(name)).unlink()
    (tmp_path / "spool" / str(name)).mkdir()  # reading it is an OSError, as on a failing disk
    stop = threading.Event()
    poster = Poster(spool, "http://127.0.0.1:1/api/cameras/edge/frames", "k", stop)
    thread = threading.Thread(target=poster.run)
    thread.start()
    while poster.state.trouble is None:
        thread.join(0.01)
    stop.set()
    thread.join()
    assert poster.state.trouble == "spool.unreadable"


def test_a_frozen_or_dark_camera_is_not_looked_at(spool: Spool) -> None:
    edge = Edge(FakeModel((LITTER,)), BlackOut(), spool, Health())
    edge.watch(frames(8))  # the same picture bit by bit: a live sensor never gives it twice
    assert (edge.seen.looked, edge.seen.faulty, edge.seen.fault) == (1, 7, "camera.frozen")


MASK = {"id": "all", "use": "mask", "polygon": [[0, 0], [1, 0], [1, 1], [0, 1]]}


def an_asker(folder: Path, city: Serving) -> Asker:
    key = city.key(Role.CAMERA, "edge")["Authorization"].removeprefix("Bearer ")
    return Asker(folder, f"{str(city.http.base_url).rstrip('/')}/api/cameras/edge/orders", key)


def test_the_citys_masks_and_rules_hold_at_the_edge_also_for_hours_without_a_network(
    tmp_path: Path, spool: Spool
) -> None:
    with serve(tmp_path / "data", LITTER) as city:
        city.add_camera("edge", look_every_s=120)
        wish = {"based_on": 0, "zones": [MASK]}
        city.http.put("/api/cameras/edge/zones", json=wish, headers=city.key(Role.ADMIN)).raise_for_status()
        asker = an_asker(tmp_path / "spool", city)
        asker.ask()
        version = asker.orders.version
        asker.ask()
        assert (asker.trouble, asker.orders.version) == (None, version)
    asker.ask()
    assert asker.trouble == "service.unreachable"
    later = Asker(tmp_path / "spool", asker.url, "k")
    assert later.orders == asker.orders
    edge = Edge(FakeModel((LITTER,)), BlackOut(), spool, orders=later.orders)
    edge.watch(frames(40))
    assert (edge.seen.looked, edge.seen.said) == (20, 0)
    edge.orders = Orders()  # the mask is gone
    edge.watch(frames(40))
    assert edge.seen.said > 0


def test_orders_that_change_only_the_rhythm_leave_the_memory_as_it_is(spool: Spool) -> None:
    edge = Edge(FakeModel((LITTER,)), BlackOut(), spool)
    edge.watch(frames(20))
    said = edge.seen.said
    edge.orders = replace(Orders(), look_every=timedelta(seconds=30))
    edge.watch(frames(24)[20:])
    assert edge.seen.said == said  # it was said a moment ago


def test_a_camera_that_is_off_is_not_looked_at(spool: Spool) -> None:
    edge = Edge(FakeModel((LITTER,)), BlackOut(), spool, orders=replace(Orders(), is_off=True))
    edge.watch(frames(20))
    assert (edge.seen.looked, edge.seen.fault) == (0, "camera.off")


def test_what_is_no_orders_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "orders.json").write_bytes(b'{"body": "{}", "version": "1"}')
    assert Asker(tmp_path, "http://127.0.0.1:1/api/cameras/edge/orders", "k").orders == Orders()


class Breaks(FakeModel):
    """A model that breaks."""

    def detect(self, images: Sequence[Image], *, min_score: float | None = None) -> list[Detections]:
        raise RuntimeError(f"broken at {len(images)} {min_score}")


def test_reading_that_breaks_off_has_failed_and_ended_whatever_it_was(tmp_path: Path, spool: Spool) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.jpg").write_bytes(a_file(a_picture(320, 180)))
    asker = Asker(tmp_path / "spool", "http://127.0.0.1:1/api/cameras/edge/orders", "k")
    watched = Watched(str(tmp_path / "folder"), 1.0)
    reader = Reader(watched, Edge(Breaks(), BlackOut(), spool), asker, threading.Event())
    with pytest.raises(RuntimeError):
        reader.run()
    assert isinstance(reader.failed, RuntimeError)
    assert reader.ended.is_set()


def test_a_recording_that_is_read_again_is_the_same_frames(tmp_path: Path) -> None:
    video = a_video(tmp_path / "street.mp4")
    os.utime(video, (NOON.timestamp(), NOON.timestamp()))
    assert NOON - recorded_at(video) == timedelta(seconds=3)
    (tmp_path / "folder").mkdir()
    picture = tmp_path / "folder" / "a.jpg"
    picture.write_bytes(a_file(a_picture(40, 20)))
    os.utime(picture, (NOON.timestamp(), NOON.timestamp()))
    assert [frame.taken_at for frame in open_source(str(picture.parent), now=utc_now)] == [NOON]


def test_a_service_that_speaks_no_tls_is_told(tmp_path: Path, spool: Spool) -> None:
    with serve(tmp_path / "data") as city:
        poster = a_poster(spool, city)
        poster.url = poster.url.replace("http:", "https:")
        assert poster.post(Item("one", {}, b"x")) >= 60
        assert poster.state.trouble == "tls.refused"


def test_a_moving_camera_says_only_what_has_a_place(spool: Spool) -> None:
    edge = Edge(FakeModel((LITTER,)), BlackOut(), spool, is_moving=True)
    ride = [
        replace(frame, taken_at=NOON + timedelta(seconds=n / 2), clock_s=None, place=GeoPoint(31.2, 121.4 + n * 1e-5))
        for n, frame in enumerate(frames(8))
    ]
    edge.watch(ride)
    item = spool.oldest()
    assert item is not None
    assert item.fields["lat"] == "31.2000000"


def test_passwords_and_wrong_addresses_are_refused_on_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "key").write_text("k")
    more = ["--key-file", str(tmp_path / "key"), "--spool", str(tmp_path / "spool")]
    assert main(["observe", "rtsp://u:geheim@10.0.0.1/", "--post", "http://x/api/cameras/a", *more]) == 2
    assert main(["observe", "clip.mp4", "--post", "ftp://x", *more]) == 2
    for wrong in ("", "two words", "schlüssel"):
        (tmp_path / "key").write_text(wrong, encoding="utf-8")
        assert main(["observe", "clip.mp4", "--post", "http://x/api/cameras/a", *more]) == 2
    assert "geheim" not in capsys.readouterr().err
    assert json.dumps(sorted(path.name for path in tmp_path.iterdir())) == '["key"]'
