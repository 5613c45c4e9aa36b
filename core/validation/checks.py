"""The checks: one table, the strongest first. A check is a function from a case to what it noticed; to add one, write
it and name it here. Nothing is ever repaired: a finding proposes, the person decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from core.evidence import Evidence, PageText
from core.extraction import Candidate, Charge, Finding, Provenance
from core.invoice.model import Invoice
from core.validation.arithmetic import check_line_totals, check_sum_of_lines, check_tax_rate, check_total
from core.validation.case import Examination
from core.validation.plausibility import (
    check_currency,
    check_dates,
    check_empty,
    check_iban,
    check_on_page,
    check_read_well,
    check_required,
    check_vat_id,
)
from core.validation.rivals import check_other_total

#: Every check with why it stands where it does.
CHECKS: tuple[Callable[[Examination], Iterable[Finding]], ...] = (
    check_required,  # nothing can be approved without these
    check_total,  # three amounts that must agree: the strongest sign of a misread figure
    check_sum_of_lines,  # catches lost and invented lines
    check_line_totals,  # catches a misread cell
    check_tax_rate,  # catches swapped subtotal and total
    check_other_total,  # catches a total that is another amount than the page's
    check_on_page,  # a value from nowhere
    check_empty,  # what is usually printed and was not found
    check_dates,
    check_currency,
    check_read_well,  # doubtful reading without any other sign
    check_iban,  # says little of the fields, much of the document
    check_vat_id,
)


def check(
    invoice: Invoice,
    pages: Sequence[PageText],
    evidence: Mapping[str, Evidence],
    provenance: Mapping[str, Provenance],
    language: str | None,
    today: date,
    *,
    candidates: Mapping[str, Sequence[Candidate]] = MappingProxyType({}),
    charges: Sequence[Charge] = (),
    document_type: str | None = None,
) -> list[Finding]:
    """What all checks noticed, in the table's order. ``pages`` may be empty (a bare e-invoice)."""
    case = Examination(invoice, pages, evidence, provenance, language, today, candidates, charges, document_type)
    return [_toned(case, finding) for examine in CHECKS for finding in examine(case)]


def _toned(case: Examination, finding: Finding) -> Finding:
    """What XML states is not doubted for looking unusual: such a warning becomes a note. A sum that does not come out is
    told of whoever states it."""
    stated = bool(finding.fields) and all(map(case.is_exact, finding.fields))
    unusual = finding.severity == "warning" and not finding.members
    return replace(finding, severity="info") if stated and unusual else finding
