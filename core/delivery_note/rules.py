"""What judges a delivery note: it has no sums; what it says was ordered before it was delivered, and of each line how much."""

from __future__ import annotations

from collections.abc import Iterator

from core.examination.case import Examination
from core.examination.plausibility import GENERAL
from core.examination.rules import Rules
from core.extraction import Finding


def check_order(case: Examination) -> Iterator[Finding]:
    """Nothing is delivered before it was ordered."""
    ordered, sent = getattr(case.values, "order_date", None), getattr(case.values, "delivery_date", None)
    if ordered is not None and sent is not None and sent < ordered:
        sentence = f"The delivery date {sent} lies before the order date {ordered}."
        yield Finding("delivery_date", "warning", sentence, ("delivery_date", "order_date"))


def check_quantities(case: Examination) -> Iterator[Finding]:
    """Every line says how much is delivered."""
    for table in case.kind.tables:
        for at, row in enumerate(case.kind.rows(case.values, table)):
            if row.quantity is None:
                path = table.path(at, "quantity")
                yield Finding("not_found", "warning", f"Line {at + 1} has no quantity.", (path,))


RULES = Rules(checks=(*GENERAL, check_order, check_quantities))
