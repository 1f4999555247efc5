"""Where Ray of one machine puts its sockets and logs."""

from tempfile import TemporaryDirectory
from typing import Final

SHORT: Final = "/tmp"  # noqa: S108  # what is made in it has a name of its own and is nobody else's to enter


def a_folder_for_ray() -> TemporaryDirectory[str]:
    """One that leaves nothing behind, with a short path wherever `TMPDIR` lies.

    Linux has room for 107 characters of a socket's path (`sun_path` in unix(7)), and Ray adds 77.
    """
    return TemporaryDirectory(dir=SHORT, prefix="ray-", ignore_cleanup_errors=True)
