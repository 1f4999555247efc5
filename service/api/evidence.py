"""Pictures: blurred for everybody, the original only by right, with a reason, and written down."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response

from service.api.access import Person
from service.api.body import TEXT
from service.api.city import City, city_of
from service.api.sight import own_picture
from service.api.wire import rfc3339
from service.domain.audit import AuditLine
from service.domain.states import DESK
from service.domain.ticket import Actor
from service.errors import Forbidden, OriginalReasonMissing
from service.errors.keeping import EvidenceExpired
from service.evidence import SERVED_TYPE

router = APIRouter(tags=["evidence"])

DERIVATIVE_LASTS_S: Final = 3600
PICTURES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"image/jpeg": {}, "image/png": {}, "image/webp": {}}}
}


@router.get("/api/evidence/{evidence_id}", response_class=Response, responses=PICTURES)
def get_evidence(
    request: Request,
    caller: Person,
    evidence_id: str,
    original: bool = False,
    reason: Annotated[str | None, Query(max_length=500, pattern=TEXT)] = None,
) -> Response:
    """The blurred picture. `original=1` is a caseworker's right; it needs a reason and is recorded."""
    city = city_of(request)
    if original:
        return _original(city, caller, evidence_id, (reason or "").strip())
    with city.store.read() as rows:
        own_picture(rows, caller, evidence_id)
    headers = {"Cache-Control": f"private, max-age={DERIVATIVE_LASTS_S}", "Content-Disposition": "inline"}
    return Response(city.showing.blurred(evidence_id), media_type=SERVED_TYPE, headers=headers)


def _original(city: City, caller: Actor, evidence_id: str, reason: str) -> Response:
    if caller.role not in DESK:
        raise Forbidden(role=caller.role.value, wanted="original")
    if not reason:
        raise OriginalReasonMissing(id=evidence_id[:64])
    with city.store.write() as rows:
        picture = own_picture(rows, caller, evidence_id)
        if picture.original_gone_at is not None:
            raise EvidenceExpired(id=picture.id, at=rfc3339(picture.original_gone_at))
        facts = {"sha256": picture.original_sha256, "role": caller.role.value}
        rows.audit.add(AuditLine(city.clock(), caller.name, "evidence.original", picture.id, reason, facts))
    data = city.evidence.read(picture.original_sha256)
    headers = {"Cache-Control": "no-store", "Content-Disposition": "inline"}
    return Response(data, media_type=picture.original_type, headers=headers)
