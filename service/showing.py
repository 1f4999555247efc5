"""Pictures as people may see them: faces and number plates blurred, made once, before anybody sees anything."""

from contextlib import suppress
from dataclasses import dataclass, field

from service.errors import StorageFull
from service.evidence import Evidence
from service.eye import Eye
from service.inference import Lane
from service.store import Store
from service.store.pictures import Picture
from service.turns import Turns


@dataclass(frozen=True, slots=True)
class Showing:
    """Derivatives of the pictures in evidence."""

    store: Store
    evidence: Evidence
    eye: Eye
    _turns: Turns = field(default_factory=Turns)

    def blurred(self, picture_id: str, lane: Lane = Lane.READER) -> bytes:
        """The JPEG that may be shown, made now if it was not before.

        Raises:
            EvidenceUnknown: there is no such picture, or its bytes are gone.
            Busy: not now.
            StorageFull: it cannot be kept. A reader gets it all the same, and it is made again for the next one.
        """
        picture = self._find(picture_id)
        if picture.blurred_sha256 is None and lane is Lane.CHORE:
            return self._make_ahead(picture)
        if picture.blurred_sha256 is None:
            with self._turns.of(picture_id):
                return self._make(self._find(picture_id), lane)
        return self.evidence.read(picture.blurred_sha256)

    def missing(self, limit: int) -> list[str]:
        """Ids of pictures that nobody could be shown yet, oldest first."""
        with self.store.read() as rows:
            return [picture.id for picture in rows.pictures.without_derivative(limit)]

    def _find(self, picture_id: str) -> Picture:
        with self.store.read() as rows:
            return rows.pictures.get(picture_id)

    def _make(self, picture: Picture, lane: Lane) -> bytes:
        if picture.blurred_sha256 is not None:
            return self.evidence.read(picture.blurred_sha256)
        blurred = self.eye.blur(self.evidence.read(picture.original_sha256), lane)
        with suppress(StorageFull):
            self._keep(picture, blurred)
        return blurred

    def _make_ahead(self, picture: Picture) -> bytes:
        """As `_make`, without the turn while it waits for a free worker: a reader would else wait along with it."""
        blurred = self.eye.blur(self.evidence.read(picture.original_sha256), Lane.CHORE)
        with self._turns.of(picture.id):
            if self._find(picture.id).blurred_sha256 is None:
                self._keep(picture, blurred)
        return blurred

    def _keep(self, picture: Picture, blurred: bytes) -> None:
        sha256 = self.evidence.write(blurred)
        with self.store.write() as rows:
            rows.pictures.set_blurred(picture.id, sha256)
