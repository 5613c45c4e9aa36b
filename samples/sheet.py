"""Drawing on PDF pages in points from the top left: text by its baseline, rectangles, lines."""

from __future__ import annotations

from functools import cache
from typing import Literal

import pymupdf

Colour = tuple[float, float, float]
Align = Literal["left", "right", "centre"]

WIDTH, HEIGHT = 595.0, 842.0
INK: Colour = (0.13, 0.14, 0.17)
GREY: Colour = (0.45, 0.47, 0.52)
PALE: Colour = (0.86, 0.87, 0.89)
WHITE: Colour = (1.0, 1.0, 1.0)


def tint(colour: Colour, share: float) -> Colour:
    """``colour`` mixed with white; ``share`` 1 is the colour itself, 0 white."""
    red, green, blue = (1 - share * (1 - part) for part in colour)
    return red, green, blue


@cache
def font(name: str) -> pymupdf.Font:
    """A built-in font by PyMuPDF's short name (``helv``, ``hebo``, ``tiro`` …)."""
    return pymupdf.Font(name)


class Sheet:
    """A PDF in the making; what is drawn goes to its last page."""

    def __init__(self, title: str, width: float = WIDTH, height: float = HEIGHT) -> None:
        self.width, self.height = width, height
        self.document = pymupdf.open()
        self.document.set_metadata({"title": title, "creator": "Extraction Studio samples", "producer": ""})
        self.add_page()

    def add_page(self) -> None:
        """Begin a new page."""
        self.page = self.document.new_page(width=self.width, height=self.height)

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return int(self.document.page_count)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 9,
        face: str = "helv",
        colour: Colour = INK,
        align: Align = "left",
    ) -> None:
        """One line of text whose baseline is at ``y``; ``x`` is its left end, right end or middle."""
        if not text:
            return
        width = font(face).text_length(text, size)
        start = x - {"left": 0.0, "right": width, "centre": width / 2}[align]
        writer = pymupdf.TextWriter(self.page.rect)
        writer.append((start, y), text, font=font(face), fontsize=size)
        writer.write_text(self.page, color=colour)

    def box(
        self, x0: float, y0: float, x1: float, y1: float, fill: Colour | None = None, edge: Colour | None = None
    ) -> None:
        """A rectangle, filled, outlined, or both."""
        self.page.draw_rect(pymupdf.Rect(x0, y0, x1, y1), color=edge, fill=fill, width=0.6 if edge else 0)

    def line(self, x0: float, y0: float, x1: float, y1: float, colour: Colour = PALE, width: float = 0.7) -> None:
        """A straight line."""
        self.page.draw_line((x0, y0), (x1, y1), color=colour, width=width)

    def mark(self, x: float, y: float, size: float, colour: Colour, shape: str) -> None:
        """A vendor's sign: ``ring``, ``leaf``, ``bars`` or ``tile``, ``size`` points square from (x, y)."""
        middle = (x + size / 2, y + size / 2)
        if shape == "ring":
            self.page.draw_circle(middle, size / 2, color=None, fill=colour)
            self.page.draw_circle((middle[0] + size * 0.1, middle[1] - size * 0.1), size * 0.24, color=None, fill=WHITE)
        elif shape == "leaf":
            self.page.draw_bezier((x, y + size), (x, y), (x + size, y), (x + size, y), color=None, fill=colour)
            self.page.draw_bezier(
                (x + size, y), (x + size, y + size), (x, y + size), (x, y + size), fill=colour, color=None
            )
        elif shape == "bars":
            for step, height in enumerate((0.45, 1.0, 0.7)):
                left = x + step * size * 0.36
                self.box(
                    left, y + size * (1 - height), left + size * 0.26, y + size, fill=tint(colour, 1 - 0.25 * step)
                )
        else:
            for column, row, share in ((0, 0, 1.0), (1, 0, 0.55), (0, 1, 0.55), (1, 1, 1.0)):
                left, top, side = x + column * size * 0.52, y + row * size * 0.52, size * 0.48
                self.box(left, top, left + side, top + side, fill=tint(colour, share))

    def data(self, **save: object) -> bytes:
        """The PDF's bytes, the same for the same drawing; ``save`` goes to PyMuPDF (encryption)."""
        self.document.subset_fonts()
        return bytes(self.document.tobytes(garbage=4, deflate=True, no_new_id=True, **save))


def wrap(text: str, width: float, size: float, face: str) -> list[str]:
    """``text`` broken into lines no wider than ``width`` points (a longer word stays whole)."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font(face).text_length(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
