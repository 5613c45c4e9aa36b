"""Rows of a table: which lines are items, what belongs to their descriptions, and where the table ends."""

from __future__ import annotations

from dataclasses import replace

from core.evidence import Box, Word
from tests.core.rules.table_pages import FOUR, page, plain, read

HEADER = ("Description", "Qty", "Price", "Amount")
TABLE = ("Oak table", "3", "150.00", "450.00")
LAMP = ("Desk lamp", "2", "20.50", "41.00")
BOTH = [("Oak table", "3", "150", "450"), ("Desk lamp", "2", "20.5", "41")]


def test_a_wrapped_description_is_joined() -> None:
    """The words that did not fit stand on the next line."""
    sheet = page(
        [
            HEADER,
            ("Steel bracket with eight holes, galvanised and powder", "3", "150.00", "450.00"),
            ("coated in black",),
            LAMP,
        ],
        pitch=12,
    )
    assert plain(read(sheet))[0][0] == "Steel bracket with eight holes, galvanised and powder coated in black"


def test_a_description_may_stand_above_its_numbers() -> None:
    """A record of two lines: the text first, then the numbers."""
    sheet = page(
        [
            ("Code Description",),
            (None, "Qty", "Price", "Amount"),
            ("Oak table",),
            (None, *TABLE[1:]),
            ("Desk lamp",),
            (None, *LAMP[1:]),
        ]
    )
    assert plain(read(sheet)) == BOTH


def test_a_description_may_stand_below_its_article_number() -> None:
    """The item's line has the article number; what it is comes next."""
    sheet = page(
        [("Article No",), HEADER, ("A-4711", *TABLE[1:]), ("Oak table",), ("A-4712", *LAMP[1:]), ("Desk lamp",)]
    )
    assert [row[0] for row in plain(read(sheet))] == ["A-4711 Oak table", "A-4712 Desk lamp"]


def test_numbers_may_stand_at_half_the_height_of_a_description() -> None:
    """Lines close together above and below an item's numbers are one description."""
    tight = [
        ("Steel bracket with eight",),
        ("holes in two rows, hot", "3", "150.00", "450.00"),
        ("galvanised and coated",),
    ]
    rows = [HEADER, (), *tight, (), *tight]
    text = "Steel bracket with eight holes in two rows, hot galvanised and coated"
    assert [row[0] for row in plain(read(page(rows, pitch=12)))] == [text, text]


def test_labelled_particulars_are_no_description() -> None:
    """A serial number below an item is left out."""
    sheet = page([HEADER, TABLE, ("Serial no: 99817263",), LAMP], pitch=12)
    assert plain(read(sheet)) == BOTH


def test_a_long_note_is_no_description() -> None:
    """A sentence that is much longer than the item's name is a note."""
    note = "Delivered in a crate that remains our property and is collected later"
    sheet = page([HEADER, TABLE, (note,), LAMP], pitch=12)
    assert plain(read(sheet)) == BOTH


def test_headings_and_sums_between_groups_are_left_out() -> None:
    """Items go on after a group's subtotal."""
    sheet = page(
        [
            HEADER,
            ("Furniture",),
            (),
            TABLE,
            (None, None, "Subtotal", "450.00"),
            (),
            ("Lights",),
            (),
            LAMP,
            (None, None, "Total", "491.00"),
        ]
    )
    assert plain(read(sheet)) == BOTH


def test_discounts_under_an_item_are_no_items() -> None:
    """What a discount takes off is not a line of its own."""
    sheet = page([HEADER, TABLE, ("Discount 10%", None, None, "-45.00"), LAMP])
    assert plain(read(sheet)) == BOTH


def test_parts_of_an_item_are_left_out_where_the_sum_says_so() -> None:
    """A line with an amount but no price is contained in the item above it: without it the sum is right."""
    sheet = page([HEADER, TABLE, ("incl. levy", None, None, "4.50"), LAMP, (None, None, "Subtotal", "491.00")])
    assert plain(read(sheet)) == BOTH


def test_units_glued_to_quantities() -> None:
    """``2x``, ``10h`` and ``3 Stk`` are quantities; the h of hours makes nothing negative."""
    rows = [("Table", "2x", "10.00", "20.00"), ("Labour", "10 h", "5.00", "50.00"), ("Nails", "3Stk", "1.00", "3.00")]
    assert [row[1] for row in plain(read(page([HEADER, *rows])))] == ["2", "10", "3"]


def test_rows_with_only_a_text_and_a_total() -> None:
    """What is not printed is not invented."""
    sheet = page([HEADER, TABLE, ("Flat fee for travel", None, None, "30.00")])
    assert plain(read(sheet))[1] == ("Flat fee for travel", None, None, "30")


def test_credit_notes_have_negative_numbers() -> None:
    """The sign is read as printed."""
    sheet = page([HEADER, ("Oak table", "-3", "150.00", "-450.00")])
    assert plain(read(sheet)) == [("Oak table", "-3", "150", "-450")]


def test_a_repeated_header_and_carried_sums_on_the_next_page() -> None:
    """Only items are left of both pages."""
    first = page([HEADER, TABLE, (None, None, "Carried forward", "450.00")])
    second = page([HEADER, (None, None, "Carried forward", "450.00"), LAMP, (None, None, "Total", "491.00")], number=2)
    rows = read(first, second)
    assert plain(rows) == BOTH
    assert [row.total_price.page for row in rows if row.total_price] == [1, 2]


def test_a_table_goes_on_without_a_header() -> None:
    """The columns of the page before still hold."""
    assert plain(read(page([HEADER, TABLE]), page([LAMP, (None, None, "Total", "491.00")], number=2))) == BOTH


def test_an_overview_of_the_details_is_not_read_twice() -> None:
    """Page one sums up what page two lists; both come to the printed total."""
    overview = [HEADER, ("Furnishing", "1", "491.00", "491.00"), (None, None, "Total", "491.00")]
    details = [HEADER, TABLE, LAMP, (None, None, "Total", "491.00")]
    assert plain(read(page(overview), page(details, number=2))) == BOTH


def test_what_follows_the_total_is_no_item() -> None:
    """A table of taxes and a payment line stand under the total."""
    sheet = page(
        [
            HEADER,
            TABLE,
            LAMP,
            (None, None, "Total", "491.00"),
            (),
            ("VAT 20 %", None, "409.17", "81.83"),
            ("Card payment", None, None, "491.00"),
        ]
    )
    assert plain(read(sheet)) == BOTH


def test_a_last_line_that_only_sums_up_is_no_item() -> None:
    """The sum's label is missing."""
    assert plain(read(page([HEADER, TABLE, LAMP, (None, None, None, "491.00")]))) == BOTH


def test_the_net_total_is_taken_beside_a_gross_one() -> None:
    """Of two totals, the one that quantity × price gives."""
    sheet = page(
        [(*HEADER[:3], "Net total", "Gross total"), (*TABLE, "540.00"), (*LAMP, "49.20")], (40, -300, -370, -450, -550)
    )
    assert plain(read(sheet)) == BOTH


def test_of_two_prices_the_one_that_gives_the_total() -> None:
    """Prices with and without tax stand beside each other; the line's total is with tax."""
    header = ("Description", "Qty", "Unit price (excl. VAT)", "VAT", "Unit price (incl. VAT)", "Subtotal (incl. VAT)")
    sheet = page([header, ("USB cable", "2", "8.26", "21%", "9.99", "19.98")], (40, -160, -280, -310, -430, -560))
    assert plain(read(sheet)) == [("USB cable", "2", "9.99", "19.98")]


def test_a_date_before_the_description_stays_out_of_it() -> None:
    """A time sheet: date, work, hours, rate, amount."""
    header = ("Date", "Description", "Hours", "Rate", "Amount")
    sheet = page([header, ("12/03/2024", "Site visit", "3", "150.00", "450.00")], (40, 110, -340, -430, -540))
    assert plain(read(sheet)) == [("Site visit", "3", "150", "450")]


def test_misnamed_columns_are_put_right_by_their_products() -> None:
    """The header's “Price” and “Amount” are the line's total and its price."""
    sheet = page([("Description", "Qty", "Total", "Price"), TABLE, LAMP])
    assert plain(read(sheet)) == BOTH


def test_numbers_in_a_description_stay_there() -> None:
    """A version and a pack size are part of the name."""
    sheet = page([HEADER, ("USB 3.0 cable 12 x 2", "3", "150.00", "450.00"), LAMP])
    assert plain(read(sheet))[0] == ("USB 3.0 cable 12 x 2", "3", "150", "450")


def test_a_number_close_to_the_text_is_not_swallowed() -> None:
    """A text so long that it touches its quantity."""
    sheet = page([HEADER, ("Oak table in light grey", *TABLE[1:]), LAMP], (-331, *FOUR[1:]))
    assert plain(read(sheet))[0] == ("Oak table in light grey", "3", "150", "450")


def test_numbers_far_from_their_names_are_found_by_their_products() -> None:
    """Names that stand over the wrong columns: the numbers in the header's order still multiply to the total."""
    names, body = page([HEADER], (40, 420, 450, 500)), page([(), TABLE, LAMP], (40, -250, -330, -540))
    sheet = type(names)(1, 595, 842, names.words + body.words, "text-layer")
    assert plain(read(sheet)) == BOTH


def test_rows_that_are_not_level() -> None:
    """A scan that leans: the right end of a row stands lower than its left."""
    assert plain(read(page([HEADER, TABLE, LAMP], slope=0.008, confidence=0.9))) == BOTH


def test_a_lost_decimal_point_is_put_back() -> None:
    """OCR reads 15000 for 150.00; quantity and total say what it is."""
    sheet = page([HEADER, ("Oak table", "3", "15000", "450.00"), LAMP], confidence=0.9)
    assert plain(read(sheet)) == BOTH


def test_cells_know_their_place_and_their_rule() -> None:
    """Every value can be shown on the page and explained."""
    total = read(page([HEADER, TABLE]))[0].total_price
    assert total is not None
    assert total.label == "Amount"
    assert "quantity × price = total" in total.rule
    assert total.score > 0.9
    assert round(total.box.x1) == -FOUR[3]


def test_a_letter_has_no_items() -> None:
    """Text without a table gives nothing."""
    assert read(page([("Dear customer, thank you for your order of 12 March.",), ("We deliver it on 5.00 pm.",)])) == []
    assert read(page([])) == []


def test_a_long_text_stays_whole_beside_the_next_column() -> None:
    """It runs on under the name of the quantity, which has its own number."""
    rows = [HEADER, TABLE, LAMP, ("Oak sideboard with doors, brass, wall height up to 30 cm", "4", "11.00", "44.00")]
    assert plain(read(page(rows, (40.0, -345.0, -430.0, -540.0))))[2][1] == "4"


def test_discounts_and_shipping_are_items_where_the_sum_says_so() -> None:
    """Rows among the items that are called like a discount or a charge."""
    rows = [HEADER, TABLE, ("Shipping", None, None, "9.00"), ("Discount for loyalty", None, None, "-4.00")]
    assert len(plain(read(page([*rows, (None, None, "Subtotal", "455.00")])))) == 3
    assert len(plain(read(page([*rows, (None, None, "Subtotal", "450.00")])))) == 1


def test_a_second_table_counts_where_the_sum_says_so() -> None:
    """Hours in one table, expenses in another of fewer columns."""
    expenses = [(), ("Item", None, None, "Amount"), ("Train", None, None, "42.60"), ()]
    with_both = [HEADER, TABLE, *expenses, (None, None, "Total", "492.60")]
    assert [row[0] for row in plain(read(page(with_both)))] == ["Oak table", "Train"]


def test_a_discount_in_percent_explains_the_total() -> None:
    """The quantity's name is not known; quantity × price less the percentage proves it."""
    header = ("Description", "Chairs taken", "Price", "Discount", "Amount")
    rows = [header, ("Plan", "25", "120.00", "20%", "2,400.00"), ("Guests", "10", "24.00", None, "240.00")]
    items = plain(read(page(rows, (40.0, -300.0, -370.0, -450.0, -540.0))))
    assert items == [("Plan", "25", "120", "2400"), ("Guests", "10", "24", "240")]


def test_a_hotels_taxes_between_the_nights_are_no_items() -> None:
    """A folio lists its tax by day: proven by the net sum and the tax that are printed below."""
    rows = [
        ("Description", "Reference", "Charges"),
        ("Room Charge", "#412", "219.00"),
        ("Lodging Tax 9%", "", "19.71"),
        ("Room Charge", "#412", "219.00"),
        ("Lodging Tax 9%", "", "19.71"),
        ("Net Charges", "", "438.00"),
        ("Lodging Tax", "", "39.42"),
        ("Total Charges", "", "477.42"),
    ]
    found = plain(read(page(rows, (40, 300, -540)), language="en"))
    assert [row[0] for row in found] == ["Room Charge", "Room Charge"]


def test_a_quantity_may_carry_its_minus_behind() -> None:
    """A cancelled invoice: 6-, 48,90, 293,40-."""
    rows = [
        ("Text", "Menge", "Einzel", "Gesamt"),
        ("Zaun", "6-", "48,90", "293,40-"),
        ("Montage", "1-", "220,00", "220,00-"),
    ]
    found = plain(read(page(rows), language="de"))
    assert found == [("Zaun", "-6", "48.9", "-293.4"), ("Montage", "-1", "220", "-220")]


def test_a_row_called_like_a_column_sums_up() -> None:
    """“Qty 5  491.00” below the goods counts them; what follows is no item either."""
    sheet = page([HEADER, TABLE, LAMP, ("Qty", "5", None, "491.00"), ("Paid by card", None, None, "491.00")])
    assert plain(read(sheet)) == BOTH


def test_the_table_of_another_document_is_left_out() -> None:
    """The second page is an order with a sum of its own."""
    first = page([HEADER, TABLE, LAMP, (None, None, "Total", "491.00")])
    other = page([HEADER, ("Drill press", "1", "100.00", "100.00"), (None, None, "Total", "100.00")], number=2)
    assert plain(read(first, other)) == BOTH


def test_a_table_ends_where_another_one_is_headed() -> None:
    """The tax table on the second page goes on from no table of items."""
    first = page([HEADER, TABLE, LAMP])
    taxes = [("Tax type", "Net amount", "Tax rate", "Tax amount"), ("Exempt", "491.00", "0", "0.00")]
    assert plain(read(first, page(taxes, number=2))) == BOTH


def test_the_column_of_charges_wins_over_the_running_balance() -> None:
    """A folio: each balance is the one before and the charge."""
    rows = [
        ("Description", "Charges", "Credits", "Balance"),
        ("Room", "140.00", None, "140.00"),
        ("Room", "140.00", None, "280.00"),
        ("Dinner", "60.00", None, "340.00"),
        ("Card", None, "340.00", "0.00"),
        ("Total charges", None, None, "340.00"),
    ]
    assert [row[3] for row in plain(read(page(rows)))][:3] == ["140", "140", "60"]


def test_the_quantity_that_was_sold_wins_over_the_one_delivered() -> None:
    """Two columns of quantities: the one whose products are right in all rows."""
    rows = [
        ("Description", "Price", "Delivered", "Sale", "Amount"),
        ("Bread", "2.13", "3", "3", "6.39"),
        ("Rolls", "2.78", "2", "2", "5.56"),
        ("Buns", "0.72", "0", "-13", "-9.36"),
    ]
    sheet = page(rows, (40, -240, -340, -430, -540))
    assert [row[1] for row in plain(read(sheet))] == ["3", "2", "-13"]


def test_quantity_and_price_on_two_lines_of_a_row() -> None:
    """The quantity stands beside the first line of the text, the price beside the second."""
    rows = [HEADER, ("Battery for a", "2", None, None), ("small car", None, "440.00", "880.00")]
    assert plain(read(page(rows, pitch=11))) == [("Battery for a small car", "2", "440", "880")]


def test_parts_of_a_set_are_no_text_of_it() -> None:
    """Lines with a quantity and without an amount."""
    rows = [
        ("Qty", "Item", "Total"),
        ("1", "Chicken", "11.10"),
        ("1", "Coke"),
        ("1", "Fries"),
        ("2", "Nuggets", "7.80"),
    ]
    assert [row[0] for row in plain(read(page(rows, (40, 80, -300))))] == ["Chicken", "Nuggets"]


def test_prices_under_no_name_are_found_by_their_products() -> None:
    """The column of prices is headed by the currency alone."""
    rows = [("Desc", "Qty", "RM", "Amt"), ("Puff", "4", "1.60", "6.40"), ("Cake", "1", "8.70", "8.70")]
    assert plain(read(page(rows))) == [("Puff", "4", "1.6", "6.4"), ("Cake", "1", "8.7", "8.7")]


def test_a_tax_class_behind_the_total() -> None:
    """A single digit in the total's cell."""
    rows = [HEADER, ("Curtain", "2", "14.99", "29.98 1"), ("Brush", "1", "5.00", "5.00 1")]
    assert [row[3] for row in plain(read(page(rows)))] == ["29.98", "5"]


def test_a_rate_without_a_word_is_no_item() -> None:
    """What a percentage takes off the item above."""
    rows = [HEADER, ("Good article", "1", "10.00", "10.00"), (None, None, "1.00 %", "- 0.10")]
    assert [row[3] for row in plain(read(page(rows)))] == ["10"]


def test_a_blank_that_ocr_read_for_a_point() -> None:
    """16 85 is 16.85 where the product says so."""
    rows = [HEADER, ("Curry", "1", "16.85", "16 85"), ("Rolls", "2", "14.73", "29.46")]
    assert plain(read(page(rows, confidence=0.9)))[0] == ("Curry", "1", "16.85", "16.85")


def test_a_reading_that_adds_up_wins_over_a_header_that_fits_few_rows() -> None:
    """The header's names stand beside their columns; the products of the rows give all of them."""
    rows = [
        ("Pos Kunde", "Art-Nr.", "Beschreibung / Preis", "Nettopreis", "Menge USt.", "Pos-Betrag"),
        ("1 ZS997", "4123456000014 Lemon acid 100ml", None, "1.00", "100 Stk 19 %", "100.00"),
        (None, None, "Bruttopreis: 1.00", None, None, None),
        ("2 GZ250", "4123456000021 Sugar extra 250g", None, "1.45", "50 Stk 7 %", "72.50"),
        (None, None, "Bruttopreis: 1.50", None, None, None),
        ("3 GZ251", "4123456000038 Yoghurt mix carton 3 x 20", None, "29.10", "2 Stk 7 %", "58.20"),
        ("Positionssumme", None, None, None, None, "230.70"),
    ]
    sheet = page(rows, (40, 90, 150, 320, 380, 480))
    assert [row[3] for row in plain(read(sheet, language="de"))] == ["100", "72.5", "58.2"]


def test_a_bracket_with_a_colon_goes_on_with_the_text() -> None:
    """“(hour): one” is no label of a particular."""
    rows = [HEADER, ("Artistic design of one", "1", "160.00", "160.00"), ("(hour): for you",)]
    assert plain(read(page(rows, pitch=11)))[0][0] == "Artistic design of one (hour): for you"


def test_a_barcode_gives_way_to_the_text_below() -> None:
    """Code and numbers first, then the tax code and the name."""
    rows = [HEADER, ("9555223500307", "2", "2.50", "5.00"), ("SR: Young corn 425G",)]
    assert plain(read(page(rows, pitch=11)))[0][0] == "SR: Young corn 425G"


def test_the_dash_of_a_unit_is_no_sign() -> None:
    """15 XBC- (a unit code cut at its dash)."""
    rows = [HEADER, ("Beer", "15 XBC- unit", "12.00", "180.00"), ("Soda", "2 Stk", "5.00", "10.00")]
    assert plain(read(page(rows, (40, -380, -450, -540))))[0][1] == "15"


def test_numbers_beside_the_last_line_of_a_text() -> None:
    """Each text begins a line above its numbers; the gap between items is wider than that within one."""
    rows = [HEADER, (), ("Oak table",), ("in a box", *TABLE[1:]), (), ("Desk lamp",), ("with a bulb", *LAMP[1:])]
    sheet = page(rows, pitch=11)
    assert [row[0] for row in plain(read(sheet))] == ["Oak table in a box", "Desk lamp with a bulb"]


def test_goods_that_cost_nothing_are_items() -> None:
    """A word stands for the total."""
    rows = [HEADER, ("Mug", "1", "0.00", "free"), TABLE, ("Cap", "2", None, "gratis")]
    assert plain(read(page(rows))) == [("Mug", "1", "0", None), BOTH[0], ("Cap", "2", None, None)]


def test_sums_to_the_right_in_the_lines_of_the_items() -> None:
    """Subtotal, tax and total begin beside the first row."""
    rows = [
        (*HEADER, None, None),
        (*TABLE, "Subtotal", "491.00"),
        (*LAMP, "VAT 20%", "98.20"),
        (None, None, None, None, "Total", "589.20"),
    ]
    assert plain(read(page(rows, (40, -220, -280, -350, 400, -545)))) == BOTH


def test_words_of_a_stamp_do_not_get_into_the_rows() -> None:
    """Large words that lie over a row: PAID 12 MAY."""
    sheet = page([HEADER, TABLE, LAMP])
    stamp = [Word(text, Box(x, 108, x + 50, 138)) for text, x in (("PAID", 180), ("12", 300), ("MAY", 380))]
    assert plain(read(replace(sheet, words=(*sheet.words, *stamp)))) == BOTH


def test_a_stamp_that_was_read_as_a_line_of_its_own() -> None:
    """Its 12 overlaps the row of the lamp and stands where the quantity does."""
    sheet = page([HEADER, TABLE, LAMP])
    stamp = Word("12", Box(312, 116.5, 330, 146.5), 0.95, 90)
    words = tuple(word._replace(confidence=0.95, line=at) for at, word in enumerate(sheet.words))
    assert plain(read(replace(sheet, words=(*words, stamp), engine="rapidocr"))) == BOTH


def test_a_price_for_a_piece() -> None:
    """150.00/pc is a price."""
    rows = [HEADER, ("Oak table", "3", "150.00/pc", "450.00"), ("Desk lamp", "2", "20.50/pc", "41.00")]
    assert plain(read(page(rows))) == BOTH


def test_a_heading_may_hold_the_rate_of_a_tax() -> None:
    """CGST 9% and SGST 9% beside the taxable value; no two numbers make the last one."""
    rows = [
        ("Description", "Qty", "Rate", "Taxable value", "CGST 9%", "SGST 9 %", "Total"),
        ("Oak table", "3", "150.00", "450.00", "40.50", "40.50", "531.00"),
        ("Desk lamp", "2", "20.50", "41.00", "3.69", "3.69", "48.38"),
    ]
    sheet = page(rows, (40, -200, -260, -340, -410, -480, -560))
    assert [row[:3] for row in plain(read(sheet))] == [row[:3] for row in BOTH]


def test_a_barcode_is_no_quantity() -> None:
    """It stands where the quantity should, which could not be read."""
    rows = [HEADER, ("Corn", "2", "2.50", "5.00"), ("Beans", "95571661100182", "2.00", "4.00")]
    assert [row[1] for row in plain(read(page(rows)))] == ["2", None]


def test_a_price_in_the_place_of_a_count_that_was_not_read_is_the_price() -> None:
    """OCR passes over a lone “1” between two amounts."""
    rows = [
        ("Item", "Qty", "Price", "Total"),
        ("Mug", "2", "8.00", "16.00"),
        ("Bag", "25.00", "", "25.00"),
        ("Cap", "9.00", "", "9.00"),
    ]
    assert plain(read(page(rows)))[1:] == [("Bag", None, "25", "25"), ("Cap", None, "9", "9")]
