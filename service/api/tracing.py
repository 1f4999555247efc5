"""What every request gets: an id, safe headers, a line in the log, its numbers, and an answer whatever happens."""

import secrets
import time
from collections.abc import Mapping
from typing import Final

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api.failures import failure, internal, storage_error
from service.numbers import Numbers

SAFE_HEADERS: Final = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"cache-control": b"no-store",
    b"permissions-policy": b"camera=(self), geolocation=(self), microphone=(), interest-cohort=()",
}
LEFT: Final = 499
"""What is noted of a request whose sender left before it was whole."""

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
STRICT_CSP: Final = b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'"

log = structlog.get_logger(__name__)


class Tracing:
    """Middleware, outermost."""

    def __init__(self, app: ASGIApp, numbers: Numbers) -> None:
        self._app = app
        self._numbers = numbers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Carry one request from its first byte to its line in the log."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        trace_id = secrets.token_hex(8)
        scope.setdefault("state", {})["trace_id"] = trace_id
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(trace_id=trace_id)
        began = time.monotonic()
        status = 0

        async def answered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _with_safe_headers(message["headers"], trace_id)
            await send(message)

        try:
            await self._app(scope, receive, answered)
        except ClientDisconnect:
            status = LEFT
        except Exception as error:  # the last resort: nobody above could answer
            log.error("request failed", path=scope["path"], exc_info=error)
            if not status:
                known = storage_error(error)
                response = failure(known, scope) if known else internal(scope)
                await response(scope, receive, answered)
        finally:
            self._note(scope, status, time.monotonic() - began)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = scope.get("route")
        path = getattr(route, "path", "other")
        method = scope["method"] if scope["method"] in METHODS else "other"  # a client may invent any number of them
        self._numbers.requests.labels(method, path, str(status)).inc()
        self._numbers.request_seconds.labels(path).observe(seconds)
        if path in ("/healthz", "/readyz", "/metrics"):
            return
        log.info("request", method=scope["method"], path=scope["path"], status=status, ms=round(seconds * 1000, 1))


def _with_safe_headers(headers: list[tuple[bytes, bytes]], trace_id: str) -> list[tuple[bytes, bytes]]:
    given = {name.lower() for name, _ in headers}
    ours: Mapping[bytes, bytes] = {**SAFE_HEADERS, b"content-security-policy": STRICT_CSP}
    extra = [(name, value) for name, value in ours.items() if name not in given]
    return [*headers, *extra, (b"x-trace-id", trace_id.encode())]
