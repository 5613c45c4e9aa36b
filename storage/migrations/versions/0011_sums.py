"""What the bill adds up stands in narrow columns and indexes; votes are found by their document."""

from __future__ import annotations

import json
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

#: Runs that are read and written in one go.
_BATCH = 1000

_JUDGED = """
UPDATE runs SET
  right_values = (SELECT count(*) FROM field_values v
                  WHERE v.run_id = runs.run_id AND v.changed = :no AND v.final IS NOT NULL),
  wrong_values = (SELECT count(*) FROM field_values v WHERE v.run_id = runs.run_id AND v.changed = :yes)
WHERE EXISTS (SELECT 1 FROM field_values v WHERE v.run_id = runs.run_id AND v.changed IS NOT NULL)
"""


def upgrade() -> None:
    """Make the columns, fill them from the runs that are kept, and make the indexes."""
    op.add_column("runs", sa.Column("from_cache", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("runs", sa.Column("right_values", sa.Integer))
    op.add_column("runs", sa.Column("wrong_values", sa.Integer))
    connection = op.get_bind()
    connection.execute(sa.text(_JUDGED), {"no": False, "yes": True})
    cached = sa.text("UPDATE runs SET from_cache = :yes WHERE run_id = :run")
    for runs in _batches(connection):
        if found := [{"yes": True, "run": run} for run, steps in runs if _from_cache(json.loads(steps))]:
            connection.execute(cached, found)
    op.create_index("ix_votes_document", "votes", ["document"])
    if connection.dialect.name == "sqlite":
        _make_indexes()


def _make_indexes() -> None:
    """SQLite reads a row whole, and these are long; PostgreSQL keeps long values apart."""
    began = ["started_at", "run_id", "from_cache", "right_values"]
    called = ["run_id", "started_at", "recipe_name", "document_type", "right_values", "wrong_values"]
    billed = (
        "at run_id document provider model purpose prompt outcome cost "
        "input_tokens output_tokens cached_tokens written_tokens seconds"
    )
    op.create_index("ix_runs_began", "runs", began)
    op.create_index("ix_runs_called", "runs", called)
    op.create_index("ix_calls_billed", "calls", billed.split())
    op.create_index("ix_calls_prompted", "calls", ["prompt", "run_id", "cost", "purpose"])


def _batches(connection: sa.Connection) -> Iterator[list[tuple[str, str]]]:
    """The steps of the runs with a cached one, some at a time."""
    query = "SELECT run_id, steps FROM runs WHERE cached_steps > 0 AND run_id > :last ORDER BY run_id LIMIT :count"
    last = ""
    while found := connection.execute(sa.text(query), {"last": last, "count": _BATCH}).all():
        yield [(run, steps) for run, steps in found]
        last = found[-1][0]


def _from_cache(steps: list[dict[str, object]]) -> bool:
    extracted = [step for step in steps if step["step"] == "extract"]
    return bool(extracted) and all(step["cached"] for step in extracted)
