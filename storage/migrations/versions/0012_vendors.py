"""What was learnt of vendors from reviewed records."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Facts

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "vendors",
        sa.Column("vendor_id", sa.String(64), primary_key=True),
        sa.Column("memory", Facts),
        sa.Column("version", sa.Integer, nullable=False, index=True),
    )
