"""The files in a document that are documents of their own, as a portfolio holds them, and those in them again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from core.documents.base import Attachment, Document
from core.documents.batches import invoices_in
from core.documents.formats import media_type_of
from core.errors import DocumentError, StudioError

#: A file can hold itself a thousand times over: so many levels of files in files are read, and so many files altogether.
MOST_DEEP, MOST_MEMBERS = 4, 200


def members_of(document: Document) -> list[Attachment]:
    """The files in a document that can be opened as documents of their own: PDFs and pictures, as a portfolio holds them, and
    the invoices of an XML file that holds several. Other invoice XML is none: it belongs to the pages that it came with."""
    if document.media_type == "application/xml":
        return [invoice for one in document.attachments() for invoice in invoices_in(one)]
    return [one for one in document.attachments() if _is_member(one)]


def _is_member(attachment: Attachment) -> bool:
    try:
        return media_type_of(attachment.data, attachment.name) != "application/xml"
    except DocumentError:
        return False


@dataclass
class MemberWalk:
    """All the files in a document, at any level. ``refused`` has the places of those whose own files were not all given, each
    with the sentence that says why."""

    open_member: Callable[[bytes, str], Document]
    refused: list[tuple[Path, str]] = field(default_factory=list)
    given: int = 0

    def inside(self, document: Document, place: Path, depth: int = 1) -> Iterator[tuple[Path, Attachment]]:
        """Each file in ``document``, which stands at ``place``, followed by the files in it. One that cannot be opened has
        none: whoever reads it is told why."""
        for member in members_of(document):
            if (reason := self._reason(depth)) is not None:
                self.refused.append((place, reason))
                return
            self.given += 1
            within = place / (PurePath(member.name.replace("\\", "/")).name or "member")
            yield within, member
            try:
                opened = self.open_member(member.data, member.name)
            except StudioError:
                continue
            yield from self.inside(opened, within, depth + 1)

    def _reason(self, depth: int) -> str | None:
        """Why no file so deep is given any more."""
        if depth > MOST_DEEP:
            return f"the files in it lie more than {MOST_DEEP} files deep and were not read: open it by itself."
        if self.given >= MOST_MEMBERS:
            return f"after {MOST_MEMBERS} files within files no more were read: open it by itself."
        return None
