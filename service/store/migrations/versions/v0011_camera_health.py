"""How cameras are, as events in time; what was learned of each; what became of their frames, by the hour."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

COUNTS = ("frames", "faulty", "unchanged", "looked", "said", "dropped")


def upgrade() -> None:
    _camera_events()
    _camera_memory()
    for name in COUNTS:
        op.add_column("camera_hours", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    raise NotImplementedError("a data folder only moves forward; restore a backup instead")


def _camera_events() -> None:
    op.create_table(
        "camera_events",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("camera_id", sa.String(length=64), nullable=False),
        sa.Column("trouble", sa.String(length=64), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["camera_id"], ["cameras.id"], name="fk_camera_events_camera_id"),
        sa.PrimaryKeyConstraint("seq", name="pk_camera_events"),
    )
    op.create_index("ix_camera_events_camera_id_seq", "camera_events", ["camera_id", "seq"])
    op.create_index("ix_camera_events_ended_at", "camera_events", ["ended_at"])


def _camera_memory() -> None:
    op.create_table(
        "camera_memory",
        sa.Column("camera_id", sa.String(length=64), nullable=False),
        sa.Column("view", sa.LargeBinary()),
        sa.Column("view_at", sa.DateTime(timezone=True)),
        sa.Column("confirmed_at", sa.DateTime(timezone=True)),
        sa.Column("confirmed_by", sa.Text()),
        sa.Column("usual_s", sa.Float()),
        sa.ForeignKeyConstraint(["camera_id"], ["cameras.id"], name="fk_camera_memory_camera_id"),
        sa.PrimaryKeyConstraint("camera_id", name="pk_camera_memory"),
    )
