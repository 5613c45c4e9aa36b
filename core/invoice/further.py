"""What of the values that many invoices lack is proven, and what contradicts itself: check digits, taxes by rate, amounts between
the sums, what is paid and due."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from core.extraction import Finding
from core.invoice.case import InvoiceExamination
from core.invoice.document_type import TAXES, item_path
from core.invoice.model import Invoice, LineItem, TaxLine
from core.notation.checked import is_iban, is_tax_id

#: What adding up rounded amounts may be off by; a tax that was rounded line by line also by this share of its base.
_ROUNDING, _BY_LINES = Decimal("0.02"), Decimal("0.0005")
_TAX_IDS = ("vendor_tax_id", "customer_tax_id")
_ADJUSTMENTS = ("discount", "shipping", "rounding")


def proven_further(invoice: Invoice) -> set[str]:
    """Paths of the values, among those that many invoices lack, which check digits or sums bear out."""
    paths = {name for name in _TAX_IDS if (number := getattr(invoice, name)) and is_tax_id(number)}
    if invoice.iban and is_iban(invoice.iban):
        paths.add("iban")
    if adjusted_lines_hold(invoice) or adjusted_total_holds(invoice):
        paths |= {name for name in _ADJUSTMENTS if getattr(invoice, name) is not None}
    if invoice.amount_due is not None and _due_holds(invoice):
        paths |= {"amount_due"} | ({"paid_amount"} if invoice.paid_amount is not None else set())
    rates = set()
    if taxes_hold(invoice) and all(map(_rate_holds, invoice.taxes)):
        rates = {row.rate for row in invoice.taxes}
        paths |= {TAXES.path(at, info.name) for at in range(len(invoice.taxes)) for info in TAXES.columns}
    for at, item in enumerate(invoice.line_items):
        if item.tax_rate is not None and item.tax_rate in rates:
            paths.add(item_path(at, "tax_rate"))
        if item.discount is not None and lowered_line_holds(item):
            paths.add(item_path(at, "discount"))
    return paths


def lowered_line_holds(item: LineItem) -> bool:
    """Whether quantity × unit price less the line's discount is the line total."""
    if item.discount is None or item.quantity is None or item.unit_price is None or item.total_price is None:
        return False
    return _near(abs(item.quantity * item.unit_price) - abs(item.discount), item.total_price)


def adjusted_total_holds(invoice: Invoice) -> bool:
    """Whether the subtotal with discount, charges, tax and rounding comes to the total."""
    if invoice.subtotal is None or invoice.total_amount is None or not _adjusted(invoice):
        return False
    return _near(invoice.subtotal + (invoice.tax or 0) + _adjusted(invoice), invoice.total_amount)


def adjusted_lines_hold(invoice: Invoice) -> bool:
    """Whether the lines with discount, charges and rounding come to the subtotal or to the total, with or without the tax."""
    totals = [item.total_price for item in invoice.line_items]
    if not totals or None in totals or not _adjusted(invoice):
        return False
    lines = sum((total for total in totals if total is not None), Decimal(0)) + _adjusted(invoice)
    with_tax = [lines] if invoice.tax is None else [lines, lines + invoice.tax]
    targets = [one for one in (invoice.subtotal, invoice.total_amount) if one is not None]
    return any(_near(one, target) for one in with_tax for target in targets)


def _adjusted(invoice: Invoice) -> Decimal:
    off = abs(invoice.discount or Decimal(0))
    return (invoice.shipping or Decimal(0)) + (invoice.rounding or Decimal(0)) - off


def _near(one: Decimal, other: Decimal) -> bool:
    return abs(abs(one) - abs(other)) <= _ROUNDING


def _due_holds(invoice: Invoice) -> bool:
    if invoice.total_amount is None or invoice.amount_due is None:
        return False
    paid = abs(invoice.paid_amount or Decimal(0))
    return _near(abs(invoice.total_amount) - paid, invoice.amount_due)


def taxes_hold(invoice: Invoice) -> bool:
    """Whether the rows of the table of taxes add up to the tax."""
    amounts = [row.amount for row in invoice.taxes]
    if not amounts or None in amounts or invoice.tax is None:
        return False
    return _near(sum((amount for amount in amounts if amount is not None), Decimal(0)), invoice.tax)


def _rate_holds(row: TaxLine) -> bool:
    """Whether the rate makes the tax of the base; yes where one of them is not printed."""
    if row.rate is None or row.base is None or row.amount is None:
        return True
    return abs(abs(row.base * row.rate / 100) - abs(row.amount)) <= _ROUNDING + _BY_LINES * abs(row.base)


def check_account(case: InvoiceExamination) -> Iterator[Finding]:
    """The account to pay to has the right check digits."""
    number = case.invoice.iban
    if number and not is_iban(number):
        yield Finding(
            "iban", "warning", f"The IBAN {number[:42]} has wrong check digits or the wrong length.", ("iban",)
        )


def check_taxes(case: InvoiceExamination) -> Iterator[Finding]:
    """Each rate makes its tax of its base, and all taxes together are the tax."""
    invoice = case.invoice
    for at, row in enumerate(invoice.taxes):
        if not _rate_holds(row):
            paths = tuple(TAXES.path(at, name) for name in ("amount", "base", "rate"))
            sentence = f"Tax {at + 1}: {row.rate} % of {row.base} is not {row.amount}."
            yield Finding("taxes", "warning", sentence, paths)
    amounts = [row.amount for row in invoice.taxes if row.amount is not None]
    if invoice.tax is not None and len(amounts) == len(invoice.taxes) > 0 and not taxes_hold(invoice):
        sentence = f"The taxes by rate add up to {sum(amounts, Decimal(0))}, but the tax is {invoice.tax}."
        yield Finding("taxes", "warning", sentence, (TAXES.path(0, "amount"), "tax"))


def check_due(case: InvoiceExamination) -> Iterator[Finding]:
    """The total less what is paid is what is due."""
    invoice = case.invoice
    stated = (invoice.total_amount, invoice.paid_amount, invoice.amount_due)
    if None not in stated and not case.after_tax and not _due_holds(invoice):
        sentence = f"The total {stated[0]} less {stated[1]} paid is not the {stated[2]} due."
        yield Finding("due", "warning", sentence, ("amount_due", "paid_amount", "total_amount"))
