"""Keys of programs, what they brought, and their tasks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import RowMapping, delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.elements import ColumnElement

from core.stores.api import SAVING, ApiCall, ApiKey, ApiTask
from storage.columns import summed, total
from storage.database import Database, clock_of
from storage.tables import API_CALLS, API_DOCUMENTS, API_KEYS, API_TASKS, CALLS, UNSAVED

#: Tasks that are looked at in one go.
_MOST = 500


class SqlApi:
    """Implements :class:`core.stores.api.ApiStore` on SQLite and PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- keys --------------------------------------------------------------------------------------------------------

    def keys(self) -> list[ApiKey]:
        """See :meth:`core.stores.api.ApiStore.keys`."""
        query = select(API_KEYS).order_by(API_KEYS.c.created_at.desc(), API_KEYS.c.key_id)
        with self._database.read() as connection:
            return [ApiKey(**row) for row in connection.execute(query).mappings()]

    def key_by_digest(self, digest: str) -> ApiKey | None:
        """See :meth:`core.stores.api.ApiStore.key_by_digest`."""
        with self._database.read() as connection:
            row = connection.execute(select(API_KEYS).where(API_KEYS.c.digest == digest)).mappings().first()
        return ApiKey(**row) if row else None

    def key(self, key_id: str) -> ApiKey | None:
        """See :meth:`core.stores.api.ApiStore.key`."""
        with self._database.read() as connection:
            row = connection.execute(select(API_KEYS).where(API_KEYS.c.key_id == key_id)).mappings().first()
        return ApiKey(**row) if row else None

    def add_key(self, key: ApiKey) -> None:
        """See :meth:`core.stores.api.ApiStore.add_key`."""
        row = {column.name: getattr(key, column.name) for column in API_KEYS.columns}
        with self._database.write() as connection:
            connection.execute(insert(API_KEYS).values(row))

    def revoke(self, key_id: str, now: datetime) -> bool:
        """See :meth:`core.stores.api.ApiStore.revoke`."""
        mine = (API_KEYS.c.key_id == key_id) & API_KEYS.c.revoked_at.is_(None)
        with self._database.write() as connection:
            return bool(connection.execute(update(API_KEYS).where(mine).values(revoked_at=now)).rowcount)

    def note_use(self, key_id: str, now: datetime) -> None:
        """See :meth:`core.stores.api.ApiStore.note_use`."""
        with self._database.write() as connection:
            connection.execute(update(API_KEYS).where(API_KEYS.c.key_id == key_id).values(used_at=now))

    # --- documents ---------------------------------------------------------------------------------------------------

    def brought(self, owner: str, document: str, now: datetime) -> None:
        """See :meth:`core.stores.api.ApiStore.brought`."""
        if not self.owns(owner, document):
            try:
                with self._database.write() as connection:
                    connection.execute(insert(API_DOCUMENTS).values(owner=owner, document=document, at=now))
            except IntegrityError:  # it was brought twice at the same time
                pass

    def owns(self, owner: str, document: str) -> bool:
        """See :meth:`core.stores.api.ApiStore.owns`."""
        mine = (API_DOCUMENTS.c.owner == owner) & (API_DOCUMENTS.c.document == document)
        with self._database.read() as connection:
            return connection.execute(select(API_DOCUMENTS.c.owner).where(mine)).first() is not None

    # --- tasks -------------------------------------------------------------------------------------------------------

    def add_task(self, task: ApiTask, check: Callable[[], None] | None = None) -> ApiTask:
        """See :meth:`core.stores.api.ApiStore.add_task`."""
        row = {column.name: getattr(task, column.name) for column in API_TASKS.columns} | {"save": list(task.save)}
        try:
            with self._database.write() as connection:
                if known := self._wished(connection, task):
                    return known
                if check is not None:
                    key = select(API_KEYS.c.key_id).where(API_KEYS.c.key_id == task.owner)
                    connection.execute(key.with_for_update())
                    check()
                connection.execute(insert(API_TASKS).values(row))
        except IntegrityError:  # the same wish at the same time
            with self._database.read() as connection:
                return self._wished(connection, task) or task
        return task

    def _wished(self, connection: Any, task: ApiTask) -> ApiTask | None:
        if task.wish is None:
            return None
        same = (API_TASKS.c.owner == task.owner) & (API_TASKS.c.wish == task.wish)
        row = connection.execute(select(API_TASKS).where(same)).mappings().first()
        return _task(row) if row else None

    def task(self, task_id: str) -> ApiTask | None:
        """See :meth:`core.stores.api.ApiStore.task`."""
        with self._database.read() as connection:
            row = connection.execute(select(API_TASKS).where(API_TASKS.c.task_id == task_id)).mappings().first()
        return _task(row) if row else None

    def tasks(self, owner: str | None, before: datetime | None, limit: int) -> Sequence[ApiTask]:
        """See :meth:`core.stores.api.ApiStore.tasks`."""
        query = select(API_TASKS).order_by(API_TASKS.c.created_at.desc(), API_TASKS.c.task_id).limit(limit)
        if owner is not None:
            query = query.where(API_TASKS.c.owner == owner)
        if before is not None:
            query = query.where(API_TASKS.c.created_at < before)
        with self._database.read() as connection:
            return [_task(row) for row in connection.execute(query).mappings()]

    def tasks_of(self, owner: str | None, document: str, limit: int) -> Sequence[ApiTask]:
        """See :meth:`core.stores.api.ApiStore.tasks_of`."""
        query = select(API_TASKS).where(API_TASKS.c.document == document)
        if owner is not None:
            query = query.where(API_TASKS.c.owner == owner)
        query = query.order_by(API_TASKS.c.created_at.desc(), API_TASKS.c.task_id).limit(limit)
        with self._database.read() as connection:
            return [_task(row) for row in connection.execute(query).mappings()]

    def begin_saving(self, task_id: str, seconds: float) -> bool:
        """See :meth:`core.stores.api.ApiStore.begin_saving`."""
        with self._database.write() as connection:
            now = clock_of(connection)
            free = (API_TASKS.c.task_id == task_id) & _is_unsaved(now)
            taken = update(API_TASKS).where(free).values(order_id=SAVING, saving_until=now + seconds)
            return bool(connection.execute(taken).rowcount)

    def unsaved(self) -> Sequence[ApiTask]:
        """See :meth:`core.stores.api.ApiStore.unsaved`."""
        with self._database.read() as connection:
            query = select(API_TASKS).where(_is_unsaved(clock_of(connection)), text(UNSAVED)).limit(_MOST)
            return [_task(row) for row in connection.execute(query.order_by(API_TASKS.c.created_at)).mappings()]

    def note_saved(self, task_id: str, order_id: int | None) -> None:
        """See :meth:`core.stores.api.ApiStore.note_saved`."""
        with self._database.write() as connection:
            mine = API_TASKS.c.task_id == task_id
            connection.execute(update(API_TASKS).where(mine).values(order_id=order_id, saving_until=None))

    def orders(self, owner: str) -> frozenset[int]:
        """See :meth:`core.stores.api.ApiStore.orders`."""
        query = select(API_TASKS.c.order_id).where(API_TASKS.c.owner == owner, API_TASKS.c.order_id > SAVING)
        with self._database.read() as connection:
            return frozenset(row.order_id for row in connection.execute(query))

    def pages_since(self, owner: str, since: datetime) -> int:
        """See :meth:`core.stores.api.ApiStore.pages_since`."""
        query = select(func.sum(API_TASKS.c.pages)).where(API_TASKS.c.owner == owner, API_TASKS.c.created_at >= since)
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one() or 0)

    def dollars_since(self, owner: str, since: datetime) -> Decimal:
        """See :meth:`core.stores.api.ApiStore.dollars_since`."""
        mine = select(API_TASKS.c.task_id).where(API_TASKS.c.owner == owner)
        query = select(total(CALLS.c.cost, self._database.dialect)).where(CALLS.c.at >= since, CALLS.c.run_id.in_(mine))
        with self._database.read() as connection:
            return summed(connection.execute(query).scalar_one())

    # --- calls -------------------------------------------------------------------------------------------------------

    def note_calls(self, calls: Sequence[ApiCall]) -> None:
        """See :meth:`core.stores.api.ApiStore.note_calls`."""
        with self._database.write() as connection:
            connection.execute(insert(API_CALLS), [asdict(call) for call in calls])

    def calls(self, owner: str | None, before: datetime | None, limit: int) -> list[ApiCall]:
        """See :meth:`core.stores.api.ApiStore.calls`."""
        query = select(API_CALLS).order_by(API_CALLS.c.at.desc(), API_CALLS.c.call_id).limit(limit)
        if owner is not None:
            query = query.where(API_CALLS.c.owner == owner)
        if before is not None:
            query = query.where(API_CALLS.c.at < before)
        with self._database.read() as connection:
            return [ApiCall(**row) for row in connection.execute(query).mappings()]

    def forget_calls(self, before: datetime) -> None:
        """See :meth:`core.stores.api.ApiStore.forget_calls`."""
        with self._database.write() as connection:
            connection.execute(delete(API_CALLS).where(API_CALLS.c.at < before))


def _is_unsaved(now: float) -> ColumnElement[bool]:
    """Nobody looked at it yet, or whoever began to save it let go of it: their process is gone."""
    left = API_TASKS.c.saving_until.is_(None) | (API_TASKS.c.saving_until < now)
    return API_TASKS.c.order_id.is_(None) | ((API_TASKS.c.order_id == SAVING) & left)


def _task(row: RowMapping) -> ApiTask:
    return ApiTask(**(dict(row) | {"save": tuple(row["save"])}))
