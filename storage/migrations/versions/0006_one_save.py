"""What a save changed, as facts; what a workbook still lacks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Moment, OrderId, Prose

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "value_changes",
        sa.Column("change_id", OrderId, primary_key=True),
        sa.Column("order_id", OrderId, index=True),
        sa.Column("run_id", sa.String(64), index=True),
        sa.Column("path", sa.String(100), nullable=False),
        sa.Column("before", Prose),
        sa.Column("after", Prose),
        sa.Column("at", Moment, nullable=False),
        sa.Column("who", Prose, nullable=False),
        sa.Column("why", sa.String(20), nullable=False),
    )
    op.create_table(
        "workbook_pending",
        sa.Column("order_id", OrderId, primary_key=True, autoincrement=False),
        sa.Column("workbook", Prose, primary_key=True),
        sa.Column("at", Moment, nullable=False),
    )
