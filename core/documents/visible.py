"""Text that a page carries and nobody can see: white on white, drawn invisibly, tiny, off the page, under a picture. It is
no part of the document: whoever reads it instead of a person could be told anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median
from typing import TYPE_CHECKING, Any

from core.documents.base import Page
from core.errors import DocumentError
from core.evidence import Word

if TYPE_CHECKING:
    from PIL.Image import Image

#: The page is drawn at this resolution to see which words leave ink.
_DPI = 72
#: Within a word's box some pixels differ by more than this (0 to 255) from others, in one colour at least: there is ink.
_CONTRAST = 24
#: Words lower than this share of the usual one, and than this in 1/72 inch, are not for reading.
_TINY_SHARE, _TINY = 0.4, 3.2
#: So much of a word's height is left off above and below: a rule that runs past is no ink of the word.
_TRIM = 0.15


def visible(page: Page, words: Sequence[Word]) -> list[bool]:
    """Whether each of ``words``, the page's own text, can be seen on it. Dots and dashes, which leave little ink and say
    nothing, always pass, and everything does on a page that cannot be drawn."""
    if not words:
        return []
    try:
        picture = page.render(_DPI)
        covered = page.covered()
    except DocumentError:
        return [True] * len(words)
    small = min(_TINY, _TINY_SHARE * median(map(_print_size, words)))
    drawn = _drawn(words, picture.image.convert("RGB"), picture.scale)
    return [
        not any(map(str.isalnum, word.text))
        or (has_ink and _print_size(word) >= small and not any(box.contains(*word.box.center) for box in covered))
        for word, has_ink in zip(words, drawn, strict=True)
    ]


def _print_size(word: Word) -> float:
    """How high the letters of a word are, whether it runs across the page or up it."""
    return min(word.box.width, word.box.height) if len(word.text) > 1 else word.box.height


def _drawn(words: Sequence[Word], image: Image, scale: float) -> Iterator[bool]:
    """Whether each word's box shows anything but one colour."""
    for word in words:
        x0, y0, x1, y1 = (side * scale for side in word.box)
        trim = _TRIM * (y1 - y0)
        left, right = max(0, int(x0)), min(image.width, int(x1) + 1)
        top, bottom = max(0, int(y0 + trim)), min(image.height, int(y1 - trim) + 1)
        if left >= right or top >= bottom:
            yield False
            continue
        colours: Any = image.crop((left, top, right, bottom)).getextrema()
        yield any(most - least > _CONTRAST for least, most in colours)
