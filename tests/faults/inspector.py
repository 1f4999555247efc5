"""A person with a phone who never gives up: posts photos until the service dies, then checks what was kept."""

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.faults.ledger import Entry, Ledger
from tests.faults.outside import Outside
from tests.faults.pictures import Shot, shot

REASON = "fault run reads back"


def report(client: httpx.Client, photo: Shot, path: str = "/api/photos") -> httpx.Response:
    """Send one photo under its own key."""
    return client.post(
        path,
        files={"file": (f"{photo.key}.jpg", photo.jpeg, "image/jpeg")},
        data=photo.form,
        headers={"Idempotency-Key": photo.key},
    )


@dataclass(slots=True)
class Walk:
    """A walk through a district, photo after photo, over many lives of the service.

    Attributes:
        ledger: what was sent and acknowledged.
        key: an API key that may post photos.
        run: makes the photos of this run differ from those of any other.
        surprises: answers that were neither 2xx nor "busy".
    """

    ledger: Ledger
    key: str
    run: int = 0
    surprises: list[str] = field(default_factory=list)
    _next: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def go_on(self, service: Outside, phones: int = 2) -> Callable[[], int]:
        """Start posting with some phones at once; they stop when the service is gone.

        Returns:
            Waits for the phones and gives the number of photos acknowledged in this life.
        """
        before = len(self.ledger.acked)
        open_ones = [entry.shot for entry in self.ledger.open]
        shares = [open_ones[phone::phones] for phone in range(phones)]
        threads = [threading.Thread(target=self._post, args=(service, share), daemon=True) for share in shares]
        for thread in threads:
            thread.start()

        def wait() -> int:
            for thread in threads:
                thread.join()
            return len(self.ledger.acked) - before

        return wait

    def settle(self, service: Outside) -> None:
        """Send again whatever was never answered, until all of it is acknowledged."""
        with service.client(self.key) as client:
            for entry in self.ledger.open:
                self._insist(client, entry.shot)

    def _post(self, service: Outside, again: list[Shot]) -> None:
        with service.client(self.key) as client:
            try:
                for photo in again:
                    self._insist(client, photo)
                for photo in self._new_ones():
                    self._insist(client, photo)
            except httpx.TransportError:
                return

    def _new_ones(self) -> Iterator[Shot]:
        while True:
            with self._lock:
                self._next += 1
                number = self._next
            yield shot(number, self.run)

    def _insist(self, client: httpx.Client, photo: Shot) -> None:
        with self._lock:
            self.ledger.intend(photo)
        for _ in range(100):
            answer = report(client, photo)
            if answer.is_success:
                with self._lock:
                    self.ledger.acknowledge(photo, answer.json())
                return
            if answer.status_code != 503:
                self.surprises.append(f"{photo.key}: {answer.status_code} {answer.text[:200]}")
            time.sleep(0.05)


def missing(client: httpx.Client, entries: Iterable[Entry]) -> list[str]:
    """What the service acknowledged and does not give back: a sentence each.

    Args:
        client: with a key that may read originals.
        entries: acknowledged ones.
    """
    return [loss for entry in entries for loss in _losses(client, entry)]


def _losses(client: httpx.Client, entry: Entry) -> Iterator[str]:
    answer = entry.answer or {}
    photo = client.get(f"/api/photos/{entry.photo_id}")
    if photo.status_code != 200:
        yield f"{entry.shot.key}: photo {photo.status_code}"
        return
    original = client.get(f"/api/evidence/{evidence_id(photo.json())}", params={"original": "1", "reason": REASON})
    if original.status_code != 200:
        yield f"{entry.shot.key}: original {original.status_code}"
    elif hashlib.sha256(original.content).hexdigest() != entry.sha256:
        yield f"{entry.shot.key}: other bytes, {len(original.content)} instead of {len(entry.shot.jpeg)}"
    if not answer["tickets"] or not answer["observations"]:
        yield f"{entry.shot.key}: acknowledged without a ticket"
    for noun in ("observations", "tickets"):
        for thing in answer[noun]:
            if (status := client.get(f"/api/{noun}/{thing['id']}").status_code) != 200:
                yield f"{entry.shot.key}: {noun} {thing['id']} {status}"


def evidence_id(photo: dict[str, Any]) -> str:
    """The picture behind `GET /api/photos/{id}`."""
    return str(photo["photo"]["evidence_id"] if "photo" in photo else photo["evidence_id"])


def every(client: httpx.Client, path: str, **filters: str) -> Iterator[dict[str, Any]]:
    """All items of a list, page by page."""
    cursor: dict[str, str] = {}
    while True:
        answer = client.get(path, params={"limit": "100", **filters, **cursor})
        answer.raise_for_status()
        page = answer.json()
        yield from page["items"]
        if not page["next"]:
            return
        cursor = {"cursor": page["next"]}


def doubled(client: httpx.Client, shots: Iterable[Shot]) -> list[str]:
    """Places with more or fewer tickets than they should have: a sentence each.

    A reported condition has one ticket at its place. The model may see another condition there, which has one of its
    own.
    """
    tickets = Counter(
        (_spot(ticket["place"]["lat"], ticket["place"]["lon"]), ticket["condition"])
        for ticket in every(client, "/api/tickets")
    )
    wanted = {(_spot(photo.lat, photo.lon), photo.condition) for photo in shots}
    spots = {spot for spot, _ in wanted}
    return [
        f"{condition} at {spot}: {tickets[spot, condition]} tickets"
        for spot, condition in sorted(tickets.keys() | wanted)
        if tickets[spot, condition] != 1 or spot not in spots
    ]


def _spot(lat: float, lon: float) -> str:
    return f"{lat:.4f},{lon:.4f}"
