"""A document whose pages were made of a file that has none of its own."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from typing import Protocol

from core.documents.base import Attachment
from core.documents.pdf import PdfDocument
from core.errors import BrokenDocument, TooManyPages
from core.settings import Limits


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages that were made of a file, as a PDF, with sentences on what is not as in the file."""

    pdf: bytes
    remarks: tuple[str, ...] = ()

    def to_json(self) -> str:
        """As they are kept."""
        return json.dumps({"pdf": base64.b64encode(self.pdf).decode(), "remarks": self.remarks})

    @classmethod
    def from_json(cls, text: str) -> Pages | None:
        """Kept pages; ``None`` where they cannot be read any more."""
        try:
            told = json.loads(text)
            return cls(base64.b64decode(told["pdf"], validate=True), tuple(map(str, told["remarks"])))
        except (ValueError, KeyError, TypeError, binascii.Error):
            return None


class MakePages(Protocol):
    """Makes pages of a file."""

    def __call__(self, data: bytes, kind: str, name: str, limits: Limits) -> Pages:
        """The pages of a file of the media type ``kind``. Raises DocumentError."""


class OfficeDocument(PdfDocument):
    """A text, a table or a web page by the pages that were made of it. Its bytes and its SHA-256 are those of the file."""

    def __init__(self, data: bytes, name: str, media_type: str, pages: Pages, limits: Limits) -> None:
        """Raises a DocumentError when the pages are beyond ``limits``."""
        try:
            super().__init__(pages.pdf, name, limits)
        except TooManyPages:
            raise
        except BrokenDocument as error:
            raise BrokenDocument(name, "no pages could be made of this file: save it as PDF and add that.") from error
        self.media_type = media_type
        self.data = data
        self.size = len(data)
        self.sha256 = hashlib.sha256(data).hexdigest()
        self.remarks = pages.remarks
        self.made_pages = pages.to_json()

    def attachments(self) -> list[Attachment]:
        """There are none: what is embedded in the file is not looked into."""
        return []
