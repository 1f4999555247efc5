"""Policies as kept documents and the jobs of clocks."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _policies()
    _jobs()
    _clock_plans()
    op.create_index(
        "ix_observations_source_id_condition_seen_at", "observations", ["source_id", "condition", "seen_at"]
    )


def downgrade() -> None:
    raise NotImplementedError("a data folder only moves forward; restore a backup instead")


def _policies() -> None:
    op.create_table(
        "policies",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_policies"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_policies_sha256", "policies", ["sha256"])
    op.create_index("ix_policies_from_at", "policies", ["from_at"])


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("holder", sa.String(length=64)),
        sa.Column("held_until", sa.DateTime(timezone=True)),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.Column("outcome", sa.String(length=64)),
        sa.PrimaryKeyConstraint("key", name="pk_jobs"),
    )
    op.create_index("ix_jobs_subject", "jobs", ["subject"])
    op.create_index("ix_jobs_done_at_at", "jobs", ["done_at", "at"])


def _clock_plans() -> None:
    op.create_table(
        "clock_plans",
        sa.Column("ticket_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("policy_sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", name="pk_clock_plans"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_clock_plans_ticket_id"),
    )
