"""The service's one pair of eyes: the detection model and the blur, opened once, used through the pool."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from detector.images import LOOKING_SIDE, Photo, open_photo
from detector.looks import FOLLOWED, worth_following
from detector.model import Model
from detector.tiles import LOOKING_CLOSER_SIDE, Tiled, open_tiled
from detector.types import Detection, Detections, Image
from service.evidence import served_jpeg
from service.inference import Lane, Pool


class Blur(Protocol):
    """Something that makes faces and number plates unrecognisable."""

    def blur(self, image: Image) -> Image:
        """The same `(H, W, 3)` picture with every face and number plate blurred."""


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What is on one picture, in pixels of the upright original, and by which weights it was seen."""

    detections: tuple[Detection, ...]
    weights_sha256: str


class Eye:
    """Looks at pictures. Opening begins at once on another thread; the first look waits for it."""

    def __init__(
        self,
        pool: Pool,
        open_model: Callable[[], Model],
        open_blur: Callable[[], Blur],
        *,
        looks_closer: bool = False,
    ) -> None:
        self._pool = pool
        self._looks_closer = looks_closer
        opening = partial(open_tiled, open_model) if looks_closer else open_model
        self._model: Future[Model] = pool.offer(opening, Lane.PHOTO)
        self._blur: Future[Blur] = pool.offer(open_blur, Lane.PHOTO)

    @property
    def is_open(self) -> bool:
        """Whether the first look would not wait."""
        return self._model.done() and self._blur.done()

    def wait(self, timeout_s: float) -> None:
        """Wait until both are open; raises what kept them from opening (`detector.errors.WeightsError`)."""
        self._model.result(timeout_s)
        self._blur.result(timeout_s)

    @property
    def photo_side(self) -> int:
        """How many pixels a photo's longer side needs for `look`."""
        return LOOKING_CLOSER_SIDE if self._looks_closer else LOOKING_SIDE

    def look(self, photo: Photo, lane: Lane) -> Sight:
        """Find street conditions; `lane` says who waits.

        Raises:
            Dropped: a frame made room for a newer one.
            Busy: the service stops.
        """
        model = self._model.result()
        found = self._pool.run(lambda: model.detect([photo.image])[0], lane)
        return Sight(tuple(found.on_original(photo.scale, photo.width, photo.height)), model.weights_sha256)

    @property
    def thresholds(self) -> Mapping[str, float]:
        """By kind, the score from which the model shows a box."""
        return self._model.result().thresholds

    def follow(self, image: Image, camera: str) -> tuple[Detections, str]:
        """Find street conditions on a camera's `(H, W, 3)` frame, with the weaker boxes that a memory follows.

        Returns:
            What was found, and the weights that saw it.

        Raises:
            Dropped: it made room for a newer frame.
            Busy: the service stops.
        """
        return self._pool.run(lambda: self.see(image, followed=True), Lane.FRAME, camera)

    def see(self, image: Image, *, followed: bool) -> tuple[Detections, str]:
        """As `follow`, at once, by a thread that has its turn; `followed` or not, with the weaker boxes or without."""
        model = self._once()
        if not followed:
            return model.detect([image])[0], model.weights_sha256
        lowest = FOLLOWED * min(model.thresholds.values()) if model.thresholds else None
        found = model.detect([image], min_score=lowest)[0]
        return worth_following(found, model.thresholds), model.weights_sha256

    def _once(self) -> Model:
        """What looks at a frame: once, however it is with photos."""
        model = self._model.result()
        return model.model if isinstance(model, Tiled) else model

    def blurred_frame(self, image: Image, lane: Lane) -> bytes:
        """A camera's `(H, W, 3)` frame as the JPEG that may leave; Dropped, Busy."""
        return self._pool.run(lambda: served_jpeg(image, self._blur.result().blur), lane)

    def blur(self, data: bytes, lane: Lane) -> bytes:
        """A photo's file as the JPEG that may leave: blurred, encoded anew; Dropped, Busy, PhotoError."""
        return self._pool.run(lambda: served_jpeg(open_photo(data).image, self._blur.result().blur), lane)
