"""A file with several documents is proposed to be split where each begins; one document of several pages is not."""

from __future__ import annotations

from core.document_types import USUAL
from core.evidence import PageText
from core.recognition.parts import Part
from core.rules.recogniser import OFFLINE
from tests.core.recognition.test_type_choice import NOTE
from tests.core.rules.pages import page as typed

INVOICE = "Acme Tools Ltd|@300 !Invoice\n\nInvoice no.|@200 {}\nInvoice date|@200 3 March 2026\nBlue widget|@200 119.00\nTotal|@200 119.00"
DELIVERY = "Acme Tools Ltd|@300 !Delivery note\n\nDelivery note no.|@200 {}\nBlue widget|@200 4"


def parts(*texts: str, size: tuple[float, float] | None = None) -> tuple[Part, ...]:
    """What pages with these texts hold; ``size`` is that of the last one."""
    pages = []
    for number, text in enumerate(texts, 1):
        page = typed(text)
        width, height = size if size and number == len(texts) else (page.width, page.height)
        pages.append(PageText(number, width, height, page.words, page.engine))
    return OFFLINE.parts(pages, [USUAL, NOTE])


def told(found: tuple[Part, ...]) -> list[tuple[tuple[int, ...], str, str]]:
    """Pages, type and number of each."""
    return [(part.pages, part.choice.type_name, part.number) for part in found]


def test_invoice_delivery_note_invoice() -> None:
    """Each with its type, its number and its first words; a page that says nothing belongs to the one before it."""
    found = parts(INVOICE.format("R-7"), "More of the blue widgets", DELIVERY.format("LS-1"), INVOICE.format("R-8"))
    assert told(found) == [((1, 2), "invoice", "R-7"), ((3,), "delivery_note", "LS-1"), ((4,), "invoice", "R-8")]
    assert found[1].words.startswith("Acme Tools Ltd")
    assert found[1].choice.reason == "says “Delivery note” at the top"


def test_one_invoice_on_several_pages_stays_together() -> None:
    """It repeats its title and its number, counts its pages, or does neither."""
    assert len(parts(INVOICE.format("R-7"), INVOICE.format("R-7"))) == 1
    assert len(parts("Page 1 of 2\n" + INVOICE.format("R-7"), "Page 2 of 2\n" + INVOICE.format("R-9"))) == 1
    assert len(parts(INVOICE.format("R-7"), "Terms of sale\nWe sell what we have.")) == 1
    assert len(parts(INVOICE.format("R-7"), "")) == 1
    assert len(parts("Dear customer", INVOICE.format("R-7"))) == 1  # a letter that goes with it


def test_pages_that_are_counted_from_one_again_are_another_document() -> None:
    """Though no number can be read on them."""
    body = "!Invoice\nBlue widget|@200 119.00"
    assert len(parts(f"Page 1 of 1\n{body}", f"Page 1 of 1\n{body}")) == 2


def test_an_invoice_that_names_its_delivery_note_is_not_split_there() -> None:
    """Nor does a note that names the invoice join it."""
    second = "Acme|@300 !Invoice\nInvoice no.|@200 R-7\nDelivery note:|@200 LS-1\nTotal|@200 119.00"
    assert len(parts(INVOICE.format("R-7"), second)) == 1
    assert len(parts(INVOICE.format("R-7"), DELIVERY.format("LS-1") + "\nInvoice no.|@200 R-7")) == 2


def test_slips_of_other_sizes_are_documents_of_their_own() -> None:
    """Two scans whose numbers were not read, each with a sum."""
    slip = "Corner Store\nMilk|@200 1.20\nTotal|@200 1.20"
    assert len(parts(slip, slip)) == 1
    assert len(parts(slip, slip, size=(300, 900))) == 2
