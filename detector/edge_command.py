"""`python -m detector observe`: watch one source, keep what there is to say, post it when there is a network."""

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from detector.clock import utc_now
from detector.edge import Edge
from detector.errors import DetectorError, SourceError
from detector.locate import Pose
from detector.posting import Poster
from detector.spool import MOST_BYTES, open_spool
from detector.types import Frame

DONE, FAILED, WRONG_USE = 0, 1, 2
EVERY_S: Final = 2.0
STATUS_EVERY_S: Final = 5.0
LONGEST_PAUSE_S: Final = 60.0
MIB: Final = 1024**2


def add_observe(verbs: Any) -> None:
    """Add the verb and its options to the command."""
    observe = verbs.add_parser(
        "observe",
        help="watch a source on a computer of its own and post what it sees",
        description="Frames are blurred before they are kept or posted. Exit status: 0, 1 if it failed, 2 wrong use.",
    )
    observe.add_argument("source", metavar="SOURCE", help="file, folder, address, or @FILE that holds the address")
    observe.add_argument("--post", required=True, metavar="URL", help="https://CITY/api/cameras/ID")
    observe.add_argument("--key-file", type=Path, required=True, metavar="F", help="file with the camera's key")
    observe.add_argument("--spool", type=Path, default=Path("spool"), metavar="DIR", help="(default: spool)")
    observe.add_argument("--spool-mib", type=int, default=MOST_BYTES // MIB, metavar="N", help="(default: %(default)s)")
    observe.add_argument("--track", type=Path, metavar="FILE", help="GPX or NMEA of the vehicle that took SOURCE")
    observe.add_argument("--offset", type=float, default=0.0, metavar="S", help="camera's clock to the track's")
    observe.add_argument(
        "--every", type=float, default=EVERY_S, metavar="S", help="between looks (default: %(default)s)"
    )
    observe.add_argument(
        "--pose", type=float, nargs=3, metavar=("M", "PITCH", "FOV"), help="height and angles, degrees"
    )
    observe.add_argument("--status-file", type=Path, metavar="F", help="JSON, rewritten every few seconds")
    observe.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    observe.add_argument("--weights", type=Path, metavar="CARD")


def observe(told: argparse.Namespace, weights: Path) -> int:
    """Run until the source ends and all is posted, or until SIGTERM; the exit status."""
    try:
        source, url, key = _source(told.source), _url(told.post), told.key_file.read_text().strip()
        pose = Pose(*told.pose) if told.pose else None
    except (OSError, ValueError) as error:
        return _refuse(WRONG_USE, str(error))
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        with open_spool(told.spool, told.spool_mib * MIB) as spool:
            edge = _open_edge(told, weights, spool, pose)
            poster = Poster(spool, url, key, stop)
            with _reporting(told.status_file, edge, poster):
                return _watch(told, source, edge, poster)
    except (DetectorError, OSError) as error:
        return _refuse(FAILED, str(error))


def _watch(told: argparse.Namespace, source: str, edge: Edge, poster: Poster) -> int:
    ended = threading.Event()
    posting = threading.Thread(target=_post, args=(poster, ended), name="posting", daemon=True)
    posting.start()
    try:
        if told.track:
            _ride(told, source, edge, poster.stop)
        else:
            _read(told, source, edge, poster.stop)
    finally:
        ended.set()
        while posting.is_alive() and not poster.stop.wait(0.2):
            pass
    return DONE


def _post(poster: Poster, ended: threading.Event) -> None:
    while not poster.stop.is_set():
        poster.run(until_empty=True)
        if ended.wait(poster.first_pause_s) and not len(poster.spool):
            return


def _ride(told: argparse.Namespace, source: str, edge: Edge, stop: threading.Event) -> None:
    """A recording and the track of its vehicle; what nobody can place is not said."""
    from detector.recording import open_recording
    from detector.ride import Ride, Riding
    from detector.tracklog import read_track

    track = read_track(told.track.read_bytes())
    with tempfile.TemporaryDirectory() as scratch, open_recording(Path(source), Path(scratch)) as recording:
        ride = Ride(recording, track, Path(source).name, Riding(every_s=told.every, offset_s=told.offset))
        edge.watch(_until(stop, (frame for frame in ride if frame.place is not None)))
    for line in ride.lines:
        print(json.dumps(asdict(line), default=str), file=sys.stderr)


def _read(told: argparse.Namespace, source: str, edge: Edge, stop: threading.Event) -> None:
    """A stream, opened again after each break; a file, to its end."""
    from detector.moments import Steady
    from detector.sources import Reading, open_source

    now, tries = Steady(utc_now), 0
    while not stop.is_set():
        try:
            with open_source(source, now=now, reading=Reading(every_s=told.every)) as opened:
                before = edge.seen.frames
                edge.watch(_until(stop, opened))
        except SourceError as error:
            if "://" not in source:
                raise
            print(f"python -m detector: {error}", file=sys.stderr)
        if "://" not in source:
            return
        tries = 0 if edge.seen.frames > before else tries + 1
        stop.wait(min(LONGEST_PAUSE_S, 2.0 ** min(tries, 6)) * random.uniform(0.5, 1.0))  # noqa: S311  # no secret


def _until(stop: threading.Event, frames: Iterator[Frame]) -> Iterator[Frame]:
    for frame in frames:
        if stop.is_set():
            return
        yield frame


def _open_edge(told: argparse.Namespace, weights: Path, spool: Any, pose: Pose | None) -> Edge:
    from detector.model import open_model
    from detector.privacy import open_privacy
    from detector.weights import open_card

    model = open_model(open_card(weights), threads=told.threads)
    return Edge(model, open_privacy(), spool, is_moving=told.track is not None, pose=pose)


@contextmanager
def _reporting(path: Path | None, edge: Edge, poster: Poster) -> Iterator[None]:
    over = threading.Event()

    def report() -> None:
        while True:
            is_last = over.wait(STATUS_EVERY_S)
            if path:
                beside = path.with_name(path.name + ".new")
                beside.write_text(json.dumps(status(edge, poster)))
                beside.replace(path)
            if is_last:
                return

    thread = threading.Thread(target=report, name="status", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        print(json.dumps(status(edge, poster)), file=sys.stderr)


def status(edge: Edge, poster: Poster) -> dict[str, Any]:
    """What is seen, what waits, what became of the rest, and what is wrong."""
    spool = {"waiting": len(poster.spool), "bytes": poster.spool.size, **asdict(poster.spool.counts)}
    return {"at": utc_now().timestamp(), "seen": asdict(edge.seen), "spool": spool, **asdict(poster.state)}


def _source(told: str) -> str:
    """The source itself; a password on the command line would be in the list of processes."""
    if told.startswith("@"):
        return Path(told[1:]).read_text().strip()
    if "://" in told and urlsplit(told).password:
        raise ValueError("everybody sees a password on a command line: put the address into a file and name it @FILE")
    return told


def _url(told: str) -> str:
    """Where frames of the camera are posted."""
    address = urlsplit(told)
    _ = address.port  # ValueError if it is none
    if address.scheme not in ("http", "https") or not address.hostname or "/api/cameras/" not in address.path:
        raise ValueError("--post is https://CITY/api/cameras/ID")
    path = address.path.rstrip("/").removesuffix("/frames") + "/frames"
    return f"{address.scheme}://{address.netloc.rpartition('@')[2]}{path}"


def _refuse(status_code: int, why: str) -> int:
    print(f"python -m detector: {why}", file=sys.stderr)
    return status_code
