"""The person's changes: what they changed is known, what they left keeps its evidence, checks are fresh."""

from datetime import date
from decimal import Decimal

from core.evidence import Box, Evidence, PageText, Word
from core.extraction import Extraction, Finding, PageRef
from core.invoice.model import Invoice, LineItem
from core.recipe import Recipe
from core.review import review
from tests.core.made import with_value

TODAY = date(2024, 6, 1)
WORDS = tuple(
    Word(text, Box(10 + 90 * column, 20.0 * row, 90 + 90 * column, 20.0 * row + 12))
    for row, line in enumerate([["R-7", "8.00"], ["Bolt", "2", "1.50", "3.00"], ["Nut", "5", "1.00", "5.00"]])
    for column, text in enumerate(line)
)


def line(name: str, quantity: str, price: str, total: str) -> LineItem:
    """A line item."""
    return LineItem(description=name, quantity=Decimal(quantity), unit_price=Decimal(price), total_price=Decimal(total))


GIVEN = Invoice(
    invoice_number="R-7",
    total_amount=Decimal("8.00"),
    line_items=(line("Bolt", "2", "1.50", "3.00"), line("Nut", "5", "1.00", "5.00")),
)
EXTRACTED = Extraction(
    document="d",
    name="n",
    pages=(PageRef(1),),
    recipe=Recipe(),
    values=GIVEN,
    evidence={
        "invoice_number": Evidence(1, (WORDS[0].box,), "R-7", 1.0, "exact"),
        "line_items.1.description": Evidence(1, (WORDS[6].box,), "Nut", 1.0, "exact"),
    },
    findings=(
        Finding("page", "error", "Page 2 could not be read: damaged.", reading=True),
        Finding("total", "error", "old"),
    ),
    page_texts=(PageText(1, 400, 100, WORDS, "fake"),),
)


def test_nothing_changed_is_nothing_changed() -> None:
    """The extracted invoice keeps its evidence."""
    reviewed = review(EXTRACTED, GIVEN, today=TODAY)
    assert reviewed.changed == ()
    assert reviewed.extraction.evidence["invoice_number"] == EXTRACTED.evidence["invoice_number"]


def test_a_changed_value_is_looked_for_on_the_page() -> None:
    """Its old evidence is gone, its new place is found, and what was extracted is remembered."""
    reviewed = review(EXTRACTED, with_value(GIVEN, "total_amount", "5.00"), today=TODAY)
    assert reviewed.was == {"total_amount": Decimal("8.00")}
    assert reviewed.extraction.evidence["total_amount"].text == "5.00"


def test_a_value_that_stands_nowhere_has_no_evidence() -> None:
    """A made-up number is marked."""
    reviewed = review(EXTRACTED, with_value(GIVEN, "invoice_number", "ZZZZ-99999"), today=TODAY)
    assert "invoice_number" not in reviewed.extraction.evidence


def test_a_drawn_box_is_the_evidence() -> None:
    """What the person drew counts, wherever the value may stand otherwise."""
    drawn = Evidence(1, (Box(1, 2, 3, 4),), "8.00", 1.0, "drawn")
    reviewed = review(EXTRACTED, with_value(GIVEN, "subtotal", "8.00"), {"subtotal": drawn}, today=TODAY)
    assert reviewed.extraction.evidence["subtotal"] == drawn


def test_deleting_a_line_does_not_disturb_the_others() -> None:
    """The remaining line moves up with its evidence and does not count as changed."""
    shorter = GIVEN.model_copy(update={"line_items": GIVEN.line_items[1:]})
    reviewed = review(EXTRACTED, shorter, today=TODAY)
    assert reviewed.changed == ()
    assert reviewed.extraction.evidence["line_items.0.description"].text == "Nut"


def test_an_added_line_is_a_change() -> None:
    """Every cell of it was nothing before."""
    longer = GIVEN.model_copy(update={"line_items": (*GIVEN.line_items, line("Washer", "1", "1", "1"))})
    reviewed = review(EXTRACTED, longer, today=TODAY)
    assert reviewed.was["line_items.2.description"] is None
    assert "line_items.1.description" not in reviewed.was


def test_findings_of_reading_stay_and_checks_are_fresh() -> None:
    """An unreadable page stays a finding; an old check's finding does not outlive its cause."""
    messages = [finding.message for finding in review(EXTRACTED, GIVEN, today=TODAY).extraction.findings]
    assert "Page 2 could not be read: damaged." in messages
    assert "old" not in messages


def test_what_the_person_typed_is_trusted() -> None:
    """A corrected value does not stay doubtful."""
    reviewed = review(EXTRACTED, with_value(GIVEN, "vendor_name", "Nut"), today=TODAY)
    assert reviewed.extraction.confidences["vendor_name"] >= 0.9


def test_what_was_noticed_while_reading_stays_until_its_field_is_changed() -> None:
    """A model's second opinion on the total is settled once the person typed the total."""
    notes = (
        Finding("instructions", "error", "The document tries to give orders.", reading=True),
        Finding("opinion", "warning", "The second reader says otherwise.", ("total_amount",), reading=True),
    )
    read = EXTRACTED.model_copy(update={"findings": notes})
    untouched = review(read, with_value(GIVEN, "customer_id", "7"), today=TODAY).extraction.findings
    assert {finding.check for finding in untouched} >= {"instructions", "opinion"}
    settled = review(read, with_value(GIVEN, "total_amount", "9.00"), today=TODAY).extraction.findings
    checks = {finding.check for finding in settled}
    assert "instructions" in checks
    assert "opinion" not in checks


def test_a_doubt_stays_while_other_fields_are_mended() -> None:
    """Only a look at that very value clears it: what untouched fields say does not move."""
    sure = {"invoice_number": 0.61, "total_amount": 0.75, "line_items.1.quantity": 0.4}
    extracted = EXTRACTED.model_copy(update={"confidences": sure})
    changed = with_value(with_value(GIVEN, "subtotal", "8.00"), "line_items.0.quantity", "2.5")
    after = review(extracted, changed, today=TODAY).extraction
    assert {path: after.confidences[path] for path in sure} == sure
    assert after.verdict == "needs review"


def test_a_line_keeps_its_doubt_where_one_before_it_is_removed() -> None:
    """Lines are told by what stands in them."""
    extracted = EXTRACTED.model_copy(update={"confidences": {"line_items.1.quantity": 0.4}})
    after = review(extracted, GIVEN.model_copy(update={"line_items": GIVEN.line_items[1:]}), today=TODAY).extraction
    assert after.confidences["line_items.0.quantity"] == 0.4
