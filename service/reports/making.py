"""Which papers there are, how each is composed, and how it becomes a file."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Literal

from service.errors import Busy, Unprocessable
from service.errors.papers import ReportTooLarge, ReportUnknown
from service.reports.desk import Desk
from service.reports.doorsteps import doorsteps
from service.reports.ledger import ledger
from service.reports.lists import assessment, responsibilities, tasks
from service.reports.paper import Paper, PictureOf
from service.reports.scopes import By
from service.reports.visit import visit_folder
from service.reports.weekly import campaign, weekly

Format = Literal["pdf", "xlsx"]
FORMATS: Final[tuple[Format, ...]] = ("pdf", "xlsx")
MEDIA_TYPES: Final = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MOST_ROWS: Final = {"pdf": 2_000, "xlsx": 50_000}
MOST_PAIRS: Final = 200
RETRY_AFTER_S: Final = 5


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of paper.

    Attributes:
        about: which further parameter it needs: a campaign, an evaluation table, a ticket.
        of_units: a handling unit may have it, of its own tickets.
    """

    id: str
    compose: Callable[[Desk], Paper]
    about: str | None = None
    of_units: bool = True

    @property
    def named(self) -> str:
        """Under which words its name stands."""
        return self.id.partition("_")[0]


KINDS: Final = (
    Kind("tasks", tasks),
    Kind("responsibilities", responsibilities),
    Kind("assessment", assessment, of_units=False),
    Kind("ledger_unit", lambda desk: ledger(desk, By.UNIT)),
    Kind("ledger_condition", lambda desk: ledger(desk, By.CONDITION)),
    Kind("ledger_grid", lambda desk: ledger(desk, By.GRID)),
    Kind("ledger_street", lambda desk: ledger(desk, By.STREET)),
    Kind("doorsteps", doorsteps, of_units=False),
    Kind("weekly", weekly),
    Kind("campaign", campaign, about="campaign"),
    Kind("visit", visit_folder, about="evaluation", of_units=False),
)


@dataclass(frozen=True, slots=True)
class File:
    """A paper as a file."""

    name: str
    media_type: str
    data: bytes


def kind_of(name: str) -> Kind:
    """The kind of that name; ReportUnknown."""
    for kind in KINDS:
        if kind.id == name:
            return kind
    raise ReportUnknown(kind=name)


def compose(name: str, desk: Desk) -> Paper:
    """A paper of that kind; ReportUnknown, Unprocessable where what it is about was not said."""
    kind = kind_of(name)
    if kind.about == "campaign" and desk.scope.campaign is None:
        raise Unprocessable(field="campaign", problem="missing")
    if kind.about == "evaluation" and desk.evaluation is None:
        raise Unprocessable(field="evaluation", problem="missing")
    return kind.compose(desk)


class Press:
    """Has papers made one after the other, since each takes a whole core while it is made."""

    def __init__(self, at_once: int = 1, longest_wait_s: float = 10.0) -> None:
        self._turns = threading.BoundedSemaphore(at_once)
        self._longest_wait_s = longest_wait_s

    def make(self, paper: Paper, form: Format, picture_of: PictureOf) -> File:
        """A paper as a file; Busy where others take too long, ReportTooLarge."""
        with self.turn():
            return as_file(paper, form, picture_of)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Be the one who counts and writes; Busy where others take too long."""
        if not self._turns.acquire(timeout=self._longest_wait_s):
            raise Busy(retry_after_s=RETRY_AFTER_S)
        try:
            yield
        finally:
            self._turns.release()


def as_file(paper: Paper, form: Format, picture_of: PictureOf) -> File:
    """A paper as a file; ReportTooLarge where it is more than such a file holds."""
    if paper.rows > MOST_ROWS[form] or paper.pairs > MOST_PAIRS:
        raise ReportTooLarge(rows=paper.rows, most=MOST_ROWS[form], pairs=paper.pairs, most_pairs=MOST_PAIRS)
    if form == "xlsx":
        from service.reports.xlsx import as_xlsx  # a service that writes no paper never pays for it

        return File(f"{paper.name}.xlsx", MEDIA_TYPES[form], as_xlsx(paper))
    if paper.official is not None:
        from service.reports.official import official_pdf

        return File(f"{paper.name}.pdf", MEDIA_TYPES[form], official_pdf(paper, paper.official, picture_of))
    from service.reports.pdf import as_pdf

    return File(f"{paper.name}.pdf", MEDIA_TYPES[form], as_pdf(paper, picture_of))
