"""A reviewed document of a vendor, as rules are learnt from and tried on it: what was read without them, and what is right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import BaseModel, TypeAdapter

from core.declared.definition import TypeDefinition
from core.document_types import type_for
from core.evidence import PageText
from core.extraction import Extraction, Provenance
from core.extractor import Extracted
from core.memory.anchors import Sheets
from core.notation import Notation
from core.notation.writing import text_of
from core.page.layout import Layout
from core.schema.document_type import DocumentType


@dataclass(frozen=True)
class Lesson:
    """``document`` is the file's SHA-256, ``pages`` its pages as read. ``read`` holds what the reader gave by itself, ``sure``
    how sure it was, ``right`` what a person changed or confirmed and what stands on the page, all by the path of header
    fields, as text in our notation. ``exact`` marks one whose values XML states. ``right_rows`` are the rows of the main table
    as a person left them who looked at one of them; ``None`` where nobody did."""

    document: str
    type_name: str
    pages: tuple[PageText, ...]
    notation: Notation
    read: Mapping[str, str]
    sure: Mapping[str, float]
    right: Mapping[str, str]
    exact: bool = False
    language: str | None = None
    right_rows: tuple[Mapping[str, str], ...] | None = None
    declared: TypeDefinition | None = None
    """What a person had added to its type."""
    answered: Mapping[str, str] | None = None
    """What a model gave, by the path of header fields, where one read it: ``read`` is then what the rules read by themselves."""

    @property
    def kind(self) -> DocumentType:
        """Its document type."""
        return type_for(self.type_name, self.declared)

    @cached_property
    def sheets(self) -> Sheets:
        """Its pages in lines."""
        return Sheets([Layout(page) for page in self.pages], self.notation)

    @cached_property
    def values(self) -> BaseModel:
        """What was read, typed."""
        return self.kind.model.model_validate(dict(self.read))

    @cached_property
    def given(self) -> Mapping[str, Any]:
        """What the model read, or the rules where none was asked, typed."""
        values = self.values if self.answered is None else self.kind.model.model_validate(dict(self.answered))
        return {info.name: getattr(values, info.name) for info in self.kind.header}

    @cached_property
    def rows(self) -> tuple[Mapping[str, Any], ...] | None:
        """The right rows, typed."""
        table = self.kind.main_table
        if self.right_rows is None or table is None:
            return None
        return tuple(table.model.model_validate(dict(row)).model_dump() for row in self.right_rows)

    @cached_property
    def truth(self) -> Mapping[str, Any]:
        """What is right, typed."""
        values = self.kind.model.model_validate(dict(self.right))
        return {name: getattr(values, name) for name in self.right}


_LESSON = TypeAdapter(Lesson)


def lesson_of(read: Extraction, reviewed: Extraction, offline: Extracted | None = None) -> Lesson:
    """What a person's review of a reading teaches: of the header fields that the person changed or confirmed, those whose
    checks hold. Where a model read it, ``offline`` is what the rules read of the same pages."""
    before, sure = unlearnt(read)
    answered = None
    if offline is not None:
        answered = {
            info.name: text_of(value) for info in read.type.header if (value := before.get(info.name)) is not None
        }
        before, sure = {info.name: getattr(offline.values, info.name, None) for info in read.type.header}, {}
    suspect = {path for finding in reviewed.findings if finding.severity == "error" for path in finding.fields}
    right = {
        info.name: text_of(value)
        for info in reviewed.type.header
        if (value := getattr(reviewed.values, info.name)) is not None
        and _is_given(reviewed, info.name)
        and info.name not in suspect
    }
    right = {name: text for name, text in right.items() if not _is_anothers(reviewed, name, text)}
    return Lesson(
        read.document,
        read.type_name,
        tuple(page.as_read() for page in read.page_texts),
        offline.notation if offline and offline.notation else read.own_notation,
        {info.name: text_of(value) for info in read.type.header if (value := before.get(info.name)) is not None},
        sure,
        right,
        any(source.exact for source in read.provenance.values()),
        offline.language if offline else read.language,
        _rows_of(reviewed),
        read.type.extension,
        answered,
    )


def _rows_of(reviewed: Extraction) -> tuple[Mapping[str, str], ...] | None:
    table = reviewed.type.main_table
    if table is None or not any(
        source.extractor == "person" and path.startswith(f"{table.name}.")
        for path, source in reviewed.provenance.items()
    ):
        return None
    rows = reviewed.type.rows(reviewed.values, table)
    return tuple({name: text_of(value) for name, value in row if value is not None} for row in rows)


def unlearnt(read: Extraction) -> tuple[dict[str, Any], dict[str, float]]:
    """The header values that the reader gave by itself, and how sure it was of each."""
    values = {info.name: getattr(read.values, info.name) for info in read.type.header}
    sure = {path: number for path, number in read.confidences.items() if path in values}
    for one in (one for one in read.learnt if one.path in values):
        values[one.path] = one.before
        sure[one.path] = 0.0
    return values, sure


def _is_given(reviewed: Extraction, path: str) -> bool:
    source: Provenance | None = reviewed.provenance.get(path)
    return source is not None and source.extractor == "person"


def _is_anothers(reviewed: Extraction, name: str, text: str) -> bool:
    """Whether a party's name or a number is also that of another field: then one of them is mistaken."""
    info = reviewed.type.field_of(name)
    if info.kind not in ("name", "identifier"):
        return False
    return any(
        text_of(getattr(reviewed.values, other.name)).casefold() == text.casefold()
        for other in reviewed.type.header
        if other.kind == info.kind and other.name != name
    )


def lesson_json(lesson: Lesson) -> str:
    """As JSON text."""
    return _LESSON.dump_json(lesson).decode()


def lesson_from(text: str) -> Lesson:
    """From its JSON text. Raises ValueError where it is none of this version."""
    return _LESSON.validate_json(text)
