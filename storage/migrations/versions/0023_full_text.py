"""The page text of runs, and the words by which records are found: SQLite's FTS5, PostgreSQL's tsvector."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Prose

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Make the tables. Records of an earlier version are put into the index in the background, as their runs are kept in files."""
    op.create_table(
        "run_text", sa.Column("run_id", sa.String(64), primary_key=True), sa.Column("text", Prose, nullable=False)
    )
    if op.get_bind().dialect.name == "sqlite":
        # The words are folded and taken apart by us: here they are what stands between blanks.
        op.execute("CREATE VIRTUAL TABLE record_words USING fts5(words, tokenize='ascii', prefix='2 3', columnsize=0)")
    else:
        op.execute("CREATE TABLE record_words (order_id BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)")
        op.execute("CREATE INDEX ix_record_words ON record_words USING gin (words)")
