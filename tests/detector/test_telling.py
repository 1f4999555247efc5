"""A computer at the edge tells a real service how it is, at once when something changes, and gives nothing away."""

import threading
import time
from pathlib import Path

from detector import telling
from detector.edge_command import status, word
from detector.edge_run import run
from detector.orders import Orders
from detector.posting import Poster
from detector.spool import Spool
from detector.telling import Teller
from service.domain.states import Role
from tests.detector.test_edge_run import a_reader
from tests.serving import Serving, serve


def a_teller(city: Serving, told: dict[str, object]) -> Teller:
    key = city.key(Role.CAMERA, "edge")["Authorization"].removeprefix("Bearer ")
    return Teller(f"{str(city.http.base_url).rstrip('/')}/api/cameras/edge/edge", key, lambda: told)


def test_a_full_spool_on_a_vehicle_is_read_in_the_city(tmp_path: Path) -> None:
    stop, spool = threading.Event(), Spool(tmp_path / "spool", most_bytes=1)
    assert spool.add({"taken_at": "now"}, b"a picture") is None
    reader = a_reader("rtsp://127.0.0.1:1/live", spool, tmp_path, stop)
    with serve(tmp_path / "data") as city:
        city.add_camera("edge")
        teller = a_teller(city, word(reader, Poster(spool, "http://127.0.0.1:1/api/cameras/edge", "k", stop)))
        teller.tell(teller.word())
        assert teller.trouble is None
        city.city.cameras.means.notebook.write()
        told = city.http.get("/api/cameras/edge/health", headers=city.key(Role.VIEWER)).json()
    assert [note["code"] for note in told["notes"]] == ["edge.spool_full"]


def test_of_a_camera_that_is_switched_off_only_that_is_told(tmp_path: Path) -> None:
    stop, spool = threading.Event(), Spool(tmp_path / "spool")
    reader = a_reader("rtsp://127.0.0.1:1/live", spool, tmp_path, stop)
    poster, reader.trouble = Poster(spool, "http://127.0.0.1:1/api/cameras/edge", "k", stop), "source.silent"
    assert word(reader, poster)["camera"] == "source.silent"
    reader.asker.orders = Orders(is_off=True)
    assert (word(reader, poster)["camera"], status(reader, poster)["camera"]) == ("camera.off", "camera.off")


def test_what_changes_is_told_at_once_and_the_rest_by_the_minute(tmp_path: Path) -> None:
    told: dict[str, object] = {"frames": 1, "camera": None}
    with serve(tmp_path / "data") as city:
        city.add_camera("edge")
        teller = a_teller(city, told)
        assert teller._is_due(told, 0.0)
        teller.tell(told)
        assert teller._last is not None
        now_s = teller._last[0]
        assert not teller._is_due(told | {"frames": 2}, now_s + 5)
        assert teller._is_due(told | {"frames": 2}, now_s + telling.TELLS_EVERY_S)
        assert teller._is_due(told | {"camera": "camera.dark"}, now_s + 5)


def test_a_service_that_is_away_or_older_is_no_trouble_for_the_computer(tmp_path: Path) -> None:
    teller = Teller("http://127.0.0.1:1/api/cameras/edge/edge", "k", dict)
    teller.tell({})
    assert teller.trouble == "service.unreachable"
    with serve(tmp_path / "data") as city:
        teller = Teller(f"{str(city.http.base_url).rstrip('/')}/api/cameras/edge/no-such-thing", "k", dict)
        teller.tell({})
        assert teller.trouble is None


def test_a_computer_that_runs_tells_as_long_as_it_runs(tmp_path: Path) -> None:
    stop, spool = threading.Event(), Spool(tmp_path / "spool")
    with serve(tmp_path / "data") as city:
        city.add_camera("edge")
        teller = a_teller(city, {"frames": 1})
        teller.looks_every_s = 0.01
        reader = a_reader("rtsp://127.0.0.1:1/live", spool, tmp_path, stop)
        poster = Poster(spool, "http://127.0.0.1:1/api/cameras/edge/frames", "k", stop)
        running = threading.Thread(target=run, args=(reader, poster), kwargs={"teller": teller})
        running.start()
        limit = time.monotonic() + 60
        while city.city.cameras.posts.lookout("edge") is None:
            assert time.monotonic() < limit, "it says nothing"
            time.sleep(0.01)
        stop.set()
        running.join(60)
    assert not running.is_alive()
