"""The hash chain of the audit trail; what a second person confirms; originals whose time is over."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from service.domain.audit import BEGINNING, AuditLine, Head, seal
from service.domain.seals import EXHIBITED, KEPT, MOVED, NOTED, OPENED, entry_sha256
from service.domain.states import State
from service.domain.ticket import HistoryEntry
from service.store.tables import UtcTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

LINES_AT_ONCE = 1000


def upgrade() -> None:
    kept = [AuditLine(**row) for row in op.get_bind().execute(_OLD).mappings()]
    op.drop_index("ix_audit_subject", "audit")
    op.drop_table("audit")
    _audit()
    _approvals()
    op.add_column("pictures", sa.Column("original_gone_at", sa.DateTime(timezone=True)))
    op.create_index("ix_history_to_at", "history", ["to", "at"])
    _chain([*kept, *_entries(), *_pictures(), *_exhibits()])


def downgrade() -> None:
    raise NotImplementedError("a data folder only moves forward; restore a backup instead")


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit"),
    )
    op.create_index("ix_audit_subject_seq", "audit", ["subject", "seq"])
    op.create_index("ix_audit_action_seq", "audit", ["action", "seq"])
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_head"),
    )


def _approvals() -> None:
    op.create_table(
        "approvals",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("ticket_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("asked_name", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("decided_by", sa.String(length=64)),
        sa.Column("decided_name", sa.Text()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decided_reason", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_approvals"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_approvals_ticket_id"),
    )
    op.create_index("ix_approvals_ticket_id", "approvals", ["ticket_id"])
    op.create_index("ix_approvals_status_asked_at", "approvals", ["status", "asked_at"])


def _chain(lines: list[AuditLine]) -> None:
    """Put what is there already behind one another; from here on nobody changes it unseen."""
    head = BEGINNING
    for start in range(0, len(lines), LINES_AT_ONCE):
        links = []
        for line in lines[start : start + LINES_AT_ONCE]:
            links.append(seal(head, line))
            head = links[-1].head
        rows = [_columns(link.line) | {"seq": link.seq, "sha256": link.sha256} for link in links]
        op.get_bind().execute(sa.insert(_NEW), rows)
    _set_head(head)


def _set_head(head: Head) -> None:
    row = {"id": 1, "seq": head.seq, "sha256": head.sha256}
    op.get_bind().execute(sa.text("INSERT INTO audit_head (id, seq, sha256) VALUES (:id, :seq, :sha256)"), row)


def _columns(line: AuditLine) -> dict[str, Any]:
    names = ("at", "actor", "action", "subject", "reason")
    return {name: getattr(line, name) for name in names} | {"facts": dict(line.facts)}


def _entries() -> Iterator[AuditLine]:
    for row in op.get_bind().execute(sa.select(_HISTORY).order_by(_HISTORY.c.seq)).mappings():
        was = State(row["from"]) if row["from"] else None
        entry = HistoryEntry(
            was=was,
            to=State(row["to"]),
            **{name: row[name] for name in ("ticket_id", "version", "at", "actor", "reason", "policy_sha256", "facts")},
        )
        action = OPENED if was is None else NOTED if was == entry.to else MOVED
        facts = {"version": entry.version, "from": row["from"], "to": row["to"], "entry_sha256": entry_sha256(entry)}
        yield AuditLine(entry.at, entry.actor, action, entry.ticket_id, entry.reason, facts)


def _pictures() -> Iterator[AuditLine]:
    for row in op.get_bind().execute(sa.select(_PICTURES).order_by(_PICTURES.c.id)).mappings():
        facts = {"sha256": row["original_sha256"]}
        yield AuditLine(row["created_at"], row["by"], KEPT, row["id"], None, facts)


def _exhibits() -> Iterator[AuditLine]:
    query = sa.select(_EXHIBITS).order_by(_EXHIBITS.c.at, _EXHIBITS.c.ticket_id, _EXHIBITS.c.picture_id)
    for row in op.get_bind().execute(query).mappings():
        facts = {"picture": row["picture_id"], "role": row["role"]}
        yield AuditLine(row["at"], row["by"], EXHIBITED, row["ticket_id"], None, facts)


_LINE = ("actor", "action", "subject", "reason")
_NEW = sa.table(
    "audit",
    sa.column("seq", sa.Integer),
    sa.column("at", UtcTime),
    *(sa.column(name, sa.Text) for name in _LINE),
    sa.column("facts", sa.JSON),
    sa.column("sha256", sa.Text),
)
_OLD = sa.select(*(_NEW.c[name] for name in ("at", *_LINE, "facts"))).order_by(_NEW.c.seq)
_HISTORY = sa.table(
    "history",
    sa.column("seq", sa.Integer),
    sa.column("version", sa.Integer),
    sa.column("at", UtcTime),
    *(sa.column(name, sa.Text) for name in ("ticket_id", "actor", "from", "to", "reason", "policy_sha256")),
    sa.column("facts", sa.JSON),
)
_PICTURES = sa.table(
    "pictures",
    *(sa.column(name, sa.Text) for name in ("id", "original_sha256", "by")),
    sa.column("created_at", UtcTime),
)
_EXHIBITS = sa.table(
    "ticket_evidence",
    *(sa.column(name, sa.Text) for name in ("ticket_id", "picture_id", "role", "by")),
    sa.column("at", UtcTime),
)
