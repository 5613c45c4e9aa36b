"""Checks of single values: required ones present, on the page, well read, dates and currency plausible, bank and VAT
numbers intact."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from core.extraction import Candidate, Finding, Severity
from core.invoice.document_type import INVOICE
from core.invoice.model import Invoice
from core.validation.arithmetic import rounded, sum_of_lines, sums_hold
from core.validation.case import Examination

#: Below this mean confidence of its words a value is pointed out.
LOW_OCR_CONFIDENCE = 0.75
EARLIEST = date(1990, 1, 1)


def check_required(case: Examination) -> Iterator[Finding]:
    """Every required field has a value."""
    for info in INVOICE.header:
        if info.required and getattr(case.invoice, info.name) is None:
            yield Finding("required", "error", f"{info.title} was not found on the document.", (info.name,))


#: Words that announce when an invoice is to be paid, in the languages we read.
_DUE = re.compile(
    r"\bdue\b|\bpay|fällig|zahl|begleich|überweis|échéance|echeance|à payer|règlement|paiement|vencim|\bvence|pagar|\bpago"
    r"|scaden|pagament|verval|betal|支払|期限"
)
#: Documents of these types name a customer and say when they are due.
_LETTERS = frozenset({"invoice", "credit note"})


def check_empty(case: Examination) -> Iterator[Finding]:
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


def _later_date(case: Examination) -> Candidate | None:
    """A date after the invoice's that no field has and whose line speaks of payment."""
    issued = case.invoice.invoice_date
    taken = {str(value) for _, info, value in INVOICE.walk(case.invoice) if info.kind == "date"}
    dates = case.candidates.get("due_date", ())
    later = (one for one in dates if one.value not in taken and _DUE.search(one.label.casefold()))
    return next((one for one in later if issued is not None and one.value > issued.isoformat()), None)


def _is_printed_sum(case: Examination, lines: Decimal) -> bool:
    """Whether the sum of several lines is printed and is not the total."""
    several = len(case.invoice.line_items) > 1
    return several and not sums_hold(case.invoice) and abs(rounded(lines)) in case.amounts


def check_on_page(case: Examination) -> Iterator[Finding]:
    """Every value stands on the page (nothing to say where no page was read)."""
    if not case.pages:
        return
    for path, info, value in INVOICE.walk(case.invoice):
        if value is None or path in case.evidence:
            continue
        known = case.provenance.get(path)
        title = _title(path, info.title)
        severity: Severity = "warning" if info.required else "info"
        if known is not None and known.derived:
            yield Finding("derived", "info", f"{title} {value} was worked out, not read: {known.rule}.", (path,))
        else:
            yield Finding("not_on_page", severity, f"{title} “{value}” does not stand on the page.", (path,))


def check_read_well(case: Examination) -> Iterator[Finding]:
    """The words of every value were read with enough confidence."""
    for path, info, value in INVOICE.walk(case.invoice):
        found = case.evidence.get(path)
        if value is not None and found and found.ocr_confidence < LOW_OCR_CONFIDENCE:
            sentence = f"{_title(path, info.title)} “{value}” was read with only {found.ocr_confidence:.0%} confidence."
            yield Finding("ocr_confidence", "warning", sentence, (path,))


def check_dates(case: Examination) -> Iterator[Finding]:
    """Dates lie between 1990 and a year from today; the due date is not before the invoice date."""
    invoice = case.invoice
    latest = case.today + timedelta(days=366)
    for info in INVOICE.header:
        day = getattr(invoice, info.name)
        if info.kind != "date" or day is None:
            continue
        if day > latest and not (info.name == "due_date" and _follows(invoice, latest)):
            yield Finding("date", "warning", f"{info.title} {day} lies more than a year ahead.", (info.name,))
        elif day < EARLIEST:
            yield Finding("date", "warning", f"{info.title} {day} lies before {EARLIEST.year}.", (info.name,))
    if invoice.due_date and invoice.invoice_date and invoice.due_date < invoice.invoice_date:
        sentence = f"The due date {invoice.due_date} lies before the invoice date {invoice.invoice_date}."
        yield Finding("due_date", "warning", sentence, ("due_date", "invoice_date"))


def _follows(invoice: Invoice, latest: date) -> bool:
    """Whether the due date is far ahead only because the invoice's own date is, which is asked about."""
    issued, due = invoice.invoice_date, invoice.due_date
    return issued is not None and due is not None and issued > latest and abs(due - issued) <= timedelta(days=366)


def check_currency(case: Examination) -> Iterator[Finding]:
    """The currency is one of ISO 4217."""
    code = case.invoice.currency
    if code is not None and code not in _currencies():
        yield Finding("currency", "error", f"“{code}” is not a currency code of ISO 4217.", ("currency",))


@cache
def _currencies() -> frozenset[str]:
    from babel.numbers import list_currencies

    return frozenset(list_currencies())


_IBAN = re.compile(r"\bIBAN\b[\s:.]*([A-Z]{2}\d{2}\s?[A-Z0-9]{4}(?:\s?[A-Z0-9]{0,3}\d[A-Z0-9]*)*)(?P<after>\s?\S?)")
#: What hides a part of a number: its check digits cannot be told.
_MASK = frozenset("*•●xX…#_")


def check_iban(case: Examination) -> Iterator[Finding]:
    """Every account number that the page calls IBAN has the right check digits. A masked one has none to check; a wrong one
    is a note: no field holds it."""
    if "IBAN" not in case.text:
        return
    from stdnum import iban

    for found in {one.group(1): one for one in _IBAN.finditer(case.text)}.values():
        compact = re.sub(r"\s", "", found.group(1))
        masked = found["after"].strip() in _MASK or "XX" in compact
        if not masked and not any(iban.is_valid(compact[:length]) for length in range(15, min(len(compact), 34) + 1)):
            sentence = f"The IBAN {found.group(1).strip()[:42]} on the page has wrong check digits or the wrong length."
            yield Finding("iban", "info", sentence)


_VAT_ID = re.compile(
    r"\b(?:AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK) ?"
    r"[A-Z0-9]{1,2}[\d. ]{5,12}(?:B\d{2}|[A-Z\d])\b"
)
_VAT_LABEL = re.compile(r"\b(?:ust|umsatzsteuer|vat|tva|iva|btw|partita|piva|p\.|nif|uid|cif)\b", re.IGNORECASE)
_LABEL_REACH = 40


def check_vat_id(case: Examination) -> Iterator[Finding]:
    """Every EU VAT number that the page names as one has the right form and check digits."""
    text = case.text
    printed = [
        found.group()
        for found in _VAT_ID.finditer(text)
        if _VAT_LABEL.search(text, max(found.start() - _LABEL_REACH, 0), found.start())
    ]
    if not printed:
        return
    from stdnum.eu import vat

    for number in dict.fromkeys(printed):
        compact = re.sub(r"[\s.]", "", number)
        if not any(vat.is_valid(compact[:length]) for length in range(9, len(compact) + 1)):
            yield Finding("vat_id", "info", f"The VAT number {number} on the page has wrong check digits or length.")


def _title(path: str, title: str) -> str:
    return f"Line {int(path.split('.')[1]) + 1}: {title.lower()}" if path.startswith("line_items.") else title
