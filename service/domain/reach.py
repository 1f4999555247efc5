"""Which addresses the service may call: the public internet, and the networks that its operator named."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Final

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

NEVER: Final = tuple(
    ip_network(told)
    for told in (
        "0.0.0.0/8",
        "224.0.0.0/4",
        "255.255.255.255/32",
        "169.254.169.254/32",
        "100.100.100.200/32",
        "fd00:ec2::254/128",
        "fe80::/10",
        "ff00::/8",
        "::/128",
    )
)
"""Called under no setting: nobody, everybody, and the machines that tell a cloud's guests their passwords."""

NOT_PUBLIC: Final = tuple(ip_network(told) for told in ("64:ff9b:1::/48", "fec0::/10", "3fff::/20", "5f00::/16"))
"""What Python takes for public in some of its versions, and is not."""

NAT64: Final = ip_network("64:ff9b::/96")
COMPATIBLE: Final = ip_network("::/96")
TRANSLATED: Final = ip_network("::ffff:0:0:0/96")
LOW_32: Final = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Reach:
    """Where the service may connect to.

    Attributes:
        networks: beside the public internet, those that the operator named.
    """

    networks: tuple[Network, ...] = ()

    def allows(self, address: Address) -> bool:
        """Whether an address may be called, and every address that is hidden in it.

        >>> Reach().allows(IPv4Address("8.8.8.8")), Reach().allows(IPv6Address("::ffff:127.0.0.1"))
        (True, False)
        >>> Reach((ip_network("10.0.0.0/8"),)).allows(IPv4Address("10.1.2.3"))
        True
        """
        return all(self._allows(one) for one in meanings(address))

    def allows_by_hand(self, address: Address) -> bool:
        """Whether an address may be called that the operator typed by hand: all but those of `NEVER`."""
        return not any(_within(one, NEVER) for one in meanings(address))

    def _allows(self, address: Address) -> bool:
        if _within(address, NEVER):
            return False
        return _within(address, self.networks) or (address.is_global and not _within(address, NOT_PUBLIC))


def meanings(address: Address) -> Iterator[Address]:
    """The address that packets go to in the end: itself, or the IPv4 addresses that an IPv6 one stands for.

    >>> [str(one) for one in meanings(IPv6Address("64:ff9b::7f00:1"))]
    ['127.0.0.1']
    """
    hidden: list[Address] = [] if isinstance(address, IPv4Address) else list(_hidden(address))
    yield from hidden or (address,)


def read_networks(told: str) -> tuple[Network, ...]:
    """Networks divided by commas; ValueError for what is none.

    >>> read_networks("10.0.0.0/8, 192.168.8.20")
    (IPv4Network('10.0.0.0/8'), IPv4Network('192.168.8.20/32'))
    """
    return tuple(ip_network(one.strip()) for one in told.split(",") if one.strip())


def _hidden(address: IPv6Address) -> Iterator[IPv4Address]:
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo
    embeds = any(address in network for network in (NAT64, TRANSLATED))
    if embeds or (address in COMPATIBLE and int(address) > 1):
        yield IPv4Address(int(address) & LOW_32)


def _within(address: Address, networks: Sequence[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)
