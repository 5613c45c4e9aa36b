"""An e-invoice's XML against its page: what the page shows otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from rapidfuzz import fuzz

from core.evidence import Evidence
from core.extraction import Finding
from core.invoice.document_type import INVOICE, item_path
from core.invoice.model import Invoice
from core.schema.fields import FieldInfo

#: Texts at least this similar (letters and case aside) are the same name or address.
_SAME_TEXT = 85.0
#: Of what many invoices lack, another account alone is a reason to ask: the rest is often worded otherwise.
_ACCOUNT = "iban"


def compare_with_page(invoice: Invoice, page_view: Invoice, evidence: Mapping[str, Evidence]) -> list[Finding]:
    """Findings for each header value of ``invoice`` (from XML) that stands nowhere on the page while ``page_view``
    (what was read there) has another, and for required values that only the
    page has. The page's value is proposed."""
    findings = [finding for info in INVOICE.header for finding in _compare(info, invoice, page_view, evidence)]
    return [*findings, *_compare_lines(invoice, page_view, evidence)]


def _compare_lines(invoice: Invoice, page_view: Invoice, evidence: Mapping[str, Evidence]) -> Iterator[Finding]:
    """Prices and quantities of lines that the page prints otherwise, where both have the same lines."""
    if len(invoice.line_items) != len(page_view.line_items):
        return
    for position, (ours, theirs) in enumerate(zip(invoice.line_items, page_view.line_items, strict=True)):
        if ours.total_price is None or ours.total_price != theirs.total_price:
            continue
        for name in ("quantity", "unit_price"):
            path, stated, shown = item_path(position, name), getattr(ours, name), getattr(theirs, name)
            if None not in (stated, shown) and path not in evidence and not _same(stated, shown):
                title = f"Line {position + 1} {INVOICE.field_of(path).title.lower()}"
                sentence = f"{title}: the XML says “{stated}”, the page shows “{shown}”."
                yield Finding("xml_page", "warning", sentence, (path,), f"{shown:f}")


def _compare(
    info: FieldInfo, invoice: Invoice, page_view: Invoice, evidence: Mapping[str, Evidence]
) -> Iterator[Finding]:
    ours, theirs = getattr(invoice, info.name), getattr(page_view, info.name)
    if theirs is None or info.name in evidence or (info.secondary and info.name != _ACCOUNT):
        return
    if ours is None and info.required:
        sentence = f"{info.title}: the XML has none; the page shows “{theirs}”."
        yield Finding("xml_page", "info", sentence, (info.name,), str(theirs))
    elif ours is not None and not _same(ours, theirs):
        sentence = f"{info.title}: the XML says “{ours}”, the page shows “{theirs}”."
        yield Finding("xml_page", "warning", sentence, (info.name,), str(theirs))


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return abs(one) == abs(other)
    if isinstance(one, str) and isinstance(other, str):
        return fuzz.token_sort_ratio(one.casefold(), other.casefold()) >= _SAME_TEXT
    return bool(one == other)
