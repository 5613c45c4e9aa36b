"""Several invoices in one choice of pages: told of, since only the person can say how the pages belong together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from core.extraction import Finding
from core.recognition.parts import OwnNumbers
from core.rules.header import Candidate, read_header
from core.rules.reading import Reading

#: A number is taken for the page's own from this score on: it stands beside or beneath a label that means nothing else.
_SURE = 0.75


def find_several(candidates: Sequence[Candidate]) -> Finding | None:
    """A finding where pages carry different invoice numbers. A number that stands on both pages joins them: an invoice
    repeats its own, and names those of others."""
    numbers: dict[int, set[str]] = {}
    for found in _sure(candidates):
        numbers.setdefault(found.page, set()).add(str(found.value))
    pages = sorted(numbers)
    for first, second in pairwise(pages):
        if not numbers[first] & numbers[second]:
            one, other = min(numbers[first]), min(numbers[second])
            sentence = (
                f"These pages seem to hold several invoices ({one} and {other}): split them into groups of pages and "
                "extract each by itself."
            )
            return Finding("several", "error", sentence, ("invoice_number",))
    return None


def own_numbers(reading: Reading) -> OwnNumbers:
    """The numbers that an invoice gives itself on the pages of ``reading``."""
    chosen, candidates = read_header(reading)
    likeliest = chosen.get("invoice_number")
    return OwnNumbers(
        frozenset(str(found.value) for found in _sure(candidates)), str(likeliest.value) if likeliest else ""
    )


def _sure(candidates: Iterable[Candidate]) -> Iterator[Candidate]:
    return (found for found in candidates if found.field == "invoice_number" and found.score >= _SURE)
