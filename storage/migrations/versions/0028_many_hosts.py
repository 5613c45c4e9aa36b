"""What workers on many hosts need: jobs by queue and urgency, found however many wait; documents and JSON texts in the database."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Prose

revision = "0028"
down_revision = "0027"

_QUEUE = """
UPDATE jobs SET stack = '5' || owner, queue = CASE
  WHEN kind = 'inbox' THEN 'preprocessing' WHEN lane = 'background' THEN 'evaluation' WHEN kind <> 'run' THEN 'documents'
  WHEN lane = 'long' THEN 'ocr' WHEN lane = 'asking' THEN 'llm' ELSE 'extraction' END, claims = attempt
"""


def upgrade() -> None:
    """Add the columns and tables; jobs that are known are put where they belong."""
    for column in (
        sa.Column("priority", sa.Integer, nullable=False, server_default="5"),
        sa.Column("stack", sa.String(81), nullable=False, server_default="5"),
        sa.Column("queue", sa.String(20), nullable=False, server_default="documents"),
        sa.Column("claims", sa.Integer, nullable=False, server_default="0"),
    ):
        op.add_column("jobs", column)
    op.execute(_QUEUE)
    op.execute("CREATE INDEX ix_jobs_lane ON jobs (place, lane, stack, created) WHERE state = 'queued'")
    op.execute("CREATE INDEX ix_jobs_queue ON jobs (place, queue, stack, created) WHERE state = 'queued'")
    op.execute("CREATE INDEX ix_jobs_lease ON jobs (place, lease) WHERE state = 'running'")
    op.execute("CREATE INDEX ix_jobs_served ON jobs (place, owner, started)")
    op.create_table(
        "kept_texts",
        sa.Column("kind", sa.String(120), primary_key=True),
        sa.Column("key", sa.String(120), primary_key=True),
        sa.Column("text", Prose, nullable=False),
    )
    op.create_table(
        "seals", sa.Column("name", sa.String(40), primary_key=True), sa.Column("key", sa.LargeBinary, nullable=False)
    )
    op.create_table(
        "kept_bytes",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
