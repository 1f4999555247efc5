"""What the processor of this computer can do, as Linux tells it."""

from collections.abc import Collection
from pathlib import Path
from typing import Final

EIGHT_BITS: Final = frozenset({"avx512_vnni", "avx_vnni"})
MEASURED: Final = "avx512_vnni"
TILES: Final = "amx_int8"
TOLD: Final = Path("/proc/cpuinfo")


def flags(told: Path = TOLD) -> frozenset[str]:
    """The names that `told` gives to its instructions; none where it cannot be read, as on other systems."""
    try:
        lines = told.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return frozenset()
    return frozenset(next((line for line in lines if line.startswith("flags")), "").split())


def multiplies_bytes(known: Collection[str]) -> bool:
    """Whether products of bytes are summed in 32 bits (VNNI): elsewhere sums in 16 bits overflow.

    >>> multiplies_bytes({"avx2", "avx_vnni"}), multiplies_bytes({"avx2"})
    (True, False)
    """
    return not EIGHT_BITS.isdisjoint(known)


def gains_by_bytes(known: Collection[str]) -> bool:
    """Whether eight bits were measured to pay on such a processor; see docs/decisions/0048.

    >>> gains_by_bytes({"avx512_vnni"}), gains_by_bytes({"avx_vnni"}), gains_by_bytes({"avx512_vnni", "amx_int8"})
    (True, False, False)
    """
    return MEASURED in known and TILES not in known
