"""The policy in force: kept in the database, read anew when it may have changed, replaced by whoever may."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.exc import DBAPIError

from detector.catalog import Catalog
from service.clock import Clock
from service.domain.audit import AuditLine
from service.domain.policy import Policy, Problem, parse_policy
from service.domain.policy.document import policy_wrong
from service.domain.policy.places import Places, named_places, unknown_places
from service.domain.ticket import Actor
from service.errors import (
    PolicyChanged,
    PolicyInThePast,
    PolicyReasonMissing,
    PolicyUnknown,
    PolicyWrong,
    ServiceError,
)
from service.store import Store, Transaction
from service.store.policies import KeptPolicy, PolicyText

SHIPPED: Final = Path(__file__).parent / "domain" / "policy.toml"
A_SLOW_CLOCK: Final = timedelta(minutes=5)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PolicyWish:
    """A version that somebody wants to have.

    Attributes:
        based_on: the SHA-256 of the version that they changed; PolicyChanged if a newer one has been saved since.
        from_at: when it comes into force, None for now.
    """

    text: str
    based_on: str
    reason: str
    from_at: datetime | None = None


class InForce:
    """The policy that holds now. To ask costs nothing: `refresh` reads the versions, also those that wait."""

    def __init__(self, store: Store, catalog: Catalog, timezone: ZoneInfo, clock: Clock) -> None:
        self._store, self._catalog, self._timezone, self._clock = store, catalog, timezone, clock
        self._lock = threading.Lock()
        self._policy: Policy | None = None
        self._waiting: list[PolicyText] = []

    def __call__(self) -> Policy:
        """The policy; PolicyWrong at the first question if the kept text cannot be used by this program."""
        if self._policy is None:
            self.refresh()
        with self._lock:
            while self._waiting and self._waiting[0].from_at <= self._clock():
                self._policy = self._begun(self._waiting.pop(0), self._policy)
            if self._policy is None:
                raise PolicyUnknown()
            return self._policy

    def refresh(self) -> None:
        """Read which versions there are. Call it outside of transactions; what another process saved is known then."""
        now = self._clock()
        try:
            with self._store.read() as rows:
                kept, waiting = rows.policies.in_force(now), rows.policies.waiting(now)
        except (ServiceError, DBAPIError):
            if self._policy is None:
                raise
            log.warning("the policy cannot be read now, the last one known holds")
            return
        if kept is None:
            kept = self._keep_shipped(now)
        with self._lock:
            self._waiting = [one.policy for one in waiting]
            if self._policy is None or self._policy.sha256 != kept.policy.sha256:
                self._policy = self._begun(kept.policy, self._policy)

    def parse(self, text: str) -> Policy:
        """What a text says, with this city's catalog and zone; PolicyWrong."""
        return parse_policy(text, self._catalog, self._timezone)

    def _begun(self, text: PolicyText, known: Policy | None) -> Policy:
        """A version that comes into force; the last one holds on where a newer program wrote what we cannot read."""
        try:
            return self.parse(text.text)
        except PolicyWrong:
            if known is None:
                raise
            log.error("a policy cannot be used here, the last one holds", sha256=text.sha256, version=text.version)
            return known

    def _keep_shipped(self, now: datetime) -> KeptPolicy:
        """The first start keeps the policy that the program ships, unless another process just did."""
        text = SHIPPED.read_text(encoding="utf-8")
        policy = self.parse(text)
        with self._store.write() as rows:
            rows.lock(["policies"])
            earlier = rows.policies.in_force(now)
            if earlier is not None:
                return earlier
            rows.units.put(policy.units)
            return rows.policies.add(PolicyText(text, policy.sha256, policy.version, "service", "shipped", now, now))


def save_policy(rows: Transaction, policy: Policy, wish: PolicyWish, actor: Actor, now: datetime) -> KeptPolicy:
    """Keep a version that was read without a problem; the same text again from the same moment changes nothing.

    Raises:
        PolicyReasonMissing: nobody says why.
        PolicyInThePast: it is to hold from a moment that has passed.
        PolicyChanged: another version was saved since the one that this wish is based on.
        PolicyWrong: it names a grid, a street or a camera that the city does not have.
    """
    if not wish.reason.strip():
        raise PolicyReasonMissing()
    from_at = wish.from_at or now
    if from_at < now - A_SLOW_CLOCK:
        raise PolicyInThePast(from_at=from_at.isoformat())
    rows.lock(["policies"])
    newest = rows.policies.newest()
    if newest is not None and newest.policy.sha256 != wish.based_on:
        if _is_same(newest, policy, wish, now):
            return newest
        raise PolicyChanged(based_on=wish.based_on, newest=newest.policy.sha256)
    if newest is not None and _is_same(newest, policy, wish, now):
        return newest
    if problems := unknown_in(rows, policy, wish.text):
        raise policy_wrong(problems)
    rows.units.put(policy.units)
    text = PolicyText(
        text=wish.text,
        sha256=policy.sha256,
        version=policy.version,
        by=actor.name,
        reason=wish.reason.strip(),
        saved_at=now,
        from_at=max(from_at, now),
    )
    kept = rows.policies.add(text)
    _tell(rows, kept, wish, actor, now)
    return kept


def unknown_in(rows: Transaction, policy: Policy, text: str) -> tuple[Problem, ...]:
    """Every grid, street and camera that a policy names and the city does not have."""
    named = named_places(policy)
    grids = frozenset(grid.id for grid in rows.units.grids()) if named.grids else frozenset()
    streets = frozenset(street.id for street in rows.grids.streets()) if named.streets else frozenset()
    cameras = frozenset(name for name in named.cameras if rows.cameras.find(name) is not None)
    return unknown_places(policy, text, Places(grids, streets, cameras))


def _is_same(newest: KeptPolicy, policy: Policy, wish: PolicyWish, now: datetime) -> bool:
    same_start = newest.policy.from_at <= now if wish.from_at is None else newest.policy.from_at == wish.from_at
    return newest.policy.sha256 == policy.sha256 and same_start


def _tell(rows: Transaction, kept: KeptPolicy, wish: PolicyWish, actor: Actor, now: datetime) -> None:
    facts: Mapping[str, str | int] = {
        "seq": kept.seq,
        "version": kept.policy.version,
        "sha256": kept.policy.sha256,
        "based_on": wish.based_on,
        "from_at": kept.policy.from_at.isoformat(),
    }
    subject = f"policy_{kept.seq}"
    rows.audit.add(AuditLine(now, actor.name, "policy.saved", subject, kept.policy.reason, facts))
    rows.events.add(now, "policy.saved", subject, facts)
