"""What CII and UBL say of the whole document: its kind by code, and what of its total is paid already."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from core.extraction import Finding
from core.invoice.einvoice.values import Paid, paid_and_due, plain_number
from core.invoice.einvoice.xml import text_at

#: Codes of UNTDID 1001 that give money back: credit notes of every kind that EN 16931 allows.
_CREDIT_NOTES = frozenset("81 83 261 262 296 308 381 396 420 458 532".split())
#: Codes of what is no invoice, though it is written in the elements of one.
_NO_INVOICES = {
    "71": "a request for payment",
    "220": "an order",
    "230": "a change of an order",
    "231": "an answer to an order",
    "270": "a delivery note",
    "310": "an offer",
    "325": "a pro forma invoice",
    "351": "a despatch advice",
    "481": "a remittance advice",
}
#: A corrected invoice: it replaces another, or takes it back where what it comes to is negative.
_CORRECTED = "384"
_CODES = ("ExchangedDocument/TypeCode", "HeaderExchangedDocument/TypeCode", "InvoiceTypeCode", "CreditNoteTypeCode")
_ORDER = "SCRDMCCBDACIOMessageStructure"
_PAID = (".//TotalPrepaidAmount", "LegalMonetaryTotal/PrepaidAmount")
_DUE = (".//DuePayableAmount", "LegalMonetaryTotal/PayableAmount")


def _code_of(root: Any) -> str | None:
    """The type code; an order that names none is one all the same."""
    return text_at(root, *_CODES) or ("220" if root.tag == _ORDER else None)


def doubt_of_code(root: Any) -> Iterator[Finding]:
    """A finding where the XML's type code says that it is no invoice: it must not pass for one."""
    if title := _NO_INVOICES.get(_code_of(root) or ""):
        sentence = f"The XML says that this is {title}, not an invoice."
        yield Finding("document_type", "warning", sentence, ("invoice_number",))


def coded_kind(root: Any, total: Decimal | None) -> str | None:
    """``invoice`` or ``credit note``, by the XML's type code or, without one, by its root; ``None`` for what is neither."""
    code = _code_of(root)
    if code in _NO_INVOICES:
        return None
    if code is None:
        return "credit note" if root.tag == "CreditNote" else "invoice"
    taken_back = code == _CORRECTED and total is not None and total < 0
    return "credit note" if code in _CREDIT_NOTES or taken_back else "invoice"


def stated_payment(root: Any, total: Decimal | None) -> Paid:
    """What is paid and what is left; nothing of an amount that cannot be read."""
    return paid_and_due(plain_number(root, *_PAID), plain_number(root, *_DUE))


#: Languages whose code of three letters does not begin with that of two, as ISO 639-2 and ebInterface write them.
_LANGUAGES = {
    "ger": "de",
    "deu": "de",
    "spa": "es",
    "cze": "cs",
    "ces": "cs",
    "pol": "pl",
    "por": "pt",
    "swe": "sv",
    "dut": "nl",
}
_LANGUAGES |= {
    "nld": "nl",
    "slv": "sl",
    "slo": "sk",
    "slk": "sk",
    "gre": "el",
    "dan": "da",
    "hun": "hu",
    "tur": "tr",
    "est": "et",
}


def language_of(code: str | None) -> str | None:
    """The ISO 639-1 code of a language that XML names by one of two or three letters."""
    named = (code or "").strip().lower()
    short = _LANGUAGES.get(named[:3], named[:2])
    return short if short.isalpha() and short.isascii() else None


def stated_language(root: Any) -> str | None:
    """The document's language where CII or UBL names it."""
    return language_of(root.findtext("ExchangedDocument/LanguageID") or root.get("languageID"))
