"""Keep the process small: glibc keeps few pools, gives back what they hold when asked, and very large blocks at once.

A block that is mapped by itself costs a page fault for every 4 KiB, each time: see docs/decisions/0049. And keep it
quick: Python looks for cycles only among what comes and goes.
"""

import ctypes
import gc
from typing import Final

M_TRIM_THRESHOLD: Final = -1
M_MMAP_THRESHOLD: Final = -3
M_ARENA_MAX: Final = -8

LARGE_BLOCK: Final = 8 * 1024 * 1024
"""Bytes from which a block is mapped by itself: just above a picture of 1080p, four bytes a pixel."""

LEFT_OVER: Final = 16 * 1024 * 1024
"""Free bytes at the end of a pool from which they go back unasked."""

POOLS: Final = 2


def stay_small() -> None:
    """Set the three limits; where the C library has no such call, nothing happens."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return
    mallopt(M_ARENA_MAX, POOLS)
    mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK)
    mallopt(M_TRIM_THRESHOLD, LEFT_OVER)


def unpack() -> None:
    """Search for no cycles while the program is read in: nearly all of it stays. `settle` begins again."""
    gc.disable()


def settle() -> None:
    """Leave what is there for good out of every later search for cycles.

    A request that reads ten thousand rows else has the whole program searched several times, its code included.
    """
    gc.freeze()
    gc.enable()


def give_back() -> None:
    """Let go of the pages between small blocks that nobody uses; they would else become some more from day to day."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
