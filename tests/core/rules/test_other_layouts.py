"""Who issued and who pays on pages in layouts of other countries and trades than the reader was made on."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.rules.addresses import is_registration, is_town
from core.rules.extractor import read_invoice
from core.rules.names import registered_name
from tests.core.rules.pages import page, read

TABLE = """
Invoice no. 2210|@300 Invoice date: 12 March 2024
Description|@300 Qty|@380 Price|@480 Amount
Oak table|@300 2|@380 100.00|@480 200.00
@380 Total|@480 200.00
"""


def test_the_company_whose_foot_says_where_it_is_registered_is_the_vendor() -> None:
    """A letterhead that is a picture leaves the name to the small print, where a sentence follows it."""
    foot = "Pinefold Heating Ltd. Registered in England & Wales No. 07719342. VAT No. GB 218 4471 06"
    values = read("Mrs Ada Thorne\n14 Carding Lane\nLeeds LS4 2LE\n\n" + TABLE + "\n" * 40 + foot).values
    assert values.vendor_name == "Pinefold Heating Ltd."
    assert values.customer_name == "Mrs Ada Thorne"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Pinefold Ltd. Registered in England No. 4711", "Pinefold Ltd."),
        ("luftweg mobil GmbH, Domstr. 20, 50668 Köln, HRB 55120", "luftweg mobil GmbH"),
        ("Pinefold Pty Ltd ABN 41 118 902 337", "Pinefold Pty Ltd"),
        ("Sarl au capital de 5 000 € RCS Lyon", None),
        ("The Fork is a trading name of Ashgrove Catering Limited, registered in Wales", None),
        ("Pinefold Ltd thanks you for your order", None),
    ],
)
def test_a_registered_name_ends_with_its_legal_form(line: str, name: str | None) -> None:
    """What follows the form must say where the company is registered or found."""
    assert registered_name(line) == name


VENDOR_RIGHT = """
@330 Van Doorn Advies
Bakkerij Zonhoek B.V.|@330 Kanaalkade 9
Dorpsstraat 102|@330 1811 LP Alkmaar
2712 AM Zoetermeer

@330 T 072 555 01 44
@330 info@vandoornadvies.nl
@330 KvK 55120987
"""


def test_numbers_below_an_empty_line_belong_to_the_party_above_them() -> None:
    """The vendor's details stand apart below its address, beside the customer: the two are not exchanged."""
    values = read(VENDOR_RIGHT + "\n\n" + TABLE).values
    assert values.vendor_name == "Van Doorn Advies"
    assert values.customer_name == "Bakkerij Zonhoek B.V."
    assert values.billing_address == "Dorpsstraat 102, 2712 AM Zoetermeer"


def test_a_danish_register_number_tells_the_vendor() -> None:
    """CVR and Tlf. are to a Dane what VAT No. and Tel. are to others."""
    head = """
Klinik Havnen ApS|@330 Lysfald Rengøring
Strandvejen 211|@330 Industrivej 14
2900 Hellerup|@330 2605 Brøndby
@330 CVR-nr. 33445566
@330 Tlf. 55 50 11 22
"""
    values = read(head + "\n\n" + TABLE).values
    assert (values.vendor_name, values.customer_name) == ("Lysfald Rengøring", "Klinik Havnen ApS")


@pytest.mark.parametrize(
    "line", ["CVR-nr. 33445566", "Org.nr 556677-8899", "NIP: 6762481035", "GSTIN: 33AAKFS4521K1ZQ"]
)
def test_register_numbers_of_more_countries_are_known(line: str) -> None:
    """So that they mark a letterhead and are no name."""
    assert is_registration(line)


def test_a_swiss_town_can_be_a_saint() -> None:
    """The point of “St.” ends no town."""
    assert is_town("7500 St. Moritz")
    assert is_town("CH-9000 St. Gallen")


def test_a_name_that_looks_like_a_town_is_a_name_where_a_town_stands_below_it() -> None:
    """“SP 44812” reads like a state and its postcode."""
    head = "!Wattle Gardens\nTO\nBody Corporate SP 44812\nPO Box 190\nKatoomba NSW 2780\n\n"
    values = read(head + TABLE).values
    assert values.customer_name == "Body Corporate SP 44812"
    assert values.billing_address == "PO Box 190, Katoomba NSW 2780"


def test_a_labelled_party_below_an_address_is_not_part_of_it() -> None:
    """The service address right under the customer's: both are read, and the second ends with its town."""
    head = """
!Cascade Power
PO Box 4410, Wenatchee, WA 98807
Customer service 1-800-555-0162


DANA OKORO
1907 ORCHARD AVE APT 3
WENATCHEE WA 98801-2241
Service address: 1911 Orchard Ave Apt 9, Wenatchee WA 98801|@345 Meter 55120
"""
    values = read(head + "\n" + TABLE).values
    assert values.customer_name == "DANA OKORO"
    assert values.billing_address == "1907 ORCHARD AVE APT 3, WENATCHEE WA 98801-2241"
    assert values.shipping_address == "1911 Orchard Ave Apt 9, Wenatchee WA 98801"


def test_a_bare_word_for_delivery_above_an_address_heads_the_goods_address() -> None:
    """“Livraison” also names its costs: with an address beneath it does not."""
    head = """
Verrerie Lacombe
Z.A. La Plaine
46000 Cahors
Tél. 05 65 55 01 20

Livraison|@300 Facturation
Chai de Mont|@300 Domaine Coste
Route de Lauze|@300 Lieu-dit Les Ormes
46800 Montcuq|@300 46800 Saint-Jean

FACTURE N° 2603 du 9 mars 2026
"""
    values = read(head + TABLE).values
    assert values.customer_name == "Domaine Coste"
    assert values.shipping_address is not None
    assert values.shipping_address.endswith("Route de Lauze, 46800 Montcuq")


def test_a_legal_form_on_its_own_line_ends_a_long_name() -> None:
    """A Turkish company's name runs over the edge of its block."""
    head = """
MAVI KUYU MOBILYA SANAYI VE TICARET
LIMITED SIRKETI
Ataturk Mah. 112. Sok. No:8
34758 Atasehir / Istanbul
Vergi Dairesi: Kozyatagi
"""
    assert read(head + TABLE).values.vendor_name == "MAVI KUYU MOBILYA SANAYI VE TICARET LIMITED SIRKETI"


def test_a_road_without_a_number_begins_an_address() -> None:
    """With the quarter behind a comma."""
    head = "!Meera Design\nBilled To\nFernhill Tea Ltd\nCoonoor Road, Ooty,\nTamil Nadu, India - 643001\n\n"
    assert read(head + TABLE).values.billing_address == "Coonoor Road, Ooty, Tamil Nadu, India - 643001"


def test_taxes_whose_headings_stand_over_none_of_their_amounts_still_give_the_total() -> None:
    """Net and tax of a row, with their rate, make the greatest amount of the page: no goods' row is taken for it."""
    text = """
!Das Kontor
INVOICE I/00017
Apr 01, 2015
Item:|@150 Price:|@230 Qty:|@300 Subtotal:|@380 VAT:|@460 Total:
Mug|@150 8.00|@230 1|@300 8.00|@380 21.00|@460 9.68
Bag|@150 25.00|@230 2|@300 50.00|@380 21.00|@460 60.50

TAX:|@110 % Base amount:|@255 Tax amount:|@386 Total:|@516 Curr.:
VAT|@85 21.00|@215 58.00|@346 12.18|@470 70.18 EUR
@215 58.00|@346 12.18|@470 70.18 EUR
"""
    values = read(text).values
    assert (values.subtotal, values.tax, values.total_amount) == (Decimal("58.00"), Decimal("12.18"), Decimal("70.18"))


def test_a_currency_by_itself_heads_the_totals() -> None:
    """“Qty, Price, RM”, as Malaysian tills print it."""
    rows = "Item|@200 Qty|@260 Price|@340 RM\nTEH|@200 2|@260 2.50|@340 5.00\nNASI|@200 1|@260 8.90|@340 8.90\nTotal|@340 13.90"
    items = read("!SELERA KITCHEN SDN BHD\nDate: 21/03/2026\n" + rows).values.line_items
    assert [(row.quantity, row.unit_price, row.total_price) for row in items] == [
        (Decimal(2), Decimal("2.50"), Decimal("5.00")),
        (Decimal(1), Decimal("8.90"), Decimal("8.90")),
    ]


def test_a_number_between_text_and_price_is_how_many() -> None:
    """“Details, No., Each, Total”: rows are numbered in front of their text."""
    rows = "Details|@300 No.|@380 Each|@480 Total\nBuffet lunch|@300 35|@380 14.50|@480 507.50\n@380 Total|@480 507.50"
    item = read("!The Fork\nInvoice no. 2210\n" + rows).values.line_items[0]
    assert (item.quantity, item.unit_price) == (Decimal(35), Decimal("14.50"))


def test_output_taxes_are_no_goods() -> None:
    """An Indian table has its taxes below the goods."""
    rows = """
Description|@300 Quantity|@380 Rate|@480 Amount
Brass hinge|@300 10|@380 38.50|@480 385.00
Output CGST 9%|@480 34.65
Output SGST 9%|@480 34.65
Total|@480 454.30
"""
    values = read("!Svara Hardwares\nTax invoice no. 118\n" + rows).values
    assert [row.description for row in values.line_items] == ["Brass hinge"]
    assert values.tax == Decimal("69.30")


def test_the_owners_line_under_a_name_in_large_print_is_not_the_vendor() -> None:
    """Set against the right edge as the name itself."""
    head = "@430 !Hotel Seeruh\n@239 Familie Aigen · Uferweg 8 · 82211 Herrsching · Tel. 08152 5550\n\n\nHerr\nDr. Jan Voss\nAllee 20\n48151 Münster\n\n"
    assert read(head + TABLE).values.vendor_name == "Hotel Seeruh"


def test_a_community_that_is_called_after_its_street_is_a_name() -> None:
    """The street comes with words in front of it, and once more below with its town."""
    head = "!Calor Ortega\nCLIENTE:\nComunidad de Propietarios Avda. Paz 12\nAvda. de la Paz, 12\n09004 Burgos\n\n"
    values = read(head + TABLE).values
    assert values.customer_name == "Comunidad de Propietarios Avda. Paz 12"
    assert values.billing_address == "Avda. de la Paz, 12, 09004 Burgos"


def test_a_parent_is_invoiced_for_lessons() -> None:
    """“Parent:” is who pays; “Number” between lesson and rate says how many."""
    rows = "Lesson|@300 Number|@380 Rate|@480 Amount\nPiano, 45 min|@300 4|@380 38.00|@480 152.00\n@380 Amount due|@480 152.00"
    values = read("!Marguerite Yoon\nParent: Anna Berg\nInvoice No. 14\n" + rows).values
    assert values.customer_name == "Anna Berg"
    assert [(row.quantity, row.unit_price) for row in values.line_items] == [(Decimal(4), Decimal("38.00"))]


def test_a_persons_title_heads_no_section_of_numbers() -> None:
    """The document's number below a customer who is addressed as “Frau” is the document's."""
    head = "Frau\nEdda Rasmus\nDeichweg 2 a\n28757 Bremen\nBremen, 20.02.2026\nIhre Stromrechnung 2026-F-118204\n"
    values = read(head + "Beschreibung|@300 Menge|@380 Preis|@480 Betrag\nStrom|@300 2|@380 10,00|@480 20,00").values
    assert values.invoice_number == "2026-F-118204"


def test_a_documents_number_is_no_portuguese_postcode() -> None:
    """“2026-013” has no town behind it: the address ends above the title that holds it."""
    assert is_town("4050-262 Porto")
    assert is_town("1100-200")
    assert not is_town("3. Abschlagsrechnung Nr. 2026-013")
    head = "!Bau Brandt\nKunde\nSven Hennig\nIm Weinberg 4\n54329 Konz\n3. Abschlagsrechnung Nr. 2026-013\nObjekt Im Weinberg 4, 54329 Konz\n"
    assert read(head + TABLE).values.billing_address == "Im Weinberg 4, 54329 Konz"


def test_a_british_house_with_a_name_and_no_number_begins_an_address() -> None:
    """Rectory, cottage, barn ..."""
    head = "INVOICE TO\nMrs D. Feather\nThe Old Rectory\nBromfield\nLudlow SY8 2JR\n\n"
    assert (
        read("!Piers Gardens\n" + head + TABLE).values.billing_address == "The Old Rectory, Bromfield, Ludlow SY8 2JR"
    )


def test_a_word_before_a_colon_is_no_part_of_a_name_in_two_lines() -> None:
    """Whatever language it is in."""
    head = "!Roke: Pinefold Heating\n!And Plumbing Ltd\n12 Quay Street\nLeeds LS1 4AB\n\n"
    assert read(head + TABLE).values.vendor_name == "Pinefold Heating And Plumbing Ltd"


def test_a_name_in_two_lines_is_one_on_a_scan_too() -> None:
    """Where the second ends in the legal form; on English scans the first is as often a trade name."""
    table = (
        TABLE.replace("Invoice no.", "Rechnung Nr.").replace("Invoice date", "Rechnungsdatum").replace("Qty", "Menge")
    )
    head = (
        "MVP Musterhofer\nVersicherungsverein Altstadt AG\nHauptstr. 12\n20095 Hamburg\n\nKunde:\nHarrow Handel\nNebenstr. 3\n10115 Berlin\n\n"
        + table
    )
    scan = page(head.replace("Price", "Preis").replace("Amount", "Betrag"), engine="rapidocr")
    assert read_invoice([scan]).values.vendor_name == "MVP Musterhofer Versicherungsverein Altstadt AG"
