"""Keep the process small: glibc gives large blocks back at once, small ones when asked, and keeps few pools."""

import ctypes
from typing import Final

M_TRIM_THRESHOLD: Final = -1
M_MMAP_THRESHOLD: Final = -3
M_ARENA_MAX: Final = -8

LARGE_BLOCK: Final = 256 * 1024
"""Bytes from which a block is mapped by itself; pictures are larger, objects are smaller."""

POOLS: Final = 2


def stay_small() -> None:
    """Set the three limits; where the C library has no such call, nothing happens."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return
    mallopt(M_ARENA_MAX, POOLS)
    mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK)
    mallopt(M_TRIM_THRESHOLD, LARGE_BLOCK)


def give_back() -> None:
    """Let go of the pages between small blocks that nobody uses; they would else become some more from day to day."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
