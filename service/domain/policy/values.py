"""The values of a policy, as every decision reads them; frozen, and right once they exist."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final, Literal
from zoneinfo import ZoneInfo

from detector.catalog import Limit, Name
from service.domain.deadlines import WorkingHours
from service.domain.policy.windows import Area, Spot, Weekly

LARGEST_RADIUS_M: Final = 200.0
"""Beyond it the look-up by cells would read half a district."""

Does = Literal["urge", "supervise"]


@dataclass(frozen=True, slots=True)
class HandlingUnit:
    """Who puts things right."""

    id: str
    name: Name


@dataclass(frozen=True, slots=True)
class Patience:
    """What a camera that the service reads waits for before it says a condition, and how often it says it again.

    Attributes:
        lasting: from the first look that saw it to the look that says it.
        hits: looks that must have seen it.
        again_every: how often a condition that stands is said again.
        gone_after: clear looks in a row after which it is gone; a look that is blocked is none.
    """

    lasting: timedelta = timedelta(seconds=20)
    hits: int = 3
    again_every: timedelta = timedelta(minutes=4)
    gone_after: int = 3


@dataclass(frozen=True, slots=True)
class Passing:
    """What a camera that moves must have seen of a place while it passes, since no track survives a turn.

    Attributes:
        hits: so many
        frames: of so many frames in a row
        cell_m: must fall into one cell of so many metres.
    """

    hits: int = 3
    frames: int = 8
    cell_m: float = 15.0


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for one condition.

    Attributes:
        radius_m: sightings nearer than this are one problem, (0, 200].
        unit: the id of the unit that it is dispatched to by default.
        limit: within how much time it is put right, counted from filing.
        open_score: a camera's sighting below it opens no ticket, [0, 1].
        code: of the condition in the policy's code table, None where the table has none.
        follow_score: a camera's sighting below it is not added to an open ticket either, at most `open_score`.
        enforced: weekly windows in which a camera's sighting counts; none means always.
        cooldown: for so long after a camera opened a ticket at a place, it opens no other there.
        patience: of fixed cameras that the service reads.
        persistence: a fixed camera must have seen it for so long before a machine nudges or files by itself.
        passing: of moving cameras.
        name: what people call the condition.
        filed_when: the city's own condition for filing, as its standard says it.
        closed_when: the city's own condition for closing; None where the catalog's holds.
    """

    radius_m: float
    unit: str
    limit: Limit
    open_score: float
    code: str | None
    follow_score: float = 0.0
    enforced: tuple[Weekly, ...] = ()
    cooldown: timedelta = timedelta(0)
    patience: Patience = Patience()
    persistence: timedelta = timedelta(0)
    passing: Passing = Passing()
    name: Name | None = None
    filed_when: Name | None = None
    closed_when: Name | None = None


@dataclass(frozen=True, slots=True)
class Permit:
    """What is allowed somewhere at certain times: a night market, outdoor seating."""

    id: str
    name: Name
    conditions: frozenset[str]
    area: Area
    weekly: Weekly
    first: date | None = None
    last: date | None = None

    def allows(self, condition: str, spot: Spot, local: datetime) -> bool:
        """Whether it allows what is seen there at that local time; after midnight the evening's date counts."""
        day = self.weekly.day_of(local)
        if condition not in self.conditions or day is None or not self.area.holds(spot):
            return False
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Special:
    """A special section or special hours: another limit there and then."""

    id: str
    name: Name
    conditions: frozenset[str]
    area: Area
    weekly: Weekly
    limit: Limit


@dataclass(frozen=True, slots=True)
class Watching:
    """Where and when cameras that the service reads look more often than they usually do.

    Attributes:
        look_every: at least so often, changed or not; a camera that looks more often anyway goes on to.
    """

    id: str
    name: Name
    area: Area
    weekly: Weekly
    look_every: timedelta


@dataclass(frozen=True, slots=True)
class Route:
    """Who is responsible for a condition in a part of the city, before the duty grids' own units."""

    conditions: frozenset[str]
    area: Area
    unit: str


@dataclass(frozen=True, slots=True)
class Nudging:
    """Whose candidates are first told to the shop, when, and how long it has to put things right."""

    conditions: frozenset[str] = frozenset()
    weekly: Weekly = field(default_factory=Weekly)
    wait: timedelta = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class AutoFiling:
    """When a machine may file by itself: the lower bound of its precision over the last reviewed sightings.

    Attributes:
        conditions: for which it may at all; none: a person always looks first.
        lower_bound: of the 95 % interval (Wilson) of the share that reviewers confirmed.
        last: how many reviewed sightings of that camera and condition are counted.
        least: with fewer reviewed sightings a person looks first.
    """

    conditions: frozenset[str] = frozenset()
    lower_bound: float = 0.95
    last: int = 200
    least: int = 100


@dataclass(frozen=True, slots=True)
class Budget:
    """How many tickets of cameras a duty grid gets a day without a person's look; what is over goes to review."""

    per_grid: int | None = None
    grids: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, grid: str) -> int | None:
        """The number of one grid, None where there is no limit."""
        return self.grids.get(grid, self.per_grid)


@dataclass(frozen=True, slots=True)
class Escalation:
    """One step against lateness: urge or write a supervision letter, before or after the due time.

    Attributes:
        id: names the step in a ticket's facts; stands once in a policy.
        offset: how long before or after the due time; None: at the due time.
        is_before: the offset is counted back from the due time.
    """

    id: str
    does: Does
    offset: Limit | None = None
    is_before: bool = False


@dataclass(frozen=True, slots=True)
class StageLimits:
    """How long a ticket may stand in a stage that has a timer of its own; None: no timer there."""

    filing: Limit | None = None
    dispatch: Limit | None = None
    check: Limit | None = None


@dataclass(frozen=True, slots=True)
class Retention:
    """How long the original of a picture is kept, which shows faces; what was shown, blurred, stays.

    Attributes:
        after_end: from the end of the last ticket that it stands behind; that of an open one, or of one under legal
            hold, never goes.
        loose: from its arrival, if it stands behind no ticket.
    """

    after_end: timedelta = timedelta(days=180)
    loose: timedelta = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Reviewing:
    """How reviewers' work is ordered and looked at.

    Attributes:
        risk: of a condition, (0, 10]; 1 where nothing is said. What is riskier is looked at first.
        second_look: the share of judged sightings that another reviewer judges as well, blind, [0, 0.5].
    """

    risk: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    second_look: float = 0.05


OFFICE: Final = Name("City management command centre", "城市管理指挥中心")


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes letters.

    Attributes:
        office: the name at the head and under the text.
        word: what stands before year and number of an official Chinese letter 发文机关代字.
    """

    office: Name = OFFICE
    word: str = "城管督"


@dataclass(frozen=True, slots=True)
class LookingBack:
    """When a closed ticket's place is looked at again, and when a spot is chronic.

    Attributes:
        after_h: hours after the close.
        chronic: so many rebounds
        chronic_within: within so long make a spot chronic.
    """

    after_h: tuple[float, ...] = (24.0, 72.0, 168.0)
    chronic: int = 3
    chronic_within: timedelta = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of a city's rules; every decision keeps `sha256` of the version that made it.

    Attributes:
        after_photo_within_m: an after-photo taken farther from the ticket shows another place.
        forced_alone_a_day: how many tickets a chief may close by force in a day without a second one.
    """

    version: str
    sha256: str
    field_verification: bool
    code_table: str
    same_after_close: timedelta
    rebound_within: timedelta
    hours: WorkingHours
    units: tuple[HandlingUnit, ...]
    rules: Mapping[str, Rule]
    permits: tuple[Permit, ...] = ()
    specials: tuple[Special, ...] = ()
    watching: tuple[Watching, ...] = ()
    routes: tuple[Route, ...] = ()
    nudging: Nudging = field(default_factory=Nudging)
    auto_filing: AutoFiling = AutoFiling()
    budget: Budget = field(default_factory=Budget)
    escalations: tuple[Escalation, ...] = ()
    stages: StageLimits = StageLimits()
    after_photo_within_m: float = 100.0
    look_back: LookingBack = LookingBack()
    review: Reviewing = field(default_factory=Reviewing)
    letterhead: Letterhead = Letterhead()
    forced_alone_a_day: int = 3
    retention: Retention = Retention()

    @property
    def timezone(self) -> ZoneInfo:
        """The city's own zone."""
        return self.hours.timezone

    @property
    def needs_grids(self) -> bool:
        """Whether a decision about a sighting has to know the duty grids around it."""
        restricted = (self.permits, self.specials, self.watching, self.routes)
        areas = (row.area for rows in restricted for row in rows)
        return (
            self.budget.per_grid is not None
            or bool(self.budget.grids)
            or any(area.grids or area.streets for area in areas)
        )

    def rule(self, condition: str) -> Rule:
        """What holds for that condition; KeyError if the catalog had none."""
        return self.rules[condition]

    def local(self, moment: datetime) -> datetime:
        """An aware moment on the city's own clocks."""
        return moment.astimezone(self.timezone)

    def limit_for(self, condition: str, spot: Spot, filed_at: datetime) -> Limit:
        """Within how much time it is put right, if filed there and then: by a special row, else by the rule."""
        local = self.local(filed_at)
        for special in self.specials:
            if condition in special.conditions and special.weekly.holds_at(local) and special.area.holds(spot):
                return special.limit
        return self.rule(condition).limit

    def look_every(self, spot: Spot, at: datetime, usual: timedelta) -> timedelta:
        """How often a camera there looks at that moment: as usual, or more often where a row says so."""
        local = self.local(at)
        raised = [row.look_every for row in self.watching if row.weekly.holds_at(local) and row.area.holds(spot)]
        return min([usual, *raised])

    def permit_for(self, condition: str, spot: Spot, at: datetime) -> Permit | None:
        """The permit that allows what is seen there then, None where nothing does."""
        if not self.permits:
            return None
        local = self.local(at)
        return next((permit for permit in self.permits if permit.allows(condition, spot, local)), None)

    def is_enforced(self, condition: str, at: datetime) -> bool:
        """Whether a camera's sighting of that condition counts at that moment."""
        enforced = self.rule(condition).enforced
        return not enforced or any(weekly.holds_at(self.local(at)) for weekly in enforced)
