"""How large a request may be: counted while it streams, refused before it is read where it says so itself."""

import re
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from detector.errors import DetectorError, PhotoTooLarge
from detector.images import MAX_BYTES
from service.api.failures import BodyRefused, failure
from service.errors import BodyTooLarge, ServiceError
from service.errors.uploads import UploadTooLarge

MULTIPART_ROOM: Final = 64 * 1024
JSON_BYTES: Final = 256 * 1024


FILES_GO_TO: Final = re.compile(
    r"/api/(photos|cameras/[^/]+/frames|tickets/[^/]+/evidence|evaluations|policy/standard"
    r"|(grid-map|premises-table)(/check)?)"
    r"|/open311/v2/requests\.(xml|json)"
)
"""Elsewhere a body is read before anybody asks whose it is, so it is small there, whatever it calls itself."""

RECORDINGS_GO_TO: Final = re.compile(r"/api/cameras/[^/]+/uploads")
MAX_UPLOAD_BYTES: Final = 4 * 1024**3
TRACK_ROOM: Final = 64 * 1024 * 1024


class BodyBounds:
    """Middleware: a form with a picture may be 32 MiB and its envelope, a recording 4 GiB, any other body 256 KiB."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a bounded request on, or answer 413."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        limit, refused = _bound(scope["path"], _is_form(headers.get(b"content-type", b"")))
        announced = headers.get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > limit:
            await failure(refused, scope)(scope, receive, send)
            return
        await self._app(scope, _counted(receive, limit, refused), send)


def _bound(path: str, is_form: bool) -> tuple[int, ServiceError | DetectorError]:
    """How many bytes may come there, and what is answered to more."""
    if is_form and FILES_GO_TO.fullmatch(path):
        return MAX_BYTES + MULTIPART_ROOM, PhotoTooLarge(limit=MAX_BYTES)
    if is_form and RECORDINGS_GO_TO.fullmatch(path):
        return MAX_UPLOAD_BYTES + TRACK_ROOM + MULTIPART_ROOM, UploadTooLarge(limit=MAX_UPLOAD_BYTES)
    return JSON_BYTES, BodyTooLarge(limit=JSON_BYTES)


def _is_form(content_type: bytes) -> bool:
    return content_type.lower().startswith(b"multipart/form-data")


def _counted(receive: Receive, limit: int, refused: ServiceError | DetectorError) -> Receive:
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise BodyRefused(refused)
        return message

    return counted
