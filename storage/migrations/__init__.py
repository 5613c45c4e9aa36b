"""The database's versions, by Alembic. ``open_database`` brings every database to the newest one."""
