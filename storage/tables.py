"""The tables as the queries see them. What changes here needs a migration in ``migrations/versions``."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Float, ForeignKey, Integer, MetaData, String, Table

from storage.columns import Amount, Facts, Folded, Moment, OrderId, Prose

METADATA = MetaData()


def _order_key() -> Column[int]:
    return Column(
        "order_id",
        OrderId,
        ForeignKey("sales_order_header.order_id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )


HEADER = Table(
    "sales_order_header",
    METADATA,
    Column("order_id", OrderId, primary_key=True, autoincrement=False),
    Column("invoice_number", Prose),
    Column("order_date", Date),
    Column("invoice_date", Date),
    Column("due_date", Date),
    Column("customer_id", Prose),
    Column("customer_name", Prose),
    Column("vendor_name", Prose),
    Column("billing_address", Prose),
    Column("shipping_address", Prose),
    Column("subtotal", Amount),
    Column("tax", Amount),
    Column("total_amount", Amount),
    Column("currency", String(3)),
    Column("status", String(20), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
)

DETAIL = Table(
    "sales_order_detail",
    METADATA,
    _order_key(),
    Column("line_number", Integer, primary_key=True, autoincrement=False),
    Column("item_description", Prose),
    Column("quantity", Amount),
    Column("unit_price", Amount),
    Column("line_total", Amount),
    Column("created_at", Moment, nullable=False),
)

#: Which document, pages and run an order came from. ``page_key`` is the page numbers in order, without rotation.
ORIGIN = Table(
    "order_origin",
    METADATA,
    _order_key(),
    Column("document", String(64), index=True),
    Column("pages", Facts, nullable=False),
    Column("page_key", Prose, nullable=False),
    Column("run_id", String(64)),
)

#: What orders are searched, sorted and matched by: folded texts (see keys.py).
SEARCH = Table(
    "order_search",
    METADATA,
    _order_key(),
    Column("invoice_number", Folded),
    Column("vendor_name", Folded),
    Column("customer_name", Folded),
    Column("haystack", Folded, nullable=False),
    Column("match_key", Folded, index=True),
)

SEQUENCE = Table(
    "id_sequence",
    METADATA,
    Column("name", String(40), primary_key=True),
    Column("value", OrderId, nullable=False),
)

DOCUMENTS = Table(
    "documents",
    METADATA,
    Column("sha256", String(64), primary_key=True),
    Column("name", Prose, nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("size", OrderId, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
)

RUNS = Table(
    "runs",
    METADATA,
    Column("run_id", String(64), primary_key=True),
    Column("document", String(64), nullable=False, index=True),
    Column("name", Prose, nullable=False),
    Column("pages", Facts, nullable=False),
    Column("started_at", Moment, nullable=False, index=True),
    Column("seconds", Float, nullable=False),
    Column("extractor", String(100), nullable=False),
    Column("verdict", String(20), nullable=False),
    Column("language", String(20)),
    Column("recipe_name", Prose, nullable=False),
    Column("recipe_digest", String(64), nullable=False),
    Column("recipe", Facts, nullable=False),
    Column("steps", Facts, nullable=False),
    Column("cached_steps", Integer, nullable=False),
    Column("findings", Facts, nullable=False),
    Column("confidences", Facts, nullable=False),
    Column("error", Prose),
)

#: A row a field of a run: as extracted, and as the person left it. ``changed`` is null until a save.
FIELD_VALUES = Table(
    "field_values",
    METADATA,
    Column("run_id", String(64), primary_key=True),
    Column("path", String(100), primary_key=True),
    Column("order_id", OrderId, index=True),
    Column("extracted", Prose),
    Column("final", Prose),
    Column("confidence", Float),
    Column("found_on_page", Boolean),
    Column("rule", Prose),
    Column("changed", Boolean),
)
