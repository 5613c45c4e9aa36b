"""Confidence grows with its parts; the gate lets through only what is sure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.evidence import Box, Evidence
from core.extraction import Extraction, Finding, PageRef, Provenance, Severity
from core.invoice.model import Invoice, LineItem
from core.recipe import Correction, Recipe
from core.validation.confidence import explain, score
from core.validation.gate import decide, needed

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
    """Remarks do not stop it; a warning does, also one about the whole document."""
    assert verdict() == "approved"
    assert verdict(INVOICE, 0.9, Finding("x", "info", "…", ("tax",)), Finding("iban", "info", "…")) == "approved"
    assert verdict(INVOICE, 0.9, Finding("repaired", "warning", "…")) == "needs review"


def test_doubt_gaps_and_findings_send_it_to_a_person() -> None:
    """Low confidence, a missing required value, an error, a warning on a field."""
    assert verdict(confidence=0.8) == "needs review"
    assert verdict(Invoice(invoice_number="7")) == "needs review"
    assert decide(Invoice(invoice_number="7"), {}, [], 0.0) == "needs review"
    assert verdict(INVOICE, 0.9, Finding("x", "error", "…")) == "needs review"
    assert verdict(INVOICE, 0.9, Finding("x", "warning", "…", ("tax",))) == "needs review"


def test_one_doubtful_value_is_enough_to_ask() -> None:
    """Even where the field is not required, or a cell of a line."""
    sure = dict.fromkeys(REQUIRED, 0.9)
    dated = INVOICE.model_copy(update={"due_date": date(2024, 6, 1), "billing_address": "1 Low Road"})
    lined = INVOICE.model_copy(update={"line_items": (LineItem(quantity=Decimal(2)),)})
    assert decide(dated, {**sure, "due_date": 0.9, "billing_address": 0.4}, [], 0.85) == "needs review"
    assert decide(dated, {**sure, "due_date": 0.9, "billing_address": 0.8}, [], 0.85) == "approved"
    assert decide(dated, {**sure, "due_date": 0.4, "billing_address": 0.9}, [], 0.85) == "needs review"
    assert decide(lined, {**sure, "line_items.0.quantity": 0.4}, [], 0.85) == "needs review"


def test_what_a_model_invents_is_far_below_the_threshold() -> None:
    """However sure the model is of it."""
    invented = score(INVOICE, {}, {"invoice_number": Provenance("some-model", score=1.0)}, [])["invoice_number"]
    assert invented < 0.4 < Recipe().approve_at


@pytest.mark.parametrize(("agreed", "raises"), [(True, True), (False, False)])
def test_a_second_reader_counts(agreed: bool, raises: bool) -> None:
    """The same value twice is surer; two different ones are a doubt."""
    found = {"invoice_number": evidence(1)}
    alone = {"invoice_number": Provenance("some-model", score=0.8)}
    both = {"invoice_number": Provenance("some-model", score=0.8, agreed=agreed)}
    together, single = (score(INVOICE, found, known, [])["invoice_number"] for known in (both, alone))
    assert (together > single) == raises


def test_an_amount_below_zero_is_less_sure() -> None:
    """Credit notes print signs in many ways, and sums say nothing of them."""
    known, found = {"total_amount": Provenance("rules", score=0.9)}, {"total_amount": evidence(1)}
    credit = INVOICE.model_copy(update={"total_amount": Decimal(-12)})
    assert score(credit, found, known, [])["total_amount"] < score(INVOICE, found, known, [])["total_amount"]


def test_a_studios_own_correction_is_applied_to_what_was_read_only() -> None:
    """XML stays exact."""
    strict = Correction(header_shift=-2)
    known = {"invoice_number": Provenance("rules", score=0.9), "vendor_name": Provenance("xml", score=1, exact=True)}
    found = {"invoice_number": evidence(1), "vendor_name": evidence(1)}
    before, after = score(INVOICE, found, known, []), score(INVOICE, found, known, [], strict)
    assert after["invoice_number"] < before["invoice_number"]
    assert after["vendor_name"] == before["vendor_name"]


def extraction(**values: object) -> Extraction:
    """An extraction of INVOICE."""
    base = Extraction(document="a" * 64, name="a.pdf", pages=(PageRef(1),), recipe=Recipe(), values=INVOICE)
    return base.model_copy(update=values)


def reasons(found: Extraction, path: str = "invoice_number") -> list[str]:
    """The phrases, weightiest first."""
    return [reason.text for reason in explain(found, path)]


def test_reasons_name_the_label_the_reading_and_what_checks_say() -> None:
    """In plain words, and the weightiest first."""
    known = {"invoice_number": Provenance("rules", "beneath", "Invoice no.", 0.9)}
    finding = Finding(
        "ocr_confidence", "warning", "Invoice number “7” was read with only 41% confidence.", ("invoice_number",)
    )
    found = extraction(evidence={"invoice_number": evidence(1, 0.41)}, provenance=known, findings=(finding,))
    said = reasons(found)
    assert "beneath the label “Invoice no.”" in said
    assert "read with 41% OCR certainty" in said
    assert "Invoice number “7” was read with only 41% confidence" in said
    weights = [abs(reason.weight) for reason in explain(found, "invoice_number")]
    assert weights == sorted(weights, reverse=True)


def test_reasons_say_what_is_missing_and_what_confirms() -> None:
    """A value from nowhere, sums that hold, XML, and a person's own value."""
    assert reasons(extraction(provenance={"invoice_number": Provenance("m", score=0.9)}))[0] == "not found on the page"
    sums = Invoice(subtotal=Decimal(10), tax=Decimal(2), total_amount=Decimal(12))
    assert "the sums confirm it" in reasons(extraction(values=sums, evidence={"tax": evidence(1)}), "tax")
    exact = Provenance("einvoice", score=1.0, exact=True)
    xml = extraction(evidence={"tax": evidence(1)}, provenance={"invoice_number": exact})
    assert reasons(xml) == ["stated in the invoice's XML", "not found on the page"]
    typed = extraction(provenance={"invoice_number": Provenance("person", "typed", score=1.0, exact=True)})
    assert reasons(typed) == ["given by you"]
    assert explain(extraction(), "tax") == ()


def test_a_name_needs_less_than_an_amount() -> None:
    """A reader is seldom surer of it, and it moves no money by itself."""
    assert needed("money", 0.9) == 0.9
    assert needed("name", 0.9) < 0.9
    invoice = Invoice(vendor_name="A", invoice_number="1", invoice_date=date(2024, 1, 1), total_amount=Decimal(5))
    sure = dict.fromkeys(("vendor_name", "invoice_number", "invoice_date", "total_amount"), 0.95)
    assert decide(invoice, sure | {"vendor_name": 0.82}, [], 0.92) == "approved"
    assert decide(invoice, sure | {"vendor_name": 0.75}, [], 0.92) == "needs review"
    assert decide(invoice, sure | {"total_amount": 0.9}, [], 0.92) == "needs review"
