"""Invoice XML gives the exact invoice; broken or hostile XML gives one clear error."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from core.documents import Attachment, Document
from core.errors import ExtractionError
from core.extraction import PageRef
from core.extractor import Extracted, Request
from core.invoice.document_type import INVOICE
from core.invoice.einvoice import EInvoiceExtractor, read_einvoice
from core.invoice.model import Invoice, LineItem
from core.recipe import Recipe
from tests.core.invoices import further_part, usual_part

SAMPLES = Path(__file__).parent.parent / "samples" / "einvoice"


class DocumentWith(Document):
    """A document of which only the attachments matter."""

    def __init__(self, *attachments: Attachment) -> None:
        self._attached = list(attachments)

    def attachments(self) -> list[Attachment]:
        return self._attached


def extract(*attachments: Attachment) -> Extracted | None:
    """What the extractor makes of a document; reading its pages is an error."""

    def read() -> tuple[()]:
        raise AssertionError("an e-invoice does not need the page")

    return EInvoiceExtractor().extract(Request(DocumentWith(*attachments), (PageRef(1),), Recipe(), read))


def sample(name: str) -> Invoice:
    """The invoice in one of the sample files."""
    return read_einvoice((SAMPLES / name).read_bytes(), name).values


def test_a_cii_invoice_is_read_in_full() -> None:
    """Factur-X, ZUGFeRD 2 and XRechnung CII: every field, no trailing zeros, the tax in the invoice's currency."""
    assert usual_part(sample("cii.xml")) == Invoice(
        invoice_number="HT-2024-118",
        invoice_date=date(2024, 3, 15),
        due_date=date(2024, 4, 14),
        vendor_name="Holz & Technik Beispiel GmbH",
        customer_name="Tischlerei Probe",
        billing_address="Spanweg 3, Hinterhaus, 99084 Erfurt",
        shipping_address="Am Kran 7, 99085 Erfurt",
        order_date=date(2024, 3, 1),
        customer_id="K-5501",
        subtotal=Decimal("349.00"),
        tax=Decimal("66.31"),
        total_amount=Decimal("415.31"),
        currency="EUR",
        line_items=(
            LineItem(
                description="Sechskantschrauben M8 verzinkt",
                quantity=Decimal(400),
                unit_price=Decimal("0.125"),
                total_price=Decimal("50.00"),
            ),
            LineItem(
                description="W-77 Werkbank Buche",
                quantity=Decimal(2),
                unit_price=Decimal("149.50"),
                total_price=Decimal("299.00"),
            ),
        ),
    )


#: What fuller XML of both syntaxes says beside; each stands where the syntax has it.
_CII_FULLER = (
    (
        "</ram:SellerTradeParty>",
        '<ram:SpecifiedTaxRegistration><ram:ID schemeID="FC">12/34</ram:ID></ram:SpecifiedTaxRegistration>'
        '<ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">DE111111125</ram:ID></ram:SpecifiedTaxRegistration></ram:SellerTradeParty>',
    ),
    (
        "</ram:ApplicableHeaderTradeSettlement>",
        "<ram:SpecifiedTradeSettlementPaymentMeans><ram:PayeePartyCreditorFinancialAccount>"
        "<ram:IBANID>DE02120300000000202051</ram:IBANID></ram:PayeePartyCreditorFinancialAccount>"
        "</ram:SpecifiedTradeSettlementPaymentMeans><ram:ApplicableTradeTax><ram:CalculatedAmount>57.00</ram:CalculatedAmount>"
        "<ram:BasisAmount>300.00</ram:BasisAmount><ram:RateApplicablePercent>19.00</ram:RateApplicablePercent>"
        "</ram:ApplicableTradeTax></ram:ApplicableHeaderTradeSettlement>",
    ),
)


def test_account_tax_numbers_and_taxes_are_read() -> None:
    """The VAT id before the tax office's number; each rate of the table of taxes."""
    text = (SAMPLES / "cii.xml").read_text(encoding="utf-8")
    for old, new in _CII_FULLER:
        assert old in text
        text = text.replace(old, new)
    found = further_part(read_einvoice(text.encode(), "a.xml").values)
    assert (found["vendor_tax_id"], found["iban"]) == ("DE111111125", "DE02120300000000202051")
    assert (found["taxes.0.rate"], found["taxes.0.base"], found["taxes.0.amount"]) == ("19", "300.00", "57.00")
    assert (found["purchase_order_number"], found["line_items.0.article_number"]) == ("B-9", "S-8")


def test_the_minimum_profile_has_no_lines() -> None:
    """MINIMUM and BASIC WL carry sums only."""
    invoice = sample("cii-minimum.xml")
    assert (invoice.invoice_number, invoice.total_amount, invoice.line_items) == ("FA-12", Decimal("240.00"), ())
    assert invoice.billing_address is None


def test_zugferd_1_is_read_with_its_own_names() -> None:
    """A credit note keeps its signs; a line that only holds a note is no line."""
    invoice = sample("zugferd1.xml")
    assert invoice.invoice_number == "G-31"
    assert invoice.order_date == date(2014, 6, 20)
    assert (invoice.subtotal, invoice.tax, invoice.total_amount) == (Decimal("-30"), Decimal("-5.7"), Decimal("-35.7"))
    assert invoice.billing_address == "Wiesenpfad 2, 01067 Dresden"
    assert [(item.description, item.quantity, item.unit_price) for item in invoice.line_items] == [
        ("Rosenstock", Decimal(-2), Decimal(15))
    ]


@pytest.mark.parametrize(("name", "number"), [("ubl-invoice.xml", "SS-9"), ("ubl-creditnote.xml", "CN-2")])
def test_ubl_invoices_and_credit_notes_are_read(name: str, number: str) -> None:
    """The total is the grand total, not what is left to pay; a heading line is no line; a British address ends with the
    postcode."""
    invoice = sample(name)
    assert invoice.invoice_number == number
    assert invoice.due_date == date(2025, 3, 5)
    assert invoice.total_amount == Decimal(144)
    assert invoice.vendor_name == "Sample Sails Limited"
    assert invoice.customer_name == "Testing Boats"
    assert invoice.billing_address == "4 Harbour Row, Whitby YO21 3PU"
    assert [item.description for item in invoice.line_items] == ["[CL-1] Cleat, stainless"]


def test_the_draft_is_exact_and_says_where_each_value_came_from() -> None:
    """Every value has its provenance; the XML is kept for the raw tab."""
    draft = read_einvoice((SAMPLES / "cii.xml").read_bytes(), "cii.xml")
    assert draft.exact
    assert draft.language == "de"
    assert draft.raw.startswith("<?xml")
    assert set(draft.provenance) == {path for path, _, value in INVOICE.walk(draft.values) if value is not None}


def test_invoice_xml_is_recognised_by_content() -> None:
    """Other attachments and other names do not matter."""
    data = (SAMPLES / "ubl-invoice.xml").read_bytes()
    draft = extract(
        Attachment("photo.png", b"\x89PNG"), Attachment("notes.xml", b"<notes/>"), Attachment("data.bin", data)
    )
    assert draft is not None
    assert draft.values.invoice_number == "SS-9"


def test_utf_16_xml_is_read() -> None:
    """The encoding may be any that XML allows."""
    text = (SAMPLES / "cii.xml").read_text(encoding="utf-8").replace("UTF-8", "UTF-16", 1)
    draft = extract(Attachment("x.xml", text.encode("utf-16")))
    assert draft is not None
    assert draft.values.customer_name == "Tischlerei Probe"
    assert "Tischlerei" in draft.raw


def test_a_document_without_invoice_xml_is_not_for_us() -> None:
    """No attachments, or none that is an invoice."""
    assert extract() is None
    assert extract(Attachment("notes.xml", b"<notes/>"), Attachment("a.pdf", b"%PDF-1.7")) is None


CII = '<CrossIndustryInvoice xmlns="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100">'
ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    ("xml", "says"),
    [
        (f"{CII}<ExchangedDocument>", "damaged"),
        (
            f'<!DOCTYPE a [<!ENTITY e0 "lol">{ENTITIES}]>{CII}<ExchangedDocument><ID>&e9;</ID></ExchangedDocument></CrossIndustryInvoice>',
            "damaged|document type",
        ),
        (
            f'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>{CII}<ID>&x;</ID></CrossIndustryInvoice>',
            "document type",
        ),
        (f'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd">{CII}</CrossIndustryInvoice>', "document type"),
        (CII + "<a>" * 5000 + "</a>" * 5000 + "</CrossIndustryInvoice>", "damaged"),
        (f"<wrapper>{CII}</CrossIndustryInvoice></wrapper>", "root is “wrapper”"),
        (f"{CII}<InvoiceCurrencyCode>EURO</InvoiceCurrencyCode></CrossIndustryInvoice>", "currency"),
        (
            f"{CII}<ExchangedDocument><IssueDateTime>31.12.24</IssueDateTime></ExchangedDocument></CrossIndustryInvoice>",
            "date",
        ),
        (
            f"{CII}<IncludedSupplyChainTradeLineItem><LineTotalAmount>1e999999</LineTotalAmount>"
            "</IncludedSupplyChainTradeLineItem></CrossIndustryInvoice>",
            "amount",
        ),
    ],
    ids=["cut", "entity-bomb", "external-entity", "external-dtd", "deep", "other-root", "currency", "date", "amount"],
)
def test_broken_and_hostile_xml_gives_one_clear_error(xml: str, says: str) -> None:
    """Nothing is expanded, fetched or guessed; the XML is kept for the raw tab."""
    with pytest.raises(ExtractionError, match=says) as caught:
        extract(Attachment("invoice.xml", xml.encode()))
    assert caught.value.raw
    assert "hostname" not in str(caught.value)


def cii_with(old: str, new: str) -> Attachment:
    """The CII sample with one of its texts changed."""
    text = (SAMPLES / "cii.xml").read_text(encoding="utf-8")
    assert old in text
    return Attachment("invoice.xml", text.replace(old, new, 1).encode())


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        (">415.31</", ">1234567890123456789</", "total_amount"),
        (">415.31</", ">a lot</", "total_amount"),
        (">415.31</", ">1e999999</", "total_amount"),
        (">20240315</", ">31.12.24</", "invoice_date"),
    ],
)
def test_one_wrong_value_is_left_out_and_the_others_stay(old: str, new: str, field: str) -> None:
    """A finding says which value of the XML could not be read, and what stands there."""
    whole = sample("cii.xml")
    draft = extract(cii_with(old, new))
    assert draft is not None
    assert getattr(draft.values, field) is None
    assert draft.values.model_copy(update={field: getattr(whole, field)}) == whole
    assert field not in draft.provenance
    [finding] = draft.findings
    assert (finding.fields, finding.severity) == ((field,), "warning")
    assert new.strip("></") in finding.message


def test_a_wrong_amount_of_a_line_is_named_with_its_line() -> None:
    """The line keeps its other cells."""
    draft = extract(cii_with(">50.00</", ">12,00,00</"))
    assert draft is not None
    assert (draft.values.line_items[0].total_price, draft.values.line_items[0].quantity) == (None, 400)
    assert draft.findings[0].message.startswith("Line 1 line total: ")


@pytest.mark.parametrize(
    ("old", "written", "encoding", "remark"),
    [
        ("UTF-8", "UTF-8", "cp1252", "read as Windows-1252"),
        ("UTF-8", "ISO-8859-1", "utf-8", "read as UTF-8"),
        ("UTF-8", "UTF-16", "utf-8", "read as UTF-8"),
        ("UTF-8", "ISO-8859-1", "latin-1", None),
        ("UTF-8", "Windows-1252", "cp1252", None),
        ("UTF-8", "Klingon", "utf-8", None),
        ("UTF-8", "UTF-8", "utf-16-le", None),
        ("UTF-8", "UTF-16", "utf-16-be", None),
    ],
)
def test_xml_is_read_in_the_encoding_that_it_is_in(old: str, written: str, encoding: str, remark: str | None) -> None:
    """Programs name one encoding and write another; no letter is lost and a note says so."""
    text = (SAMPLES / "cii.xml").read_text(encoding="utf-8").replace(f'"{old}"', f'"{written}"', 1)
    text = text.replace("Tischlerei Probe", "Tischlerei Größe & Söhne".replace("&", "&amp;"), 1)
    draft = extract(Attachment("x.xml", text.encode(encoding)))
    assert draft is not None
    assert draft.values.customer_name == "Tischlerei Größe & Söhne"
    assert [remark in found.message for found in draft.findings if remark] == ([True] if remark else [])
    assert bool(draft.findings) == bool(remark)


def test_a_number_too_long_for_an_amount_is_rounded_where_only_its_decimals_are_too_many() -> None:
    """A third, as a program writes it that never rounds; and an exponent, as floating point is written."""
    for written, read in (("0." + "3" * 40, "0." + "3" * 27), ("1.495E2", "149.50"), ("1e-7", "0.0000001")):
        draft = extract(cii_with(">149.50</", f">{written}</"))
        assert draft is not None
        assert (draft.values.line_items[1].unit_price, draft.findings) == (Decimal(read), ())


UBL_LINE = (
    '<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><ID>7</ID><InvoiceLine>'
    "<InvoicedQuantity>{quantity}</InvoicedQuantity><LineExtensionAmount>{total}</LineExtensionAmount>{charge}"
    "<Price><PriceAmount>{price}</PriceAmount>{basis}</Price></InvoiceLine></Invoice>"
)
CHARGE = "<AllowanceCharge><ChargeIndicator>{added}</ChargeIndicator><Amount>{amount}</Amount></AllowanceCharge>"


@pytest.mark.parametrize(
    ("quantity", "price", "basis", "charge", "total", "each"),
    [
        ("200", "50.00", "100", None, "100.00", "0.50"),
        ("200", "50.00", "100", ("false", "8.00"), "92.00", "0.50"),
        ("200", "50.00", "100", ("true", "8.00"), "108.00", "0.50"),
        ("64", "36109.00", "100", ("true", "330.00"), "23440.00", "361.09"),
        ("4", "50.00", "4", None, "200.00", "50.00"),
        ("4", "50.00", "4", ("false", "20.00"), "180.00", "50.00"),
        ("4", "0.00", None, None, "80.00", "20.00"),
        ("4", "0.00", None, ("true", "8.00"), "88.00", "20.00"),
        ("3", "0.00", None, None, "80.00", None),
        ("4", "0.00", None, None, "0.00", "0.00"),
    ],
)
def test_the_price_is_that_of_one_unit(
    quantity: str, price: str, basis: str | None, charge: tuple[str, str] | None, total: str, each: str | None
) -> None:
    """Also where the line has an allowance or charge, and where its total is rounded to whole forints; a basis that is
    the quantity by mistake changes nothing, and a price of nothing beside an amount is none."""
    based = f"<BaseQuantity>{basis}</BaseQuantity>" if basis else ""
    charged = CHARGE.format(added=charge[0], amount=charge[1]) if charge else ""
    xml = UBL_LINE.format(quantity=quantity, total=total, charge=charged, price=price, basis=based)
    draft = extract(Attachment("a.xml", xml.encode()))
    assert draft is not None
    assert draft.values.line_items[0].unit_price == (None if each is None else Decimal(each))
    derived = draft.provenance.get("line_items.0.unit_price")
    assert derived is None or derived.derived == (price == "0.00" and total != "0.00")


def test_an_allowance_below_zero_is_one_where_the_sum_of_allowances_says_so() -> None:
    """Some programs write what is taken off with a minus."""
    sums = "<AllowanceTotalAmount>{stated}</AllowanceTotalAmount>"
    for stated, comes_to in (("21.55", "-21.55"), ("-21.55", "21.55")):
        xml = (
            f"{CII}<ApplicableHeaderTradeSettlement><InvoiceCurrencyCode>EUR</InvoiceCurrencyCode>"
            "<SpecifiedTradeAllowanceCharge><ChargeIndicator><Indicator>false</Indicator></ChargeIndicator>"
            "<ActualAmount>-21.55</ActualAmount></SpecifiedTradeAllowanceCharge>"
            f"<SpecifiedTradeSettlementHeaderMonetarySummation>{sums.format(stated=stated)}"
            "</SpecifiedTradeSettlementHeaderMonetarySummation></ApplicableHeaderTradeSettlement></CrossIndustryInvoice>"
        )
        draft = extract(Attachment("a.xml", xml.encode()))
        assert draft is not None
        assert [charge.amount for charge in draft.charges] == [Decimal(comes_to)]


@pytest.mark.parametrize("price", ["0.12345678912", "12.3456789012345678901234"])
def test_a_price_keeps_all_its_decimals(price: str) -> None:
    """Some programs write a price with more decimals than anybody prints."""
    draft = extract(cii_with(">149.50</", f">{price}</"))
    assert draft is not None
    assert draft.values.line_items[1].unit_price == Decimal(price)
    assert draft.findings == ()


@pytest.mark.parametrize("lead", [b"\n", b"\r\n \n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n", b"\n\xef\xbb\xbf"])
def test_blanks_before_the_declaration_do_no_harm(lead: bytes) -> None:
    """XML allows nothing there; programs write it all the same."""
    data = (SAMPLES / "cii.xml").read_bytes().lstrip(b"\xef\xbb\xbf")
    assert data.startswith(b"<?xml")
    draft = extract(Attachment("invoice.xml", lead + data))
    assert draft is not None
    assert draft.values == sample("cii.xml")


def test_a_huge_file_is_refused_before_it_is_parsed() -> None:
    """No invoice is that large."""
    with pytest.raises(ExtractionError, match="larger than 20 MB"):
        extract(Attachment("big.xml", CII.encode() + b" " * 20_000_000))


def test_a_readable_invoice_wins_over_a_broken_one() -> None:
    """Some programs attach the same invoice in two syntaxes."""
    good = Attachment("good.xml", (SAMPLES / "cii.xml").read_bytes())
    draft = extract(Attachment("bad.xml", CII.encode()[:-1]), good)
    assert draft is not None
    assert draft.values.invoice_number == "HT-2024-118"


def test_damaged_xml_is_an_invoice_or_an_error_never_a_crash() -> None:
    """Bytes changed, cut out and doubled at random in real XML."""
    random = Random(7)
    originals = [path.read_bytes() for path in sorted(SAMPLES.glob("*.xml"))]
    for _ in range(400):
        data = bytearray(random.choice(originals))
        for _ in range(random.randint(1, 4)):
            at = random.randrange(len(data))
            data[at : at + random.choice((0, 1, 30))] = bytes(random.choices(range(256), k=random.choice((0, 1, 2))))
        with suppress(ExtractionError):
            read_einvoice(bytes(data), "damaged.xml")


SUMS = (
    "<SpecifiedTradeSettlementHeaderMonetarySummation><GrandTotalAmount>{total}</GrandTotalAmount>{more}"
    "</SpecifiedTradeSettlementHeaderMonetarySummation></CrossIndustryInvoice>"
)


@pytest.mark.parametrize(
    ("code", "total", "kind"),
    [
        ("380", "100", "invoice"),
        ("381", "100", "credit note"),
        ("261", "100", "credit note"),
        ("384", "100", "invoice"),
        ("384", "-100", "credit note"),
        ("389", "100", "invoice"),
    ],
)
def test_the_type_code_says_whether_money_comes_back(code: str, total: str, kind: str) -> None:
    """Credit notes of every code; a corrected invoice is one where it takes back what was invoiced."""
    head = f"<ExchangedDocument><TypeCode>{code}</TypeCode></ExchangedDocument>"
    draft = extract(Attachment("a.xml", f"{CII}{head}{SUMS.format(total=total, more='')}".encode()))
    assert draft is not None
    assert draft.document_type == kind


@pytest.mark.parametrize(
    ("name", "kind", "paid", "due"),
    [
        ("cii.xml", "invoice", "100.00", "315.31"),
        ("cii-minimum.xml", "invoice", None, "240.00"),
        ("zugferd1.xml", "credit note", None, None),
        ("ubl-invoice.xml", "invoice", None, "44.00"),
        ("ubl-creditnote.xml", "credit note", None, "44.00"),
    ],
)
def test_what_is_paid_and_due_is_read(name: str, kind: str, paid: str | None, due: str | None) -> None:
    """Prepaid and payable amounts of both syntaxes."""
    draft = extract(Attachment(name, (SAMPLES / name).read_bytes()))
    assert draft is not None
    amounts = tuple(None if amount is None else Decimal(amount) for amount in (paid, due))
    assert (draft.document_type, (draft.values.paid_amount, draft.values.amount_due)) == (kind, amounts)
