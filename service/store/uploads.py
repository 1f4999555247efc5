"""Uploads: what is to be read, how far it is, and a row about every file."""

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from service.domain.coordinates import System
from service.domain.uploads import Upload, UploadedFile, UploadOptions, UploadState
from service.errors.uploads import UploadUnknown
from service.store.places import Row
from service.store.upload_tables import upload_files, uploads

OPEN = (UploadState.WAITING.value, UploadState.WORKING.value)
_PLAIN = (
    *("id", "camera_id", "by_id", "by", "key", "name", "bytes", "sha256", "code", "files", "done", "looked", "seen"),
    *("created_at", "ended_at"),
)
_OF_A_FILE = ("seq", "file", "outcome", "code", "frames", "placed", "looked", "seen", "offset_hint_s")


class Uploads:
    """Rows of `uploads` and `upload_files`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, upload: Upload) -> None:
        """Keep a new one."""
        options = upload.options
        columns = {name: getattr(upload, name) for name in _PLAIN} | {
            "offset_s": options.offset_s,
            "began_at": options.began_at,
            "coordinates": options.coordinates.value,
            "state": upload.state.value,
        }
        self._connection.execute(insert(uploads).values(**columns))

    def get(self, upload_id: str) -> Upload:
        """The upload of that id; UploadUnknown if there is none."""
        row = self._connection.execute(select(uploads).where(uploads.c.id == upload_id)).mappings().first()
        if row is None:
            raise UploadUnknown(id=upload_id)
        return _upload(row)

    def sent_before(self, by_id: str, key: str) -> Upload | None:
        """What the same sender has sent under the same key."""
        where = (uploads.c.by_id == by_id, uploads.c.key == key)
        row = self._connection.execute(select(uploads).where(*where)).mappings().first()
        return _upload(row) if row else None

    def open(self) -> list[Upload]:
        """What is still to be read, oldest first."""
        query = select(uploads).where(uploads.c.state.in_(OPEN)).order_by(uploads.c.created_at, uploads.c.id)
        return [_upload(row) for row in self._connection.execute(query).mappings()]

    def page(self, limit: int = 50, before: str | None = None, camera_id: str | None = None) -> list[Upload]:
        """Uploads, the newest first; ids of later moments sort after earlier ones."""
        query = select(uploads).order_by(uploads.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(uploads.c.id < before)
        if camera_id is not None:
            query = query.where(uploads.c.camera_id == camera_id)
        return [_upload(row) for row in self._connection.execute(query).mappings()]

    def begin(self, upload_id: str, files: int) -> None:
        """It is being read, and has so many files."""
        values = {"state": UploadState.WORKING.value, "files": files}
        self._connection.execute(update(uploads).where(uploads.c.id == upload_id).values(**values))

    def file_done(self, upload_id: str, done: UploadedFile) -> None:
        """Keep a word about a file, and count it."""
        row = {name: getattr(done, name) for name in _OF_A_FILE} | {"without": dict(done.without)}
        self._connection.execute(insert(upload_files).values(upload_id=upload_id, **row))
        counted = {
            "done": uploads.c.done + 1,
            "looked": uploads.c.looked + done.looked,
            "seen": uploads.c.seen + done.seen,
        }
        self._connection.execute(update(uploads).where(uploads.c.id == upload_id).values(**counted))

    def end(self, upload_id: str, at: datetime, code: str | None = None) -> None:
        """Nothing more is read of it."""
        state = UploadState.DONE if code is None else UploadState.FAILED
        values = {"state": state.value, "code": code, "ended_at": at}
        self._connection.execute(update(uploads).where(uploads.c.id == upload_id).values(**values))

    def files(self, upload_id: str, limit: int = 100, after: int = -1) -> list[UploadedFile]:
        """The words about its files, in the order in which they were read; UploadUnknown."""
        self.get(upload_id)
        where = (upload_files.c.upload_id == upload_id, upload_files.c.seq > after)
        query = select(upload_files).where(*where).order_by(upload_files.c.seq).limit(limit)
        return [_file(row) for row in self._connection.execute(query).mappings()]

    def names_done(self, upload_id: str) -> frozenset[str]:
        """The names of all its files that were read to their end."""
        query = select(upload_files.c.file).where(upload_files.c.upload_id == upload_id)
        return frozenset(self._connection.execute(query).scalars())


def _upload(row: Row) -> Upload:
    options = UploadOptions(row["offset_s"], row["began_at"], System(row["coordinates"]))
    return Upload(**{name: row[name] for name in _PLAIN}, options=options, state=UploadState(row["state"]))


def _file(row: Row) -> UploadedFile:
    return UploadedFile(**{name: row[name] for name in _OF_A_FILE}, without=row["without"])
