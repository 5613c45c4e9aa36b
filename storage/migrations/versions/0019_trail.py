"""The trail, and the triggers that keep it (and the changes of values) as they were written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Facts, Moment, OrderId, Prose

revision = "0019"
down_revision = "0018"

_KEPT = ("trail", "value_changes")
_REFUSED = "the trail cannot be changed"
_FUNCTION = """
CREATE FUNCTION keep_trail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM trail_permit) THEN RETURN OLD; END IF;
  RAISE EXCEPTION 'the trail cannot be changed';
END $$
"""


def upgrade() -> None:
    """Make the tables and the triggers. A row in ``trail_permit`` lets a deletion on request pass, within its transaction."""
    op.create_table(
        "trail",
        sa.Column("event_id", OrderId, primary_key=True),
        sa.Column("at", Moment, nullable=False, index=True),
        sa.Column("who", Prose, nullable=False),
        sa.Column("known", sa.String(20), nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("order_id", OrderId, index=True),
        sa.Column("document", sa.String(64), index=True),
        sa.Column("run_id", sa.String(64), index=True),
        sa.Column("by", Prose, nullable=False),
        sa.Column("told", Facts, nullable=False),
    )
    op.create_table("trail_permit", sa.Column("permit_id", sa.Integer, primary_key=True, autoincrement=False))
    if op.get_bind().dialect.name == "sqlite":
        for table in _KEPT:
            _keep_in_sqlite(table)
    else:
        _keep_in_postgres()


def _keep_in_sqlite(table: str) -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
    op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}")
    no_permit = "WHEN NOT EXISTS (SELECT 1 FROM trail_permit)"
    op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {no_permit} {refuse}")


def _keep_in_postgres() -> None:
    op.execute(_FUNCTION)
    for table in _KEPT:
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION keep_trail()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION keep_trail()"
        )
