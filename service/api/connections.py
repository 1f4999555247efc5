"""Connections: whoever says nothing, or says it drop by drop, is not waited for, so that others find room."""

import asyncio
from typing import Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

PATIENCE_S: Final = 30.0
SLOWEST_BYTES_PER_S: Final = 1000
LOOK_EVERY_S: Final = 5.0


class Impatient(H11Protocol):
    """HTTP/1.1 in which a request comes at a kilobyte a second, after half a minute's grace; else it is cut off."""

    def __init__(self, *told: Any, **named: Any) -> None:
        super().__init__(*told, **named)
        self._since = self.loop.time()
        self._came_bytes = 0
        self._watch: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin to watch."""
        super().connection_made(transport)
        self._watch = self.loop.call_later(LOOK_EVERY_S, self._look)

    def data_received(self, data: bytes) -> None:
        """Count what comes."""
        self._came_bytes += len(data)
        super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """End watching."""
        if self._watch is not None:
            self._watch.cancel()
        super().connection_lost(exc)

    def _look(self) -> None:
        now = self.loop.time()
        if not self._waits():
            self._since, self._came_bytes = now, 0
        elif now - self._since > PATIENCE_S + self._came_bytes / SLOWEST_BYTES_PER_S:
            self.transport.close()
            return
        self._watch = self.loop.call_later(LOOK_EVERY_S, self._look)

    def _waits(self) -> bool:
        """Whether it is the client's turn to send: a request's head, or a body that we are ready to read."""
        return self.conn.their_state is h11.IDLE or (
            self.conn.their_state is h11.SEND_BODY and not self.flow.read_paused
        )
