"""An address is text: one that holds the empty sign is refused before anybody looks for what it names."""

from typing import Final
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Receive, Scope, Send

from service.api.failures import failure
from service.errors import Unprocessable

EMPTY_SIGN: Final = b"%00"


class PlainAddress:
    """Middleware: 422 for a path or query with the empty sign, which SQLite would look for and PostgreSQL refuse."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request with a plain address on."""
        if scope["type"] == "http" and ("\0" in scope["path"] or EMPTY_SIGN in scope["query_string"]):
            field = _named(scope["query_string"]) or "address"
            await failure(Unprocessable(field=field, problem="not_text"), scope)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _named(query: bytes) -> str | None:
    """The parameter of a query that holds the empty sign.

    >>> _named(b"original=1&reason=%00"), _named(b"original=1")
    ('reason', None)
    """
    asked = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    return next((name for name, value in asked if "\0" in value and "\0" not in name), None)
