"""Who comes where there is no room is refused before a byte of the picture is read, and told when to come again."""

import re
from contextlib import ExitStack
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from service.api.failures import failure
from service.errors import Busy
from service.inference import Pool
from service.slots import Slots

PHOTOS_GO_TO: Final = re.compile(r"/api/(photos|tickets/[^/]+/evidence)")
FRAMES_GO_TO: Final = re.compile(r"/api/cameras/[^/]+/frames")


class Shedding:
    """Middleware: a place is taken with the first bytes of a request, and kept until its picture is here."""

    def __init__(self, app: ASGIApp, pool: Pool) -> None:
        self._app = app
        self._pool = pool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 503."""
        slots = self._slots(scope)
        if slots is None:
            await self._app(scope, receive, send)
            return
        with ExitStack() as held:
            try:
                held.enter_context(slots.arriving())
            except Busy as busy:
                await failure(busy, scope)(scope, receive, send)
                return
            await self._app(scope, receive, send)

    def _slots(self, scope: Scope) -> Slots | None:
        if scope["type"] != "http" or scope["method"] != "POST":
            return None
        if PHOTOS_GO_TO.fullmatch(scope["path"]):
            return self._pool.photos
        return self._pool.frames if FRAMES_GO_TO.fullmatch(scope["path"]) else None
