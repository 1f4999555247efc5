"""Fetching from a mirror on this machine: resume, checksums, failures that hurt only themselves."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from datasets.__main__ import main
from datasets.download import Patience, Stopped, download
from datasets.errors import FetchFailed
from datasets.fetch import Mirror, fetch, read_lock
from datasets.formats import manifest
from datasets.records import Origin
from tests.datasets.build import a_folder, a_manifest, a_sample, pixels_of

QUICK = Patience(tries=2, silence_s=0.3, whole_s=0.5, pause_s=0.01)


@dataclass
class LocalMirror:
    """Files by path, every request that came, and what goes wrong with the next ones."""

    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    base: str = ""

    def put(self, number: int, content: bytes) -> None:
        self.files[f"/somebody/pictures/c0ffee/raw%20dir/{number:04}.png"] = content

    def mirror(self, patience: Patience | None = None) -> Mirror:
        return Mirror(self.base, patience or Patience(pause_s=0.01))


class Answer(BaseHTTPRequestHandler):
    state: LocalMirror

    def do_GET(self) -> None:
        wanted = self.headers["Range"]
        self.state.asked.append((self.path, wanted))
        content = self.state.files.get(self.path)
        trouble = self.state.troubles.pop(0) if self.state.troubles else ""
        if content is None or trouble.isdigit():
            self.send_response(int(trouble or 404))
            self.send_header("Retry-After", "0")
            self.end_headers()
            return
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and trouble != "no ranges" else 0
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(content) - start))
        if start:
            told = 0 if trouble == "other place" else start
            self.send_header("Content-Range", f"bytes {told}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        if trouble == "cut":
            self.wfile.write(content[start : start + 200])
            self.close_connection = True
        elif trouble == "drip":
            self._drip(content)
        elif trouble != "silence":
            self.wfile.write(content[start:])

    def _drip(self, content: bytes) -> None:
        try:
            for byte in content:
                self.wfile.write(bytes([byte]))
                time.sleep(0.02)
        except OSError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def mirror() -> Iterator[LocalMirror]:
    state = LocalMirror()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Mine", (Answer,), {"state": state}))
    server.daemon_threads = True
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
    assert fetch(a_manifest(a_sample(1), a_sample(2)), tmp_path, mirror.mirror()) == []
    found = manifest.read(tmp_path)
    assert [(sample.width, sample.height) for sample in found] == [(128, 96), (128, 96)]
    assert found.samples[0].labels == a_sample(1).labels
    assert sorted(read_lock(tmp_path).values()) == sorted(sample.sha256 for sample in found)


def test_what_is_there_is_not_fetched_again(mirror: LocalMirror, tmp_path: Path) -> None:
    mirror.put(1, pixels_of(1))
    for _ in range(2):
        fetch(a_manifest(a_sample(1)), tmp_path, mirror.mirror())
    assert len(mirror.asked) == 1


def test_a_cut_download_goes_on_where_it_stopped(mirror: LocalMirror, tmp_path: Path) -> None:
    content = pixels_of(1)
    mirror.put(1, content)
    path = tmp_path / "a.png"
    path.with_name("a.png.part").write_bytes(content[:100])
    download(mirror.mirror().url(a_sample(1).origin), path)
    assert path.read_bytes() == content
    assert mirror.asked[0][1] == "bytes=100-"


def test_one_missing_picture_does_not_stop_the_others(mirror: LocalMirror, tmp_path: Path) -> None:
    mirror.put(2, pixels_of(2))
    failed = fetch(a_manifest(a_sample(1), a_sample(2)), tmp_path, mirror.mirror())
    assert [error.facts["status"] for error in failed] == [404]
    assert len(manifest.read(tmp_path)) == 1


def test_other_bytes_than_the_first_time_are_refused_and_not_kept(mirror: LocalMirror, tmp_path: Path) -> None:
    mirror.put(1, pixels_of(1))
    fetch(a_manifest(a_sample(1)), tmp_path, mirror.mirror())
    (tmp_path / "images/yard/0001.png").unlink()
    mirror.put(1, pixels_of(7))
    failed = fetch(a_manifest(a_sample(1)), tmp_path, mirror.mirror())
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
    failed = fetch(a_manifest(a_sample(1)), tmp_path, mirror.mirror())
    assert [error.facts["why"] for error in failed] == [why]
    assert list(tmp_path.glob("images/**/*.png")) == []


@pytest.mark.parametrize(
    ("troubles", "asked"),
    [
        (["cut"], [None, "bytes=200-"]),
        (["cut", "cut"], [None, "bytes=200-", "bytes=400-"]),
        (["cut", "no ranges"], [None, "bytes=200-"]),
        (["cut", "other place"], [None, "bytes=200-", None]),
        (["cut", "416"], [None, "bytes=200-", None]),
        (["503"], [None, None]),
        (["429", "500"], [None, None, None]),
    ],
)
def test_trouble_that_passes_is_waited_out(
    mirror: LocalMirror, tmp_path: Path, troubles: list[str], asked: list[str | None]
) -> None:
    mirror.put(1, pixels_of(1))
    mirror.troubles += troubles
    assert fetch(a_manifest(a_sample(1)), tmp_path, mirror.mirror()) == []
    assert (tmp_path / "images/yard/0001.png").read_bytes() == pixels_of(1)
    assert [wanted for _, wanted in mirror.asked] == asked
    assert list(tmp_path.rglob("*.part")) == []


@pytest.mark.parametrize(
    ("trouble", "asked"), [("404", 1), ("403", 1), ("503", 2), ("cut", 2), ("drip", 2), ("silence", 2)]
)
def test_trouble_that_stays_is_a_named_failure_without_a_half_picture(
    mirror: LocalMirror, tmp_path: Path, trouble: str, asked: int
) -> None:
    mirror.put(1, pixels_of(1))
    mirror.troubles += [trouble] * 3
    failed = fetch(a_manifest(a_sample(1)), tmp_path, mirror.mirror(QUICK))
    assert [error.facts["tries"] for error in failed] == [asked]
    assert len(mirror.asked) == asked
    assert list(tmp_path.rglob("*.png")) == []


def test_a_file_that_is_far_too_large_is_refused(mirror: LocalMirror, tmp_path: Path) -> None:
    mirror.put(1, bytes(33 * 1024 * 1024))
    failed = fetch(a_manifest(a_sample(1)), tmp_path, mirror.mirror())
    assert [error.facts["why"] for error in failed] == ["over 32 MiB"]


def test_a_full_disk_ends_it_with_a_code_and_leaves_no_part(
    mirror: LocalMirror, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mirror.put(1, pixels_of(1, 640, 480))
    root = a_folder(tmp_path / "set", [a_sample(1)])
    (root / "images/yard/0001.png").unlink()
    (root / "images/yard/0001.png.part").symlink_to("/dev/full")
    assert main(["fetch", str(root), "--mirror", mirror.base]) == 1
    assert json.loads(capsys.readouterr().err.splitlines()[-1])["error"]["code"] == "dataset.disk"
    assert list((root / "images/yard").iterdir()) == []


def test_somebody_who_asks_to_stop_is_heard_between_two_bytes(mirror: LocalMirror, tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(Stopped):
        download(f"{mirror.base}/a.png", tmp_path / "a.png", stop=stop)
    assert mirror.asked == []


def test_ctrl_c_keeps_what_is_whole_and_leaves_no_half_picture(mirror: LocalMirror, tmp_path: Path) -> None:
    root = a_folder(tmp_path / "set", [a_sample(1), a_sample(2)])
    before = (root / "manifest.csv").read_bytes()
    (root / "images/yard/0002.png").unlink()
    mirror.put(2, pixels_of(2))
    mirror.troubles += ["drip"] * 9
    command = [sys.executable, "-m", "datasets", "fetch", str(root), "--mirror", mirror.base]
    hears = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # a job in the background inherits that it does not
    job = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ, preexec_fn=hears)
    while not list(root.rglob("*.part")):
        time.sleep(0.02)
    job.send_signal(signal.SIGINT)
    assert json.loads(job.communicate(timeout=20)[1].splitlines()[-1])["error"]["code"] == "dataset.stopped"
    assert job.returncode == 130
    assert [path.name for path in root.rglob("*.png")] == ["0001.png"]
    assert (root / "manifest.csv").read_bytes() == before
    assert len(read_lock(root)) == 1


def test_rows_that_were_not_asked_for_or_failed_stay_in_the_manifest(mirror: LocalMirror, tmp_path: Path) -> None:
    root = a_folder(tmp_path, [a_sample(1), a_sample(2), a_sample(3, source="other")])
    (root / "images/yard/0002.png").unlink()
    before = manifest.read(root)
    assert main(["fetch", str(root), "--source", "yard", "--mirror", mirror.base]) == 1
    assert manifest.read(root).samples == before.samples


def test_many_pictures_come_at_once_and_in_order(mirror: LocalMirror, tmp_path: Path) -> None:
    for number in range(20):
        mirror.put(number, pixels_of(number))
    whole = a_manifest(*(a_sample(number) for number in range(20)))
    assert fetch(whole, tmp_path, mirror.mirror()) == []
    assert [sample.file for sample in manifest.read(tmp_path)] == [sample.file for sample in whole]


def test_a_dry_run_counts_and_asks_nothing(
    mirror: LocalMirror, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = a_folder(tmp_path, [a_sample(1), a_sample(2)])
    (root / "images/yard/0002.png").unlink()
    assert main(["fetch", str(root), "--dry-run", "--mirror", mirror.base]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["pictures"], told["there"], told["to_fetch"], told["bytes"]) == (2, 1, {"yard": 1}, None)
    assert mirror.asked == []


def test_a_source_that_the_manifest_has_not_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fetch", str(a_folder(tmp_path, [a_sample(1)])), "--source", "mars"]) == 1
    assert json.loads(capsys.readouterr().err)["error"]["facts"]["known"] == ["yard"]


def test_a_picture_without_a_public_file_is_a_named_failure(tmp_path: Path) -> None:
    nowhere = a_sample(1, origin=Origin("", "", ""))
    assert [error.facts["why"] for error in fetch(a_manifest(nowhere), tmp_path, Mirror())] == [
        "no public file is named"
    ]


def test_a_server_that_is_not_there_is_a_named_failure(tmp_path: Path) -> None:
    with pytest.raises(FetchFailed):
        download("http://127.0.0.1:9/nothing.png", tmp_path / "a.png", QUICK)


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
