"""What the routes work with: the parts that `service.app` put together, found through the request."""

import threading
from dataclasses import dataclass, field

from fastapi import Request

from detector.catalog import Catalog
from service.accounts.keys import Keys
from service.accounts.people import People
from service.anchor import Anchor
from service.cameras.glance import Glances
from service.cameras.watch import Watch
from service.clock import Clock
from service.domain.policy import Policy
from service.evidence import Evidence
from service.eye import Eye
from service.inference import Pool
from service.intake import Intake
from service.jobs import Jobs
from service.numbers import Numbers
from service.open311.buckets import Patience
from service.outbound.couriers import Couriers
from service.policies import InForce
from service.reports.making import Press
from service.settings import Settings
from service.showing import Showing
from service.store import Store
from service.timed import Timed
from service.uploads import Uploads


@dataclass(frozen=True, slots=True)
class City:
    """One running service."""

    settings: Settings
    clock: Clock
    store: Store
    in_force: InForce
    catalog: Catalog
    people: People
    keys: Keys
    pool: Pool
    eye: Eye
    evidence: Evidence
    intake: Intake
    showing: Showing
    jobs: Jobs
    cameras: Watch
    couriers: Couriers
    numbers: Numbers
    anchor: Anchor
    timed: Timed
    uploads: Uploads
    glances: Glances = field(default_factory=Glances)
    press: Press = field(default_factory=Press)
    patience: Patience = field(default_factory=Patience)
    listeners: set[object] = field(default_factory=set)
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def policy(self) -> Policy:
        """The policy that holds now."""
        return self.in_force()


def city_of(request: Request) -> City:
    """The service that a request came to."""
    city = request.app.state.city
    assert isinstance(city, City)  # noqa: S101  # set by service.app, which is the only place that makes the app
    return city
