"""Until when a task's record is being saved, and the indices by which tasks of a document and those to be saved are found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Add the column and the indices."""
    op.add_column("api_tasks", sa.Column("saving_until", sa.Float))
    op.create_index("ix_api_tasks_document", "api_tasks", ["document", "created_at"])
    few = sa.text("(order_id IS NULL OR order_id = 0) AND save <> '[]'")
    op.create_index("ix_api_tasks_unsaved", "api_tasks", ["created_at"], sqlite_where=few, postgresql_where=few)
