"""Every failure becomes `{code, facts, trace_id}`; the page owns the sentence."""

import errno
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope

from detector.errors import DetectorError
from service.errors import (
    AuthMissing,
    Busy,
    Malformed,
    MethodRefused,
    RouteUnknown,
    ServiceError,
    StorageFull,
    Unprocessable,
)
from service.open311.written import PREFIX, refused
from service.words import language_of

STATUS_OF_PHOTOS: Final = {
    "photo.not_an_image": 415,
    "photo.too_large": 413,
    "photo.too_many_pixels": 413,
    "track.too_large": 413,
    "recording.too_large": 413,
}
FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
MALFORMED_TYPES: Final = frozenset({"json_invalid", "model_attributes_type"})

log = structlog.get_logger(__name__)


class BodyRefused(HTTPException):
    """An error while a body streams in; an HTTPException, since FastAPI turns every other one into a 400."""

    def __init__(self, error: ServiceError | DetectorError) -> None:
        super().__init__(status_of(error), error.code)
        self.error = error


def status_of(error: ServiceError | DetectorError) -> int:
    """The HTTP status of an error; a photo that cannot be used is 422 unless the contract says otherwise."""
    if isinstance(error, ServiceError):
        return error.status
    return STATUS_OF_PHOTOS.get(error.code, 422)


def trace_of(scope: Scope) -> str:
    """The id under which this request stands in the logs."""
    return str(scope.get("state", {}).get("trace_id", ""))


def failure(error: ServiceError | DetectorError, scope: Scope) -> Response:
    """The answer that an error gives; at the door of Open311, in its words."""
    if scope["path"].startswith(PREFIX):
        return refused(error, status_of(error), scope["path"], _language(scope))
    return _answer(status_of(error), error.code, error.facts, scope)


def internal(scope: Scope) -> Response:
    """The last resort: we failed, and the log knows how."""
    if scope["path"].startswith(PREFIX):
        return refused(ServiceError(), ServiceError.status, scope["path"], _language(scope))
    return _answer(500, "internal", {}, scope)


def _language(scope: Scope) -> str:
    """The language of whoever asked, for the errors that carry their own sentence."""
    asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("lang", [None])[0]
    return language_of(asked, Headers(scope=scope).get("accept-language"))


def answer_failures(app: FastAPI) -> None:
    """Give an app its handlers."""

    @app.exception_handler(ServiceError)
    @app.exception_handler(DetectorError)
    def known(request: Request, error: ServiceError | DetectorError) -> Response:
        return failure(error, request.scope)

    @app.exception_handler(RequestValidationError)
    def unreadable(request: Request, error: RequestValidationError) -> Response:
        return failure(validation_error(error), request.scope)

    @app.exception_handler(HTTPException)
    def of_starlette(request: Request, error: HTTPException) -> Response:
        if isinstance(error, BodyRefused):
            return failure(error.error, request.scope)
        return failure(_http_error(error), request.scope)

    @app.exception_handler(OSError)
    @app.exception_handler(DBAPIError)
    def of_storage(request: Request, error: Exception) -> Response:
        if (known := storage_error(error)) is not None:
            log.error("storage refused", code=known.code, error=str(error))
            return failure(known, request.scope)
        raise error


def storage_error(error: BaseException) -> ServiceError | None:
    """What an error of disk or database means to the one who asks; None if it is our own mistake."""
    if isinstance(error, OSError) and error.errno in FULL:
        return StorageFull()
    if isinstance(error, DBAPIError):
        told = str(error.orig).lower()
        if "disk is full" in told or "no space" in told:
            return StorageFull()
        if "locked" in told or "too many connections" in told:
            return Busy(retry_after_s=1)
    return None


def validation_error(error: RequestValidationError) -> ServiceError:
    """The first thing that is wrong with a request, without repeating what was sent."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:]) or str(first["loc"][0])
    if first["type"] in MALFORMED_TYPES:
        return Malformed(problem=first["type"])
    return Unprocessable(field=where[:100], problem=first["type"])


def _http_error(error: HTTPException) -> ServiceError:
    if error.status_code == 404:
        return RouteUnknown()
    if error.status_code == 405:
        return MethodRefused()
    return Malformed(problem=str(error.detail)[:100])


def _answer(status: int, code: str, facts: Mapping[str, object], scope: Scope) -> JSONResponse:
    headers = {"Cache-Control": "no-store"}
    if "retry_after_s" in facts:
        headers["Retry-After"] = str(facts["retry_after_s"])
    if status == AuthMissing.status:
        headers["WWW-Authenticate"] = 'Bearer realm="streetwarden"'
    body = {"code": code, "facts": facts, "trace_id": trace_of(scope)}
    return JSONResponse(body, status_code=status, headers=headers)
