"""What of the total is paid already and what is left, where the page labels it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from core.rules.reading import Reading
from core.rules.sums import Sum

#: From this score on, a label beside an amount is believed without arithmetic.
_LIKELY = 0.5
#: Payments are listed within so many lines of what is due.
_NEAR = 4
_CENTS = 2


def read_payment(reading: Reading, whole: Sum | None, sums: Sequence[Sum]) -> dict[str, Sum]:
    """The labelled amounts paid and due, by field, that make up the total ``whole``; else what is labelled as due, where it is
    the total or stands below it and is less. A till's cash and change are no payment of an invoice: nothing is due after them."""
    if whole is None or not whole.value:
        return {}
    total = whole.value
    dues = [found for found in sums if found.kind == "amount_due" and not found.weak and _is_money(found)]
    for paid in (found for found in sums if found.kind == "paid" and found.value):
        left = next((due for due in dues if abs(paid.value) + abs(due.value) == abs(total)), None)
        if left is not None:
            due = total - abs(paid.value).copy_sign(total)
            return {"paid_amount": replace(paid, value=abs(paid.value)), "amount_due": replace(left, value=due)}
    fitting = [one for one in dues if one.value == total or (0 <= one.value < total and _place(one) >= _place(whole))]
    best = max(fitting, key=lambda found: found.score, default=None)
    if best is None or best.score < _LIKELY:
        return {}
    rest = _paid_of(reading, total - best.value, best) if 0 < best.value < total else None
    return {"amount_due": best} | ({"paid_amount": rest} if rest else {})


def _place(found: Sum) -> tuple[int, int]:
    return found.page, found.line


def _paid_of(reading: Reading, amount: Decimal, due: Sum) -> Sum | None:
    """The amount without a label that is the difference between total and what is ``due``, printed near it: a payment in a table
    of payments."""
    layout = reading.layouts[due.page]
    for line in layout.lines[max(due.line - _NEAR, 0) : due.line + _NEAR + 1]:
        for segment in line.segments:
            for found in reading.amounts_in(due.page, segment):
                if abs(found.value) == amount and found.decimals == _CENTS:
                    return Sum(
                        "paid", amount, found.tokens, due.page, line.index, _LIKELY, "total less what is due", ""
                    )
    return None


def _is_money(found: Sum) -> bool:
    """Whether a number is printed as money: the days of “pay within 30 days” are none."""
    return found.currency is not None or found.value.as_tuple().exponent == -2
