"""What can go wrong in the service, each error a code, an HTTP status and facts.

ServiceError
├── Malformed                 400 request.malformed
├── Unauthenticated
│   ├── AuthMissing           401 auth.missing
│   └── AuthInvalid           401 auth.invalid
├── Forbidden                 403 auth.forbidden
├── NotFound                  404
│   ├── CameraUnknown             camera.unknown
│   ├── PhotoUnknown              photo.unknown
│   ├── ObservationUnknown        observation.unknown
│   ├── TicketUnknown             ticket.unknown
│   ├── EvidenceUnknown           evidence.unknown
│   ├── UserUnknown               user.unknown
│   ├── KeyUnknown                key.unknown
│   └── RouteUnknown              route.unknown
├── MethodRefused             405 route.method_refused
├── Conflict                  409
│   ├── IdempotencyMismatch       idempotency.mismatch
│   ├── IllegalMove               ticket.illegal_move
│   ├── TicketChanged             ticket.changed
│   ├── PhotoPlaced               photo.placed
│   ├── CameraExists              camera.exists
│   └── UserExists                user.exists
├── BodyTooLarge              413 request.too_large
├── Unprocessable             422 request.invalid
│   ├── ReasonMissing             ticket.reason_missing
│   ├── AfterPhotoMissing         ticket.after_photo_missing
│   ├── ResolutionMissing         ticket.resolution_missing
│   ├── UnitMissing               ticket.unit_missing
│   ├── UnitUnknown               unit.unknown
│   ├── ReviewDateMissing         ticket.review_date_missing
│   ├── MergeTargetMissing        ticket.merge_target_missing
│   ├── VerdictReasonMissing      verdict.reason_missing
│   ├── VerdictConditionMissing   verdict.condition_missing
│   ├── VerdictBoxMissing         verdict.box_missing
│   ├── OriginalReasonMissing     evidence.reason_missing
│   ├── ConditionUnknown          condition.unknown
│   ├── PlaceOutOfRange           place.out_of_range
│   └── TimeWithoutZone           time.no_zone
├── RateLimited               429 rate.limited
├── Busy                      503 busy
├── StorageFull               507 storage.full
└── StartRefused                  the service does not start (exit 2)
    ├── SettingsWrong             settings.wrong
    ├── PolicyWrong               policy.wrong
    ├── DataUnusable              data.unusable
    ├── DataLocked                data.locked
    ├── LibraryTooOld             store.library_too_old
    └── PortBusy                  port.busy
"""

from collections.abc import Sequence
from typing import ClassVar

Fact = str | int | float | None | Sequence[str]


class ServiceError(Exception):
    """A code for machines, a status for HTTP and facts for the sentence that a page writes.

    >>> TicketUnknown(id="tic_1")
    TicketUnknown('ticket.unknown', {'id': 'tic_1'})
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


class AuthMissing(Unauthenticated):
    """The request carries neither a key nor a session."""


class AuthInvalid(Unauthenticated):
    """The key, session or password is wrong, revoked, disabled or expired."""

    code = "auth.invalid"


class Forbidden(ServiceError):
    """The one who asks is known and may not do this."""

    code = "auth.forbidden"
    status = 403


class NotFound(ServiceError):
    """There is no such thing."""

    code = "thing.unknown"
    status = 404


class CameraUnknown(NotFound):
    """There is no camera of that id."""

    code = "camera.unknown"


class PhotoUnknown(NotFound):
    """There is no photo of that id."""

    code = "photo.unknown"


class ObservationUnknown(NotFound):
    """There is no observation of that id."""

    code = "observation.unknown"


class TicketUnknown(NotFound):
    """There is no ticket of that id."""

    code = "ticket.unknown"


class EvidenceUnknown(NotFound):
    """There is no picture of that id, or its bytes are gone."""

    code = "evidence.unknown"


class UserUnknown(NotFound):
    """There is no account of that login or id."""

    code = "user.unknown"


class KeyUnknown(NotFound):
    """There is no key of that id."""

    code = "key.unknown"


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


class IllegalMove(Conflict):
    """A ticket was asked to go where its state does not lead; facts `was`, `wanted`, `allowed`."""

    code = "ticket.illegal_move"


class TicketChanged(Conflict):
    """The ticket has moved on since it was read; facts `version`, `wanted`."""

    code = "ticket.changed"


class PhotoPlaced(Conflict):
    """The photo has another place already."""

    code = "photo.placed"


class CameraExists(Conflict):
    """A camera of that id is there already."""

    code = "camera.exists"


class UserExists(Conflict):
    """An account of that login is there already."""

    code = "user.exists"


class BodyTooLarge(ServiceError):
    """The body has more bytes than are accepted."""

    code = "request.too_large"
    status = 413


class Unprocessable(ServiceError):
    """The request can be read, but a field is missing or wrong."""

    code = "request.invalid"
    status = 422


class ReasonMissing(Unprocessable):
    """This move needs a reason."""

    code = "ticket.reason_missing"


class AfterPhotoMissing(Unprocessable):
    """A ticket closes with an after-photo, or by the duty chief's order."""

    code = "ticket.after_photo_missing"


class ResolutionMissing(Unprocessable):
    """A ticket closes with a resolution."""

    code = "ticket.resolution_missing"


class UnitMissing(Unprocessable):
    """A ticket is dispatched to a unit."""

    code = "ticket.unit_missing"


class UnitUnknown(Unprocessable):
    """There is no handling unit of that id."""

    code = "unit.unknown"


class ReviewDateMissing(Unprocessable):
    """A suspended ticket needs a date on which it is looked at again."""

    code = "ticket.review_date_missing"


class MergeTargetMissing(Unprocessable):
    """A ticket is merged into another one, which is open."""

    code = "ticket.merge_target_missing"


class VerdictReasonMissing(Unprocessable):
    """A rejected observation needs a reason."""

    code = "verdict.reason_missing"


class VerdictConditionMissing(Unprocessable):
    """Another condition has to be named."""

    code = "verdict.condition_missing"


class VerdictBoxMissing(Unprocessable):
    """Another box has to be drawn."""

    code = "verdict.box_missing"


class OriginalReasonMissing(Unprocessable):
    """Who looks at an unblurred original says why."""

    code = "evidence.reason_missing"


class ConditionUnknown(Unprocessable):
    """The catalog has no such condition."""

    code = "condition.unknown"


class PlaceOutOfRange(Unprocessable):
    """The place is not on earth."""

    code = "place.out_of_range"


class TimeWithoutZone(Unprocessable):
    """A time field came without a zone."""

    code = "time.no_zone"


class RateLimited(ServiceError):
    """Too many attempts; fact `retry_after_s`."""

    code = "rate.limited"
    status = 429


class Busy(ServiceError):
    """Too much is waiting; fact `retry_after_s`."""

    code = "busy"
    status = 503


class StorageFull(ServiceError):
    """The disk does not take what has to be kept."""

    code = "storage.full"
    status = 507


class StartRefused(ServiceError):
    """The service does not start as it was asked to."""

    code = "start.refused"
    status = 500


class SettingsWrong(StartRefused):
    """A flag or an environment variable is wrong."""

    code = "settings.wrong"


class PolicyWrong(StartRefused):
    """The policy has an unknown key or a value out of bounds."""

    code = "policy.wrong"


class DataUnusable(StartRefused):
    """The data folder cannot be read or written, or holds something newer."""

    code = "data.unusable"


class DataLocked(StartRefused):
    """Another service uses the data folder."""

    code = "data.locked"


class LibraryTooOld(StartRefused):
    """The SQLite library has a bug that loses data."""

    code = "store.library_too_old"


class PortBusy(StartRefused):
    """Another program listens at that port."""

    code = "port.busy"
