"""Dates in a run of tokens: what :mod:`core.notation.dates` finds in its text, with the tokens that print it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from core.notation.dates import dates_in
from core.page.layout import Token

_DIGIT = re.compile(r"\d")


class FoundDate(NamedTuple):
    """A date and the tokens that print it. ``sure`` is false where day and month could be swapped."""

    value: date
    tokens: tuple[Token, ...]
    sure: bool


def find_dates(tokens: Sequence[Token], month_first: bool) -> list[FoundDate]:
    """The dates in a run of tokens, from left to right."""
    text = " ".join(token.text for token in tokens)
    if text.isascii() and _DIGIT.search(text) is None:
        return []  # most runs: not worth looking for forms of dates
    return [
        FoundDate(found.value, _covered(tokens, found.start, found.end), found.sure)
        for found in dates_in(text, month_first)
    ]


def _covered(tokens: Sequence[Token], start: int, end: int) -> tuple[Token, ...]:
    at = 0
    covered = []
    for token in tokens:
        if at < end and at + len(token.text) > start:
            covered.append(token)
        at += len(token.text) + 1
    return tuple(covered)
