"""Who did what: the audit trail, read by those who answer for it, and its head for whoever keeps an anchor."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from service.api.access import Overseer
from service.api.body import TEXT, in_utc
from service.api.city import city_of
from service.api.wire import Moment
from service.domain.audit import Link
from service.store.audit import TrailFilter

router = APIRouter(tags=["audit"])

Word = Annotated[str | None, Field(max_length=255, pattern=TEXT)]
Day = Annotated[AwareDatetime, AfterValidator(in_utc)] | None


class TrailFields(BaseModel):
    """Which lines are wanted; what is left out does not restrict."""

    model_config = ConfigDict(extra="forbid")

    subject: Annotated[Word, Field(description="The id of a ticket, picture, observation, user, key, camera …")] = None
    actor: Annotated[Word, Field(description="The name that a history shows")] = None
    action: Annotated[Word, Field(examples=["evidence.original"])] = None
    since: Day = None
    until: Day = None

    @property
    def filter(self) -> TrailFilter:
        """The same in the words of the store."""
        return TrailFilter(self.subject, self.actor, self.action, self.since, self.until)


class TrailQuery(TrailFields):
    """Which lines are wanted, and how many at once."""

    limit: Annotated[int, Field(ge=1, le=1000)] = 100
    cursor: Annotated[str | None, Field(pattern=r"^[0-9]{1,15}$")] = None


class TrailLine(BaseModel):
    """A line of the trail; `sha256` covers it and the hash of the line before it."""

    seq: int
    at: Moment
    actor: str
    action: str
    subject: str
    reason: str | None
    facts: dict[str, Any]
    sha256: str


class TrailPage(BaseModel):
    """Lines, newest first."""

    items: list[TrailLine]
    next: str | None


class TrailHead(BaseModel):
    """Number and hash of the last line; written down elsewhere, they convict whoever changes an earlier one."""

    seq: int
    sha256: str


@router.get("/api/audit")
def read_trail(request: Request, _: Overseer, query: Annotated[TrailQuery, Query()]) -> TrailPage:
    """Who did what, newest first: every step of a ticket, verdict, picture, look at an original, account and key."""
    with city_of(request).store.read() as rows:
        found = rows.audit.page(query.filter, query.limit + 1, int(query.cursor) if query.cursor else None)
    shown = found[: query.limit]
    more = len(found) > query.limit
    return TrailPage(items=[_told(link) for link in shown], next=str(shown[-1].seq) if more else None)


@router.get("/api/audit/head")
def read_head(request: Request, _: Overseer) -> TrailHead:
    """The head of the trail, to be kept where this service cannot write."""
    with city_of(request).store.read() as rows:
        head = rows.audit.head()
    return TrailHead(seq=head.seq, sha256=head.sha256)


def _told(link: Link) -> TrailLine:
    line = link.line
    return TrailLine(
        seq=link.seq,
        at=line.at,
        actor=line.actor,
        action=line.action,
        subject=line.subject,
        reason=line.reason,
        facts=dict(line.facts),
        sha256=link.sha256,
    )
