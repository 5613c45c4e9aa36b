"""Orders with their lines, origin and search texts; the ledger of documents, runs and field values."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Amount, Facts, Folded, Moment, OrderId, Prose

revision = "0001"
down_revision = None

#: Indexes for sorting: (table, column). Each ends with the order id, so that equal values keep one order.
SORTS = (
    ("sales_order_header", "invoice_date"),
    ("sales_order_header", "due_date"),
    ("sales_order_header", "currency"),
    ("sales_order_header", "status"),
    ("sales_order_header", "updated_at"),
    ("order_search", "invoice_number"),
    ("order_search", "vendor_name"),
    ("order_search", "customer_name"),
)


def _order_key() -> sa.Column[int]:
    return sa.Column("order_id", OrderId, sa.ForeignKey("sales_order_header.order_id", ondelete="CASCADE"))


def upgrade() -> None:
    """Make every table."""
    _make_orders()
    _make_order_helpers()
    _make_ledger()
    for table, column in SORTS:
        op.create_index(f"ix_{table}_{column}", table, [column, "order_id"])
    amount = "CAST(total_amount AS FLOAT)" if op.get_context().dialect.name == "sqlite" else "total_amount"
    op.create_index("ix_sales_order_header_total_amount", "sales_order_header", [sa.text(amount), "order_id"])


def _make_orders() -> None:
    op.create_table(
        "sales_order_header",
        sa.Column("order_id", OrderId, primary_key=True, autoincrement=False),
        sa.Column("invoice_number", Prose),
        sa.Column("order_date", sa.Date),
        sa.Column("invoice_date", sa.Date),
        sa.Column("due_date", sa.Date),
        sa.Column("customer_id", Prose),
        sa.Column("customer_name", Prose),
        sa.Column("vendor_name", Prose),
        sa.Column("billing_address", Prose),
        sa.Column("shipping_address", Prose),
        sa.Column("subtotal", Amount),
        sa.Column("tax", Amount),
        sa.Column("total_amount", Amount),
        sa.Column("currency", sa.String(3)),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("updated_at", Moment, nullable=False),
    )
    op.create_table(
        "sales_order_detail",
        _order_key(),
        sa.Column("line_number", sa.Integer),
        sa.Column("item_description", Prose),
        sa.Column("quantity", Amount),
        sa.Column("unit_price", Amount),
        sa.Column("line_total", Amount),
        sa.Column("created_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("order_id", "line_number"),
    )


def _make_order_helpers() -> None:
    op.create_table(
        "order_origin",
        _order_key(),
        sa.Column("document", sa.String(64), index=True),
        sa.Column("pages", Facts, nullable=False),
        sa.Column("page_key", Prose, nullable=False),
        sa.Column("run_id", sa.String(64)),
        sa.PrimaryKeyConstraint("order_id"),
    )
    op.create_table(
        "order_search",
        _order_key(),
        sa.Column("invoice_number", Folded),
        sa.Column("vendor_name", Folded),
        sa.Column("customer_name", Folded),
        sa.Column("haystack", Folded, nullable=False),
        sa.Column("match_key", Folded, index=True),
        sa.PrimaryKeyConstraint("order_id"),
    )
    sequence = op.create_table(
        "id_sequence",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("value", OrderId, nullable=False),
    )
    op.bulk_insert(sequence, [{"name": "order_id", "value": 0}])


def _make_ledger() -> None:
    op.create_table(
        "documents",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("name", Prose, nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("size", OrderId, nullable=False),
        sa.Column("pages", sa.Integer, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
    )
    op.create_table(
        "runs",
        sa.Column("run_id", sa.String(64), primary_key=True),
        sa.Column("document", sa.String(64), nullable=False, index=True),
        sa.Column("name", Prose, nullable=False),
        sa.Column("pages", Facts, nullable=False),
        sa.Column("started_at", Moment, nullable=False, index=True),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("extractor", sa.String(100), nullable=False),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("language", sa.String(20)),
        sa.Column("recipe_name", Prose, nullable=False),
        sa.Column("recipe_digest", sa.String(64), nullable=False),
        sa.Column("recipe", Facts, nullable=False),
        sa.Column("steps", Facts, nullable=False),
        sa.Column("cached_steps", sa.Integer, nullable=False),
        sa.Column("findings", Facts, nullable=False),
        sa.Column("confidences", Facts, nullable=False),
        sa.Column("error", Prose),
    )
    op.create_table(
        "field_values",
        sa.Column("run_id", sa.String(64), primary_key=True),
        sa.Column("path", sa.String(100), primary_key=True),
        sa.Column("order_id", OrderId, index=True),
        sa.Column("extracted", Prose),
        sa.Column("final", Prose),
        sa.Column("confidence", sa.Float),
        sa.Column("found_on_page", sa.Boolean),
        sa.Column("rule", Prose),
        sa.Column("changed", sa.Boolean),
    )
