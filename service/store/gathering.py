"""A transaction for very many sightings: neighbours are read once, decisions see them in memory, rows are written once.

It does what a plain transaction does for `service.ingest`, only sooner; `tests/service/test_bulk.py` compares the two.
"""

from functools import cached_property

from service.store.engine import roomy
from service.store.gathered_rows import GatheredObservations, GatheredPremises, GatheredRecords, GatheredUnits
from service.store.gathered_tickets import Around, GatheredTickets
from service.store.pending import Pending
from service.store.transaction import Transaction


class Gathering(Transaction):
    """A write transaction that writes late. `write` has to be called, once, before it commits."""

    def __init__(self, tx: Transaction) -> None:
        super().__init__(tx.connection)
        self.audit = tx.audit
        self._pending = Pending()

    @cached_property
    def tickets(self) -> GatheredTickets:
        """Tickets around the sightings."""
        return GatheredTickets(self.connection, self.audit, self._pending)

    @cached_property
    def observations(self) -> GatheredObservations:
        """The sightings as observations."""
        return GatheredObservations(self.connection, self.audit, self._pending)

    @cached_property
    def premises(self) -> GatheredPremises:
        """Premises around the sightings."""
        return GatheredPremises(self.connection)

    @cached_property
    def units(self) -> GatheredUnits:
        """Duty grids."""
        return GatheredUnits(self.connection)

    @cached_property
    def records(self) -> GatheredRecords:
        """What reviewers and machines did before, this transaction included."""
        return GatheredRecords(self.connection, self.observations, self.tickets.filed)

    def gather(self, around: Around) -> None:
        """Read what the decisions about these sightings may ask."""
        self.observations.gather(around.sightings)
        self.tickets.gather(around)

    def write(self) -> None:
        """Write what waits; TicketChanged if somebody moved one of the tickets meanwhile."""
        with roomy(self.connection):
            self.tickets.write()
            self._pending.write(self.connection)
