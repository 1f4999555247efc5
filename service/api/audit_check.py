"""The audit trail as a whole: whether its chain holds, and its lines as a file for whoever examines them elsewhere."""

import csv
import io
import json
import threading
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from service.anchor import read_anchors
from service.api.access import Overseer
from service.api.audit import TrailFields
from service.api.city import City, city_of
from service.api.wire import Moment, rfc3339
from service.domain.audit import AuditLine, Link, breaks
from service.errors import Busy
from service.exports import BOM, for_csv
from service.store.audit import TrailFilter

router = APIRouter(tags=["audit"])

MOST_BREAKS: Final = 100
PAGE: Final = 500
COLUMNS: Final = ("seq", "at", "actor", "action", "subject", "reason", "facts", "sha256")
ONE_AT_A_TIME: Final = threading.Lock()


class BreakAnswer(BaseModel):
    """Where the chain does not hold: the number of a line that is changed, missing, cut off or not the anchored one."""

    problem: Literal["audit.changed", "audit.missing", "audit.cut", "audit.forged"]
    seq: int


class TrailCheck(BaseModel):
    """What a walk over the whole chain found: its length, how many heads were compared, and the first breaks."""

    good: bool
    lines: int
    anchors: int
    checked_at: Moment
    breaks: list[BreakAnswer]


@router.post("/api/audit/check")
def check_trail(request: Request, _: Overseer) -> TrailCheck:
    """Compute the whole chain anew and compare it with the heads that were written down elsewhere; 503 if one runs."""
    city = city_of(request)
    if not ONE_AT_A_TIME.acquire(blocking=False):
        raise Busy(retry_after_s=5)
    try:
        anchors = read_anchors(city.settings.anchor_file)
        with city.store.read() as rows:
            head = rows.audit.head()
            found = list(islice(breaks(rows.audit.links(), head, anchors), MOST_BREAKS))
    finally:
        ONE_AT_A_TIME.release()
    told = [BreakAnswer(problem=one.problem.value, seq=one.seq) for one in found]
    return TrailCheck(good=not told, lines=head.seq, anchors=len(anchors), checked_at=city.clock(), breaks=told)


@router.get("/api/audit.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
def export_trail(request: Request, caller: Overseer, query: Annotated[TrailFields, Query()]) -> Response:
    """The wanted lines as CSV, newest first, with their hashes. Who took them away is recorded."""
    city = city_of(request)
    now = city.clock()
    with city.store.write() as rows:
        asked = {name: str(value) for name, value in query.model_dump(exclude_defaults=True).items()}
        rows.audit.add(AuditLine(now, caller.name, "audit.exported", "csv", None, asked))
    name = f"audit-{now.astimezone(city.settings.timezone):%Y%m%d-%H%M}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(_as_csv(_links(city, query.filter)), media_type="text/csv; charset=utf-8", headers=headers)


def _links(city: City, wanted: TrailFilter) -> Iterator[Link]:
    before: int | None = None
    while True:
        with city.store.read() as rows:
            page = rows.audit.page(wanted, PAGE, before)
        yield from page
        if len(page) < PAGE:
            return
        before = page[-1].seq


def _as_csv(links: Iterable[Link]) -> Iterator[bytes]:
    out = io.StringIO()
    writer = csv.writer(out)
    out.write(BOM)
    writer.writerow(COLUMNS)
    for at, link in enumerate(links, 1):
        line = link.line
        facts = json.dumps(dict(line.facts), ensure_ascii=False, sort_keys=True, default=str)
        told = (line.actor, line.action, line.subject, line.reason, facts, link.sha256)
        writer.writerow([link.seq, rfc3339(line.at), *(for_csv(value) for value in told)])
        if at % PAGE == 0:
            yield _emptied(out)
    yield _emptied(out)


def _emptied(out: io.StringIO) -> bytes:
    told = out.getvalue().encode()
    out.seek(0)
    out.truncate()
    return told
