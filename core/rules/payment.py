"""What of the total is paid already and what is left, where the page labels it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from core.rules.sums import Sum

#: From this score on, a label beside an amount is believed without arithmetic.
_LIKELY = 0.5


def read_payment(total: Decimal | None, sums: Sequence[Sum]) -> dict[str, Sum]:
    """The labelled amounts paid and due, by field, that make up ``total``; else what is labelled as due, where it is not more
    than the total. A till's cash and change are no payment of an invoice: nothing is due after them."""
    if not total:
        return {}
    dues = [found for found in sums if found.kind == "amount_due" and not found.weak]
    for paid in (found for found in sums if found.kind == "paid" and found.value):
        left = next((due for due in dues if abs(paid.value) + abs(due.value) == abs(total)), None)
        if left is not None:
            due = total - abs(paid.value).copy_sign(total)
            return {"paid_amount": replace(paid, value=abs(paid.value)), "amount_due": replace(left, value=due)}
    best = max(dues, key=lambda found: found.score, default=None)
    if best is not None and best.score >= _LIKELY and 0 <= best.value <= total:
        return {"amount_due": best}
    return {}
