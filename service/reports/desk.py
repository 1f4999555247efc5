"""What every paper is written from: the rows, the names, the words, the days and the scope."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from detector.catalog import Catalog, Limit
from service.domain.cases import Case
from service.domain.indicators import Look
from service.domain.policy import Policy
from service.reports.naming import Naming
from service.reports.paper import Block, Facts, Paper
from service.reports.scopes import By, Scope
from service.reports.words import Language, words_of
from service.store import Transaction
from service.store.evaluations import Evaluation

NOBODYS: Final = {
    By.UNIT: "paper.no_unit",
    By.CONDITION: "paper.no_grid",
    By.GRID: "paper.no_grid",
    By.STREET: "paper.no_street",
}
"""What a group is called to which nothing but the rest belongs."""


@dataclass(frozen=True, slots=True)
class Desk:
    """One moment at which papers are written.

    Attributes:
        by: who asked for the paper, as its foot shows it.
        evaluation: the table that a visit folder follows.
    """

    tx: Transaction
    catalog: Catalog
    policy: Policy
    naming: Naming
    language: Language
    look: Look
    scope: Scope
    by: str
    evaluation: Evaluation | None = None

    def words(self, key: str, **facts: object) -> str:
        """The words of a key in the paper's language."""
        return words_of(self.language)(key, **facts)

    def over(self, look: Look) -> "Desk":
        """The same desk for other days."""
        return replace(self, look=look)

    def moment(self, at: datetime | None) -> str:
        """A moment on the city's clocks."""
        return self.policy.local(at).strftime("%Y-%m-%d %H:%M") if at else "—"

    def group(self, by: By, key: str) -> str:
        """What a group is called."""
        if not key:
            return self.words(NOBODYS[by])
        return words_of(self.language).name(self.naming.of(by, key))

    def condition(self, case: Case) -> str:
        """What a case's condition is called."""
        return self.condition_named(case.ticket.condition)

    def condition_named(self, name: str) -> str:
        """What a condition is called."""
        return self.group(By.CONDITION, name)

    def unit(self, case: Case) -> str:
        """The unit that has a case."""
        return self.group(By.UNIT, case.ticket.unit_id or "")

    def place(self, case: Case) -> str:
        """Where a case is: its duty grid, the address that somebody typed, and its place on WGS-84."""
        point = case.ticket.place
        named = [*([self.group(By.GRID, case.grid)] if case.grid else []), *filter(None, [case.where.address])]
        if point is not None:
            return " ".join([*named, f"{point.lat:.5f}, {point.lon:.5f}"])
        return " ".join(named) or self.words("paper.place_none")

    def state(self, case: Case) -> str:
        """Where a case stands."""
        return self.words(f"states.{case.ticket.state.value}")

    def result(self, case: Case) -> str | None:
        """How a case ended."""
        return self.words(f"resolutions.{case.ticket.resolution.value}") if case.ticket.resolution else None

    def limit(self, limit: Limit) -> str:
        """A limit in words."""
        return self.words(f"limits.{limit.unit}", amount=f"{limit.amount:g}")

    def is_late(self, case: Case) -> bool:
        """Whether the work came, or will come, after the limit."""
        return case.is_late or case.is_overdue(self.look.now)

    def period(self) -> str:
        """The days in words."""
        days = self.look.period
        return self.words("paper.period", first=days.first, last=days.last, days=days.days)

    def heading(self, *more: tuple[str, str]) -> Facts:
        """What stands at the head of a paper: its days, its scope, whatever else, and the policy."""
        return Facts(
            (
                (self.words("paper.days"), self.period()),
                (self.words("paper.scope"), self.scope_told()),
                *more,
                (self.words("paper.policy"), f"{self.policy.version} · {self.policy.sha256[:12]}"),
            )
        )

    def scope_told(self) -> str:
        """The scope in words."""
        named = [
            *(self.group(By.UNIT, key) for key in sorted(self.scope.units)),
            *(self.group(By.CONDITION, key) for key in sorted(self.scope.conditions)),
            *(self.group(By.STREET, key) for key in sorted(self.scope.streets)),
            *(self.group(By.GRID, key) for key in sorted(self.scope.grids)),
            *([self.scope.campaign.name] if self.scope.campaign else []),
        ]
        return " · ".join(named) or self.words("paper.scope_all")

    def paper(self, name: str, title: str, blocks: Sequence[Block], *, sideways: bool = False) -> Paper:
        """A paper of these blocks; `name` is that of its file, to which the days are added."""
        period, now = self.look.period, self.look.now
        return Paper(
            name=f"{name}_{period.first:%Y%m%d}_{period.last:%Y%m%d}_{self.language}",
            title=title,
            subtitle=self.period(),
            language=self.language,
            zone=period.zone,
            made_at=now,
            page_of=self.words("paper.page_of"),
            made=self.words("paper.made", at=self.moment(now), by=self.by),
            blocks=tuple(blocks),
            sideways=sideways,
        )
