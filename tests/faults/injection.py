"""File calls of a program that fail on command, or pretend to work: the other end of `shim/faults.c`."""

import errno
import mmap
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntFlag
from pathlib import Path
from typing import Final, Self

SOURCE: Final = Path(__file__).parent / "shim" / "faults.c"
LAYOUT: Final = struct.Struct("6iq64s64s512s")


class Operation(IntFlag):
    """Which file calls are meant; the numbers are those of the C side."""

    WRITE = 1
    FSYNC_FILE = 2
    FSYNC_FOLDER = 4
    RENAME = 8
    CREATE = 16


@dataclass(frozen=True, slots=True)
class Fault:
    """What shall happen: the `nth` matching call, and all later ones if `lasting`, fails with `error`.

    `error` 0 means that the call says that it worked and does nothing, which is how an fsync is taken out.
    """

    operation: Operation
    nth: int = 1
    error: int = errno.EIO
    lasting: bool = False
    needle: str = ""
    avoid: str = ""


@dataclass(frozen=True, slots=True)
class Traffic:
    """What the shim saw since the fault was armed: calls that matched, calls that were hit, where and when first."""

    seen: int
    hit: int
    path: str = ""
    first_ns: int = 0


NOTHING: Final = Fault(Operation(0))


class Shim:
    """A library to preload into a program and the steering file that it maps."""

    def __init__(self, library: Path, steering: Path, under: Path) -> None:
        self._library = library
        self._under = under
        self._steering = steering
        steering.write_bytes(bytes(LAYOUT.size))
        with steering.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), LAYOUT.size)

    @classmethod
    def build(cls, folder: Path, under: Path) -> Self:
        """Compile the shim into `folder`; it will touch files below `under` only.

        Raises:
            FileNotFoundError: there is no C compiler (`apt-get install gcc libc6-dev`).
        """
        compiler = shutil.which("cc") or shutil.which("gcc")
        if compiler is None:
            raise FileNotFoundError("a C compiler is needed: apt-get install gcc libc6-dev")
        library = folder / "faults.so"
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, SOURCE, "-ldl"], check=True)
        return cls(library, folder / "faults.control", under)

    @property
    def environment(self) -> dict[str, str]:
        """What the program's environment needs."""
        return {
            "LD_PRELOAD": str(self._library),
            "FAULTS_CONTROL": str(self._steering),
            "FAULTS_UNDER": os.path.realpath(self._under),
        }

    def arm(self, fault: Fault) -> None:
        """From now on, count matching calls and hit those that the fault names."""
        self._write(NOTHING)
        self._write(fault)

    def disarm(self) -> Traffic:
        """Let every call through again.

        Returns:
            What was seen since `arm`.
        """
        traffic = self.traffic()
        self._write(NOTHING)
        return traffic

    def traffic(self) -> Traffic:
        """What was seen since `arm`."""
        *_, seen, hit, first_ns, _, _, path = LAYOUT.unpack(self._map[:])
        return Traffic(seen, hit, path.split(b"\0")[0].decode(errors="replace"), first_ns)

    @contextmanager
    def armed(self, fault: Fault) -> Iterator[None]:
        """The fault inside the block, nothing after it."""
        self.arm(fault)
        try:
            yield
        finally:
            self._write(NOTHING)

    def _write(self, fault: Fault) -> None:
        packed = LAYOUT.pack(
            0, fault.nth, int(fault.lasting), fault.error, 0, 0, 0, fault.needle.encode(), fault.avoid.encode(), b""
        )
        self._map[:] = packed  # `operations` stays 0 until all else is in place
        self._map[:4] = struct.pack("i", int(fault.operation))
