"""Checks of single values: required ones present, on the page, well read, dates and currency plausible, bank and VAT
numbers intact."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

from core.extraction import Finding, Severity
from core.models import header_fields, walk
from core.validation.case import Case

#: Below this mean confidence of its words a value is pointed out.
LOW_OCR_CONFIDENCE = 0.75
EARLIEST = date(1990, 1, 1)


def check_required(case: Case) -> Iterator[Finding]:
    """Every required field has a value."""
    for info in header_fields():
        if info.required and getattr(case.invoice, info.name) is None:
            yield Finding("required", "error", f"{info.title} was not found on the document.", (info.name,))


def check_on_page(case: Case) -> Iterator[Finding]:
    """Every value stands on the page (nothing to say where no page was read)."""
    if not case.pages:
        return
    for path, info, value in walk(case.invoice):
        if value is None or path in case.evidence:
            continue
        known = case.provenance.get(path)
        title = _title(path, info.title)
        severity: Severity = "warning" if info.required else "info"
        if known is not None and known.derived:
            yield Finding("derived", "info", f"{title} {value} was worked out, not read: {known.rule}.", (path,))
        else:
            yield Finding("not_on_page", severity, f"{title} “{value}” does not stand on the page.", (path,))


def check_read_well(case: Case) -> Iterator[Finding]:
    """The words of every value were read with enough confidence."""
    for path, info, value in walk(case.invoice):
        found = case.evidence.get(path)
        if value is not None and found and found.ocr_confidence < LOW_OCR_CONFIDENCE:
            sentence = f"{_title(path, info.title)} “{value}” was read with only {found.ocr_confidence:.0%} confidence."
            yield Finding("ocr_confidence", "warning", sentence, (path,))


def check_dates(case: Case) -> Iterator[Finding]:
    """Dates lie between 1990 and a year from today; the due date is not before the invoice date."""
    invoice = case.invoice
    latest = case.today + timedelta(days=366)
    for info in header_fields():
        day = getattr(invoice, info.name)
        if info.kind != "date" or day is None:
            continue
        if day > latest:
            yield Finding("date", "warning", f"{info.title} {day} lies more than a year ahead.", (info.name,))
        elif day < EARLIEST:
            yield Finding("date", "warning", f"{info.title} {day} lies before {EARLIEST.year}.", (info.name,))
    if invoice.due_date and invoice.invoice_date and invoice.due_date < invoice.invoice_date:
        sentence = f"The due date {invoice.due_date} lies before the invoice date {invoice.invoice_date}."
        yield Finding("due_date", "warning", sentence, ("due_date", "invoice_date"))


def check_currency(case: Case) -> Iterator[Finding]:
    """The currency is one of ISO 4217."""
    code = case.invoice.currency
    if code is not None and code not in _currencies():
        yield Finding("currency", "error", f"“{code}” is not a currency code of ISO 4217.", ("currency",))


@cache
def _currencies() -> frozenset[str]:
    from babel.numbers import list_currencies

    return frozenset(list_currencies())


_IBAN = re.compile(r"\bIBAN\b[\s:.]*([A-Z]{2}\d{2}\s?[A-Z0-9]{4}(?:\s?[A-Z0-9]{0,3}\d[A-Z0-9]*)*)")


def check_iban(case: Case) -> Iterator[Finding]:
    """Every account number that the page calls IBAN has the right check digits."""
    if "IBAN" not in case.text:
        return
    from stdnum import iban

    for printed in dict.fromkeys(_IBAN.findall(case.text)):
        compact = re.sub(r"\s", "", printed)
        if not any(iban.is_valid(compact[:length]) for length in range(15, min(len(compact), 34) + 1)):
            sentence = f"The IBAN {printed.strip()[:42]} on the page has wrong check digits or the wrong length."
            yield Finding("iban", "warning", sentence)


_VAT_ID = re.compile(
    r"\b(?:AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK) ?"
    r"[A-Z0-9]{1,2}[\d. ]{5,12}(?:B\d{2}|[A-Z\d])\b"
)
_VAT_LABEL = re.compile(r"\b(?:ust|umsatzsteuer|vat|tva|iva|btw|partita|piva|p\.|nif|uid|cif)\b", re.IGNORECASE)
_LABEL_REACH = 40


def check_vat_id(case: Case) -> Iterator[Finding]:
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
