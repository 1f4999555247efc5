"""Fetching from a mirror on this machine: resume, checksums, failures that hurt only themselves."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from datasets.__main__ import main
from datasets.errors import FetchFailed
from datasets.fetch import Mirror, download, fetch, read_lock
from datasets.formats import manifest
from tests.datasets.build import a_manifest, a_sample, pixels_of


@dataclass
class LocalMirror:
    """Files by path, and every request that came."""

    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    base: str = ""

    def put(self, number: int, content: bytes) -> None:
        self.files[f"/somebody/pictures/c0ffee/raw%20dir/{number:04}.png"] = content


@pytest.fixture
def mirror() -> Iterator[LocalMirror]:
    state = LocalMirror()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers["Range"]
            state.asked.append((self.path, wanted))
            content = state.files.get(self.path)
            if content is None:
                self.send_error(404)
                return
            start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted else 0
            self.send_response(206 if wanted else 200)
            self.send_header("Content-Length", str(len(content) - start))
            self.end_headers()
            self.wfile.write(content[start:])

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    state.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield state
    server.shutdown()
    thread.join()
    server.server_close()


def test_pictures_come_with_labels_hashes_and_a_manifest_that_reads_back(mirror: LocalMirror, tmp_path: Path) -> None:
    for number in (1, 2):
        mirror.put(number, pixels_of(number, 128, 96))
    assert fetch(a_manifest(a_sample(1), a_sample(2)), tmp_path, Mirror(mirror.base)) == []
    found = manifest.read(tmp_path)
    assert [(sample.width, sample.height) for sample in found] == [(128, 96), (128, 96)]
    assert found.samples[0].labels == a_sample(1).labels
    assert sorted(read_lock(tmp_path).values()) == sorted(sample.sha256 for sample in found)


def test_what_is_there_is_not_fetched_again(mirror: LocalMirror, tmp_path: Path) -> None:
    mirror.put(1, pixels_of(1))
    for _ in range(2):
        fetch(a_manifest(a_sample(1)), tmp_path, Mirror(mirror.base))
    assert len(mirror.asked) == 1


def test_a_cut_download_goes_on_where_it_stopped(mirror: LocalMirror, tmp_path: Path) -> None:
    content = pixels_of(1)
    mirror.put(1, content)
    path = tmp_path / "a.png"
    path.with_name("a.png.part").write_bytes(content[:100])
    download(Mirror(mirror.base).url(a_sample(1).origin), path)
    assert path.read_bytes() == content
    assert mirror.asked[0][1] == "bytes=100-"


def test_one_missing_picture_does_not_stop_the_others(mirror: LocalMirror, tmp_path: Path) -> None:
    mirror.put(2, pixels_of(2))
    failed = fetch(a_manifest(a_sample(1), a_sample(2)), tmp_path, Mirror(mirror.base))
    assert [error.facts["status"] for error in failed] == [404]
    assert len(manifest.read(tmp_path)) == 1


def test_other_bytes_than_the_first_time_are_refused_and_not_kept(mirror: LocalMirror, tmp_path: Path) -> None:
    mirror.put(1, pixels_of(1))
    fetch(a_manifest(a_sample(1)), tmp_path, Mirror(mirror.base))
    (tmp_path / "images/yard/0001.png").unlink()
    mirror.put(1, pixels_of(7))
    failed = fetch(a_manifest(a_sample(1)), tmp_path, Mirror(mirror.base))
    assert failed[0].facts["why"] == "other bytes than the first time"
    assert not (tmp_path / "images/yard/0001.png").exists()


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"<html>no picture</html>", "not a picture"), (pixels_of(1, 64, 64), "other proportions")],
)
def test_what_is_not_the_promised_picture_is_refused(
    mirror: LocalMirror, tmp_path: Path, content: bytes, why: str
) -> None:
    mirror.put(1, content)
    failed = fetch(a_manifest(a_sample(1)), tmp_path, Mirror(mirror.base))
    assert [error.facts["why"] for error in failed] == [why]
    assert list(tmp_path.glob("images/**/*.png")) == []


def test_a_server_that_is_not_there_is_a_named_failure(tmp_path: Path) -> None:
    with pytest.raises(FetchFailed):
        download("http://127.0.0.1:9/nothing.png", tmp_path / "a.png")


def test_only_web_addresses_are_mirrors() -> None:
    with pytest.raises(ValueError, match="http"):
        Mirror("file:///etc")


def test_the_samples_are_frozen_test_pictures_with_their_labels() -> None:
    found = manifest.read(Path(__file__).resolve().parents[2] / "datasets/samples")
    assert len(found) == 12
    assert {sample.role for sample in found} == {"test"}
    assert all(len(sample.origin.commit) == 40 for sample in found)
    assert sum(len(sample.labels) for sample in found) > 12


def test_samples_go_where_they_are_told(mirror: LocalMirror, tmp_path: Path) -> None:
    assert main(["fetch", "samples", "--out", str(tmp_path), "--mirror", mirror.base, "--source", "spb_facades"]) == 1
    assert mirror.asked[0][0].startswith("/Urban-Research-Lab/building-facades-advertising-dataset/")
