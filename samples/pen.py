"""What drawing the parts of an invoice shares: the sheet, the design, and how far down the page is filled."""

from __future__ import annotations

from decimal import Decimal

from samples.design import Design
from samples.invoices import Invoice
from samples.sheet import GREY, HEIGHT, INK, WIDTH, Align, Sheet

LEFT, RIGHT = 52.0, WIDTH - 52.0
BOTTOM = HEIGHT - 96
SMALL, NORMAL = 7.5, 9.0


class Pen:
    """Writes in one design's faces; ``y`` is how far down the current page is filled."""

    def __init__(self, sheet: Sheet, invoice: Invoice, design: Design) -> None:
        self.sheet = sheet
        self.values = invoice
        self.design = design
        self.labels = design.labels
        self.notation = design.notation
        self.y = 0.0

    def write(self, x: float, y: float, text: str, size: float = NORMAL, align: Align = "left") -> None:
        """A line in the design's plain face."""
        self.sheet.text(x, y, text, size, self.design.face, INK, align)

    def strong(self, x: float, y: float, text: str, size: float = NORMAL, align: Align = "left") -> None:
        """A line in bold."""
        self.sheet.text(x, y, text, size, self.design.bold, INK, align)

    def label(self, x: float, y: float, text: str) -> None:
        """A small bold line in the design's colour."""
        self.sheet.text(x, y, text, SMALL, self.design.bold, self.design.accent)

    def continue_head(self) -> None:
        """The head of a further page."""
        self.strong(LEFT, 52, self.values.vendor.name, 10)
        text = f"{self.labels['title']} {self.values.number}"
        self.sheet.text(RIGHT, 52, text, NORMAL, self.design.face, GREY, "right")
        self.sheet.line(LEFT, 60, RIGHT, 60, self.design.accent)
        self.y = 78


def places(value: Decimal) -> int:
    """Decimals worth printing."""
    return max(0, -int(value.normalize().as_tuple().exponent))
