"""Tasks inspections nudges look backs and premises."""

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    raise NotImplementedError("a data folder only moves forward; restore a backup instead")
