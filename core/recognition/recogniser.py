"""What pages are, asked of by runs and pages: their type, and the documents that they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.evidence import PageText
from core.recognition.parts import FIRST_PAGES, Numbers, Part, Read, propose_parts
from core.recognition.type_choice import choose_type
from core.schema.document_type import DocumentType
from core.schema.type_choice import TypeChoice


@dataclass(frozen=True, slots=True)
class Recogniser:
    """Tells types and parts by the words of pages. ``read`` lays pages out with their labels, ``numbers`` tells the numbers that an invoice gives
    itself: both are the offline rules'."""

    read: Read
    numbers: Numbers

    def choose(self, pages: Sequence[PageText], kinds: Sequence[DocumentType]) -> TypeChoice:
        """The one of ``kinds`` that the document on ``pages`` is of, by its first pages."""
        return choose_type(self.read(pages[:FIRST_PAGES]), kinds)

    def parts(self, pages: Sequence[PageText], kinds: Sequence[DocumentType]) -> tuple[Part, ...]:
        """The documents that ``pages`` hold, in page order."""
        return propose_parts(pages, kinds, self.read, self.numbers)
