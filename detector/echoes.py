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

ECHO_PATIENCE_S: Final = 300.0
"""For so long a loop is taken for what it shows."""

DOUBTED: Final = 12
"""A loop is over once so many pictures in a row are new: its keyframes are not all read on each turn. One echo alone is
what servers keep, to send it to whoever connects."""

_BYTES: Final = 8


class Echoes:
    """Remembers a fingerprint of each of the latest pictures of one camera.

    Args:
        patience_s: how long a loop may go on before it is told: somebody who tries the system plays a clip.

    >>> echoes, noise = Echoes(patience_s=10), np.random.default_rng(1).integers(0, 255, (50, 9, 9)).astype(np.uint8)
    >>> [echoes.goes_round(noise[n % 4], 5.0 * n) for n in range(8)]
    [False, False, False, False, False, False, True, True]
    """

    def __init__(self, patience_s: float = ECHO_PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._prints = np.zeros(REMEMBERED, np.uint64)
        self._kept = self._new_in_a_row = 0
        self._since_s: float | None = None

    def goes_round(self, sample: NDArray[np.uint8], clock_s: float) -> bool:
        """Whether a picture comes from a loop that has gone on for too long; it is remembered.

        Args:
            sample: `(h, w)`, so many of its pixels that noise is certain to differ; contiguous.
            clock_s: when it came, on a clock that never steps.
        """
        if self._remember(hashlib.blake2b(sample.data, digest_size=_BYTES).digest()):
            self._since_s = clock_s if self._since_s is None else self._since_s
            self._new_in_a_row = 0
        else:
            self._new_in_a_row += 1
            self._since_s = None if self._new_in_a_row >= DOUBTED else self._since_s
        return self._since_s is not None and clock_s - self._since_s >= self._patience_s

    def _remember(self, digest: bytes) -> bool:
        """Whether it was known."""
        told = np.uint64(int.from_bytes(digest))
        if (self._prints[: self._kept] == told).any():
            return True
        self._prints[self._kept % REMEMBERED] = told
        self._kept += 1
        return False
