"""Kinds of personal and banking data that can be found in a line of text by their form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

#: Start and end of something to hide in a text.
Span = tuple[int, int]

_IBAN = re.compile(r"\b[A-Z]{2}\s?\d{2}(?:\s?[A-Z0-9]){10,30}(?![A-Za-z0-9])", re.IGNORECASE)
_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]+\s?@\s?[\w-]+(?:\.[\w-]+)+")
_INTERNATIONAL = re.compile(r"(?<![\w+])(?:\+|00)\s?\d(?:[\s()/.\-]{0,2}\d){6,14}(?!\d)")
_CALL_LABEL = (
    r"(?:tel(?:[ée]fono?|efoon|efon|efax)?|t[ée]l[ée]phone|t[ée]l[ée]copie|phone|fax|mobile?|mobil|gsm|cell|handy|電話)"
)
_LABELLED_CALL = re.compile(rf"\b{_CALL_LABEL}\b[\s.:\-]*((?:[\s()/.\-]{{0,2}}\d){{5,15}})", re.IGNORECASE)
_TAX_LABEL = (
    r"(?:vat|ust|uid|tva|iva|btw|nif|cif|nip|ein|cnpj|cpf|siret|siren|steuer|tax|codice\s+fiscale|gst|abn|登録番号)"
)
_LABELLED_TAX = re.compile(
    rf"\b{_TAX_LABEL}[\w.\-/]{{0,30}}(?:\s+(?:id|no|nr|number|reg|registration|intracom\w{{0,12}}|fiscale)){{0,4}}[\s.:#\-]{{0,10}}"
    r"([A-Z]{0,3}\s?[0-9](?:[\s./\-]?[0-9A-Z]){6,14})(?![0-9%,])",
    re.IGNORECASE,
)
#: From every word on, also from one within what another word begins (“VAT DE136695976”).
_TAX = re.compile(r"\b(?=([A-Z]{2}\s?[0-9A-Z](?:[\s.]?[0-9A-Z]){6,11}\b))")


def find_ibans(text: str) -> Iterator[Span]:
    """Account numbers whose check digits are right; where none are (a letter misread), the run that looks like one."""
    from stdnum import iban

    for match in _IBAN.finditer(text):
        ends = [end for end in range(match.end(), match.start() + 14, -1) if _word_ends(text, end)]
        valid = next((end for end in ends if iban.is_valid(text[match.start() : end])), None)
        if valid or text[match.start() : match.start() + 2].isupper():
            yield match.start(), valid or match.end()


def find_emails(text: str) -> Iterator[Span]:
    """E-mail addresses."""
    return (match.span() for match in _EMAIL.finditer(text))


def find_phones(text: str) -> Iterator[Span]:
    """International telephone numbers, and any that a label such as “Tel.” goes before."""
    yield from (match.span() for match in _INTERNATIONAL.finditer(text))
    yield from (_trimmed(text, match.span(1)) for match in _LABELLED_CALL.finditer(text))


def find_tax_ids(text: str) -> Iterator[Span]:
    """VAT numbers with right check digits, and any tax number that a label goes before."""
    from stdnum.eu import vat

    yield from (_trimmed(text, match.span(1)) for match in _LABELLED_TAX.finditer(text))
    for match in _TAX.finditer(text):
        start, last = match.span(1)
        ends = [end for end in range(last, start + 8, -1) if _word_ends(text, end)]
        if valid := next((end for end in ends if vat.is_valid(text[start:end])), None):
            yield start, valid


def find_names(text: str, names: Iterable[str]) -> Iterator[Span]:
    """Where ``names`` stand, whatever their case and blanks, also over a line's end, at a hyphen, and in JSON."""
    for name in names:
        words = name.split()
        if words:
            pattern = r"(?<!\w)" + r"(?:\s|\\n)+".join(map(_spelled, words)) + r"(?!\w)"
            yield from (match.span() for match in re.finditer(pattern, text, re.IGNORECASE))


#: What can be chosen, with the words the person sees.
KINDS: dict[str, tuple[str, Callable[[str], Iterator[Span]]]] = {
    "iban": ("Bank accounts (IBAN)", find_ibans),
    "email": ("E-mail addresses", find_emails),
    "phone": ("Telephone numbers", find_phones),
    "tax id": ("Tax and VAT numbers", find_tax_ids),
}


def _spelled(word: str) -> str:
    """A pattern for ``word``: blanks may follow its hyphens, and JSON has a backslash before a quote."""
    return re.escape(word).replace(r"\-", r"\-\s*").replace('"', r'\\?"')


def _word_ends(text: str, end: int) -> bool:
    return text[end - 1].isalnum() and (end == len(text) or not text[end].isalnum())


def _trimmed(text: str, span: Span) -> Span:
    start, end = span
    while start < end and not (text[start].isalnum() or text[start] in "(+"):
        start += 1
    return start, end
