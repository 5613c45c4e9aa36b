"""Records of the types that have no tables of their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Amount, Facts, Folded, Moment, OrderId, Prose

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the tables: a row a record, and a row a value."""
    op.create_table(
        "document_header",
        sa.Column("order_id", OrderId, primary_key=True, autoincrement=False),
        sa.Column("type_name", sa.String(80), nullable=False),
        sa.Column("definition", Prose),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("updated_at", Moment, nullable=False),
        sa.Column("document", sa.String(64), index=True),
        sa.Column("pages", Facts, nullable=False),
        sa.Column("page_key", Prose, nullable=False),
        sa.Column("run_id", sa.String(64)),
        sa.Column("document_type", sa.String(80)),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("identifier", Folded),
        sa.Column("issuer", Folded),
        sa.Column("issued_on", sa.Date),
        sa.Column("total", Amount),
        sa.Column("haystack", Folded, nullable=False),
        sa.Column("match_key", Folded, index=True),
    )
    op.create_index("ix_document_header_type_name", "document_header", ["type_name", "order_id"])
    order = sa.ForeignKey("document_header.order_id", ondelete="CASCADE")
    op.create_table(
        "document_value",
        sa.Column("order_id", OrderId, order, primary_key=True, autoincrement=False),
        sa.Column("table_name", sa.String(40), primary_key=True),
        sa.Column("row", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("field", sa.String(40), primary_key=True),
        sa.Column("text", Prose),
        sa.Column("number", Amount),
        sa.Column("day", sa.Date),
        sa.Column("folded", Folded),
    )
