"""One transaction at a time: what is read in it holds, what is written in it is kept together or not at all."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Final

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DataError, DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from service.errors import Busy, DatabaseAway, StorageFull, Unprocessable
from service.store.addresses import Addresses
from service.store.approvals import Approvals
from service.store.audit import Audit
from service.store.camera_events import CameraEvents
from service.store.cameras import Cameras
from service.store.campaigns import Campaigns
from service.store.cases import Cases
from service.store.charges import Charges
from service.store.co_units import CoUnits
from service.store.decisions import Decisions
from service.store.deliveries import Deliveries
from service.store.dossiers import Dossiers
from service.store.evaluations import Evaluations
from service.store.events import Events
from service.store.exposed import Exposed
from service.store.facts import Facts
from service.store.grids import Grids
from service.store.ground_view import GroundView
from service.store.identity import Identity
from service.store.inspections import Inspections
from service.store.jobs import Jobs
from service.store.letters import Letters
from service.store.locks import lock
from service.store.observations import Observations
from service.store.photos import Photos
from service.store.pictures import Pictures
from service.store.policies import Policies
from service.store.premises import PremisesRows
from service.store.records import Records
from service.store.reports import CitizenReports
from service.store.reviews import Reviews
from service.store.surroundings import Surroundings
from service.store.tallies import Tallies
from service.store.tasks import Tasks
from service.store.tickets import Tickets
from service.store.units import Units
from service.store.uploads import Uploads
from service.store.views import Views
from service.store.watched import Watched
from service.store.webhooks import Webhooks
from service.store.zones import CameraZones
from service.turns import Queue

LONGEST_WAIT_S: Final = 30.0
RETRY_AFTER_S: Final = 1
FULL: Final = ("disk is full", "disk i/o error", "no space left", "could not extend file", "could not write")
LOCKED: Final = ("database is locked", "database table is locked", "deadlock detected", "could not serialize")
CROWDED: Final = ("out of shared memory", "too many clients", "too many connections", "remaining connection slots")
"""PostgreSQL has no room for one more lock or connection just now."""

AWAY: Final = ("connection failed", "connection timeout", "the database system is", "server closed the connection")
"""PostgreSQL does not answer, or begins or ends just now."""


class Transaction:
    """The rows, one repository a noun, as they are inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._held: set[str] = set()

    @cached_property
    def tickets(self) -> Tickets:
        """Tickets and their history."""
        return Tickets(self.connection, self.audit)

    @cached_property
    def facts(self) -> Facts:
        """Dated facts of tickets."""
        return Facts(self.connection)

    @cached_property
    def co_units(self) -> CoUnits:
        """Units that help with tickets."""
        return CoUnits(self.connection)

    @cached_property
    def observations(self) -> Observations:
        """Observations and the verdicts on them."""
        return Observations(self.connection, self.audit)

    @cached_property
    def surroundings(self) -> Surroundings:
        """What else is known of a place."""
        return Surroundings(self.connection)

    @cached_property
    def reviews(self) -> Reviews:
        """The reviewers' queue."""
        return Reviews(self.connection)

    @cached_property
    def photos(self) -> Photos:
        """Photos as they were sent."""
        return Photos(self.connection)

    @cached_property
    def pictures(self) -> Pictures:
        """Pictures in the evidence store, and which were put to tickets."""
        return Pictures(self.connection, self.audit)

    @cached_property
    def cameras(self) -> Cameras:
        """Cameras."""
        return Cameras(self.connection)

    @cached_property
    def camera_events(self) -> CameraEvents:
        """How cameras are over time."""
        return CameraEvents(self.connection)

    @cached_property
    def charges(self) -> Charges:
        """Who watches which camera, where several machines share them."""
        return Charges(self.connection)

    @cached_property
    def zones(self) -> CameraZones:
        """What is drawn into the pictures of cameras."""
        return CameraZones(self.connection)

    @cached_property
    def decisions(self) -> Decisions:
        """What cameras decided, and why."""
        return Decisions(self.connection)

    @cached_property
    def units(self) -> Units:
        """Handling units and duty grids."""
        return Units(self.connection)

    @cached_property
    def grids(self) -> Grids:
        """Duty grids as people edit them, and the streets above them."""
        return Grids(self.connection)

    @cached_property
    def policies(self) -> Policies:
        """Versions of the policy."""
        return Policies(self.connection)

    @cached_property
    def records(self) -> Records:
        """What a policy asks of the past."""
        return Records(self.connection)

    @cached_property
    def jobs(self) -> Jobs:
        """Work that is due at a time."""
        return Jobs(self.connection)

    @cached_property
    def approvals(self) -> Approvals:
        """What waits for a second person."""
        return Approvals(self.connection)

    @cached_property
    def events(self) -> Events:
        """The outbox."""
        return Events(self.connection)

    @cached_property
    def audit(self) -> Audit:
        """Who did what, and who looked at what, and why."""
        return Audit(self.connection)

    @cached_property
    def cases(self) -> Cases:
        """Tickets with their history, many at once."""
        return Cases(self.connection)

    @cached_property
    def ground_view(self) -> GroundView:
        """Tickets as a map shows them."""
        return GroundView(self.connection)

    @cached_property
    def tallies(self) -> Tallies:
        """Tickets, counted."""
        return Tallies(self.connection)

    @cached_property
    def views(self) -> Views:
        """Lists of tickets that people come back to."""
        return Views(self.connection)

    @cached_property
    def watched(self) -> Watched:
        """How long each camera has watched."""
        return Watched(self.connection)

    @cached_property
    def campaigns(self) -> Campaigns:
        """Campaigns."""
        return Campaigns(self.connection)

    @cached_property
    def webhooks(self) -> Webhooks:
        """Who is told what happens."""
        return Webhooks(self.connection)

    @cached_property
    def deliveries(self) -> Deliveries:
        """What each webhook is told, and every try."""
        return Deliveries(self.connection)

    @cached_property
    def exposed(self) -> Exposed:
        """Tickets as the public may find them."""
        return Exposed(self.connection)

    @cached_property
    def citizen_reports(self) -> CitizenReports:
        """What citizens sent in."""
        return CitizenReports(self.connection)

    @cached_property
    def dossiers(self) -> Dossiers:
        """Numbers on small ads."""
        return Dossiers(self.connection)

    @cached_property
    def evaluations(self) -> Evaluations:
        """Evaluation tables."""
        return Evaluations(self.connection)

    @cached_property
    def inspections(self) -> Inspections:
        """Walks of inspectors."""
        return Inspections(self.connection)

    @cached_property
    def premises(self) -> PremisesRows:
        """Shops and yards."""
        return PremisesRows(self.connection)

    @cached_property
    def addresses(self) -> Addresses:
        """Where tickets are in words."""
        return Addresses(self.connection)

    @cached_property
    def tasks(self) -> Tasks:
        """Whose task a look is."""
        return Tasks(self.connection)

    @cached_property
    def letters(self) -> Letters:
        """Letters."""
        return Letters(self.connection)

    @cached_property
    def uploads(self) -> Uploads:
        """What vehicles brought home."""
        return Uploads(self.connection)

    @cached_property
    def identity(self) -> Identity:
        """Which city this database is."""
        return Identity(self.connection)

    @property
    def is_only_writer(self) -> bool:
        """Whether nobody else can write meanwhile, so that nothing has to be held: on SQLite."""
        return self.connection.dialect.name == "sqlite"

    def lock(self, names: Iterable[str]) -> None:
        """Let no other writer decide about these names until the end; SQLite has one writer at a time anyway."""
        if not self.is_only_writer:
            wanted = set(names) - self._held
            lock(self.connection, wanted)
            self._held |= wanted


class Store:
    """A database with this program's tables."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turn = Queue() if engine.dialect.name == "sqlite" else None

    @property
    def engine(self) -> Engine:
        """The connection pool."""
        return self._engine

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A moment of the database, all of a piece; nothing that is done in it is kept."""
        with _named_errors(), self._engine.connect() as connection:
            if connection.dialect.name == "postgresql":  # SQLite's are all of a piece anyway
                connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            yield Transaction(connection)

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """Write together or not at all; when it ends without an error, what was written survives a power cut.

        Raises:
            Busy: other writers took too long.
            StorageFull: the disk does not take it; nothing was kept.
        """
        with _named_errors(), self._in_turn(), self._engine.connect() as connection:
            connection = connection.execution_options(sqlite_begin="IMMEDIATE")
            with connection.begin():
                tx = Transaction(connection)
                yield tx
                tx.audit.seal()

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """Threads of this process queue here, in order, rather than at the file, by chance."""
        if self._turn is None:
            yield
            return
        if not self._turn.acquire(LONGEST_WAIT_S):
            raise Busy(retry_after_s=RETRY_AFTER_S)
        try:
            yield
        finally:
            self._turn.release()


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except NoConnection as error:
        raise Busy(retry_after_s=RETRY_AFTER_S) from error
    except DataError as error:  # a NUL, a number or a text that is too long for PostgreSQL; SQLite is less strict
        raise Unprocessable(problem="not_storable") from error
    except DBAPIError as error:
        told = str(error.orig).lower()
        if any(words in told for words in FULL):
            raise StorageFull(where="database") from error
        if any(words in told for words in (*LOCKED, *CROWDED)):
            raise Busy(retry_after_s=RETRY_AFTER_S) from error
        if error.connection_invalidated or any(words in told for words in AWAY):
            raise DatabaseAway(retry_after_s=RETRY_AFTER_S) from error
        raise
