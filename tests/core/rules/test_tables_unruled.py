"""Items without a header: receipts, and lists whose numbers prove what they are."""

from __future__ import annotations

from dataclasses import replace

from tests.core.rules.table_pages import page, plain, read

RECEIPT = (40.0, -300.0)


def test_columns_without_names_are_told_by_their_products() -> None:
    """Quantity × price = total in the rows."""
    sheet = page([("Oak table", "3", "150.00", "450.00"), ("Desk lamp", "2", "20.50", "41.00")])
    assert plain(read(sheet)) == [("Oak table", "3", "150", "450"), ("Desk lamp", "2", "20.5", "41")]


def test_columns_without_names_with_running_and_article_numbers() -> None:
    """Further columns are kept out of the description."""
    rows = [("1", "A-4711", "Oak table", "3", "150.00", "450.00"), ("2", "A-4712", "Desk lamp", "2", "20.50", "41.00")]
    sheet = page(rows, (40, 70, 130, -340, -430, -540))
    assert plain(read(sheet)) == [("Oak table", "3", "150", "450"), ("Desk lamp", "2", "20.5", "41")]


def test_a_receipt_with_quantity_times_price_on_the_line() -> None:
    """``2 x 1.50   3.00`` behind the text."""
    sheet = page([("Coffee 2 x 1.50", "3.00"), ("Bread roll", "0.80"), ("Total", "3.80")], RECEIPT)
    assert plain(read(sheet)) == [("Coffee", "2", "1.5", "3"), ("Bread roll", None, None, "0.8")]


def test_a_receipt_with_quantity_times_price_below() -> None:
    """The text and its amount first, then ``2 x 1.50``."""
    sheet = page([("Coffee", "3.00 A"), ("2 x 1.50",), ("Bread roll", "0.80 A"), ("Total", "3.80")], RECEIPT)
    assert plain(read(sheet)) == [("Coffee", "2", "1.5", "3"), ("Bread roll", None, None, "0.8")]


def test_a_receipt_with_the_text_above_its_numbers() -> None:
    """The text alone, then ``2 x 1.50   3.00``."""
    sheet = page([("Coffee",), ("2 x 1.50", "3.00"), ("Bread roll",), ("3 x 0.80", "2.40"), ("Total", "5.40")], RECEIPT)
    assert plain(read(sheet)) == [("Coffee", "2", "1.5", "3"), ("Bread roll", "3", "0.8", "2.4")]


def test_a_receipt_with_leading_quantities() -> None:
    """A number before the text is how many."""
    sheet = page([("2 Espresso", "5.00"), ("2 Croissant", "4.40"), ("Total", "9.40")], RECEIPT)
    assert plain(read(sheet)) == [("Espresso", "2", None, "5"), ("Croissant", "2", None, "4.4")]


def test_running_numbers_are_no_quantities() -> None:
    """1, 2, 3 only count the rows."""
    sheet = page([("1 Espresso", "5.00"), ("2 Croissant", "4.40"), ("3 Juice", "3.00"), ("Total", "12.40")], RECEIPT)
    assert [row[:2] for row in plain(read(sheet))] == [("Espresso", None), ("Croissant", None), ("Juice", None)]


def test_a_receipt_in_a_currency_without_cents() -> None:
    """Whole numbers are money where the page has no cents."""
    sheet = page([("コーヒー", "300"), ("パン", "150"), ("合計", "450")], RECEIPT)
    assert plain(read(sheet, language="ja")) == [("コーヒー", None, None, "300"), ("パン", None, None, "150")]


def test_a_list_is_believed_when_it_adds_up() -> None:
    """Texts and amounts in a letter, and the printed sum."""
    sheet = page([("Liability", "61,00 €"), ("Legal cover", "24,00 €"), ("Gesamtbetrag", "85,00 €")], RECEIPT)
    assert plain(read(sheet, language="de")) == [("Liability", None, None, "61"), ("Legal cover", None, None, "24")]


def test_what_is_set_in_further_explains_the_row_above() -> None:
    """Only the outer rows add up to the total."""
    sheet = page(
        [
            ("Storage", None, "5.00"),
            (None, "Usage", "4.00"),
            (None, "Reserve", "1.00"),
            ("Network", None, "2.00"),
            (None, "Usage", "2.00"),
            ("Total", None, "7.00"),
        ],
        (40, 60, -300),
    )
    assert plain(read(sheet)) == [("Storage", None, None, "5"), ("Network", None, None, "2")]


def test_amounts_that_prove_nothing_are_no_items() -> None:
    """Two amounts below each other do not make a table."""
    assert read(page([("Minimum order", "50.00"), ("Free delivery from", "99.00")], RECEIPT)) == []


def test_dots_lead_to_the_amounts() -> None:
    """Text, dots and amount are one word."""
    sheet = page([("Land search......£212.40",), ("Transfer fee.....£30.00",), ("Total", "£242.40")], (40, -300))
    assert plain(read(sheet))[0] == ("Land search", None, None, "212.4")


def test_a_tax_mark_may_be_glued_to_an_amount() -> None:
    """Goods of the lower rate carry a mark; how many and what each costs stand below without blanks."""
    rows = [("牛乳", "¥218※"), ("たまご", "¥536※"), (" (2個 × 単268)",), ("洗剤", "¥348"), ("合計", "¥1,102")]
    assert plain(read(page(rows, RECEIPT), language="ja"))[1] == ("たまご", "2", "268", "536")


def test_units_in_quantity_times_price() -> None:
    """Weighed goods: the line of quantity and price has units on both sides."""
    rows = [("1.32 lb @ 2.49 /lb",), ("Apples", "3.29"), ("Soap", "3.49"), ("Total", "6.78")]
    assert plain(read(page(rows, RECEIPT)))[0] == ("Apples", "1.32", "2.49", "3.29")


def test_a_mark_on_a_line_of_its_own_does_not_part_an_amount_from_its_factors() -> None:
    """The currency behind the amount found no room."""
    rows = [("Super E10", "61,12"), ("EUR A",), ("36,40 l x 1,679",), ("Wash", "4,99"), ("Total", "66,11")]
    assert plain(read(page(rows, RECEIPT), language="de"))[0] == ("Super E10", "36.4", "1.679", "61.12")


def test_quantity_and_price_in_one_word() -> None:
    """A quantity and its price are printed as one word below the text."""
    rows = [("Wood glue",), ("<A>",), ("2@5.27", "10.54"), ("Brush", "7.48"), ("Total", "18.02")]
    assert plain(read(page(rows, RECEIPT))) == [("Wood glue <A>", "2", "5.27", "10.54"), ("Brush", None, None, "7.48")]


def test_quantity_times_price_under_a_header_that_names_neither() -> None:
    """The header has only the text and the amount; quantity × price stand within the rows."""
    rows = [("Description", "Amount"), ("Milk",), ("6 x 0.89", "5.34"), ("Bread", "1.80"), ("Total", "7.14")]
    assert plain(read(page(rows, RECEIPT))) == [("Milk", "6", "0.89", "5.34"), ("Bread", None, None, "1.8")]


def test_a_unit_between_quantity_and_price_is_no_description() -> None:
    """Behind the text: so many persons at so much each."""
    rows = [("Buffet", "40 pers. × 18,00", "720,00"), ("Dishes", None, "95,00"), ("Total", None, "815,00")]
    assert plain(read(page(rows, (40, 200, -400)), language="fr"))[0] == ("Buffet", "40", "18", "720")


def test_what_only_looks_like_a_header_does_not_hide_the_items() -> None:
    """Two labels of an address block are names of columns too; nothing under them is money."""
    rows = [("Article ID", "Billed to"), ("7712", "12"), (), ("Game", "4.99"), ("Map", "1.99"), ("Total", "6.98")]
    assert [row[3] for row in plain(read(page(rows, RECEIPT)))] == ["4.99", "1.99"]


def test_a_digit_behind_an_amount_is_its_tax_class() -> None:
    """Each amount is followed by 1 or 2."""
    rows = [("Shampoo", "1,45 1"), ("Nappies", "11,95 1"), ("Rice", "0,95 2"), ("Total", "14,35")]
    assert [row[3] for row in plain(read(page(rows, RECEIPT), language="de"))] == ["1.45", "11.95", "0.95"]


def test_goods_of_two_tax_rates_add_up_with_their_tax() -> None:
    """Each rate has its own subtotal; only with the tax do all goods make the total. @ stands before a price."""
    rows = [
        ("Rice ball", "150"),
        ("Tea", "200"),
        ("Juice",),
        ("@140 x 2", "280"),
        ("Bag", "5"),
        ("小計", "630"),
        ("小計", "5"),
        ("消費税等", "50"),
        ("合計", "685"),
    ]
    items = plain(read(page(rows, RECEIPT), language="ja"))
    assert items[2:] == [("Juice", "2", "140", "280"), ("Bag", None, None, "5")]


def test_postage_among_the_goods_is_an_item_where_only_so_they_add_up() -> None:
    """A short list with its postage before the sum; postage after a subtotal stays outside."""
    rows = [("Proofreading", "180.00"), ("Blurb", "60.00"), ("Postage", "6.49"), ("Total", "246.49")]
    assert [row[0] for row in plain(read(page(rows)))] == ["Proofreading", "Blurb", "Postage"]
    rows = [("Table", "180.00"), ("Lamp", "60.00"), ("Subtotal", "240.00"), ("Postage", "6.49"), ("Total", "246.49")]
    assert [row[0] for row in plain(read(page(rows)))] == ["Table", "Lamp"]


def test_a_table_of_taxes_does_not_hide_a_receipts_items() -> None:
    """Rate, net, tax and gross at the foot are no goods."""
    rows = [
        ("2 x Menu du jour 29,90", None, None, "59,80"),
        ("1 x Moules frites", None, None, "16,50"),
        ("TOTAL TTC", None, None, "76,30"),
        ("Taux", "HT", "TVA", "TTC"),
        ("10,00", "69,36", "6,94", "76,30"),
    ]
    found = plain(read(page(rows, (40, -340, -430, -540)), language="fr"))
    assert found == [("Menu du jour", "2", "29.9", "59.8"), ("Moules frites", "1", None, "16.5")]


def test_ragged_amounts_are_believed_when_they_add_up() -> None:
    """A receipt whose amounts end in no common column."""
    places = [(40.0, -200.0), (40.0, -240.0), (40.0, -290.0), (40.0, -220.0)]
    rows = [("Bread", "1.68"), ("Milk", "4.56"), ("Soap", "3.98"), ("Subtotal", "10.22")]
    words = [
        word._replace(box=word.box._replace(y0=word.box.y0 + 16 * at, y1=word.box.y1 + 16 * at))
        for at, (row, place) in enumerate(zip(rows, places, strict=True))
        for word in page([row], place).words
    ]
    sheet = replace(page([]), words=tuple(words))
    assert [row[3] for row in plain(read(sheet))] == ["1.68", "4.56", "3.98"]


def test_quantity_and_price_in_brackets_stay_in_the_text() -> None:
    """“(312 pages à 4.20)” explains the text; the quantity is 312, not minus 312."""
    rows = [("Proofreading Novel (312 pages à 4.20)", "1310.40"), ("Blurb", "180.00"), ("Total", "1490.40")]
    assert plain(read(page(rows)))[0] == ("Proofreading Novel (312 pages à 4.20)", "312", "4.2", "1310.4")


def test_japanese_quantity_and_price_in_one_word() -> None:
    """2個×¥228 between text and amount."""
    rows = [("牛乳1L 2個×¥228", "¥456"), ("食パン", "¥168"), ("小計", "¥624")]
    assert plain(read(page(rows), language="ja"))[0] == ("牛乳1L", "2", "228", "456")


def test_a_row_that_ends_in_the_name_of_a_tax_is_no_item() -> None:
    """“City Parking Tax” and “7 % MwSt.”."""
    rows = [("Parking Fee", "$24.00"), ("City Parking Tax", "$3.48"), ("TOTAL", "$27.48")]
    assert [row[0] for row in plain(read(page(rows)))] == ["Parking Fee"]


def test_goods_of_two_rates_with_their_taxes_in_a_script_without_blanks() -> None:
    """Sums by rate are no items, whatever the recogniser makes of their characters."""
    rows = [("緑茶", "¥318"), ("用紙", "¥550"), ("小計（税抜8%）", "¥318"), ("消费税等（8%）", "¥25")]
    rows += [("小計（税抜10%）", "¥550"), ("消費税等（10%）", "¥55"), ("合計", "¥948")]
    assert [row[0] for row in plain(read(page(rows), language="ja"))] == ["緑茶", "用紙"]


def test_how_many_may_stand_behind_the_text() -> None:
    """“Sourdough × 2”; a date in front is no quantity."""
    rows = [("Sourdough × 2", "$17.00"), ("Oat latte", "$5.25"), ("Total", "$22.25")]
    assert plain(read(page(rows)))[0] == ("Sourdough", "2", None, "17")
    rows = [("05 Feb 2025 Consultation", "49.50"), ("05 Feb 2025 Blood sample", "88.20"), ("Total", "137.70")]
    assert [row[1] for row in plain(read(page(rows)))] == [None, None]


def test_texts_that_stand_over_their_numbers_under_a_header() -> None:
    """A till prints code and name, then quantity × price below; the first and the last row too."""
    rows = [
        ("DESCRICAO", "QTD UN", "VL UNIT", "VL TOTAL"),
        ("ARROZ TIPO 5KG",),
        ("2 UN x 28,90", None, None, "57,80"),
        ("CAFE TORRADO",),
        ("1 UN x 18,99", None, None, "18,99"),
        ("VALOR TOTAL R$", None, None, "76,79"),
    ]
    found = plain(read(page(rows, (40, -200, -270, -340)), language="pt"))
    assert found == [("ARROZ TIPO 5KG", "2", "28.9", "57.8"), ("CAFE TORRADO", "1", "18.99", "18.99")]


def test_texts_below_their_numbers() -> None:
    """Code, quantity and price first, the text under them: for the last row too."""
    rows = [
        ("05/06/24 TERRY SALE",),
        ("4471902 1 EA 18.99 EA", "18.99"),
        ("HAMMER CLAW",),
        ("8812004 4 EA 2.49 EA", "9.96"),
        ("HINGE ZINC",),
        ("TOTAL:", "28.95"),
    ]
    found = plain(read(page(rows, RECEIPT)))
    assert [row[0] for row in found] == ["HAMMER CLAW", "HINGE ZINC"]


def test_a_sum_without_a_name_is_no_item() -> None:
    """A solicitor's bill: charges, VAT, their sum without a word, then what was laid out."""
    rows = [
        ("Our charges", "950.00"),
        ("VAT @ 20%", "190.00"),
        ("", "1140.00"),
        ("Local search", "168.40"),
        ("TOTAL DUE", "1308.40"),
    ]
    assert [row[0] for row in plain(read(page(rows)))] == ["Our charges", "Local search"]


def test_a_pump_prints_volume_and_price_above_its_amount() -> None:
    """A fuel receipt: gallons and price per gallon on lines of their own."""
    rows = [
        ("GALLONS:", "11.482"),
        ("PRICE/G:", "$3.259"),
        ("FUEL SALE", "$37.42"),
        ("COLA", "2.49"),
        ("SALES TAX", "0.19"),
        ("TOTAL", "$40.10"),
    ]
    assert plain(read(page(rows, RECEIPT))) == [
        ("FUEL SALE", "11.482", "3.259", "37.42"),
        ("COLA", None, None, "2.49"),
    ]


def test_a_text_may_begin_on_the_line_above_its_amount() -> None:
    """The quantity and the first words, then the rest set in, with the amount."""
    rows = [("2 Flat White", "6.80"), ("1 Full English with",), ("   black pudding", "13.25"), ("Total", "20.05")]
    sheet = page([], RECEIPT)
    words = [
        word._replace(box=word.box._replace(y0=word.box.y0 + 14 * at, y1=word.box.y1 + 14 * at))
        for at, row in enumerate(rows)
        for word in page([tuple(cell.strip() for cell in row)], (60.0 if row[0][0] == " " else 40.0, -300.0)).words
    ]
    found = plain(read(replace(sheet, words=tuple(words))))
    assert found == [("Flat White", "2", None, "6.8"), ("Full English with black pudding", "1", None, "13.25")]


def test_subtotals_by_kind_are_no_items() -> None:
    """“Food Subtotal” and “Bar Subtotal” under the dishes."""
    rows = [("2 Coffee", "5.90"), ("1 Waffle", "10.75"), ("Bar Subtotal:", "0.00"), ("Food Subtotal:", "16.65")]
    assert [row[0] for row in plain(read(page([*rows, ("Tax", "1.10"), ("TOTAL:", "$17.75")])))] == ["Coffee", "Waffle"]


def test_a_column_of_counts_between_text_and_amount() -> None:
    """A bar's receipt without any header."""
    rows = [("Beer", "4", "23.20"), ("Skewers", "2", "25.60"), ("Edamame", "1", "3.80"), ("Subtotal", "", "52.60")]
    found = plain(read(page(rows, (40, -200, -300))))
    assert [row[:2] for row in found] == [("Beer", "4"), ("Skewers", "2"), ("Edamame", "1")]


def test_a_unit_between_quantity_and_price_leaves_the_text_above() -> None:
    """``10 PCS x 6.80   68.00`` under its text; ``2 x Menu 29,90`` has its text between."""
    rows = [
        ("1. PVC PIPE",),
        ("10 PCS x 6.80", "68.00"),
        ("2. CEMENT",),
        ("4 BAG x 17.50", "70.00"),
        ("TOTAL", "138.00"),
    ]
    found = plain(read(page(rows, RECEIPT)))
    assert [row[:3] for row in found] == [("1. PVC PIPE", "10", "6.8"), ("2. CEMENT", "4", "17.5")]
    rows = [("2 x Menu 29,90", "59,80"), ("3 x Verre 5,20", "15,60"), ("TOTAL", "75,40")]
    assert [row[0] for row in plain(read(page(rows, RECEIPT), language="fr"))] == ["Menu", "Verre"]


def test_a_misread_label_does_not_make_a_sum_an_item() -> None:
    """“SUB TO1AL” is the sum of the rows above it."""
    rows = [("Fish", "40.00"), ("Pork", "18.00"), ("Rice", "6.00"), ("SUB TO1AL", "64.00"), ("GST 6%", "3.84")]
    sheet = page([*rows, ("NET TOTAL", "67.84")], RECEIPT)
    assert [row[0] for row in plain(read(sheet))] == ["Fish", "Pork", "Rice"]


def test_tax_letters_glued_to_an_amount() -> None:
    """Two or three letters behind the cents; units and credit marks stay what they are."""
    rows = [("Tissue", "5.90SR"), ("Bread", "2.10ZRL"), ("Sub-total", "8.00")]
    assert [row[3] for row in plain(read(page(rows, RECEIPT)))] == ["5.9", "2.1"]


def test_rows_of_a_tax_table_are_no_items() -> None:
    """Rate, net, tax and gross, with or without a percent sign: also where the goods could not be read."""
    rows = [("Tissue", None, "S.9O"), ("Total", None, "5.90"), ("SR @ 6%", "5.57", "0.33"), ("6.00", "5.57", "0.33")]
    sheet = page([*rows, ("A 19%", "1.64 0.31", "1.95")], (40, -240, -300))
    assert plain(read(sheet)) == []


def test_how_a_sum_was_paid_is_no_item() -> None:
    """Cash and card make the sum once more; their labels are not known."""
    rows = [("Soap", "5.00"), ("Brush", "4.12"), ("Summe", "8.62"), ("Geg. Bar", "5.00"), ("Geg. V", "3.62")]
    assert [row[0] for row in plain(read(page(rows, RECEIPT), language="de"))] == ["Soap", "Brush"]


def test_goods_end_at_the_sum_right_below_them() -> None:
    """With the service charge they make another printed sum."""
    rows = [("Juice", "12.95"), ("Chips", "16.95"), ("Subtotal", "29.90"), ("10% Srv Chg", "2.99"), ("Total", "32.89")]
    assert [row[0] for row in plain(read(page(rows, RECEIPT)))] == ["Juice", "Chips"]


def test_groups_of_goods_with_a_sum_each_are_all_read() -> None:
    """Food, drinks and the total of both."""
    rows = [("Soup", "5.00"), ("Roast", "15.00"), ("Food subtotal", "20.00"), ("Wine", "6.00"), ("Beer", "4.00")]
    sheet = page([*rows, ("Bar subtotal", "10.00"), ("Total", "30.00")], RECEIPT)
    assert [row[0] for row in plain(read(sheet))] == ["Soup", "Roast", "Wine", "Beer"]


def test_at_before_a_number_says_what_each_costs() -> None:
    """2 … @17.83 makes 35.66."""
    rows = [("2 Rice set @17.83", "35.66"), ("3 Tea @1.50", "4.50"), ("Total", "40.16")]
    assert plain(read(page(rows, RECEIPT))) == [("Rice set", "2", "17.83", "35.66"), ("Tea", "3", "1.5", "4.5")]


def test_the_numbers_of_the_next_row_are_no_factors() -> None:
    """Two rows of the same price: 1 × 5.57 is the next row's own amount."""
    rows = [("1", "Egg", "4.53 S"), ("1", "Toast", "5.57 S"), ("1", "Tea", "5.57 S"), (None, "Subtotal", "15.67")]
    found = plain(read(page(rows, (40, 60, -300))))
    assert found == [("Egg", "1", None, "4.53"), ("Toast", "1", None, "5.57"), ("Tea", "1", None, "5.57")]


def test_a_coupon_is_an_item_where_only_so_the_goods_add_up() -> None:
    """A rate reduces the row above it and is none."""
    rows = [("Screws", "13.50"), ("Brush", "6.99"), ("COUPON", "-1.00"), ("Subtotal", "19.49")]
    assert plain(read(page(rows, RECEIPT)))[-1] == ("COUPON", None, None, "-1")
    rows = [("Spring file", "80.00"), ("Discount @10.00%", "-8.00"), ("Subtotal", "72.00")]
    assert [row[0] for row in plain(read(page(rows, RECEIPT)))] == ["Spring file"]


def test_a_line_of_text_below_is_taken_where_above_stands_none() -> None:
    """Above the first row is the receipt's number and date; a single letter is no text of the row."""
    rows = [("RECEIPT NO.[00522899]", "19/01/17"), ("15755 X 2", "19.80 S"), ("Raisins 500G",), ("NET TOTAL", "19.80")]
    assert plain(read(page(rows, RECEIPT)))[0][0] == "Raisins 500G"
    rows = [("Print A4",), ("S", "1.38"), ("2 No",), ("TOTAL", "1.38")]
    assert plain(read(page(rows, RECEIPT)))[0][0] == "Print A4"


def test_two_marks_may_follow_an_amount() -> None:
    """Tax class and a star."""
    rows = [("Bottles", "0,25 A *"), ("Soap", "2,99 B"), ("Summe", "3,24")]
    assert [row[3] for row in plain(read(page(rows, RECEIPT), language="de"))] == ["0.25", "2.99"]


def test_a_size_is_no_quantity() -> None:
    """1500 x 700 says how large the bench is, also behind a quantity."""
    rows = [("Bench 1500 x 700", "80.00"), ("2 Bench 1500 x 700", "90.00"), ("Total", "170.00")]
    found = plain(read(page(rows, RECEIPT)))
    assert found == [("Bench 1500 x 700", None, None, "80"), ("Bench 1500 x 700", "2", None, "90")]


def test_a_summary_of_taxes_heads_no_items() -> None:
    """“Summary, Amount, Tax” below the goods; the goods have no heading."""
    rows = [("Paint", None, "43.00 ST"), ("Brush", None, "13.00 ST"), ("Total", None, "56.00")]
    taxes = [("Summary", "Amt (RM)", "Tax (RM)"), (".Si = 6%", "52.83", "3.17")]
    found = plain(read(page([*rows, (), *taxes], (40, -240, -330))))
    assert [row[0] for row in found] == ["Paint", "Brush"]


def test_the_nearer_line_of_text_is_the_one() -> None:
    """Opening hours stand further above the first row than its own text below."""
    rows = [("Open on Fridays",), (), ("9555066011 1", "5.90"), ("Wet tissue 150S",), (), ("Total", "5.90")]
    assert plain(read(page(rows, RECEIPT, pitch=10.5)))[0][0] == "Wet tissue 150S"


def test_a_price_in_the_line_of_text_is_no_part_of_it() -> None:
    """“FRUITS @24.00” above code, quantity and amount."""
    rows = [("FRUITS @24.00",), ("40158 *1", "24.00"), ("GREENS @16.00",), ("40158 *1", "16.00"), ("Total", "40.00")]
    assert [row[0] for row in plain(read(page(rows, RECEIPT)))] == ["FRUITS", "GREENS"]


def test_a_tax_under_a_word_that_is_not_known_is_no_goods() -> None:
    """It is the rate on its row of the amount there, which the goods come to."""
    places = (40, -340, -430, -540)
    sheet = page(
        [
            ("Winter tyres", "", "", "150.00"),
            ("Netto", "", "", "150.00"),
            ("Zusatz (S)", "150.00", "19", "28.50"),
            ("Gesamtbetrag", "", "", "178.50"),
        ],
        places,
    )
    assert plain(read(sheet, language="de")) == [("Winter tyres", None, None, "150")]


def test_a_row_that_ends_in_net_rate_tax_and_gross_is_worth_its_net() -> None:
    """Quantity and price make the net; no head says which is which."""
    row = ("Desk lamp", "4", "25.00", "100.00", "20%", "20.00", "120.00")
    sheet = page(
        [row, ("Net", "", "", "", "", "", "100.00"), ("Total", "", "", "", "", "", "120.00")],
        (40, -200, -260, -330, -390, -450, -540),
    )
    assert plain(read(sheet)) == [("Desk lamp", "4", "25", "100")]


def test_a_sum_does_not_prove_a_row_of_nothing() -> None:
    """With or without it the rows add up."""
    rows = read(page([("Computing", "5.00"), ("FAC **", "0.00"), ("Storage", "3.00"), ("Total", "8.00")], RECEIPT))
    assert [row.total_price.score for row in rows if row.total_price] == [0.85, 0.55, 0.85]
