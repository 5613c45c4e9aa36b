"""FatturaPA, ebInterface, Facturae, Order-X and Svefaktura: read in full, judged right; several invoices in a file and signed files."""

from __future__ import annotations

import base64
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from core.documents import members_of
from core.documents.opening import open_document
from core.errors import ExtractionError, UnsupportedDocument
from core.extraction import Finding
from core.extractor import Extracted
from core.invoice.einvoice import read_einvoice
from core.invoice.model import Invoice, LineItem
from core.notation.writing import text_of
from core.validation.checks import check
from tests.core.invoices import further_part, usual_part

SAMPLES = Path(__file__).parent.parent / "samples" / "einvoice"


def read(name: str, *changes: tuple[str, str]) -> Extracted:
    """What is read of a sample, with some of its texts changed."""
    data = (SAMPLES / name).read_bytes()
    for old, new in changes:
        assert old.encode() in data
        data = data.replace(old.encode(), new.encode())
    return read_einvoice(data, name)


def judged(extracted: Extracted) -> list[Finding]:
    """What the checks notice of it, and what was noticed while it was read; without mere notes."""
    noticed = check(extracted.values, [], {}, extracted.provenance, None, date(2026, 1, 1), charges=extracted.charges)
    return [finding for finding in (*extracted.findings, *noticed) if finding.severity != "info"]


def line(description: str, *numbers: str | None) -> LineItem:
    """A line item of its description, quantity, unit price and total."""
    quantity, price, total = (None if one is None else Decimal(one) for one in numbers)
    return LineItem(description=description, quantity=quantity, unit_price=price, total_price=total)


FATTURAPA = Invoice(
    invoice_number="31/2025",
    invoice_date=date(2025, 5, 12),
    due_date=date(2025, 6, 11),
    vendor_name="Livia Esempio",
    customer_name="Officine Campione S.r.l.",
    billing_address="Viale del Modello 12/B, 35100 Padova",
    shipping_address="Via Cantiere 4, 35010 Vigonza",
    order_date=date(2025, 3, 3),
    subtotal=Decimal("2058.40"),
    tax=Decimal("452.32"),
    total_amount=Decimal("2512.72"),
    currency="EUR",
    line_items=(
        line("Progettazione esecutiva", "20", "100.00", "1800.00"),
        line("Sopralluogo", None, "100.00", "100.00"),
    ),
)
SIMPLIFIED = Invoice(
    invoice_number="S-4",
    invoice_date=date(2025, 1, 20),
    vendor_name="Bar Esempio snc",
    customer_name="Ugo Campione",
    billing_address="Rue du Test 3, Lyon",
    tax=Decimal("16.00"),
    total_amount=Decimal("116.00"),
    currency="EUR",
    line_items=(line("Pranzo di lavoro", None, None, "55.00"), line("Sala", None, None, "61.00")),
)
EBINTERFACE_4 = Invoice(
    invoice_number="R 2016/77",
    invoice_date=date(2016, 3, 14),
    due_date=date(2016, 4, 13),
    vendor_name="Brauerei Beispiel GmbH",
    customer_name="Gasthof Muster KG",
    billing_address="Hauptstraße 8, 8020 Graz",
    shipping_address="Probenweg 3, 8010 Graz",
    order_date=date(2016, 3, 2),
    customer_id="K-12",
    subtotal=Decimal("810.00"),
    tax=Decimal("162.00"),
    total_amount=Decimal("977.00"),
    currency="EUR",
    line_items=(line("Märzen Fass 25 l", "200", "4.00", "792.00"), line("Zustellung", "1", "20.00", "20.00")),
)
EBINTERFACE_6 = Invoice(
    invoice_number="G-19",
    invoice_date=date(2024, 2, 5),
    due_date=date(2024, 3, 6),
    vendor_name="Schraubenhandel Probe e.U.",
    customer_name="Bau Muster AG",
    billing_address="Postfach 90, 1010 Wien",
    subtotal=Decimal("100.00"),
    tax=Decimal("18.50"),
    total_amount=Decimal("118.50"),
    currency="EUR",
    line_items=(line("Sechskantschraube", "100", "0.85", "85.00"), line("Handbuch", "1", "15.00", "15.00")),
)
FACTURAE = Invoice(
    invoice_number="2025A-118",
    invoice_date=date(2025, 4, 2),
    due_date=date(2025, 5, 2),
    vendor_name="Marta Ejemplo Prueba",
    customer_name="Talleres Modelo, S.L.",
    billing_address="Avenida de la Prueba 22, 3º, 46001 Valencia",
    order_date=date(2025, 3, 10),
    subtotal=Decimal("1060.00"),
    tax=Decimal("222.60"),
    total_amount=Decimal("1124.20"),
    currency="EUR",
    line_items=(line("Dirección de obra", "12", "80.00", "920.00"), line("Informe", "1", "150.00", "150.00")),
)
SVEFAKTURA = Invoice(
    invoice_number="1007",
    invoice_date=date(2011, 9, 14),
    due_date=date(2011, 10, 14),
    vendor_name="Snickeri Test AB",
    customer_name="Kunden Exempel AB",
    billing_address="Provgatan 9, 222 22 Lund",
    shipping_address="Lagervägen 2, 211 11 Malmö",
    subtotal=Decimal("1000.40"),
    tax=Decimal("250.10"),
    total_amount=Decimal("1251.00"),
    currency="SEK",
    line_items=(line("Hylla i ek", "4", "250.10", "1000.40"),),
)


@pytest.mark.parametrize(
    ("name", "invoice", "kind", "language", "paid", "due"),
    [
        ("fatturapa.xml", FATTURAPA, "invoice", "it", None, "2132.72"),
        ("fatturapa-simplified.xml", SIMPLIFIED, "credit note", "it", None, None),
        ("ebinterface4.xml", EBINTERFACE_4, "invoice", "de", None, "947.00"),
        ("ebinterface6.xml", EBINTERFACE_6, "credit note", "de", "18.00", "100.00"),
        ("facturae.xml", FACTURAE, "invoice", "es", "100.00", "1024.20"),
        ("svefaktura.xml", SVEFAKTURA, "invoice", None, None, None),
    ],
)
def test_every_format_is_read_in_full_and_its_sums_hold(
    name: str, invoice: Invoice, kind: str, language: str | None, paid: str | None, due: str | None
) -> None:
    """Header, parties, lines and payment; discounts, surcharges, funds, stamp duty and withheld tax are known to the checks."""
    extracted = read(name)
    assert usual_part(extracted.values) == invoice
    assert (text_of(extracted.values.paid_amount), text_of(extracted.values.amount_due)) == (paid or "", due or "")
    assert (extracted.document_type, extracted.language) == (kind, language)
    assert judged(extracted) == []
    assert all(known.exact for known in extracted.provenance.values())


@pytest.mark.parametrize(
    ("name", "old", "new", "about"),
    [
        ("fatturapa.xml", ">76.00<", ">77.00<", "subtotal"),
        ("fatturapa.xml", ">2512.72<", ">2513.72<", "total_amount"),
        ("ebinterface4.xml", ">12.00</eb:Amount>", ">13.00</eb:Amount>", "subtotal"),
        ("ebinterface4.xml", ">5.00</eb:Amount>", ">6.00</eb:Amount>", "total_amount"),
        ("facturae.xml", ">20.00</DiscountAmount>", ">21.00</DiscountAmount>", "subtotal"),
        ("facturae.xml", ">158.40</TotalTaxesWithheld>", ">159.40</TotalTaxesWithheld>", "total_amount"),
    ],
)
def test_sums_that_do_not_hold_are_told_of(name: str, old: str, new: str, about: str) -> None:
    """What a format adds and takes off is counted, not waved through."""
    assert about in {field for finding in judged(read(name, (old, new))) for field in finding.fields}


def test_what_fatturapa_states_only_in_parts_is_put_together() -> None:
    """Without a total it is the sum with tax; a tax withheld is in what is due where nothing is said of payment, and in the
    total where the program took it off there."""
    bare = read("fatturapa.xml", ("<ImportoTotaleDocumento>2512.72</ImportoTotaleDocumento>", ""))
    assert (bare.values.total_amount, judged(bare)) == (Decimal("2510.72"), [])
    data = (SAMPLES / "fatturapa.xml").read_text(encoding="utf-8")
    start, end = data.index("<DatiPagamento>"), data.index("</DatiPagamento>") + len("</DatiPagamento>")
    silent = data[:start] + data[end:]
    assert read_einvoice(silent.encode(), "a.xml").values.amount_due == Decimal("2132.72")
    lower = read_einvoice(silent.replace(">2512.72<", ">2132.72<").encode(), "a.xml")
    assert (lower.values.amount_due, judged(lower)) == (None, [])


def test_a_rate_without_its_tax_makes_it() -> None:
    """ebInterface lets the amount out."""
    without = read("ebinterface6.xml", ("<TaxAmount>17.00</TaxAmount>", ""))
    assert without.values.tax == Decimal("18.50")


@pytest.mark.parametrize(
    ("series", "number", "read_as"),
    [("2025A", "118", "2025A-118"), ("F/", "118", "F/118"), ("F", "F118", "F118"), ("", "118", "118")],
)
def test_a_spanish_number_has_its_series(series: str, number: str, read_as: str) -> None:
    changes = (("<InvoiceNumber>118<", f"<InvoiceNumber>{number}<"), (">2025A<", f">{series}<"))
    assert read("facturae.xml", *changes).values.invoice_number == read_as


def test_an_order_is_read_as_what_it_is_and_not_approved() -> None:
    """Its values are there for whoever wants them; one sentence says why it is no invoice."""
    order = read("order-x.xml")
    assert usual_part(order.values) == Invoice(
        invoice_number="PO-4471",
        invoice_date=date(2025, 3, 31),
        vendor_name="Outillage Exemple SAS",
        customer_name="Menuiserie Essai",
        billing_address="3 rue du Test, 69001 Lyon",
        order_date=date(2025, 3, 31),
        customer_id="AC-3",
        subtotal=Decimal("80.00"),
        tax=Decimal("16.00"),
        total_amount=Decimal("96.00"),
        currency="EUR",
        line_items=(line("Fraise à bois", "6", "12.50", "75.00"),),
    )
    assert order.document_type is None
    [finding] = judged(order)
    assert finding.message == "The XML says that this is an order, not an invoice."
    assert [one.message for one in judged(read("order-x.xml", (">220<", "><")))] == [finding.message]


@pytest.mark.parametrize(
    ("name", "old", "code", "title"),
    [
        (
            "ubl-invoice.xml",
            "<cbc:DocumentCurrencyCode>",
            "<cbc:InvoiceTypeCode>325</cbc:InvoiceTypeCode>",
            "a pro forma",
        ),
        ("cii.xml", ">380<", ">310<", "an offer"),
        ("cii.xml", ">380<", ">351<", "a despatch advice"),
    ],
)
def test_xml_whose_code_says_that_it_is_no_invoice_does_not_pass(name: str, old: str, code: str, title: str) -> None:
    """It quotes all that an invoice has."""
    extracted = read(name, (old, code + old if old.startswith("<") else code))
    assert extracted.document_type is None
    [finding] = judged(extracted)
    assert f"this is {title}" in finding.message


def lot(name: str, element: str) -> bytes:
    """A sample with its invoice twice, the second with another number, and a third in a comment."""
    data = (SAMPLES / name).read_text(encoding="utf-8")
    start, end = data.index(f"<{element}>"), data.index(f"</{element}>") + len(f"</{element}>")
    body = data[start:end]
    second = body.replace("31/2025", "32/2025").replace("<InvoiceNumber>118<", "<InvoiceNumber>119<")
    return f"{data[:end]}<!-- {body} -->\n{second}{data[end:]}".encode()


@pytest.mark.parametrize(
    ("name", "element", "numbers"),
    [
        ("fatturapa.xml", "FatturaElettronicaBody", ["31/2025", "32/2025"]),
        ("facturae.xml", "Invoice", ["2025A-118", "2025A-119"]),
    ],
)
def test_several_invoices_in_a_file_are_opened_each_by_itself(name: str, element: str, numbers: list[str]) -> None:
    """The file says how many it holds; each of them is a whole file with the head that they share."""
    data = lot(name, element)
    with pytest.raises(ExtractionError, match="holds 2 invoices: open each of them by itself"):
        read_einvoice(data, name)
    members = members_of(open_document(data, name))
    assert [member.name for member in members] == [f"{name[:-4]}-1.xml", f"{name[:-4]}-2.xml"]
    each = [read_einvoice(member.data, member.name) for member in members]
    assert [one.values.invoice_number for one in each] == numbers
    assert each[0].values == read(name).values
    assert members_of(open_document((SAMPLES / name).read_bytes(), name)) == []


def der(tag: int, *parts: bytes) -> bytes:
    """A DER element."""
    content = b"".join(parts)
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([0x82, size >> 8, size & 255])
    return bytes([tag]) + length + content


def open_ended(tag: int, *parts: bytes) -> bytes:
    """A BER element whose length is left open."""
    return bytes([tag, 0x80]) + b"".join(parts) + b"\0\0"


SIGNED, DATA = bytes.fromhex("06092a864886f70d010702"), bytes.fromhex("06092a864886f70d010701")


def enveloped(data: bytes, pieces: bool = False) -> bytes:
    """``data`` as the content of CMS signed data; in pieces of open length, as programs that stream write it."""
    version, digests = der(2, b"\x01"), der(0x31, der(0x30, bytes.fromhex("0609608648016503040201")))
    if not pieces:
        content = der(0x30, DATA, der(0xA0, der(4, data)))
        return der(0x30, SIGNED, der(0xA0, der(0x30, version, digests, content, der(0x31))))
    parts = [der(4, data[at : at + 1000]) for at in range(0, len(data), 1000)]
    content = open_ended(0x30, DATA, open_ended(0xA0, open_ended(0x24, *parts)))
    return open_ended(0x30, SIGNED, open_ended(0xA0, open_ended(0x30, version, digests, content, der(0x31))))


@pytest.mark.parametrize("form", ["plain", "pieces", "base64", "pem", "twice"])
def test_a_signed_file_is_read(form: str) -> None:
    """A FatturaPA as the Italian exchange passes it on; that nobody checked the signature is said."""
    data = (SAMPLES / "fatturapa.xml").read_bytes()
    signed = enveloped(data, pieces=form == "pieces")
    if form == "twice":
        signed = enveloped(signed)
    if form in ("base64", "pem"):
        text = base64.encodebytes(signed)
        signed = text if form == "base64" else b"-----BEGIN PKCS7-----\n" + text + b"-----END PKCS7-----\n"
    document = open_document(signed, "IT00000000000_0007A.xml.p7m")
    assert document.remarks == ("The file is signed; the signature was not checked.",)
    [attached] = document.attachments()
    assert attached.data == data
    assert usual_part(read_einvoice(attached.data, attached.name).values) == FATTURAPA


@pytest.mark.parametrize(
    ("inside", "says"),
    [
        (b"%PDF-1.7 and so on", "with a PDF in it: take it out"),
        (b"a letter", "with a file that is no invoice XML in it"),
        (b"<?xml version='1.0'?><root/>", "this XML is no invoice in a format that is read here"),
    ],
)
def test_what_else_is_signed_says_so(inside: bytes, says: str) -> None:
    with pytest.raises(UnsupportedDocument, match=says):
        open_document(enveloped(inside), "a.p7m")


def test_a_damaged_envelope_is_one_sentence() -> None:
    """Cut anywhere, and with lengths that promise more than there is."""
    whole = enveloped((SAMPLES / "fatturapa.xml").read_bytes()[:300], pieces=True)
    for at in range(60, len(whole) - 20, 7):
        with pytest.raises(UnsupportedDocument, match=r"signed envelope|no invoice"):
            open_document(whole[:at].replace(b"\x82", b"\x8f"), "a.p7m")


@pytest.mark.parametrize(
    ("name", "further"),
    [
        (
            "fatturapa.xml",
            "vendor_tax_id=IT00000000000 customer_tax_id=00000000000 purchase_order_number=OR-88 shipping=156.00 rounding=2.40 "
            "amount_due=2132.72 line_items.0.unit=ore line_items.0.tax_rate=22 line_items.0.discount=200.00 "
            "line_items.1.tax_rate=22 taxes.0.rate=22 taxes.0.base=2056.00 taxes.0.amount=452.32 taxes.1.rate=0 "
            "taxes.1.base=2.40 taxes.1.amount=0.00",
        ),
        (
            "ebinterface4.xml",
            "vendor_tax_id=ATU00000000 customer_tax_id=ATU00000000 purchase_order_number=B-9 discount=12.00 shipping=10.00 "
            "amount_due=947.00 line_items.0.unit=pcs line_items.0.tax_rate=20 line_items.0.discount=40.00 "
            "line_items.1.unit=pcs line_items.1.tax_rate=20 taxes.0.rate=20 taxes.0.base=810.00 taxes.0.amount=162.00",
        ),
        (
            "facturae.xml",
            "vendor_tax_id=ES00000000X customer_tax_id=ESB00000000 purchase_order_number=P-5 discount=20.00 shipping=10.00 "
            "paid_amount=100.00 amount_due=1024.20 line_items.0.unit=h line_items.0.discount=48.00 taxes.0.rate=21 "
            "taxes.0.base=1060.00 taxes.0.amount=222.60",
        ),
        ("svefaktura.xml", "rounding=0.50 line_items.0.unit=pcs"),
    ],
)
def test_what_many_invoices_lack_is_read_from_every_format(name: str, further: str) -> None:
    """Numbers of orders and of taxes, charges and discounts, units and rates, the table of taxes."""
    assert further_part(read(name).values) == dict(pair.split("=") for pair in further.split())
