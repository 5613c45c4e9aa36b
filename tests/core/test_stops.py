"""The walk: one question for one problem, in form order."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from core.evidence import Evidence
from core.extraction import Candidate, Extraction, Finding, Member, PageRef, Provenance
from core.extraction_json import to_json
from core.invoice.document_type import INVOICE
from core.invoice.model import Invoice, LineItem
from core.judgement import judge
from core.recipe import Recipe
from core.review import Reviewed
from core.review.standing import confirmed, open_points, status_of
from core.review.stops import Stop, others, stops
from core.review.trust import trust

GIVEN = Invoice(
    invoice_number="R-7",
    invoice_date=date(2024, 5, 6),
    due_date=date(2024, 6, 5),
    vendor_name="Acme",
    customer_name="Bolt",
    billing_address="1 Main Street, Leeds",
    total_amount=Decimal("14.50"),
)


def read(invoice: Invoice = GIVEN, confidences: dict[str, float] | None = None, **about: Any) -> Extraction:
    """An extraction whose values all stand on the page, 97 % sure but for ``confidences``."""
    given = {path: value for path, _, value in INVOICE.walk(invoice) if value is not None}
    evidence = {path: Evidence(1, (), str(value), 1.0, "exact") for path, value in given.items()}
    sure = dict.fromkeys(given, 0.97)
    return Extraction(
        document="d",
        name="n",
        pages=(PageRef(1),),
        recipe=Recipe(),
        values=invoice,
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
    assert stop.sentence == "Total “14.50” is only 60% sure: is it right?"
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


def test_a_failed_sum_offers_what_else_a_typed_amount_may_be() -> None:
    """The walk goes to what nobody looked at; the total that was typed may still be the wrong one."""
    printed = Candidate("14.50", "14,50", "Total", 1, (0, 0, 9, 9))
    candidates = {"total_amount": (printed, Candidate("17.00", "17,00", "Due")), "tax": (Candidate("4.50", "4,50"),)}
    typed = GIVEN.model_copy(update={"subtotal": Decimal(10), "tax": Decimal("4.50"), "total_amount": Decimal("15.40")})
    mine = {"total_amount": Provenance("person", "typed", exact=True)}
    extraction = read(typed, provenance=mine, candidates=candidates)
    (stop,) = [one for one in stops(judge(extraction, today=date(2024, 5, 7))) if one.kind == "sum"]
    assert stop.path == "subtotal"
    assert [(offer.path, offer.candidate.value) for offer in stop.offers] == [
        ("total_amount", "14.50"),
        ("total_amount", "17.00"),
    ]
    assert stop.offers[0].candidate == printed


def test_a_missing_required_value_cannot_be_said_to_be_right() -> None:
    """It is typed or drawn."""
    stop = only(read(GIVEN.model_copy(update={"vendor_name": None})))
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
    corrected = extraction.model_copy(update={"values": GIVEN.model_copy(update={"vendor_name": "Bolt"})})
    assert [one.value for one in others(corrected, "vendor_name")] == ["Acme"]


def test_the_doubtful_cells_of_a_line_are_one_question() -> None:
    """The least sure first; so are a customer and their address."""
    lined = GIVEN.model_copy(update={"line_items": (LineItem(quantity=Decimal(2), unit_price=Decimal(3)),)})
    doubts = {
        "line_items.0.quantity": 0.7,
        "line_items.0.unit_price": 0.6,
        "customer_name": 0.5,
        "billing_address": 0.7,
    }
    found = stops(read(lined, doubts))
    assert [stop.paths for stop in found] == [
        ("customer_name", "billing_address"),
        ("line_items.0.unit_price", "line_items.0.quantity"),
    ]


def test_a_doubtful_member_is_asked_with_its_sum() -> None:
    """Not once more by itself."""
    members = (Member("Subtotal", Decimal(10), "subtotal"), Member("Total", Decimal("14.50"), "total_amount", 0))
    failed = Finding("total", "error", "It does not add up.", ("total_amount",), members=members)
    summed = GIVEN.model_copy(update={"subtotal": Decimal(10)})
    assert only(read(summed, {"subtotal": 0.6}, findings=(failed,))).paths == ("total_amount", "subtotal")


def test_an_empty_field_is_a_question_that_a_yes_answers() -> None:
    """“It is not printed”: the record is then the person's."""
    finding = Finding("not_found", "warning", "No due date was found.", ("due_date",))
    extraction = read(GIVEN.model_copy(update={"due_date": None}), findings=(finding,))
    assert trust(extraction, "due_date").words == "Not found: is it printed?"
    stop = only(extraction)
    assert (stop.kind, stop.answers) == ("empty", ("due_date",))
    after = confirmed(Reviewed(extraction, {}), stop.answers)
    assert (stops(after.extraction), status_of(after)) == ((), "reviewed")


def test_a_question_about_the_document_is_answered_too() -> None:
    """A yes to it is kept under the check's name."""
    extraction = read(findings=(Finding("repaired", "warning", "The file was repaired."),))
    stop = only(extraction)
    after = confirmed(Reviewed(extraction, {}), stop.answers)
    assert (stop.kind, stops(after.extraction), after.extraction.verdict) == ("document", (), "approved")


def test_nothing_is_saved_as_reviewed_while_a_question_is_open() -> None:
    """Whatever else was changed: the open points are the walk's own."""
    extraction = read(confidences={"customer_name": 0.6})
    changed = Reviewed(extraction, {"invoice_number": "R-1"})
    assert status_of(changed) == "needs review"
    assert open_points(extraction) == [only(extraction).sentence]


def test_a_warning_about_what_the_person_typed_is_a_note() -> None:
    """They were looking at it."""
    early = Finding("due_date", "warning", "Due too early.", ("due_date", "invoice_date"))
    typed = {path: Provenance("person", "typed", exact=True) for path in early.fields}
    after = confirmed(Reviewed(read(findings=(early,), provenance=typed), {}), ())
    assert stops(after.extraction) == ()
    assert "due_date" not in {path for stop in stops(after.extraction) for path in stop.paths}


def test_the_word_follows_the_number() -> None:
    """The same for every field; what is asked says what would be enough, and 91.9 % never reads as 92 %."""
    extraction = read(confidences={"customer_name": 0.85, "total_amount": 0.919, "vendor_name": 0.79})
    assert trust(extraction, "customer_name").words == "Likely 85%"
    assert trust(extraction, "total_amount").words == "Likely 91% (enough: 92%)"
    assert trust(extraction, "vendor_name").words == "Check 79% (enough: 80%)"


def test_the_questions_stand_in_the_json() -> None:
    """With the verdict in the machine's own word."""
    told = to_json(read(confidences={"total_amount": 0.6}))
    assert (told["verdict"], told["stops"][0]["paths"]) == ("needs review", ["total_amount"])
    assert to_json(read(verdict="approved"))["verdict"] == "ready"
