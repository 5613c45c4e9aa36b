"""An e-invoice without lines is completed from its page; a whole one is not touched."""

from dataclasses import replace
from decimal import Decimal

from core.extraction import Charge, Provenance
from core.extractor import Extracted
from core.invoice.einvoice.completion import complete
from core.invoice.model import Invoice, LineItem

LINES = (LineItem(description="Bolt", total_price=Decimal(3)),)
PAGE = Extracted(
    Invoice(invoice_number="P", customer_name="Hexagon", line_items=LINES),
    "{}",
    {name: Provenance("rules") for name in ("invoice_number", "customer_name", "line_items.0.description")},
    language="fr",
)


def xml(**values: object) -> Extracted:
    """What the XML says."""
    invoice = Invoice.model_validate({"invoice_number": "X", **values})
    return Extracted(invoice, "<x/>", {"invoice_number": Provenance("einvoice", exact=True)}, exact=True)


def test_gaps_are_filled_from_the_page_and_say_so() -> None:
    """The XML's own values stay; the page's have the page's provenance."""
    whole = complete(xml(), PAGE)
    assert (whole.values.invoice_number, whole.values.customer_name) == ("X", "Hexagon")
    assert whole.values.line_items == LINES
    assert whole.provenance["customer_name"].extractor == "rules"
    assert whole.provenance["invoice_number"].exact
    assert whole.language == "fr"


def test_an_xml_with_lines_is_whole() -> None:
    """What it leaves out is not on the invoice."""
    assert complete(xml(line_items=LINES), PAGE).values.customer_name is None


def test_rows_of_the_page_are_the_lines_only_where_they_add_up() -> None:
    """One wrong row beside exact sums is worse than none: it is left out, and that is said."""
    whole = complete(xml(subtotal="3.00", total_amount="3.57"), PAGE)
    assert (whole.values.line_items, whole.findings) == (LINES, ())
    partial = complete(xml(subtotal="198.00", total_amount="235.62"), PAGE)
    assert partial.values.line_items == ()
    assert not any(path.startswith("line_items") for path in partial.provenance)
    assert partial.values.customer_name == "Hexagon"
    [finding] = partial.findings
    assert (finding.severity, finding.fields) == ("warning", ("subtotal",))
    assert "do not add up" in finding.message


def test_charges_of_the_xml_stand_between_the_rows_of_the_page_and_its_sums() -> None:
    """The BASIC WL profile has charges and no lines."""
    charged = replace(xml(subtotal="5.00"), charges=(Charge("charge", "Freight", Decimal(2)),))
    assert complete(charged, PAGE).values.line_items == LINES
