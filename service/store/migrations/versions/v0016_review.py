"""All boxes that a reviewer left on a picture."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("verdicts", sa.Column("boxes", sa.JSON()))


def downgrade() -> None:
    raise NotImplementedError("a data folder only moves forward; restore a backup instead")
