"""Amounts of money as the person reads them."""

from __future__ import annotations

from decimal import Decimal

#: Below this, cents say nothing.
_SMALL = Decimal("0.10")


def dollars(amount: Decimal | None) -> str:
    """US dollars: cents, and where there are few of them as many digits as say something; a dash for none."""
    if amount is None:
        return "–"
    if amount == 0 or abs(amount) >= _SMALL:
        return f"${amount:,.2f}"
    places = max(2, 1 - amount.adjusted())
    return f"${amount:.{min(places, 8)}f}"
