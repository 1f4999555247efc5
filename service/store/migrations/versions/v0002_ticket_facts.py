"""The dated facts of tickets and their units."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _marks_on_tickets()
    _places_of_evidence()
    _ticket_facts()
    _ticket_units()


def downgrade() -> None:
    raise NotImplementedError("a data folder only moves forward; restore a backup instead")


def _marks_on_tickets() -> None:
    for name in ("overdue_at", "urged_at", "supervised_at"):
        op.add_column("tickets", sa.Column(name, sa.DateTime(timezone=True)))
    op.add_column("tickets", sa.Column("extensions", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("tickets", sa.Column("legal_hold", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("tickets", sa.Column("co_units", sa.JSON(), nullable=False, server_default="[]"))
    op.create_index("ix_tickets_recurrence_of", "tickets", ["recurrence_of"])
    op.create_index("ix_tickets_merged_into", "tickets", ["merged_into"])


def _places_of_evidence() -> None:
    for name in ("lat", "lon", "accuracy_m"):
        op.add_column("ticket_evidence", sa.Column(name, sa.Float()))
    op.add_column("ticket_evidence", sa.Column("place_source", sa.String(length=16)))
    op.add_column("ticket_evidence", sa.Column("taken_at", sa.DateTime(timezone=True)))


def _ticket_facts() -> None:
    op.create_table(
        "ticket_facts",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("ticket_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(length=255)),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_ticket_facts_ticket_id"),
        sa.PrimaryKeyConstraint("id", name="pk_ticket_facts"),
        sa.UniqueConstraint("ticket_id", "key", name="uq_ticket_facts_ticket_id_key"),
        sa.UniqueConstraint("ticket_id", "version", name="uq_ticket_facts_ticket_id_version"),
    )
    op.create_index("ix_ticket_facts_kind_at", "ticket_facts", ["kind", "at"])


def _ticket_units() -> None:
    op.create_table(
        "ticket_units",
        sa.Column("ticket_id", sa.String(length=64), nullable=False),
        sa.Column("unit_id", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("task", sa.Text()),
        sa.Column("answer", sa.String(length=16)),
        sa.Column("remark", sa.Text()),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("answered_by", sa.Text()),
        sa.Column("released_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_ticket_units_ticket_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_ticket_units_unit_id"),
        sa.PrimaryKeyConstraint("ticket_id", "unit_id", name="pk_ticket_units"),
    )
    op.create_index("ix_ticket_units_unit_id", "ticket_units", ["unit_id"])
