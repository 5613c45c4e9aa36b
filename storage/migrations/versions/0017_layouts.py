"""Layouts of exports, by name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Moment, Prose

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "export_layouts",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("layout", Prose, nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
    )
