"""Bytes to a document, by the decoder of their kind: PDFs by PyMuPDF, pictures by Pillow (EXIF orientation honoured), bare
e-invoice XML as a document without pages."""

from __future__ import annotations

from pathlib import PurePath

from core.documents.base import Document
from core.documents.formats import media_type_of, remark_on
from core.documents.image import ImageDocument
from core.documents.pdf import PdfDocument
from core.documents.xml import XmlDocument
from core.errors import DocumentTooLarge, EmptyDocument
from core.settings import Limits


def open_document(data: bytes, name: str, limits: Limits | None = None, password: str | None = None) -> Document:
    """Implements :class:`core.documents.base.OpenDocument`. What it is, is told by its bytes; a suffix that says something else is one of its remarks.
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


def _document_of(media_type: str, data: bytes, name: str, limits: Limits, password: str | None) -> Document:
    if media_type == "application/pdf":
        return PdfDocument(data, name, limits, password)
    if media_type == "application/xml":
        return XmlDocument(data, name)
    return ImageDocument(data, name, media_type, limits)
