"""Orders in this process's memory: the same contract with nothing kept, for tests and demos."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pydantic import BaseModel

from core.document_types import USUAL, type_of
from core.errors import RecordChanged, RecordMissing, StorageError
from core.extraction import PageRef
from core.notation.writing import text_of
from core.stores.records import (
    OWN_COLUMNS,
    Duplicate,
    FieldFilter,
    Record,
    RecordPage,
    RecordQuery,
    RecordSummary,
    TwinPage,
)
from storage.keys import fold, haystack, match_key, page_key, search_terms
from storage.words import holds, record_words, sought, told_match


class MemoryOrders:
    """Implements :class:`core.stores.records.RecordStore`."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._orders: dict[int, Record] = {}
        self._texts: dict[str, str] = {}
        self._last = 0

    def reserve_id(self, at_least: int = 1) -> int:
        """See :meth:`core.stores.records.RecordStore.reserve_id`."""
        with self._lock:
            self._last = max(self._last + 1, at_least, max(self._orders, default=0) + 1)
            return self._last

    def add(self, order: Record) -> None:
        """See :meth:`core.stores.records.RecordStore.add`. Raises StorageError for an id that is taken."""
        with self._lock:
            if order.order_id is None or order.order_id in self._orders:
                raise StorageError("An order needs a number of its own before it can be stored.")
            now = datetime.now(UTC)
            created, updated = order.created_at or now, order.updated_at or now
            first = order.version or 1
            self._orders[order.order_id] = replace(order, created_at=created, updated_at=updated, version=first)

    def update(self, order: Record) -> None:
        """See :meth:`core.stores.records.RecordStore.update`."""
        with self._lock:
            held = self.get(order.order_id or 0)
            if order.version not in (None, held.version):
                raise RecordChanged(held)
            saved, following = order.updated_at or datetime.now(UTC), (held.version or 0) + 1
            changed = replace(order, created_at=held.created_at, updated_at=saved, version=following)
            self._orders[order.order_id or 0] = changed

    def remove(self, order_id: int) -> None:
        """See :meth:`core.stores.records.RecordStore.remove`."""
        with self._lock:
            self.get(order_id)
            del self._orders[order_id]

    def get(self, order_id: int) -> Record:
        """See :meth:`core.stores.records.RecordStore.get`."""
        with self._lock:
            if order_id not in self._orders:
                raise RecordMissing(f"There is no order {order_id}: it may have been deleted meanwhile.")
            return self._orders[order_id]

    def some(self, order_ids: Sequence[int]) -> list[Record]:
        """See :meth:`core.stores.records.RecordStore.some`."""
        with self._lock:
            return [self._orders[order_id] for order_id in order_ids if order_id in self._orders]

    def versions(self, order_ids: Sequence[int], hold: bool = False) -> dict[int, int]:
        """See :meth:`core.stores.records.RecordStore.versions`; nothing is held."""
        return {record.order_id or 0: record.version or 0 for record in self.some(order_ids)}

    def picked(self, query: RecordQuery, most: int) -> dict[int, int]:
        """See :meth:`core.stores.records.RecordStore.picked`."""
        return {record.order_id or 0: record.version or 0 for record in [*self.each(query)][:most]}

    def keep_page_text(self, run_id: str, page_text: str) -> None:
        """See :meth:`core.stores.records.RecordStore.keep_page_text`."""
        self._texts.setdefault(run_id, page_text)

    def unindexed(self, after: int, limit: int) -> list[tuple[int, str | None]]:
        """See :meth:`core.stores.records.RecordStore.unindexed`: here none waits."""
        return []

    def index(self, order_ids: Sequence[int]) -> None:
        """See :meth:`core.stores.records.RecordStore.index`."""

    def _text_of(self, order: Record) -> str:
        return self._texts.get(order.run_id or "", "")

    def search(self, query: RecordQuery) -> RecordPage:
        """See :meth:`core.stores.records.RecordStore.search`. Raises StorageError for a sort that does not exist."""
        wanted = sought(query.text)
        rows = [
            replace(
                _summary(order, (*query.added, *query.columns)), matched=told_match(order, self._text_of(order), wanted)
            )
            for order in self.each(query)
        ]
        size = max(1, query.size)
        start = max(0, query.page) * size
        return RecordPage(tuple(rows[start : start + size]), len(rows))

    def each(self, query: RecordQuery) -> Iterator[Record]:
        """See :meth:`core.stores.records.RecordStore.each`."""
        if query.type_name is None and query.sort not in (*OWN_COLUMNS, *USUAL.model.model_fields, *query.added):
            raise StorageError(f"Records cannot be sorted by “{query.sort}”.")
        with self._lock:
            found = [order for order in self._orders.values() if _matches(order, query, self._text_of(order))]
        found.sort(key=_id_of, reverse=query.descending)
        known = [order for order in found if _sort_value(order, query.sort) is not None]
        known.sort(key=lambda order: _sort_value(order, query.sort), reverse=query.descending)
        return iter(known + [order for order in found if _sort_value(order, query.sort) is None])

    def twins(self, page: int = 0, size: int = 50) -> TwinPage:
        """See :meth:`core.stores.records.RecordStore.twins`: here nobody looks."""
        return TwinPage((), 0)

    def set_apart(self, first: int, second: int, who: str, apart: bool = True) -> None:
        """See :meth:`core.stores.records.RecordStore.set_apart`."""

    def choices(self, what: Literal["recipe", "who"]) -> list[str]:
        """See :meth:`core.stores.records.RecordStore.choices`: here nobody knows."""
        return []

    def duplicates(self, document: str | None, pages: tuple[PageRef, ...], values: BaseModel) -> list[Duplicate]:
        """See :meth:`core.stores.records.RecordStore.duplicates`."""
        with self._lock:
            held = sorted(self._orders.values(), key=_id_of, reverse=True)
        key, chosen = match_key(values), page_key(pages)
        same_document = [o for o in held if document and (o.document, page_key(o.pages)) == (document, chosen)]
        alike = [o for o in held if o.type is type_of(values)]
        same_invoice = [o for o in alike if key and match_key(o.values) == key and o not in same_document]
        return [_duplicate(o, "document") for o in same_document] + [_duplicate(o, "values") for o in same_invoice]


def _id_of(order: Record) -> int:
    return order.order_id or 0


def _value(order: Record, name: str) -> Any:
    """What a column of the list shows of a record."""
    kind = order.type
    if name in OWN_COLUMNS:
        return getattr(order, name)
    field = name if name in kind.model.model_fields else kind.counterpart(name, USUAL)
    return getattr(order.values, field, None) if field else None


def _sort_value(order: Record, name: str) -> Any:
    value = _value(order, name)
    folded = isinstance(value, str) and name not in (*OWN_COLUMNS, "currency")
    return fold(value) if folded else value


def _matches(order: Record, query: RecordQuery, page_text: str) -> bool:
    if query.status and order.status != query.status:
        return False
    if query.document_type and order.document_type != query.document_type:
        return False
    if query.type_name and order.type.name != query.type_name:
        return False
    first, last = query.invoiced
    if not _lies_in(_value(order, USUAL.issued_on), first, last and last + timedelta(days=1)):
        return False
    if not _lies_in(order.updated_at, *query.saved):
        return False
    if not all(_holds(order, wanted) for wanted in query.fields if wanted):
        return False
    vendor, total = _value(order, USUAL.issuer), _value(order, USUAL.total)
    if not all(term in fold(vendor or "") for term in search_terms(query.vendor)):
        return False
    if not _holds_between(total, *query.total):
        return False
    named = query.text.strip().removeprefix("#") == str(order.order_id)
    wanted = sought(query.text)
    if not wanted or named or all(one.plain in haystack(order.values) for one in wanted):
        return True
    words, asked = record_words(order, page_text), [one for one in wanted if one.words]
    return bool(asked) and all(holds(words, one) for one in asked)


def _holds(order: Record, wanted: FieldFilter) -> bool:
    value = getattr(order.values, wanted.name, None)
    if wanted.empty:
        return value is None and (not wanted.of_types or order.type.name in wanted.of_types)
    if value is None or not _holds_between(value, wanted.first, wanted.last):
        return False
    return all(term in fold(text_of(value)) for term in search_terms(wanted.text))


def _holds_between(value: Any, first: Any, last: Any) -> bool:
    if first is None and last is None:
        return True
    return value is not None and (first is None or value >= first) and (last is None or value <= last)


def _lies_in(value: Any, since: Any, before: Any) -> bool:
    """Whether ``value`` is in the range; no value lies in no range that has an end."""
    if since is None and before is None:
        return True
    return value is not None and (since is None or value >= since) and (before is None or value < before)


def _summary(order: Record, added: tuple[str, ...]) -> RecordSummary:
    own = {name: _value(order, name) for name in OWN_COLUMNS}
    fields = order.type.model.model_fields
    names = (*order.type.list_columns, *order.type.parts.values(), *(name for name in added if name in fields))
    values = {name: _value(order, name) for name in names}
    return RecordSummary(values=values, type=order.type, version=order.version, **own)


def _duplicate(order: Record, reason: Literal["document", "values"]) -> Duplicate:
    known = {name: text_of(getattr(order.values, name)) or None for name in order.type.duplicate_key}
    return Duplicate(_id_of(order), reason, "database", known, order.created_at, order.type)
