"""When the bytes of an original went, after its row had said that they may."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

TO_REMOVE = sa.text("original_gone_at IS NOT NULL AND original_removed_at IS NULL")


def upgrade() -> None:
    op.add_column("pictures", sa.Column("original_removed_at", sa.DateTime(timezone=True)))
    name, columns = "ix_pictures_to_remove", ["original_sha256"]
    op.create_index(name, "pictures", columns, sqlite_where=TO_REMOVE, postgresql_where=TO_REMOVE)


def downgrade() -> None:
    raise NotImplementedError("a data folder only moves forward; restore a backup instead")
