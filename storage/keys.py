"""Texts made comparable: for search (accents and case aside) and for telling the same invoice again."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from core.extraction import PageRef
from core.invoice.model import Invoice


def fold(text: str) -> str:
    """``text`` in lower case, without accents, its blanks single: ``Café  MÜLLER`` to ``cafe muller``."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c for c in plain if not unicodedata.combining(c) and c != "\x00")
    return " ".join(letters.encode("utf-8", "ignore").decode().split())


def match_key(invoice: Invoice) -> str | None:
    """The same for two invoices of one vendor and number, case, accents, blanks and punctuation aside; ``None`` where
    either is missing."""
    vendor, number = (_letters(text or "") for text in (invoice.vendor_name, invoice.invoice_number))
    return f"{vendor}|{number}" if vendor and number else None


def page_key(pages: Sequence[PageRef]) -> str:
    """The page numbers in order, such as ``1,2,5``: how a page was turned does not make it another one."""
    return ",".join(str(number) for number in sorted({page.number for page in pages}))


def search_terms(text: str) -> list[str]:
    """The folded words of a search, each of which must be found."""
    return fold(text).split()


def haystack(invoice: Invoice) -> str:
    """Where search looks: number, vendor and customer, folded, one a line."""
    texts = (invoice.invoice_number, invoice.vendor_name, invoice.customer_name)
    return "\n".join(fold(text) for text in texts if text)


def _letters(text: str) -> str:
    return "".join(c for c in fold(text) if c.isalnum())
