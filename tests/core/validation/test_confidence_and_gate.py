"""Confidence grows with its parts; the gate lets through only what is sure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.evidence import Box, Evidence
from core.extraction import Finding, Provenance, Severity
from core.models import Invoice
from core.validation.confidence import score
from core.validation.gate import decide

INVOICE = Invoice(invoice_number="7", invoice_date=date(2024, 5, 1), vendor_name="Hexagon", total_amount=Decimal(12))
REQUIRED = ("invoice_number", "invoice_date", "vendor_name", "total_amount")
SHARE = st.floats(0, 1)


def evidence(found: float, ocr: float = 1.0) -> Evidence:
    """Evidence of some quality."""
    return Evidence(1, (Box(0, 0, 1, 1),), "7", found, "exact", ocr)


def number_confidence(believed: float, found: float, ocr: float, *findings: Finding) -> float:
    """The confidence of the invoice number alone."""
    known = {"invoice_number": Provenance("rules", score=believed)}
    return score(INVOICE, {"invoice_number": evidence(found, ocr)}, known, findings)["invoice_number"]


@given(SHARE, SHARE, SHARE, SHARE)
def test_confidence_stays_between_0_and_1_and_grows_with_each_part(a: float, b: float, c: float, d: float) -> None:
    """A better reading, match or extractor never lowers it."""
    low, high = sorted((a, b))
    assert 0 <= number_confidence(low, c, d) <= number_confidence(high, c, d) <= 1
    assert number_confidence(c, low, d) <= number_confidence(c, high, d)
    assert number_confidence(c, d, low) <= number_confidence(c, d, high)


def test_a_value_found_nowhere_is_doubtful_unless_it_is_exact() -> None:
    """A model may invent; XML does not need the page."""
    read = {"invoice_number": Provenance("rules", score=0.9)}
    exact = {"invoice_number": Provenance("einvoice", score=1.0, exact=True)}
    assert score(INVOICE, {}, read, [])["invoice_number"] < 0.5
    assert score(INVOICE, {}, exact, [])["invoice_number"] > 0.9


@pytest.mark.parametrize(("severity", "lowers"), [("error", True), ("warning", True), ("info", False)])
def test_findings_lower_the_fields_they_touch(severity: Severity, lowers: bool) -> None:
    """A remark does not."""
    touched = number_confidence(0.9, 1, 1, Finding("x", severity, "…", ("invoice_number",)))
    assert (touched < number_confidence(0.9, 1, 1)) == lowers


def test_sums_that_hold_raise_their_amounts() -> None:
    """Three amounts that agree are hardly misread."""
    invoice = Invoice(subtotal=Decimal(10), tax=Decimal(2), total_amount=Decimal(12))
    wrong = Invoice(subtotal=Decimal(10), tax=Decimal(2), total_amount=Decimal(21))
    known = {"total_amount": Provenance("rules", score=0.6)}
    found = {"total_amount": evidence(1)}
    assert score(invoice, found, known, [])["total_amount"] > score(wrong, found, known, [])["total_amount"]


def test_only_values_have_a_confidence() -> None:
    """What is not there is not rated."""
    assert set(score(INVOICE, {}, {}, [])) == set(REQUIRED)


def verdict(invoice: Invoice = INVOICE, confidence: float = 0.9, *findings: Finding) -> str:
    """The gate's word when every field has the same confidence and 0.85 is asked for."""
    return decide(invoice, dict.fromkeys(REQUIRED, confidence), findings, 0.85)


def test_a_sure_and_complete_invoice_is_approved() -> None:
    """Remarks, and warnings about no field, do not stop it."""
    assert verdict() == "approved"
    assert verdict(INVOICE, 0.9, Finding("x", "info", "…", ("tax",)), Finding("iban", "warning", "…")) == "approved"


def test_doubt_gaps_and_findings_send_it_to_a_person() -> None:
    """Low confidence, a missing required value, an error, a warning on a field."""
    assert verdict(confidence=0.8) == "needs review"
    assert verdict(Invoice(invoice_number="7")) == "needs review"
    assert verdict(INVOICE, 0.9, Finding("x", "error", "…")) == "needs review"
    assert verdict(INVOICE, 0.9, Finding("x", "warning", "…", ("tax",))) == "needs review"
