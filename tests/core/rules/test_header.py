"""Numbers and dates of the header: where values stand to their labels, and what is not to be taken for one."""

from __future__ import annotations

from datetime import date

import pytest

from core.invoice.model import Invoice
from core.rules.extractor import read_invoice
from tests.core.rules.pages import page, read


def header(text: str) -> Invoice:
    return read(text).values


@pytest.mark.parametrize(
    "text",
    [
        "Invoice no. INV-0042",
        "Invoice #INV-0042",
        "Invoice: INV-0042",
        "Invoice Number|@200 INV-0042",
        "Invoice Number|@200 : INV-0042",
        "Invoice Number\nINV-0042",
        "Invoice No|@200 Date|@300 Terms\nINV-0042|@200 12/05/2024|@300 Net 30",
        "Rechnungs-Nr.:|@200 INV-0042",
        "Facture n° INV-0042 du 12/05/2024",
    ],
)
def test_the_value_is_found_behind_beside_and_beneath_its_label(text: str) -> None:
    """In one word with the label, in the next cell, under it, and in rows of headings."""
    assert header(text).invoice_number == "INV-0042"


def test_numbers_of_other_things_are_not_the_invoices() -> None:
    """Order, customer, delivery note, VAT, phone and page numbers keep to themselves."""
    text = """
Order no.: 9001|@300 Customer no.: 5501
Delivery note no. 7002|@300 VAT no. GB123456789
Phone 0117 496 0000|@300 Page 1
Your PO: 8003|@300 Invoice no.: 4711
"""
    invoice = header(text)
    assert (invoice.invoice_number, invoice.customer_id) == ("4711", "5501")


def test_only_numbers_of_other_things_give_no_invoice_number() -> None:
    """A document without an invoice number has none."""
    assert header("Order no.: 9001\nCustomer no.: 5501\nPhone 0117 496 0000").invoice_number is None


def test_a_number_printed_in_pieces_is_whole() -> None:
    """A series before it and a slash inside it belong to the number."""
    assert (
        header("Fattura n. FT 2024 / 118\ndel 12/05/2024, pagamento entro 30 giorni").invoice_number == "FT 2024 / 118"
    )


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("Due date: 31/05/2024", date(2024, 5, 31)),
        ("Zahlbar innerhalb 30 Tagen netto bis 31.05.2024, 2 % Skonto bis 15.05.2024", date(2024, 5, 31)),
        ("Bitte überweisen Sie den Betrag bis zum 31.05.2024.", date(2024, 5, 31)),
        ("Date d'échéance|@200 31 mai 2024", date(2024, 5, 31)),
        ("Payment terms: Net 30 days", None),
    ],
)
def test_the_due_date_is_the_printed_one(text: str, due: date | None) -> None:
    """Stated terms alone are no printed date, so nothing is worked out."""
    assert header(f"Invoice date: 25/04/2024\n{text}").due_date == due


def test_dates_of_other_things_are_not_the_invoices() -> None:
    """The day of the order and of the delivery have labels of their own."""
    text = "Order date: 01/04/2024\nDelivery date: 13/04/2024\nDate: 15/04/2024"
    invoice = header(text)
    assert (invoice.invoice_date, invoice.order_date) == (date(2024, 4, 15), date(2024, 4, 1))


def test_two_labels_on_two_lines_share_their_date() -> None:
    """``Invoice date / Delivery date`` broken after the slash stands before one date."""
    assert header("Invoice date /\nDelivery date|@250 5 May 2023").invoice_date == date(2023, 5, 5)


def test_the_day_follows_the_number_in_a_title() -> None:
    """``Rechnung Nr. 4711 vom 5.3.2018`` gives both."""
    invoice = header("Rechnung Nr. 4711 vom 05.03.2018\nSehr geehrte Damen und Herren, wir danken für Ihren Auftrag")
    assert (invoice.invoice_number, invoice.invoice_date) == ("4711", date(2018, 3, 5))


def test_american_documents_begin_with_the_month() -> None:
    """An American address makes 03/04 the fourth of March; elsewhere it is the third of April."""
    text = "Invoice date: 03/04/2024\nPlease pay this invoice to our account"
    assert header(text).invoice_date == date(2024, 4, 3)
    assert header(text + "\nDenver, CO 80216").invoice_date == date(2024, 3, 4)


def test_the_date_before_net_terms_is_the_due_date() -> None:
    """The earlier one only gives a discount."""
    text = "Rechnungsdatum|@200 17.06.2025\nZahlung: bis 01.07.2025 2,00 % Skonto, bis 17.07.2025 ohne Abzug"
    assert read(text).values.due_date == date(2025, 7, 17)


def test_a_due_date_before_the_invoice_swaps_day_and_month() -> None:
    """10/02 and 11/01 can only be October and November."""
    invoice = read("Date of issue|@200 10/02/2025\nDue date|@200 11/01/2025").values
    assert (invoice.invoice_date, invoice.due_date) == (date(2025, 10, 2), date(2025, 11, 1))


def test_a_number_may_look_like_a_date() -> None:
    """Behind its own label it is the number."""
    assert read("Facture n° 2025-06-01").values.invoice_number == "2025-06-01"


def test_the_dates_of_a_tables_rows_are_not_the_invoices() -> None:
    """The heading Date over a column of the table announces none."""
    text = "Husum, 14 January 2025\nDate|@120 Description|@300 Hours|@380 Rate|@460 Amount\n08 January 2025|@120 Advice|@300 1|@380 9.00|@460 9.00"
    assert read(text).values.invoice_date == date(2025, 1, 14)


def test_an_earlier_part_invoice_in_the_sums_is_not_the_number() -> None:
    """A row with an amount names another document."""
    text = "An|@200 Rechnung|@300 R25/0147\nSumme|@300 900,00\nabzgl. Teilrechnung R25/0102|@300 -400,00"
    assert header(text).invoice_number == "R25/0147"


def test_values_of_narrow_columns_are_told_apart_by_their_headings() -> None:
    """Number, date and due date stand so close under their headings that they read as one cell."""
    text = """
Invoice no.|@165 Issue date|@250 Due date
2024/IDR/220417-00001|@163 03.06.2024|@225 28.06.2024
"""
    invoice = read(text).values
    assert (invoice.invoice_number, invoice.invoice_date, invoice.due_date) == (
        "2024/IDR/220417-00001",
        date(2024, 6, 3),
        date(2024, 6, 28),
    )


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("We will collect the payment on or after 17/04/2024 from your account", date(2024, 4, 17)),
        ("Den Betrag buchen wir am 17.04.2024 von Ihrem Konto ab", date(2024, 4, 17)),
        ("Ce montant sera prélevé sur votre compte le 17 avril 2024", date(2024, 4, 17)),
        ("L'importo sarà addebitato il 17/04/2024 sul vostro conto", date(2024, 4, 17)),
        ("Thank you for the payment that we received on 17/04/2024", None),
        ("The payment is for the year that ends on 31/12/2026", None),
    ],
)
def test_a_sentence_on_payment_gives_the_due_date(text: str, due: date | None) -> None:
    """The only date of the sentence, after the invoice's; not that of a payment made, and none years ahead."""
    assert read(f"Invoice no. 4711\nInvoice date: 03/04/2024\n{text}").values.due_date == due


def test_a_reference_that_says_invoice_is_the_number() -> None:
    """“Our ref: Inv 2024/57”."""
    assert read("Our ref:|@150 Inv 2024/57\nDate:|@150 2 December 2024").values.invoice_number == "2024/57"


def test_terms_of_payment_may_name_the_day() -> None:
    """“60 days net, due 2024-08-20” under its heading."""
    text = "Document number|@300 Document date\n90412277|@300 2024-06-21\nPayment terms\n60 days net, due 2024-08-20"
    assert read(text).values.due_date == date(2024, 8, 20)


def test_invoice_for_a_number_names_no_customer() -> None:
    """“Invoice for #4471-B” above the customer's address, and the date before it."""
    text = "September 9, 2023\nInvoice for #4471-B\nMrs. Eleanor Whitcombe\n1825 E. Copper St.\nTucson, AZ 85719"
    invoice = read(text).values
    assert (invoice.invoice_number, invoice.customer_name) == ("4471-B", "Mrs. Eleanor Whitcombe")


def test_the_title_line_beats_numbers_and_dates_of_other_things() -> None:
    """A page made from XML: a version's date above, the title with number and date, the seller's own number below."""
    invoice = read(
        "Vorlagen-Version:|@200 3.1 vom 02.02.2022\n"
        "Handelsrechnung (380) Nr. HR-8815 vom 07.06.2024\n"
        "\n\n"
        "Verkäufer\nNummer:|@200 77123\nName:|@200 Tannhof Handel GmbH\nAnschrift:|@200 Waldweg 4\n@200 80331 München"
    ).values
    assert invoice.invoice_number == "HR-8815"
    assert str(invoice.invoice_date) == "2024-06-07"


def test_a_title_that_names_another_documents_number_gives_none() -> None:
    """“Invoice for order no. 5521” says nothing of the invoice's own number."""
    invoice = read("Rechnung zu Bestellung Nr. 5521 vom 03.05.2024\nRechnungsnummer: R-18\nDatum: 09.05.2024").values
    assert invoice.invoice_number == "R-18"
    assert str(invoice.invoice_date) == "2024-05-09"


def test_a_partys_own_number_is_not_the_invoices() -> None:
    """“Number” inside the seller's section is nobody's invoice number, also where no other one is printed."""
    invoice = read("Rechnung\n\n\nVerkäufer\nNummer:|@200 99100\nName:|@200 Tannhof Handel GmbH").values
    assert invoice.invoice_number is None


def test_the_day_of_a_discount_is_not_the_due_date() -> None:
    """Payable by one day with 2 %, by a later one without deduction."""
    invoice = read(
        "Rechnung Nr. R-18\nDatum: 03.04.2024\n"
        "Zahlbar bis 13.04.2024 mit 2 % Skonto: 98,00\noder bis 03.05.2024 ohne Abzug: 100,00"
    ).values
    assert str(invoice.due_date) == "2024-05-03"


@pytest.mark.parametrize("printed", ["INV 4471", "BILL 4471", "INV 2026 0042"])
def test_a_number_keeps_the_prefix_that_reads_like_a_label(printed: str) -> None:
    """The cell beside “Invoice No.” begins with letters that are a label elsewhere."""
    assert read(f"Invoice No.|@200 {printed}\nDate|@200 4 April 2026").values.invoice_number == printed


@pytest.mark.parametrize("other", ["e-Way Bill No.", "Delivery invoice no.", "Original invoice no."])
def test_another_documents_number_is_not_the_invoices(other: str) -> None:
    """A word before the label says whose number it is."""
    assert read(f"{other}|@200 331002\nDate|@200 4 April 2026").values.invoice_number is None


@pytest.mark.parametrize("number", ["INV - 4471", "INV#4471", "INV 4471", "BILL 4471"])
def test_a_numbers_own_prefix_is_a_part_of_it(number: str) -> None:
    """In a cell beside its label, though the prefix reads like a label itself."""
    text = f"Harrow Ltd|@300 Invoice\nInvoice no.|@200 {number}\nInvoice date|@200 3 April 2026"
    assert header(text).invoice_number == number


def test_a_number_beside_its_label_may_look_like_a_date() -> None:
    """Where another date is the invoice's."""
    text = "Invoice no.|@200 2026-04-03\nInvoice date|@200 4 April 2026\nPlease pay this invoice to our account"
    assert (header(text).invoice_number, header(text).invoice_date) == ("2026-04-03", date(2026, 4, 4))


@pytest.mark.parametrize(
    "terms",
    [
        "2 % Skonto bis 13.04.2026, rein netto bis 03.05.2026",
        "bis 13.04.2026 mit 2 % Skonto, netto bis 03.05.2026",
        "bis 13.04.2026 2 % Skonto, bis 03.05.2026 ohne Abzug",
    ],
)
def test_the_discounts_date_is_not_the_due_date(terms: str) -> None:
    """Net terms before a date announce that one, behind the last one it."""
    assert header(f"Rechnungsdatum|@200 03.04.2026\n{terms}").due_date == date(2026, 5, 3)


def test_the_day_of_a_direct_debit_is_the_due_date() -> None:
    """A telephone bill that is collected says when."""
    text = "Invoice date|@250 1 April 2026\nWe take payment on|@250 15 April 2026"
    assert header(text).due_date == date(2026, 4, 15)


@pytest.mark.parametrize("line", ["24-03-2018 22:02:55|@200 Cashier: 465", "REG|@100 CASHIER|@200 24-03-201822:02"])
def test_a_tills_stamp_is_the_day_of_the_receipt(line: str) -> None:
    """Whoever's name stands beside it on its line."""
    text = f"SUNNY STORES\n{line}\nNoodles|@200 6.00\nTotal|@200 6.00\nCash|@200 10.00\nChange|@200 4.00"
    assert header(text).invoice_date == date(2018, 3, 24)


@pytest.mark.parametrize(("name", "day"), [("Fri", date(2017, 4, 7)), ("Tuesday", date(2017, 7, 4))])
def test_the_day_of_the_week_tells_which_is_the_month(name: str, day: date) -> None:
    """The 7th of April 2017 was a Friday, the 4th of July a Tuesday."""
    assert header(f"Invoice date {name} 04/07/2017\nPlease pay this invoice to our account").invoice_date == day


def test_a_state_written_out_is_an_american_address() -> None:
    """California 94301 as well as CA 94301."""
    text = "Palo Alto California 94301\nInvoice date: 04/07/2017\nPlease pay this invoice to our account"
    assert header(text).invoice_date == date(2017, 4, 7)


@pytest.mark.parametrize(
    ("text", "number", "issued"),
    [
        (
            "CREDIT NOTE|@300 CN-12\nInvoice no.|@300 INV-77\nInvoice date|@300 1 March 2026\nCredit note no.|@300 CN-12\n"
            "Credit note date|@300 3 April 2026",
            "CN-12",
            date(2026, 4, 3),
        ),
        (
            "Nordlicht GmbH\nStornorechnung Nr. 4711\nzu Rechnung-Nr. 4700 vom 01.10.2018\nDatum: 31.10.2018",
            "4711",
            date(2018, 10, 31),
        ),
        ("Acme\nStatement no. 44\nInvoice INV-12\nDate 3 April 2026", "INV-12", date(2026, 4, 3)),
        (
            "Invoice No. : GT/112\nDated : 3-Apr-26\nReference No. & Date. : R-8 dt. 1-Apr-26\nDispatch Doc No. : D-77",
            "GT/112",
            date(2026, 4, 3),
        ),
        ("Rechnung|@350 Druckdatum: 05.05.2026\nRechnungsnr. 77\nHamburg, den 03.04.2026", "77", date(2026, 4, 3)),
        ("Invoice no. 77\nPrint date 05/05/2026\nDate of issue 03/04/2026", "77", date(2026, 4, 3)),
    ],
    ids=["credit note", "reversal", "statement", "reference", "printed in German", "printed in English"],
)
def test_the_documents_own_number_and_day_are_taken(text: str, number: str, issued: date) -> None:
    """Not those of the invoice that it credits, of an account's statement, of a reference, nor the day of printing."""
    invoice = header(f"{text}\nTotal 10.00")
    assert (invoice.invoice_number, invoice.invoice_date) == (number, issued)


def test_a_date_behind_the_number_is_no_part_of_it() -> None:
    """Number and day follow each other on a till's line."""
    invoice = header("Kiosk Ltd\nReceipt no. 118 06.05.2025 14:22\nMilk|@200 4.50\nTotal|@200 4.50\nCash|@200 4.50")
    assert (invoice.invoice_number, invoice.invoice_date) == ("118", date(2025, 5, 6))


@pytest.mark.parametrize("word", ["a1tijd", "individua1", "NUMMERDAT5"])
def test_a_word_with_a_letter_read_as_a_digit_is_no_number(word: str) -> None:
    """What follows a word for a number is then a sentence."""
    assert header(f"Invoice no. {word} of ours").invoice_number is None
    assert header("Invoice no. A1B2C3").invoice_number == "A1B2C3"


def test_a_label_with_a_letter_read_as_a_digit_is_a_label() -> None:
    """On a scan."""
    scan = page("Rechnung\nBerlin, 10.05.2024\nRECHNUNG5DATUM|@200 12.05.2024", engine="rapidocr")
    assert read_invoice([scan]).values.invoice_date == date(2024, 5, 12)


def test_the_date_of_a_title_may_stand_in_the_next_cell() -> None:
    """“Invoice no. 4711    of 5 March 2018”, below a date of the form that nobody names."""
    text = "Form 2.5 10 January 2023\nInvoice no. RE-2018-4711|@300 of 5 March 2018"
    assert header(text).invoice_date == date(2018, 3, 5)


def test_the_first_of_several_dates_that_no_label_claims_is_doubted() -> None:
    """Where there is one only, it is believed; what stands in the rows of a table is no rival."""
    one, two = (
        "Leeds, 5 March 2018\nInvoice no. 4711",
        "Leeds, 5 March 2018\nInvoice no. 4711\nPrinted 7 April 2018 again",
    )
    goods = "Room, 4 March 2018|@200 2|@250 40.00|@300 80.00\nRoom, 5 April 2018|@200 2|@250 40.00|@300 80.00"
    rows = f"\nDescription|@200 Qty|@250 Price|@300 Amount\n{goods}"
    rules = [read(text).provenance["invoice_date"].rule for text in (one, two, one + rows)]
    assert rules == ["only date", "first of several dates", "only date"]


def test_a_prefix_beside_a_word_that_is_not_known_announces_no_number() -> None:
    """“Zapf:  INV 4471” may be the number INV 4471: half of it is not taken; beside nothing, INV is the label."""
    assert header("Zapf:|@200 INV 4471").invoice_number is None
    assert header("INV 4471").invoice_number == "4471"


def test_the_date_behind_a_number_beside_its_label_is_the_invoices() -> None:
    """A sentence further down speaks of another invoice's date."""
    text = "Rechnung Nr.|@200 4711 vom 05.03.2018\nRechnung gemäß Reinigungsrechnung vom 21.11.2017."
    assert header(text).invoice_date == date(2018, 3, 5)
