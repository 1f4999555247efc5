"""Streets above the duty grids, every version of a grid, streets of campaigns, and whose task a look is."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _streets()
    _grids()
    _grid_versions()
    op.add_column("campaigns", sa.Column("streets", sa.JSON(), nullable=False, server_default="[]"))
    _task_holders()


def downgrade() -> None:
    raise NotImplementedError("a data folder only moves forward; restore a backup instead")


def _streets() -> None:
    op.create_table(
        "streets",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_streets"),
    )


def _grids() -> None:
    """SQLite takes a foreign key only together with its column."""
    op.execute(
        "ALTER TABLE grids ADD COLUMN street_id VARCHAR(64) CONSTRAINT fk_grids_street_id REFERENCES streets (id)"
    )
    op.add_column("grids", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("grids", sa.Column("ended_at", sa.DateTime(timezone=True)))


def _grid_versions() -> None:
    op.create_table(
        "grid_versions",
        sa.Column("grid_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("polygon", sa.JSON(), nullable=False),
        sa.Column("units", sa.JSON(), nullable=False),
        sa.Column("street_id", sa.String(length=64)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.ForeignKeyConstraint(["grid_id"], ["grids.id"], name="fk_grid_versions_grid_id"),
        sa.ForeignKeyConstraint(["street_id"], ["streets.id"], name="fk_grid_versions_street_id"),
        sa.PrimaryKeyConstraint("grid_id", "version", name="pk_grid_versions"),
    )


def _task_holders() -> None:
    op.create_table(
        "task_holders",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("ticket_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("holder_id", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("note", sa.Text()),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ended_by", sa.Text()),
        sa.Column("ended_how", sa.String(length=16)),
        sa.Column("ended_why", sa.Text()),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_task_holders_ticket_id"),
        sa.PrimaryKeyConstraint("id", name="pk_task_holders"),
    )
    op.create_index("ix_task_holders_ticket_id", "task_holders", ["ticket_id"])
    op.create_index("ix_task_holders_holder_id_ended_at", "task_holders", ["holder_id", "ended_at"])
