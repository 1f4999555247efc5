"""Has anything changed since the last look that was analysed? Most frames of a street are the frame before.

What counts is a patch of the picture that differs from the last analysed look on two frames in a row. Before they are
compared, the light is taken out: an exposure (gain and offset over the whole picture), then what is left of a smooth
change (a cloud, dusk). Places that never rest (leaves, a flag, rain) are learned and need more. What passes by is gone
on the next frame, and whatever all this overlooks is seen by the look that is due anyway.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from detector.lapse import Stamp
from detector.types import Frame, Image

THUMB_WIDTH, THUMB_HEIGHT = 64, 36
_SMOOTH: Final = (17, 17)
_MOST_LIGHT: Final = 30.0
"""Gray levels: a smooth change is taken out up to here, so that a large thing does not vanish in its own average."""

_UNREST_MOST: Final = 24.0
_UNREST_WEIGHT: Final = 2.5
_UNREST_RATE: Final = 0.08
_REST: Final = 2.4
"""Gray levels by which a resting cell differs from frame to frame: what a sensor's noise leaves of a cell's mean."""

_NEAR_WHITE: Final = 250.0

Thumb = NDArray[np.uint8]
"""`(36, 64)` uint8, gray."""

Cells = NDArray[np.uint8]
"""`(36, 64)` uint8, 1 where something is so."""

Ring = Sequence[tuple[float, float]]
"""A polygon of (x, y) in [0, 1] of width and height."""

Cause = Literal["first", "due", "changed"]
"""Why a frame is looked at."""


@dataclass(frozen=True, slots=True)
class Gating:
    """When a frame is worth a look.

    Attributes:
        look_every: a look is forced after this time, changed or not.
        cell_difference: gray levels, of 255, from which a cell of 64x36 differs once the light is taken out.
        patch: so many of 3x3 neighbours must differ: 4 are a square of 3 % of the picture's width.
        settles_within: frames no farther apart than this must both show the change; what passes by does not.
        hidden: what lies in these polygons never counts.
    """

    look_every: timedelta = timedelta(minutes=1)
    cell_difference: float = 12.0
    patch: int = 4
    settles_within: timedelta = timedelta(seconds=10)
    hidden: tuple[Ring, ...] = ()


@dataclass(slots=True)
class Gate:
    """Remembers the last analysed look of one camera, and where its picture never rests."""

    gating: Gating = field(default_factory=Gating)
    _look: NDArray[np.float32] | None = None
    _looked: Stamp | None = None
    _last: NDArray[np.float32] | None = None
    _unrest: NDArray[np.float32] = field(default_factory=lambda: np.zeros((THUMB_HEIGHT, THUMB_WIDTH), np.float32))
    _seen: Stamp | None = None
    _differed: Cells | None = None
    _shown: Cells | None = None

    def __post_init__(self) -> None:
        self._shown = shown_cells(self.gating.hidden)

    def admit(self, frame: Frame, look_every: timedelta | None = None) -> Cause | None:
        """Why the frame is to be analysed, None if it is not; if so, it becomes the one to compare with.

        A calendar that steps back forces a look rather than none.

        Args:
            frame: the next of this camera.
            look_every: instead of that of the gating, where now is a time to look more often.
        """
        thumb = thumbnail(frame.image).astype(np.float32)
        self._learn(thumb)
        cause = self._cause(thumb, Stamp.of(frame), look_every or self.gating.look_every)
        self._seen = Stamp.of(frame)
        if cause is not None:
            self._look, self._looked, self._differed = thumb, self._seen, None
        return cause

    def hide(self, hidden: Sequence[Ring]) -> None:
        """From now on, what lies in these polygons never counts, and nothing else is hidden."""
        self._shown = shown_cells(hidden)

    def forget(self) -> None:
        """The view is another one: nothing that was learned holds."""
        self._look = self._last = self._looked = self._seen = self._differed = None
        self._unrest[:] = 0

    def _cause(self, thumb: NDArray[np.float32], now: Stamp, look_every: timedelta) -> Cause | None:
        if self._look is None or self._looked is None:
            return "first"
        differs = self._differs(self._look, thumb)
        if not 0 <= now.since(self._looked) < look_every.total_seconds():
            return "due"
        before, self._differed = self._differed, differs
        if not self._settles(now):
            return "changed" if largest_patch(differs) >= self.gating.patch else None
        if before is None:
            return None
        return "changed" if largest_patch(differs & before) >= self.gating.patch else None

    def _settles(self, now: Stamp) -> bool:
        """Whether frames come so densely that a change can be asked to be there on the next one, too."""
        return self._seen is None or 0 <= now.since(self._seen) <= self.gating.settles_within.total_seconds()

    def _differs(self, before: NDArray[np.float32], after: NDArray[np.float32]) -> Cells:
        limit = self.gating.cell_difference + _UNREST_WEIGHT * np.maximum(self._unrest - _REST, 0)
        differs = (np.abs(difference(before, after)) >= limit).astype(np.uint8)
        return differs if self._shown is None else np.asarray(differs & self._shown, np.uint8)

    def _learn(self, thumb: NDArray[np.float32]) -> None:
        """Where the picture differs from frame to frame, it never rests; a thing that is put down differs once."""
        if self._last is not None:
            step = np.minimum(np.abs(thumb - self._last), _UNREST_MOST)
            self._unrest += np.float32(_UNREST_RATE) * (step - self._unrest)
        self._last = thumb


def thumbnail(image: Image) -> Thumb:
    """`(36, 64)` gray cells of an `(H, W, 3)` picture.

    Only two rows and columns a cell are read, so that a frame costs a tenth of a millisecond whatever its size.
    """
    height, width = image.shape[:2]
    step_y, step_x = max(1, height // (2 * THUMB_HEIGHT)), max(1, width // (2 * THUMB_WIDTH))
    green = np.ascontiguousarray(image[step_y // 2 :: step_y, step_x // 2 :: step_x, 1])
    return np.asarray(cv2.resize(green, (THUMB_WIDTH, THUMB_HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)


def difference(before: NDArray[np.float32], after: NDArray[np.float32]) -> NDArray[np.float32]:
    """By how many gray levels cells differ, once the light is taken out: `(36, 64)`, negative where it got darker.

    >>> night = np.full((36, 64), 40, np.float32)
    >>> float(np.abs(difference(night, night + 30)).max())
    0.0
    """
    gain, offset = _exposure(before, after)
    expected = np.clip(gain * before + offset, 0.0, _NEAR_WHITE)
    change = np.minimum(after, _NEAR_WHITE) - expected
    return np.asarray(change - cv2.blur(np.clip(change, -_MOST_LIGHT, _MOST_LIGHT), _SMOOTH), np.float32)


def largest_patch(differs: Cells) -> int:
    """How many of the best 3x3 neighbours differ, 0 to 9; drops and noise lie apart, things lie together."""
    return int(cv2.boxFilter(differs, -1, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT).max())


def shown_cells(hidden: Sequence[Ring]) -> Cells | None:
    """The cells that no polygon hides; None where there are no polygons."""
    if not hidden:
        return None
    cells = np.ones((THUMB_HEIGHT, THUMB_WIDTH), np.uint8)
    edges = np.array([THUMB_WIDTH, THUMB_HEIGHT])
    for ring in hidden:
        cv2.fillPoly(cells, [np.round(np.array(ring) * edges - 0.5).astype(np.int32)], 0)
    return cells


def _exposure(before: NDArray[np.float32], after: NDArray[np.float32]) -> tuple[float, float]:
    """Gain and offset by which the one picture becomes the other: least squares, a gain only as cameras have it."""
    mean_before, mean_after = float(before.mean()), float(after.mean())
    centred = before - mean_before
    spread = float(np.vdot(centred, centred))
    gain = float(np.vdot(centred, after)) / spread if spread > 1.0 else 1.0
    gain = min(4.0, max(0.25, gain))
    return gain, mean_after - gain * mean_before
