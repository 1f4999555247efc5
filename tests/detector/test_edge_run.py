"""An edge computer that cannot go on says so and ends, or begins anew; nothing of its spool is lost."""

import json
import socket
import threading
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from detector.asking import Asker
from detector.edge import Edge
from detector.edge_run import Ended, Limits, Reader, Watched, run
from detector.posting import Poster
from detector.spool import Item, Spool
from detector.tending import Tended
from service.domain.states import Role
from tests.build import NOON
from tests.detector.cameras import Camera, a_camera
from tests.detector.test_edge import LITTER, BlackOut, Breaks, frames
from tests.fakes import FakeModel
from tests.serving import serve

NOWHERE = "http://127.0.0.1:1/api/cameras/edge"
SILENT = "rtsp://127.0.0.1:1/live"
dies = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    spool = Spool(tmp_path / "spool")
    spool.add({"taken_at": NOON.isoformat()}, b"x")
    return spool


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A recording with nothing to say on it."""
    (tmp_path / "nothing").mkdir()
    return tmp_path / "nothing"


def a_reader(source: str, spool: Spool, folder: Path, stop: threading.Event, model: FakeModel | None = None) -> Reader:
    edge = Edge(model or FakeModel(()), BlackOut(), spool)
    return Reader(Watched(source, 0.1), edge, Asker(folder, f"{NOWHERE}/orders", "k"), stop)


@dies
def test_posting_that_dies_again_and_again_ends_a_live_camera_with_a_code_and_keeps_the_spool(
    spool: Spool, tmp_path: Path
) -> None:
    stop = threading.Event()
    poster = Poster(spool, f"{NOWHERE}/frames", "a key that no head can carry: €", stop)
    ended = run(a_reader(SILENT, spool, tmp_path, stop), poster, Limits(deaths=3, pause_s=0.01))
    assert ended.whole
    assert ended.given_up is not None
    assert (ended.given_up.code, ended.given_up.facts["deaths"]) == ("edge.posting_died", 3)
    assert (poster.state.trouble, len(Spool(tmp_path / "spool"))) == ("edge.posting_died", 1)


@dataclass(slots=True, eq=False)
class Stumbles(Poster):
    """Dies at the first so many posts."""

    times: int = 2

    def post(self, item: Item) -> float:
        if self.times:
            self.times -= 1
            raise RuntimeError("nobody foresaw it")
        return Poster.post(self, item)


@dies
def test_posting_that_died_is_begun_anew_and_posts_all(tmp_path: Path, folder: Path) -> None:
    spool, stop = Spool(tmp_path / "spool"), threading.Event()
    Edge(FakeModel((LITTER,)), BlackOut(), spool).watch(frames())
    with serve(tmp_path / "data", LITTER) as city:
        city.add_camera("edge")
        key = city.key(Role.CAMERA, "edge")["Authorization"].removeprefix("Bearer ")
        url = f"{str(city.http.base_url).rstrip('/')}/api/cameras/edge/frames"
        poster = Stumbles(spool, url, key, stop, first_pause_s=0.01)
        ended = run(a_reader(str(folder), spool, folder, stop), poster, Limits(pause_s=0.01))
    assert ended == Ended(whole=True)
    assert (len(spool), spool.counts.posted, poster.state.trouble) == (0, spool.counts.taken, None)


def test_a_post_without_an_end_is_given_up(spool: Spool, tmp_path: Path, folder: Path) -> None:
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as mute:  # it takes what is sent and never answers
        poster = Poster(spool, f"http://127.0.0.1:{mute.getsockname()[1]}/api/cameras/edge/frames", "k", stop)
        ended = run(a_reader(str(folder), spool, folder, stop), poster, Limits(hang_s=0.2))
    assert ended.given_up is not None
    assert ended.given_up.code == "edge.posting_hangs"
    assert len(Spool(tmp_path / "spool")) == 1


@dies
def test_a_live_camera_whose_reading_died_is_not_kept_up_by_posting(spool: Spool, tmp_path: Path) -> None:
    stop = threading.Event()
    with a_camera(Camera(pictures=10**6, every_s=0.05)) as address:
        reader = a_reader(f"{address}/mjpeg", spool, tmp_path, stop, Breaks())
        ended = run(reader, Poster(spool, f"{NOWHERE}/frames", "k", stop))
    assert ended.given_up is not None
    assert (ended.given_up.code, ended.given_up.facts["why"]) == ("edge.reading_died", "RuntimeError")


@dies
def test_what_gets_on_between_its_deaths_is_never_given_up() -> None:
    posted = 0

    def post_one() -> None:
        nonlocal posted
        posted += 1
        raise RuntimeError("after one more")

    work = Tended("work", post_one, lambda: posted, most_deaths=2)
    work.begin()
    for now_s in range(100):
        work.join(30)
        work.look(now_s * 60.0)
    assert posted > 40
    assert not work.is_given_up


@dies
@pytest.mark.parametrize(("most", "times"), [(3, 3), (None, 50)])
def test_pauses_between_deaths_grow_and_have_an_end(most: int | None, times: int) -> None:
    died: list[int] = []

    def die() -> None:
        died.append(1)
        raise RuntimeError("again")

    work = Tended("work", die, most_deaths=most)
    work.begin()
    begun_at = [0]
    for now_s in range(3000):
        work.join(30)
        before = len(died)
        work.look(float(now_s))
        work.join(30)
        begun_at += [now_s] * (len(died) > before)
    gaps = [later - sooner for sooner, later in pairwise(begun_at)]
    assert gaps == sorted(gaps)
    assert max(gaps) <= 61
    assert work.is_given_up == (most is not None)
    assert len(died) == times if most else len(died) >= times


OTHERS_COUNTS: list[dict[str, object]] = [
    {"taken": 3, "posted": 1, "refused": 0, "dropped": 0, "thinned": 7, "by": {"camera": "a"}},
    {"taken": 3},
    {"taken": "three", "posted": None, "refused": -4, "dropped": True},
]
"""As other versions write them."""


@pytest.mark.parametrize("told", OTHERS_COUNTS)
def test_a_spool_of_an_older_or_newer_version_is_used_and_what_is_not_understood_stays(
    tmp_path: Path, told: dict[str, object]
) -> None:
    folder = tmp_path / "spool"
    name = Spool(folder).add({"taken_at": "1"}, b"x")
    (folder / "counts.json").write_text(json.dumps(told))
    again = Spool(folder)
    assert (len(again), again.counts.refused, again.counts.dropped) == (1, 0, 0)
    again.done(str(name))
    kept = json.loads((folder / "counts.json").read_bytes())
    assert {key: value for key, value in kept.items() if key in ("thinned", "by")} == {
        key: value for key, value in told.items() if key in ("thinned", "by")
    }
    assert kept["taken"] == kept["posted"] == again.counts.taken


@pytest.mark.parametrize("head", [b"[1]", b'{"taken_at": 5}', b"[" * 100_000])
def test_an_item_whose_head_is_no_form_is_set_aside(tmp_path: Path, head: bytes) -> None:
    folder = tmp_path / "spool"
    Spool(folder).add({"taken_at": "1"}, b"x")
    (folder / "000000000000-0.item").write_bytes(head + b"\njpeg")
    again = Spool(folder)
    item = again.oldest()
    assert item is not None
    assert (item.jpeg, again.counts.refused) == (b"x", 1)
