"""What only receipts print, read without a model: the time of day, the shop's address, by how much the total was rounded."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.page.layout import Token
from core.rules.extractor import Drafting
from core.rules.header import Candidate
from core.rules.letterhead import address_below

_TIME = re.compile(r"(?<![\d:])(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?![\d:])(?:\s?[AaPp]\.?[Mm]\b\.?)?")
_HALF = re.compile(r"[AaPp]\.?[Mm]\.?")
#: From this score on an amount is believed to be what its word says.
_LIKELY = 0.5


def read_more(draft: Drafting) -> None:
    """Takes what an invoice has no field for."""
    _take_time(draft)
    _take_address(draft)
    roundings = [found for found in draft.totals.candidates if found.kind == "rounding" and found.score > _LIKELY]
    if roundings and "rounding" not in draft.values:
        best = max(roundings, key=lambda found: found.score)
        draft.take("rounding", best.value, best)


def _take_time(draft: Drafting) -> None:
    """The time of day: the one on the date's line before any other."""
    day = draft.header.get("invoice_date")
    times = list(_times(draft))
    if not times:
        return

    def apart(found: tuple[int, Token, str, tuple[Token, ...]]) -> float:
        page, token, _, _ = found
        return abs(token.y0 - day.tokens[0].y0) if day and day.page == page else float("inf")

    page, _, text, tokens = min(times, key=apart)
    draft.take("receipt_time", text, Candidate("receipt_time", text, tokens, page, 0.8, "time of day", ""))


def _times(draft: Drafting) -> Iterator[tuple[int, Token, str, tuple[Token, ...]]]:
    for page, layout in enumerate(draft.reading.layouts):
        for segment in layout.segments:
            for token, after in zip(segment.tokens, (*segment.tokens[1:], None), strict=False):
                if found := _TIME.search(token.text):
                    half = after if after and _HALF.fullmatch(after.text) else None
                    text = f"{found[0]} {half.text}" if half else found[0]
                    yield page, token, text, (token, half) if half else (token,)


def _take_address(draft: Drafting) -> None:
    name = next((name for name in draft.names if name.text == draft.values.get("vendor_name")), None)
    found = address_below(draft.reading, name) if name else None
    if name and found:
        why = Candidate("vendor_address", found.text, found.tokens, name.page, 0.7, "below the name", "")
        draft.take("vendor_address", found.text, why)
