"""One pass over the originals, as the service makes it."""

from datetime import datetime

from service.domain.policy import Policy
from service.expiring import EXPIRY, Expiry
from service.store import Store
from service.store.jobs import Effect, Job


def a_pass(store: Store, expiry: Expiry, policy: Policy, now: datetime) -> Effect:
    """Deal with the files, then with the rows."""
    write_down = expiry(store, now)
    with store.write() as tx:
        return write_down(tx, Job(EXPIRY, EXPIRY, "evidence", now), policy, now)
