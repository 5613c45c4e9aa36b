"""The amounts of a document: labels offer them, arithmetic chooses."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.notation import Notation
from core.notation.amounts import find_amounts
from core.page.layout import Token
from tests.core.rules.pages import read

Three = tuple[str | None, str | None, str | None]


def sums(text: str) -> Three:
    invoice = read(text).values
    found = (invoice.subtotal, invoice.tax, invoice.total_amount)
    return tuple(None if value is None else str(value) for value in found)  # type: ignore[return-value]


@pytest.mark.parametrize(
    "text",
    [
        "Subtotal|@300 100.00\nVAT 20%|@300 20.00\nTotal|@300 120.00",
        "Nettobetrag|@300 100,00 €\nzzgl. 20 % USt.|@300 20,00 €\nRechnungsbetrag|@300 120,00 €",
        "Total HT|@300 100,00\nTVA (20 %)|@300 20,00\nTotal TTC|@300 120,00",
        "Total excl. VAT|@300 100.00\nVAT|@300 20.00\nTotal incl. VAT|@300 120.00",
        "Base imponible|@200 Cuota IVA|@300 Total factura\n100,00|@200 20,00|@300 120,00",
        "Imponibile|@200 Imposta|@300 Totale fattura\n100,00|@200 20,00|@300 120,00",
    ],
)
def test_subtotal_tax_and_total_are_told_apart(text: str) -> None:
    """In lines and in columns, whatever the language; qualifiers say which total is meant."""
    assert sums(text) == tuple(None if v is None else str(Decimal(v)) for v in ("100.00", "20.00", "120.00"))


def test_the_total_comes_before_what_was_paid() -> None:
    """The grand total counts, not what is left to pay."""
    text = "Subtotal|@300 100.00\nTax|@300 20.00\nTotal|@300 120.00\nAmount paid|@300 70.00\nBalance due|@300 50.00"
    assert sums(text) == ("100.00", "20.00", "120.00")


def test_what_is_due_is_the_total_where_nothing_else_is() -> None:
    """A document that only says what to pay has that as its total."""
    assert sums("Amount due|@300 $120.00") == (None, None, "120.00")


def test_discount_and_shipping_lie_between() -> None:
    """Subtotal, less discount, plus tax and shipping make the total."""
    text = "Subtotal|@300 200.00\nDiscount (10%)|@300 20.00\nTax|@300 18.00\nShipping|@300 9.00\nTotal|@300 207.00"
    assert sums(text) == ("200.00", "18.00", "207.00")


def test_several_rates_are_added_where_they_fit() -> None:
    """Two rates on lines of their own make the tax when the sum then holds."""
    text = "Subtotaal|@300 928,00\n9% BTW|@300 7,02\n21% BTW|@300 178,50\nTotaal|@300 1.113,52"
    assert sums(text) == ("928.00", "185.52", "1113.52")


def test_the_last_row_of_a_table_of_rates_is_the_sum() -> None:
    """A summary by rates ends with the row that adds them up."""
    text = """
Nettobetrag|@200 MwSt-Betrag|@300 MwSt-%|@400 Endbetrag
100,00|@200 19,00|@300 19,0|@400 119,00
100,00|@200 7,00|@300 7,0|@400 107,00
200,00|@200 26,00|@400 226,00
"""
    assert sums(text) == ("200.00", "26.00", "226.00")


def test_a_tax_that_is_not_printed_is_not_worked_out() -> None:
    """A rate without an amount, or two sums that differ, give no tax."""
    assert sums("Subtotal|@300 100.00\nVAT rate|@300 20%\nTotal|@300 120.00")[1] is None


def test_a_credit_note_keeps_its_signs() -> None:
    """Negative as printed."""
    text = "Nettobetrag|@300 -178,00 EUR\nUSt. 19%|@300 -33,82 EUR\nGutschriftsbetrag|@300 -211,82 EUR"
    assert sums(text) == ("-178.00", "-33.82", "-211.82")


def test_a_receipt_ignores_cash_and_change() -> None:
    """What was handed over is not what was bought."""
    text = "SUBTOTAL|@200 9.72\nTAX 8.25%|@200 0.80\nTOTAL|@200 $10.52\nCASH|@200 20.00\nCHANGE|@200 9.48"
    assert sums(text) == ("9.72", "0.80", "10.52")


def test_counts_and_weights_are_no_totals() -> None:
    """``Total qty`` counts pieces."""
    assert sums("Total qty|@300 27\nTotal price|@300 293.52\nVAT|@300 0.00")[2] == "293.52"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Total|@300 120.00 EUR", "EUR"),
        ("Total (CHF)|@300 120.00", "CHF"),
        ("Total|@300 $120.00", "USD"),
        ("Sydney NSW 2000\nTotal|@300 $120.00", "AUD"),
        ("Total USD|@300 $120.00", "USD"),
        ("Montant(RM)|@300 120.00", "MYR"),
        ("Total|@300 120.00", None),
        ("ACME SDN BHD\nTotal|@300 120.00", None),
    ],
)
def test_the_currency_is_the_printed_one(text: str, code: str | None) -> None:
    """By code, by sign, a shared sign by the document's country; where none is printed there is none."""
    assert read(text).values.currency == code


@pytest.mark.parametrize("label", ["SST 8%", "IGST8 (8%)"])
def test_short_taxes_are_known_by_their_rate(label: str) -> None:
    """A short word, or one with its rate glued to it."""
    assert read(f"Sub Total|@300 650.00\n{label}|@300 52.00\nGrand Total|@300 702.00").values.tax == Decimal("52.00")


def test_a_paragraph_of_law_is_no_tax() -> None:
    """The number of an article."""
    invoice = read("Total|@300 90,00 €\nTotal à payer|@300 90,00 €\nTVA non applicable, art. 293 B du CGI").values
    assert invoice.tax is None


def test_rand_are_told_by_their_letter() -> None:
    """R before amounts."""
    assert read("Sub Total|@300 R 100.00\nVAT|@300 R 15.00\nTotal|@300 R 115.00").values.currency == "ZAR"


def test_two_halves_of_a_tax_are_one() -> None:
    """State and federation take the same amount."""
    assert read("CGST|@300 1,638.00\nSGST|@300 1,638.00\nTotal|@300 21,476.00").values.tax == Decimal("3276.00")


def test_a_bare_sum_with_nothing_after_it_is_the_total() -> None:
    """A freelancer without VAT writes no more than “Summe”."""
    assert sums("Beratung|@300 1.490,40 €\nPorto|@300 6,49 €\nSumme:|@300 1.496,89 €") == (None, None, "1496.89")


def test_a_value_and_the_next_label_may_share_a_cell() -> None:
    """Tax and total in one row, the tax close to the total's label."""
    text = "Totale IVA|@290 333,15 TOTALE DOCUMENTO|@460 € 1.847,45"
    assert sums(text) == (None, "333.15", "1847.45")


def test_a_sentence_on_tax_gives_no_tax() -> None:
    """What stands beneath a sentence is no amount of it."""
    text = "Review|@300 150.00\nTotal payable:|@300 1,992.50\nVAT reverse charged. Payment within 30 days to\nNWBK 6016 1331 9268"
    assert sums(text)[1] is None


def test_a_japanese_sum_may_say_in_brackets_that_tax_is_in_it() -> None:
    """ご請求額（税込）."""
    text = "小計|@300 ¥33,000\n消費税 10%|@300 ¥3,300\nご請求額（税込）|@300 ¥36,300"
    assert sums(text) == ("33000", "3300", "36300")


def test_exempt_amounts_lie_between() -> None:
    """What is free of tax (an Italian hotel's city tax) stands beside base and tax in the total."""
    text = "Imponibile|@150 IVA|@250 Esente|@350 TOTALE EURO\n350,91|@150 35,09|@250 9,00|@350 395,00"
    assert sums(text) == ("350.91", "35.09", "395.00")


def test_taxes_of_two_rates_are_proven_by_their_nets() -> None:
    """A Japanese receipt prints net and tax by rate: the taxes make one, the nets are printed nowhere together."""
    text = "小計（税抜8%）|@300 ¥318\n消费税等（8%）|@300 ¥25\n小計（税抜10%）|@300 ¥550\n消費税等（10%）|@300 ¥55\n合計|@300 ¥948"
    assert sums(text) == (None, "80", "948")


def test_a_tax_in_brackets_is_not_negative() -> None:
    """“of which insurance tax (35.13)” under a positive total."""
    text = "Gesamtbetrag|@300 220,00 €\nenthaltene Versicherungsteuer|@300 (35,13 €)"
    assert sums(text)[1:] == ("35.13", "220.00")


def test_a_service_charge_is_in_what_is_due() -> None:
    """A restaurant adds its service below the total of the dishes."""
    text = "Total|@300 £35.15\nService 10%|@300 £3.52\nAmount due|@300 £38.67\nCard|@300 £38.67"
    assert sums(text)[2] == "38.67"


def test_a_word_that_reads_like_a_currency_is_none() -> None:
    """“BOL NO” (bill of lading) does not outvote the dollars of the total."""
    text = "BOL NO|@300 5510992\nFreight|@300 1,133.57\nTOTAL CHARGES (USD)|@300 1,133.57"
    assert read(text).values.currency == "USD"


def test_a_currency_in_a_column_of_its_own() -> None:
    """Tills print label, currency and amount in three columns."""
    text = "SUBTOTAL|@100 RM|@200 144.40\nDISCOUNT|@100 RM|@200 4.40\nTOTAL|@100 RM|@200 140.00"
    assert sums(text) == ("144.40", None, "140.00")
    assert read(text).values.currency == "MYR"


def test_the_row_that_adds_up_to_the_total_tells_net_and_tax() -> None:
    """A till prints its taxes without a label beside the sums; a row that does not add up says nothing."""
    till = "SUMME|@300 12,39\nSteuer %|@120 Netto|@200 Steuer Brutto\nA= 19,0%|@120 4,82|@200 0,92|@300 5,74\n"
    till += "B= 7,0%|@120 6,21|@200 0,44|@300 6,65\n"
    assert sums(till + "Gesamtbetrag|@120 11,03|@200 1,36|@300 12,39") == ("11.03", "1.36", "12.39")
    assert sums(till + "Gesamtbetrag|@120 11,05|@200 1,36|@300 12,39")[0] != "11.05"


def test_the_year_in_a_sentence_is_no_sum() -> None:
    """“Charges for the period to 17 October 2024” announces no amount."""
    text = "Professional charges for the period 2 to 17 October 2024\nTotal profit costs|@300 949.50\nVAT at 20%|@300 189.90\n"
    assert sums(text + "Amount now due|@300 1,139.40") == ("949.50", "189.90", "1139.40")


def test_a_barcode_beside_the_total_is_left_out_with_a_finding() -> None:
    """Everything else is given."""
    draft = read("Invoice number|@200 R-7\nTotal|@300 12345678901234567890")
    assert (draft.values.invoice_number, draft.values.total_amount) == ("R-7", None)
    assert next((found.check, found.fields) for found in draft.findings) == ("unreadable", ("total_amount",))


def test_an_amount_is_taken_before_a_barcode() -> None:
    """Where both stand beside a label of the total, in whichever order."""
    for first, second in (("12345678901234567890", "120.00"), ("120.00", "12345678901234567890")):
        draft = read(f"Total|@300 {first}\nSomething else\nTotal|@300 {second}")
        assert draft.values.total_amount == Decimal("120.00")
        assert not any(found.check == "unreadable" for found in draft.findings)


def test_a_number_too_long_in_a_line_costs_that_cell_only() -> None:
    """The line keeps its description and its other numbers."""
    rows = "Description|@200 Quantity|@300 Unit price|@400 Amount\nNails|@200 2|@300 1.50|@400 3.00\n"
    draft = read(rows + "Bolts|@200 12345678901234567890|@300 0.12345678912|@400 4.00\nTotal|@400 7.00")
    assert [item.description for item in draft.values.line_items] == ["Nails", "Bolts"]
    bolts = draft.values.line_items[1]
    assert (bolts.quantity, bolts.unit_price, bolts.total_price) == (None, Decimal("0.12345678912"), Decimal("4.00"))


@pytest.mark.parametrize(
    ("text", "paid", "due"),
    [
        ("Total|@300 120.00\nAmount paid|@300 70.00\nBalance due|@300 50.00", "70.00", "50.00"),
        ("Total|@300 120.00\nDeposit|@300 -70.00\nAmount due|@300 50.00", "70.00", "50.00"),
        ("Gesamtbetrag|@300 120,00 €\nZu zahlen|@300 50,00 €", None, "50.00"),
        ("Total|@300 120.00\nPaid|@300 120.00\nBalance due|@300 0.00", "120.00", "0.00"),
        ("Total|@300 120.00\nAmount due|@300 120.00", None, "120.00"),
        ("Total|@300 17.20\nCash|@300 20.00\nChange|@300 2.80", None, None),
        ("Amount due|@300 120.00", None, "120.00"),
    ],
)
def test_what_is_paid_and_due_is_read(text: str, paid: str | None, due: str | None) -> None:
    """The labelled amounts that make up the total; a till's cash and change are no payment of an invoice."""
    found = read(f"Subtotal|@300 100.00\nTax|@300 20.00\n{text}" if "17.20" not in text else text).values
    told = (found.paid_amount, found.amount_due)
    assert told == tuple(None if amount is None else Decimal(amount) for amount in (paid, due))


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("SUBTOTAL|@300 28.70\nRM CASH|@300 100.00C\nCHANGE|@300 71.30\nINC 6% GST|@300 1.62", "28.70"),
        ("Sub Total|@300 8.00\nRound Amt|@300 0.00\nNET TOTAL|@300 8.00\nCash Received|@300 8.00", "8.00"),
        ("Qty|@200 8|@300 25.15\nDue|@300 25.15\nPay|@300 25.15\nChange|@300 0.00", "25.15"),
        (
            "SUB-TOTAL|@300 92.50\nGST|@300 1.50\nTAX|@300 0.00\nT L|@300 94.00\nCASH|@300 94.00\nCHANGE|@300 0.00",
            "94.00",
        ),
        (
            "SUB TOTAL|@300 64.00\nGST 6%|@300 3.84\nROUNDING ADJ|@300 0.01\nNET TOTAL|@300 67.85\nCash|@300 100.00\nCHANGE|@300 32.15",
            "67.85",
        ),
        ("Dinner|@300 60.00\nTotal charges|@300 60.00\nVisa|@300 60.00\nBalance|@300 0.00", "60.00"),
        ("Summe|@300 59,96\nBar|@300 59,96\nNetto|@300 MwSt.\n1 19,00 %|@200 50,38|@300 9,58", "59.96"),
    ],
)
def test_what_was_paid_for_is_the_total(text: str, total: str) -> None:
    """Cash less change, or what the last of the sums comes to, whatever word stands beside it; never cash or change."""
    assert sums(text)[2] == total


def test_a_rounded_total_is_the_one_to_pay() -> None:
    """The sum after the rounding, not the one that net and tax make."""
    text = "Total (Excluding GST):|@300 67.00\nGST Payable:|@300 4.02\nTotal (Inclusive of GST):|@300 71.02\n"
    assert sums(f"{text}Rounding Adj:|@300 -0.02\nTOTAL :|@300 71.00")[2] == "71.00"
    assert sums(f"{text}Rounding Adj:|@300 -0.02\nCASH :|@300 80.00")[2] == "71.02"


def test_totals_by_rate_are_parts_of_what_is_to_pay() -> None:
    """Net and tax of one rate agree, and yet are not the document's."""
    text = "Total 6% supplies (excl. GST):|@300 12.00\nGST:|@300 0.72\nTotal 6% supplies (Inc. GST):|@300 12.72\n"
    assert sums(f"{text}Total 0% supplies:|@300 23.83\nTotal Payable:|@300 36.55")[2] == "36.55"


def test_a_total_in_brackets_is_a_remark() -> None:
    """How much tax is in the amount."""
    assert sums("Due|@300 7.50\n(Total included GST @ 6% :|@300 0.42)")[2] == "7.50"


def test_net_and_tax_are_told_by_their_rate() -> None:
    """A row of a till's tax table without its gross: the rate makes the tax, both make the total."""
    text = "TOTAL|@300 € 21.74\nCLASS|@150 PC|@250 ONE|@350 TWO\n6|@150 20.00|@250 € 18.12|@350 € 3.62"
    assert sums(text) == ("18.12", "3.62", "21.74")
    assert sums(text.replace("3.62", "3.52").replace("21.74", "21.64"))[0] != "18.12"


def test_of_two_totals_the_lines_know_which() -> None:
    """A scan read one of them wrong."""
    text = "TEA|@300 8.99\nRICE|@300 3.99\nNUTS|@300 3.49\nORANGES|@300 2.99\nTotal|@300 19.46\nSum|@300 19.76"
    assert sums(text)[2] == "19.46"


def test_sums_repeated_in_another_currency_are_not_the_documents() -> None:
    """Tax and total in pounds below those in euros."""
    text = "Net EUR|@300 €500.00\nVAT 20% EUR|@300 €100.00\nTotal EUR|@300 €600.00\n"
    assert sums(f"{text}VAT in GBP at 0.86|@300 £86.00\nTotal in GBP|@300 £516.00") == ("500.00", "100.00", "600.00")


def test_an_amount_of_tax_is_no_count() -> None:
    """The number of a tax class beneath “VAT” on a page that prints cents."""
    assert sums("Total|@200 21.74\nVAT|@200 Net|@300 Gross\n6|@200 20.50|@300 21.74")[1] is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Grand Total RM39.00", "MYR"),
        ("Total RM|@300 11.60", "MYR"),
        ("Total RM Including GST 6%|@300 99.80", "MYR"),
        ("Description|@300 RM\nTea|@300 2.00\nTotal|@300 2.00", "MYR"),
        ("LUNCH (SOS)|@300 RM7.20\nTotal|@300 RM7.20", "MYR"),
        ("Terminal PYG/630\nTotal|@300 250,00", None),
        ("MÜ$TERI VKN|@300 64\nTotal|@300 250,00", None),
        ("Card XXX|@300 1234\nTotal|@300 250,00", None),
    ],
)
def test_a_currency_is_one_that_stands_by_money(text: str, code: str | None) -> None:
    """Glued to an amount, above a column of amounts, in the label of a sum; not in a name, a number or a mask."""
    assert read(text).values.currency == code


def test_small_raised_cents_belong_to_their_number() -> None:
    """``£200`` and a small ``37`` above the line, with a point between them or none."""
    for whole in ("£200.", "£200"):
        tokens = [Token(whole, "", 100, 10, 130, 22, 0), Token("37", "", 131, 10, 138, 16, 1)]
        assert [amount.value for amount in find_amounts(tokens, Notation())] == [Decimal("200.37")]
    level = [Token("200", "", 100, 10, 130, 22, 0), Token("37", "", 131, 10, 143, 22, 1)]
    assert [amount.value for amount in find_amounts(level, Notation())] == [Decimal(200), Decimal(37)]


def test_a_turkish_till_prints_its_amounts_behind_stars() -> None:
    """TOPKDV is the tax, TOPLAM the total; the card paid it."""
    text = "ÇINAR YAPI MARKET SAN. TİC. LTD. ŞTİ.\nATATÜRK MAH. LALE SOK. NO: 4\nTARİH : 25/08/2024\nFİŞ NO: 0013\n"
    text += "SIHHI TESISAT %20|@300 *250,00\nTOPKDV|@300 *41,67\nTOPLAM|@300 *250,00\nBANKA/KREDİ KARTI|@300 *250,00\n"
    draft = read(f"{text}TUTAR KARŞILIĞI MAL VEYA HİZMETİ ALDIM\n250,00 TL\nTEŞEKKÜR EDERİZ")
    found = draft.values
    assert (found.tax, found.total_amount, found.currency) == (Decimal("41.67"), Decimal("250.00"), "TRY")
    assert (draft.language, found.invoice_number) == ("tr", "0013")
    assert not [finding for finding in draft.findings if finding.check == "language"]


def test_a_turkish_invoice_has_its_labels() -> None:
    """Sums and dates of an e-invoice."""
    text = "FATURA\nFatura No: ABC2024000000123\nFatura Tarihi: 25.08.2024\nSon Ödeme Tarihi: 24.09.2024\n"
    text += "Mal Hizmet Toplam Tutarı|@300 1.000,00 TL\nHesaplanan KDV (%20)|@300 200,00 TL\nÖdenecek Tutar|@300 1.200,00 TL"
    found = read(text).values
    assert found.invoice_number == "ABC2024000000123"
    assert (str(found.invoice_date), str(found.due_date)) == ("2024-08-25", "2024-09-24")
    assert sums(text) == ("1000.00", "200.00", "1200.00")


def test_the_rate_beside_a_tills_line_is_no_part_of_its_name() -> None:
    """In a column of its own, or with the sign in front; a percentage of the name stays."""
    text = "DINNER|@200 %10|@300 300.00\nDARK CHOCOLATE 85%|@300 200.00\nTOTAL|@300 500.00\nCASH|@300 500.00\nCHANGE|@300 0.00"
    assert [item.description for item in read(text).values.line_items] == ["DINNER", "DARK CHOCOLATE 85%"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("TOPLAM|@200 500,00\nSATIS\n500,00TL", "TRY"),
        ("SUBTOTAL|@200 28.70\nRM CASH|@200 100.00C\nCHANGE|@200 71.30", "MYR"),
    ],
)
def test_a_currency_glued_behind_or_before_a_word_of_payment_is_found(text: str, code: str) -> None:
    """500,00TL and RM CASH print it as plainly as a column of its own."""
    assert read(text).values.currency == code


def test_a_label_may_end_in_the_currency_of_its_amount() -> None:
    """“Total RM 10.00” in one run of words."""
    text = "Invoice 5 of 3 April 2026 to our customer and the amount\nTotal RM 10.00"
    assert str(read(text).values.total_amount) == "10.00"


def test_a_telephone_number_under_the_total_is_none() -> None:
    """Net and tax make another printed amount."""
    text = "SHOP\nTel: 03-7805 7889\nTotal\n03-7805 7889\nNet 10.00\nVAT 2.00\nAmount 12.00"
    assert str(read(text).values.total_amount) == "12.00"


def test_the_sum_of_the_taxes_is_not_added_to_them() -> None:
    """A Polish till prints the tax of each rate and “SUMA PTU” beneath."""
    text = "PARAGON FISKALNY\nNIP 5252248481\nChleb|@200 4,50A\nMleko|@200 6,00A\nPTU A 23%|@200 1,96\nSUMA PTU|@200 1,96\n"
    text += "SUMA PLN|@200 10,50\nGotówka|@200 20,00\nReszta|@200 9,50"
    assert str(read(text).values.tax) == "1.96"


@pytest.mark.parametrize("word", ["TIC.LTD.$TI", "I$ BANKASI"])
def test_a_misread_s_is_no_dollar(word: str) -> None:
    """In a word of letters; before and behind a number it is one."""
    assert read(f"{word}\nTOPLAM|@200 500,00").values.currency is None
    assert read(f"{word}\nTOPLAM|@200 US$ 500,00").values.currency == "USD"
