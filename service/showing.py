"""Pictures as people may see them: faces blurred, made once, before anybody sees anything."""

from dataclasses import dataclass, field

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
            Busy, StorageFull: not now.
        """
        picture = self._find(picture_id)
        if picture.blurred_sha256 is None:
            with self._turns.of(picture_id):
                picture = self._make(self._find(picture_id), lane)
        assert picture.blurred_sha256 is not None  # noqa: S101  # _make has just written it
        return self.evidence.read(picture.blurred_sha256)

    def missing(self, limit: int) -> list[str]:
        """Ids of pictures that nobody could be shown yet, oldest first."""
        with self.store.read() as rows:
            return [picture.id for picture in rows.pictures.without_derivative(limit)]

    def _find(self, picture_id: str) -> Picture:
        with self.store.read() as rows:
            return rows.pictures.get(picture_id)

    def _make(self, picture: Picture, lane: Lane) -> Picture:
        if picture.blurred_sha256 is not None:
            return picture
        blurred = self.evidence.write(self.eye.blur(self.evidence.read(picture.original_sha256), lane))
        with self.store.write() as rows:
            return rows.pictures.set_blurred(picture.id, blurred)
