"""What people added to the types that ship: with which definition an order was saved, and records found by what a field holds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Prose

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add the table and the column, and an index of what header fields hold."""
    op.create_table(
        "definition",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("definition", Prose, nullable=False),
    )
    op.add_column("order_origin", sa.Column("definition", sa.String(64)))
    header = sa.text("table_name = ''")
    for table in ("document_value", "sales_order_value"):
        op.create_index(
            f"ix_{table}_field",
            table,
            ["field", "folded", "number", "day", "order_id"],
            sqlite_where=header,
            postgresql_where=header,
        )
