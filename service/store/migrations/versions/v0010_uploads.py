"""Recordings that vehicles bring home, and a row about every file in them."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _uploads()
    _upload_files()


def downgrade() -> None:
    raise NotImplementedError("a data folder only moves forward; restore a backup instead")


def _uploads() -> None:
    op.create_table(
        "uploads",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("camera_id", sa.String(length=64), nullable=False),
        sa.Column("by_id", sa.String(length=64), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=255)),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("offset_s", sa.Float(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True)),
        sa.Column("coordinates", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("code", sa.String(length=64)),
        sa.Column("files", sa.Integer()),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("looked", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["camera_id"], ["cameras.id"], name="fk_uploads_camera_id"),
        sa.PrimaryKeyConstraint("id", name="pk_uploads"),
        sa.UniqueConstraint("by_id", "key", name="uq_uploads_by_id_key"),
    )
    op.create_index("ix_uploads_camera_id", "uploads", ["camera_id"])
    op.create_index("ix_uploads_state_created_at", "uploads", ["state", "created_at"])


def _upload_files() -> None:
    op.create_table(
        "upload_files",
        sa.Column("upload_id", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=64)),
        sa.Column("frames", sa.Integer(), nullable=False),
        sa.Column("placed", sa.Integer(), nullable=False),
        sa.Column("looked", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("without", sa.JSON(), nullable=False),
        sa.Column("offset_hint_s", sa.Float()),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"], name="fk_upload_files_upload_id"),
        sa.PrimaryKeyConstraint("upload_id", "seq", name="pk_upload_files"),
    )
