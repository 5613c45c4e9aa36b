"""What is at stake in a review: the amount of the document times how much of it is in doubt."""

from __future__ import annotations

from decimal import Decimal

from core.extraction import Extraction
from core.review.stops import Stop, stops
from core.review.trust import sureness
from core.schema.values import is_amount

#: The amount of a document that names none: as much as a usual invoice, so that it is neither first nor last.
_UNKNOWN = Decimal(100)


def stake(extraction: Extraction) -> float:
    """The document's total (its largest amount, where it has none; of either sign) times the values of it that are likely
    wrong. 0 where nothing is asked."""
    return float(_amount(extraction)) * sum(_doubt(extraction, stop) for stop in stops(extraction))


def _amount(extraction: Extraction) -> Decimal:
    kind = extraction.type
    total = extraction.value_at(kind.total) if kind.total else None
    if total is not None and is_amount(total):
        return abs(total)
    amounts = [abs(value) for _, info, value in extraction.walk() if info.kind == "money" and value is not None]
    return max(amounts, default=_UNKNOWN)


def _doubt(extraction: Extraction, stop: Stop) -> float:
    """How likely the answer to a question is no."""
    return 1 - sureness(extraction, stop.path) if stop.kind == "doubt" and stop.path else 1.0
