"""What of the total is paid already and what is left, where the page labels it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from core.invoice.model import Payment
from core.rules.sums import Sum

#: From this score on, a label beside an amount is believed without arithmetic.
_LIKELY = 0.5


def read_payment(total: Decimal | None, sums: Sequence[Sum]) -> Payment:
    """The labelled amounts paid and due that make up ``total``; else what is labelled as due, where it is less than the
    total. A till's cash and change are no payment of an invoice: nothing is due after them."""
    if not total:
        return Payment()
    dues = [found for found in sums if found.kind == "amount_due" and not found.weak]
    for paid in (found.value for found in sums if found.kind == "paid" and found.value):
        if any(abs(paid) + abs(due.value) == abs(total) for due in dues):
            return Payment(paid_amount=abs(paid), amount_due=total - abs(paid).copy_sign(total))
    best = max(dues, key=lambda found: found.score, default=None)
    if best is not None and best.score >= _LIKELY and 0 <= best.value < total:
        return Payment(amount_due=best.value)
    return Payment()
