"""What judges a purchase order: an invoice's sums, and that it is delivered after it was written."""

from __future__ import annotations

from collections.abc import Iterator

from core.examination import plausibility
from core.examination.rules import Rules
from core.extraction import Finding
from core.invoice.like import SUMS, LikeInvoice, confirmed_like, signs_like, summed_like


def check_delivery(case: LikeInvoice) -> Iterator[Finding]:
    """Nothing is to be delivered before it was ordered."""
    ordered, wanted = getattr(case.values, "order_date", None), getattr(case.values, "delivery_date", None)
    if ordered is not None and wanted is not None and wanted < ordered:
        sentence = f"The delivery date {wanted} lies before the order date {ordered}."
        yield Finding("delivery_date", "warning", sentence, ("delivery_date", "order_date"))


RULES = Rules(
    checks=(
        plausibility.check_required,
        *SUMS,
        plausibility.check_on_page,
        plausibility.check_dates,
        check_delivery,
        plausibility.check_currency,
        plausibility.check_read_well,
    ),
    case=LikeInvoice,
    confirmed=confirmed_like,
    summed=summed_like,
    contested=frozenset({"total_amount"}),
    signs_of=signs_like,
)
