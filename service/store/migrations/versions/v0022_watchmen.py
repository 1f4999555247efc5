"""Who watches which camera, where several machines share them."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "watchmen",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("room", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_watchmen"),
    )
    op.create_index("ix_watchmen_heard_until", "watchmen", ["heard_until"])
    op.create_table(
        "camera_charges",
        sa.Column("camera_id", sa.String(64), nullable=False),
        sa.Column("watchman", sa.String(64)),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["camera_id"], ["cameras.id"], name="fk_camera_charges_camera_id"),
        sa.PrimaryKeyConstraint("camera_id", name="pk_camera_charges"),
    )
    op.create_index("ix_camera_charges_watchman_camera_id", "camera_charges", ["watchman", "camera_id"])


def downgrade() -> None:
    raise NotImplementedError("a data folder only moves forward; restore a backup instead")
