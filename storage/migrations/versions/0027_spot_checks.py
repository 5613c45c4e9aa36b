"""Documents that were drawn for a spot check."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Moment

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Make table and index."""
    op.create_table(
        "spot_checks",
        sa.Column("run_id", sa.String(64), primary_key=True),
        sa.Column("document", sa.String(64), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("sure", sa.Float, nullable=False),
    )
    op.create_index("ix_spot_checks_document", "spot_checks", ["document"])
