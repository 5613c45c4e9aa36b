"""Documents are known as of a type by what they call themselves and by the words of its fields; invoices stay invoices."""

from __future__ import annotations

import pytest

from core.declared.building import build
from core.declared.copying import definition_of
from core.declared.definition import TypeDefinition
from core.document_types import USUAL
from core.documents.opening import open_document
from core.evidence import Box, PageText, Word
from core.rules.recogniser import OFFLINE
from core.schema.document_type import DocumentType
from core.schema.type_choice import TypeChoice
from tests.conftest import SampleFile
from tests.core.declared.papers import CUSTOMS, KINDS, PAYSLIP, UTILITY, Kind, paper
from tests.core.declared.test_reading import from_example, pages_of
from tests.core.rules.pages import page as typed

DECLARED = [build(from_example(kind, layout)[0]) for kind, layout in ((PAYSLIP, 3), (UTILITY, 1), (CUSTOMS, 4))]
TYPES = [USUAL, *DECLARED]
NOTE = DocumentType("delivery_note", "Delivery note", "Delivery notes", USUAL.model, kinds=("delivery note",))
RECEIPT = DocumentType("receipt", "Receipt", "Receipts", USUAL.model)


def chosen(page: PageText | str, *types: DocumentType) -> TypeChoice:
    """What one page is taken for."""
    return OFFLINE.choose([typed(page) if isinstance(page, str) else page], [USUAL, *types])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_each_paper_is_known_as_what_it_is(kind: Kind) -> None:
    """In every layout but that of the example, with a reason in words."""
    found = [OFFLINE.choose(pages_of(paper(kind, layout)), TYPES) for layout in (0, 2, 5, 6, 7)]
    assert {choice.type_name for choice in found} == {kind.name}
    assert all(f"says “{kind.heading}” at the top and has" in choice.reason for choice in found)


def test_an_invoice_stays_one(digital_pdf: SampleFile, einvoice_pdf: SampleFile) -> None:
    """Also where a type was begun as a copy of the invoice: it bears another heading."""
    copy = definition_of(USUAL).model_copy(update={"name": "import_invoice", "title": "Import invoice"})
    for sample in (digital_pdf, einvoice_pdf):
        document = open_document(sample.data, sample.name)
        page = document.page(1)
        text = PageText(1, page.width, page.height, tuple(page.text_layer().words), "text-layer")
        choice = OFFLINE.choose([text], [*TYPES, build(copy)])
        assert (choice.type_name, choice.known) == ("invoice", True)


def test_of_two_types_that_look_alike_none_is_taken() -> None:
    """What is left is an invoice for want of a better one, and says so."""
    twin: TypeDefinition = from_example(PAYSLIP, 3)[0].model_copy(update={"name": "wage_slip"})
    choice = OFFLINE.choose(pages_of(paper(PAYSLIP, 5)), [USUAL, DECLARED[0], build(twin)])
    assert (choice.type_name, choice.known) != ("payslip", True)


def test_a_type_that_ships_is_known_by_its_title_in_any_language() -> None:
    """Its number beside it or not; small print that names one is no title."""
    for title in ("!Delivery note", "!Lieferschein", "!Bon de livraison"):
        choice = chosen(
            f"Acme Tools Ltd|@300 {title}\n\nOrder no.|@200 PO-7\nGoods|@200 Quantity\nOak boards|@200 4", NOTE
        )
        assert (choice.type_name, choice.known, choice.reason) == (
            "delivery_note",
            True,
            f"says “{title[1:]}” at the top",
        )
    choice = chosen("Acme\n!Invoice\nDelivery note:|@200 4711\nInvoice no.|@200 R-7\nTotal|@200 119.00", NOTE)
    assert choice.type_name == "invoice"
    assert choice.reason == "says “Invoice” at the top"


def test_a_document_of_no_type_that_is_here_says_what_it_is() -> None:
    """It is read as an invoice, and that is told as not known."""
    choice = chosen("Acme|@300 !Quotation\n\nQuotation no.|@200 Q-7\nTotal|@200 119.00", NOTE)
    assert (choice.type_name, choice.known) == ("invoice", False)
    assert "“Quotation”" in choice.reason
    nothing = chosen("Lorem ipsum dolor")
    assert (nothing.known, nothing.reason) == (False, "nothing on it says what it is")
    assert chosen(PageText(1, 600, 800, (), "text-layer")).reason == "nothing can be read on it"


def test_a_receipt_that_calls_itself_an_invoice_is_one() -> None:
    """Only the plain slip of a till is a receipt, and only where there is such a type."""
    slip = "Corner Store\n!Receipt\nMilk|@200 1.20\nTotal|@200 1.20\nCash|@200 2.00\nChange|@200 0.80"
    assert chosen(slip, RECEIPT).type_name == "receipt"
    assert chosen(slip).type_name == "invoice"
    assert chosen(slip.replace("!Receipt", "!Tax invoice"), RECEIPT).type_name == "invoice"
    assert chosen(slip.replace("!Receipt", "Receipt\nInvoice no.|@200 4711"), RECEIPT).type_name == "invoice"


GOODS = "Description|@200 Quantity\nOak boards|@200 4"


@pytest.mark.parametrize("title", ["Lieferschein 8087676", "Bon de livraison n° 8087676", "Albarán DN-8087676"])
def test_a_title_with_its_number_on_one_line_is_a_title(title: str) -> None:
    """In large print; also where just any number besides has a label."""
    choice = chosen(f"Acme Tools Ltd\nBelegnummer|@200 8087676\n\n!{title}\n{GOODS}", NOTE)
    assert (choice.type_name, choice.known) == ("delivery_note", True)


def test_a_large_order_number_on_an_invoice_leaves_it_one() -> None:
    """Where it calls itself an invoice, or gives an invoice's number."""
    for told in ("Invoice", "Invoice no.|@200 R-7", "Handelsrechnung Nr.|@200 R-7"):
        choice = chosen(f"Acme\n!Delivery note 4711\n{told}\n{GOODS}\nTotal|@200 119.00", NOTE)
        assert choice.type_name == "invoice", told


def test_a_title_close_behind_a_houses_name_is_one() -> None:
    """It is set in larger print; words of one size are a sentence."""
    words = [("Corner", 20.0), ("Store", 20.0), ("Delivery", 32.0), ("note", 32.0)]
    assert chosen(_line(words), NOTE).type_name == "delivery_note"
    assert chosen(_line([(text, 20.0) for text, _ in words]), NOTE).type_name == "invoice"


def _line(words: list[tuple[str, float]]) -> PageText:
    """A page with words of these heights on one line, over small print."""
    placed, x = [], 50.0
    for text, height in words:
        width = 0.5 * height * len(text)
        placed.append(Word(text, Box(x, 60 - height / 2, x + width, 60 + height / 2), 1.0))
        x += width + 5
    small = [
        Word(text, Box(50 + 90 * at, 200, 130 + 90 * at, 210), 1.0)
        for at, text in enumerate(("Oak", "boards", "4", "pcs", "oiled"))
    ]
    return PageText(1, 595, 842, (*placed, *small), "text-layer")


def test_a_word_of_a_sentence_announces_no_invoice() -> None:
    """An order asks for its number on the invoice; that makes it none."""
    order = DocumentType("purchase_order", "Purchase order", "Purchase orders", USUAL.model, kinds=("purchase order",))
    for request in (
        "Please quote this number on your invoice.",
        "Bitte nennen Sie die Bestellnummer auf der Rechnung.",
    ):
        choice = chosen(f"Acme\n!Purchase order 4711\n{GOODS}\nTotal|@200 119.00\n\n{request}", order)
        assert (choice.type_name, choice.known) == ("purchase_order", True), request


def test_a_number_of_its_own_tells_a_type_that_has_no_sums() -> None:
    """Small print with a delivery note's number makes one of a page without money; beside sums or an invoice's number it is a reference."""
    page = f"Acme Tools Ltd\nDelivery note no.|@200 L-4711\n\n{GOODS}"
    choice = chosen(page, NOTE)
    assert (choice.type_name, choice.reason) == ("delivery_note", "gives itself the number “L-4711” as a delivery note")
    for more in ("Total|@200 119.00", "Handelsrechnung Nr.|@200 R-7", "Invoice no.|@200 R-7"):
        assert chosen(f"{page}\n{more}", NOTE).type_name == "invoice", more


def test_a_slip_is_known_by_its_number_and_the_time_of_day() -> None:
    """Neither title nor the shape of a strip are needed; without the clock it is no till's."""
    slip = "Corner Store\nBon-Nr.|@200 4711\n12.03.2025|@200 14:32\nMilch|@200 1,20\nSumme|@200 1,20"
    assert chosen(slip, RECEIPT).type_name == "receipt"
    assert chosen(slip.replace("14:32", ""), RECEIPT).type_name == "invoice"
    assert chosen(slip.replace("Corner Store", "Corner Store\n!Rechnung"), RECEIPT).type_name == "invoice"


def test_a_simplified_invoice_is_the_receipt_that_it_is() -> None:
    """Tills in Spain and Portugal call their slips so."""
    for title in ("Factura simplificada", "Fatura simplificada"):
        assert chosen(f"Tienda\n!{title}\nLeche|@200 1,20\nTotal|@200 1,20", RECEIPT).type_name == "receipt"


def test_a_bon_de_livraison_is_no_tills_bon() -> None:
    """Also in small print, where the first word alone would be a receipt's."""
    reading = OFFLINE.choose([typed(f"Atelier Brindille\nBon de livraison:|@200 20472\n{GOODS}")], [USUAL, NOTE])
    assert reading.type_name == "delivery_note"
