"""What the person made of a run: the texts they typed, the lines, the boxes they drew, and what was saved.

Plain data without a screen. Typed text is kept as typed, also where it cannot be read yet; :func:`read_edits` turns
it into an invoice and says, field by field, what could not be read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter

from core.evidence import Evidence
from core.invoice.document_type import INVOICE, LINE_ITEMS, item_path
from core.invoice.model import Invoice, LineItem
from core.notation.writing import text_of
from core.schema.values import is_amount
from core.stores.receipt import SaveReceipt

#: Reads a text as the value of a path; raises ValueError with a sentence.
Parse = Callable[[str, str], object]
Row = dict[str, str]
_OUR_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,28})?")


@dataclass(slots=True)
class Edits:
    """``texts`` by header path; ``lines`` all rows as texts (``None``: as extracted); ``drawn`` evidence by path;
    ``confirmed`` the paths whose value a person looked at and found right;
    ``proposed`` texts taken from a check's proposal; ``receipt`` and ``saved`` what was last saved; ``revision`` counts the changes of lines that were not typed into the table (it then begins anew)."""

    texts: dict[str, str] = field(default_factory=dict)
    lines: list[Row] | None = None
    drawn: dict[str, Evidence] = field(default_factory=dict)
    confirmed: set[str] = field(default_factory=set)
    proposed: dict[str, str] = field(default_factory=dict)
    receipt: SaveReceipt | None = None
    saved: Invoice | None = None
    revision: int = 0

    def to_json(self) -> dict[str, object]:
        """As JSON values."""
        return dict(_EDITS.dump_python(self, mode="json"))

    def text_at(self, extracted: Invoice, path: str) -> str:
        """What stands in the field or cell: the typed text, else the extracted value."""
        if path.startswith("line_items."):
            _, index, cell = path.split(".")
            rows = self.rows(extracted)
            return rows[int(index)][cell] if int(index) < len(rows) else ""
        return self.texts.get(path, as_text(INVOICE.value_at(extracted, path)))

    def rows(self, extracted: Invoice) -> list[Row]:
        """The lines as they now stand, as texts."""
        return [dict(row) for row in self.lines] if self.lines is not None else rows_of(extracted)

    def set_text(self, extracted: Invoice, path: str, text: str, evidence: Evidence | None = None) -> None:
        """Put a text into a field or cell, with the drawn box it came from. A cell past the last line adds a line."""
        if path.startswith("line_items."):
            self._set_cell(extracted, path, text)
        elif text == as_text(INVOICE.value_at(extracted, path)):
            self.texts.pop(path, None)
        else:
            self.texts[path] = text
        self.confirmed.discard(path)
        self.proposed.pop(path, None)
        if evidence is None:
            self.drawn.pop(path, None)
        else:
            self.drawn[path] = evidence

    def set_rows(self, extracted: Invoice, rows: list[Row]) -> None:
        """Take the table as it now is."""
        self.lines = None if rows == rows_of(extracted) else rows

    def insert_row(self, extracted: Invoice, index: int, row: Row) -> None:
        """Put a line before the one at ``index`` (from 0). What was drawn, confirmed or taken for the lines after it goes
        with them. ``row`` must hold a text: an empty line is none."""
        rows = self.rows(extracted)
        rows.insert(index, {info.name: row.get(info.name, "") for info in LINE_ITEMS.columns})
        self.drawn = {_after_insert(path, index): found for path, found in self.drawn.items()}
        self.confirmed = {_after_insert(path, index) for path in self.confirmed}
        self.proposed = {_after_insert(path, index): text for path, text in self.proposed.items()}
        self.set_rows(extracted, rows)
        self.revision += 1

    def _set_cell(self, extracted: Invoice, path: str, text: str) -> None:
        _, index, cell = path.split(".")
        rows = self.rows(extracted)
        while len(rows) <= int(index):
            rows.append({info.name: "" for info in LINE_ITEMS.columns})
        rows[int(index)][cell] = text
        self.set_rows(extracted, rows)
        self.revision += 1


def _after_insert(path: str, index: int) -> str:
    """Where ``path`` leads once a line was put before the one at ``index``."""
    if not path.startswith("line_items."):
        return path
    _, line, cell = path.split(".")
    return item_path(int(line) + 1, cell) if int(line) >= index else path


_EDITS = TypeAdapter(Edits)


def edits_from(kept: object) -> Edits:
    """Edits from their JSON values. Raises ValueError where they are not."""
    return _EDITS.validate_python(kept)


@dataclass(frozen=True, slots=True)
class Read:
    """Typed texts as an invoice; ``errors`` holds a sentence for every path whose text could not be read (its value
    is then ``None``)."""

    invoice: Invoice
    errors: dict[str, str]


def read_edits(extracted: Invoice, edits: Edits, parse: Parse) -> Read:
    """The invoice that the person means. Unchanged texts keep their extracted values untouched."""
    errors: dict[str, str] = {}
    values: dict[str, Any] = {name: getattr(extracted, name) for name in Invoice.model_fields}
    for path, text in edits.texts.items():
        values[path] = _read(path, text, INVOICE.value_at(extracted, path), parse, errors)
    if edits.lines is not None:
        values["line_items"] = _read_lines(extracted, edits.lines, parse, errors)
    return Read(Invoice(**values), errors)


def _read_lines(extracted: Invoice, rows: list[Row], parse: Parse, errors: dict[str, str]) -> tuple[LineItem, ...]:
    lines = []
    filled = [row for row in rows if any(text.strip() for text in row.values())]
    known = _values_by_text(extracted)
    for index, row in enumerate(filled):
        cells = {}
        for info in LINE_ITEMS.columns:
            path, text = item_path(index, info.name), row.get(info.name, "")
            cells[info.name] = _read(path, text, known.get((info.name, text)), parse, errors)
        lines.append(LineItem(**cells))
    return tuple(lines)


def _values_by_text(extracted: Invoice) -> dict[tuple[str, str], Any]:
    """Extracted cell values by the text that shows them: such a text is never read anew in another notation."""
    return {
        (info.name, as_text(getattr(item, info.name))): getattr(item, info.name)
        for item in extracted.line_items
        for info in LINE_ITEMS.columns
    }


def _read(path: str, text: str, extracted: Any, parse: Parse, errors: dict[str, str]) -> Any:
    if not text.strip():
        return None
    if text == as_text(extracted):
        return extracted
    own = _own_notation(path, text)
    if own is not None:
        return own
    try:
        return parse(path, text)
    except ValueError as error:
        errors[path] = str(error)
        return None


def tidy(path: str, text: str, parse: Parse) -> str:
    """Typed text in our own notation (``1.234,56`` becomes ``1234.56``); as typed where it cannot be read."""
    try:
        return as_text(parse(path, text)) if text.strip() else ""
    except ValueError:
        return text


def _own_notation(path: str, text: str) -> Decimal | date | None:
    """The value of a text in our own notation, which must never be read again in the document's."""
    kind = INVOICE.field_of(path).kind
    if kind in ("money", "quantity") and _OUR_NUMBER.fullmatch(text):
        number = Decimal(text)
        return number if is_amount(number) else None
    if kind == "date" and re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return None
    return None


def as_text(value: Any) -> str:
    """A value as the form shows it: dates ISO, numbers plain with a point."""
    return text_of(value)


def rows_of(invoice: Invoice) -> list[Row]:
    """The invoice's lines as texts, cell by cell."""
    return [
        {info.name: as_text(getattr(item, info.name)) for info in LINE_ITEMS.columns} for item in invoice.line_items
    ]


def differences(stored: Invoice, now: Invoice) -> list[tuple[str, str, str]]:
    """Where ``now`` differs from ``stored``: the field's title, its text there and its text here."""
    before = {path: as_text(value) for path, _, value in INVOICE.walk(stored)}
    after = {path: as_text(value) for path, _, value in INVOICE.walk(now)}
    paths = [*before, *(path for path in after if path not in before)]
    return [
        (INVOICE.title_of(path), before.get(path, ""), after.get(path, ""))
        for path in paths
        if before.get(path, "") != after.get(path, "")
    ]
