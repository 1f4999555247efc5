"""Where a sighting, a ticket or a camera is: its place, its camera, the grids around it, the door it lies before."""

from detector.types import GeoPoint
from service.domain.observation import Sighting, SourceType
from service.domain.policy import Policy
from service.domain.policy.windows import Spot
from service.domain.premises import NOWHERE, Doorsteps
from service.domain.routing import Grid, grids_at, spot_in
from service.domain.ticket import Ticket
from service.store.cameras import Camera
from service.store.transaction import Transaction


def spot_of_sighting(tx: Transaction, seen: Sighting, policy: Policy) -> Spot:
    """Where somebody looked."""
    camera = seen.source.id if seen.source.type is SourceType.CAMERA else None
    return spot_in(seen.place, camera, _grids_at(tx, seen.place, policy))


def spot_of_ticket(tx: Transaction, ticket: Ticket, policy: Policy) -> Spot:
    """Where a ticket is."""
    return spot_in(ticket.place, ticket.fixed_camera_id, _grids_at(tx, ticket.place, policy))


def spot_of_camera(tx: Transaction, camera: Camera, policy: Policy) -> Spot:
    """Where a camera stands; one that moves is where its frames say."""
    return spot_in(camera.place, camera.id, _grids_at(tx, camera.place, policy))


def doorsteps_around(tx: Transaction, seen: Sighting, radius_m: float) -> Doorsteps:
    """The premises that decide about tickets within a radius of a sighting, and along its own frontage to its ends."""
    if seen.place is None:
        return NOWHERE
    around = tx.premises.around(seen.place, radius_m)
    if not around:
        return NOWHERE
    near = Doorsteps.of(around, seen.condition)
    door = near.door_at(seen.place)
    if door is None:
        return near
    known = {one.id: one for one in (*near.premises, *tx.premises.over(door.bounds))}
    return Doorsteps.of(known.values(), seen.condition)


def _grids_at(tx: Transaction, place: GeoPoint | None, policy: Policy) -> tuple[Grid, ...]:
    return grids_at(place, tx.units.grids()) if place is not None and policy.needs_grids else ()
