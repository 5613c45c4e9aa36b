"""Checks of what an invoice says beside its sums: what it usually prints is there, and its dates follow each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from core.examination import plausibility
from core.extraction import Candidate, Finding
from core.invoice.arithmetic import rounded, sum_of_lines, sums_hold
from core.invoice.case import InvoiceExamination
from core.invoice.document_type import INVOICE
from core.invoice.model import Invoice

#: Words that announce when an invoice is to be paid, in the languages we read.
_DUE = re.compile(
    r"\bdue\b|\bpay|fällig|zahl|begleich|überweis|échéance|echeance|à payer|règlement|paiement|vencim|\bvence|pagar|\bpago"
    r"|scaden|pagament|verval|betal|支払|期限"
)
#: Documents of these types name a customer and say when they are due.
_LETTERS = frozenset({"invoice", "credit note"})


def check_empty(case: InvoiceExamination) -> Iterator[Finding]:
    """What usually stands on an invoice has a value: the customer, his address, the day when it is due where the page has a
    later date, the subtotal where the page prints the sum of the lines. XML that has none says so."""
    if not case.pages or case.document_type not in _LETTERS or any(map(case.is_exact, case.provenance)):
        return
    if empty := tuple(name for name in ("customer_name", "billing_address") if getattr(case.invoice, name) is None):
        titles = " and ".join(INVOICE.field_of(name).title.lower() for name in empty)
        verb = "were" if len(empty) > 1 else "was"
        yield _empty(f"No {titles} {verb} found: type what is printed, or say that nothing is.", *empty)
    if case.invoice.due_date is None and (later := _later_date(case)):
        said = f" (“{later.label}”)" if later.label else ""
        yield _empty(f"No due date was found, but {later.value} stands on the page{said}: is it due then?", "due_date")
    lines = sum_of_lines(case.invoice)
    if case.invoice.subtotal is None and lines is not None and _is_printed_sum(case, lines):
        yield _empty(f"No subtotal was found, but {rounded(lines)}, the sum of the lines, is printed.", "subtotal")


def _empty(sentence: str, *paths: str) -> Finding:
    return Finding("not_found", "warning", sentence, paths)


def _later_date(case: InvoiceExamination) -> Candidate | None:
    """A date after the invoice's that no field has and whose line speaks of payment."""
    issued = case.invoice.invoice_date
    taken = {str(value) for _, info, value in INVOICE.walk(case.invoice) if info.kind == "date"}
    dates = case.candidates.get("due_date", ())
    later = (one for one in dates if one.value not in taken and _DUE.search(one.label.casefold()))
    return next((one for one in later if issued is not None and one.value > issued.isoformat()), None)


def _is_printed_sum(case: InvoiceExamination, lines: Decimal) -> bool:
    """Whether the sum of several lines is printed and is not the total."""
    several = len(case.invoice.line_items) > 1
    return several and not sums_hold(case.invoice) and abs(rounded(lines)) in case.amounts


def check_dates(case: InvoiceExamination) -> Iterator[Finding]:
    """Dates are plausible, and the due date is not before the invoice date. Of two dates far ahead the first is asked about."""
    invoice, latest = case.invoice, plausibility.latest_day(case)
    for finding in plausibility.check_dates(case):
        if finding.fields != ("due_date",) or not _follows(invoice, latest):
            yield finding
    if invoice.due_date and invoice.invoice_date and invoice.due_date < invoice.invoice_date:
        sentence = f"The due date {invoice.due_date} lies before the invoice date {invoice.invoice_date}."
        yield Finding("due_date", "warning", sentence, ("due_date", "invoice_date"))


def _follows(invoice: Invoice, latest: date) -> bool:
    """Whether the due date is far ahead only because the invoice's own date is, which is asked about."""
    issued, due = invoice.invoice_date, invoice.due_date
    return issued is not None and due is not None and issued > latest and abs(due - issued) <= timedelta(days=366)
