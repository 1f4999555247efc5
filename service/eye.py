"""The service's one pair of eyes: the detection model and the face blur, opened once, used through the pool."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

from detector.boxes import clip
from detector.images import encode_jpeg, open_photo
from detector.model import Model
from detector.types import Detection, Detections, Image
from service.inference import Lane, Pool


class Blur(Protocol):
    """Something that makes faces unrecognisable."""

    def blur(self, image: Image) -> Image:
        """The same `(H, W, 3)` picture with every face blurred."""


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What is on one picture, in pixels of the upright original, and by which weights it was seen."""

    detections: tuple[Detection, ...]
    weights_sha256: str


class Eye:
    """Looks at pictures. Opening begins at once on another thread; the first look waits for it."""

    def __init__(self, pool: Pool, open_model: Callable[[], Model], open_faces: Callable[[], Blur]) -> None:
        self._pool = pool
        self._model: Future[Model] = pool.offer(open_model, Lane.PHOTO)
        self._faces: Future[Blur] = pool.offer(open_faces, Lane.PHOTO)

    @property
    def is_open(self) -> bool:
        """Whether the first look would not wait."""
        return self._model.done() and self._faces.done()

    def wait(self, timeout_s: float) -> None:
        """Wait until both are open; raises what kept them from opening (`detector.errors.WeightsError`)."""
        self._model.result(timeout_s)
        self._faces.result(timeout_s)

    def look(self, image: Image, scale: float, size: tuple[int, int], lane: Lane) -> Sight:
        """Find street conditions.

        Args:
            image: `(H, W, 3)`, upright, perhaps smaller than the original.
            scale: pixels of `image` per pixel of the original.
            size: width and height of the original.
            lane: who waits.

        Raises:
            Dropped: a frame made room for a newer one.
            Busy: the service stops.
        """
        model = self._model.result()
        found = self._pool.run(lambda: model.detect([image])[0], lane)
        return Sight(tuple(_in_original(found, scale, size)), model.weights_sha256)

    def blurred_jpeg(self, data: bytes, lane: Lane) -> bytes:
        """The picture that may leave: decoded, faces blurred, encoded anew and so without Exif."""
        return self._pool.run(lambda: encode_jpeg(self._faces.result().blur(open_photo(data).image)), lane)


def _in_original(found: Detections, scale: float, size: tuple[int, int]) -> Detections:
    if scale == 1:
        return found
    xyxy = clip(found.xyxy / scale, *size)  # (N, 4)
    return Detections(xyxy, found.scores, found.kinds, found.conditions)
