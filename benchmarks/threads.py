"""F3-threads: whether the threads that the service gives a picture suit two clients as well as thirty-two.

The model and the pool of the service in this process, photos opened by the clients as its requests do; one way to
share the cores against the others, in turn.
"""

import os
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

from benchmarks.figures import Figure
from benchmarks.posting import CARD, PICTURES
from detector.engine import Share
from detector.images import LOOKING_SIDE, open_photo
from detector.model import EngineModel, open_model
from detector.weights import open_card
from service.app import share_of
from service.inference import Lane, Pool

ROUNDS: Final = 5
CROWDS: Final = (2, 32)
PHOTOS: Final = 64
TARGET: Final = 0.9
COMMAND: Final = "make bench ONLY=F3-threads"
TITLE: Final = (
    "photos a second by the service's share of threads, by those of the best share: 2 and 32 clients, the worse"
)


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One way to share the cores, ready to look."""

    share: Share
    model: EngineModel
    pool: Pool

    @property
    def name(self) -> str:
        """Threads a picture by pictures at once."""
        return f"{self.share.threads}x{self.share.at_once}"


def measure() -> list[Figure]:
    """Every way to share the cores, with few clients and with many."""
    cores, card = os.cpu_count() or 1, open_card(CARD)
    chosen = share_of(cores)
    sides = [Side(one, open_model(card, share=one), Pool(workers=one.at_once)) for one in shares(cores, chosen)]
    pictures = [path.read_bytes() for path in sorted(PICTURES.glob("*.jpg"))]
    rounds = [
        {"clients": crowd, **{side.name: _a_second(side, crowd, pictures) for side in sides}}
        for _ in range(ROUNDS)
        for crowd in CROWDS
    ]
    for side in sides:
        side.pool.close()
    return [figure(rounds, f"{chosen.threads}x{chosen.at_once}")]


def shares(cores: int, chosen: Share) -> Iterator[Share]:
    """The chosen one first; then all cores for one picture, a picture a core, and what lies between.

    >>> [f"{one.threads}x{one.at_once}" for one in shares(4, Share(1, 4))]
    ['1x4', '4x1', '2x2']
    """
    yield chosen
    for at_once in sorted({1, 2, cores // 2 or 1, cores}):
        one = Share(max(1, cores // at_once), at_once)
        if one != chosen:
            yield one


def figure(rounds: Sequence[Mapping[str, Any]], chosen: str) -> Figure:
    """The chosen share against the best other one, at the load where it fares worse.

    >>> rounds = [{"clients": 2, "1x2": 40.0, "2x1": 38.0}, {"clients": 32, "1x2": 45.0, "2x1": 50.0}]
    >>> figure(rounds, "1x2").value
    0.9
    """
    parts, told = [], []
    for crowd in CROWDS:
        here = [one for one in rounds if one["clients"] == crowd]
        names = [name for name in here[0] if name != "clients"]
        rates = {name: statistics.median(one[name] for one in here) for name in names}
        best = max(names, key=lambda name: rates[name])
        parts.append(statistics.median(one[chosen] / one[best] for one in here))
        told.append(f"{crowd} clients: {rates[chosen]:.1f} a second, the best is {best} with {rates[best]:.1f}")
    note = f"threads a picture x pictures at once: {chosen}; " + "; ".join(told)
    return Figure("F3-threads", TITLE, round(min(parts), 3), "of it", TARGET, rounds, COMMAND, "at_least", note=note)


def _a_second(side: Side, crowd: int, pictures: Sequence[bytes]) -> float:
    """Photos a second while so many clients each wait for their answer before they send the next."""

    def look(number: int) -> None:
        with side.pool.decoding():
            photo = open_photo(pictures[number % len(pictures)], longest_side=LOOKING_SIDE)
        side.pool.run(lambda: side.model.detect([photo.image]), Lane.PHOTO)

    with ThreadPoolExecutor(crowd) as clients:
        begun = time.perf_counter()
        list(clients.map(look, range(PHOTOS)))
        return round(PHOTOS / (time.perf_counter() - begun), 2)
