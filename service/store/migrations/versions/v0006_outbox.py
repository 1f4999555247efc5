"""Webhooks, deliveries and their tries; what citizens send in; which cameras an operator named by hand."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _webhooks()
    _deliveries()
    _citizen_reports()
    # A camera from before the check of addresses goes on to be read.
    op.add_column("cameras", sa.Column("by_operator", sa.Boolean(), nullable=False, server_default=sa.true()))


def downgrade() -> None:
    raise NotImplementedError("a data folder only moves forward; restore a backup instead")


def _webhooks() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("types", sa.JSON(), nullable=False),
        sa.Column("unit_id", sa.String(length=64)),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("former_secret", sa.Text()),
        sa.Column("former_until", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True)),
        sa.Column("disabled_why", sa.String(length=64)),
        sa.Column("from_seq", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("resume_at", sa.DateTime(timezone=True)),
        sa.Column("holder", sa.String(length=64)),
        sa.Column("held_until", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_webhooks"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_webhooks_unit_id"),
    )


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("webhook_id", sa.String(length=64), nullable=False),
        sa.Column("event_seq", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhooks.id"], name="fk_deliveries_webhook_id"),
        sa.ForeignKeyConstraint(["event_seq"], ["events.seq"], name="fk_deliveries_event_seq"),
        sa.UniqueConstraint("webhook_id", "event_seq", name="uq_deliveries_webhook_id_event_seq"),
    )
    op.create_index("ix_deliveries_webhook_id_state_event_seq", "deliveries", ["webhook_id", "state", "event_seq"])
    op.create_index("ix_deliveries_webhook_id_subject_event_seq", "deliveries", ["webhook_id", "subject", "event_seq"])
    op.create_table(
        "delivery_attempts",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("code", sa.String(length=64)),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_delivery_attempts"),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name="fk_delivery_attempts_delivery_id"),
    )
    op.create_index("ix_delivery_attempts_delivery_id", "delivery_attempts", ["delivery_id"])


def _citizen_reports() -> None:
    op.create_table(
        "citizen_reports",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("condition", sa.String(length=64), nullable=False),
        sa.Column("description", sa.Text()),
        sa.Column("lat", sa.Float()),
        sa.Column("lon", sa.Float()),
        sa.Column("accuracy_m", sa.Float()),
        sa.Column("place_source", sa.String(length=16)),
        sa.Column("address", sa.Text()),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("contact", sa.JSON(), nullable=False),
        sa.Column("media_url", sa.Text()),
        sa.Column("photo_id", sa.String(length=64)),
        sa.Column("ticket_id", sa.String(length=64)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_citizen_reports"),
        sa.ForeignKeyConstraint(["photo_id"], ["photos.id"], name="fk_citizen_reports_photo_id"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_citizen_reports_ticket_id"),
    )
    op.create_index("ix_citizen_reports_ticket_id", "citizen_reports", ["ticket_id"])
    op.create_index("ix_citizen_reports_digest_created_at", "citizen_reports", ["digest", "created_at"])
