"""What the history of a ticket comes to, beside the ticket."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

MOMENTS: Final = ("nudged_at", "reported_at", "dispatched_at", "handled_at", "accepted_at")
ROWS_AT_ONCE: Final = 1000
MOMENT: Final = sa.DateTime(timezone=True)
COUNTED: Final = (("returns", "returned"), ("reworks", "rework"))
FIRST: Final = (
    ("nudged_at", "nudged"),
    ("reported_at", "reported"),
    ("dispatched_at", "dispatched"),
    ("handled_at", "handled"),
)

HISTORY: Final = sa.table(
    "history",
    *(sa.column(name) for name in ("ticket_id", "version", "from", "to")),
    sa.column("at", MOMENT),
)
TICKETS: Final = sa.table(
    "tickets",
    *(sa.column(name) for name in ("id", "returns", "reworks", "paused_s", "handling_s")),
    sa.column("by_camera", sa.Boolean()),
    *(sa.column(name, MOMENT) for name in MOMENTS),
)


def upgrade() -> None:
    op.add_column("tickets", sa.Column("by_camera", sa.Boolean(), nullable=False, server_default=sa.false()))
    for name in MOMENTS:
        op.add_column("tickets", sa.Column(name, MOMENT))
    for name in ("returns", "reworks"):
        op.add_column("tickets", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.add_column("tickets", sa.Column("paused_s", sa.Float(), nullable=False, server_default="0"))
    op.add_column("tickets", sa.Column("handling_s", sa.Float()))
    for rows in _portions():
        names = [name for name in rows[0] if name != "of"]
        known = sa.update(TICKETS).where(TICKETS.c.id == sa.bindparam("of"))
        op.get_bind().execute(known.values({name: sa.bindparam(name) for name in names}), rows)


def downgrade() -> None:
    raise NotImplementedError("a data folder only moves forward; restore a backup instead")


def _portions() -> Iterator[list[dict[str, Any]]]:
    after = ""
    while ids := _ids(after):
        lines = sa.select(HISTORY).where(HISTORY.c.ticket_id >= ids[0], HISTORY.c.ticket_id <= ids[-1])
        told = op.get_bind().execute(lines.order_by(HISTORY.c.ticket_id, HISTORY.c.version)).mappings()
        rows = [{"of": one, **_reached(list(steps))} for one, steps in groupby(told, itemgetter("ticket_id"))]
        if rows:
            yield rows
        after = ids[-1]


def _ids(after: str) -> list[str]:
    query = sa.select(TICKETS.c.id).where(TICKETS.c.id > after).order_by(TICKETS.c.id).limit(ROWS_AT_ONCE)
    return list(op.get_bind().execute(query).scalars())


def _reached(lines: list[Any]) -> dict[str, Any]:
    steps = [line for line in lines if line["from"] != line["to"]]
    counts = {name: sum(step["to"] == state for step in steps) for name, state in COUNTED}
    moments = {name: next((step["at"] for step in steps if step["to"] == state), None) for name, state in FIRST}
    accepted_at = _accepted_at(steps)
    pauses = (after["at"] - step["at"] for step, after in pairwise(steps) if step["to"] == "suspended")
    paused = sum(pauses, timedelta(0))
    handling = _handling(moments["dispatched_at"], accepted_at, paused)
    return {
        **moments,
        **counts,
        "by_camera": lines[0]["to"] == "candidate",
        "accepted_at": accepted_at,
        "paused_s": paused.total_seconds(),
        "handling_s": handling.total_seconds() if handling is not None else None,
    }


def _accepted_at(steps: list[Any]) -> datetime | None:
    last = next((step for step in reversed(steps) if step["to"] in ("handled", "rework")), None)
    return last["at"] if last is not None and last["to"] == "handled" else None


def _handling(dispatched_at: datetime | None, accepted_at: datetime | None, paused: timedelta) -> timedelta | None:
    if dispatched_at is None or accepted_at is None:
        return None
    return max(timedelta(0), accepted_at - dispatched_at - paused)
