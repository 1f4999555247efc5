"""What reviewers hold and looked at again, and all boxes that they left on a picture."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("verdicts", sa.Column("boxes", sa.JSON()))
    op.create_index("ix_verdicts_by_at", "verdicts", ["by", "at"])
    op.create_table(
        "review_leases",
        sa.Column("observation_id", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["observation_id"], ["observations.id"], name="fk_review_leases_observation_id"),
        sa.PrimaryKeyConstraint("observation_id", name="pk_review_leases"),
    )
    op.create_index("ix_review_leases_holder", "review_leases", ["holder"])
    op.create_index("ix_review_leases_until", "review_leases", ["until"])
    _second_looks()


def downgrade() -> None:
    raise NotImplementedError("a data folder only moves forward; restore a backup instead")


def _second_looks() -> None:
    op.create_table(
        "second_looks",
        sa.Column("observation_id", sa.String(length=64), nullable=False),
        sa.Column("condition", sa.String(length=64), nullable=False),
        sa.Column("detections", sa.JSON(), nullable=False),
        sa.Column("first_by", sa.String(length=64), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_verdict", sa.String(length=16), nullable=False),
        sa.Column("first_reason", sa.Text()),
        sa.Column("first_condition", sa.String(length=64)),
        sa.Column("second_by", sa.String(length=64)),
        sa.Column("second_at", sa.DateTime(timezone=True)),
        sa.Column("second_verdict", sa.String(length=16)),
        sa.Column("second_reason", sa.Text()),
        sa.Column("second_condition", sa.String(length=64)),
        sa.Column("agrees", sa.Boolean()),
        sa.ForeignKeyConstraint(["observation_id"], ["observations.id"], name="fk_second_looks_observation_id"),
        sa.PrimaryKeyConstraint("observation_id", name="pk_second_looks"),
    )
    op.create_index("ix_second_looks_second_at_first_at", "second_looks", ["second_at", "first_at"])
    op.create_index("ix_second_looks_agrees_second_at", "second_looks", ["agrees", "second_at"])
