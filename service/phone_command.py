"""`python -m service phone`: the inspector's page over HTTPS on phones in the same network, with codes to scan."""

import argparse
import asyncio
import re
import socket
from collections.abc import Callable
from typing import Any, Final

from service.errors import SettingsWrong
from service.settings import Settings

GOOD: Final = 0
HOST: Final = re.compile(r"[A-Za-z0-9.:-]{1,253}")
QUIET: Final = 2
"""Light modules around a code, by which a camera finds it; the standard wants four, terminals are dark anyway."""


def serve_phones(settings: Settings, wish: argparse.Namespace) -> int:
    """Relay until ended: prints two codes, the authority to trust once, and the page."""
    from service.phone import own_address, relay, trust_for

    host = wish.name or own_address()
    if not HOST.fullmatch(host):
        raise SettingsWrong(name="name", value=host)
    trust = trust_for(host, settings.data / "https")
    with _bound(wish.https_port) as listener, _bound(wish.ca_port) as handing_out:
        page = f"https://{host}:{listener.getsockname()[1]}/upload"
        authority = f"http://{host}:{handing_out.getsockname()[1]}/streetwarden-ca.crt"
        for number, (what, address) in enumerate((("trust this authority, once", authority), ("open", page)), 1):
            print(f"{number}. {what}: {address}\n{code_of(address)}", flush=True)
        asyncio.run(relay(trust, listener, (wish.to_host, wish.to_port), handing_out))
    return GOOD


def code_of(text: str) -> str:
    """A QR code for a terminal, two rows of it a line.

    >>> len(code_of("https://192.168.1.20:8443/upload").splitlines())
    17
    """
    from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(text)
    code.make()
    size = code.getModuleCount()

    def dark(row: int, column: int) -> bool:
        return 0 <= row < size and 0 <= column < size and bool(code.isDark(row, column))

    blocks = {(True, True): " ", (True, False): "▄", (False, True): "▀", (False, False): "█"}
    columns = range(-QUIET, size + QUIET)
    rows = range(-QUIET, size + QUIET, 2)
    return "\n".join("".join(blocks[dark(row, at), dark(row + 1, at)] for at in columns) for row in rows)


def add_phone_verb(verbs: Any, add: Callable[..., argparse.ArgumentParser], where: argparse.ArgumentParser) -> None:
    """Add the verb to the command."""
    phone = add(verbs, "phone", where, serve_phones, "let phones in this network open /upload over HTTPS")
    phone.add_argument("--name", metavar="HOST", help="address or name that phones call; default: this machine's own")
    phone.add_argument("--https-port", type=int, default=8443)
    phone.add_argument("--ca-port", type=int, default=8444, help="where the authority is handed out")
    phone.add_argument("--to-host", default="127.0.0.1", help="where the service listens")
    phone.add_argument("--to-port", type=int, default=8000)


def _bound(port: int) -> socket.socket:
    try:
        return socket.create_server(("", port))
    except OSError as error:
        raise SettingsWrong(name="port", value=str(port)) from error
