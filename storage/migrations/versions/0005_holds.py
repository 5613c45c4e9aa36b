"""What is held back of a hard budget; the index from which the bill of a time is added up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Amount, Moment

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table, and the index that holds the costs in place of the one that did not."""
    op.create_table(
        "holds",
        sa.Column("hold_id", sa.String(64), primary_key=True),
        sa.Column("dollars", Amount, nullable=False),
        sa.Column("until", Moment, nullable=False),
    )
    op.drop_index("ix_calls_at", "calls")
    op.create_index("ix_calls_spent", "calls", ["at", "cost"])
