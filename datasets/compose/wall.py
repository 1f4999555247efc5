"""A photograph under work: what hangs on it, what may still hang where."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from datasets.compose.flyers import Sheet
from datasets.compose.paste import Look, Quad, Stuff, Xyxy, paste
from datasets.compose.pictures import Picture
from datasets.compose.surfaces import Ground, Surface

HIDDEN_PART = 0.3
"""At most this part of a labelled thing may vanish behind all sheets together."""
SINGLE = ("paper_ad",)
"""Kinds that nothing may touch: two of them in one place would be one box or two."""


@dataclass(slots=True, eq=False)
class Wall:
    """A photograph under work: its pixels change, and boxes are added."""

    pixels: Picture
    look: Look
    ground: Ground
    surfaces: Sequence[Surface]
    known: Sequence[tuple[str, Xyxy]]
    added: list[tuple[str, Xyxy]] = field(default_factory=list)
    taken: list[Xyxy] = field(default_factory=list)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.pixels.shape[1], self.pixels.shape[0]

    def free(self, quad: Quad, lap: float = 0.0) -> bool:
        """Is a place inside the picture, off what was hung before, and off most of every labelled thing?

        Args:
            quad: the corners, pixels.
            lap: which part of a sheet hung before may be hidden.
        """
        box = outer(quad)
        if box[0] < 1 or box[1] < 1 or box[2] > self.size[0] - 1 or box[3] > self.size[1] - 1:
            return False
        if any(shared(box, other) > lap * min(area(other), area(box)) for other in self.taken):
            return False
        return all(self._hidden(box, other) <= (0 if kind in SINGLE else HIDDEN_PART) for kind, other in self.known)

    def _hidden(self, box: Xyxy, known: Xyxy) -> float:
        return sum(shared(each, known) for each in (box, *self.taken)) / area(known)

    def put(self, sheet: Sheet, quad: Quad, stuff: Stuff, kind: str | None, rng: np.random.Generator) -> bool:
        """Hang a sheet at a place that is free; False where too little of it would be seen."""
        box = paste(self.pixels, sheet, quad, stuff, self.look, rng)
        if box is None:
            return False
        self.taken.append(box)
        if kind is not None:
            self.added.append((kind, box))
        return True


def outer(quad: Quad) -> Xyxy:
    """The upright box round four corners."""
    return float(quad[:, 0].min()), float(quad[:, 1].min()), float(quad[:, 0].max()), float(quad[:, 1].max())


def area(box: Xyxy) -> float:
    """Square pixels of a box."""
    return (box[2] - box[0]) * (box[3] - box[1])


def shared(a: Xyxy, b: Xyxy) -> float:
    """Square pixels that two boxes have in common."""
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    return wide * high if wide > 0 and high > 0 else 0.0
