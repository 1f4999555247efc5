"""F3: 32 clients at once. Each is answered, or refused before it costs anybody anything; nobody waits too long."""

import itertools
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from benchmarks.figures import Figure, Reference
from benchmarks.posting import CARD, PICTURES
from benchmarks.rush import Phone, Reply, Request, a_form, at, rush
from service.inference import PHOTOS_AT_ONCE
from tests.faults.outside import create_key, running

CLIENTS: Final = 32
ROUNDS: Final = 5
WINDOW_S: Final = 8.0
OF_QUEUE, REFUSED_MS = 1.2, 50.0
COMMAND: Final = "make bench ONLY=F3"
STACK: Final = ("fastapi", "uvicorn", "onnxruntime")
WARM: Final = 4


def measure() -> list[Figure]:
    """Both servers get the same pictures from as many clients, in turn; each is idle while the other works."""
    with TemporaryDirectory(prefix="bench-") as folder:
        data = Path(folder) / "data"
        key = create_key(data, "inspector")["key"]
        with running(data) as service, naive_server() as naive:
            ours, theirs = _photos(key), _pictures()
            for address, request in ((service.url, ours), (naive, theirs)):
                _warm(address, request)
            rounds = [
                {
                    "ours": told(rush(service.url, CLIENTS, WINDOW_S, ours), PHOTOS_AT_ONCE),
                    "naive": told(rush(naive, CLIENTS, WINDOW_S, theirs), CLIENTS),
                }
                for _ in range(ROUNDS)
            ]
    return figures(rounds)


def figures(rounds: Sequence[dict[str, dict[str, Any]]]) -> list[Figure]:
    """What the rounds of both servers say."""

    def middle(side: str, name: str) -> float:
        return float(statistics.median(one[side][name] for one in rounds))

    stack = " ".join(f"{name} {version(name)}" for name in STACK)
    reference = Reference("naive FastAPI + ONNX Runtime", stack, middle("naive", "of_queue"))
    note = (
        f"{middle('ours', 'a_second'):.1f} photos a second into tickets on disk, p99 {middle('ours', 'p99_s'):.2f} s; "
        f"naive: {middle('naive', 'a_second'):.1f} a second into boxes alone, p99 {middle('naive', 'p99_s'):.2f} s"
    )
    silent = sum(one["ours"]["unanswered"] for one in rounds)
    slowest = max(one["ours"]["slowest_503_ms"] for one in rounds)
    refused = sum(one["ours"]["refused"] for one in rounds)
    title = f"{CLIENTS} clients at once: the 99th of 100 admitted waits, by queue / rate"
    return [
        Figure("F3", title, round(middle("ours", "of_queue"), 2), "times", OF_QUEUE, rounds, COMMAND,
               reference=reference, note=note),
        Figure("F3-answered", "requests with neither an answer nor a 503 with Retry-After", silent, "requests", 0, [],
               COMMAND, note=f"{sum(one['ours']['admitted'] for one in rounds)} answered, {refused} refused"),
        Figure("F3-503", "the slowest refusal of a round", middle("ours", "slowest_503_ms"), "ms", REFUSED_MS, [],
               COMMAND, note=f"slowest of all {slowest:g} ms"),
    ]  # fmt: skip


def told(replies: Sequence[Reply], queue: int) -> dict[str, Any]:
    """A round in numbers; `of_queue` is the 99th of 100 waits by what `queue` of them take at this rate."""
    admitted = [one for one in replies if one.status in (200, 201)]
    refused = [one for one in replies if one.status == 503 and one.retry_after_s]
    begun_s = min(one.begun_s for one in replies)
    a_second = len(admitted) / (max(one.begun_s + one.took_s for one in admitted) - begun_s)
    p99_s = at([one.took_s for one in admitted], 0.99)
    return {
        "admitted": len(admitted),
        "refused": len(refused),
        "unanswered": len(replies) - len(admitted) - len(refused),
        "a_second": round(a_second, 2),
        "p50_s": round(at([one.took_s for one in admitted], 0.5), 3),
        "p99_s": round(p99_s, 3),
        "of_queue": round(p99_s * a_second / queue, 3),
        "slowest_503_ms": round(1000 * max((one.took_s for one in refused), default=0.0), 1),
    }


@contextmanager
def naive_server() -> Iterator[str]:
    """The address of the reference, which is gone afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.naive", str(CARD)], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().removeprefix("READY ").strip()
    finally:
        process.kill()
        process.communicate()


def _photos(key: str) -> Callable[[], Request]:
    """Photos for our service: each has bytes and a place of its own, and becomes a ticket."""
    pictures, numbers = [file.read_bytes() for file in sorted(PICTURES.glob("*.jpg"))], itertools.count()
    headers = {"Authorization": f"Bearer {key}"}

    def request() -> Request:
        number = next(numbers)
        row, column = divmod(number, 100)
        place = {"lat": f"{31.0 + row * 0.004:.4f}", "lon": f"{121.0 + column * 0.004:.4f}", "condition": "litter"}
        body = pictures[number % len(pictures)] + number.to_bytes(4, "big")
        return a_form("/api/photos", body, place, headers)

    return request


def _pictures() -> Callable[[], Request]:
    """The same pictures for the reference."""
    forms = [a_form("/predict", file.read_bytes(), {}, {}) for file in sorted(PICTURES.glob("*.jpg"))]
    return itertools.cycle(forms).__next__


def _warm(address: str, request: Callable[[], Request]) -> None:
    phone = Phone(address)
    for _ in range(WARM):
        reply = phone.send(request())
        assert reply.status in (200, 201), reply
    phone.close()
