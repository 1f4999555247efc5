"""RTSP on one connection: texts, and between them packets of pictures, of which some may be left out."""

import re
from collections.abc import Callable, Iterator
from typing import Final

DOLLAR: Final = 0x24
HEADER: Final = 4
MARKER: Final = 0x80
LONGEST_TEXT: Final = 64 * 1024
ANSWER: Final = b"RTSP/"
SIP_EVERY_S: Final = 4.0
SIP_PICTURES: Final = 2
SURE_AFTER: Final = 4
"""So many packets one behind the other are no accident."""

VERSION: Final = 0xC0, 0x80
"""Mask and value of what RTP and RTCP packets begin with: version 2."""

MOST_CHANNELS: Final = 16
MOST_SEARCHED: Final = 512 * 1024
END: Final = re.compile(rb"\r*\n\r*\n")
LENGTH: Final = re.compile(rb"\ncontent-length[ \t]*:[ \t]*(\d{1,7})[ \t\r]*\n", re.IGNORECASE)


def packet(channel: int, payload: bytes) -> bytes:
    """A packet as it travels between texts.

    >>> packet(1, b"abc")
    b'$\\x01\\x00\\x03abc'
    """
    return bytes((DOLLAR, channel)) + len(payload).to_bytes(2) + payload


def text_size(told: bytes, at: int) -> int | None:
    """How long the text is that begins there, its body included; None if its end has not come.

    >>> text_size(b"RTSP/1.0 200 OK\\r\\nContent-Length: 3\\r\\n\\r\\nv=0$", 0)
    41
    """
    end = END.search(told, at, at + LONGEST_TEXT)
    if end is None:
        return None
    length = LENGTH.search(told, at, end.end())
    size = end.end() - at + (int(length[1]) if length else 0)
    return size if at + size <= len(told) else None


def messages(told: bytes) -> Iterator[bytes]:
    """Whole texts and packets from the beginning of what has come; the caller keeps what is left."""
    at = 0
    while at < len(told):
        if told[at] == DOLLAR:
            size = HEADER + int.from_bytes(told[at + 2 : at + HEADER]) if len(told) >= at + HEADER else None
        else:
            size = text_size(told, at)
        if size is None or at + size > len(told):
            return
        yield told[at : at + size]
        at += size


def found_again(told: bytes) -> int | None:
    """Where a packet or text begins for certain, in bytes that may begin in the midst of one; None if more must come.

    What a camera sends says nowhere "here it begins", but each packet tells where the next one does.

    >>> report = packet(1, bytes((128, 200, 0, 1)) + bytes(24))
    >>> found_again(b"the end of a picture, $5" + 4 * report)
    24
    """
    at = 0 if told.startswith(ANSWER) else told.find(b"$")
    while at >= 0:
        if _goes_on(told, at):
            return at
        at = told.find(b"$", at + 1)
    return None


def _goes_on(told: bytes, start: int) -> bool:
    """Whether packets follow each other from there on: four, or fewer that end where all ends."""
    at = start
    for number in range(SURE_AFTER):
        if at == len(told):
            return number > 1 or (number == 1 and start == 0)
        size = _size_at(told, at)
        if size is None or at + size > len(told):
            return False
        at += size
    return True


def _size_at(told: bytes, at: int) -> int | None:
    """How long the packet or text is that looks as if it began there."""
    if told.startswith(ANSWER, at):
        return text_size(told, at)
    if at + HEADER + 2 > len(told) or told[at] != DOLLAR or told[at + 1] >= MOST_CHANNELS:
        return None
    mask, version = VERSION
    return HEADER + (told[at + 2] << 8 | told[at + 3]) if told[at + HEADER] & mask == version else None


class Rest:
    """Which packets of pictures are left out while no picture is wanted: whole pictures, but for a sip now and then.

    The sips keep whoever reads from taking the quiet for silence, and let it say that it is still there.

    Attributes:
        until_s: when pictures are wanted again, seconds of whatever clock `keeps` is asked with.
        unread_s: until then nobody reads, so there is no sip either.
    """

    def __init__(self) -> None:
        self.until_s = 0.0
        self.unread_s = 0.0
        self._is_open = True
        self._sip_s = 0.0
        self._left = 0

    def quiet_s(self, now_s: float) -> float:
        """For how many seconds nothing at all is wanted; 0 in the midst of pictures that are passed on."""
        return 0.0 if self._is_open else max(0.0, self._opens_s - now_s)

    @property
    def _opens_s(self) -> float:
        return min(self.until_s, max(self._sip_s, self.unread_s))

    def keeps(self, now_s: float, marker: bool) -> bool:
        """Whether a packet is passed on; `marker` says that it is the last one of its picture."""
        if not self._is_open:
            if marker and now_s >= self._opens_s:
                self._is_open, self._left = True, SIP_PICTURES
            return False
        if now_s >= self.until_s:
            return True
        if self._left == 0:
            self._is_open, self._sip_s = False, now_s + SIP_EVERY_S
            return False
        self._left -= marker
        return True


class Splitter:
    """Takes a connection apart where texts and packets begin, and puts together again what is to be passed on.

    Args:
        rest: which packets of pictures are left out.
        answer: what a text is replaced by.
    """

    def __init__(self, rest: Rest, answer: Callable[[bytes], bytes] = bytes) -> None:
        self._rest = rest
        self._answer = answer
        self._held = b""
        self._is_lost = False
        self._is_searching = False

    def search(self) -> None:
        """Bytes were left out: what comes next may begin anywhere."""
        self._held, self._is_searching = b"", not self._is_lost

    def admit(self, told: bytes, now_s: float) -> bytes:
        """What is passed on of all that has come; from a text without an end on, everything."""
        if self._is_lost:
            return told
        told = self._from_a_beginning(self._held + told if self._held else told)
        kept: list[bytes] = []
        at, end, begun, keeps = 0, len(told), 0, self._rest.keeps
        while at < end:
            if told[at] == DOLLAR:
                if at + HEADER + 2 > end:
                    break
                size = HEADER + (told[at + 2] << 8 | told[at + 3])
                if at + size > end:
                    break
                if not told[at + 1] & 1 and not keeps(now_s, bool(told[at + HEADER + 1] & MARKER)):
                    kept.append(told[begun:at])
                    begun = at + size
            else:
                found = text_size(told, at)
                if found is None:
                    self._is_lost = end - at > LONGEST_TEXT
                    break
                size = found
                kept += [told[begun:at], self._answer(told[at : at + size])]
                begun = at + size
            at += size
        kept.append(told[begun:at])
        self._held = self._held if self._is_searching else told[at:]
        if self._is_lost:
            kept.append(self._held)
        return b"".join(kept)

    def _from_a_beginning(self, told: bytes) -> bytes:
        """What has come, without the rest of what it begins in the midst of; nothing while that is not known."""
        if not self._is_searching:
            return told
        begins = found_again(told)
        if begins is None:
            self._held = told[-MOST_SEARCHED:]
            return b""
        self._is_searching = False
        return told[begins:]
