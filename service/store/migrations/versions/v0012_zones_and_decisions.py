"""How cameras are mounted, zones in their pictures, and a reason for every decision."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("height_m", "pitch_deg", "fov_deg"):
        op.add_column("cameras", sa.Column(name, sa.Float()))
    op.add_column("cameras", sa.Column("frames", sa.String(length=8), nullable=False, server_default="chosen"))
    op.add_column("tickets", sa.Column("zone", sa.String(length=64)))
    op.add_column("observations", sa.Column("zone", sa.String(length=64)))
    _camera_zones()
    _decisions()


def downgrade() -> None:
    raise NotImplementedError("a data folder only moves forward; restore a backup instead")


def _camera_zones() -> None:
    op.create_table(
        "camera_zones",
        sa.Column("camera_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("zones", sa.JSON(), nullable=False),
        sa.Column("shapes", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["camera_id"], ["cameras.id"], name="fk_camera_zones_camera_id"),
        sa.PrimaryKeyConstraint("camera_id", "version", name="pk_camera_zones"),
    )


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("camera_id", sa.String(length=64), nullable=False),
        sa.Column("condition", sa.String(length=64)),
        sa.Column("zone", sa.String(length=64)),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("observation_id", sa.String(length=64)),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["camera_id"], ["cameras.id"], name="fk_decisions_camera_id"),
        sa.ForeignKeyConstraint(["observation_id"], ["observations.id"], name="fk_decisions_observation_id"),
        sa.PrimaryKeyConstraint("seq", name="pk_decisions"),
    )
    op.create_index("ix_decisions_camera_id_last_at", "decisions", ["camera_id", "last_at"])
    op.create_index("ix_decisions_last_at", "decisions", ["last_at"])
    op.create_index("ix_decisions_observation_id", "decisions", ["observation_id"])
