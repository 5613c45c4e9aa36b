"""Text that a page carries and nobody can see: white on white, drawn invisibly, tiny, off the page, under a picture. It is
not sent to a model, which would read it as if it were printed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from core.documents import Document
from core.evidence import TEXT_LAYER, PageText, Word

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

#: The page is drawn at this resolution to see which words leave ink.
_DPI = 72
#: Within a word's box some pixels differ by more than this (0 to 255) from others, in one colour at least: there is ink.
_CONTRAST = 24
#: Words lower than this share of the usual one, and than this in 1/72 inch, are not for reading.
_TINY_SHARE, _TINY = 0.4, 3.2
#: So much of a word's height is left off above and below: a rule that runs past is no ink of the word.
_TRIM = 0.15


class Seen(NamedTuple):
    """A page with the words that can be seen, and the text of those that cannot."""

    page: PageText
    hidden: str = ""


def seen(document: Document, page: PageText) -> Seen:
    """``page`` (places as it is shown) without what cannot be seen. Pages that an engine read show it all. Raises
    DocumentError."""
    if page.engine != TEXT_LAYER or not page.words:
        return Seen(page)
    shown = document.page(page.page, page.rotation)
    picture = shown.render(_DPI)
    covered = shown.covered()
    drawn = _drawn(page.words, picture.image.convert("RGB"), picture.scale)
    small = min(_TINY, _TINY_SHARE * median(map(_print_size, page.words)))
    kept: list[Word] = []
    hidden: list[str] = []
    for word, has_ink in zip(page.words, drawn, strict=True):
        tiny = _print_size(word) < small
        under = any(box.contains(*word.box.center) for box in covered)
        if has_ink and not tiny and not under:
            kept.append(word)
        else:
            hidden.append(word.text)
    return Seen(replace(page, words=tuple(kept)), " ".join(hidden)) if hidden else Seen(page)


def _print_size(word: Word) -> float:
    """How high the letters of a word are, whether it runs across the page or up it."""
    return min(word.box.width, word.box.height) if len(word.text) > 1 else word.box.height


def _drawn(words: Sequence[Word], image: Picture, scale: float) -> Iterator[bool]:
    """Whether each word's box shows anything but one colour."""
    for word in words:
        x0, y0, x1, y1 = (side * scale for side in word.box)
        trim = _TRIM * (y1 - y0)
        left, right = max(0, int(x0)), min(image.width, int(x1) + 1)
        top, bottom = max(0, int(y0 + trim)), min(image.height, int(y1 - trim) + 1)
        if left >= right or top >= bottom:
            yield False
            continue
        colours = image.crop((left, top, right, bottom)).split()
        extremes = [colour.getextrema() for colour in colours]
        yield any(most - least > _CONTRAST for least, most in extremes)  # type: ignore[operator]
