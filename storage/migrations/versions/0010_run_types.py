"""The document type that each run read its document as."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the column: what was read before there were types says nothing, and was read as the usual one."""
    op.add_column("runs", sa.Column("type_name", sa.String(80)))
