"""`python -m detector observe`: watch one source, keep what there is to say, post it when there is a network."""

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from detector.clock import utc_now
from detector.echoes import Echoes
from detector.edge import OFF, Edge
from detector.engine import WANTED, Share
from detector.errors import DetectorError
from detector.health import Health
from detector.locate import Pose
from detector.posting import Poster
from detector.spool import MOST_BYTES, Spool, open_spool

if TYPE_CHECKING:
    from detector.edge_run import Reader, Watched

DONE, FAILED, WRONG_USE = 0, 1, 2
EVERY_S: Final = 2.0
STATUS_EVERY_S: Final = 5.0
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
    observe.add_argument("--engine", choices=WANTED, default="auto", help="(default: %(default)s)")
    observe.add_argument("--weights", type=Path, metavar="CARD")


def observe(told: argparse.Namespace, weights: Path) -> int:
    """Run until the source ends and all is posted, or until SIGTERM; the exit status."""
    from detector.asking import Asker
    from detector.edge_run import Reader, Watched, run  # it brings the video decoder along, which pictures never need
    from detector.telling import Teller

    try:
        source, url, key = _source(told.source), _url(told.post), _key(told.key_file)
        pose = Pose(*told.pose) if told.pose else None
    except (OSError, ValueError) as error:
        return _refuse(WRONG_USE, str(error))
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    watched = Watched(source, told.every, told.track, told.offset)
    try:
        with open_spool(told.spool, told.spool_mib * MIB) as spool:
            asker = Asker(told.spool, f"{url}/orders", key)
            reader = Reader(watched, _open_edge(told, watched, weights, spool, pose), asker, stop)
            poster = Poster(spool, f"{url}/frames", key, stop)
            lasts = watched.is_live or watched.track is not None  # of what ends by itself, silence is no trouble
            teller = Teller(f"{url}/edge", key, lambda: word(reader, poster)) if lasts else None
            with _reporting(told.status_file, reader, poster):
                ended = run(reader, poster, teller=teller)
    except (DetectorError, OSError) as error:
        return _refuse(FAILED, str(error))
    if ended.given_up is not None:
        _refuse(FAILED, str(ended.given_up))
    status_code = DONE if reader.failed is None and ended.given_up is None else FAILED
    return status_code if ended.whole else _leave(status_code)


def _leave(status_code: int) -> int:
    """End although a thread hangs in a driver or a network: what was taken is on disk."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status_code)


def _open_edge(told: argparse.Namespace, watched: "Watched", weights: Path, spool: Spool, pose: Pose | None) -> Edge:
    from detector.model import open_model
    from detector.privacy import open_privacy
    from detector.weights import open_card

    model = open_model(open_card(weights), engine=told.engine, share=Share(max(1, told.threads)))
    health = Health(echoes=Echoes()) if watched.is_live else None
    return Edge(model, open_privacy(), spool, health, is_moving=watched.track is not None, pose=pose)


@contextmanager
def _reporting(path: Path | None, reader: "Reader", poster: Poster) -> Iterator[None]:
    over = threading.Event()

    def report() -> None:
        while True:
            is_last = over.wait(STATUS_EVERY_S)
            if path:
                with suppress(OSError):  # a full disk; the next one may have room
                    _write_status(path, status(reader, poster))
            if is_last:
                return

    thread = threading.Thread(target=report, name="status", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        print(json.dumps(status(reader, poster)), file=sys.stderr)


def _write_status(path: Path, told: dict[str, Any]) -> None:
    beside = path.with_name(path.name + ".new")
    beside.write_text(json.dumps(told))
    beside.replace(path)


def status(reader: "Reader", poster: Poster) -> dict[str, Any]:
    """What is seen, what waits, what became of the rest, by which orders, and what is wrong with any of it."""
    seen, spool, asker = reader.edge.seen, poster.spool, reader.asker
    return {
        "at": utc_now().timestamp(),
        "camera": _wrong(reader),
        "seen": {"frames": seen.frames, "faulty": seen.faulty, "looked": seen.looked, "said": seen.said},
        "spool": {"waiting": len(spool), "bytes": spool.size, **asdict(spool.counts)},
        "orders": {"version": asker.orders.version, "trouble": asker.trouble},
        **asdict(poster.state),
    }


def word(reader: "Reader", poster: Poster) -> dict[str, Any]:
    """What the service is told of it: the fields of `PUT /api/cameras/ID/edge`."""
    seen, spool = reader.edge.seen, poster.spool
    return {
        **{name: getattr(seen, name) for name in ("frames", "faulty", "looked", "said")},
        **{"waiting": len(spool), "bytes": spool.size, **asdict(spool.counts)},
        **{"camera": _wrong(reader), **asdict(poster.state)},
    }


def _wrong(reader: "Reader") -> str | None:
    """What is wrong with the camera; of one that the city switched off nobody asks more."""
    return OFF if reader.asker.orders.is_off else reader.trouble or reader.edge.seen.fault


def _source(told: str) -> str:
    """The source itself; a password on the command line would be in the list of processes."""
    if told.startswith("@"):
        return Path(told[1:]).read_text().strip()
    if "://" in told and urlsplit(told).password:
        raise ValueError("everybody sees a password on a command line: put the address into a file and name it @FILE")
    return told


def _key(file: Path) -> str:
    """A key that a request's head can carry."""
    key = file.read_text(encoding="utf-8-sig").strip()
    if not (key.isascii() and key.isprintable()) or " " in key or not key:
        raise ValueError(f"{file} holds no key")
    return key


def _url(told: str) -> str:
    """Where the camera is in the city's API."""
    address = urlsplit(told)
    _ = address.port  # ValueError if it is none
    if address.scheme not in ("http", "https") or not address.hostname or "/api/cameras/" not in address.path:
        raise ValueError("--post is https://CITY/api/cameras/ID")
    path = address.path.rstrip("/").removesuffix("/frames")
    return f"{address.scheme}://{address.netloc.rpartition('@')[2]}{path}"


def _refuse(status_code: int, why: str) -> int:
    print(f"python -m detector: {why}", file=sys.stderr)
    return status_code
