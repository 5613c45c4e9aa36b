"""A bare invoice XML file: a document without pages, whose one attachment is the file itself."""

from __future__ import annotations

import hashlib
from typing import NoReturn

from core.documents.base import Attachment
from core.documents.signed import is_signed, unsigned
from core.errors import PageRangeError

_SIGNED = "The file is signed; the signature was not checked."


class XmlDocument:
    """Invoice XML. Implements :class:`core.documents.base.Document`."""

    media_type = "application/xml"
    page_count = 0
    repaired = False
    made_pages: str | None = None

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        self.data = data
        self.size = len(data)
        self.sha256 = hashlib.sha256(data).hexdigest()
        self.remarks: tuple[str, ...] = (_SIGNED,) if is_signed(data) else ()

    def page(self, number: int, rotation: int = 0) -> NoReturn:
        """There is none. Raises PageRangeError."""
        raise PageRangeError(f"There is no page {number}: invoice XML has no pages.")

    def attachments(self) -> list[Attachment]:
        """The file itself, out of its signed envelope."""
        return [Attachment(self.name, unsigned(self.data))]
