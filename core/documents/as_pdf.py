"""Pages of a document as a PDF of their own: those of a PDF as they are, pictures as a page each."""

from __future__ import annotations

from collections.abc import Sequence

from core.documents.base import Document
from core.documents.pdf import PdfDocument, reading_pdf
from core.errors import EmptyDocument

#: Pixels across of a picture in the PDF, and how large its page is: A4's width, in points.
_PIXELS, _POINTS = 2000, 595


def pdf_of(document: Document, pages: Sequence[tuple[int, int]]) -> bytes:
    """The ``pages`` (number from 1, the person's rotation) of a document as a PDF; all where none are named. Raises EmptyDocument for
    a document without pages, BrokenDocument for one that cannot be copied."""
    chosen = list(pages) or [(number, 0) for number in range(1, document.page_count + 1)]
    if not chosen:
        raise EmptyDocument(document.name, "this file has no pages that a PDF could be made of.")
    return _copied(document, chosen) if isinstance(document, PdfDocument) else _painted(document, chosen)


def _copied(document: PdfDocument, pages: Sequence[tuple[int, int]]) -> bytes:
    with reading_pdf(document.name) as pymupdf, pymupdf.open() as made:
        for number, rotation in pages:
            made.insert_pdf(document.pdf, from_page=number - 1, to_page=number - 1)
            made[-1].set_rotation((made[-1].rotation + rotation) % 360)
        data: bytes = made.tobytes(garbage=3, deflate=True)
    return data


def _painted(document: Document, pages: Sequence[tuple[int, int]]) -> bytes:
    pictures = [(document.page(number, rotation), number) for number, rotation in pages]
    with reading_pdf(document.name) as pymupdf, pymupdf.open() as made:
        for page, _ in pictures:
            height = _POINTS * page.height / page.width
            drawn = made.new_page(width=_POINTS, height=height)
            drawn.insert_image(drawn.rect, stream=page.preview(_PIXELS))
        data: bytes = made.tobytes(deflate=True)
    return data
