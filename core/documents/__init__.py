"""Bytes to a document, a document to pages: formats, limits, rendering, text layer, attachments.

PDFs by PyMuPDF, pictures by Pillow (EXIF orientation honoured), bare e-invoice XML as a document without pages.
"""

from __future__ import annotations

from pathlib import PurePath

from core.documents.base import Attachment, Document, Page, Picture, TextLayer
from core.documents.formats import FORMATS, media_type_of, remark_on
from core.documents.image import ImageDocument
from core.documents.pdf import PdfDocument
from core.documents.ranges import parse_page_range
from core.documents.xml import XmlDocument
from core.errors import DocumentError, DocumentTooLarge, EmptyDocument
from core.settings import Limits

__all__ = [
    "FORMATS",
    "Attachment",
    "Document",
    "Page",
    "Picture",
    "TextLayer",
    "members_of",
    "open_document",
    "parse_page_range",
]


def open_document(data: bytes, name: str, limits: Limits | None = None, password: str | None = None) -> Document:
    """Open a document. What it is, is told by its bytes; a suffix that says something else is one of its remarks.
    Raises a DocumentError whose sentence says what to do."""
    limits = limits or Limits()
    name = PurePath(name.replace("\\", "/")).name or "document"
    if not data:
        raise EmptyDocument(name, "the file is empty: check that it was saved or downloaded completely.")
    if len(data) > limits.file_megabytes * 1_000_000:
        raise DocumentTooLarge(
            name,
            f"it has {len(data) / 1e6:.0f} MB and the limit is {limits.file_megabytes} MB: split it, scan it at a "
            "lower resolution, or raise the limit in the settings.",
        )
    media_type = media_type_of(data, name)
    document = _document_of(media_type, data, name, limits, password)
    remark = remark_on(media_type, name)
    document.remarks = (*([remark] if remark else []), *document.remarks)
    return document


def members_of(document: Document) -> list[Attachment]:
    """The files in a document that can be opened as documents of their own: PDFs and pictures, as a portfolio holds them.
    Invoice XML is none: it belongs to the pages that it came with."""
    return [one for one in document.attachments() if _is_member(one)]


def _is_member(attachment: Attachment) -> bool:
    try:
        return media_type_of(attachment.data, attachment.name) != "application/xml"
    except DocumentError:
        return False


def _document_of(media_type: str, data: bytes, name: str, limits: Limits, password: str | None) -> Document:
    if media_type == "application/pdf":
        return PdfDocument(data, name, limits, password)
    if media_type == "application/xml":
        return XmlDocument(data, name)
    return ImageDocument(data, name, media_type, limits)
