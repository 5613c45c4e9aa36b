"""What Alembic runs: the migrations, in the transaction that ``open_database`` has begun."""

from __future__ import annotations

from alembic import context

from storage.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, render_as_batch=True)
context.run_migrations()
