"""Asks the service what it wants of a camera, again and again, and keeps the answer for hours without a network."""

import http.client
import json
import random
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from detector.calling import Answer, call
from detector.orders import Orders, read_orders
from detector.spool import write_file

ASK_EVERY_S: Final = 60.0
TIMEOUT_S: Final = 5.0
KEPT: Final = "orders.json"
OK, UNCHANGED = 200, 304


@dataclass(slots=True, eq=False)
class Asker:
    """Holds the newest orders; any thread may read `orders`.

    Attributes:
        trouble: why the last question was not answered, None if it was.
    """

    folder: Path
    url: str
    key: str = field(repr=False)
    orders: Orders = field(default_factory=Orders)
    trouble: str | None = None

    def __post_init__(self) -> None:
        """Begin with what was kept; what cannot be read is as good as nothing."""
        try:
            kept = json.loads((self.folder / KEPT).read_bytes())
            self.orders = read_orders(kept["body"].encode(), kept["version"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            self.orders = Orders()

    def run(self, stop: threading.Event) -> None:
        """Ask until stopped, never at the same moment as all the others."""
        while not stop.wait(ASK_EVERY_S * random.uniform(0.8, 1.2)):  # noqa: S311  # no secret
            self.ask()

    def ask(self) -> None:
        """Ask once; without a usable answer what was told before holds on."""
        told = {"If-None-Match": self.orders.version} if self.orders.version else {}
        try:
            self.trouble = self._take(call(self.url, self.key, headers=told, timeout_s=TIMEOUT_S))
        except (OSError, http.client.HTTPException):
            self.trouble = "service.unreachable"

    def _take(self, answer: Answer) -> str | None:
        if answer.status == UNCHANGED:
            return None
        if answer.status != OK:
            return f"service.answered_{answer.status}"
        version = answer.headers.get("ETag", "")
        try:
            kept = {"version": version, "body": answer.body.decode()}
            self.orders = read_orders(answer.body, version)
        except (ValueError, RecursionError):
            return "service.is_another"
        return None if write_file(self.folder / KEPT, json.dumps(kept).encode()) else "spool.full"
