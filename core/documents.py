"""Bytes to a document, a document to pages: formats, limits, rendering, text layer, attachments.

PDFs by PyMuPDF, pictures by Pillow (EXIF orientation honoured), bare e-invoice XML as a document without pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.evidence import Box, Word
from core.settings import Limits

if TYPE_CHECKING:
    from PIL.Image import Image

#: The suffixes that can be opened, with their media types.
FORMATS: dict[str, str] = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".webp": "image/webp",
    ".bmp": "image/bmp",
    ".xml": "application/xml",
}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file embedded in a PDF."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Picture:
    """A rendered page: an RGB picture and how many of its pixels make one page unit."""

    image: Image
    scale: float


class Page:
    """One page as shown, turned clockwise by ``rotation`` degrees. Sizes and boxes are in page units."""

    number: int
    rotation: int
    width: float
    height: float

    def render(self, dpi: int = 200, clip: Box | None = None) -> Picture:
        """The page (or the part inside ``clip``) as a picture. A PDF is drawn at ``dpi``; an image keeps its own pixels.
        Raises PageTooLarge."""
        raise NotImplementedError

    def preview(self, width: int) -> bytes:
        """A PNG or JPEG of the page ``width`` pixels wide, for thumbnails and the page view."""
        raise NotImplementedError

    def words(self) -> list[Word]:
        """The text layer's words in reading order; empty for an image or a page without one."""
        raise NotImplementedError


class Document:
    """An opened document. Safe to use from several threads."""

    name: str
    sha256: str
    media_type: str
    size: int
    page_count: int
    data: bytes

    def page(self, number: int, rotation: int = 0) -> Page:
        """Page ``number`` (from 1). Raises PageRangeError."""
        raise NotImplementedError

    def attachments(self) -> list[Attachment]:
        """Files embedded in the PDF (bounded by the limits); the document itself for bare XML."""
        raise NotImplementedError


def open_document(data: bytes, name: str, limits: Limits | None = None, password: str | None = None) -> Document:
    """Open a document. Raises a DocumentError whose sentence says what to do."""
    raise NotImplementedError


def parse_page_range(text: str, page_count: int) -> tuple[int, ...]:
    """``1-3,5`` as page numbers in the order given, without repeats; an empty text means all pages.
    Raises PageRangeError."""
    raise NotImplementedError
