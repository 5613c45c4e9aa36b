"""What the person made of a run: the texts they typed, the lines, the boxes they drew, and what was saved.

Plain data without a screen. Typed text is kept as typed, also where it cannot be read yet; :func:`read_edits` turns
it into values and says, field by field, what could not be read.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, BeforeValidator, Field, TypeAdapter

from core.document_types import USUAL, Values, type_of
from core.evidence import Evidence
from core.notation.writing import text_of
from core.schema.document_type import Table
from core.schema.fields import FieldInfo
from core.schema.path import Path, is_cell
from core.schema.values import is_amount
from core.stores.receipt import SaveReceipt

#: Reads a text as the value of a path; raises ValueError with a sentence.
Parse = Callable[[str, str], object]
Row = dict[str, str]
_OUR_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,28})?")


def _by_table(kept: Any) -> Any:
    """The rows of each table; what an earlier version kept are those of the usual type's only table."""
    name = USUAL.tables[0].name
    return {} if kept is None else {name: kept} if isinstance(kept, list) else kept


@dataclass(slots=True)
class Edits:
    """``texts`` by header path; ``tables`` all rows, as texts, of each table that was changed, by its name; ``drawn`` evidence by path;
    ``confirmed`` the paths whose value a person looked at and found right;
    ``proposed`` texts taken from a check's proposal; ``receipt`` and ``saved`` what was last saved; ``revision`` counts the changes of lines that were not typed into the table (it then begins anew)."""

    texts: dict[str, str] = field(default_factory=dict)
    tables: Annotated[
        dict[str, list[Row]],
        BeforeValidator(_by_table),
        Field(validation_alias=AliasChoices("tables", "lines")),
    ] = field(default_factory=dict)
    drawn: dict[str, Evidence] = field(default_factory=dict)
    confirmed: set[str] = field(default_factory=set)
    proposed: dict[str, str] = field(default_factory=dict)
    receipt: SaveReceipt | None = None
    saved: Values = None
    revision: int = 0

    def to_json(self) -> dict[str, object]:
        """As JSON values."""
        return dict(_EDITS.dump_python(self, mode="json"))

    def text_at(self, extracted: BaseModel, path: str) -> str:
        """What stands in the field or cell: the typed text, else the extracted value."""
        place = Path.parse(path)
        if place.is_cell:
            rows = self.rows(extracted, type_of(extracted).table(place.table))
            return rows[place.row].get(place.field, "") if place.row < len(rows) else ""
        return self.texts.get(path, as_text(type_of(extracted).value_at(extracted, path)))

    @property
    def changes_values(self) -> bool:
        """Whether they say anything else than what was extracted."""
        return bool(self.texts or self.tables)

    def rows(self, extracted: BaseModel, table: Table) -> list[Row]:
        """The rows of a table as they now stand, as texts."""
        if table.name not in self.tables:
            return rows_of(extracted, table)
        # a draft that an earlier version kept lacks the columns that came since
        return [{info.name: "" for info in table.columns} | row for row in self.tables[table.name]]

    def set_text(self, extracted: BaseModel, path: str, text: str, evidence: Evidence | None = None) -> None:
        """Put a text into a field or cell, with the drawn box it came from. A cell past the last line adds a line."""
        if is_cell(path):
            self._set_cell(extracted, Path.parse(path), text)
        elif text == as_text(type_of(extracted).value_at(extracted, path)):
            self.texts.pop(path, None)
        else:
            self.texts[path] = text
        self.confirmed.discard(path)
        self.proposed.pop(path, None)
        if evidence is None:
            self.drawn.pop(path, None)
        else:
            self.drawn[path] = evidence

    def set_rows(self, extracted: BaseModel, table: Table, rows: list[Row]) -> None:
        """Take a table as it now is."""
        if rows == rows_of(extracted, table):
            self.tables.pop(table.name, None)
        else:
            self.tables[table.name] = rows

    def insert_row(self, extracted: BaseModel, table: Table, index: int, row: Row) -> None:
        """Put a line before the one at ``index`` (from 0). What was drawn, confirmed or taken for the lines after it goes
        with them. ``row`` must hold a text: an empty line is none."""
        rows = self.rows(extracted, table)
        rows.insert(index, _blank(table) | row)
        self.drawn = {_after_insert(path, table, index): found for path, found in self.drawn.items()}
        self.confirmed = {_after_insert(path, table, index) for path in self.confirmed}
        self.proposed = {_after_insert(path, table, index): text for path, text in self.proposed.items()}
        self.set_rows(extracted, table, rows)
        self.revision += 1

    def forget_drawn(self, table: Table) -> None:
        """Let go of the boxes drawn for cells of a table: its rows are not what they were."""
        self.drawn = {path: found for path, found in self.drawn.items() if Path.parse(path).table != table.name}

    def _set_cell(self, extracted: BaseModel, place: Path, text: str) -> None:
        table = type_of(extracted).table(place.table)
        rows = self.rows(extracted, table)
        while len(rows) <= place.row:
            rows.append(_blank(table))
        rows[place.row][place.field] = text
        self.set_rows(extracted, table, rows)
        self.revision += 1


def _after_insert(path: str, table: Table, index: int) -> str:
    """Where ``path`` leads once a row was put before the one at ``index`` of ``table``."""
    place = Path.parse(path)
    return str(place._replace(row=place.row + 1)) if place.table == table.name and place.row >= index else path


def _blank(table: Table) -> Row:
    """A row that holds nothing yet."""
    return {info.name: "" for info in table.columns}


_EDITS = TypeAdapter(Edits)


def edits_from(kept: object) -> Edits:
    """Edits from their JSON values. Raises ValueError where they are not."""
    return _EDITS.validate_python(kept)


@dataclass(frozen=True, slots=True)
class Read:
    """Typed texts as values; ``errors`` holds a sentence for every path whose text could not be read (its value
    is then ``None``)."""

    values: Any
    """Of the same model as what was extracted."""
    errors: dict[str, str]


def read_edits(extracted: BaseModel, edits: Edits, parse: Parse) -> Read:
    """The values that the person means. Unchanged texts keep their extracted values untouched."""
    errors: dict[str, str] = {}
    kind = type_of(extracted)
    values: dict[str, Any] = {name: getattr(extracted, name) for name in kind.model.model_fields}
    for path, text in edits.texts.items():
        values[path] = _read(kind.field_of(path), path, text, kind.value_at(extracted, path), parse, errors)
    for name, rows in edits.tables.items():
        values[name] = _read_lines(extracted, kind.table(name), rows, parse, errors)
    return Read(kind.model(**values), errors)


def _read_lines(
    extracted: BaseModel, table: Table, rows: list[Row], parse: Parse, errors: dict[str, str]
) -> tuple[BaseModel, ...]:
    lines = []
    filled = [row for row in rows if any(text.strip() for text in row.values())]
    known = _values_by_text(extracted, table)
    for index, row in enumerate(filled):
        cells = {}
        for info in table.columns:
            path, text = table.path(index, info.name), row.get(info.name, "")
            cells[info.name] = _read(info, path, text, known.get((info.name, text)), parse, errors)
        lines.append(table.model(**cells))
    return tuple(lines)


def _values_by_text(extracted: BaseModel, table: Table) -> dict[tuple[str, str], Any]:
    """Extracted cell values by the text that shows them: such a text is never read anew in another notation."""
    return {
        (info.name, as_text(getattr(item, info.name))): getattr(item, info.name)
        for item in type_of(extracted).rows(extracted, table)
        for info in table.columns
    }


def _read(info: FieldInfo, path: str, text: str, extracted: Any, parse: Parse, errors: dict[str, str]) -> Any:
    if not text.strip():
        return None
    if text == as_text(extracted):
        return extracted
    own = _own_notation(info, text)
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


def _own_notation(info: FieldInfo, text: str) -> Decimal | date | None:
    """The value of a text in our own notation, which must never be read again in the document's."""
    if info.kind in ("money", "quantity") and _OUR_NUMBER.fullmatch(text):
        number = Decimal(text)
        return number if is_amount(number) else None
    if info.kind == "date" and re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return None
    return None


def as_text(value: Any) -> str:
    """A value as the form shows it: dates ISO, numbers plain with a point."""
    return text_of(value)


def rows_of(values: BaseModel, table: Table) -> list[Row]:
    """The rows of a table as texts, cell by cell."""
    rows = type_of(values).rows(values, table)
    return [{info.name: as_text(getattr(row, info.name)) for info in table.columns} for row in rows]


def differences(stored: BaseModel, now: BaseModel) -> list[tuple[str, str, str]]:
    """Where ``now`` differs from ``stored`` (of the same type): the field's title, its text there and its text here."""
    kind = type_of(now)
    before = {path: as_text(value) for path, _, value in kind.walk(stored)}
    after = {path: as_text(value) for path, _, value in kind.walk(now)}
    paths = [*before, *(path for path in after if path not in before)]
    return [
        (kind.title_of(path), before.get(path, ""), after.get(path, ""))
        for path in paths
        if before.get(path, "") != after.get(path, "")
    ]
