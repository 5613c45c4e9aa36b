"""Pages for the rules' tests, written as lines of text: ``|`` parts cells and ``@300`` says where one begins."""

from __future__ import annotations

from core.evidence import TEXT_LAYER, Box, PageText, Word
from core.extractor import Extracted
from core.rules.extractor import read_invoice
from core.rules.lexicon import load_lexicon
from core.rules.reading import Reading

_WIDTH = 5.2
_HEIGHT = 12.0
_STEP = 14.0


def page(
    text: str,
    *,
    number: int = 1,
    width: float = 595,
    height: float = 842,
    top: float = 40,
    slope: float = 0.0,
    engine: str = TEXT_LAYER,
) -> PageText:
    """A page whose lines follow each other closely. A cell that begins with ``!`` is large print."""
    words: list[Word] = []
    for row, line in enumerate(text.strip("\n").split("\n")):
        for cell in line.split("|"):
            x, shown = _place(cell.strip())
            scale = 1.8 if shown.startswith("!") else 1.0
            for word in shown.lstrip("!").split():
                end = x + len(word) * _WIDTH * scale
                y = top + row * _STEP + slope * x
                words.append(Word(word, Box(x, y, end, y + _HEIGHT * scale), 1.0 if engine == TEXT_LAYER else 0.95))
                x = end + 0.6 * _WIDTH * scale
    return PageText(number, width, height, tuple(words), engine)


def _place(cell: str) -> tuple[float, str]:
    if not cell.startswith("@"):
        return 50.0, cell
    x, _, shown = cell[1:].partition(" ")
    return float(x), shown


def read(*texts: str) -> Extracted:
    """What the rules read from pages of ``texts``."""
    return read_invoice([page(text, number=number) for number, text in enumerate(texts, 1)])


def reading(text: str, engine: str = TEXT_LAYER) -> Reading:
    """A page prepared for the readers of single fields."""
    return Reading([page(text, engine=engine)], load_lexicon())
