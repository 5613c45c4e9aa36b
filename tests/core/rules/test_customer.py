"""Which of the address blocks that no label announces is the customer's."""

from __future__ import annotations

import pytest

from core.evidence import Box, PageText, Word
from core.invoice.model import Invoice
from core.rules.extractor import read_invoice
from tests.core.rules.pages import read

TABLE = """
Invoice no. 2210|@300 Invoice date: 12 March 2024
Description|@300 Qty|@380 Price|@480 Amount
Oak table|@300 2|@380 100.00|@480 200.00
@380 Subtotal|@480 200.00
@380 VAT 20%|@480 40.00
@380 Total|@480 240.00
"""
CUSTOMER = ["Bluefin Catering Ltd", "Unit 3, Dock Road", "Hull HU1 2PQ"]
EXTRAS = [["VAT Reg No GB 987 6543 21"], ["Tel: 01482 555 010"], ["ap@bluefincatering.co.uk"]]
EXTRAS += [[line for extra in EXTRAS for line in extra]]


def invoice(head: str, extra: list[str], foot: str = "") -> Invoice:
    """What is read of an invoice with this letterhead whose customer prints ``extra`` lines, and this foot."""
    text = head + "\n" * 4 + "\n".join(CUSTOMER + extra) + "\n" * 3 + TABLE + "\n" * 32 + foot
    values: Invoice = read(text).values
    return values


@pytest.mark.parametrize("extra", EXTRAS)
@pytest.mark.parametrize(
    ("head", "foot"),
    [
        ("!Peverell Joinery Ltd", "Peverell Joinery Ltd · 14 Mill Lane · Leeds LS9 8AB · Tel 0113 496 0000"),
        ("@500 1 / 1", "Peverell Joinery Ltd|@300 Tel 0113 496 0000\n14 Mill Lane|@300 info@peverell.co.uk\nLeeds LS9 8AB"),
        ("Peverell Joinery Ltd\n14 Mill Lane\nLeeds LS9 8AB\nTel 0113 496 0000\naccounts@peverell.co.uk\nVAT No. GB 123 4567 82", ""),
        ("Peverell Joinery Ltd\naccounts@peverell.co.uk", ""),
    ],
    ids=["large name and foot", "foot alone", "whole letterhead", "name and mail"],
)  # fmt: skip
def test_a_customer_that_prints_its_numbers_is_the_customer(head: str, foot: str, extra: list[str]) -> None:
    """Tax number, telephone and mail make no vendor of a block where the page names another one."""
    found = invoice(head, extra, foot)
    assert found.vendor_name == "Peverell Joinery Ltd"
    assert found.customer_name == CUSTOMER[0]
    assert found.billing_address == "Unit 3, Dock Road, Hull HU1 2PQ"


def test_a_letterhead_under_its_own_heading_is_no_customer() -> None:
    """The name in large print right above an address is the heading of that very block."""
    head = (
        "@500 1 / 1"
        + "\n" * 5
        + "!Oakwright\nPeverell Joinery Ltd\n14 Mill Lane\nLeeds LS9 8AB\nTel 0113 496 0000\naccounts@peverell.co.uk"
    )
    found = read(head + "\n" * 3 + TABLE).values
    assert found.customer_name is None


SECTIONS = """
Visualisation of an invoice

Verkäufer
Nummer:|@200 549910
Globale Nummer:|@200 4333741000005 (GLN)
Name:|@200 Holzwerk Adler GmbH
Anschrift:|@200 Tannenweg 12
@200 DE 38100 Braunschweig
E-Mail:|@200 info@holzwerk-adler.example

Käufer/Leistungsempfänger
Nummer:|@200 9420
Globale Nummer:|@200 4304171000002 (GLN)
Name:|@200 Gasthof Linde KG
Anschrift:|@200 Marktstraße 5
@200 DE 01067 Dresden

Rechnungsnummer:|@200 4711
Gesamtbetrag|@200 238,00
"""


def test_sections_that_begin_with_numbers_are_read_as_forms() -> None:
    """What a stylesheet makes of an invoice's XML: the party's numbers stand before its name."""
    found = read(SECTIONS).values
    assert found.vendor_name == "Holzwerk Adler GmbH"
    assert found.customer_name == "Gasthof Linde KG"
    assert found.billing_address == "Marktstraße 5, DE 01067 Dresden"


def test_a_form_that_gives_a_name_alone_is_read() -> None:
    """A short invoice's XML has no address."""
    found = read(
        "Verkäufer\nName:|@200 Holzwerk Adler GmbH\n\nKäufer/Leistungsempfänger\nName:|@200 Gasthof Linde KG\n\nGesamtbetrag|@200 238,00"
    ).values
    assert found.vendor_name == "Holzwerk Adler GmbH"
    assert found.customer_name == "Gasthof Linde KG"


LETTER = """
Peverell Joinery Ltd
14 Mill Lane
Leeds LS9 8AB
VAT No. GB 123 4567 82


Bluefin Catering Ltd
Unit 3, Dock Road
Hull HU1 2PQ

"""


@pytest.mark.parametrize(
    "cover",
    [
        "From: accounts@peverell.example\nTo: ap@bluefin.example\nSubject: Your invoice 2210\n\nDear customer,\nplease find our invoice below. Order 55120 was delivered today.\nKind regards, Peverell Joinery Ltd",
        "FAX\nTo: Bluefin Catering Ltd\nFrom: Peverell Joinery Ltd\nPages: 2",
        ".",
    ],
    ids=["mail", "fax", "blank"],
)  # fmt: skip
def test_parties_are_read_behind_a_cover(cover: str) -> None:
    """A mail's words, a fax's slip or an empty sheet before the invoice give no names and no addresses."""
    found = read(cover, LETTER + TABLE).values
    assert found.vendor_name == "Peverell Joinery Ltd"
    assert found.customer_name == "Bluefin Catering Ltd"
    assert found.billing_address == "Unit 3, Dock Road, Hull HU1 2PQ"


@pytest.mark.parametrize(
    ("name", "shipping"), [("Bluefin Store", None), ("Bluefin Catering Ltd", "9 Quay Street, Grimsby DN31 1AA")]
)
def test_of_two_addresses_side_by_side_the_left_one_is_billed(name: str, shipping: str | None) -> None:
    """The one beside it is neither customer nor vendor; under the customer's own name it is where the goods go."""
    text = f"""
!Peverell Joinery Ltd
@50 14 Mill Lane, Leeds LS9 8AB Tel 0113 496 0000



Bluefin Catering Ltd|@250 {name}
Unit 3, Dock Road|@250 9 Quay Street
Hull HU1 2PQ|@250 Grimsby DN31 1AA

"""
    found = read(text + TABLE).values
    assert found.vendor_name == "Peverell Joinery Ltd"
    assert found.customer_name == "Bluefin Catering Ltd"
    assert found.billing_address == "Unit 3, Dock Road, Hull HU1 2PQ"
    assert found.shipping_address == shipping


def test_a_labelled_address_may_leave_lines_empty_before_its_town() -> None:
    """The column beside it has more lines."""
    text = """
From:|@300 To:
Peverell Joinery Ltd|@300 Laura Steel
Business Centre|@300 429 Seventh Avenue
14 Mill Lane
Floor 3
Leeds LS9 8AB|@300 Hull HU1 2PQ

"""
    found = read(text + TABLE).values
    assert found.billing_address == "429 Seventh Avenue, Hull HU1 2PQ"


def test_a_name_that_ends_in_a_number_is_no_street() -> None:
    """Store 2 stands over a street and a town of its own."""
    text = """
Peverell Joinery Ltd
14 Mill Lane
Leeds LS9 8AB

Bill to|@250 Ship to
Bluefin Catering Ltd|@250 Bluefin Store 2
Unit 3, Dock Road|@250 9 Quay Street
Hull HU1 2PQ|@250 Grimsby DN31 1AA

"""
    found = read(text + TABLE).values
    assert found.shipping_address == "9 Quay Street, Grimsby DN31 1AA"
    assert found.billing_address == "Unit 3, Dock Road, Hull HU1 2PQ"


def test_an_argentine_form_gives_vendor_and_customer() -> None:
    """“Razón social” at the head is the vendor's, “Apellido y Nombre / Razón Social” the customer's, with its own domicile."""
    text = """
!ORIGINAL
Razón Social: Nogal y Cedro|@300 Fecha de Emisión: 11/02/2023
Domicilio Comercial: Mitre 1534 - Funes|@300 CUIT: 30715566474
Condición frente al IVA: Responsable Inscripto

CUIT: 30500017704|@200 Apellido y Nombre / Razón Social: COOPERATIVA DEL LAGO
Condición frente al IVA: Exento|@300 Domicilio: San Martín 957 - Rosario, Santa Fe
Condición de venta: Contado

Código|@120 Producto / Servicio|@300 Cantidad|@400 Precio Unit.|@500 Subtotal
12|@120 Batería|@300 1,00|@400 44000,00|@500 44000,00
@400 Importe Total: $|@500 44000,00
"""
    found = read(text).values
    assert found.vendor_name == "Nogal y Cedro"
    assert found.customer_name == "COOPERATIVA DEL LAGO"
    assert found.billing_address == "San Martín 957 - Rosario, Santa Fe"


def test_a_house_number_in_words_and_a_state_below_the_town_are_parts_of_an_address() -> None:
    """“No. 5” announces no invoice's number, “Selangor” no new line of text."""
    text = """
Bayan Hardware Sdn Bhd
14, Jalan Biru
47500 Subang Jaya

Bill to
Suria Kopitiam Sdn Bhd
No. 5, Jalan Merah 3
Taman Bahagia
47500 Subang Jaya
Selangor

"""
    found = read(text + TABLE).values
    assert found.billing_address == "No. 5, Jalan Merah 3, Taman Bahagia, 47500 Subang Jaya, Selangor"


def test_one_letter_over_a_code_is_no_party() -> None:
    """The kind of an Argentine invoice (A) reads like “to”; what stands below is neither name nor address."""
    found = read(
        "@270 A\n@265 Código 01\n\nRazón Social: Nogal y Cedro\nFecha de Emisión: 11/02/2023\nCantidad|@200 Importe Total|@400 44000,00"
    ).values
    assert found.billing_address is None


@pytest.mark.parametrize("shifts", [(0, 1.6, -1.6, 1.6), (-1.2, 1.2, -1.6, 1.6)])
def test_lines_of_a_scan_whose_boxes_jitter_are_one_block(shifts: tuple[float, ...]) -> None:
    """OCR measures letters: no two lines have the same height or distance."""
    words: list[Word] = []
    lines = [(50, 40, 20, "Peverell Joinery Ltd"), (50, 70, 10, "info@peverell.co.uk")]
    block = ("Laura Steel", "Unit 3, Dock Road", "Hull HU1 2PQ", "Tel: 01482 555 010")
    lines += [
        (50, 150 + 13 * row + shift, 10 - shift / 2, text)
        for row, (text, shift) in enumerate(zip(block, shifts, strict=True))
    ]
    lines += [
        (50, 260, 10, "Invoice no. 2210"),
        (50, 300, 10, "Description"),
        (300, 300, 10, "Qty"),
        (400, 300, 10, "Amount"),
    ]
    lines += [
        (50, 320, 10, "Table"),
        (300, 320, 10, "2"),
        (400, 320, 10, "240.00"),
        (300, 350, 10, "Total"),
        (400, 350, 10, "240.00"),
    ]
    for number, (x, y, height, text) in enumerate(lines):
        at = float(x)
        for word in text.split():
            end = at + 0.5 * height * len(word)
            words.append(Word(word, Box(2 * at, 2 * y, 2 * end, 2 * y + 1.8 * height), 0.97, number))
            at = end + 0.3 * height
    found = read_invoice([PageText(1, 1190, 1684, tuple(words), "rapidocr")]).values
    assert found.customer_name == "Laura Steel"
    assert found.billing_address == "Unit 3, Dock Road, Hull HU1 2PQ"


def test_beside_the_billed_party_a_recipient_gets_the_goods() -> None:
    """“Destinataire” can mean either; with another address beside an invoice's address it is the delivery's."""
    text = """
!Menuiserie Bertin SARL
14 avenue des Ternes
75017 Paris

Adresse de facturation|@300 Destinataire
Hôtel des Pins SAS|@300 Dépôt des Pins
3 rue de la Gare|@300 8 quai Sud
33000 Bordeaux|@300 33100 Bordeaux

Facture n° 2210
Désignation|@300 Quantité|@380 Prix unitaire|@480 Montant
Table|@300 2|@380 100,00|@480 200,00
@380 Total TTC|@480 240,00
"""
    found = read(text).values
    assert found.customer_name == "Hôtel des Pins SAS"
    assert found.billing_address == "3 rue de la Gare, 33000 Bordeaux"
    assert found.shipping_address == "8 quai Sud, 33100 Bordeaux"


def test_a_delivery_address_on_one_line_is_no_part_of_the_address_above() -> None:
    """Its own label ends the one before."""
    text = (
        LETTER.replace("Bluefin", "Invoice to\nBluefin") + "Consignee: Bluefin Store, 9 Quay Street, Grimsby DN31 1AA\n"
    )
    found = read(text.replace("2PQ\n\n", "2PQ\n") + TABLE).values
    assert found.billing_address == "Unit 3, Dock Road, Hull HU1 2PQ"
    assert found.shipping_address == "9 Quay Street, Grimsby DN31 1AA"


def test_headings_centred_over_two_forms_have_the_form_below_them() -> None:
    """Indian forms name each part in both columns."""
    text = """
@200 !Sahyadri Traders
@200 Shop 4, MG Road, Pune - 411001

@120 Bill to Party|@400 Ship to Party
@40 Name :|@100 Konkan Foods Pvt Ltd|@320 Name :|@380 Konkan Foods Godown
@40 Address :|@100 Plot 7, MIDC, Mumbai 400093|@320 Address :|@380 12 Ring Road, Thane 400601
@40 GSTIN :|@100 27AABCK1234M1Z2|@320 GSTIN :|@380 27AABCK1234M1Z2

"""
    found = read(text + TABLE).values
    assert found.vendor_name == "Sahyadri Traders"
    assert found.customer_name == "Konkan Foods Pvt Ltd"
    assert found.billing_address == "Plot 7, MIDC, Mumbai 400093"
    assert found.shipping_address == "12 Ring Road, Thane 400601"


def test_whose_trading_name_it_is_names_nobody() -> None:
    """The line under a trade name is a sentence about it."""
    head = "!Peverell Kitchens\n\na trading name of Peverell Joinery Ltd\n14 Mill Lane\nLeeds LS9 8AB"
    found = read(head + "\n\nInvoice to\nBluefin Catering Ltd\nUnit 3, Dock Road\nHull HU1 2PQ\n\n" + TABLE).values
    assert found.vendor_name == "Peverell Kitchens"


def test_the_only_address_of_a_page_is_its_vendors_under_a_logo_that_stands_apart() -> None:
    """A trade name in large print leaves no block to a customer where nothing else tells of a vendor."""
    head = "@400 !Adler Living\n\n\n\nPeverell Joinery Ltd\n14 Mill Lane\nLeeds LS9 8AB\nVAT No. GB 123 4567 82\nTel 0113 496 0000\naccounts@peverell.co.uk"
    found = read(head + "\n\n\n" + TABLE).values
    assert found.customer_name is None
