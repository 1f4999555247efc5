"""Connect only where it is allowed: a name is resolved once, checked, and the checked address is what is called.

Nothing resolves the name a second time, so that no answer of a name server can change between check and connection.
"""

import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Final

from service.domain.reach import Address, Reach
from service.errors.outside import AddressRefused, CallSilent, CallUnreachable

Resolve = Callable[[str, int], Sequence[str]]
MOST_ADDRESSES: Final = 8


def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses that a name stands for now, as the system's resolver says."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class Dialer:
    """Opens connections within a reach.

    Attributes:
        resolve: how names become addresses.
        granted: (host, port) pairs that the operator typed by hand.
    """

    reach: Reach = field(default_factory=Reach)
    resolve: Resolve = resolve
    granted: frozenset[tuple[str, int]] = frozenset()

    def granting(self, host: str, port: int) -> "Dialer":
        """A dialer that may also call this one host at this one port, whatever private address it has."""
        return Dialer(self.reach, self.resolve, self.granted | {(host.lower(), port)})

    def dial(self, host: str, port: int, timeout_s: float) -> socket.socket:
        """A connected socket.

        Raises:
            AddressRefused: one of the addresses that the host stands for may not be called.
            CallUnreachable, CallSilent: nobody is there, or nobody answers.
        """
        failure: OSError | None = None
        for address in self.addresses(host, port):
            try:
                connected = socket.create_connection((str(address), port), timeout_s)
            except OSError as error:
                failure = error
                continue
            self._check_peer(connected, host, port)
            return connected
        if isinstance(failure, TimeoutError):
            raise CallSilent(host=host, port=port)
        raise CallUnreachable(host=host, port=port)

    def addresses(self, host: str, port: int) -> list[Address]:
        """The addresses of a host, all of which may be called; AddressRefused, CallUnreachable."""
        if not host or not 0 < port < 65536:
            raise AddressRefused(host=host[:200])
        try:
            told = self.resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise CallUnreachable(host=host[:200], port=port) from error
        found = [_address(one) for one in told][:MOST_ADDRESSES]
        if not found:
            raise CallUnreachable(host=host[:200], port=port)
        self._check(found, host, port)
        return found

    def refuse_literal(self, host: str) -> None:
        """AddressRefused for an address in figures that may not be called, however it is written; names pass."""
        try:
            address = _address(host)
        except ValueError:
            try:
                address = ip_address(socket.inet_aton(host))  # 127.1, 0x7f000001, 2130706433, 0177.0.0.1
            except (OSError, ValueError):
                return
        if not self.reach.allows(address):
            raise AddressRefused(host=host[:200])

    def _check(self, addresses: Iterable[Address], host: str, port: int) -> None:
        typed_by_hand = (host.lower(), port) in self.granted
        allowed = self.reach.allows_by_hand if typed_by_hand else self.reach.allows
        if not all(allowed(address) for address in addresses):
            raise AddressRefused(host=host[:200])

    def _check_peer(self, connected: socket.socket, host: str, port: int) -> None:
        """Ask the kernel whom it reached: the last word is that of the connection itself."""
        try:
            self._check([_address(connected.getpeername()[0])], host, port)
        except (OSError, AddressRefused):
            connected.close()
            raise


def _address(told: str) -> Address:
    """An address without its zone, which says only through which door to go."""
    return ip_address(told.partition("%")[0])
