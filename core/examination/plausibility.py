"""Checks of single values: required ones present, on the page, well read, dates and currency plausible, bank and VAT
numbers intact."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

from core.examination.case import Examination
from core.extraction import Finding, Severity

#: Below this mean confidence of its words a value is pointed out.
LOW_OCR_CONFIDENCE = 0.75
EARLIEST = date(1990, 1, 1)


def check_required(case: Examination) -> Iterator[Finding]:
    """Every required field has a value."""
    for info in case.kind.header:
        if info.required and getattr(case.values, info.name) is None:
            yield Finding("required", "error", f"{info.title} was not found on the document.", (info.name,))


def check_on_page(case: Examination) -> Iterator[Finding]:
    """Every value stands on the page (nothing to say where no page was read)."""
    if not case.pages:
        return
    for path, info, value in case.kind.walk(case.values):
        if value is None or path in case.evidence:
            continue
        if info.secondary and case.is_exact(path):
            continue  # XML holds much that nobody prints
        known = case.provenance.get(path)
        title = case.kind.label_of(path)
        severity: Severity = "warning" if info.required else "info"
        if known is not None and known.derived:
            yield Finding("derived", "info", f"{title} {value} was worked out, not read: {known.rule}.", (path,))
        else:
            yield Finding("not_on_page", severity, f"{title} “{value}” does not stand on the page.", (path,))


def check_read_well(case: Examination) -> Iterator[Finding]:
    """The words of every value were read with enough confidence."""
    for path, _, value in case.kind.walk(case.values):
        found = case.evidence.get(path)
        if value is not None and found and found.ocr_confidence < LOW_OCR_CONFIDENCE:
            sentence = f"{case.kind.label_of(path)} “{value}” was read with only {found.ocr_confidence:.0%} confidence."
            yield Finding("ocr_confidence", "warning", sentence, (path,))


def latest_day(case: Examination) -> date:
    """The last day that a date of a document may be: a year from today."""
    return case.today + timedelta(days=366)


def check_dates(case: Examination) -> Iterator[Finding]:
    """Dates lie between 1990 and a year from today."""
    latest = latest_day(case)
    for info in case.kind.header:
        day = getattr(case.values, info.name)
        if info.kind != "date" or day is None:
            continue
        if day > latest:
            yield Finding("date", "warning", f"{info.title} {day} lies more than a year ahead.", (info.name,))
        elif day < EARLIEST:
            yield Finding("date", "warning", f"{info.title} {day} lies before {EARLIEST.year}.", (info.name,))


def check_currency(case: Examination) -> Iterator[Finding]:
    """The currency is one of ISO 4217."""
    for info in case.kind.header:
        code = getattr(case.values, info.name) if info.kind == "currency" else None
        if code is not None and code not in _currencies():
            yield Finding("currency", "error", f"“{code}” is not a currency code of ISO 4217.", (info.name,))


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


#: The checks that hold for whatever is read: see :attr:`core.examination.rules.Rules.checks`.
GENERAL = (check_required, check_on_page, check_dates, check_currency, check_read_well, check_iban, check_vat_id)
