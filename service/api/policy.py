"""The city's policy: read, checked, tried out on what was seen, and replaced by a version with a reason."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from detector.catalog import CODE_TABLES
from service.accounts.roles import CASEWORKERS, PEOPLE
from service.api.access import Admin, Allowed
from service.api.body import TEXT, Form, form_docs, in_utc, read_form
from service.api.city import City, city_of
from service.api.wire import Moment
from service.domain.policy import check_policy
from service.domain.policy.changes import changed_keys
from service.domain.standard import StandardRow
from service.domain.ticket import Actor
from service.errors import PolicyUnknown, Unprocessable
from service.policies import PolicyWish, save_policy, unknown_in
from service.standards import propose
from service.store.policies import KeptPolicy

router = APIRouter(tags=["policy"])

Reader = Annotated[Actor, Depends(Allowed(PEOPLE))]
Desk = Annotated[Actor, Depends(Allowed(CASEWORKERS))]
LONGEST_POLICY: Final = 256 * 1024

PolicyToml = Annotated[
    str,
    Field(
        max_length=LONGEST_POLICY,
        pattern=TEXT,
        description="A TOML document: the whole policy",
        examples=['version = "2027-01"\nfield_verification = true\n…'],
    ),
]


class PolicyBrief(BaseModel):
    """A version in a list. `seq` rises with every save; `version` is what the city calls it."""

    seq: int
    version: str
    sha256: str
    by: str
    reason: str
    saved_at: Moment
    from_at: Moment


class PolicyAnswer(PolicyBrief):
    """A version with its text."""

    text: str


class PolicyNow(PolicyAnswer):
    """The version in force, and the one that comes into force next."""

    upcoming: PolicyBrief | None


class PolicyPage(BaseModel):
    """Versions, the last saved first."""

    items: list[PolicyBrief]
    next: str | None


class PolicySave(BaseModel):
    """A version to be kept; `based_on` is the SHA-256 of the version that was changed, the last saved one."""

    model_config = ConfigDict(extra="forbid")

    text: PolicyToml
    based_on: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    reason: Annotated[str, Field(max_length=2000, pattern=TEXT)]
    from_at: Annotated[AwareDatetime, AfterValidator(in_utc)] | None = None


class PolicyDraft(BaseModel):
    """A text that is only looked at."""

    model_config = ConfigDict(extra="forbid")

    text: PolicyToml


class ProblemAnswer(BaseModel):
    """One thing that is wrong with a text: its line, its key, a code, what stands there and what may stand there."""

    line: int
    key: str
    problem: str
    value: str | None
    wanted: str | None


class ChangeAnswer(BaseModel):
    """One key that would say something else."""

    key: str
    was: str | None
    now: str | None
    line: int | None


class PolicyChecked(BaseModel):
    """What a text would be: usable or not, and what it changes about the version in force."""

    good: bool
    sha256: str | None
    version: str | None
    problems: list[ProblemAnswer]
    changes: list[ChangeAnswer]


@router.get("/api/policy")
def get_policy(request: Request, _: Reader) -> PolicyNow:
    """The version in force, as TOML, and the one that waits for its day."""
    city = city_of(request)
    now = city.clock()
    with city.store.read() as rows:
        kept, waiting = rows.policies.in_force(now), rows.policies.waiting(now)
    if kept is None:
        raise PolicyUnknown()
    return PolicyNow(**_told(kept).model_dump(), upcoming=_brief(waiting[0]) if waiting else None)


@router.put("/api/policy")
def put_policy(request: Request, caller: Admin, wish: PolicySave) -> PolicyAnswer:
    """Keep a version, in force from now or from a later moment; the same again changes nothing.

    A text with a problem is refused with its line; `POST /api/policy/check` tells all of them.
    """
    city = city_of(request)
    policy = city.in_force.parse(wish.text)
    with city.store.write() as rows:
        kept = save_policy(rows, policy, PolicyWish(**wish.model_dump()), caller, city.clock())
    city.in_force.refresh()
    city.jobs.wake()
    return _told(kept)


@router.get("/api/policy/versions")
def list_versions(
    request: Request,
    _: Reader,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[int | None, Query(ge=0, le=2**31)] = None,
) -> PolicyPage:
    """All versions that were ever saved, the last first."""
    with city_of(request).store.read() as rows:
        found = rows.policies.page(limit + 1, cursor)
    shown = found[:limit]
    return PolicyPage(items=[_brief(kept) for kept in shown], next=str(shown[-1].seq) if len(found) > limit else None)


@router.get("/api/policy/versions/{name}")
def get_version(request: Request, _: Reader, name: str) -> PolicyAnswer:
    """A version by its `seq` or by its SHA-256, as every line of a ticket's history names it."""
    with city_of(request).store.read() as rows:
        return _told(rows.policies.get(name))


@router.post("/api/policy/check")
def check(request: Request, _: Desk, draft: PolicyDraft) -> PolicyChecked:
    """Look at a text without keeping it: every problem with its line, every key that would change."""
    return checked(city_of(request), draft.text)


def checked(city: City, text: str) -> PolicyChecked:
    """What a text would be in this city."""
    policy, problems = check_policy(text, city.catalog, city.settings.timezone)
    with city.store.read() as rows:
        kept = rows.policies.in_force(city.clock())
        problems += unknown_in(rows, policy, text) if policy else ()
    is_toml = all(problem.problem != "syntax" for problem in problems)
    changes = changed_keys(kept.policy.text, text) if kept and is_toml else ()
    return PolicyChecked(
        good=policy is not None and not problems,
        sha256=policy.sha256 if policy else None,
        version=policy.version if policy else None,
        problems=[
            ProblemAnswer(line=one.line, key=one.key, problem=one.problem, value=one.value, wanted=one.wanted)
            for one in problems
        ],
        changes=[ChangeAnswer(key=one.key, was=one.was, now=one.now, line=one.line) for one in changes],
    )


def _brief(kept: KeptPolicy) -> PolicyBrief:
    policy = kept.policy
    return PolicyBrief(
        seq=kept.seq,
        version=policy.version,
        sha256=policy.sha256,
        by=policy.by,
        reason=policy.reason,
        saved_at=policy.saved_at,
        from_at=policy.from_at,
    )


def _told(kept: KeptPolicy) -> PolicyAnswer:
    return PolicyAnswer(**_brief(kept).model_dump(), text=kept.policy.text)


class LimitRead(BaseModel):
    """Within how much time."""

    amount: float
    unit: str


class RowRead(BaseModel):
    """What the standard says about one condition; `found_by` tells whether its name, its words or its code did it."""

    sheet: str
    row: int
    condition: str
    found_by: str
    limit: LimitRead | None
    unit: str | None
    filed_when: str | None
    closed_when: str | None


class CellUnread(BaseModel):
    """A cell that could not be read; with `was_used`, it was read with a guess that somebody should look at."""

    sheet: str
    cell: str
    problem: str
    value: str | None
    was_used: bool


class StandardAnswer(BaseModel):
    """What was read, what was not, how many rows are about other things, and the policy that would follow."""

    rows: list[RowRead]
    unread: list[CellUnread]
    others: int
    text: str
    checked: PolicyChecked


STANDARD_FIELDS: Final = form_docs(
    file={"type": "string", "format": "binary", "description": "An xlsx file of at most 8 MiB"},
    code_table={"type": "string", "enum": list(CODE_TABLES), "description": "Of the standard's codes"},
)


@router.post("/api/policy/standard", openapi_extra=STANDARD_FIELDS)
def read_a_standard(request: Request, _: Desk, form: Annotated[Form, Depends(read_form)]) -> StandardAnswer:
    """Read a city's 立案、处置和结案标准 (xlsx) into a proposal; nothing is saved.

    The answer holds the policy in force with the standard's limits, owners and words, to be looked at and saved.
    """
    city = city_of(request)
    code_table = form.text("code_table")
    if code_table is not None and code_table not in CODE_TABLES:
        raise Unprocessable(field="code_table", problem="unknown")
    with city.store.read() as rows:
        kept = rows.policies.in_force(city.clock())
    if kept is None:
        raise PolicyUnknown()
    proposal = propose(form.file, kept.policy.text, city.policy, city.catalog, code_table)
    return StandardAnswer(
        rows=[_row(row) for row in proposal.standard.rows],
        unread=[
            CellUnread(sheet=one.table, cell=one.cell, problem=one.problem, value=one.value, was_used=one.was_used)
            for one in proposal.standard.unread
        ],
        others=proposal.standard.others,
        text=proposal.text,
        checked=checked(city, proposal.text),
    )


def _row(row: StandardRow) -> RowRead:
    return RowRead(
        sheet=row.table,
        row=row.row,
        condition=row.condition,
        found_by=row.found_by,
        limit=LimitRead(amount=row.limit.amount, unit=row.limit.unit) if row.limit else None,
        unit=row.unit,
        filed_when=row.filed_when,
        closed_when=row.closed_when,
    )
