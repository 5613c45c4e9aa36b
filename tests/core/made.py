"""Documents that tests make: PDFs by PyMuPDF, pictures by Pillow."""

from __future__ import annotations

import io
from typing import Any

import pymupdf
from PIL import Image, ImageDraw, ImageFont

from core.invoice.model import Invoice
from core.schema.path import Path

LINES = ("Invoice 2024-117", "Date 06.05.2024", "Consulting 12,50 EUR", "Total 1.234,56 EUR")


def pdf_of(*pages: tuple[str, ...], **save: Any) -> bytes:
    """A PDF with one page (595 × 842) per tuple of text lines; ``save`` goes to PyMuPDF's ``tobytes``."""
    pdf = pymupdf.open()
    for lines in pages:
        page = pdf.new_page(width=595, height=842)
        for number, line in enumerate(lines):
            page.insert_text((72, 100 + 24 * number), line, fontsize=14)
    data: bytes = pdf.tobytes(**save)
    return data


def picture_of(lines: tuple[str, ...] = LINES, size: tuple[int, int] = (900, 500)) -> Image.Image:
    """A white picture with black lines of text, 60 pixels apart, from (60, 40) on."""
    image = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        pen.text((60, 40 + 60 * number), line, fill="black", font=ImageFont.load_default(32))
    return image


def typeset(*lines: str) -> Image.Image:
    """A picture (200 dpi) of lines in a font that has every letter."""
    from core.documents.opening import open_document

    pdf = pymupdf.open()
    page = pdf.new_page(width=420, height=60 + 30 * len(lines))
    for number, line in enumerate(lines):
        page.insert_htmlbox(pymupdf.Rect(30, 30 + 30 * number, 400, 60 + 30 * number), line)
    return open_document(pdf.tobytes(), "a.pdf").page(1).render(200).image


def encoded(image: Image.Image, form: str, **save: Any) -> bytes:
    """``image`` as the bytes of a file."""
    out = io.BytesIO()
    image.save(out, form, **save)
    return out.getvalue()


def scan_of(image: Image.Image) -> bytes:
    """A PDF whose one page (595 points wide) is nothing but ``image``."""
    pdf = pymupdf.open()
    height = 595 * image.height / image.width
    page = pdf.new_page(width=595, height=height)
    page.insert_image(page.rect, stream=encoded(image, "PNG"))
    data: bytes = pdf.tobytes()
    return data


def with_value(invoice: Invoice, path: str, value: Any) -> Invoice:
    """A copy of an invoice with ``value`` (validated) at ``path``."""
    place, data = Path.parse(path), invoice.model_dump()
    holder = data[place.table][place.row] if place.is_cell else data
    holder[place.field] = value
    return Invoice.model_validate(data)
