"""When the bytes of an original went, after its row had said that they may."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pictures", sa.Column("original_removed_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    raise NotImplementedError("a data folder only moves forward; restore a backup instead")
