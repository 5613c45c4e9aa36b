"""A total against what else stands on the page beside a word for it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from core.extraction import Candidate, Finding
from core.invoice.arithmetic import ROUNDING, lines_hold, sum_of_lines, total_holds
from core.invoice.case import InvoiceExamination
from core.invoice.model import Invoice


def check_other_total(case: InvoiceExamination) -> Iterator[Finding]:
    """No other amount stands beside a word for the total, unless the lines confirm the one that was taken or the sums say
    what the other is. Subtotal and tax alone may be a part of the document's: then a larger one speaks against them."""
    total = case.invoice.total_amount
    if total is None or case.is_exact("total_amount") or lines_hold(case):
        return
    rivals = [one for one in case.candidates.get("total_amount", ()) if _contradicts(case, total, one)]
    if total_holds(case.invoice) and case.invoice.tax:
        rivals = [one for one in rivals if abs(Decimal(one.value)) > abs(total)]
    if rivals:
        largest = max(rivals, key=lambda one: abs(Decimal(one.value)))
        sentence = f"The total is {total}, but beside “{largest.label}” stands {largest.value}: choose the right one."
        yield Finding("other_total", "warning", sentence, ("total_amount",))


def _contradicts(case: InvoiceExamination, total: Decimal, other: Candidate) -> bool:
    """Whether ``other`` is announced as the total and is none of the amounts that may be called so beside it. What is due
    may be less than the total: a part of it was paid."""
    value = Decimal(other.value)
    difference = abs(value) - abs(total)
    if other.announced not in ("total_amount", "amount_due") or not value or abs(difference) <= ROUNDING:
        return False
    if other.announced == "amount_due" and difference < 0:
        return False
    known = [abs(one) for one in _amounts(case.invoice, total)]
    return all(abs(abs(value) - one) > ROUNDING for one in known) and not case.explains(difference, ROUNDING)


def _amounts(invoice: Invoice, total: Decimal) -> Iterator[Decimal]:
    lines = sum_of_lines(invoice)
    yield from (one for one in (invoice.subtotal, invoice.tax, lines) if one is not None)
    if invoice.tax is not None:
        yield total - invoice.tax
    yield from (item.total_price for item in invoice.line_items if item.total_price is not None)
