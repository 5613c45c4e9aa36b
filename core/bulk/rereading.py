"""What reading documents again would change in their records, and what a batch is called."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from core.extraction import Extraction
from core.review.edits import differences
from core.stores.batches import Batch
from core.stores.records import Record

#: How far reading a document again is: ``same``: it says what the record holds.
ReadingState = Literal["reading", "failed", "same", "differs"]


@dataclass(frozen=True, slots=True)
class Reread:
    """A record of a batch that reads documents again: ``differences`` are a field's title, its stored text and the text that was read
    now; ``sentence`` says why nothing was read."""

    order_id: int
    state: ReadingState
    run_id: str | None = None
    differences: tuple[tuple[str, str, str], ...] = ()
    sentence: str = ""


def what_differs(record: Record, extraction: Extraction) -> tuple[tuple[str, str, str], ...]:
    """What ``extraction`` says otherwise than the record does."""
    kinds = (record.document_type or "", extraction.document_type or record.document_type or "")
    found = [("Type", *kinds)] if kinds[0] != kinds[1] else []
    if record.type.name != extraction.type.name:
        return (("Read as", record.type.title, extraction.type.title), *found)
    return (*found, *differences(record.values, extraction.values))


def as_read_again(record: Record, extraction: Extraction, run_id: str) -> Record:
    """The record as the new reading has it. A person looked at what differs: how it stands stays."""
    told = extraction.document_type or record.document_type
    return replace(record, values=extraction.values, run_id=run_id, document_type=told)


_DEEDS = {
    "approve": "approved",
    "delete": "deleted",
    "bring in": "brought in",
}


def describe_batch(batch: Batch) -> str:
    """A few words on what a batch did: ``Cost centre set to “K 7”``."""
    told = batch.told
    if batch.deed == "edit":
        text = told.get("text", "")
        return f"{told.get('title', 'a field')} set to “{text}”" if text else f"{told.get('title', 'a field')} emptied"
    if batch.deed == "read again":
        return f"read again with “{told.get('recipe', '')}”"
    return _DEEDS[batch.deed]
