"""What reviewers taught as a training set to take away."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from typing import IO, Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict
from starlette.types import Receive, Scope, Send

from service.api.access import Caseworker
from service.api.body import in_utc
from service.api.city import city_of
from service.domain.audit import AuditLine
from service.lessons import LessonWish, write_lessons

router = APIRouter(tags=["review"])

ZIP: Final = "application/zip"
CHUNK: Final = 256 * 1024
Moment = Annotated[AwareDatetime, AfterValidator(in_utc)]


class LessonQuery(BaseModel):
    """Whose words are wanted: the latest `limit` of those said from a moment on and before another one."""

    model_config = ConfigDict(extra="forbid")

    judged_from: Moment | None = None
    judged_before: Moment | None = None
    limit: Annotated[int, Query(ge=1, le=2000)] = 500


@router.get("/api/exports/reviewed.zip", response_class=Response, responses={200: {"content": {ZIP: {}}}})
def export_reviewed(request: Request, caller: Caseworker, query: Annotated[LessonQuery, Query()]) -> Response:
    """Reviewed pictures with the boxes that stand, rejected ones as negatives, as CVAT for images 1.1.

    Pictures are the blurred ones. `facts.csv` says of each which kinds are boxed in full, and which words stand
    behind it; `python -m datasets convert --from cvat` reads all of it. Who took them away is recorded.
    """
    city = city_of(request)
    now = city.clock()
    wish = LessonWish(caller.name, now, city.settings.timezone, query.judged_from, query.judged_before, query.limit)
    with ExitStack() as closing:
        out = closing.enter_context(tempfile.TemporaryFile())
        with city.press.turn():
            told = write_lessons(city.store, city.showing, city.catalog, wish, out)
        with city.store.write() as rows:
            counts = {"pictures": told.pictures, "negatives": told.negatives, "boxes": told.boxes.total()}
            rows.audit.add(AuditLine(now, caller.name, "lessons.exported", "cvat", None, counts))
        closing.pop_all()  # whoever sends it closes it
    name = f"reviewed-{now.astimezone(city.settings.timezone):%Y%m%d-%H%M}.zip"
    return Sent(out, {"Content-Disposition": f'attachment; filename="{name}"'})


class Sent(StreamingResponse):
    """A file from its beginning to where it stands; it is closed afterwards, however far somebody listened."""

    def __init__(self, file: IO[bytes], headers: dict[str, str]) -> None:
        self._file = file
        size_bytes = file.tell()
        file.seek(0)
        super().__init__(_chunks(file), media_type=ZIP, headers={**headers, "Content-Length": str(size_bytes)})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._file.close()


def _chunks(out: IO[bytes]) -> Iterator[bytes]:
    while chunk := out.read(CHUNK):
        yield chunk
