"""RTSP on one connection: texts, and between them packets of pictures, of which some may be left out."""

import re
from collections.abc import Callable, Iterator
from typing import Final

DOLLAR: Final = 0x24
HEADER: Final = 4
MARKER: Final = 0x80
LONGEST_TEXT: Final = 64 * 1024
SIP_EVERY_S: Final = 4.0
SIP_PICTURES: Final = 3
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


class Rest:
    """Which packets of pictures are left out while no picture is wanted: whole pictures, but for a sip now and then.

    The sips keep whoever reads from taking the quiet for silence, and let it say that it is still there.
    """

    def __init__(self) -> None:
        self.until_s = 0.0
        self._is_open = True
        self._sip_s = 0.0
        self._left = 0

    def keeps(self, now_s: float, marker: bool) -> bool:
        """Whether a packet is passed on; `marker` says that it is the last one of its picture."""
        resting = now_s < self.until_s
        if not self._is_open:
            if marker and (not resting or now_s >= self._sip_s):
                self._is_open, self._left = True, SIP_PICTURES
            return False
        if not resting:
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

    def admit(self, told: bytes, now_s: float) -> bytes:
        """What is passed on of all that has come; from a text without an end on, everything."""
        if self._is_lost:
            return told
        told = self._held + told if self._held else told
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
        self._held = told[at:]
        if self._is_lost:
            kept.append(self._held)
        return b"".join(kept)
