"""A form whose files are too large for memory: they go to the data folder while they come in, and nowhere else."""

import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fastapi import Request
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from service.api.body import MAX_FIELD_BYTES, MAX_FIELDS, Form
from service.api.city import city_of
from service.errors import Busy, Malformed, StorageFull, Unprocessable
from service.evidence import RESERVE_BYTES
from service.uploads import PART, room_for

MOST_WAITING: Final = 50
RETRY_AFTER_S: Final = 600


@dataclass(frozen=True, slots=True)
class LargeForm:
    """A recording and perhaps a track, on disk until the request ends, and the text fields that came with them."""

    recording: Path
    name: str
    track: Path | None
    text: Form


class _OnDisk(MultiPartParser):
    """Starlette's parser, but for where it puts files."""

    folder: Path

    def on_headers_finished(self) -> None:
        super().on_headers_finished()
        spooled = self._current_part.file
        if spooled is not None:
            spooled.file.close()
            file = tempfile.NamedTemporaryFile(dir=self.folder, suffix=PART)  # noqa: SIM115  # closed by read_large_form
            self._files_to_close_on_error.append(file)  # type: ignore[arg-type]  # it is closed like the others
            self._current_part.file = UploadFile(file, size=0, filename=spooled.filename, headers=spooled.headers)  # type: ignore[arg-type]  # a file on disk is one


async def read_large_form(request: Request) -> AsyncIterator[LargeForm]:
    """The form of a request, as a dependency; what nobody gave another name is gone when the request ends.

    Raises:
        Malformed: no form.
        Unprocessable: no recording in it.
        StorageFull, Busy: there is no room for it, or too many wait.
    """
    _admit(request)
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise Malformed(problem="not_multipart")
    parser = _OnDisk(
        Headers(raw=request.headers.raw),
        request.stream(),
        max_files=2,
        max_fields=MAX_FIELDS,
        max_part_size=MAX_FIELD_BYTES,
    )
    parser.folder = city_of(request).uploads.folder
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise Malformed(problem="not_multipart") from error
    try:
        yield _read(dict(form.multi_items()))
    finally:
        for value in form.values():
            if isinstance(value, UploadFile):
                _let_go(value)


def _admit(request: Request) -> None:
    uploads = city_of(request).uploads
    uploads.folder.mkdir(parents=True, exist_ok=True)
    announced = request.headers.get("content-length", "0")
    if not room_for(uploads.folder, int(announced) if announced.isdigit() else 0, RESERVE_BYTES):
        raise StorageFull(where="uploads")
    with uploads.store.read() as rows:
        if len(rows.uploads.open()) >= MOST_WAITING:
            raise Busy(retry_after_s=RETRY_AFTER_S)


def _read(told: dict[str, UploadFile | str]) -> LargeForm:
    recording, track = told.get("file"), told.get("track")
    if not isinstance(recording, UploadFile):
        raise Unprocessable(field="file", problem="missing")
    if isinstance(track, str):
        raise Unprocessable(field="track", problem="not_a_file")
    for file in (recording, track):
        if file is not None:
            file.file.flush()
    fields = {name: value for name, value in told.items() if isinstance(value, str)}
    name = Path((recording.filename or "").replace("\\", "/")).name
    return LargeForm(_path(recording), name, None if track is None else _path(track), Form(b"", fields))


def _path(file: UploadFile) -> Path:
    return Path(str(file.file.name))


def _let_go(file: UploadFile) -> None:
    try:
        file.file.close()
    except FileNotFoundError:
        return  # it has another name now
