"""Tables are recognised by the names of their columns."""

from __future__ import annotations

import pytest

from tests.core.rules.table_pages import page, plain, read

HEADERS = {
    "en": ("Description", "Qty", "Unit Price", "Amount"),
    "de": ("Bezeichnung", "Menge", "Einzelpreis", "Gesamtpreis"),
    "fr": ("Désignation", "Quantité", "Prix unitaire", "Montant HT"),
    "es": ("Concepto", "Cantidad", "Precio", "Importe"),
    "it": ("Descrizione", "Q.tà", "Prezzo unitario", "Importo"),
    "nl": ("Omschrijving", "Aantal", "Prijs per stuk", "Bedrag"),
    "pt": ("Descrição", "Qtd.", "Preço unitário", "Valor total"),
    "ja": ("品名", "数量", "単価", "金額"),
}


@pytest.mark.parametrize("language", HEADERS)
def test_columns_are_found_by_their_names_in_each_language(language: str) -> None:
    """The same table under the names that invoices of each language give its columns."""
    sheet = page([HEADERS[language], ("Oak table", "3", "150.00", "450.00"), ("Desk lamp", "2", "20.50", "41.00")])
    assert plain(read(sheet, language=language)) == [
        ("Oak table", "3", "150", "450"),
        ("Desk lamp", "2", "20.5", "41"),
    ]


def test_names_may_take_two_lines() -> None:
    """“Unit” above “price” is one column."""
    sheet = page(
        [
            (None, None, "Unit", "Line"),
            ("Description", "Qty", "price", "total"),
            ("Oak table", "3", "150.00", "450.00"),
        ]
    )
    assert plain(read(sheet)) == [("Oak table", "3", "150", "450")]


def test_names_without_gaps_between_them_are_told_apart() -> None:
    """The three names of numbers stand so close that they read as one cell."""
    sheet = page(
        [("Product", "Unit Price Quantity Total"), ("Oak table", "150.00", "3", "450.00")],
        (40, 200, 270, 400),
    )
    assert plain(read(sheet)) == [("Oak table", "3", "150", "450")]


def test_other_columns_are_not_taken_for_quantity_or_price() -> None:
    """Position, article number, unit, discount and tax rate stand between the columns that count."""
    sheet = page(
        [
            ("Pos.", "Art.-Nr.", "Artikel", "Menge", "Einheit", "Einzelpreis", "Rabatt", "MwSt. %", "Gesamt"),
            ("1", "4711", "Eichentisch", "3", "Stk", "150,00", "10 %", "19", "405,00"),
            ("2", "4712", "Lampe", "2", "Stk", "20,50", None, "19", "41,00"),
        ],
        (40, 70, 120, -270, 280, -390, -440, -490, -560),
    )
    assert plain(read(sheet, language="de")) == [("Eichentisch", "3", "150", "405"), ("Lampe", "2", "20.5", "41")]


def test_amount_names_the_quantity_where_total_is_another_column() -> None:
    """“Amount” and “Price” mean what the other names leave for them."""
    sheet = page(
        [("Amount", "Product", "Price", "Total"), ("250", "Paper clips", "0.18", "45.00")], (40, 110, -430, -540)
    )
    assert plain(read(sheet)) == [("Paper clips", "250", "0.18", "45")]


def test_a_misread_name_is_recognised() -> None:
    """OCR reads “Quantlty”."""
    sheet = page([("Description", "Quantlty", "Price", "Amount"), ("Oak table", "3", "150.00", "450.00")])
    assert plain(read(sheet)) == [("Oak table", "3", "150", "450")]


def test_a_running_number_under_item_is_no_description() -> None:
    """Two columns are called “Item”; the one with words is the description."""
    sheet = page(
        [
            ("Item", "Item", "Qty", "Price", "Amount"),
            ("1", "Oak table", "3", "150.00", "450.00"),
            ("2", "Desk lamp", "2", "20.50", "41.00"),
        ],
        (40, 80, -340, -430, -540),
    )
    assert [row[0] for row in plain(read(sheet))] == ["Oak table", "Desk lamp"]


def test_taxes_and_payments_are_no_tables_of_items() -> None:
    """A summary of taxes has a header too."""
    sheet = page(
        [("Tax Rate", "Net amount", "Tax amount", "Total"), ("20 %", "100.00", "20.00", "120.00")],
        (40, 140, 260, 380),
    )
    assert read(sheet) == []


def test_left_aligned_numbers_under_left_aligned_names() -> None:
    """Numbers may begin where their names do."""
    sheet = page(
        [
            ("Item", "Quantity", "Price", "Amount"),
            ("Hinge", "70", "$3.00", "$210.00"),
            ("Hammer", "1", "$17.00", "$17.00"),
        ],
        (40, 200, 310, 430),
    )
    assert plain(read(sheet)) == [("Hinge", "70", "3", "210"), ("Hammer", "1", "17", "17")]


def test_numbers_right_of_their_left_aligned_names_go_to_the_right_column() -> None:
    """A number set flush right may stand nearer to the next name than to its own."""
    header = [("Service", "Qty", "Unit Cost", "Amount")]
    rows = [("Paper", "7", "10.00", "70.00"), ("Cabinet", "5", "19.00", "95.00")]
    names, body = page(header, (45, 345, 403, 479)), page([(), *rows], (45, -396, -471, -551))
    sheet = type(names)(1, 595, 842, names.words + body.words, "text-layer")
    assert plain(read(sheet)) == [("Paper", "7", "10", "70"), ("Cabinet", "5", "19", "95")]


def test_a_name_of_several_words_is_one_column() -> None:
    """“Articles” would be a description by itself."""
    sheet = page(
        [("Description of articles", "Qty", "Price", "Amount"), ("Apples, in wooden boxes", "3", "5.00", "15.00")]
    )
    assert plain(read(sheet)) == [("Apples, in wooden boxes", "3", "5", "15")]


def test_the_last_of_several_prices_is_the_total() -> None:
    """Names that mean a price each: a rate, and the fee that it makes."""
    sheet = page([("Task", "Hours", "Rate", "Fee"), ("Review", "2", "140.00", "280.00")])
    assert plain(read(sheet)) == [("Review", "2", "140", "280")]


def test_a_price_without_a_quantity_is_the_total() -> None:
    """A receipt's column of prices."""
    sheet = page([("Description", "Price"), ("Soup", "7.50"), ("Steak", "31.00")], (40, -300))
    assert plain(read(sheet)) == [("Soup", None, None, "7.5"), ("Steak", None, None, "31")]


def test_a_quantity_without_a_name_before_the_descriptions() -> None:
    """Its column has no name; numbers that only count the rows are none."""
    places = (40, 70, -340, -430)
    header = (None, "Description", "Price", "Amount")
    sheet = page([header, ("3", "Tuna", "2.85", "8.55"), ("2", "Milk", "0.92", "1.84")], places)
    assert plain(read(sheet)) == [("Tuna", "3", "2.85", "8.55"), ("Milk", "2", "0.92", "1.84")]
    sheet = page([header, ("1", "Tuna", "2.85", "8.55"), ("2", "Milk", "0.92", "1.84")], places)
    assert [row[1] for row in plain(read(sheet))] == [None, None]


def test_descriptions_without_a_name() -> None:
    """Only the columns of numbers are named."""
    sheet = page(
        [(None, "Usage", "Price", "Amount"), ("Peak hours", "412", "0.15", "61.80"), ("Meter rent", None, None, "9.00")]
    )
    assert plain(read(sheet)) == [("Peak hours", "412", "0.15", "61.8"), ("Meter rent", None, None, "9")]


def test_names_in_two_rows_stand_for_records_in_two_rows() -> None:
    """Article and text above, quantity and price (per how many) below."""
    sheet = page(
        [
            ("Material", "Description", None),
            ("Quantity", "Price/Unit", "Amount"),
            ("A-40-33", "Motor", None),
            ("2 pcs", "412.50 1 pcs", "825.00"),
            ("A-55-10", "Grease", None),
            ("150 pcs", "320.00 100 pcs", "480.00"),
        ],
        (40, 150, -540),
    )
    assert plain(read(sheet)) == [("A-40-33 Motor", "2", "412.5", "825"), ("A-55-10 Grease", "150", "320", "480")]


def test_two_narrow_names_are_not_read_as_one() -> None:
    """“Importo | IVA” stand close: the amount and the rate, not the amount of tax."""
    sheet = page(
        [("Descrizione", "Qtà", "Prezzo", "Importo", "IVA"), ("Quaderni", "50", "1,10", "55,00", "22")],
        (40, -300, -360, -420, 425),
    )
    assert plain(read(sheet, language="it")) == [("Quaderni", "50", "1.1", "55")]
