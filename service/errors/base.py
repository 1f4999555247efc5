"""The kinds of errors: each a status of HTTP, under which the areas hang their own.

ServiceError
├── Malformed                 400 request.malformed
├── Unauthenticated           401
├── Forbidden                 403 auth.forbidden
├── NotFound                  404 thing.unknown
│   └── RouteUnknown              route.unknown
├── MethodRefused             405 route.method_refused
├── Conflict                  409 state.conflict
│   └── IdempotencyMismatch       idempotency.mismatch
├── BodyTooLarge              413 request.too_large
├── Unprocessable             422 request.invalid
├── RateLimited               429 rate.limited
├── Busy                      503 busy
│   └── DatabaseAway              store.away
└── StorageFull               507 storage.full
"""

from collections.abc import Sequence
from typing import ClassVar

Fact = str | int | float | None | Sequence[str]


class ServiceError(Exception):
    """A code for machines, a status for HTTP and facts for the sentence that a page writes.

    >>> RouteUnknown(path="/no")
    RouteUnknown('route.unknown', {'path': '/no'})
    """

    code: ClassVar[str] = "service.error"
    status: ClassVar[int] = 500

    def __init__(self, **facts: Fact) -> None:
        super().__init__(self.code, facts)
        self.facts: dict[str, Fact] = facts

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.code} ({told})" if told else self.code


class Malformed(ServiceError):
    """The request cannot be read at all."""

    code = "request.malformed"
    status = 400


class Unauthenticated(ServiceError):
    """Nobody knows who asks."""

    code = "auth.missing"
    status = 401


class Forbidden(ServiceError):
    """The one who asks is known and may not do this."""

    code = "auth.forbidden"
    status = 403


class NotFound(ServiceError):
    """There is no such thing."""

    code = "thing.unknown"
    status = 404


class RouteUnknown(NotFound):
    """There is nothing at that address."""

    code = "route.unknown"


class MethodRefused(ServiceError):
    """The address exists, but not for that verb."""

    code = "route.method_refused"
    status = 405


class Conflict(ServiceError):
    """The present state does not allow it."""

    code = "state.conflict"
    status = 409


class IdempotencyMismatch(Conflict):
    """The same key came with another body."""

    code = "idempotency.mismatch"


class BodyTooLarge(ServiceError):
    """The body has more bytes than are accepted."""

    code = "request.too_large"
    status = 413


class Unprocessable(ServiceError):
    """The request can be read, but a field is missing or wrong."""

    code = "request.invalid"
    status = 422


class RateLimited(ServiceError):
    """Too many attempts; fact `retry_after_s`."""

    code = "rate.limited"
    status = 429


class Busy(ServiceError):
    """Too much is waiting; fact `retry_after_s`."""

    code = "busy"
    status = 503


class DatabaseAway(Busy):
    """The database does not answer; fact `retry_after_s`."""

    code = "store.away"


class StorageFull(ServiceError):
    """The disk does not take what has to be kept."""

    code = "storage.full"
    status = 507
