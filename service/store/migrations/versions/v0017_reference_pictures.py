"""A picture may hang on a ticket as its reference: a word longer than the column was."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("ticket_evidence") as table:
        table.alter_column(
            "role", type_=sa.String(length=16), existing_type=sa.String(length=8), existing_nullable=False
        )


def downgrade() -> None:
    raise NotImplementedError("a data folder only moves forward; restore a backup instead")
