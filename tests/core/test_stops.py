"""The walk: one question for one problem, in form order."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from core.evidence import Evidence
from core.extraction import Candidate, Extraction, Finding, Member, PageRef, Provenance
from core.models import Invoice, walk
from core.recipe import Recipe
from core.review.stops import Stop, others, stops

INVOICE = Invoice(
    invoice_number="R-7",
    invoice_date=date(2024, 5, 6),
    due_date=date(2024, 6, 5),
    vendor_name="Acme",
    customer_name="Bolt",
    billing_address="1 Main Street, Leeds",
    total_amount=Decimal("14.50"),
)


def read(invoice: Invoice = INVOICE, confidences: dict[str, float] | None = None, **about: Any) -> Extraction:
    """An extraction whose values all stand on the page, 97 % sure but for ``confidences``."""
    given = {path: value for path, _, value in walk(invoice) if value is not None}
    evidence = {path: Evidence(1, (), str(value), 1.0, "exact") for path, value in given.items()}
    sure = dict.fromkeys(given, 0.97)
    return Extraction(
        document="d",
        name="n",
        pages=(PageRef(1),),
        recipe=Recipe(),
        invoice=invoice,
        evidence=evidence,
        confidences={**sure, **(confidences or {})},
        **about,
    )


def only(extraction: Extraction) -> Stop:
    """The one question that is open."""
    (stop,) = stops(extraction)
    return stop


def test_what_is_sure_is_no_question() -> None:
    """Nothing to walk to."""
    assert stops(read()) == ()


def test_a_doubtful_value_is_asked_with_what_else_it_may_be() -> None:
    """The value itself is not among its alternatives."""
    below = Candidate("27.10", "27.10", "Total payable", 1, (0, 0, 9, 9))
    candidates = {"total_amount": (Candidate("14.50", "14.50", "Total", 1), below)}
    stop = only(read(confidences={"total_amount": 0.6}, candidates=candidates))
    assert (stop.kind, stop.path, stop.candidates) == ("doubt", "total_amount", (below,))
    assert stop.sentence == "Total “14.50”: is it right?"
    assert stop.answers == ("total_amount",)


def test_a_failed_sum_is_one_question_with_its_members() -> None:
    """However many amounts it names; those are not asked about again."""
    members = (Member("Subtotal", Decimal(10), "subtotal"), Member("Total", Decimal("14.50"), "total_amount", 0))
    failed = Finding(
        "total",
        "error",
        "It does not add up.",
        ("total_amount", "subtotal"),
        "10",
        members=members,
        difference=Decimal(4),
    )
    stop = only(read(confidences={"total_amount": 0.4}, findings=(failed,)))
    assert (stop.kind, stop.members, stop.difference, stop.proposed) == ("sum", members, Decimal(4), "10")


def test_a_missing_required_value_cannot_be_said_to_be_right() -> None:
    """It is typed or drawn."""
    stop = only(read(INVOICE.model_copy(update={"vendor_name": None})))
    assert (stop.kind, stop.path, stop.answers) == ("missing", "vendor_name", ())


def test_what_a_person_typed_is_not_asked_again() -> None:
    """However sure the machine is of it."""
    typed = {"total_amount": Provenance("person", "typed", exact=True)}
    assert stops(read(confidences={"total_amount": 0.4}, provenance=typed)) == ()


def test_questions_come_in_form_order() -> None:
    """The document's own first."""
    general = Finding("page", "error", "Page 2 could not be read.")
    found = stops(read(confidences={"total_amount": 0.4, "invoice_date": 0.4}, findings=(general,)))
    assert [stop.path for stop in found] == [None, "invoice_date", "total_amount"]
    assert found[0].answers == ("check:page",)


def test_a_value_is_compared_as_it_now_stands() -> None:
    """After a correction the value that was extracted is offered again."""
    some = {"vendor_name": (Candidate("Acme", "Acme"), Candidate("Bolt", "Bolt"))}
    extraction = read(candidates=some)
    assert [one.value for one in others(extraction, "vendor_name")] == ["Bolt"]
    corrected = extraction.model_copy(update={"invoice": INVOICE.model_copy(update={"vendor_name": "Bolt"})})
    assert [one.value for one in others(corrected, "vendor_name")] == ["Acme"]
