"""A line to somebody: dialled within our reach, encrypted where asked, cut off when all of it lasts too long."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from service.errors.outside import CallSilent, CallUnreachable, CallUntrusted
from service.outbound.dialing import Dialer


@dataclass(frozen=True, slots=True)
class Patience:
    """How long anything may take to come, and how long the whole call."""

    each_s: float = 10.0
    whole_s: float = 20.0


USUAL: Final = Patience()


@contextmanager
def a_line(dialer: Dialer, host: str, port: int, patience: Patience, *, encrypted: bool) -> Iterator[socket.socket]:
    """An open line, gone afterwards; certificates are checked against those that the system trusts.

    Raises:
        AddressRefused: the address may not be called; nothing was sent.
        CallUnreachable, CallSilent, CallUntrusted: how the call went wrong, also while the line is used.
    """
    with _wrapped(dialer.dial(host, port, patience.each_s), host, encrypted=encrypted) as line:
        # A byte every nine seconds would last for ever otherwise.
        late = threading.Timer(patience.whole_s, _cut, (line,))
        late.daemon = True
        late.start()
        try:
            if isinstance(line, ssl.SSLSocket):
                line.do_handshake()
            yield line
        except ssl.SSLCertVerificationError as error:
            raise CallUntrusted(host=host) from error
        except TimeoutError as error:
            raise CallSilent(host=host) from error
        except OSError as error:
            raise CallUnreachable(host=host, port=port) from error
        finally:
            late.cancel()


def _wrapped(raw: socket.socket, host: str, *, encrypted: bool) -> socket.socket:
    """The socket, or one that is still to shake hands, so that even that can be cut off."""
    if not encrypted:
        return raw
    context = ssl.create_default_context()
    return context.wrap_socket(raw, server_hostname=host, do_handshake_on_connect=False)


def _cut(line: socket.socket) -> None:
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it ended by itself
