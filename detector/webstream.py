"""The body of an http(s) address as a file that FFmpeg reads: every connection, also after a redirect, is dialled here.

FFmpeg itself connects to nothing; what a playlist names comes back here as well.
"""

import http.client
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from detector.dialing import Dial, Lines
from detector.errors import NotAStream, SourceForbidden, SourceSilent, SourceStalled, SourceUnreachable

SCHEMES: Final = ("http", "https")
CHUNK: Final = 64 * 1024
MOST_REDIRECTS: Final = 3
WRITE: Final = 2
"""FFmpeg's flag for a file that is to be written."""


class WebStream:
    """A body that streams in. FFmpeg asks for `read` alone, so it never tries to seek.

    Raises, on reading:
        SourceStalled: nothing came for the whole timeout.
        SourceUnreachable: the connection broke.
    """

    def __init__(self, name: str, body: Any) -> None:
        self.name = name  # what FFmpeg tells a playlist by
        self.is_picture = body.headers.get_content_maintype() == "image"
        self._body = body

    def read(self, size: int = CHUNK) -> bytes:
        """What has come, at least one byte; nothing at the end."""
        try:
            told: bytes = self._body.read1(size)
        except TimeoutError:
            raise SourceStalled(source=_host(self.name), why="it stopped sending") from None
        except (OSError, http.client.HTTPException, ValueError):
            raise SourceUnreachable(source=_host(self.name), why="the connection broke") from None
        return told

    def whole(self, most_bytes: int) -> bytes:
        """All of a body that ends, and one byte of what is too much."""
        told = bytearray()
        while len(told) <= most_bytes and (more := self.read(most_bytes + 1 - len(told))):
            told += more
        return bytes(told)

    def close(self) -> None:
        """Hang up."""
        self._body.close()


class Web:
    """Opens addresses by one way to dial; the head of an answer comes within `answer_s`, its body as it likes."""

    def __init__(self, dial: Dial, timeout_s: float, answer_s: float) -> None:
        self._timeout_s, self._answer_s = timeout_s, answer_s
        self._lines = Lines(dial)
        self.hang_up = self._lines.hang_up

    def open(self, url: str) -> WebStream:
        """A body, after at most three redirects.

        Raises:
            SourceForbidden: an address on the way may not be called.
            SourceUnreachable, SourceSilent, NotAStream: nothing there, no answer, or no http(s) address.
        """
        address = urllib.parse.urlsplit(url)
        if address.scheme.lower() not in SCHEMES or not address.hostname:
            raise NotAStream(source=_host(url), why="no http address")
        shown = address._replace(netloc=address.netloc.rpartition("@")[2], fragment="").geturl()
        request = urllib.request.Request(shown, headers={"User-Agent": "streetwarden", "Accept": "*/*"})  # noqa: S310
        try:
            body = self._opener(shown, address).open(request, timeout=self._answer_s)
        except urllib.error.HTTPError as error:
            error.close()
            raise SourceUnreachable(source=_host(url), why=f"status {error.code}") from None
        except urllib.error.URLError as error:
            raise self._refusal(url, error.reason) from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise self._refusal(url, error) from None
        with suppress(OSError):  # all of it has come, and it was hung up
            self._lines.newest.settimeout(self._timeout_s)
        return WebStream(body.url, body)

    def open_nested(self, url: str, flags: int, _options: Mapping[str, str]) -> WebStream:
        """What a playlist names: another http(s) address, never a file of this machine."""
        if flags & WRITE:
            raise NotAStream(source=_host(url), why="it wants to write")
        return self.open(url)

    def _refusal(self, url: str, reason: object) -> SourceUnreachable | SourceSilent:
        if isinstance(reason, TimeoutError):
            return SourceSilent(source=_host(url), seconds=self._answer_s)
        return SourceUnreachable(source=_host(url), why=type(reason).__name__)

    def _opener(self, shown: str, address: urllib.parse.SplitResult) -> urllib.request.OpenerDirector:
        """Handlers for http and https alone: no proxy, no file, no ftp."""
        opener = urllib.request.OpenerDirector()
        passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        if address.username is not None:
            user, password = (urllib.parse.unquote(one or "") for one in (address.username, address.password))
            passwords.add_password(None, shown, user, password)
        for handler in (
            _Dialled(self._lines),
            _Digest(passwords),
            _Basic(passwords),
            _FewRedirects(),
            urllib.request.HTTPDefaultErrorHandler(),
            urllib.request.HTTPErrorProcessor(),
            urllib.request.UnknownHandler(),
        ):
            opener.add_handler(handler)
        return opener


class _FewRedirects(urllib.request.HTTPRedirectHandler):
    max_redirections = MOST_REDIRECTS


class _Digest(urllib.request.HTTPDigestAuthHandler):
    def http_error_401(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
        """Hang up on the answer that asked for a password, then come again with it."""
        fp.close()
        return super().http_error_401(req, fp, code, msg, headers)


class _Basic(urllib.request.HTTPBasicAuthHandler):
    def http_error_401(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
        """Hang up on the answer that asked for a password, then come again with it."""
        fp.close()
        return super().http_error_401(req, fp, code, msg, headers)


class _Dialled(urllib.request.AbstractHTTPHandler):
    """Opens http and https over sockets that are dialled."""

    def __init__(self, lines: Lines) -> None:
        super().__init__()
        self._lines = lines

    def http_open(self, request: urllib.request.Request) -> Any:
        lines = self._lines

        class Plain(http.client.HTTPConnection):
            def connect(self) -> None:
                self.sock = lines.connect(self.host, self.port, self.timeout or 0, secured=False)

        return self.do_open(Plain, request)

    def https_open(self, request: urllib.request.Request) -> Any:
        lines = self._lines

        class Secured(http.client.HTTPSConnection):
            def connect(self) -> None:
                self.sock = lines.connect(self.host, self.port, self.timeout or 0, secured=True)

        return self.do_open(Secured, request)

    http_request = urllib.request.AbstractHTTPHandler.do_request_
    https_request = urllib.request.AbstractHTTPHandler.do_request_


def _host(url: str) -> str:
    """An address without user, password and query."""
    return url.rpartition("@")[2].split("?")[0][:200]


__all__ = ["SourceForbidden", "Web", "WebStream"]
