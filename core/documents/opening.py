"""Bytes to a document, by the decoder of their kind: PDFs by PyMuPDF, pictures by Pillow (EXIF orientation honoured), bare
e-invoice XML as a document without pages, Office files and web pages by pages that are made of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import PurePath

from core.documents.base import Document
from core.documents.formats import media_type_of, remark_on
from core.documents.image import ImageDocument
from core.documents.office.converting import Converter
from core.documents.office.document import MakePages, OfficeDocument, Pages
from core.documents.pdf import PdfDocument
from core.documents.xml import XmlDocument
from core.errors import DocumentTooLarge, EmptyDocument
from core.settings import Limits


class Opener:
    """Implements :class:`core.documents.base.OpenDocument`."""

    def __init__(self, make_pages: MakePages, kept_pages: Callable[[str], str | None] = lambda sha256: None) -> None:
        """``make_pages`` makes pages of a file that has none, unless ``kept_pages`` has those that were made of it (by its SHA-256)."""
        self._make_pages = make_pages
        self._kept_pages = kept_pages

    def __call__(self, data: bytes, name: str, limits: Limits | None = None, password: str | None = None) -> Document:
        """See :class:`core.documents.base.OpenDocument`."""
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
        document = self._document_of(media_type, data, name, limits, password)
        remark = remark_on(media_type, name)
        document.remarks = (*([remark] if remark else []), *document.remarks)
        return document

    def _document_of(self, media_type: str, data: bytes, name: str, limits: Limits, password: str | None) -> Document:
        if media_type == "application/pdf":
            return PdfDocument(data, name, limits, password)
        if media_type == "application/xml":
            return XmlDocument(data, name)
        if media_type.startswith("image/"):
            return ImageDocument(data, name, media_type, limits)
        kept = self._kept_pages(hashlib.sha256(data).hexdigest())
        pages = Pages.from_json(kept) if kept else None
        pages = pages or self._make_pages(data, media_type, name, limits)
        return OfficeDocument(data, name, media_type, pages, limits)


#: Opens documents without keeping the pages that are made of some.
open_document = Opener(Converter())
