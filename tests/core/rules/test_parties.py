"""Who issued the document, who is invoiced, and where the goods go."""

from __future__ import annotations

import pytest

from core.evidence import TEXT_LAYER, Box, PageText, Word
from core.rules.addresses import has_legal_form, is_street, is_town
from core.rules.extractor import read_invoice
from tests.core.rules.pages import read


@pytest.mark.parametrize(
    "line",
    [
        "80333 München", "D-80333 München", "75017 Paris", "1040 Etterbeek", "1025 RX Amsterdam", "4050-262 Porto", "Leeds LS1 5AB",
        "Denver, CO 80216", "Toronto, ON M6P 3K9", "Sydney NSW 2000", "20121 Milano (MI)", "Mumbai 400093", "〒150-0001", "00-001 Warszawa",
    ],
)  # fmt: skip
def test_towns_of_many_countries_are_known(line: str) -> None:
    """A postcode with its town, in each country's order."""
    assert is_town(line)


@pytest.mark.parametrize(
    "line", ["14 avenue des Ternes", "Lindenallee 23a", "C/ Mayor, 15", "PO Box 5512", "Via Roma 1", "Unit 7 Mill Lane"]
)
def test_streets_are_known(line: str) -> None:
    """Number first or last, and boxes."""
    assert is_street(line)
    assert not is_town(line)


@pytest.mark.parametrize(
    "line", ["Acme GmbH", "Studio Verdi S.r.l.", "Padaria do Bairro, Lda.", "De Groene Tuin B.V.", "Sharma Pvt Ltd"]
)
def test_legal_forms_tell_companies(line: str) -> None:
    """With and without points."""
    assert has_legal_form(line)
    assert not is_street(line)


LABELLED = """
!Harrow & Finch Ltd
12 Mill Lane
Bristol BS2 0XQ
Bill to|@300 Ship to
Orchard Tea Rooms|@300 Orchard Kiosk
Attn: Accounts|@300 Pier 3
14 Church Row|@300 2 Quay Road
Leeds LS1 5AB|@300 Leeds LS2 7UE
United Kingdom
"""


def test_labelled_columns_give_customer_and_both_addresses() -> None:
    """Name, street and town of each column; the contact person belongs to neither."""
    invoice = read(LABELLED).values
    assert invoice.vendor_name == "Harrow & Finch Ltd"
    assert invoice.customer_name == "Orchard Tea Rooms"
    assert invoice.billing_address == "14 Church Row, Leeds LS1 5AB, United Kingdom"
    assert invoice.shipping_address == "Pier 3, 2 Quay Road, Leeds LS2 7UE"


def test_a_letter_gives_sender_and_addressee() -> None:
    """The small line over the address names the vendor; the address has no label."""
    text = """
Holzbau Meyer GmbH - Am Anger 4 - 99084 Erfurt
Frau
Sabine Krüger
Lindenallee 23
04107 Leipzig
Deutschland

Rechnung Nr. 118, bitte überweisen Sie den Betrag
"""
    invoice = read("\n" * 1 + text).values
    assert invoice.vendor_name == "Holzbau Meyer GmbH"
    assert invoice.customer_name == "Frau Sabine Krüger"
    assert invoice.billing_address == "Lindenallee 23, 04107 Leipzig"


def test_a_form_gives_its_parts() -> None:
    """Name and address labelled one by one under the party's heading."""
    text = """
Cedente/prestatore (fornitore)|@310 Cessionario/committente (cliente)
Denominazione: Studio Verdi SRL|@310 Denominazione: Comune di Prato
Indirizzo: Via Roma 1|@310 Indirizzo: Piazza del Comune 2
Cap: 50100|@310 Cap: 59100
Numero documento 45 del 30/06/2022, fattura con pagamento a 30 giorni
"""
    invoice = read(text).values
    assert (invoice.vendor_name, invoice.customer_name) == ("Studio Verdi SRL", "Comune di Prato")
    assert invoice.billing_address == "Piazza del Comune 2, 59100"


def test_parts_beside_each_other_are_read_too() -> None:
    """``Customer: ...`` and ``Address: ...`` on one line."""
    invoice = read("INVOICE\nCustomer: Sharp Consulting|@250 Address: 73 Regal Way, Leeds, LS1 5AB").values
    assert (invoice.customer_name, invoice.billing_address) == ("Sharp Consulting", "73 Regal Way, Leeds, LS1 5AB")


def test_a_receipt_has_a_vendor_and_no_customer() -> None:
    """The shop's own address at the top is not a customer's."""
    text = "!Corner Market\n1200 Main Street\nSpringfield, IL 62701\nBread|@200 4.25\nTOTAL|@200 4.25\nCASH|@200 5.00\nCHANGE|@200 0.75"
    invoice = read(text).values
    assert (invoice.vendor_name, invoice.customer_name, invoice.billing_address) == ("Corner Market", None, None)


def test_a_shipping_address_needs_to_be_stated() -> None:
    """Without a label there is none."""
    assert read("Bill to\nOrchard Tea Rooms\n14 Church Row\nLeeds LS1 5AB").values.shipping_address is None


def test_a_label_that_begins_a_name_is_part_of_it() -> None:
    """``Lieferant GmbH`` is a company, not a supplier called GmbH."""
    text = "Lieferant GmbH\nWerkstraße 20\n80333 München\n\nRechnungsempfänger\nKunden AG\nKundenstraße 15\n69876 Frankfurt"
    invoice = read(text).values
    assert (invoice.vendor_name, invoice.customer_name) == ("Lieferant GmbH", "Kunden AG")


def test_a_japanese_addressee_is_marked_by_respect() -> None:
    """御中 follows the customer's name."""
    invoice = read("!請求書\n株式会社山田商事 御中|@380 請求日:2024年3月31日\n|@380 株式会社サンプル").values
    assert (invoice.customer_name, invoice.vendor_name) == ("株式会社山田商事", "株式会社サンプル")


def test_an_unlabelled_customer_is_what_the_letterhead_is_not() -> None:
    """Two address blocks at the top, the customer's with its tax id: the upper one is the vendor's."""
    invoice = read(
        "Bakkerij Molenzicht BV\nHavenstraat 4\n9000 Gent\n \n@320 Advocaten Claes\n@320 Kerkstraat 5\n@320 3000 Leuven\n"
        "@320 BTW: BE0478123456\nFactuur 2025/12"
    ).values
    assert invoice.vendor_name == "Bakkerij Molenzicht BV"
    assert invoice.customer_name == "Advocaten Claes"


def test_a_british_address_may_have_no_number_and_its_postcode_below() -> None:
    """House name, road, town, county and postcode stand on lines of their own."""
    invoice = read("Bill to\nFernbrook School\nThe Old Mill\nQuay Road\nFalmouth\nCornwall\nTR11 3LL").values
    assert invoice.customer_name == "Fernbrook School"
    assert invoice.billing_address == "The Old Mill, Quay Road, Falmouth, Cornwall, TR11 3LL"


def test_a_bare_postcode_ends_an_address() -> None:
    """As in South Africa, below the town."""
    invoice = read("Bill to\nDrakens Tours CC\nP.O. Box 118\nWinterton\n3340\nStatement of works").values
    assert invoice.billing_address == "P.O. Box 118, Winterton, 3340"


def test_a_row_with_its_own_label_is_no_part_of_the_address() -> None:
    """Site: stands below the customer's lines, in the same column."""
    text = (
        "To:|@140 Marchwood Ltd\n@140 2 Castle Court\n@140 Shrewsbury SY1 2BX\nSite:|@140 Plot 7, Craven Arms SY7 9QQ"
    )
    assert read(text).values.billing_address == "2 Castle Court, Shrewsbury SY1 2BX"


def test_a_name_is_read_from_the_large_print_above_its_letterhead() -> None:
    """The owner's name below it is not the vendor's."""
    invoice = read("!Bluegum Photography\n \nSarah Nolan\n14 Wattle Crescent\nFremantle WA 6160\n \nInvoice 42").values
    assert invoice.vendor_name == "Bluegum Photography"


def test_a_register_number_in_brackets_is_no_part_of_a_name() -> None:
    """It follows the company's name."""
    assert read("SERI MAJU SDN BHD (Reg. No. 201801022334)\nInvoice 1").values.vendor_name == "SERI MAJU SDN BHD"


def test_a_word_that_reads_like_two_short_ones_is_no_label() -> None:
    """Reno is a town, not “re no”."""
    invoice = read("Invoice no|@150 77\nBill to\nNimbus Robotics\n1500 Industrial Way\nReno, NV 89502").values
    assert invoice.invoice_number == "77"
    assert invoice.billing_address == "1500 Industrial Way, Reno, NV 89502"


def test_a_sender_line_with_commas_is_no_part_of_the_address_below() -> None:
    """Small print over the window, without dots."""
    text = (
        "@320 Brandl Partner mbB\n@320 Ludwigsplatz 3\n@320 94315 Straubing\nBrandl Partner mbB, Ludwigsplatz 3, 94315 Straubing\n"
        "Schreinerei Haslbeck GmbH\nBogener Straße 77\n94327 Bogen\nRechnung Nr. 12"
    )
    invoice = read(text).values
    assert (invoice.customer_name, invoice.billing_address) == (
        "Schreinerei Haslbeck GmbH",
        "Bogener Straße 77, 94327 Bogen",
    )


def test_a_month_and_its_year_are_no_street() -> None:
    """They look like a street and its number."""
    assert not is_street("Leistungszeitraum April 2025")


def test_a_hamlet_or_an_industrial_park_is_a_street() -> None:
    """It needs no number, and is not the name of the block that it begins."""
    assert is_street("ZA Les Portes")
    assert is_street("Lieu-dit Le Mazet")
    assert not is_street("Lugano Consulting")


def test_a_legal_form_may_stand_before_the_name() -> None:
    """French firms print it first."""
    assert has_legal_form("SARL CHAUFFAGE DU MIDI")
    assert not has_legal_form("SARL")


def test_a_firm_in_large_print_goes_before_its_owner_below() -> None:
    """An inn's name, then the family with the address in one small line under its middle."""
    text = """
@150 !Gasthof zum Goldenen Stern
@160 Familie Huber · Dorfplatz 1 · A-5660 Taxenbach
@50 Frau Ingrid Moser
@50 Marktstraße 7
@50 1060 Wien
"""
    assert read(text).values.vendor_name == "Gasthof zum Goldenen Stern"


def test_a_japanese_company_stands_over_its_person() -> None:
    """The company is the customer, the lines around give the address."""
    text = """
つばさ出版株式会社
経理部 佐藤様
〒604-8152 京都府京都市中京区手洗水町670
"""
    invoice = read(text).values
    assert invoice.customer_name == "つばさ出版株式会社"
    assert invoice.billing_address == "〒604-8152 京都府京都市中京区手洗水町670"


def test_labels_behind_each_other_in_a_form_end_each_others_values() -> None:
    """Town, state and e-mail on one line: the e-mail is no part of the address."""
    text = """
CLIENTE
Nome: Cooperativa Vale Verde
Endereço: AV. BRASIL, 88
Município: MARINGÁ UF: PR E-mail: compras@valeverde.example
"""
    assert read(text).values.billing_address == "AV. BRASIL, 88, MARINGÁ, PR"


def test_what_calls_itself_a_receipt_has_no_customer_in_its_letterhead() -> None:
    """The shop's own address below the sums is not the customer's."""
    text = """
@240 Little Fern Bakery
@150 Sourdough|@400 $17.00
@150 Total|@400 $17.00
@240 Little Fern Bakery
@240 118 Congress St
@240 Portsmouth, NH 03801
@240 Receipt #9xQ2
"""
    invoice = read(text).values
    assert (invoice.vendor_name, invoice.customer_name, invoice.billing_address) == ("Little Fern Bakery", None, None)


def test_two_words_of_address_are_no_name() -> None:
    """“Spett.le Sig.” stands over the customer."""
    text = "@300 Spett.le Sig.\n@300 Matteo Gentile\n@300 Via Appia Nuova 301\n@300 00183 Roma RM"
    assert read(text).values.customer_name == "Matteo Gentile"


def test_a_register_number_behind_a_dot_is_no_part_of_a_name() -> None:
    """“Movilex S.A.U. · CIF A-82011223”."""
    text = "@300 Movilex S.A.U. · CIF A-82011223\n@300 C/ Mayor 29, 28037 Madrid\nFactura nº 4711"
    assert read(text).values.vendor_name == "Movilex S.A.U."


def test_the_bank_to_pay_to_did_not_send_the_invoice() -> None:
    """“Pay to: Lloyds Bank” in front of the account's holder."""
    text = "!INVOICE\n@50 PAY TO:\n@50 Lloyds Bank\n@50 Account Name: Felix Tremaine\n@50 Account No.: 0123 4567"
    assert read(text).values.vendor_name == "Felix Tremaine"


def test_a_form_may_give_the_name_beside_its_first_label() -> None:
    """A hotel's folio: guest, address on three lines, then the guest's company."""
    text = """
@50 Guest:|@150 Priya Raman|@350 Room:|@450 412
@50 Address:|@150 221 Kendall Ave Apt 3|@350 Arrival:|@450 14-MAY-24
@150 Cambridge, MA 02139|@350 Departure:|@450 16-MAY-24
@50 Company:|@150 Beacon Robotics
"""
    invoice = read(text).values
    assert invoice.customer_name == "Priya Raman"
    assert invoice.billing_address == "221 Kendall Ave Apt 3, Cambridge, MA 02139"


def test_the_block_under_the_senders_line_is_the_customer() -> None:
    """The sender in small print shares its line with a label at the right."""
    text = """
@50 !ARKONA Werkzeuge GmbH
@50 Arkona Werkzeuge GmbH, Zeppelinring 40, 70794 Filderstadt|@420 Datum|@500 29.08.24
@50 Schlosserei Keller KG
@50 Werkstraße 2b
@50 89231 Neu-Ulm
"""
    invoice = read(text).values
    assert (invoice.customer_name, invoice.billing_address) == ("Schlosserei Keller KG", "Werkstraße 2b, 89231 Neu-Ulm")


def test_a_spanish_customer_has_his_tax_number_below() -> None:
    """CIF and all, the block that is not the letterhead is the customer's."""
    text = """
@50 !PESQUERA DEL CANTABRICO, S.A.
@50 Polígono Candina, nave 14 · 39011 SANTANDER



@300 RESTAURANTE LA TAINA, C.B.
@300 PASEO PEREDA 31, BAJO
@300 39004 SANTANDER
@300 CIF: E39556677
@50 Factura nº 24/17 Fecha: 08/11/2024
"""
    invoice = read(text).values
    assert (invoice.vendor_name, invoice.customer_name) == (
        "PESQUERA DEL CANTABRICO, S.A.",
        "RESTAURANTE LA TAINA, C.B.",
    )


def test_the_owner_below_the_firms_name_is_not_the_vendor() -> None:
    """“Inh. Bernd Seidel e.K.”."""
    text = "@200 FRISCHEMARKT SEIDEL\n@200 Inh. Bernd Seidel e.K.\n@200 Hauptstr. 58\n@200 35390 Gießen\nSUMME|@300 12,39\nRückgeld|@300 7,61"
    assert read(text).values.vendor_name == "FRISCHEMARKT SEIDEL"


def test_a_british_address_may_name_no_street() -> None:
    """House, village and town, then the postcode alone: all of them are the address."""
    text = "@50 Invoice to\n@50 TRELAWNY HOMES LTD\n@50 THE OLD DAIRY\n@50 MENHENIOT\n@50 LISKEARD\n@50 PL14 3QU"
    assert read(text).values.billing_address == "THE OLD DAIRY, MENHENIOT, LISKEARD, PL14 3QU"


def test_a_title_between_letterhead_and_customer_parts_them() -> None:
    """Letterhead, “CREDIT NOTE”, then the customer, all in one column."""
    text = """
@50 Lumen Interiors Ltd
@50 CREDIT NOTE
@50 Castleford Academy
@50 Ferrybridge Road
@50 Castleford
@50 WF10 4JQ
"""
    party = read("\n\n\n\n" + text).values
    assert (party.vendor_name, party.customer_name) == ("Lumen Interiors Ltd", "Castleford Academy")


def test_a_label_joined_by_a_colon_is_no_part_of_a_name() -> None:
    """Forms name a part within the party's own cell."""
    text = """
NOMBRE: Taller Ruiz S.L.
Ronda Norte 3
28013 Madrid
Factura F-22
Cliente: NOMBRE: Marta Gil
Avenida Luna 4
28004 Madrid
Total 12,00 EUR
"""
    invoice = read(text).values
    assert (invoice.vendor_name, invoice.customer_name) == ("Taller Ruiz S.L.", "Marta Gil")


@pytest.mark.parametrize("own", ["VAT No. GB 987 6543 21", "accounts@pinewood.example", "Tel. 0113 555 0100"])
def test_a_customers_own_details_make_it_no_vendor(own: str) -> None:
    """Letterhead in large print, its address close beneath; below it a block without “Bill to” that ends in its own
    tax number, mail or telephone."""
    lines = [
        ("Rowan Joinery Ltd", 49, 14),
        ("3 Bridge Road", 67, 9),
        ("York YO1 7AB", 78, 9),
        ("VAT No. GB 111 2222 33", 89, 9),
    ]
    lines += [("Pinewood Homes Ltd", 127, 10), ("Unit 8, Ash Lane", 139, 10), ("Hull HU2 3RT", 151, 10), (own, 163, 10)]
    lines += [("Invoice", 195, 19), ("Oak door 2 100.00 200.00", 250, 10)]
    words = []
    for text, y, height in lines:
        x = 50.0
        for word in text.split():
            words.append(Word(word, Box(x, y, x + 5 * len(word), y + height), 1.0))
            x += 5 * len(word) + 3
    invoice = read_invoice([PageText(1, 595, 842, tuple(words), TEXT_LAYER)]).values
    assert invoice.vendor_name == "Rowan Joinery Ltd"
    assert invoice.customer_name == "Pinewood Homes Ltd"
    assert invoice.billing_address == "Unit 8, Ash Lane, Hull HU2 3RT"
