"""What a camera sends, and what a computer at the edge says of itself."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, kind in (("sends", sa.JSON()), ("edge", sa.JSON()), ("edge_at", sa.DateTime(timezone=True))):
        op.add_column("camera_memory", sa.Column(name, kind))
    for name in ("damaged", "jumps"):
        op.add_column("camera_hours", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    raise NotImplementedError("a data folder only moves forward; restore a backup instead")
