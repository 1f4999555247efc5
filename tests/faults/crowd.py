"""P6: one problem, one open ticket, however many phones see it at once."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select

from service.domain.observation import Sighting, Source
from service.domain.premises import Premises
from service.domain.states import Role
from service.errors import Busy
from service.ingest import ingest
from service.settings import Settings
from service.store import Store
from service.store.tables import observations, tickets
from service.verifying import damage_of_rows
from tests.build import NOON, PERSON, a_picture, a_place, a_policy, a_shop, a_sighting, an_actor
from tests.faults.both import on_both
from tests.faults.outcome import Outcome, broken_cases

TITLE: Final = "64 phones at once at each place make one ticket a place"
PHONES: Final = 64
MARKET_EVERY: Final = 5
MARKET_M: Final = 900.0
"""One place in so many is a market, whose frontage of so many metres says what is one problem."""

POLICY: Final = a_policy()


def measure(n: int = 1000) -> Outcome:
    """64 concurrent sightings of each of `n` problems, on both databases."""

    def deed(database: str, _: Settings, store: Store) -> list[dict[str, Any]]:
        return [{"database": database, **crowd(store, n)}]

    rounds, scope = on_both(deed)
    broken = [f"{one['database']}: {line}" for one in rounds for line in one["broken"]]
    return Outcome([broken_cases("P6", TITLE, broken, rounds, f"{PHONES} × {n} on {scope}")])


def crowd(store: Store, places: int) -> dict[str, Any]:
    """Let all phones go round all places, each in an order of its own."""
    problems = [_heap(at) if at % MARKET_EVERY else _market(at) for at in range(places)]
    _build(store, [problem.shop for problem in problems if problem.shop is not None])
    together = threading.Barrier(PHONES)

    def stroll(phone: int) -> None:
        together.wait()
        for step in range(places):
            source = Source(PERSON.type, f"pho_{phone}_{step}", by_person=True)
            seen = problems[(phone * 7 + step) % places].seen_from(phone, source)
            while not _take(store, seen):
                pass

    with ThreadPoolExecutor(PHONES) as phones:
        list(phones.map(stroll, range(PHONES)))
    with store.read() as tx:
        opened = tx.connection.execute(select(func.count()).select_from(tickets)).scalar_one()
        kept = tx.connection.execute(select(func.count()).select_from(observations)).scalar_one()
        apart = len(set(tx.connection.execute(select(tickets.c.condition, tickets.c.lat, tickets.c.lon))))
    broken = [] if opened == places == apart else [f"{opened} tickets at {places} places"]
    broken += [] if kept == PHONES * places else [f"{kept} of {PHONES * places} sightings kept"]
    broken += [str(damage) for damage in damage_of_rows(store, {})][:3]
    return {"tickets": opened, "sightings": kept, "broken": broken}


@dataclass(frozen=True, slots=True)
class Problem:
    """A heap of litter, or goods before the door of a shop as long as a street.

    Attributes:
        north_m, east_m: its corner, from the corner of the district.
        length_m: phones see it at points that are spread over so many metres to the east.
    """

    condition: str
    north_m: float
    east_m: float
    length_m: float = 0.0
    shop: Premises | None = None

    def seen_from(self, phone: int, source: Source) -> Sighting:
        """What one of the phones sends."""
        along_m = self.length_m * (phone + 0.5) / PHONES
        place = a_place(metres_north=self.north_m, metres_east=self.east_m + along_m)
        return a_sighting(self.condition, place=place, source=source)


def _heap(at: int) -> Problem:
    return Problem("litter", 200 * (at // 40), 200 * (at % 40))


def _market(at: int) -> Problem:
    """Markets stand end to end, in streets south of all heaps."""
    street, number = divmod(at // MARKET_EVERY, 10)
    north_m, east_m = -200.0 * (street + 1), (MARKET_M + 1) * number
    shop = a_shop(f"market_{at}", (east_m, east_m + MARKET_M), (north_m - 5, north_m + 5))
    return Problem("out_of_store", north_m, east_m, MARKET_M, shop)


def _build(store: Store, shops: Sequence[Premises]) -> None:
    with store.write() as tx:
        for shop in shops:
            tx.premises.add(shop)


def _take(store: Store, seen: Sighting) -> bool:
    """Whether it was taken; a phone that is told to come again does."""
    try:
        with store.write() as tx:
            tx.pictures.add(a_picture(picture_id=seen.picture_id))
            ingest(tx, [seen], actor=an_actor(Role.INSPECTOR), policy=POLICY, now=NOON)
    except Busy:
        return False
    return True
