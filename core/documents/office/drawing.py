"""HTML drawn as pages. Nothing is fetched for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: The page, in points: A4, and its margin.
_SHORT, _LONG, _MARGIN = 595.0, 842.0, 36.0
_CSS = """
body { font-family: sans-serif; font-size: 10px; }
table { border-collapse: collapse; margin-bottom: 6px; }
td, th { border: 0.5px solid #bbbbbb; padding: 2px 4px; vertical-align: top; text-align: left; }
table.tabs td { border: none; padding-right: 18px; }
p { margin: 2px 0 4px 0; }
h1 { font-size: 16px; } h2 { font-size: 14px; } h3 { font-size: 12px; }
img { max-width: 100%; }
"""


@dataclass(frozen=True, slots=True)
class Sheet:
    """HTML that begins on a page of its own; ``wide`` pages lie on their side. ``css`` is added to the usual one."""

    html: str
    wide: bool = False
    css: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """What a writer made of a file. ``lacks_values`` says that formulas have none."""

    sheets: Sequence[Sheet]
    remarks: Sequence[str] = ()
    trouble: str = ""
    lacks_values: bool = False


def draw(sheets: Sequence[Sheet], out: Path, most: int) -> None:
    """Draw the pages of ``sheets`` into a PDF, one more than ``most`` at most. Nothing is fetched for them."""
    import pymupdf

    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    writer = pymupdf.DocumentWriter(str(out))
    pages = 0
    for sheet in sheets:
        paper = pymupdf.Rect(0, 0, *((_LONG, _SHORT) if sheet.wide else (_SHORT, _LONG)))
        frame = pymupdf.Rect(_MARGIN, _MARGIN, paper.width - _MARGIN, paper.height - _MARGIN)
        story: Any = pymupdf.Story(f"<html><body>{sheet.html}</body></html>", user_css=_CSS + sheet.css)
        more = True
        while more and pages <= most:
            device = writer.begin_page(paper)
            more = bool(story.place(frame)[0])
            story.draw(device)
            writer.end_page()
            pages += 1
    writer.close()
