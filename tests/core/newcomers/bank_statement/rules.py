"""What judges a bank statement: the bookings lead from one balance to the other."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from core.examination.case import Examination
from core.examination.plausibility import GENERAL
from core.examination.rules import Rules
from core.extraction import Finding


def check_balance(case: Examination) -> Iterator[Finding]:
    """The opening balance and all bookings make the closing balance."""
    before, after = getattr(case.values, "before", None), getattr(case.values, "after", None)
    booked = [row.booked or Decimal(0) for row in getattr(case.values, "bookings", ())]
    if before is not None and after is not None and before + sum(booked) != after:
        comes_to = before + sum(booked)
        yield Finding("balance", "error", f"The bookings lead to {comes_to}, not to {after}.", ("after", "before"))


RULES = Rules(checks=(check_balance, *GENERAL))
