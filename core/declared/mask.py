"""What a value looks like, as a mask that a person can write: ``A`` is a letter, ``9`` a digit, ``X`` either, ``+`` behind one
of them more of the same; every other character stands for itself (``A+-9999`` is met by ``INV-2024``).

A mask is no regular expression: it cannot be wrong, and a text is tried against it in one pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import groupby

_CLASSES: dict[str, Callable[[str], bool]] = {"A": str.isalpha, "9": str.isdigit, "X": str.isalnum}
_BLANKS = re.compile(r"\s+")


def fits(mask: str, text: str) -> bool:
    """Whether ``text`` is as ``mask`` says; blanks do not count."""
    items = _items(mask)
    reached = {0}
    for char in _BLANKS.sub("", text):
        after = {at + 1 for at in reached if at < len(items) and _meets(items[at][0], char)}
        after |= {at for at in reached if at and items[at - 1][1] and _meets(items[at - 1][0], char)}
        if not after:
            return False
        reached = after
    return len(items) in reached


def mask_of(text: str) -> str:
    """The mask of texts like ``text``: runs of letters and of digits may be longer or shorter, all else stays."""

    def kind(char: str) -> str:
        return "A+" if char.isalpha() else "9+" if char.isdigit() else char

    return "".join(key for key, _ in groupby(_BLANKS.sub("", text), kind))


def _items(mask: str) -> list[tuple[str, bool]]:
    """The characters of a mask, each with whether more of the same may follow."""
    items: list[tuple[str, bool]] = []
    for char in _BLANKS.sub("", mask):
        if char == "+" and items and items[-1][0] in _CLASSES:
            items[-1] = items[-1][0], True
        else:
            items.append((char, False))
    return items


def _meets(item: str, char: str) -> bool:
    known = _CLASSES.get(item)
    return known(char) if known else char.casefold() == item.casefold()
