"""Under which key a citizen's app sent a report, and how it was answered."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_keys",
        sa.Column("sender", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("report_id", sa.String(length=64), nullable=False),
        sa.Column("answered", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["citizen_reports.id"], name="fk_report_keys_report_id"),
        sa.PrimaryKeyConstraint("sender", "key", name="pk_report_keys"),
    )


def downgrade() -> None:
    raise NotImplementedError("a data folder only moves forward; restore a backup instead")
