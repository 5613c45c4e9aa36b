"""A document as a walk needs it, as JSON values: its values, its open questions, its pages with their words.

Places are ``{"page", "at"}`` with fractions of the page. Texts are a document's words: data, never markup.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from core.evidence import Box, PageText, union
from core.extraction import Candidate, Extraction
from core.review.edits import Edits, Row, as_text
from core.review.reviewed import Reviewed
from core.review.stops import Stop, stops
from core.review.trust import trust
from core.schema.document_type import Table
from core.schema.path import Path, is_cell

#: Pages whose words go along at most; of the others they are asked for.
_PAGES_WITH_WORDS = 12
#: A digit chooses among the offers: no more than nine.
_MOST_OFFERS = 9

Json = dict[str, Any]


def walk_of(extraction: Extraction, edits: Edits, standing: Reviewed, errors: Mapping[str, str]) -> Json:
    """How the document stands with the person: its values as they now are, and what is asked."""
    now = standing.extraction
    return {
        "fields": [_value(edits, extraction, now, info.name, errors) for info in now.type.header],
        "tables": [_table(edits, extraction, now, table, errors) for table in now.type.tables],
        "stops": [_stop(now, stop) for stop in _in_order(now, stops(now))],
        "changed": sorted(standing.was),
    }


def head_of(extraction: Extraction) -> Json:
    """What a document is called."""
    kind = extraction.type
    parts = {part: as_text(extraction.value_at(name)) for part, name in kind.parts.items()}
    return {"name": extraction.name, "type": kind.title, **parts}


def pages_of(extraction: Extraction) -> list[Json]:
    """The pages that were read, with their words (text and place) in reading order."""
    texts = {text.page: text for text in extraction.page_texts}
    found = []
    for place, ref in enumerate(extraction.pages):
        text = texts.get(ref.number)
        words = _words(text) if text and place < _PAGES_WITH_WORDS else []
        about = {"number": ref.number, "rotation": ref.rotation, "words": words}
        found.append(about | {"ratio": text.height / text.width if text else None})
    return found


def _words(text: PageText) -> list[Any]:
    return [[word.text, *_at(text, word.box)] for word in text.words]


def _at(text: PageText, box: Sequence[float]) -> list[float]:
    x0, y0, x1, y1 = box
    parts = (x0 / text.width, y0 / text.height, x1 / text.width, y1 / text.height)
    return [round(part, 5) for part in parts]


def _value(edits: Edits, extraction: Extraction, now: Extraction, path: str, errors: Mapping[str, str]) -> Json:
    info, sure = now.type.field_of(path), trust(now, path)
    return {
        "path": path,
        "title": now.type.title_of(path),
        "kind": info.kind,
        "group": info.group,
        "required": now.requires(path),
        "text": edits.text_at(extraction.values, path),
        "level": "doubtful" if path in errors else sure.level,
        "words": errors.get(path, sure.words),
        "place": place_of(now, path),
    }


def _table(edits: Edits, extraction: Extraction, now: Extraction, table: Table, errors: Mapping[str, str]) -> Json:
    rows = edits.rows(extraction.values, table)
    filled = len(now.type.rows(now.values, table))
    return {
        "name": table.name,
        "title": table.title,
        "row": table.row_title,
        "columns": [{"name": info.name, "title": info.title, "kind": info.kind} for info in table.columns],
        "rows": [
            [_cell(edits, extraction, now, table.path(row, info.name), errors, rows, filled) for info in table.columns]
            for row in range(len(rows))
        ],
    }


def _cell(
    edits: Edits,
    extraction: Extraction,
    now: Extraction,
    path: str,
    errors: Mapping[str, str],
    rows: Sequence[Row],
    filled: int,
) -> Json:
    place = Path.parse(path)
    if place.row < filled:
        return _value(edits, extraction, now, path, errors)
    info = now.type.field_of(path)  # a row that holds nothing yet
    about = {"path": path, "title": now.type.title_of(path), "kind": info.kind, "group": "", "required": info.required}
    return about | {"text": rows[place.row].get(place.field, ""), "level": "absent", "words": "", "place": None}


def place_of(extraction: Extraction, path: str) -> Json | None:
    """Where the value at ``path`` stands: its evidence, else where its reader took it."""
    evidence, source = extraction.evidence.get(path), extraction.provenance.get(path)
    if evidence is not None and evidence.boxes:
        return _place(extraction, evidence.page, union(evidence.boxes))
    if source is not None and source.page is not None and source.box is not None:
        return _place(extraction, source.page, source.box)
    return None


def _place(extraction: Extraction, page: int, box: Sequence[float]) -> Json | None:
    text = next((text for text in extraction.page_texts if text.page == page), None)
    return {"page": page, "at": _at(text, Box(*box))} if text else None


def _in_order(extraction: Extraction, found: Sequence[Stop]) -> list[Stop]:
    """The header's questions in form order, then each table's column by column."""
    columns = {
        (table.name, info.name): place for table in extraction.type.tables for place, info in enumerate(table.columns)
    }
    names = [table.name for table in extraction.type.tables]

    def key(stop: Stop) -> tuple[int, int, int]:
        if stop.path is None or not is_cell(stop.path):
            return (-1, 0, 0)
        place = Path.parse(stop.path)
        return names.index(place.table), columns[place.table, place.field], place.row

    return sorted(found, key=key)


def _stop(extraction: Extraction, stop: Stop) -> Json:
    return {
        "id": stop.path or f"check:{stop.check}",
        "kind": stop.kind,
        "path": stop.path,
        "paths": list(stop.paths),
        "sentence": stop.sentence,
        "members": [
            {"name": member.name, "value": str(member.value), "path": member.path, "sign": member.sign}
            for member in stop.members
        ],
        "difference": None if stop.difference is None else str(stop.difference),
        "proposed": stop.proposed,
        "offers": list(_offers(extraction, stop)),
        "answers": list(stop.answers),
    }


def _offers(extraction: Extraction, stop: Stop) -> Iterator[Json]:
    for offer in stop.offers[:_MOST_OFFERS]:
        choice = offer.candidate
        yield {
            "path": offer.path,
            "title": extraction.type.title_of(offer.path),
            "value": choice.value,
            "label": choice.label,
            "words": choice.text,
            "place": _offered_place(extraction, choice),
        }


def _offered_place(extraction: Extraction, choice: Candidate) -> Json | None:
    if choice.page is None or choice.box is None:
        return None
    return _place(extraction, choice.page, choice.box)
