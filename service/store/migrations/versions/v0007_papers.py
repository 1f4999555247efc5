"""Hours watched, campaigns, evaluation tables, letters, and numbers read off ads."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _camera_hours()
    _campaigns()
    _evaluations()
    _letters()
    _ad_numbers()
    _ad_readings()
    _ad_words()


def downgrade() -> None:
    raise NotImplementedError("a data folder only moves forward; restore a backup instead")


def _camera_hours() -> None:
    op.create_table(
        "camera_hours",
        sa.Column("camera_id", sa.String(length=64), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["camera_id"], ["cameras.id"], name="fk_camera_hours_camera_id"),
        sa.PrimaryKeyConstraint("camera_id", "hour", name="pk_camera_hours"),
    )
    op.create_index("ix_camera_hours_hour", "camera_hours", ["hour"])


def _campaigns() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text()),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("conditions", sa.JSON(), nullable=False),
        sa.Column("grids", sa.JSON(), nullable=False),
        sa.Column("units", sa.JSON(), nullable=False),
        sa.Column("target", sa.Integer()),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_campaigns"),
    )
    op.create_index("ix_campaigns_first_last", "campaigns", ["first", "last"])


def _evaluations() -> None:
    op.create_table(
        "evaluations",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_evaluations"),
    )


def _letters() -> None:
    op.create_table(
        "letters",
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("tickets", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("reply_by", sa.DateTime(timezone=True)),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_letters"),
        sa.UniqueConstraint("kind", "year", "count", name="uq_letters_kind_year_count"),
    )
    op.create_index("ix_letters_subject", "letters", ["subject"])


def _ad_numbers() -> None:
    op.create_table(
        "ad_numbers",
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_ad_numbers"),
    )


def _ad_readings() -> None:
    op.create_table(
        "ad_readings",
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("observation_id", sa.String(length=64), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["ad_numbers.number"], name="fk_ad_readings_number"),
        sa.ForeignKeyConstraint(["observation_id"], ["observations.id"], name="fk_ad_readings_observation_id"),
        sa.PrimaryKeyConstraint("number", "observation_id", name="pk_ad_readings"),
    )
    op.create_index("ix_ad_readings_observation_id", "ad_readings", ["observation_id"])


def _ad_words() -> None:
    op.create_table(
        "ad_words",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("word", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("by_id", sa.String(length=64), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["ad_numbers.number"], name="fk_ad_words_number"),
        sa.PrimaryKeyConstraint("seq", name="pk_ad_words"),
    )
    op.create_index("ix_ad_words_number", "ad_words", ["number"])
