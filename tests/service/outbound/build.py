"""A receiver of webhooks for tests: a real HTTP server that answers as it is told and remembers what it got."""

import http.server
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from service.outbound.cloudevents import sign

Answer = tuple[int, dict[str, str]]


@dataclass
class Receiver:
    """What arrived, and how the next call is answered."""

    url: str = ""
    answer: Callable[[dict[str, Any]], Answer] = lambda _: (204, {})
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def told(self) -> list[dict[str, Any]]:
        """All messages, in the order in which they came."""
        return [json.loads(body) for body in self.bodies]

    def is_signed(self, n: int, secret: str) -> bool:
        """Whether message `n` carries a good signature by that secret."""
        headers = self.headers[n]
        wanted = sign(secret, headers["webhook-id"], headers["webhook-timestamp"], self.bodies[n])
        return wanted in headers["webhook-signature"].split(" ")


@contextmanager
def a_receiver() -> Iterator[Receiver]:
    """A receiver on the loopback that says 204 to everything unless a test says otherwise."""
    receiver = Receiver()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.bodies.append(body)
            receiver.headers.append({name.lower(): value for name, value in self.headers.items()})
            status, headers = receiver.answer(json.loads(body))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002, the name is the base class's
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/hook?token=canary-token"
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
