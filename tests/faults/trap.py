"""A trap on the loopback that counts who comes, and a front door that leads into it: redirects and playlists."""

import http.server
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Final

PLAYLIST: Final = "#EXTM3U\n#EXT-X-TARGETDURATION:3\n{extra}#EXTINF:3,\n{url}\n#EXT-X-ENDLIST\n"


@dataclass
class Trap:
    """Who connected to the place where nobody may connect."""

    port: int = 0
    caught: list[str] = field(default_factory=list)


@contextmanager
def a_trap() -> Iterator[Trap]:
    """A listener on every address of the loopback, IPv4 and IPv6, under one port."""
    trap = Trap()
    with ExitStack() as held:
        first = held.enter_context(socket.create_server(("0.0.0.0", 0)))  # noqa: S104  # a trap has every door
        trap.port = first.getsockname()[1]
        doors = [first]
        if socket.has_ipv6:
            try:
                six = socket.socket(socket.AF_INET6)
                six.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                six.bind(("::", trap.port))
                six.listen()
                doors.append(held.enter_context(six))
            except OSError:
                pass  # a machine without IPv6 has one door less
        for door in doors:
            threading.Thread(target=_watch, args=(door, trap), daemon=True).start()
        yield trap
        for door in doors:
            door.shutdown(socket.SHUT_RDWR)


def _watch(door: socket.socket, trap: Trap) -> None:
    while True:
        try:
            came, who = door.accept()
        except OSError:
            return
        trap.caught.append(str(who))
        came.close()


@contextmanager
def a_front(trap: Trap) -> Iterator[int]:
    """A web server that may be called and leads to the trap: `/STATUS/HOST`, `/playlist/HOST`, `/key/HOST`."""

    class Front(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            how, _, host = self.path.strip("/").partition("/")
            aim = f"http://{host}:{trap.port}/x.ts"
            if how.isdigit():
                self.send_response(int(how))
                self.send_header("Location", aim)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            extra = f'#EXT-X-KEY:METHOD=AES-128,URI="{aim}"\n' if how == "key" else ""
            body = PLAYLIST.format(extra=extra, url=aim).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/vnd.apple.mpegurl")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002, the name is the base class's
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Front)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@contextmanager
def a_talker(answer: bytes) -> Iterator[int]:
    """A server that may be called and answers everything with these bytes; `{n}` is the number of an RTSP request."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    came, _ = server.accept()
                except OSError:
                    return
                with came:
                    came.settimeout(2)
                    try:
                        while told := came.recv(4096):
                            number = told.partition(b"CSeq: ")[2].split(b"\r")[0]
                            came.sendall(answer.replace(b"{n}", number))
                    except OSError:
                        continue

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
