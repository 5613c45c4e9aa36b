"""The person's choices as a row that every process shares."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Prose

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "settings",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("value", Prose, nullable=False),
    )
