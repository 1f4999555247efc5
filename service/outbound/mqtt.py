"""Say something to a platform by MQTT 5: connect, publish once at QoS 1, wait until the broker has it, leave.

The five packets that this takes are written here, over a line that was dialled within our reach: no MQTT library for
Python takes a socket that somebody else has opened.
"""

import secrets
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urlsplit

from service.errors.outside import AddressRefused, BrokerRefused, CallGarbled, MessageRefused
from service.outbound.calling import LONGEST_URL, PRINTABLE, Reply
from service.outbound.dialing import Dialer
from service.outbound.lines import USUAL, Patience, a_line

SCHEMES: Final = {"mqtt": 1883, "mqtts": 8883}
CONNECT, CONNACK, PUBLISH_QOS_1, PUBACK, DISCONNECT = 0x10, 0x20, 0x32, 0x40, 0xE0
"""First bytes of packets (MQTT 5.0, 2.1.2)."""

CLEAN_START, WITH_PASSWORD, WITH_USER = 0x02, 0x40, 0x80
PAYLOAD_IS_TEXT, CONTENT_TYPE, USER_PROPERTY = b"\x01\x01", b"\x03", b"\x26"
VERSION, KEEP_ALIVE_S, MESSAGE_NUMBER = 5, 60, 1
LONGEST_ANSWER: Final = 64 * 1024
LONGEST_PACKET: Final = 268_435_455
"""What the length of a packet can say (1.5.5)."""

FROM_HERE_REFUSED: Final = 0x80
"""Reason codes from here on say no (2.4)."""

QUOTA_EXCEEDED, PACKET_TOO_LARGE = 0x97, 0x95
HANGS_UP_OVER_A_MESSAGE: Final = frozenset({0x81, 0x82, 0x90, PACKET_TOO_LARGE, 0x99})
"""Malformed, against the protocol, topic, length, format: with these a broker leaves because of what it just got."""

MAXIMUM_PACKET_SIZE: Final = 0x27
WIDTHS: Final = {0x11: 4, 0x13: 2, 0x21: 2, 0x22: 2, 0x24: 1, 0x25: 1, 0x27: 4, 0x28: 1, 0x29: 1, 0x2A: 1}
TEXTS: Final = {0x12: 1, 0x15: 1, 0x16: 1, 0x1A: 1, 0x1C: 1, 0x1F: 1, USER_PROPERTY[0]: 2}
"""What a CONNACK may tell (3.2.2.3): numbers with their bytes, and texts, of which a user property has two."""

TAKEN: Final = 200
"""What the log of deliveries says for a broker's acknowledgement, so that both ways read alike."""


@dataclass(frozen=True, slots=True)
class Broker:
    """Where a message goes: `mqtts://USER@HOST:PORT/TOPIC`, taken apart."""

    host: str
    port: int
    topic: str
    user: str | None
    encrypted: bool


@dataclass(frozen=True, slots=True)
class Letter:
    """What is published: a body, its media type, and names that a subscriber may filter by."""

    body: bytes
    media_type: str
    properties: Mapping[str, str] = field(default_factory=dict)


def is_broker(url: str) -> bool:
    """Whether an address names a broker.

    >>> is_broker("mqtts://broker.example/city"), is_broker("https://hooks.example")
    (True, False)
    """
    return url.partition("://")[0].lower() in SCHEMES


def read_broker(url: str) -> Broker:
    """Take an address apart; AddressRefused if it is no broker's, has no topic, a wildcard, or a password in it.

    >>> read_broker("mqtts://street@broker.example/city/streets")
    Broker(host='broker.example', port=8883, topic='city/streets', user='street', encrypted=True)
    """
    if len(url) > LONGEST_URL or not all(ord(sign) in PRINTABLE for sign in url) or "\\" in url:
        raise AddressRefused(host=url[:50])
    try:
        address = urlsplit(url)
        host, port = address.hostname or "", address.port
    except ValueError as error:
        raise AddressRefused(host=url[:50]) from error
    topic = unquote(address.path[1:])
    plain = topic and not set("+#\0") & set(topic) and not topic.startswith("$")
    if address.scheme not in SCHEMES or not host or not plain or address.password is not None:
        raise AddressRefused(host=host[:200])
    if address.query or address.fragment:
        raise AddressRefused(host=host[:200])
    user = unquote(address.username) if address.username else None
    return Broker(host, SCHEMES[address.scheme] if port is None else port, topic, user, address.scheme == "mqtts")


def publish(dialer: Dialer, url: str, password: str, letter: Letter, patience: Patience = USUAL) -> Reply:
    """Publish a letter and wait until the broker has acknowledged it.

    Raises:
        AddressRefused: the address may not be called; nothing was sent.
        BrokerRefused: it says no to us, or to anything from us now.
        MessageRefused: it says no to this letter; another one may be taken.
        CallFailed: another leaf says how the call went wrong; the broker may or may not have the letter.
    """
    broker, began = read_broker(url), time.monotonic()
    with a_line(dialer, broker.host, broker.port, patience, encrypted=broker.encrypted) as line:
        line.sendall(connect_packet(broker.user, password))
        packet, welcome = publish_packet(broker.topic, letter), _heard(line, broker, CONNACK)
        if len(packet) > longest_packet(welcome, broker.host):
            raise MessageRefused(host=broker.host, reason=PACKET_TOO_LARGE)
        line.sendall(packet)
        _heard(line, broker, PUBACK)
        with suppress(OSError):  # it has the letter, whether or not it hears us leave
            line.sendall(bytes([DISCONNECT, 0]))
    return Reply(TAKEN, None, round((time.monotonic() - began) * 1000))


def connect_packet(user: str | None, password: str) -> bytes:
    """The first packet (3.1): a session of its own, under a name that nobody else has."""
    flags, rest = CLEAN_START, _text(f"streetwarden{secrets.token_hex(5)}")
    if user is not None:
        flags, rest = flags | WITH_USER, rest + _text(user)
    if password:
        flags, rest = flags | WITH_PASSWORD, rest + _text(password)
    head = _text("MQTT") + bytes([VERSION, flags]) + KEEP_ALIVE_S.to_bytes(2, "big") + b"\0"
    return _packet(CONNECT, head + rest)


def publish_packet(topic: str, letter: Letter) -> bytes:
    """A letter at QoS 1 (3.3)."""
    told = b"".join(USER_PROPERTY + _text(name) + _text(value) for name, value in letter.properties.items())
    properties = PAYLOAD_IS_TEXT + CONTENT_TYPE + _text(letter.media_type) + told
    head = _text(topic) + MESSAGE_NUMBER.to_bytes(2, "big") + _length(len(properties)) + properties
    return _packet(PUBLISH_QOS_1, head + letter.body)


def longest_packet(welcome: bytes, host: str) -> int:
    """How long a packet may be that a broker takes, as the body of its CONNACK says; CallGarbled.

    >>> longest_packet(bytes.fromhex("0000 08 2100ff 27000007d0"), "broker.example")
    2000
    """
    longest = LONGEST_PACKET
    try:
        length, at = _number(welcome, 2)
        end = at + length
        while at < end:
            name, at = welcome[at], at + 1
            if name == MAXIMUM_PACKET_SIZE:
                longest = int.from_bytes(welcome[at : at + 4], "big")
            for _ in range(TEXTS.get(name, 0)):
                at += 2 + (welcome[at] << 8 | welcome[at + 1])
            at += WIDTHS[name] if name not in TEXTS else 0
    except (IndexError, KeyError) as error:
        raise CallGarbled(host=host) from error
    if at != len(welcome) or longest == 0:
        raise CallGarbled(host=host)
    return longest


def _heard(line: socket.socket, broker: Broker, wanted: int) -> bytes:
    """Read the one packet that may come now, and what it says; BrokerRefused, MessageRefused, CallGarbled."""
    kind, body = _read(line, broker)
    reasons = {CONNACK: body[1:2], PUBACK: body[2:3], DISCONNECT: body[0:1]}
    reason = int.from_bytes(reasons.get(kind, b""), "big")
    if reason >= FROM_HERE_REFUSED:
        is_alone = wanted == PUBACK and _is_about_the_message(kind, reason)
        raise (MessageRefused if is_alone else BrokerRefused)(host=broker.host, reason=reason)
    if kind != wanted or len(body) < 2 or (kind == CONNACK and reason):
        raise CallGarbled(host=broker.host)
    if kind == PUBACK and int.from_bytes(body[:2], "big") != MESSAGE_NUMBER:
        raise CallGarbled(host=broker.host)
    return body


def _is_about_the_message(kind: int, reason: int) -> bool:
    """Whether a no after a message means this message, so that the next one may well be taken."""
    return reason != QUOTA_EXCEEDED if kind == PUBACK else reason in HANGS_UP_OVER_A_MESSAGE


def _read(line: socket.socket, broker: Broker) -> tuple[int, bytes]:
    kind, told = _exactly(line, 1, broker)[0], _exactly(line, 1, broker)
    while told[-1] >= 0x80 and len(told) < 4:
        told += _exactly(line, 1, broker)
    length, _ = _number(told, 0) if told[-1] < 0x80 else (LONGEST_PACKET, 0)
    if length > LONGEST_ANSWER:
        raise CallGarbled(host=broker.host)
    return kind, _exactly(line, length, broker)


def _exactly(line: socket.socket, count: int, broker: Broker) -> bytes:
    got = b""
    while len(got) < count:
        part = line.recv(count - len(got))
        if not part:
            raise CallGarbled(host=broker.host)
        got += part
    return got


def _packet(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + _length(len(body)) + body


def _length(value: int) -> bytes:
    """A number in as many bytes as it needs (1.5.5).

    >>> _length(0).hex(), _length(127).hex(), _length(128).hex(), _length(16_384).hex()
    ('00', '7f', '8001', '808001')
    """
    parts = []
    while True:
        value, low = divmod(value, 128)
        parts.append(low | (0x80 if value else 0))
        if not value:
            return bytes(parts)


def _number(told: bytes, at: int) -> tuple[int, int]:
    """A number in as many bytes as it needs, and where it ends; IndexError where it does not.

    >>> _number(_length(16_384), 0)
    (16384, 3)
    """
    value, place = 0, 0
    while True:
        byte = told[at + place]
        value |= (byte & 0x7F) << (7 * place)
        place += 1
        if byte < 0x80:
            return value, at + place


def _text(told: str) -> bytes:
    encoded = told.encode()
    return len(encoded).to_bytes(2, "big") + encoded
