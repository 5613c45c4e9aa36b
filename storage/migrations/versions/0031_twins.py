"""By what records are known to be the same, and which of them a person said are not."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Moment, OrderId, Prose

revision = "0031"
down_revision = "0030"

SIGNS = ("document", "number", "amount", "lines", "look")


def upgrade() -> None:
    """Make the tables. Records that there are get their row in the background, with their words."""
    op.create_table(
        "record_signs",
        sa.Column("order_id", OrderId, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.String(24)) for name in SIGNS),
    )
    for name in SIGNS:
        op.create_index(f"ix_record_signs_{name}", "record_signs", [name, "order_id"])
    op.create_table(
        "records_apart",
        sa.Column("first_id", OrderId, primary_key=True, autoincrement=False),
        sa.Column("second_id", OrderId, primary_key=True, autoincrement=False),
        sa.Column("who", Prose, nullable=False),
        sa.Column("at", Moment, nullable=False),
    )
