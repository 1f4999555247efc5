"""HTTPS for the phones of a pilot: an authority that can vouch for this one host alone, and a relay to the service."""

import asyncio
import ipaddress
import socket
import ssl
import subprocess
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from service.errors import SettingsWrong

AUTHORITY_DAYS: Final = 1825
SERVER_DAYS: Final = 397
"""Phones believe no certificate that lasts longer than a year and a month."""

RENEW_BEFORE_S: Final = 30 * 86_400
CHUNK: Final = 65_536
PRIVATE: Final = 0o700
CURVE: Final = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
ASKING: Final = "[req]\nprompt = no\ndistinguished_name = name\n[name]\nCN = {name}\n"
AUTHORITY: Final = (
    ASKING + "[own]\nbasicConstraints = critical,CA:TRUE,pathlen:0\nkeyUsage = critical,keyCertSign\n"
    "subjectKeyIdentifier = hash\nnameConstraints = critical,permitted;{only}\n"
)
SERVER: Final = (
    "basicConstraints = critical,CA:FALSE\nkeyUsage = critical,digitalSignature\nextendedKeyUsage = serverAuth\n"
    "subjectAltName = {alt}\n"
)


@dataclass(frozen=True, slots=True)
class Trust:
    """Files in PEM: what a phone is to trust, and what the relay shows."""

    authority: Path
    chain: Path
    key: Path


def trust_for(host: str, folder: Path) -> Trust:
    """The authority and the certificate of a host, made where there are none or they end soon; SettingsWrong."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(PRIVATE)
    stem = host.replace(":", "_")
    trust = Trust(folder / f"{stem}-ca.pem", folder / f"{stem}.pem", folder / f"{stem}-key.pem")
    authority_key = folder / f"{stem}-ca-key.pem"
    if not _lasts(trust.authority):
        told = _file(folder / "asking.cnf", AUTHORITY.format(name=f"Streetwarden {host}", only=_only(host)))
        _openssl("req", "-x509", *CURVE, "-days", str(AUTHORITY_DAYS), "-config", str(told), "-extensions", "own",
                 "-keyout", str(authority_key), "-out", str(trust.authority))  # fmt: skip
        trust.chain.unlink(missing_ok=True)
    if not _lasts(trust.chain):
        asked, wish = folder / "asked.pem", _file(folder / "asking.cnf", ASKING.format(name=host))
        _openssl("req", *CURVE, "-config", str(wish), "-keyout", str(trust.key), "-out", str(asked))
        told = _file(folder / "asking.cnf", SERVER.format(alt=_alt(host)))
        _openssl("x509", "-req", "-in", str(asked), "-CA", str(trust.authority), "-CAkey", str(authority_key),
                 "-days", str(SERVER_DAYS), "-extfile", str(told), "-out", str(trust.chain))  # fmt: skip
    return trust


async def relay(trust: Trust, listener: socket.socket, to: tuple[str, int], handing_out: socket.socket) -> None:
    """Take TLS at one socket and pass it on to the service; hand the authority out at another, until cancelled."""
    secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secure.load_cert_chain(trust.chain, trust.key)
    authority = trust.authority.read_bytes()

    async def passed(phone: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        try:
            answer, service = await _reached(to, phone=str(back.get_extra_info("peername")[0]))
        except OSError:  # the service is not there now; the phone keeps what it has and comes again
            back.close()
            return
        await asyncio.gather(_pipe(phone, service), _pipe(answer, back))

    async def handed(_: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/x-x509-ca-cert\r\nContent-Length: {len(authority)}\r\n"
        back.write(head.encode() + b"Connection: close\r\n\r\n" + authority)
        await back.drain()
        back.close()

    async with AsyncExitStack() as stack:
        for server in (
            await asyncio.start_server(passed, sock=listener, ssl=secure),
            await asyncio.start_server(handed, sock=handing_out),
        ):
            await stack.enter_async_context(server)
        await asyncio.Event().wait()


def stand_in(phone: str, to_host: str) -> str | None:
    """The loopback address from which the relay calls for a phone, so that the service counts each by itself.

    Nobody outside this machine can come from there, and no header is believed. None where the service is elsewhere, or
    the phone has no address of version 4.

    >>> stand_in("192.168.1.37", "127.0.0.1"), stand_in("192.168.1.37", "10.0.0.5")
    ('127.168.1.37', None)
    """
    here, caller = _address(to_host), _address(phone)
    if here is None or caller is None or (here.version, caller.version) != (4, 4) or not here.is_loopback:
        return None
    return str(ipaddress.IPv4Address(b"\x7f" + caller.packed[1:]))


async def _reached(to: tuple[str, int], phone: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if (address := stand_in(phone, to[0])) is not None:
        with suppress(OSError):  # a system that has no loopback address but one, or the service is away
            return await asyncio.open_connection(*to, local_addr=(address, 0))
    return await asyncio.open_connection(*to)


def own_address() -> str:
    """The address of this machine in its network, as far as it knows; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked, suppress(OSError):
        asked.connect(("192.0.2.1", 9))
        address: str = asked.getsockname()[0]
        return address
    return "127.0.0.1"


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError, ssl.SSLError, TimeoutError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
    writer.close()


def _only(host: str) -> str:
    address = _address(host)
    if address is None:
        return f"DNS:{host}"
    every = "255.255.255.255" if address.version == 4 else "ffff:" * 7 + "ffff"
    return f"IP:{host}/{every}"


def _alt(host: str) -> str:
    return f"DNS:{host}" if _address(host) is None else f"IP:{host}"


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _lasts(certificate: Path) -> bool:
    if not certificate.is_file():
        return False
    asked = ["openssl", "x509", "-in", str(certificate), "-noout", "-checkend", str(RENEW_BEFORE_S)]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


def _file(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def _openssl(*words: str) -> None:
    try:
        subprocess.run(["openssl", *words], capture_output=True, check=True)
    except FileNotFoundError as error:
        raise SettingsWrong(name="openssl", value="apt-get install openssl") from error
    except subprocess.CalledProcessError as error:
        raise SettingsWrong(name="openssl", value=error.stderr.decode(errors="replace")[-300:]) from error
