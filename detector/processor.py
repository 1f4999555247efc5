"""What the processor of this computer can do, as Linux tells it."""

from collections.abc import Collection
from pathlib import Path
from typing import Final

EIGHT_BITS: Final = frozenset({"avx512_vnni", "avx_vnni"})
TILES: Final = "amx_int8"


def flags() -> frozenset[str]:
    """The names that `/proc/cpuinfo` gives to its instructions; none on other systems."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.is_file() else []
    return frozenset(next((line for line in lines if line.startswith("flags")), "").split())


def multiplies_bytes(known: Collection[str]) -> bool:
    """Whether products of bytes are summed in 32 bits (VNNI): elsewhere sums in 16 bits overflow.

    >>> multiplies_bytes({"avx2", "avx_vnni"}), multiplies_bytes({"avx2"})
    (True, False)
    """
    return not EIGHT_BITS.isdisjoint(known)
