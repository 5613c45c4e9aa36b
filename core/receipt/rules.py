"""What judges a receipt: the sums of an invoice, which it has as well, and what is said of receipts alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from core.examination.plausibility import check_currency, check_on_page, check_read_well, check_required
from core.examination.rules import Rules
from core.extraction import Finding
from core.invoice.like import SUMS, LikeInvoice, confirmed_like, signs_like, summed_like


def check_day(case: LikeInvoice) -> Iterator[Finding]:
    """A receipt is of a day that was: what was bought is paid."""
    day = getattr(case.values, "receipt_date", None)
    if day is not None and day > case.today + timedelta(days=1):
        yield Finding(
            "date", "warning", f"Date {day} lies ahead, but a receipt is of a day that was.", ("receipt_date",)
        )


def check_tip(case: LikeInvoice) -> Iterator[Finding]:
    """A tip is a part of what was paid."""
    tip, total = getattr(case.values, "tip", None), getattr(case.values, "total_amount", None)
    if tip is not None and total is not None and (tip < 0 or tip > total):
        yield Finding("tip", "warning", f"The tip {tip} is no part of the total {total}.", ("tip", "total_amount"))


RULES = Rules(
    checks=(check_required, *SUMS, check_on_page, check_day, check_tip, check_currency, check_read_well),
    case=LikeInvoice,
    confirmed=confirmed_like,
    summed=summed_like,
    contested=frozenset({"total_amount"}),
    signs_of=signs_like,
)
