"""A document as rules are tried on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pydantic import BaseModel

from core.document_types import type_of
from core.evidence import PageText
from core.extractor import Extracted
from core.matching.choice import Search
from core.memory.anchors import Sheets
from core.memory.lessons import Lesson
from core.notation import Notation
from core.notation.folding import squeeze
from core.page.layout import Layout
from core.schema.document_type import DocumentType
from core.schema.fields import FieldInfo


@dataclass(frozen=True)
class Subject:
    """A document as rules are tried on it: its pages and what the reader gave by itself."""

    values: BaseModel
    pages: Sequence[PageText]
    sheets: Sheets
    language: str | None = None

    @cached_property
    def kind(self) -> DocumentType:
        """Its document type."""
        return type_of(self.values)

    def info(self, field: str) -> FieldInfo | None:
        """The header field of this name; ``None`` where a document of this type has none."""
        return next((info for info in self.kind.header if info.name == field), None)

    @cached_property
    def search(self) -> Search:
        """Its pages, searched."""
        return Search(self.pages, self.kind)

    @cached_property
    def text(self) -> str:
        """The letters and digits of its pages."""
        return squeeze(" ".join(word.text for page in self.pages for word in page.words))


def subject_of(extracted: Extracted, pages: Sequence[PageText]) -> Subject:
    """What the reader gave of ``pages``."""
    layouts = extracted.layouts or [Layout(page) for page in pages]
    return Subject(extracted.values, pages, Sheets(layouts, extracted.notation or Notation()), extracted.language)


def subject_of_lesson(lesson: Lesson) -> Subject:
    """A kept document."""
    return Subject(lesson.values, lesson.pages, lesson.sheets, lesson.language)
