"""Documents of declared types read without a model: labels, kinds, masks and tables, with a reason for each value."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from core.declared.building import build
from core.declared.definition import TypeDefinition
from core.declared.header import Candidate as HeaderValue
from core.declared.header import read_header
from core.declared.labelled import LabelledPages
from core.declared.tables import Cell, Row, read_table
from core.evidence import PageText
from core.extraction import Candidate as Other
from core.extraction import Finding, Provenance, too_long
from core.extractor import Extracted
from core.notation.writing import text_of
from core.page.layout import Token
from core.schema.document_type import DocumentType
from core.schema.values import is_amount

NAME = "rules"
#: So many other values are kept for a field.
_SHOWN = 5


def read_declared(pages: Sequence[PageText], definition: TypeDefinition, kind: DocumentType | None = None) -> Extracted:
    """The document on ``pages`` as one of the declared type. What the page does not print is ``None``. ``kind`` is the type whose
    words ``definition`` are, where it ships."""
    reading = LabelledPages(pages, definition)
    chosen, weighed = read_header(reading)
    collected = Collected(reading, kind or build(definition))
    for found in chosen.values():
        collected.take_field(found)
    for table in definition.tables:
        collected.take_rows(table.name, read_table(reading, table))
    return collected.finish(weighed)


class Collected:
    """Collects values with the reason for each."""

    def __init__(self, reading: LabelledPages, kind: DocumentType) -> None:
        self.reading = reading
        self.kind = kind
        self.values: dict[str, Any] = {}
        self.provenance: dict[str, Provenance] = {}
        self.noticed: list[Finding] = []

    def take(
        self, path: str, value: Any, page: int, tokens: Sequence[Token], rule: str, label: str, score: float
    ) -> bool:
        """Notes why ``path`` has its value, and keeps it where it is a header field's. False for a number that can be none."""
        if isinstance(value, Decimal) and not is_amount(value):
            self.noticed.append(too_long(self.kind, path, text_of(value)))
            return False
        layout = self.reading.layouts[page]
        box = layout.box_of(tokens)
        self.provenance[path] = Provenance(
            NAME, rule, label, round(min(score, 1.0), 3), page=layout.number, box=(box.x0, box.y0, box.x1, box.y1)
        )
        if "." not in path:
            self.values[path] = value
        return True

    def take_field(self, found: HeaderValue) -> None:
        """Keeps the value of a header field."""
        rule = f"{found.relation} its label"
        self.take(found.name, found.value, found.page, found.tokens, rule, found.label.text, found.score)

    def take_cell(self, path: str, cell: Cell) -> bool:
        """Keeps the value of a cell where it can be one; gives whether it was."""
        return self.take(path, cell.value, cell.page, cell.tokens, "under its column's head", cell.head, cell.fit)

    def take_rows(self, name: str, rows: Sequence[Row]) -> None:
        """Sets the rows of a table."""
        table = self.kind.table(name)
        self.values[name] = tuple(
            table.model.model_validate(
                {
                    column: cell.value
                    for column, cell in row.cells.items()
                    if self.take_cell(table.path(at, column), cell)
                }
            )
            for at, row in enumerate(rows)
        )

    def finish(self, weighed: Sequence[HeaderValue]) -> Extracted:
        """What was read; the raw reply is what was weighed."""
        raw = [
            {
                "field": one.name,
                "value": str(one.value),
                "label": one.label.text,
                "rule": one.relation,
                "score": round(one.score, 3),
            }
            for one in weighed[:100]
        ]
        return Extracted(
            self.kind.model.model_validate(self.values),
            json.dumps({"type": self.kind.name, "header": raw}, ensure_ascii=False),
            self.provenance,
            findings=tuple(self.noticed),
            notation=self.reading.notation,
            candidates=self.others(weighed),
        )

    def others(self, weighed: Sequence[HeaderValue]) -> dict[str, tuple[Other, ...]]:
        """What else each header field may be, the likeliest first."""
        found: dict[str, dict[str, Other]] = {}
        for one in weighed:
            layout = self.reading.layouts[one.page]
            box = layout.box_of(one.tokens)
            text = " ".join(token.text for token in one.tokens)
            other = Other(text_of(one.value), text, one.label.text, layout.number, (box.x0, box.y0, box.x1, box.y1))
            found.setdefault(one.name, {}).setdefault(other.value, other)
        return {name: tuple(others.values())[:_SHOWN] for name, others in found.items()}
