"""How large a request may be: counted while it streams, refused before it is read where it says so itself."""

import re
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from detector.errors import DetectorError, PhotoTooLarge
from detector.images import MAX_BYTES
from service.api.failures import BodyRefused, failure
from service.errors import BodyTooLarge, ServiceError

MULTIPART_ROOM: Final = 64 * 1024
JSON_BYTES: Final = 256 * 1024


FILES_GO_TO: Final = re.compile(
    r"/api/(photos|cameras/[^/]+/frames|tickets/[^/]+/evidence|evaluations|policy/standard|grid-map(/check)?)"
    r"|/open311/v2/requests\.(xml|json)"
)
"""Elsewhere a body is read before anybody asks whose it is, so it is small there, whatever it calls itself."""


class BodyBounds:
    """Middleware: a form with a file may be 32 MiB and its envelope, any other body 256 KiB."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a bounded request on, or answer 413."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        multipart = bool(FILES_GO_TO.fullmatch(scope["path"])) and _is_form(headers.get(b"content-type", b""))
        limit = MAX_BYTES + MULTIPART_ROOM if multipart else JSON_BYTES
        refused = PhotoTooLarge(limit=MAX_BYTES) if multipart else BodyTooLarge(limit=JSON_BYTES)
        announced = headers.get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > limit:
            await failure(refused, scope)(scope, receive, send)
            return
        await self._app(scope, _counted(receive, limit, refused), send)


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
