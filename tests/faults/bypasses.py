"""S2: 200 ways and more to make the service call where it may not; a trap counts whoever comes. None may."""

import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from detector.errors import DetectorError
from detector.sources import Reading, open_source
from service.cameras.dialling import dial_for
from service.domain.reach import Reach, read_networks
from service.errors import ServiceError
from service.outbound.calling import post
from service.outbound.dialing import Dialer, resolve
from service.outbound.mqtt import Letter, publish
from service.store.cameras import Camera, CameraKind
from tests.faults.outcome import Outcome, broken_cases
from tests.faults.trap import Trap, a_front, a_talker, a_trap

TITLE: Final = "the service connects only where it may, redirects and rebinding included"
NOON: Final = datetime(2026, 11, 25, 4, tzinfo=UTC)
TIMEOUT_S: Final = 1.0
LOOPBACKS: Final = (
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "0x7f.0.0.1",
    "0x7f000001",
    "2130706433",
    "0177.0.0.1",
    "017700000001",
    "127.0.0.1.",
    "127.127.127.127",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "0",
    "0.0.0.0",  # noqa: S104  # an address that must not be called
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[::]",
    "[::%1]",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "８.example@127.0.0.1",
    "8.8.8.8@127.0.0.1",
    "127.0.0.1%2f",
)
HIDDEN: Final = (
    "127.0.0.1",
    "10.0.0.7",
    "172.31.0.1",
    "192.168.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "169.254.169.254",
    "198.18.0.1",
    "::1",
    "::ffff:10.0.0.7",
    "64:ff9b::a00:7",
    "2002:a00:7::1",
    "fc00::7",
    "fe80::7",
)
REDIRECTS: Final = (300, 301, 302, 303, 305, 307, 308)
RTSP_REDIRECTS: Final = (
    b"RTSP/1.0 301 Moved\r\nCSeq: {n}\r\nLocation: rtsp://%b/live\r\n\r\n",
    b"RTSP/1.0 302 Found\r\nCSeq: {n}\r\nLocation: rtsp://%b/live\r\n\r\n",
    b"RTSP/1.0 303 Other\r\nCSeq: {n}\r\nlocation: rtsp://%b/live\r\n\r\n",
    b"RTSP/1.0 305 Proxy\r\nCSeq: {n}\r\nLocation: rtsp://%b/live\r\n\r\n",
    b"RTSP/1.0 302 Found\nCSeq: {n}\nLocation: rtsp://%b/live\n\n",
    b"RT\rSP/1.0 3\r02 Found\r\nCSeq: {n}\r\nLocation: rtsp://%b/live\r\n\r\n",
    b"RTSP/1.0 +302 Found\r\nCSeq: {n}\r\nLocation: rtsp://%b/live\r\n\r\n",
    b"RTSP/1.0\t0302 Found\r\nCSeq: {n}\r\nLocation: rtsp://%b/live\r\n\r\n",
    b"$\x00\x00\x04RTSPRTSP/1.0 302 Found\r\nCSeq: {n}\r\nLocation: rtsp://%b/live\r\n\r\n",
    b"RTSP/1.0 100 Wait\r\nCSeq: {n}\r\n\r\nRTSP/1.0 302 Found\r\nCSeq: {n}\r\nLocation: rtsp://%b/live\r\n\r\n",
    b"RTSP/1.0 302 Found\r\nCSeq: {n}\r\nLocation: http://%b/live\r\n\r\n",
    b"RTSP/1.0 302 Found\r\nCSeq: {n}\r\nLocation: file:///etc/hostname?%b\r\n\r\n",
)


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt: what it is, and what makes it."""

    name: str
    make: Callable[[], object]


def tries(trap: Trap, front: int) -> Iterator[Try]:
    """All attempts but those that need an RTSP server or a broker of their own."""
    yield from _ways_to_write_it(trap)
    for address in HIDDEN:
        for shown in ((address,), ("8.8.8.8", address)):
            dialer = Dialer(resolve=_always(shown))
            yield Try(f"webhook to a name for {shown}", _webhook(dialer, f"http://a.example:{trap.port}/"))
            yield Try(f"broker at a name for {shown}", _broker(dialer, f"mqtt://a.example:{trap.port}/city"))
            yield Try(f"camera at a name for {shown}", _camera(dialer, f"rtsp://a.example:{trap.port}/"))
    allowed = Dialer(resolve=_like_a_name).granting("front.example", front)
    for host in ("127.0.0.1", "localhost", "[::1]", "inner.example"):
        for status in REDIRECTS:
            there = f"http://front.example:{front}/{status}/{host}"
            yield Try(f"camera redirected by {status} to {host}", _by_hand(allowed, there))
            yield Try(f"webhook redirected by {status} to {host}", _webhook(allowed, there))
        for how in ("playlist", "key"):
            there = f"http://front.example:{front}/{how}/{host}"
            yield Try(f"camera whose {how} is at {host}", _by_hand(allowed, there))
    there = f"rebinding.example:{trap.port}/live"
    for scheme in ("http", "rtsp"):
        yield Try(f"a {scheme} name that changes", _camera(Dialer(resolve=_rebinding()), f"{scheme}://{there}"))
    yield Try("a broker's name that changes", _broker(Dialer(resolve=_rebinding()), f"mqtt://{there}"))


def _ways_to_write_it(trap: Trap) -> Iterator[Try]:
    """The loopback in all its spellings, by each protocol that is spoken."""
    for host in (*LOOPBACKS, socket.gethostname()):
        for scheme in ("http", "https"):
            yield Try(f"webhook {scheme} {host}", _webhook(Dialer(), f"{scheme}://{host}:{trap.port}/"))
        for scheme in ("mqtt", "mqtts"):
            yield Try(f"broker {scheme} {host}", _broker(Dialer(), f"{scheme}://{host}:{trap.port}/city"))
        for scheme in ("http", "https", "rtsp", "rtsps"):
            yield Try(f"camera {scheme} {host}", _camera(Dialer(), f"{scheme}://{host}:{trap.port}/live"))


def rtsp_tries(trap: Trap) -> Iterator[tuple[bytes, str]]:
    """What an RTSP server may say to lead FFmpeg elsewhere."""
    for answer in RTSP_REDIRECTS:
        for host in ("127.0.0.1", "localhost"):
            yield answer.replace(b"%b", f"{host}:{trap.port}".encode()), f"rtsp {answer[:24]!r} to {host}"


def broker_tries(trap: Trap) -> Iterator[tuple[bytes, str]]:
    """What a broker may say to lead us to another one: its server reference (MQTT 5, 4.11), at once or as it leaves."""
    welcome = bytes.fromhex("2003000000")
    for host in ("127.0.0.1", "localhost", "inner.example"):
        to = f"{host}:{trap.port}".encode()
        for reason in (0x00, 0x9C, 0x9D):
            yield _packet(0x20, bytes([0, reason]), to), f"broker that says {reason:#x} and {host} as it is asked"
        for reason in (0x9C, 0x9D):
            leaving = welcome + _packet(0xE0, bytes([reason]), to)
            yield leaving, f"broker that leaves with {reason:#x} and {host}"


def _packet(kind: int, head: bytes, reference: bytes) -> bytes:
    told = b"\x1c" + len(reference).to_bytes(2, "big") + reference
    body = head + bytes([len(told)]) + told
    return bytes([kind, len(body)]) + body


def _broker(dialer: Dialer, url: str) -> Callable[[], object]:
    return lambda: publish(dialer, url, "canary", Letter(b"{}", "application/json"))


def _webhook(dialer: Dialer, url: str) -> Callable[[], object]:
    return lambda: post(dialer, url, b"{}", {})


def _camera(dialer: Dialer, url: str, *, by_operator: bool = False) -> Callable[[], object]:
    camera = Camera("tried", "tried", CameraKind.FIXED, NOON, url=url, by_operator=by_operator)
    reading = Reading(timeout_s=TIMEOUT_S)
    return lambda: next(
        open_source(url, now=lambda: NOON, name="tried", reading=reading, dial=dial_for(camera, dialer))
    )


def _by_hand(dialer: Dialer, url: str) -> Callable[[], object]:
    """A camera whose first address an operator typed, so that only what it leads to is in question."""
    return _camera(dialer, url, by_operator=True)


def _always(shown: Sequence[str]) -> Callable[[str, int], Sequence[str]]:
    return lambda _host, _port: shown


def _like_a_name(host: str, port: int) -> Sequence[str]:
    return ("127.0.0.1",) if host.endswith(".example") else resolve(host, port)


def _rebinding() -> Callable[[str, int], Sequence[str]]:
    """A name that is public when it is asked first, and the loopback ever after; the public one answers nobody."""
    asked: list[str] = []

    def answer(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return ("192.88.99.1",) if len(asked) == 1 else ("127.0.0.1",)

    return answer


def attempt(one: Try, trap: Trap) -> dict[str, Any]:
    """Make one attempt and see whether anybody came to the trap."""
    before = len(trap.caught)
    try:
        one.make()
        said = "it ended without a word"
    except (ServiceError, DetectorError) as error:
        said = error.code
    except (OSError, ValueError, StopIteration) as error:
        said = type(error).__name__
    broken = [f"{one.name}: the trap was called"] if len(trap.caught) > before else []
    return {"try": one.name, "said": said, "broken": broken}


def controls(trap: Trap) -> list[dict[str, Any]]:
    """The same calls where they are allowed must reach the trap, or it proves nothing."""
    dialer = Dialer(Reach(read_networks("127.0.0.0/8")))
    rounds = []
    for one in (
        Try("control: webhook", _webhook(dialer, f"http://127.0.0.1:{trap.port}/")),
        Try("control: broker", _broker(dialer, f"mqtt://127.0.0.1:{trap.port}/city")),
        Try("control: camera http", _camera(dialer, f"http://127.0.0.1:{trap.port}/")),
        Try("control: camera rtsp", _camera(dialer, f"rtsp://127.0.0.1:{trap.port}/")),
    ):
        came = attempt(one, trap)
        rounds.append({**came, "broken": [] if came["broken"] else [f"{one.name}: the trap was not reached"]})
    return rounds


def measure(every: int = 1) -> Outcome:
    """All attempts, or every n-th."""
    with a_trap() as trap, a_front(trap) as front:
        rounds = [attempt(one, trap) for one in [*tries(trap, front)][::every]]
        for answer, name in [*rtsp_tries(trap)][::every]:
            with a_talker(answer) as port:
                rounds.append(attempt(Try(name, _by_hand(Dialer(), f"rtsp://127.0.0.1:{port}/live")), trap))
        for answer, name in [*broker_tries(trap)][::every]:
            with a_talker(answer) as port:
                allowed = Dialer(resolve=_like_a_name).granting("front.example", port)
                rounds.append(attempt(Try(name, _broker(allowed, f"mqtt://front.example:{port}/city")), trap))
        bypasses = len(rounds)
        rounds += controls(trap)
    broken = [sentence for one in rounds for sentence in one["broken"]]
    return Outcome([broken_cases("S2", TITLE, broken, rounds, f"{bypasses} bypasses tried")])
