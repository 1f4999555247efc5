"""P6: one problem, one open ticket, however many phones see it at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from sqlalchemy import func, select

from service.domain.observation import Sighting, Source
from service.domain.states import Role
from service.errors import Busy
from service.ingest import ingest
from service.settings import Settings
from service.store import Store
from service.store.tables import observations, tickets
from service.verifying import damage_of_rows
from tests.build import NOON, PERSON, a_picture, a_place, a_policy, a_sighting, an_actor
from tests.faults.both import on_both
from tests.faults.outcome import Outcome, broken_cases

TITLE: Final = "64 phones at once at each place make one ticket a place"
PHONES: Final = 64
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
    spots = [a_place(metres_north=200 * (at // 40), metres_east=200 * (at % 40)) for at in range(places)]
    together = threading.Barrier(PHONES)

    def stroll(phone: int) -> None:
        together.wait()
        for step in range(places):
            source = Source(PERSON.type, f"pho_{phone}_{step}", by_person=True)
            seen = a_sighting(place=spots[(phone * 7 + step) % places], source=source)
            while not _take(store, seen):
                pass

    with ThreadPoolExecutor(PHONES) as phones:
        list(phones.map(stroll, range(PHONES)))
    with store.read() as tx:
        opened = tx.connection.execute(select(func.count()).select_from(tickets)).scalar_one()
        kept = tx.connection.execute(select(func.count()).select_from(observations)).scalar_one()
    broken = [] if opened == places else [f"{opened} tickets at {places} places"]
    broken += [] if kept == PHONES * places else [f"{kept} of {PHONES * places} sightings kept"]
    broken += [str(damage) for damage in damage_of_rows(store, {})][:3]
    return {"tickets": opened, "sightings": kept, "broken": broken}


def _take(store: Store, seen: Sighting) -> bool:
    """Whether it was taken; a phone that is told to come again does."""
    try:
        with store.write() as tx:
            tx.pictures.add(a_picture(picture_id=seen.picture_id))
            ingest(tx, [seen], actor=an_actor(Role.INSPECTOR), policy=POLICY, now=NOON)
    except Busy:
        return False
    return True
