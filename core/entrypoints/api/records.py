"""Saved records, for programs: found, changed by the version that they were seen in, deleted, taken away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel

from core.analysis.checking import told_of_check, values_of
from core.document_types import type_of
from core.entrypoints.api.caller import Caller
from core.entrypoints.api.models import (
    ChangeRequest,
    RecordInfo,
    RecordList,
    RecordRow,
    SaveRequest,
    TrailEntry,
    Validated,
    ValidateRequest,
)
from core.entrypoints.api.problems import Refused
from core.entrypoints.api.tasks import Tasks
from core.errors import RecordChanged
from core.extraction import Extraction
from core.extraction_json import plain
from core.review.edits import Edits, read_edits
from core.schema.document_type import DocumentType
from core.schema.path import Path
from core.stores.api import ApiStore
from core.stores.records import Record, RecordQuery, Status, targets_of


@dataclass(frozen=True, slots=True)
class Records:
    """What one caller may do with records: one that does not see all, with those of its own tasks."""

    caller: Caller
    store: ApiStore

    def search(self, query: RecordQuery) -> RecordList:
        """A page of records."""
        owner = None if self.caller.sees_all else self.caller.owner
        page = self.caller.studio.search(replace(query, owner=owner))
        rows = [
            RecordRow(
                order_id=row.order_id,
                type=row.type.name,
                document_type=row.document_type,
                status=row.status,
                updated_at=row.updated_at,
                values={name: plain(value) for name, value in row.values.items()},
            )
            for row in page.rows
        ]
        more = (query.page + 1) * query.size < page.total
        return RecordList(records=rows, total=page.total, next=query.page + 1 if more else None)

    def get(self, order_id: int) -> Record:
        """One record. Raises Refused, RecordMissing."""
        if not self.caller.sees_all and order_id not in self.store.orders(self.caller.owner):
            raise Refused(404, "record-missing", "There is no such record of yours here.")
        return self.caller.studio.record(order_id)

    def save(self, asked: SaveRequest) -> RecordInfo:
        """Save what a task gave, with changes. Raises Refused where it is stored already, StorageError."""
        task = Tasks(self.caller, self.store).task(asked.task_id)
        studio = self.caller.studio
        job = studio.job(task.task_id)
        if job is None or job.extraction is None:
            raise Refused(409, "task-not-over", "This task has no result to save.")
        extraction = self._changed(job.extraction, asked.changes)
        targets = targets_of(asked.save)
        if not asked.twice and (found := studio.duplicates(extraction, extraction.values, targets)):
            raise Refused(
                409,
                "stored-already",
                f"This document is stored already, as order {found[0].order_id}: “twice” saves it again.",
            )
        status: Status = "reviewed" if asked.changes or extraction.verdict != "approved" else "approved"
        receipt = studio.save(extraction.values, targets, run_id=task.task_id, extraction=extraction, status=status)
        self.store.note_saved(task.task_id, receipt.order_id)
        return record_info(studio.record(receipt.order_id))

    def change(self, order_id: int, asked: ChangeRequest, version: int) -> RecordInfo:
        """Change a record that is still the version named. Raises RecordChanged, Refused, StorageError."""
        before = self.get(order_id)
        if before.version != version:
            raise RecordChanged(before)
        studio = self.caller.studio
        values = _with(
            before.values, asked.changes, lambda path, text: studio.parse_value(path, text, kind=before.type)
        )
        holders = targets_of(studio.records.holders(order_id))
        studio.save(values, holders or ["database"], update=order_id, status=asked.status or before.status, seen=before)
        return record_info(studio.record(order_id))

    def delete(self, order_id: int) -> None:
        """Delete a record from every store. Raises Refused, RecordMissing."""
        self.get(order_id)
        self.caller.studio.remove(order_id)

    def trail(self, order_id: int) -> list[TrailEntry]:
        """What was done with a record, oldest first."""
        self.get(order_id)
        return [
            TrailEntry(action=entry.action, who=entry.who, at=entry.at, told={"what": entry.what} | _told(entry))
            for entry in self.caller.studio.history.of_record(order_id)
        ]

    def _changed(self, extraction: Extraction, changes: Mapping[str, str | None]) -> Extraction:
        if not changes:
            return extraction
        studio = self.caller.studio
        values = _with(extraction.values, changes, lambda path, text: studio.parse_value(path, text, extraction))
        return studio.review(extraction, values).extraction


def validate(caller: Caller, asked: ValidateRequest) -> Validated:
    """The checks over values that stand nowhere on a page. Raises InvalidValues."""
    return Validated.model_validate(told_of_check(values_of(caller.studio.types.types(), asked.type, asked.values)))


def _with(values: BaseModel, changes: Mapping[str, str | None], parse: Any) -> BaseModel:
    edits = Edits()
    for path, text in changes.items():
        if not _names_a_value(type_of(values), path):
            raise Refused(422, "field-missing", f"“{path[:100]}” is no field of this document.")
        edits.set_text(values, path, text or "")
    read = read_edits(values, edits, parse)
    if read.errors:
        path, sentence = next(iter(read.errors.items()))
        raise Refused(422, "invalid-values", f"{path}: {sentence}")
    return read.values


def _names_a_value(kind: DocumentType, path: str) -> bool:
    """Whether a path leads to a field of the header, or to a cell (one past the last line adds a line)."""
    try:
        place = Path.parse(path)
    except KeyError:
        return False
    columns = next((table.columns for table in kind.tables if table.name == place.table), ())
    return place.field in {info.name for info in (columns if place.is_cell else kind.header)}


def record_info(record: Record) -> RecordInfo:
    """A record as an answer tells it."""
    assert record.order_id is not None
    return RecordInfo(
        order_id=record.order_id,
        type=record.type.name,
        document_type=record.document_type,
        status=record.status,
        version=record.version,
        document_id=record.document,
        pages=[page.number for page in record.pages],
        created_at=record.created_at,
        updated_at=record.updated_at,
        values=plain(record.values.model_dump()),
    )


def _told(entry: Any) -> dict[str, Any]:
    return {"field": entry.path, "from": entry.before, "to": entry.after} if entry.path else {}
