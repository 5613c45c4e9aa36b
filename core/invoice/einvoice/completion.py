"""Filling the gaps of an e-invoice from its page: some profiles (MINIMUM, BASIC WL) carry no lines and few fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from core.evidence import PageText
from core.extraction import Finding
from core.extractor import Extracted
from core.invoice.arithmetic import check_sum_of_lines
from core.invoice.case import InvoiceExamination
from core.invoice.document_type import INVOICE
from core.invoice.model import Invoice


def complete(extracted: Extracted, page: Extracted, texts: Sequence[PageText] = ()) -> Extracted:
    """``extracted`` (from XML) with what it lacks taken from ``page`` (what was read there), each value with the page's
    own provenance. An XML that has line items is whole: only its language is filled in. The page's rows are the XML's lines
    where they add up to its sums, with what ``texts`` prints beside them; others are left out, which a finding says."""
    language = extracted.language or page.language
    if extracted.values.line_items or not isinstance(extracted.values, Invoice):
        return replace(extracted, language=language)
    gaps = [info.name for info in INVOICE.header if getattr(extracted.values, info.name) is None]
    filled: dict[str, object] = {name: getattr(page.values, name) for name in gaps}
    taxes = extracted.values.taxes or page.values.taxes
    invoice = extracted.values.model_copy(update={**filled, "line_items": page.values.line_items, "taxes": taxes})
    doubt = _doubt(invoice, extracted, texts)
    if doubt:
        invoice = invoice.model_copy(update={"line_items": ()})
    present = {path for path, _, value in INVOICE.walk(invoice) if value is not None}
    taken = {path: known for path, known in page.provenance.items() if path in present - extracted.provenance.keys()}
    findings = (*extracted.findings, *doubt)
    return replace(
        extracted, values=invoice, provenance=extracted.provenance | taken, language=language, findings=findings
    )


def _doubt(invoice: Invoice, extracted: Extracted, texts: Sequence[PageText]) -> tuple[Finding, ...]:
    """The finding that says why the page's rows are not the lines of the XML, or nothing where they may be."""
    case = InvoiceExamination(invoice, texts, {}, {}, extracted.language, date.min, charges=extracted.charges)
    off = next(check_sum_of_lines(case), None)
    if off is None:
        return ()
    sentence = (
        f"The XML has no line items, and the {len(invoice.line_items)} read on the page do not add up to its sums "
        f"(difference {off.difference}): they were left out."
    )
    return (Finding("xml_lines", "warning", sentence, off.fields[1:]),)
