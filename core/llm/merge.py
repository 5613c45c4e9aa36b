"""What was read of the parts of a document, as one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from pydantic import BaseModel

from core.document_types import type_of
from core.extraction import Finding
from core.llm.schema import OTHER, DocumentAnswer, answer
from core.notation.folding import fold
from core.rules.lexicon import load_lexicon
from core.schema.document_type import Table
from core.schema.fields import FieldInfo


class Merged(NamedTuple):
    """The values of several readings, and where they disagree."""

    reading: DocumentAnswer
    findings: tuple[Finding, ...] = ()


def merge(readings: Sequence[DocumentAnswer], text: str) -> Merged:
    """``readings`` of consecutive parts as one. A header value is the first that was read, an amount of the totals the
    last one (sums in between are carried over); other values that were read are findings. The rows of a table follow each
    other; sums carried over are none, nor is a row that two parts read and ``text`` (all pages) prints but once."""
    kind = type_of(readings[0].values)
    findings: list[Finding] = []
    values: dict[str, Any] = {}
    for info in kind.header:
        found = [value for reading in readings if (value := getattr(reading.values, info.name)) is not None]
        if found:
            values[info.name] = found[-1] if info.kind == "money" else found[0]
            findings += _conflict(info, values[info.name], found)
    for table in kind.tables:
        parts = [kind.rows(reading.values, table) for reading in readings]
        values[table.name] = tuple(_rows(table, parts, text))
    named = next((reading.document_type for reading in readings if reading.document_type != OTHER), OTHER)
    return Merged(answer(kind.model(**values), named, readings[0].language), tuple(findings))


def _conflict(info: FieldInfo, taken: Any, found: Sequence[Any]) -> Iterator[Finding]:
    if info.kind == "money":
        return  # sums of earlier pages differ by nature; the checks compare the last one with the lines
    others = list(dict.fromkeys(str(value) for value in found if fold(str(value)) != fold(str(taken))))
    if others:
        sentence = f"{info.title}: the document was read in parts, which differ: “{taken}” and “{others[0]}”."
        yield Finding("parts", "warning", sentence, (info.name,), others[0])


def _rows(table: Table, parts: Sequence[Sequence[BaseModel]], text: str) -> Iterator[BaseModel]:
    printed = fold(text.replace("\n", " "))
    last: BaseModel | None = None
    taken: Counter[BaseModel] = Counter()
    for rows in parts:
        for position, row in enumerate(rows):
            again = position == 0 and row == last and _times(table, row, printed) <= taken[row]
            if again or is_carried(table, row):
                continue
            taken[row] += 1
            last = row
            yield row


def _times(table: Table, row: BaseModel, printed: str) -> int:
    """How often a row's words stand in the folded text; once for what cannot be looked for."""
    key = fold(_words(table, row)).replace("\n", "")
    return printed.count(key) if key else 1


def is_carried(table: Table, row: BaseModel) -> bool:
    """Whether a row of ``table`` is none but a sum carried over from page to page: those have no quantity."""
    key = fold(_words(table, row)).rstrip("0123456789")
    counted = any(getattr(row, info.name) is not None for info in table.columns if info.kind == "quantity")
    return not counted and key in load_lexicon().carry


def _words(table: Table, row: BaseModel) -> str:
    """What stands in the first column of words."""
    words = next((info.name for info in table.columns if info.kind == "text"), None)
    return (getattr(row, words) if words else None) or ""
