"""Has this picture been here before? A recorder that is stuck, or somebody who plays a recording, shows the same again.

A sensor's noise never gives a picture twice, so one that comes back bit by bit, minutes later, was recorded. Between
the echoes of a loop lie pictures that were not read on the last turn: they are no news either.
"""

import hashlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

REMEMBERED: Final = 720
"""Pictures: an hour, where one is read each five seconds."""

DOUBTED: Final = 12
"""Pictures. Two echoes no farther apart are a loop, over once so many in a row are new. One alone may be what a server
keeps, to send it to whoever connects."""

_BYTES: Final = 8


class Echoes:
    """Remembers a fingerprint of each of the latest pictures of one camera.

    >>> echoes, noise = Echoes(), np.random.default_rng(1).integers(0, 255, (50, 9, 9)).astype(np.uint8)
    >>> [echoes.comes_again(noise[n]) for n in (0, 1, 2, 3, 1, 4, 2, 5)]
    [False, False, False, False, True, False, True, True]
    """

    def __init__(self) -> None:
        self._prints = np.zeros(REMEMBERED, np.uint64)
        self._kept = 0
        self._new_in_a_row = DOUBTED
        self._is_loop = False

    def comes_again(self, sample: NDArray[np.uint8]) -> bool:
        """Whether a picture was shown before, or comes from a loop; it is remembered.

        Args:
            sample: `(h, w)`, so many of its pixels that noise is certain to differ; contiguous.
        """
        digest = hashlib.blake2b(sample, digest_size=_BYTES).digest()
        told = np.uint64(int.from_bytes(digest))
        if (self._prints[: self._kept] == told).any():
            self._is_loop = self._is_loop or self._new_in_a_row < DOUBTED
            self._new_in_a_row = 0
            return True
        self._prints[self._kept % REMEMBERED] = told
        self._kept += 1
        self._new_in_a_row += 1
        self._is_loop = self._is_loop and self._new_in_a_row < DOUBTED
        return self._is_loop
