"""Inspections, premises and yards, and where a ticket is in words."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _inspections()
    _premises()
    _ticket_places()


def downgrade() -> None:
    raise NotImplementedError("a data folder only moves forward; restore a backup instead")


def _inspections() -> None:
    op.create_table(
        "inspections",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("by_id", sa.String(length=64), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("key", sa.Text()),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("grid", sa.String(length=64)),
        sa.Column("track", sa.JSON(), nullable=False),
        sa.Column("conditions", sa.JSON(), nullable=False),
        sa.Column("tickets", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_inspections"),
        sa.UniqueConstraint("by_id", "key", name="uq_inspections_by_id_key"),
    )
    op.create_index("ix_inspections_by_id", "inspections", ["by_id"])
    op.create_index("ix_inspections_began_at", "inspections", ["began_at"])


def _premises() -> None:
    op.create_table(
        "premises",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text()),
        sa.Column("frontage", sa.JSON(), nullable=False),
        sa.Column("south", sa.Float(), nullable=False),
        sa.Column("west", sa.Float(), nullable=False),
        sa.Column("north", sa.Float(), nullable=False),
        sa.Column("east", sa.Float(), nullable=False),
        sa.Column("doorstep", sa.JSON(), nullable=False),
        sa.Column("unit_id", sa.String(length=64)),
        sa.Column("pledge", sa.Text()),
        sa.Column("pledged_on", sa.Date()),
        sa.Column("score", sa.Integer()),
        sa.Column("award", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_premises_unit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_premises"),
    )
    op.create_index("ix_premises_south_north", "premises", ["south", "north"])


def _ticket_places() -> None:
    op.create_table(
        "ticket_places",
        sa.Column("ticket_id", sa.String(length=64), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_ticket_places_ticket_id"),
        sa.PrimaryKeyConstraint("ticket_id", name="pk_ticket_places"),
    )
