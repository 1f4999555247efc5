"""K8: a hostile file or form costs one 4xx: no crash, no 5xx, no memory, no time."""

import json
import socket
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from benchmarks.cpu import wait_until_idle
from benchmarks.figures import Figure
from benchmarks.memory import highest_mb, watched
from tests.faults.corpus import Hostile, corpus, mutations
from tests.faults.outcome import Outcome, broken_cases
from tests.faults.outside import Outside, create_key, damage, running
from tests.faults.pictures import draw

TITLE: Final = "a hostile file costs one 4xx"
SECONDS: Final = 2.0
SLOW_S: Final = 0.3
MEGABYTES: Final = 512.0
PLACE: Final = {"lat": "31.2", "lon": "121.4", "condition": "litter"}

FORMS: Final[dict[str, tuple[dict[str, str], int | None, str | None]]] = {
    "a place outside the world": (PLACE | {"lat": "91"}, 422, "place.out_of_range"),
    "a place at infinity": (PLACE | {"lon": "1e999"}, None, None),
    "a place that is no number": (PLACE | {"lat": "nan"}, None, None),
    "a place in words": (PLACE | {"lat": "north"}, None, None),
    "a negative accuracy": (PLACE | {"accuracy_m": "-1"}, None, None),
    "half a place": ({"lat": "31.2"}, None, None),
    "a time without a zone": (PLACE | {"taken_at": "2026-03-02T09:00:00"}, 422, "time.no_zone"),
    "a time in words": (PLACE | {"taken_at": "yesterday"}, None, None),
    "an unknown condition": (PLACE | {"condition": "dragons"}, None, None),
    "a condition with SQL": (PLACE | {"condition": "litter'; DROP TABLE tickets; --"}, None, None),
}


def torture(service: Outside, key: str, files: Iterable[Hostile]) -> list[dict[str, Any]]:
    """Send each file and say how it was answered, and after how long."""
    with service.client(key, timeout_s=60.0) as client:
        return [alone(service, client, hostile) for hostile in files]


def alone(service: Outside, client: httpx.Client, hostile: Hostile) -> dict[str, Any]:
    """One file, and after a slow one that was taken a rest: its picture is still blurred, at no cost of the next."""
    told = answered(service, client, hostile)
    if told["status"] < 300 and told["s"] > SLOW_S:
        wait_until_idle(service.process.pid)
    return told


def answered(service: Outside, client: httpx.Client, hostile: Hostile) -> dict[str, Any]:
    """One file as a photo with a place and a condition."""
    begun = time.perf_counter()
    answer = client.post("/api/photos", files={"file": ("photo.jpg", hostile.body, "image/jpeg")}, data=PLACE)
    return judged(service, hostile, answer, time.perf_counter() - begun)


def judged(service: Outside, hostile: Hostile, answer: httpx.Response, seconds: float) -> dict[str, Any]:
    """What the answer is worth."""
    code = answer.json().get("code") if answer.headers.get("content-type", "").startswith("application/json") else None
    broken = [] if hostile.accepts(answer.status_code, code) else [f"{hostile.name}: {answer.status_code} {code}"]
    if not service.alive:
        broken.append(f"{hostile.name}: the service is gone")
    return {"file": hostile.name, "status": answer.status_code, "code": code, "s": round(seconds, 3), "broken": broken}


def bad_forms(service: Outside, key: str) -> Iterator[dict[str, Any]]:
    """Good pictures in bad company."""
    good = {"file": ("photo.jpg", draw(21), "image/jpeg")}
    with service.client(key) as client:
        for name, (fields, status, code) in FORMS.items():
            answer = client.post("/api/photos", files=good, data=fields)
            yield judged(service, Hostile(name, b"", status, code), answer, answer.elapsed.total_seconds())
        for name, answer in odd_requests(client):
            yield judged(service, Hostile(name, b"", legal=True), answer, answer.elapsed.total_seconds())
        answer = client.post("/api/cameras/nobody/frames", files=good, data={"taken_at": "2026-03-02T09:00:00Z"})
        yield judged(service, Hostile("an unknown camera, asked by an inspector", b""), answer, 0.0)


def odd_requests(client: httpx.Client) -> Iterator[tuple[str, httpx.Response]]:
    """Requests whose envelope is odd; some may be taken."""
    picture = draw(22)
    yield "no file", client.post("/api/photos", data=PLACE)
    yield "no form", client.post("/api/photos", content=b"--", headers={"content-type": "multipart/form-data"})
    torn = {"content-type": "multipart/form-data; boundary=x"}
    yield "a torn form", client.post("/api/photos", content=b"--x\r\nContent-Disposition: form-d", headers=torn)
    yield "JSON for a form", client.post("/api/photos", json=PLACE)
    for name in ("../../../../etc/passwd", "a\0b.jpg", "n" * 10_000, "照片\u202egpj.exe"):
        yield f"a file named {name[:20]!r}", client.post("/api/photos", files={"file": (name, picture)}, data=PLACE)
    note = PLACE | {"note": "\0\u202e" + "𠮷" * 50_000}
    yield "a note of 200 kB", client.post("/api/photos", files={"file": ("p.jpg", picture)}, data=note)
    for key in ("", "k" * 8_000, "schlüssel".encode("latin-1").decode("latin-1")):
        headers = {"Idempotency-Key": key.encode("latin-1").decode("latin-1")}
        raw = httpx.Headers(headers, encoding="latin-1")
        yield (
            f"a key of {len(key)}",
            client.post("/api/photos", files={"file": ("p.jpg", picture)}, data=PLACE, headers=raw),
        )


def huge_bodies(service: Outside, key: str) -> Iterator[dict[str, Any]]:
    """100 MB, announced and in unannounced pieces: refused without being kept."""
    for name, chunked in (("a body of 100 MB", False), ("a body of 100 MB in pieces", True)):
        begun = time.perf_counter()
        status, code = flood(service.url, key, 100 * 2**20, chunked=chunked)
        right = (status, code) == (413, "photo.too_large") and service.alive
        seconds = round(time.perf_counter() - begun, 3)
        broken = [] if right else [f"{name}: {status} {code}"]
        yield {"file": name, "status": status, "code": code, "s": seconds, "broken": broken}


def flood(url: str, key: str, size: int, *, chunked: bool) -> tuple[int, str | None]:
    """Push a body of `size` bytes at the photo route and read the answer, also one that comes before the end."""
    where = urlsplit(url)
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {size}"
    lines = ["POST /api/photos HTTP/1.1", f"Host: {where.netloc}", f"Authorization: Bearer {key}", length]
    lines += ["Content-Type: multipart/form-data; boundary=x", "Connection: close", "", ""]
    with socket.create_connection((where.hostname, where.port), timeout=30) as wire:
        try:
            wire.sendall("\r\n".join(lines).encode())
            for piece in pieces(head, size, chunked=chunked):
                wire.sendall(piece)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the answer came before the end of the body
        return read_answer(wire)


def pieces(head: bytes, size: int, *, chunked: bool) -> Iterator[bytes]:
    """The body in blocks of 1 MB."""
    for block in [head, *[bytes(2**20)] * (size // 2**20 - 1)]:
        yield b"%x\r\n%s\r\n" % (len(block), block) if chunked else block


def read_answer(wire: socket.socket) -> tuple[int, str | None]:
    """Status and code of a raw answer; (0, None) if the connection was closed without one."""
    received = b""
    try:
        while block := wire.recv(65536):
            received += block
    except ConnectionResetError:
        pass
    if not received.startswith(b"HTTP/1.1 "):
        return 0, None
    body = received.partition(b"\r\n\r\n")[2]
    return int(received.split(maxsplit=2)[1]), json.loads(body).get("code") if body.startswith(b"{") else None


def measure(n: int = 200) -> Outcome:
    """The whole corpus and `n` mutations against one service, its memory watched by the kernel."""
    with TemporaryDirectory(prefix="faults-") as folder:
        data = Path(folder) / "data"
        key = create_key(data, "inspector")["key"]
        files = [*corpus(), *mutations(n)]
        with running(data) as service, watched(service.process.pid) as peak:
            rounds = [*torture(service, key, files), *bad_forms(service, key), *huge_bodies(service, key)]
            highest = round(max(peak.mb, highest_mb(service.process.pid)), 1)
        scrub = {"after": "K8", "damage": damage(data)}
    broken = [sentence for one in rounds for sentence in one["broken"]]
    slowest = max(rounds, key=lambda one: float(one["s"]))
    command = "make faults ONLY=K8"
    figures = [
        broken_cases("K8", TITLE, broken, rounds, f"{len(rounds)} files and forms"),
        Figure("K8-time", "the slowest of them", slowest["s"], "s", SECONDS, [], command, note=slowest["file"]),
        Figure("K8-memory", "the most memory that the service took", highest, "MB", MEGABYTES, [highest], command),
    ]
    return Outcome(figures, [scrub])
