"""A total beside another word for it, what is usually printed and empty, and account numbers that are masked."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from core.extraction import Candidate, Finding
from core.invoice.model import Invoice
from core.validation.checks import check
from core.validation.confidence import DOUBTED, score
from tests.core.typeset import page_of

PAYABLE = Candidate("27.10", "27.10", "Total payable", 1, announced="amount_due")
RECEIPT: dict[str, Any] = {"subtotal": "13.68", "tax": "0.82", "total_amount": "14.50"}


def noticed(text: str = "", kind: str = "invoice", others: tuple[Candidate, ...] = (), **values: Any) -> list[Finding]:
    """What all checks notice; ``others`` are candidates of the total and of the due date."""
    candidates = {"total_amount": others, "due_date": others}
    invoice = Invoice.model_validate({"invoice_date": date(2024, 5, 6), **values})
    return check(invoice, [page_of(text)], {}, {}, None, date(2024, 6, 1), candidates=candidates, document_type=kind)


def named(found: list[Finding], name: str) -> list[tuple[str, ...]]:
    """The fields of every finding of one check."""
    return [finding.fields for finding in found if finding.check == name]


def test_a_larger_amount_beside_a_word_for_the_total_is_told() -> None:
    """Even where a tax table confirms the smaller one; the total is then never sure."""
    found = noticed("Total payable 27.10", "receipt", (PAYABLE,), **RECEIPT)
    assert named(found, "other_total") == [("total_amount",)]
    sure = score(Invoice.model_validate(RECEIPT), {}, {}, [one for one in found if one.check == "other_total"])
    assert sure["total_amount"] <= DOUBTED


@pytest.mark.parametrize("value", ["14.50", "13.68", "10.00"])
def test_what_the_sums_explain_is_no_rival(value: str) -> None:
    """The same, the subtotal, and what is left to pay."""
    other = Candidate(value, value, "Total", 1, announced="amount_due")
    assert named(noticed("", "receipt", (other,), **RECEIPT), "other_total") == []


def test_a_customer_that_was_not_found_is_asked_about_once() -> None:
    """With the address; a till receipt has neither."""
    assert named(noticed("Acme"), "not_found") == [("customer_name", "billing_address")]
    assert named(noticed("Acme", "receipt"), "not_found") == []


def test_a_later_date_beside_a_word_for_payment_may_be_the_due_date() -> None:
    """Another date is not: most invoices print none."""
    party = {"customer_name": "Bolt", "billing_address": "1 Main Street"}
    due = Candidate("2024-06-05", "5 June", "Please pay before")
    assert named(noticed("a", others=(due,), **party), "not_found") == [("due_date",)]
    other = Candidate("2024-06-05", "5 June", "Fair in Leeds")
    assert named(noticed("a", others=(other,), **party), "not_found") == []


def test_a_printed_sum_of_the_lines_may_be_the_subtotal() -> None:
    """Where it is not the total."""
    lines = [{"total_price": "20.00"}, {"total_price": "30.00"}]
    party = {"customer_name": "Bolt", "billing_address": "1 Main Street"}
    values = {"line_items": lines, "tax": "9.50", "total_amount": "59.50", **party}
    assert named(noticed("Sum 50.00", **values), "not_found") == [("subtotal",)]
    assert named(noticed("no sum", **values), "not_found") == []


@pytest.mark.parametrize("number", ["DE54 5004 **** ****", "DE54 5004 XXXX XXXX", "DE545004••••"])
def test_a_masked_account_number_has_no_check_digits(number: str) -> None:
    """Nothing is said of it."""
    assert named(noticed(f"IBAN {number} Bank"), "iban") == []


def test_a_due_date_is_far_ahead_with_its_invoice() -> None:
    """One question for one problem."""
    found = noticed("", invoice_date=date(2030, 2, 11), due_date=date(2030, 3, 11))
    assert named(found, "date") == [("invoice_date",)]
