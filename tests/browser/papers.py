"""Documents made for the browser tests: real PDFs with known values, and files that cannot be read."""

from __future__ import annotations

import pymupdf

LINES = (
    ("Oak plank 2 m", "4", "12.50", "50.00"),
    ("Brass hinge", "10", "3.20", "32.00"),
    ("Wood glue 500 ml", "2", "9.00", "18.00"),
)
PASSWORD = "sesame"


def invoice_pdf(number: str = "WS-4711", pages: int = 1, password: str | None = None) -> bytes:
    """A clean English invoice of 100.00 net, 20.00 VAT, 120.00 total; the pages after the first are empty letters.
    With a password it is encrypted."""
    pdf = pymupdf.open()
    _draw_invoice(pdf.new_page(), number)
    for place in range(2, pages + 1):
        pdf.new_page().insert_text((72, 90), f"Terms and conditions, sheet {place}", fontsize=11)
    if password is None:
        return bytes(pdf.tobytes())
    lock = {"encryption": pymupdf.PDF_ENCRYPT_AES_256, "user_pw": password, "owner_pw": password}
    return bytes(pdf.tobytes(**lock))


def _draw_invoice(page: pymupdf.Page, number: str) -> None:
    write = page.insert_text
    write((60, 70), "Woodshed Supplies Ltd", fontsize=16, fontname="hebo")
    write((60, 88), "7 Mill Lane, Bristol BS1 4QT", fontsize=10)
    write((60, 140), "Bill to:", fontsize=10, fontname="hebo")
    write((60, 155), "Harbour Joinery", fontsize=10)
    write((60, 169), "12 Quay Street, Cardiff CF10 1AA", fontsize=10)
    write((360, 70), "INVOICE", fontsize=16, fontname="hebo")
    facts = (("Invoice number:", number), ("Invoice date:", "14 March 2026"), ("Due date:", "13 April 2026"))
    for row, (label, value) in enumerate(facts):
        write((360, 140 + 15 * row), label, fontsize=10)
        write((460, 140 + 15 * row), value, fontsize=10)
    for x, title in zip((60, 330, 400, 480), ("Description", "Quantity", "Unit price", "Amount"), strict=True):
        write((x, 240), title, fontsize=10, fontname="hebo")
    page.draw_line((60, 245), (535, 245))
    for row, cells in enumerate(LINES):
        for x, text in zip((60, 330, 400, 480), cells, strict=True):
            write((x, 262 + 18 * row), text, fontsize=10)
    sums = (("Subtotal", "GBP 100.00"), ("VAT 20%", "GBP 20.00"), ("Total", "GBP 120.00"))
    for row, (label, value) in enumerate(sums):
        write((400, 340 + 16 * row), label, fontsize=10)
        write((480, 340 + 16 * row), value, fontsize=10)
