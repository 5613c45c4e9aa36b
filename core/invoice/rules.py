"""What judges an invoice: its checks, the strongest first, and what its sums say of its values. To add a check, write a
function from a case to what it noticed and name it here."""

from __future__ import annotations

from decimal import Decimal

from core.examination.plausibility import (
    check_currency,
    check_iban,
    check_on_page,
    check_read_well,
    check_required,
    check_vat_id,
)
from core.examination.rules import Check, Rules
from core.invoice.arithmetic import (
    HIGHEST_TAX_SHARE,
    check_line_totals,
    check_sum_of_lines,
    check_tax_rate,
    check_total,
    confirmed,
    summed,
)
from core.invoice.case import InvoiceExamination
from core.invoice.further import check_account, check_due, check_taxes
from core.invoice.model import Invoice
from core.invoice.page_view import compare_with_page
from core.invoice.plausibility import check_dates, check_empty
from core.invoice.rivals import check_other_total

#: Every check with why it stands where it does.
CHECKS: tuple[Check, ...] = (
    check_required,  # nothing can be approved without these
    check_total,  # three amounts that must agree: the strongest sign of a misread figure
    check_sum_of_lines,  # catches lost and invented lines
    check_line_totals,  # catches a misread cell
    check_tax_rate,  # catches swapped subtotal and total
    check_taxes,  # the same of each rate
    check_due,  # a payment that was misread
    check_account,  # money to a wrong account is gone
    check_other_total,  # catches a total that is another amount than the page's
    check_on_page,  # a value from nowhere
    check_empty,  # what is usually printed and was not found
    check_dates,
    check_currency,
    check_read_well,  # doubtful reading without any other sign
    check_iban,  # says little of the fields, much of the document
    check_vat_id,
)


def signs_of(name: str, value: object, invoice: Invoice) -> dict[str, float]:
    """``big_tax`` of a tax that is more of the total than any rate we know."""
    if name != "tax" or not isinstance(value, Decimal) or not invoice.total_amount:
        return {}
    return {"big_tax": 1.0} if abs(value / invoice.total_amount) > HIGHEST_TAX_SHARE else {}


RULES = Rules(
    checks=CHECKS,
    case=InvoiceExamination,
    confirmed=confirmed,
    summed=summed,
    contested=frozenset({"total_amount"}),
    signs_of=signs_of,
    compare_with_page=compare_with_page,
)
