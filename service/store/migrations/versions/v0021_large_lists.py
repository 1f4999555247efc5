"""Ways through very many tickets: by state in the order of a list, by where they are, and those that are late."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0018"
branch_labels = None
depends_on = None

LATE = sa.text("overdue_at IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_tickets_state_id", "tickets", ["state", "id"])
    op.create_index("ix_tickets_lat_lon", "tickets", ["lat", "lon"])
    op.create_index("ix_tickets_late", "tickets", ["state", "id"], sqlite_where=LATE, postgresql_where=LATE)


def downgrade() -> None:
    raise NotImplementedError("a data folder only moves forward; restore a backup instead")
