"""The tables as the queries see them. What changes here needs a migration in ``migrations/versions``."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    false,
    text,
)

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
    Column("purchase_order_number", Prose),
    Column("vendor_tax_id", Prose),
    Column("customer_tax_id", Prose),
    Column("iban", Prose),
    Column("payment_terms", Prose),
    Column("discount", Amount),
    Column("shipping", Amount),
    Column("rounding", Amount),
    Column("paid_amount", Amount),
    Column("amount_due", Amount),
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
    Column("article_number", Prose),
    Column("unit", Prose),
    Column("tax_rate", Amount),
    Column("discount", Amount),
)

#: What we know of an order beside what other programs read of it: which document, pages and run it came from (``page_key``
#: is the page numbers in order, without rotation), what kind of document that is, and which save it is.
ORIGIN = Table(
    "order_origin",
    METADATA,
    _order_key(),
    Column("document", String(64), index=True),
    Column("pages", Facts, nullable=False),
    Column("page_key", Prose, nullable=False),
    Column("run_id", String(64)),
    Column("document_type", String(40)),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("definition", String(64)),
)

#: What a person had added to a type that ships when a record was saved, once for all records that share it: by its SHA-256,
#: which the order names.
DEFINITIONS = Table(
    "definition",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("definition", Prose, nullable=False),
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

#: What else is written in the header of an invoice, folded: by these words orders are narrowed and sorted.
TEXTS = Table(
    "order_text",
    METADATA,
    _order_key(),
    Column("customer_id", Folded),
    Column("billing_address", Folded),
    Column("shipping_address", Folded),
    Column("purchase_order_number", Folded),
    Column("vendor_tax_id", Folded),
    Column("customer_tax_id", Folded),
    Column("iban", Folded),
    Column("payment_terms", Folded),
)

#: A record of a type without tables of its own. ``definition`` is the type as it was declared, where a person declared it;
#: ``identifier``, ``issuer``, ``issued_on`` and ``total`` are the values that play these parts in its type, by which records of
#: all types stand in one list.
DOCUMENT = Table(
    "document_header",
    METADATA,
    Column("order_id", OrderId, primary_key=True, autoincrement=False),
    Column("type_name", String(80), nullable=False),
    Column("definition", Prose),
    Column("status", String(20), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("document", String(64), index=True),
    Column("pages", Facts, nullable=False),
    Column("page_key", Prose, nullable=False),
    Column("run_id", String(64)),
    Column("document_type", String(80)),
    Column("version", Integer, nullable=False),
    Column("identifier", Folded),
    Column("issuer", Folded),
    Column("issued_on", Date),
    Column("total", Amount),
    Column("haystack", Folded, nullable=False),
    Column("match_key", Folded, index=True),
    Index("ix_document_header_type_name", "type_name", "order_id"),
)


def _values_of(header: str, name: str) -> Table:
    """A table of values, a row each, in the column of its kind; texts also folded, to be sorted by. ``row`` counts from 0 in
    its table; a header field has the table without a name and row -1."""
    return Table(
        name,
        METADATA,
        Column(
            "order_id",
            OrderId,
            ForeignKey(f"{header}.order_id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        Column("table_name", String(40), primary_key=True),
        Column("row", Integer, primary_key=True, autoincrement=False),
        Column("field", String(40), primary_key=True),
        Column("text", Prose),
        Column("number", Amount),
        Column("day", Date),
        Column("folded", Folded),
        # The values of a header field stand together, so that records are found by what one holds.
        Index(
            f"ix_{name}_field",
            "field",
            "folded",
            "number",
            "day",
            "order_id",
            sqlite_where=text("table_name = ''"),
            postgresql_where=text("table_name = ''"),
        ),
    )


#: The values of records without tables of their own, and those of invoices that have no column of their own.
DOCUMENT_VALUES = _values_of("document_header", "document_value")
ORDER_VALUES = _values_of("sales_order_header", "sales_order_value")

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

#: A row a run. ``from_cache``: the cache gave the extraction. ``right_values`` and ``wrong_values`` count the values that a person
#: left and changed (null until a save): sums of ``field_values``, kept with them. SQLite reads a row whole, and most of a row
#: is long: an index holds what the bill asks of all of them.
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
    Column("document_type", String(40)),
    Column("type_name", String(80)),
    Column("from_cache", Boolean, nullable=False, server_default=false()),
    Column("right_values", Integer),
    Column("wrong_values", Integer),
    Index("ix_runs_began", "started_at", "run_id", "from_cache", "right_values").ddl_if(dialect="sqlite"),
    Index(
        "ix_runs_called", "run_id", "started_at", "recipe_name", "document_type", "right_values", "wrong_values"
    ).ddl_if(dialect="sqlite"),
)

#: Runs in which a rule gave a value that a model's answer had taught, where the cache did not give all of it; ``at`` is when they began.
PAID_ONCE = Table(
    "paid_once",
    METADATA,
    Column("run_id", String(64), primary_key=True),
    Column("at", Moment, nullable=False, index=True),
)

#: The text of the pages of a run, by which its records are found. Their words are in ``record_words``, which each database has in
#: its own way (:mod:`storage.full_text`).
RUN_TEXT = Table(
    "run_text",
    METADATA,
    Column("run_id", String(64), primary_key=True),
    Column("text", Prose, nullable=False),
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
    # What people changed is a small part, and is counted by field.
    Index(
        "ix_field_values_changed", "run_id", "path", sqlite_where=text("changed = 1"), postgresql_where=text("changed")
    ),
)

#: A row each time that somebody changed a value, or an undo gave it back; never changed once stored. ``before`` and
#: ``after`` are text as the ledger keeps it.
VALUE_CHANGES = Table(
    "value_changes",
    METADATA,
    Column("change_id", OrderId, primary_key=True),
    Column("order_id", OrderId, index=True),
    Column("run_id", String(64), index=True),
    Column("path", String(100), nullable=False),
    Column("before", Prose),
    Column("after", Prose),
    Column("at", Moment, nullable=False),
    Column("who", Prose, nullable=False),
    Column("why", String(20), nullable=False),
)

#: A row a thing that somebody did. Triggers refuse to change or drop one, and a row of ``value_changes`` too, but for a deletion
#: on request, which puts a row into ``trail_permit`` within its transaction.
TRAIL = Table(
    "trail",
    METADATA,
    Column("event_id", OrderId, primary_key=True),
    Column("at", Moment, nullable=False, index=True),
    Column("who", Prose, nullable=False),
    Column("known", String(20), nullable=False),
    Column("action", String(20), nullable=False),
    Column("order_id", OrderId, index=True),
    Column("document", String(64), index=True),
    Column("run_id", String(64), index=True),
    Column("by", Prose, nullable=False),
    Column("told", Facts, nullable=False),
    Index("ix_trail_who", "who", "action", "by", "order_id"),
)

TRAIL_PERMIT = Table("trail_permit", METADATA, Column("permit_id", Integer, primary_key=True, autoincrement=False))

#: Orders whose rows in a workbook may not be yet as the database has them: noted with the order, gone with the rows.
WORKBOOK_PENDING = Table(
    "workbook_pending",
    METADATA,
    Column("order_id", OrderId, primary_key=True, autoincrement=False),
    Column("workbook", Prose, primary_key=True),
    Column("at", Moment, nullable=False),
)

#: What the bill asks of every call, beside when it was made.
_BILLED = (
    "run_id document provider model purpose prompt outcome cost input_tokens output_tokens cached_tokens written_tokens seconds"
).split()

#: A row a call to a model. ``cost`` is in US dollars; ``sent`` is what left the machine.
CALLS = Table(
    "calls",
    METADATA,
    Column("call_id", String(64), primary_key=True),
    Column("run_id", String(64), index=True),
    Column("document", String(64)),
    Column("at", Moment, nullable=False),
    Column("provider", String(80), nullable=False),
    Column("model", Prose, nullable=False),
    Column("purpose", String(40), nullable=False),
    Column("prompt", Prose, nullable=False),
    Column("input_tokens", Integer, nullable=False),
    Column("output_tokens", Integer, nullable=False),
    Column("cached_tokens", Integer, nullable=False),
    Column("written_tokens", Integer, nullable=False),
    Column("cost", Amount),
    Column("seconds", Float, nullable=False),
    Column("outcome", String(80), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("request_id", Prose, nullable=False),
    Column("sent", Facts, nullable=False),
    Index("ix_calls_spent", "at", "cost"),
    Index("ix_calls_billed", "at", *_BILLED).ddl_if(dialect="sqlite"),
    Index("ix_calls_prompted", "prompt", "run_id", "cost", "purpose").ddl_if(dialect="sqlite"),
)

#: What is held back of a hard budget for the calls in flight.
HOLDS = Table(
    "holds",
    METADATA,
    Column("hold_id", String(64), primary_key=True),
    Column("dollars", Amount, nullable=False),
    Column("until", Moment, nullable=False),
)

#: The calls to providers that are under way, wait (``begun`` is 0), or count in their minute. Moments are seconds since the
#: epoch; one whose ``until`` has come is no longer under way.
UNDER_WAY = Table(
    "calls_under_way",
    METADATA,
    Column("call_id", String(64), primary_key=True),
    Column("line", String(300), nullable=False, index=True),
    Column("asked", Float, nullable=False),
    Column("begun", Float, nullable=False),
    Column("until", Float, nullable=False),
    Column("trial", Boolean, nullable=False),
    Column("counted", Boolean, nullable=False),
)

#: Providers that failed lately: how often in a row, and since when they are left alone.
CIRCUITS = Table(
    "circuits",
    METADATA,
    Column("line", String(300), primary_key=True),
    Column("failed", Integer, nullable=False),
    Column("opened", Float),
)

#: A version of a prompt, never changed once stored.
PROMPTS = Table(
    "prompts",
    METADATA,
    Column("name", String(80), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("language", String(20)),
    Column("document_type", String(40)),
    Column("vendor", Prose),
    Column("system", Prose, nullable=False),
    Column("user", Prose, nullable=False),
    Column("examples", Facts, nullable=False),
    Column("notes", Prose, nullable=False),
    Column("created_at", Moment, nullable=False),
)

DOCUMENT_TYPES = Table(
    "document_types",
    METADATA,
    Column("name", String(40), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("definition", Facts, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("retired", Boolean, nullable=False),
)

EXPORT_LAYOUTS = Table(
    "export_layouts",
    METADATA,
    Column("name", String(40), primary_key=True),
    Column("layout", Prose, nullable=False),
    Column("changed_at", Moment, nullable=False),
)

PROMPT_DEFAULTS = Table(
    "prompt_defaults",
    METADATA,
    Column("document_type", String(40), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("version", Integer, nullable=False),
)

COMPARISONS = Table(
    "comparisons",
    METADATA,
    Column("comparison_id", String(64), primary_key=True),
    Column("name", Prose, nullable=False),
    Column("created_at", Moment, nullable=False, index=True),
    Column("rows", Facts, nullable=False),
    Column("recipes", Facts, nullable=False),
)

COMPARISON_CELLS = Table(
    "comparison_cells",
    METADATA,
    Column("comparison_id", String(64), primary_key=True),
    Column("row", Integer, primary_key=True, autoincrement=False),
    Column("column", Integer, primary_key=True, autoincrement=False),
    Column("run_id", String(64)),
    Column("error", Prose),
)

#: What a person found right where recipes disagreed.
VOTES = Table(
    "votes",
    METADATA,
    Column("comparison_id", String(64), primary_key=True),
    Column("document", String(64), primary_key=True, index=True),
    Column("path", String(100), primary_key=True),
    Column("value", Prose),
    Column("recipe_name", Prose),
    Column("at", Moment, nullable=False),
)

#: What evaluations gave, over time.
EVALUATIONS = Table(
    "evaluations",
    METADATA,
    Column("evaluation_id", String(64), primary_key=True),
    Column("at", Moment, nullable=False, index=True),
    Column("name", Prose, nullable=False),
    Column("recipe", Facts, nullable=False),
    Column("report", Facts, nullable=False),
)

#: The person's choices as one JSON text (name ``choices``); ``version`` grows with each change.
SETTINGS = Table(
    "settings",
    METADATA,
    Column("name", String(40), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("value", Prose, nullable=False),
)

#: A row a job: what is to be done, where it stands, and who holds it until when. Moments are seconds since the epoch. ``stack`` is its
#: priority's digit and its owner, ``queue`` the one that it waits in where workers on many hosts do the work.
JOBS = Table(
    "jobs",
    METADATA,
    Column("job_id", String(64), primary_key=True),
    Column("place", String(64), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("title", Prose, nullable=False),
    Column("payload", Facts, nullable=False),
    Column("owner", String(80), nullable=False),
    Column("lane", String(20), nullable=False),
    Column("size", Integer, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("state", String(20), nullable=False, index=True),
    Column("created", Float, nullable=False),
    Column("started", Float, nullable=False),
    Column("ended", Float, nullable=False, index=True),
    Column("attempt", Integer, nullable=False),
    Column("worker", String(80), nullable=False),
    Column("lease", Float, nullable=False),
    Column("cancelled", Float, nullable=False),
    Column("error", Prose),
    Column("priority", Integer, nullable=False, server_default="5"),
    Column("stack", String(81), nullable=False, server_default="5"),
    Column("queue", String(20), nullable=False, server_default="documents"),
    Column("claims", Integer, nullable=False, server_default="0"),
    Index(
        "ix_jobs_lane",
        "place",
        "lane",
        "stack",
        "created",
        sqlite_where=text("state = 'queued'"),
        postgresql_where=text("state = 'queued'"),
    ),
    Index(
        "ix_jobs_queue",
        "place",
        "queue",
        "stack",
        "created",
        sqlite_where=text("state = 'queued'"),
        postgresql_where=text("state = 'queued'"),
    ),
    Index(
        "ix_jobs_lease",
        "place",
        "lease",
        sqlite_where=text("state = 'running'"),
        postgresql_where=text("state = 'running'"),
    ),
    Index("ix_jobs_served", "place", "owner", "started"),
)

#: Documents by their content and JSON texts by kind and key, where hosts share no disk.
KEPT_BYTES = Table(
    "kept_bytes", METADATA, Column("sha256", String(64), primary_key=True), Column("data", LargeBinary, nullable=False)
)
KEPT_TEXTS = Table(
    "kept_texts",
    METADATA,
    Column("kind", String(120), primary_key=True),
    Column("key", String(120), primary_key=True),
    Column("text", Prose, nullable=False),
)

#: Keys under which hosts seal what they tell each other.
SEALS = Table(
    "seals", METADATA, Column("name", String(40), primary_key=True), Column("key", LargeBinary, nullable=False)
)

#: What happened in a job, numbered from 1 in each claim.
JOB_EVENTS = Table(
    "job_events",
    METADATA,
    Column("job_id", String(64), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("event", Facts, nullable=False),
)

#: What was learnt of vendors; ``memory`` is empty for one that was forgotten, ``version`` counts the changes of all.
VENDORS = Table(
    "vendors",
    METADATA,
    Column("vendor_id", String(64), primary_key=True),
    Column("memory", Facts),
    Column("version", Integer, nullable=False, index=True),
)

#: What lists of items are narrowed and sorted by, and what the report of a batch adds up: SQLite reads a row whole, and most of it is
#: long.
_LISTED = "state type_name who batch_id vendor_key name_key total doubts changed_at haystack".split()
_REPORTED = "state verdict step job_id seconds cost changed_at".split()

#: What came in: an item a document. ``place`` is the data folder where its file lies; ``vendor_key`` and ``haystack`` are folded texts.
INBOX_ITEMS = Table(
    "inbox_items",
    METADATA,
    Column("item_id", String(64), primary_key=True),
    Column("place", String(64), nullable=False),
    Column("document", String(64), nullable=False, index=True),
    Column("name", Prose, nullable=False),
    Column("arrived_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("batch_id", String(64), nullable=False),
    Column("within", Prose, nullable=False),
    Column("depth", Integer, nullable=False),
    Column("who", Prose, nullable=False),
    Column("state", String(20), nullable=False),
    Column("step", String(10), nullable=False),
    Column("lane", String(20), nullable=False),
    Column("job_id", String(64)),
    Column("run_id", String(64), index=True),
    Column("pages", Facts, nullable=False),
    Column("page_count", Integer),
    Column("recipe", Prose, nullable=False),
    Column("read_as", String(80), nullable=False),
    Column("sentence", Prose, nullable=False),
    Column("type_name", String(80), nullable=False),
    Column("document_type", String(80), nullable=False),
    Column("vendor", Prose, nullable=False),
    Column("number", Prose, nullable=False),
    Column("total", Amount),
    Column("currency", String(3), nullable=False),
    Column("doubts", Integer, nullable=False),
    Column("worst", Prose, nullable=False),
    Column("verdict", String(20)),
    Column("order_id", OrderId, index=True),
    Column("seconds", Float, nullable=False),
    Column("cost", Amount),
    Column("version", Integer, nullable=False),
    Column("name_key", Folded, nullable=False),
    Column("vendor_key", Folded, nullable=False),
    Column("haystack", Folded, nullable=False),
    Column("stake", Float, nullable=False, server_default="0"),
    Index("ix_inbox_items_stake", "place", "state", "stake"),
    Index("ix_inbox_items_arrived", "place", "arrived_at", "item_id").ddl_if(dialect="postgresql"),
    Index("ix_inbox_items_listed", "place", "arrived_at", "item_id", *_LISTED).ddl_if(dialect="sqlite"),
    Index("ix_inbox_items_state", "place", "state", "arrived_at"),
    Index("ix_inbox_items_vendor", "place", "vendor_key", "vendor"),
    Index("ix_inbox_items_queued", "lane", "step", "job_id"),
    Index("ix_inbox_items_job", "job_id"),
    Index("ix_inbox_items_batch", "batch_id", *_REPORTED),
)

INBOX_BATCHES = Table(
    "inbox_batches",
    METADATA,
    Column("batch_id", String(64), primary_key=True),
    Column("place", String(64), nullable=False),
    Column("name", Prose, nullable=False),
    Column("arrived_at", Moment, nullable=False, index=True),
    Column("who", Prose, nullable=False),
    Column("again", Facts, nullable=False),
)

#: Who has a run at hand, until when: seconds since the epoch.
REVIEW_CLAIMS = Table(
    "review_claims",
    METADATA,
    Column("run_id", String(64), primary_key=True),
    Column("who", Prose, nullable=False),
    Column("seat", String(64), nullable=False),
    Column("since", Float, nullable=False),
    Column("until", Float, nullable=False),
)

#: What people made of a run before it is saved; ``version`` counts the changes.
REVIEW_EDITS = Table(
    "review_edits",
    METADATA,
    Column("run_id", String(64), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("edits", Facts, nullable=False),
    Column("who", Prose, nullable=False),
)

#: How long a person took for a run, and how it ended.
REVIEWS = Table(
    "reviews",
    METADATA,
    Column("review_id", String(64), primary_key=True),
    Column("run_id", String(64), nullable=False, index=True),
    Column("who", Prose, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("first_look", Float, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("keys", Integer, nullable=False),
    Column("clicks", Integer, nullable=False),
    Column("looks", Integer, nullable=False),
    Column("corrections", Integer, nullable=False),
    Column("outcome", String(20), nullable=False),
    Index("ix_reviews_ended", "outcome", "opened_at"),
)

#: Runs whose document would have passed and was drawn, so that somebody looks at it; ``sure`` is the threshold up to which it passed.
SPOT_CHECKS = Table(
    "spot_checks",
    METADATA,
    Column("run_id", String(64), primary_key=True),
    Column("document", String(64), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("sure", Float, nullable=False),
)

#: What somebody was to be told. One that holds has no end.
ALERTS = Table(
    "alerts",
    METADATA,
    Column("alert_id", String(64), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("subject", Prose, nullable=False),
    Column("sentence", Prose, nullable=False),
    Column("began_at", Moment, nullable=False, index=True),
    Column("ended_at", Moment, index=True),
    Column("seen_at", Moment),
)

#: Keys of programs: of each only its SHA-256 and first letters.
API_KEYS = Table(
    "api_keys",
    METADATA,
    Column("key_id", String(64), primary_key=True),
    Column("name", Prose, nullable=False),
    Column("prefix", String(20), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("role", String(20), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", Prose, nullable=False),
    Column("expires_at", Moment),
    Column("revoked_at", Moment),
    Column("used_at", Moment),
    Column("calls_per_minute", Integer),
    Column("pages_per_day", Integer),
    Column("dollars_per_day", Amount),
)

#: Who called the API, and what was answered.
API_CALLS = Table(
    "api_calls",
    METADATA,
    Column("call_id", String(64), primary_key=True),
    Column("at", Moment, nullable=False, index=True),
    Column("who", Prose, nullable=False),
    Column("owner", String(64), nullable=False),
    Column("method", String(20), nullable=False),
    Column("path", Prose, nullable=False),
    Column("status", Integer, nullable=False),
    Column("seconds", Float, nullable=False),
    Index("ix_api_calls_owner", "owner", "at"),
)

#: Who brought which document by the API.
API_DOCUMENTS = Table(
    "api_documents",
    METADATA,
    Column("owner", String(64), primary_key=True),
    Column("document", String(64), primary_key=True),
    Column("at", Moment, nullable=False),
)

#: The few tasks that are looked at each second: their record is to be saved and is not.
UNSAVED = "(order_id IS NULL OR order_id = 0) AND save <> '[]'"

#: Runs that programs asked for. A wish (an idempotency key) is done once.
API_TASKS = Table(
    "api_tasks",
    METADATA,
    Column("task_id", String(64), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("document", String(64), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("pages", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("wish", String(200)),
    Column("asked", String(64), nullable=False),
    Column("save", Facts, nullable=False),
    Column("order_id", OrderId),
    Column("sure", Float),
    Column("saving_until", Float),
    Index("ix_api_tasks_owner", "owner", "created_at"),
    Index("ix_api_tasks_document", "document", "created_at"),
    Index("ix_api_tasks_unsaved", "created_at", sqlite_where=text(UNSAVED), postgresql_where=text(UNSAVED)),
    Index("ix_api_tasks_wish", "owner", "wish", unique=True),
)

#: Addresses that are told what happens here; the secret signs what is sent.
WEBHOOKS = Table(
    "webhooks",
    METADATA,
    Column("webhook_id", String(64), primary_key=True),
    Column("url", Prose, nullable=False),
    Column("events", Facts, nullable=False),
    Column("secret", String(100), nullable=False),
    Column("with_values", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", Prose, nullable=False),
    Column("disabled_at", Moment),
    Column("reason", Prose, nullable=False),
    Column("old_secret", String(100)),
    Column("old_until", Moment),
)

#: The outbox: a row a message to an address, written with what it tells.
WEBHOOK_DELIVERIES = Table(
    "webhook_deliveries",
    METADATA,
    Column("delivery_id", String(64), primary_key=True),
    Column("webhook_id", String(64), nullable=False),
    Column("event", String(40), nullable=False),
    Column("body", Prose, nullable=False),
    Column("state", String(20), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("next_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("tries", Facts, nullable=False),
    Column("leased_until", Moment),
    Column("once", String(200)),
    Index("ix_webhook_deliveries_due", "state", "next_at"),
    Index("ix_webhook_deliveries_log", "webhook_id", "created_at"),
    Index("ix_webhook_deliveries_once", "webhook_id", "once", unique=True),
)

#: Programs that tell us something, and the messages that came of late with what they were answered.
WEBHOOK_SOURCES = Table(
    "webhook_sources",
    METADATA,
    Column("source_id", String(64), primary_key=True),
    Column("name", Prose, nullable=False),
    Column("secret", String(100), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", Prose, nullable=False),
)
WEBHOOK_MESSAGES = Table(
    "webhook_messages",
    METADATA,
    Column("source_id", String(64), primary_key=True),
    Column("message_id", String(200), primary_key=True),
    Column("at", Moment, nullable=False, index=True),
    Column("answer", Facts),
)

#: What was done to many records at once, and a row a record of it: what became of it, and what is needed to undo that.
BATCHES = Table(
    "record_batches",
    METADATA,
    Column("batch_id", String(64), primary_key=True),
    Column("deed", String(20), nullable=False),
    Column("told", Facts, nullable=False),
    Column("who", Prose, nullable=False),
    Column("known", String(20), nullable=False),
    Column("at", Moment, nullable=False, index=True),
)
BATCH_ITEMS = Table(
    "record_batch_items",
    METADATA,
    Column("batch_id", String(64), primary_key=True),
    Column("order_id", OrderId, primary_key=True, autoincrement=False, index=True),
    Column("version", Integer),
    Column("state", String(20), nullable=False),
    Column("sentence", Prose, nullable=False),
    Column("run_id", String(64)),
    Column("document", String(64), index=True),
    Column("receipt", Facts),
    Index("ix_record_batch_items_state", "batch_id", "state", "order_id"),
)

#: Lists that people keep by name: what they are narrowed to, their columns and order. One without an owner is everybody's.
VIEWS = Table(
    "record_views",
    METADATA,
    Column("owner", String(200), primary_key=True),
    Column("name", String(80), primary_key=True),
    Column("address", Facts, nullable=False),
    Column("changed_at", Moment, nullable=False),
)

#: By what a record is known to be the same as another, or nearly (:func:`storage.keys.signs_of`): digests.
SIGNS = Table(
    "record_signs",
    METADATA,
    Column("order_id", OrderId, primary_key=True, autoincrement=False),
    *(Column(name, String(24)) for name in ("document", "number", "amount", "lines", "look")),
    *(Index(f"ix_record_signs_{name}", name, "order_id") for name in ("document", "number", "amount", "lines", "look")),
)
#: Two records (the lesser number first) that a person said are not the same.
APART = Table(
    "records_apart",
    METADATA,
    Column("first_id", OrderId, primary_key=True, autoincrement=False),
    Column("second_id", OrderId, primary_key=True, autoincrement=False),
    Column("who", Prose, nullable=False),
    Column("at", Moment, nullable=False),
)
