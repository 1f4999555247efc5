"""P7: no state change without exactly one audit entry in the same transaction; states move only along the table.

`make faults ONLY=P7 N=1000000` is the long run.
"""

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import text

from service.ingest import ingest
from service.store import Store
from tests.build import NOON, a_picture, a_policy, a_sighting, an_actor
from tests.machine import City, check

TestPromiseP7 = City.TestCase
TestPromiseP7.settings = settings(
    max_examples=8, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.parametrize(
    "behind",
    [
        "UPDATE tickets SET state = 'filed'",
        "UPDATE tickets SET version = 2",
        "UPDATE history SET version = 2",
        "DELETE FROM history",
    ],
)
def test_what_happens_behind_the_history_is_noticed(sqlite_store: Store, behind: str) -> None:
    seen = a_sighting()
    with sqlite_store.write() as tx:
        tx.pictures.add(a_picture(picture_id=seen.picture_id))
        [outcome] = ingest(tx, [seen], actor=an_actor(), policy=a_policy(), now=NOON)
        ticket = outcome.ticket
    assert ticket is not None
    with sqlite_store.write() as tx:
        check(tx, ticket)
        tx.connection.execute(text(behind))
        with pytest.raises((AssertionError, IndexError)):
            check(tx, tx.tickets.get(ticket.id))
