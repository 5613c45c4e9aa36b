"""A page choice in a person's words."""

from __future__ import annotations

import re

from core.errors import PageRangeError

_PART = re.compile(r"(\d{1,9})(?:\s*[-–—]\s*(\d{1,9}))?")


def parse_page_range(text: str, page_count: int) -> tuple[int, ...]:
    """``1-3,5`` as page numbers in the order given, without repeats; an empty text means all pages.
    Raises PageRangeError."""
    if not text.strip():
        return tuple(range(1, page_count + 1))
    chosen: dict[int, None] = {}
    for part in re.split(r"[,;]", text):
        if part.strip():
            chosen.update(dict.fromkeys(_pages_of(part.strip(), page_count)))
    if not chosen:
        raise PageRangeError(f"“{_short(text)}” names no page: write pages like 1-3,5.")
    return tuple(chosen)


def _pages_of(part: str, page_count: int) -> range:
    match = _PART.fullmatch(part)
    if match is None:
        raise PageRangeError(f"“{_short(part)}” is no page or range: write pages like 1-3,5.")
    first, last = int(match[1]), int(match[2] or match[1])
    for number in (first, last):
        check_page(number, page_count)
    return range(first, last + 1) if first <= last else range(first, last - 1, -1)


def check_page(number: int, page_count: int) -> None:
    """Raises PageRangeError unless the document has this page."""
    if not 1 <= number <= page_count:
        have = f"only pages 1 to {page_count}" if page_count > 1 else "only page 1" if page_count else "no pages"
        raise PageRangeError(f"There is no page {number}: the document has {have}.")


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
