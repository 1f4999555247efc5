"""The composition root: the only place where the parts meet."""

import asyncio
import os
import secrets
import socket
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from types import FrameType
from typing import Final

import anyio.to_thread
import uvicorn
from fastapi import FastAPI

from detector.catalog import load_catalog
from detector.engine import Share
from detector.model import Model, open_model
from detector.privacy import open_privacy
from detector.weights import open_card
from service.accounts.keys import Keys
from service.accounts.people import People
from service.anchor import Anchor
from service.api.city import City
from service.api.connections import Impatient
from service.api.routes import make_api
from service.api.telling import tell_photo
from service.cameras.charge import All, Charge, Elsewhere
from service.cameras.health import Means
from service.cameras.watch import Watch
from service.clock import Clock, utc_now
from service.clocks import CLOCK, ring
from service.demo.load import begin_demo
from service.deployment import bind, hold_data, prepare_data
from service.domain.reach import Reach
from service.evidence import UNTOUCHED, open_evidence
from service.expiring import EXPIRY, Expiry, plan_expiry
from service.eye import Blur, Eye
from service.inference import Pool
from service.intake import Intake
from service.jobs import Jobs
from service.logs import start_logs
from service.memory import settle, stay_small
from service.numbers import Numbers
from service.outbound.courier import Outside
from service.outbound.couriers import Couriers
from service.outbound.dialing import Dialer, Resolve, resolve
from service.policies import InForce
from service.settings import Settings
from service.showing import Showing
from service.store import Store
from service.timed import Timed
from service.upkeep import city_of, open_data
from service.uploads import FOLDER, Uploads

GRACE_S: Final = 5
LEAVE_AFTER_S: Final = 9.0
OPENING_S: Final = 120
MOST_WORKERS: Final = 4
REQUESTS_AT_ONCE: Final = 72
"""More than may wait inside for their turn (24 photos, 16 frames, 24 readers), so that others are always answered."""

CONNECTIONS_AT_ONCE: Final = 512
OWN_NAME: Final = "urn:streetwarden"


@dataclass(frozen=True, slots=True)
class Parts:
    """What a test replaces: the clock, the ways to get a model and a blur, and how names become addresses."""

    clock: Clock = utc_now
    open_model: Callable[[], Model] | None = None
    open_blur: Callable[[], Blur] = open_privacy
    resolve: Resolve = resolve


def build_city(settings: Settings, store: Store, parts: Parts, charge: Charge | None = None) -> City:
    """Put the parts together over an open store; nothing listens and no camera is read yet.

    Args:
        settings: where it is deployed.
        store: the rows.
        parts: what a test replaces.
        charge: the cameras to watch if it is one of several that share them; by default what the settings say.
    """
    catalog = load_catalog()
    in_force = InForce(store, catalog, settings.timezone, parts.clock)
    in_force()  # a policy that cannot be used is told before anything starts
    evidence = open_evidence(settings, city_of(store, parts.clock()) if settings.bucket else None)
    share = share_of(os.cpu_count() or 1)
    pool = Pool(workers=share.at_once)
    opening = parts.open_model or partial(_open_model, settings, share)
    eye = Eye(pool, opening, parts.open_blur, looks_closer=settings.closer == "on")
    if charge is None:  # nobody writes yet, but for the watchmen of a cluster
        evidence.sweep(None if settings.cameras == "here" else parts.clock() - UNTOUCHED)
    numbers = Numbers()
    intake = Intake(store, evidence, eye, pool, in_force, parts.clock, tell_photo)
    showing = Showing(store, evidence, eye)
    jobs = Jobs(intake, showing)
    dialer = Dialer(Reach(settings.networks), parts.resolve)
    holder, source = _own_name(), settings.public_url or OWN_NAME
    expiry = Expiry(settings.data, evidence)
    return City(
        settings=settings,
        clock=parts.clock,
        store=store,
        in_force=in_force,
        catalog=catalog,
        people=People(store),
        keys=Keys(store),
        pool=pool,
        eye=eye,
        evidence=evidence,
        intake=intake,
        showing=showing,
        jobs=jobs,
        cameras=Watch(
            Means(store, intake, eye, jobs, parts.clock, numbers, dialer, settings.read_every_s),
            charge or _charge(settings, store),
        ),
        couriers=Couriers(Outside(store, dialer, parts.clock, numbers, source, _courier_of(store, holder))),
        numbers=numbers,
        timed=Timed(store, in_force, parts.clock, holder, {CLOCK: ring}, errands={EXPIRY: expiry}),
        uploads=Uploads(settings.data / FOLDER, store, eye, intake, parts.clock),
        anchor=Anchor(store, settings.anchor_file, parts.clock),
    )


def share_of(cores: int) -> Share:
    """One picture a core while there are few cores, so that nobody waits for another's; then more threads a picture.

    >>> share_of(2), share_of(16)
    (Share(threads=1, at_once=2), Share(threads=4, at_once=4))
    """
    at_once = min(MOST_WORKERS, cores)
    return Share(threads=cores // at_once, at_once=at_once)


def _open_model(settings: Settings, share: Share) -> Model:
    return open_model(open_card(settings.weights), engine=settings.engine, share=share, cache=settings.cache)


def _charge(settings: Settings, store: Store) -> Charge:
    return All(store) if settings.cameras == "here" else Elsewhere(store)


def _own_name() -> str:
    """Of this process, as no other one has it."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def _courier_of(store: Store, holder: str) -> str:
    """Who holds the right to tell: on SQLite always the one process there is, so that none waits for a dead one."""
    return "alone" if store.engine.dialect.name == "sqlite" else holder


def build_app(city: City) -> FastAPI:
    """The app that answers for a city; its start and end are those of the city's threads."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = REQUESTS_AT_ONCE
        city.jobs.start()
        city.cameras.start()
        city.couriers.start()
        plan_expiry(city.store, city.clock())
        city.timed.start()
        city.uploads.start()
        city.anchor.start()
        try:
            yield
        finally:
            await asyncio.to_thread(stop, city)

    return make_api(city, lifespan)


def stop(city: City) -> None:
    """End everything that runs beside the requests."""
    city.stopping.set()
    city.cameras.stop()
    city.couriers.stop()
    city.timed.stop()
    city.intake.walks.write()
    city.uploads.stop()
    city.pool.close()
    city.jobs.stop()
    city.anchor.stop()


def run(settings: Settings, *, demo: bool = False, parts: Parts | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C and return 0; errors of `service.errors` and `detector.errors` if it cannot."""
    start_logs()
    stay_small()
    prepare_data(settings.data)
    with ExitStack() as held:
        held.enter_context(hold_data(settings.data))
        listener = held.enter_context(bind(settings))
        store = open_data(settings)
        held.callback(store.engine.dispose)
        city = build_city(settings, store, parts or Parts())
        held.callback(city.pool.close)  # a native thread that still loads a model would abort an early end
        if demo:
            begin_demo(city)
        _greet(city, listener)
        Server(build_app(city), city, listener).run([listener])
    return 0


class Server(uvicorn.Server):
    """Uvicorn that says READY once the model is open, and lets listeners to events go when it ends."""

    def __init__(self, app: FastAPI, city: City, listener: socket.socket) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                server_header=False,
                lifespan="on",
                timeout_graceful_shutdown=GRACE_S,
                limit_concurrency=CONNECTIONS_AT_ONCE,
                http=Impatient,
                proxy_headers=city.settings.public_url is not None,  # else anybody could name his own address
                h11_max_incomplete_event_size=64 * 1024,
            )
        )
        self._city = city
        self._address = address_of(listener)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer; `detector.errors.WeightsError` if the model cannot be opened."""
        await asyncio.to_thread(self._city.eye.wait, OPENING_S)
        await super().startup(sockets)
        settle()
        print(f"READY {self._address}", flush=True)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Let go of the listeners to events at once, and of everybody else in good order, but not for ever.

        What was acknowledged is on the disk and what was begun is taken up again, so leaving early loses nothing.
        """
        self._city.stopping.set()
        late = threading.Timer(LEAVE_AFTER_S, os._exit, (0,))
        late.daemon = True
        late.start()
        super().handle_exit(sig, frame)


def address_of(listener: socket.socket) -> str:
    """The address at which a browser of this machine reaches a listener."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _greet(city: City, listener: socket.socket) -> None:
    """Where nobody has an account yet, print the link with which the administrator makes one."""
    if not city.people.any():
        token = city.people.offer_setup(city.clock())
        print(f"SETUP {city.settings.public_url or address_of(listener)}/setup?token={token}", flush=True)
