"""Reviews by people: claims, edits with a version, times; and what is at stake in what came in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Facts, Moment, Prose

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "review_claims",
        sa.Column("run_id", sa.String(64), primary_key=True),
        sa.Column("who", Prose, nullable=False),
        sa.Column("seat", sa.String(64), nullable=False),
        sa.Column("since", sa.Float, nullable=False),
        sa.Column("until", sa.Float, nullable=False),
    )
    op.create_table(
        "review_edits",
        sa.Column("run_id", sa.String(64), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("edits", Facts, nullable=False),
        sa.Column("who", Prose, nullable=False),
    )
    op.create_table(
        "reviews",
        sa.Column("review_id", sa.String(64), primary_key=True),
        sa.Column("run_id", sa.String(64), nullable=False, index=True),
        sa.Column("who", Prose, nullable=False),
        sa.Column("opened_at", Moment, nullable=False),
        sa.Column("first_look", sa.Float, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("keys", sa.Integer, nullable=False),
        sa.Column("clicks", sa.Integer, nullable=False),
        sa.Column("looks", sa.Integer, nullable=False),
        sa.Column("corrections", sa.Integer, nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
    )
    op.create_index("ix_reviews_ended", "reviews", ["outcome", "opened_at"])
    op.add_column("inbox_items", sa.Column("stake", sa.Float, nullable=False, server_default="0"))
    op.create_index("ix_inbox_items_stake", "inbox_items", ["place", "state", "stake"])
