"""What the routes work with: the parts that `service.app` put together, found through the request."""

import threading
from dataclasses import dataclass, field

from fastapi import Request
from sqlalchemy import Engine

from detector.catalog import Catalog
from service.accounts.keys import Keys
from service.accounts.people import People
from service.api.numbers import Numbers
from service.clock import Clock
from service.domain.policy import Policy
from service.inference import Pool
from service.settings import Settings


@dataclass(frozen=True, slots=True)
class City:
    """One running service."""

    settings: Settings
    clock: Clock
    engine: Engine
    policy: Policy
    catalog: Catalog
    people: People
    keys: Keys
    pool: Pool
    numbers: Numbers
    stopping: threading.Event = field(default_factory=threading.Event)


def city_of(request: Request) -> City:
    """The service that a request came to."""
    city = request.app.state.city
    assert isinstance(city, City)  # noqa: S101  # set by service.app, which is the only place that makes the app
    return city
