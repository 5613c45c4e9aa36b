"""A document's type is told by what it calls itself."""

from __future__ import annotations

import pytest

from core.evidence import TEXT_LAYER, Box, PageText, Word
from core.recognition import doubt_of, recognise
from core.rules.extractor import read_invoice
from core.rules.lexicon import load_lexicon
from core.rules.reading import Reading
from tests.core.rules.pages import page as typed

BODY = ("Acme Tools Ltd", "5 May 2024", "Blue widget 100.00", "VAT 19.00", "Total 119.00")


def page(title: str, *lines: str, height: float = 20) -> PageText:
    """A page with a title of ``height`` over lines of text ten units high."""
    words = [
        Word(text, Box(300 + 80 * i, 30, 370 + 80 * i, 30 + height), line=0) for i, text in enumerate(title.split())
    ]
    for row, line in enumerate(lines or BODY, 1):
        words += [
            Word(text, Box(40 + 60 * i, 80 + 20 * row, 90 + 60 * i, 90 + 20 * row), line=row)
            for i, text in enumerate(line.split())
        ]
    return PageText(1, 600, 840, tuple(words), TEXT_LAYER)


def kind_of(text: PageText) -> str:
    """The type of a one-page document."""
    return recognise(Reading((text,), load_lexicon())).document_type


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("INVOICE", "invoice"),
        ("Tax Invoice", "invoice"),
        ("Rechnung Nr. 4711", "invoice"),
        ("Gutschrift", "credit note"),
        ("CREDIT NOTE", "credit note"),
        ("Nota de crédito", "credit note"),
        ("Kassenbon", "receipt"),
        ("領収書", "receipt"),
        ("Lieferschein", "other"),
        ("Quotation", "other"),
        ("Pro-forma invoice", "other"),
        ("Bon de commande", "other"),
    ],
)
def test_a_title_tells_the_type(title: str, kind: str) -> None:
    """In the languages that the studio reads."""
    assert kind_of(page(title)) == kind


def test_the_name_of_another_document_in_small_print_changes_nothing() -> None:
    """An invoice names its delivery note and its order."""
    text = page("Invoice", "Delivery note 4711", "Purchase order 99", *BODY)
    assert kind_of(text) == "invoice"
    assert kind_of(page("Delivery note 4711", "Invoice no. R-7", *BODY, height=10)) == "invoice"
    assert kind_of(typed("Acme\n\nBestellung|@200 : B123\nMietrechnung Nr.|@200 7")) == "invoice"


@pytest.mark.parametrize("size", ["", "!"])
@pytest.mark.parametrize(
    "title",
    ["Mahnung", "3. Mahnung", "FINAL NOTICE", "Order confirmation", "Delivery note", "Pro forma invoice", "Remittance slip",
     "Statement of account", "2ème relance", "Sollecito di pagamento", "Mahnung zur Rechnung", "Payment reminder for invoice R-7"],
)  # fmt: skip
def test_what_quotes_an_invoices_number_is_no_invoice(title: str, size: str) -> None:
    """Its title stands alone, in large print or not, and nothing on the page calls itself an invoice."""
    text = typed(
        f"Acme Tools Ltd|@300 {size}{title}\n\nInvoice no.|@200 R-7\nInvoice date|@200 3 March 2026\nTotal|@200 119.00"
    )
    assert kind_of(text) == "other"
    found = read_invoice((text,)).findings
    assert [(one.check, one.severity) for one in found] == [("document_type", "warning")]


def test_a_large_own_title_beats_anothers_name() -> None:
    """A heading of a section below the title."""
    assert kind_of(page("Invoice", "Order confirmation", "Invoice no. R-7", *BODY)) == "invoice"
    assert kind_of(typed("Acme\n!Delivery note / Invoice\nInvoice no.|@200 R-7\nTotal|@200 119.00")) == "invoice"


def test_what_says_that_it_is_no_invoice_is_none() -> None:
    """A slip that is handed out before the invoice."""
    assert kind_of(typed("Acme\nTHIS IS NOT A TAX INVOICE\nInvoice no.|@200 R-7\nTotal|@200 119.00")) == "other"


def test_a_quotation_that_says_whom_to_invoice_is_one() -> None:
    """The title is what stands large."""
    assert kind_of(page("Quotation", "Invoice to: Acme", *BODY)) == "other"
    assert kind_of(page("Invoice", "Offer valid", *BODY)) == "invoice"


def test_a_page_without_a_title_passes_for_an_invoice_at_a_low_score() -> None:
    """Nothing is refused for want of a title; an empty page has no score at all."""
    found = recognise(Reading((page("Acme", *BODY),), load_lexicon()))
    assert (found.document_type, found.score < 0.7) == ("invoice", True)
    assert recognise(Reading((), load_lexicon())).score == 0


def test_a_letter_is_doubted() -> None:
    """Running text without amounts is no invoice."""
    letter = ["Dear Sir or Madam we thank you for your kind letter of last week"] * 8
    found = recognise(Reading((page("Acme", *letter),), load_lexicon()))
    doubt = doubt_of(found)
    assert doubt is not None
    assert "letter" in doubt.message


def test_the_offline_extractor_says_what_it_read_and_doubts_a_quotation() -> None:
    """The type is on every run; what is no invoice is never approved unseen."""
    assert read_invoice((page("Credit note"),)).document_type == "credit note"
    draft = read_invoice((page("Quotation"),))
    assert draft.document_type is None
    assert [(f.check, f.severity) for f in draft.findings] == [("document_type", "warning")]
    assert "“Quotation”" in draft.findings[0].message


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("Wezwanie do zapłaty", "Faktura nr FV/12/2026"),
        ("Zamówienie", "Numer zamówienia 12/2026"),
        ("Upomínka", "Faktura č. 2026012"),
        ("Zálohová faktura", "Variabilní symbol 2026012"),
        ("Dodací list", "Číslo faktury 2026012"),
        ("Påminnelse", "Fakturanummer 4711"),
        ("Orderbekräftelse", "Ordernummer 4711"),
        ("Følgeseddel", "Fakturanr. 4711"),
        ("Rykker", "Fakturanr. 4711"),
        ("Purring", "Fakturanr. 4711"),
        ("Maksumuistutus", "Laskun numero 4711"),
        ("Tarjous", "Tarjousnumero 4711"),
        ("Fizetési felszólítás", "Számlaszám 2026/12"),
        ("Díjbekérő", "Sorszám 2026/12"),
        ("Somație de plată", "Factura nr. 4711"),
        ("Δελτίο Αποστολής", "Αριθμός 4711"),
    ],
)
def test_what_is_no_invoice_is_told_in_the_languages_of_north_and_east(title: str, number: str) -> None:
    """Reminders, orders, delivery notes and demands for an advance, though they quote an invoice."""
    assert kind_of(page(title, number, *BODY)) == "other"
