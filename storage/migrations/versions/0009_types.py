"""Declared document types: every version of each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Facts, Moment

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "document_types",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("definition", Facts, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("retired", sa.Boolean, nullable=False),
    )
