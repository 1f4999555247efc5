"""Policies as kept documents and the jobs of clocks."""

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    raise NotImplementedError("a data folder only moves forward; restore a backup instead")
