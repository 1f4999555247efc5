"""Where a sighting, a ticket or a camera is, in the words of the policy: its place, its camera, the grids around it."""

from detector.types import GeoPoint
from service.domain.geometry import covers
from service.domain.observation import Sighting, SourceType
from service.domain.policy import Policy
from service.domain.policy.windows import Spot
from service.domain.ticket import Ticket
from service.store.cameras import Camera
from service.store.transaction import Transaction


def spot_of_sighting(tx: Transaction, seen: Sighting, policy: Policy) -> Spot:
    """Where somebody looked."""
    camera = seen.source.id if seen.source.type is SourceType.CAMERA else None
    return Spot(seen.place, camera, _grids_at(tx, seen.place, policy))


def spot_of_ticket(tx: Transaction, ticket: Ticket, policy: Policy) -> Spot:
    """Where a ticket is."""
    return Spot(ticket.place, ticket.fixed_camera_id, _grids_at(tx, ticket.place, policy))


def spot_of_camera(tx: Transaction, camera: Camera, policy: Policy) -> Spot:
    """Where a camera stands; one that moves is where its frames say."""
    return Spot(camera.place, camera.id, _grids_at(tx, camera.place, policy))


def _grids_at(tx: Transaction, place: GeoPoint | None, policy: Policy) -> frozenset[str]:
    if place is None or not policy.needs_grids:
        return frozenset()
    return frozenset(grid.id for grid in tx.units.grids() if covers(grid.polygon, place))
