"""Where a sighting or a ticket is, in the words of the policy: its place, its camera, the duty grids around it."""

from detector.types import GeoPoint
from service.domain.geometry import covers
from service.domain.observation import Sighting, SourceType
from service.domain.policy import Policy
from service.domain.policy.windows import Spot
from service.domain.ticket import Ticket
from service.store.transaction import Transaction


def spot_of_sighting(tx: Transaction, seen: Sighting, policy: Policy) -> Spot:
    """Where somebody looked."""
    camera = seen.source.id if seen.source.type is SourceType.CAMERA else None
    return Spot(seen.place, camera, _grids_at(tx, seen.place, policy))


def spot_of_ticket(tx: Transaction, ticket: Ticket, policy: Policy) -> Spot:
    """Where a ticket is."""
    return Spot(ticket.place, ticket.fixed_camera_id, _grids_at(tx, ticket.place, policy))


def _grids_at(tx: Transaction, place: GeoPoint | None, policy: Policy) -> frozenset[str]:
    if place is None or not policy.needs_grids:
        return frozenset()
    return frozenset(grid.id for grid in tx.units.grids() if covers(grid.polygon, place))
