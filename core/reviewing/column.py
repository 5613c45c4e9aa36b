"""One field over many documents: which fields have questions open, and one of them beside its value in each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from core.extraction import Extraction
from core.review.stops import stops
from core.reviewing.walk import Json
from core.schema.path import Path


class Column(NamedTuple):
    """A field of a document type (``total_amount``), or a column of one of its tables (``line_items.quantity``)."""

    type_name: str
    field: str
    type_title: str
    title: str


def columns_of(standing: Extraction) -> tuple[Column, ...]:
    """The fields and columns of a document, as it now stands, that a question is open at; each once."""
    kind = standing.type
    found: dict[str, Column] = {}
    for stop in stops(standing):
        if stop.path is None:
            continue
        place, info = Path.parse(stop.path), kind.field_of(stop.path)
        title = f"{kind.table(place.table).row_title}: {info.title.lower()}" if place.is_cell else info.title
        found.setdefault(field_of(stop.path), Column(kind.name, field_of(stop.path), kind.titles, title))
    return tuple(found.values())


def field_of(path: str) -> str:
    """The field or column that a path leads to."""
    place = Path.parse(path)
    return f"{place.table}.{place.field}" if place.is_cell else path


def counted(found: Iterable[tuple[Column, ...]]) -> list[Json]:
    """The columns of many documents, with how many have a question there; the commonest first."""
    counts = Counter(column for columns in found for column in columns)
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0].title))
    return [{**column._asdict(), "count": count} for column, count in ordered]


def cells_of(walk: Json, field: str) -> list[Json]:
    """The questions of a walk at a field or column, each with its value."""
    values = {value["path"]: value for value in _values(walk)}
    return [
        {"stop": stop, "value": values[stop["path"]]}
        for stop in walk["stops"]
        if stop["path"] in values and field_of(stop["path"]) == field
    ]


def _values(walk: Json) -> Iterable[Any]:
    yield from walk["fields"]
    for table in walk["tables"]:
        for row in table["rows"]:
            yield from row
