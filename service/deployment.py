"""What a service takes for itself before it starts: its data folder, locked, and its port, bound."""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from service.errors import DataLocked, DataUnusable, PortBusy
from service.settings import Settings

BACKLOG: Final = 512
LOCK: Final = "service.lock"
UNFINISHED: Final = "restore.unfinished"
"""Lies in a data folder as long as a backup is being put into it; its text names the database."""


def prepare_data(data: Path) -> None:
    """Make the data folder if it is absent; DataUnusable if it is no folder that we can read and write."""
    try:
        data.mkdir(mode=0o750, parents=True, exist_ok=True)
    except OSError as error:
        raise DataUnusable(path=str(data), reason=error.strerror or "") from error
    if not (data.is_dir() and os.access(data, os.R_OK | os.W_OK | os.X_OK)):
        raise DataUnusable(path=str(data), reason="not a folder that can be read and written")


@contextmanager
def hold_data(data: Path) -> Iterator[None]:
    """Keep every other service out of a data folder; DataLocked if one is in already. The kernel frees a dead one's."""
    try:
        lock = (data / LOCK).open("a")
    except OSError as error:
        raise DataUnusable(path=str(data), reason=error.strerror or "") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DataLocked(path=str(data)) from error
        yield


@contextmanager
def bind(settings: Settings) -> Iterator[socket.socket]:
    """A listening socket at the settings' address; PortBusy if it cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise PortBusy(host=settings.host, port=settings.port, reason=error.strerror or "") from error
    with listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
            listener.listen(BACKLOG)
        except (OSError, OverflowError) as error:
            raise PortBusy(host=settings.host, port=settings.port, reason=str(error)) from error
        yield listener
