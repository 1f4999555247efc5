"""Where the service may connect to: the check stands at the connection, not at the name."""

import socket
from collections.abc import Sequence
from ipaddress import ip_address

import pytest

from service.domain.reach import Reach, read_networks
from service.errors.outside import AddressRefused, CallUnreachable
from service.outbound.calling import post, read_target
from service.outbound.dialing import Dialer

PRIVATE = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",  # noqa: S104  # an address that must not be called
    "10.0.0.7",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "100.100.100.200",
    "169.254.169.254",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.7",
    "::127.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a00:7",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
    "fc00::1",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_nothing_but_the_public_internet_is_called_unless_it_is_named(address: str) -> None:
    assert not Reach().allows(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "223.5.5.5", "2400:3200::1", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_the_public_internet_is_called(address: str) -> None:
    assert Reach().allows(ip_address(address))


def test_a_named_network_is_called_and_a_clouds_secrets_never() -> None:
    reach = Reach(read_networks("127.0.0.0/8,169.254.0.0/16,100.64.0.0/10,::/0"))
    assert reach.allows(ip_address("127.0.0.1"))
    assert reach.allows(ip_address("::ffff:127.0.0.1"))
    assert reach.allows(ip_address("fc00::1"))
    assert not reach.allows(ip_address("169.254.169.254"))
    assert not reach.allows(ip_address("100.100.100.200"))
    assert not reach.allows(ip_address("0.0.0.0"))  # noqa: S104  # as above


def test_one_forbidden_address_among_those_of_a_name_forbids_the_name() -> None:
    dialer = Dialer(resolve=lambda _host, _port: ("223.5.5.5", "10.0.0.7"))
    with pytest.raises(AddressRefused):
        dialer.addresses("two-faced.example", 443)


def test_a_name_is_resolved_once_so_that_nothing_can_change_in_between() -> None:
    asked: list[str] = []

    def rebinding(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return ("127.0.0.1",) if len(asked) == 1 else ("10.0.0.7",)

    with socket.create_server(("127.0.0.1", 0)) as server:
        dialer = Dialer(Reach(read_networks("127.0.0.1")), rebinding)
        with dialer.dial("rebinding.example", server.getsockname()[1], 1.0) as connected:
            assert connected.getpeername()[0] == "127.0.0.1"
    assert asked == ["rebinding.example"]


def test_a_host_that_was_typed_by_hand_is_called_at_its_port_alone() -> None:
    dialer = Dialer(resolve=lambda _host, _port: ("127.0.0.1",)).granting("Pole-7", 554)
    assert dialer.addresses("pole-7", 554) == [ip_address("127.0.0.1")]
    with pytest.raises(AddressRefused):
        dialer.addresses("pole-7", 22)
    assert Dialer().granting("169.254.169.254", 80).granted
    with pytest.raises(AddressRefused):
        Dialer().granting("169.254.169.254", 80).addresses("169.254.169.254", 80)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "0x7f.1", "2130706433", "0177.0.0.1", "::1", "0", "10.0.0.7"])
def test_an_address_in_figures_is_known_however_it_is_written(host: str) -> None:
    with pytest.raises(AddressRefused):
        Dialer().refuse_literal(host)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "gopher://8.8.8.8/",
        "ftp://8.8.8.8/",
        "http://",
        "http://user@8.8.8.8/",
        "http://8.8.8.8\\@127.0.0.1/",
        "http://8.8.8.8/\r\nHost: x",
        "http://8.8.8.8:99999/",
        "http://8.8.8.8:0/",
        "http://[::1/",
        "http://exam ple/",
        "https://" + "a" * 3000,
    ],
)
def test_what_is_no_plain_web_address_is_refused_before_anybody_is_called(url: str) -> None:
    with pytest.raises((AddressRefused, CallUnreachable)):
        post(Dialer(resolve=lambda _host, _port: ()), url, b"", {})


def test_a_name_that_nobody_knows_is_told_as_unreachable() -> None:
    def unknown(_host: str, _port: int) -> Sequence[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(CallUnreachable):
        Dialer(resolve=unknown).addresses("nowhere.example", 80)
    assert read_target("https://nowhere.example").port == 443
