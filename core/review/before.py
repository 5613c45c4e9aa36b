"""What stood at a path before something was put there, so that it can be taken back and nothing else with it."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel

from core.document_types import type_of
from core.evidence import Evidence
from core.review.edits import Edits
from core.schema.document_type import Table
from core.schema.path import Path


@dataclass(frozen=True, slots=True)
class Before:
    """``text`` stood at ``path``, with the drawn box it came from; whether a person had ``confirmed`` it, the text
    ``proposed`` for it that was taken, and how many ``lines`` its table had."""

    path: str
    text: str
    drawn: Evidence | None
    confirmed: bool
    proposed: str | None
    lines: int = 0


def before(edits: Edits, extracted: BaseModel, path: str) -> Before:
    """What stands at ``path`` now."""
    return Before(
        path,
        edits.text_at(extracted, path),
        edits.drawn.get(path),
        path in edits.confirmed,
        edits.proposed.get(path),
        len(edits.rows(extracted, table)) if (table := _table_of(extracted, path)) else 0,
    )


def put_back(edits: Edits, extracted: BaseModel, was: Before) -> None:
    """Put back what stood there; a line that was added for it and holds nothing else goes."""
    edits.set_text(extracted, was.path, was.text, was.drawn)
    if was.confirmed:
        edits.confirmed.add(was.path)
    if was.proposed is not None:
        edits.proposed[was.path] = was.proposed
    table = _table_of(extracted, was.path)
    if table is None:
        return
    rows = edits.rows(extracted, table)
    while len(rows) > was.lines and not any(rows[-1].values()):
        rows.pop()
    edits.set_rows(extracted, table, rows)


def _table_of(extracted: BaseModel, path: str) -> Table | None:
    """The table that ``path`` leads into; ``None`` for a header field."""
    place = Path.parse(path)
    return type_of(extracted).table(place.table) if place.is_cell else None
