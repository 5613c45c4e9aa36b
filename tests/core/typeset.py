"""Pages of words set from plain text, for tests: columns are kept, so that what is aligned in the text is on the page."""

from __future__ import annotations

import re
from textwrap import dedent

from core.evidence import Box, PageText, Word

CHARACTER = 6.0
LINE = 14.0


def page_of(text: str, number: int = 1, confidence: float = 1.0) -> PageText:
    """A page on which every character of ``text`` is 6 units wide and every line 14 high (letters 10)."""
    words = [
        Word(
            found.group(),
            Box(found.start() * CHARACTER, row * LINE, found.end() * CHARACTER, row * LINE + 10),
            confidence,
            row,
        )
        for row, line in enumerate(dedent(text).strip("\n").split("\n"))
        for found in re.finditer(r"\S+", line)
    ]
    return PageText(number, 600, 800, tuple(words), "test")


def box_of(page: PageText, text: str) -> Box:
    """The box of the first word that is ``text``."""
    return next(word.box for word in page.words if word.text == text)
