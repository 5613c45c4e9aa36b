"""The merchant at the head of a till receipt."""

from __future__ import annotations

import pytest

from core.rules.addresses import has_legal_form, is_greeting
from core.rules.extractor import read_invoice
from core.rules.lexicon import load_lexicon
from core.rules.merchant import merchant_names
from core.rules.names import clean_name, is_fragment, is_namelike
from core.rules.reading import Reading
from tests.core.rules.pages import page, reading

GOODS = """
Date: 12/03/2018 14:22
Item|@130 Qty|@190 Amount
Rice 5 kg|@130 1|@190 21.50
Soap|@130 2|@190 8.00
Total|@190 29.50
Cash|@190 30.00
Change|@190 0.50
"""


def merchant(head: str) -> str | None:
    """The vendor on a till receipt that begins with ``head``."""
    read = read_invoice([page(head.strip("\n") + GOODS, width=280, height=600, engine="rapidocr")])
    assert read.values.customer_name is None
    name: str | None = read.values.vendor_name
    return name


def test_a_name_with_its_register_number_behind_it_is_the_name() -> None:
    """The number is none of it, in brackets or bare."""
    assert (
        merchant("BAYAN HARDWARE SDN BHD (204411-X)\nLOT 3, JALAN MERAH 5\n47500 BANDAR BARU")
        == "BAYAN HARDWARE SDN BHD"
    )
    assert merchant("BAYAN CAKES S/B 204411-U (BBU)\nNO.4, JALAN MERAH 2\n52100 BANDAR BARU.") == "BAYAN CAKES S/B"


def test_a_name_over_two_lines_is_one_name() -> None:
    """What is nothing but a trade and a legal form ends the name above it."""
    assert merchant("SELERA PANTAI VEGETARIAN\nRESTAURANT SDN BHD\n(1095514-X)\n54, JALAN MERAH 11") == (
        "SELERA PANTAI VEGETARIAN RESTAURANT SDN BHD"
    )
    assert (
        merchant("PASAR RAYA JAYA\n(UTARA) SDN BHD\n(767840-W)\nNO 24, JALAN MERAH")
        == "PASAR RAYA JAYA (UTARA) SDN BHD"
    )


def test_a_company_under_its_trade_name_is_a_name_of_its_own() -> None:
    """It has a name beside its legal form."""
    assert merchant("CORNER GRILL\nT.B.S LEISURE SDN BHD (256864-P)\nTEL: 03-2164 1400") == "T.B.S LEISURE SDN BHD"


def test_words_that_a_till_sets_far_apart_are_one_name() -> None:
    """The gaps are wide as in a table, but it is a head."""
    assert (
        merchant("SUN|@83 PALACE RESTAURANT\nNO 2, JALAN BULAN 5, SEKSYEN 5,\n40150 BANDAR BARU")
        == "SUN PALACE RESTAURANT"
    )


def test_what_stands_around_the_head_is_no_merchant() -> None:
    """Numbers of a stamp, the cashier and thanks stand above it on the strip."""
    head = "3|@130 18.01017\n...THANK YOU AND DO VISIT US AGAIN...\nCashier [P.ANAND]\nPERNIAGAAN BAYAN\n(81109-A)\nNO 290, JALAN MERAH,"
    assert merchant(head) == "PERNIAGAAN BAYAN"


def test_goods_sold_by_the_kilogram_are_no_limited_partnership() -> None:
    """KG is a legal form, kg is a weight."""
    assert has_legal_form("Meyer KG")
    assert not has_legal_form("Tomatoes 1st class kg")


@pytest.mark.parametrize("line", ["RESTAURANT SDN BHD", "(SEMPADAN) SDN BHD", "INS.MALZ.SAN.VE TIC.LTD.", "TRADING"])
def test_trades_and_legal_forms_alone_are_the_end_of_a_name(line: str) -> None:
    """Nobody is called so."""
    assert is_fragment(line)


@pytest.mark.parametrize("line", ["Acme Sdn Bhd", "The Corner Shop", "Suria Restaurant"])
def test_a_name_of_its_own_is_no_fragment(line: str) -> None:
    """One word is enough."""
    assert not is_fragment(line)


@pytest.mark.parametrize(
    "line",
    ["Dear customer,", "Vielen Dank für Ihren Einkauf", "...Thank you", "Bienvenue chez nous", "Gracias por su compra"],
)
def test_greetings_are_known(line: str) -> None:
    """In the languages that we read."""
    assert is_greeting(line)


def test_a_sender_with_dots_gives_its_name() -> None:
    """The street and the town behind it are none of it."""
    assert clean_name("Holzbau Meyer GmbH · Am Anger 4 · 654321 Erlenstadt") == "Holzbau Meyer GmbH"


def test_two_names_of_one_print_are_not_glued_together() -> None:
    """A trade name and the company behind it are two, on paper and in a PDF."""
    head = "CORNER BURGER\nCOSMIC RESTAURANTS SDN BHD(12345-A)\nTEL: 03-2164 1400" + GOODS
    found = read_invoice([page(head, width=280, height=600)]).values
    assert found.vendor_name == "COSMIC RESTAURANTS SDN BHD"


def test_a_name_may_begin_with_a_number() -> None:
    """Its legal form tells it from the second half of an address."""
    assert (
        merchant("8-TWELVE MALAYSIA SDN BHD(120062-X)\nLOT 5, JALAN SATU\n43200 BANDAR BARU")
        == "8-TWELVE MALAYSIA SDN BHD"
    )


def test_a_guess_among_several_names_is_no_certainty() -> None:
    """Neither has a legal form: the first is taken with less confidence, the other one offered."""
    read = read_invoice(
        [
            page(
                "SUMMIT CLIMBING\nHENRY SMITH\n12, JALAN MERAH 4\n43200 BANDAR BARU" + GOODS,
                width=280,
                height=600,
                engine="rapidocr",
            )
        ]
    )
    sure = read_invoice(
        [
            page(
                "SUMMIT CLIMBING\n12, JALAN MERAH 4\n43200 BANDAR BARU" + GOODS,
                width=280,
                height=600,
                engine="rapidocr",
            )
        ]
    )
    assert read.provenance["vendor_name"].score < sure.provenance["vendor_name"].score
    assert {"SUMMIT CLIMBING", "HENRY SMITH"} <= {candidate.value for candidate in read.candidates["vendor_name"]}


def test_a_line_with_a_long_number_names_nobody() -> None:
    """A misread label before the document's number is no vendor; a shop's own number is a part of its name."""
    document = reading("Factura")
    assert not is_namelike(document, "Seric/Nr factura XAC/30308583")
    assert is_namelike(document, "Harbour Coffee #1020")


@pytest.mark.parametrize("place", ["SEMENYIH, SELANGOR", "GEORGE TOWN, S1250 PULAU PINANG."])
def test_a_town_with_its_state_is_no_name(place: str) -> None:
    """Also where its postcode was misread."""
    assert merchant(f"BAYAN HARDWARE SDN BHD\n{place}\nTEL: 03-2164 1400") == "BAYAN HARDWARE SDN BHD"
    assert merchant(f"{place}\nTEL: 03-2164 1400") is None


def test_letters_beside_the_head_do_not_part_it() -> None:
    """Print of the next sheet that shows through at the edge stands in lines of its own."""
    head = "BAYAN TRADING\n@265 H\nNO 2, JALAN BULAN 5, SEKSYEN 5,\n40150 BANDAR BARU"
    slip = page(head + GOODS, width=280, height=600, engine="rapidocr")
    assert [name.text for name in merchant_names(Reading([slip], load_lexicon()))] == ["BAYAN TRADING"]


def test_a_name_over_two_lines_is_one_name_where_it_is_misread() -> None:
    """Letters are read as signs and digits, a word of a trade with wrong letters; the legal form may end on a third line."""
    assert merchant("DEMIRKAN\nIN$.MAL2.SAN.VE TIC.LTD.\nSTI.\nNO 2, JALAN BULAN 5, SEKSYEN 5") == (
        "DEMIRKAN IN$.MAL2.SAN.VE TIC.LTD. STI."
    )
    assert merchant("EASTERN BAYAN\nSIAIIONERY SDN BHD\n42, JALAN MERAH\n51200 BANDAR BARU") == (
        "EASTERN BAYAN SIAIIONERY SDN BHD"
    )


@pytest.mark.parametrize("text", ["EUR", "Pos Artikel-Nr. Menge Preis"])
def test_a_currency_and_the_head_of_a_table_name_nobody(text: str) -> None:
    """However high they stand."""
    assert not is_namelike(reading("Rechnung\nMenge Preis"), text)
    assert is_namelike(reading("Rechnung\nMenge Preis"), "Preis & Menge GmbH")
