"""Who comes where there is no room is refused before a byte of the picture is read, and told when to come again."""

import re
from contextlib import ExitStack
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from service.api.failures import failure
from service.errors import Busy
from service.inference import Pool
from service.numbers import Numbers
from service.slots import Slots

PHOTOS_GO_TO: Final = re.compile(r"/api/(photos|tickets/[^/]+/evidence)")
FRAMES_GO_TO: Final = re.compile(r"/api/cameras/[^/]+/frames")


class Shedding:
    """Middleware: a place is taken with the first bytes of a request, and kept until its picture is here."""

    def __init__(self, app: ASGIApp, pool: Pool, numbers: Numbers) -> None:
        self._app = app
        self._rooms = (("photo", PHOTOS_GO_TO, pool.photos), ("frame", FRAMES_GO_TO, pool.frames))
        self._numbers = numbers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 503."""
        what, slots = self._room(scope)
        if slots is None:
            await self._app(scope, receive, send)
            return
        with ExitStack() as held:
            try:
                held.enter_context(slots.arriving())
            except Busy as busy:
                self._numbers.refused.labels(what).inc()
                await failure(busy, scope)(scope, receive, send)
                return
            await self._app(scope, receive, send)

    def _room(self, scope: Scope) -> tuple[str, Slots | None]:
        """What a request brings, and where there may be room for it."""
        if scope["type"] == "http" and scope["method"] == "POST":
            for what, path, slots in self._rooms:
                if path.fullmatch(scope["path"]):
                    return what, slots
        return "", None
