"""The document types that ship beside the invoice: found by themselves, read offline, judged; and one that a newcomer makes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core import document_types
from core.declared.words import definition_of, values_of, words_of
from core.document_types import type_named, types_in
from core.extraction import Finding
from core.extractor import Extracted
from core.invoice.einvoice import read_einvoice, read_order
from core.matching import find_evidence
from core.rules.of_type import read_of_type
from core.schema.document_type import DocumentType
from core.validation.checks import check
from core.validation.registry import rules_of
from tests.core.newcomers.bank_statement.document_type import TYPE as BANK_STATEMENT
from tests.core.rules.pages import page
from tests.core.typeset import page_of

HERE = Path(__file__).parent
TODAY = date(2026, 5, 31)
RECEIPT, ORDER, NOTE = map(type_named, ("receipt", "purchase_order", "delivery_note"))

TILL = page(
    """
    @60 Harrow & Finch Joinery Ltd
    @60 14 Tannery Lane
    @60 Ashcombe AB7 4QX
    @60 VAT no. GB123456789
    Receipt no. 4711
    12/03/2025 | @200 14:32
    Oak shelf board | @230 42.50
    Brass cup handle | @230 7.35
    Tip | @230 5.00
    Rounding | @230 0.05
    TOTAL GBP | @230 54.90
    CASH | @230 60.00
    Change | @230 5.10
    """,
    width=260,
    height=600,
)


def names_of(found: Extracted, kind: DocumentType) -> dict[str, Any]:
    """The header values that were read."""
    return {info.name: value for info in kind.header if (value := getattr(found.values, info.name)) is not None}


def judged(kind: DocumentType, values: dict[str, Any], text: str = "") -> list[Finding]:
    """What the checks say of ``values``."""
    read = kind.model.model_validate(values)
    pages = [page_of(text)] if text else []
    return check(read, pages, find_evidence(read, pages, {}), {}, "en", TODAY)


@pytest.mark.parametrize("kind", document_types.SHIPPED, ids=lambda kind: kind.name)
def test_what_a_type_names_is_there(kind: DocumentType) -> None:
    """Its parts, lists and words are fields of it; its rules can be imported."""
    header = {info.name for info in kind.header}
    named = {
        *kind.parts.values(),
        *kind.last_meant,
        *kind.duplicate_key,
        *kind.list_columns,
        *kind.searched,
        *kind.blocks,
    }
    assert named <= header
    for table in kind.tables:
        columns = {info.name for info in table.columns}
        assert {*table.anchors, *table.choosing, *table.weights, *table.synonyms} <= columns
    assert rules_of(kind.model()).checks
    assert values_of(kind).keys() <= header
    assert {field.name for field in definition_of(kind).fields} == header


def test_words_for_what_is_no_field_are_refused(tmp_path: Path) -> None:
    """With the section and the name, so that a spelling mistake costs no label unseen."""
    from dataclasses import replace

    file = tmp_path / "words.toml"
    file.write_text('[en]\nacount = ["account"]\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"\[en\] names acount, which is no field of bank_statement"):
        words_of(replace(BANK_STATEMENT, words=file))


def test_words_are_those_of_the_documents_language() -> None:
    """And of English; of all where the language is not known: a haulier called Corriere is no label on an English page."""
    assert "corriere" not in words_of(NOTE, "en")["carrier"]
    assert {"corriere", "carrier"} <= set(words_of(NOTE, "it")["carrier"])
    assert {"corriere", "spediteur"} <= set(words_of(NOTE)["carrier"])


def test_a_receipt_is_read_with_what_tills_print() -> None:
    """Time, address, tip and rounding, how it was paid; the tip is none of the goods."""
    found = read_of_type([TILL], RECEIPT)
    assert names_of(found, RECEIPT) == {
        "vendor_name": "Harrow & Finch Joinery Ltd",
        "vendor_address": "14 Tannery Lane, Ashcombe AB7 4QX",
        "vendor_tax_id": "GB123456789",
        "receipt_number": "4711",
        "receipt_date": date(2025, 3, 12),
        "receipt_time": "14:32",
        "tip": Decimal("5.00"),
        "rounding": Decimal("0.05"),
        "total_amount": Decimal("54.90"),
        "currency": "GBP",
        "payment_method": "CASH",
    }
    rows = [(row.description, row.total_price) for row in found.values.line_items]  # type: ignore[attr-defined]
    assert rows == [("Oak shelf board", Decimal("42.50")), ("Brass cup handle", Decimal("7.35"))]
    assert found.provenance["receipt_time"].box is not None


def test_the_taxes_of_a_receipt_are_read_by_rate() -> None:
    """Each with its base, found on the page."""
    found = read_of_type(
        [
            page(
                """
                @60 Corner Store Ltd
                12/03/2025 | @200 14:32
                Oak shelf board | @230 48.00
                Tea | @230 10.50
                TOTAL GBP | @230 58.50
                VAT 20 % net 48.75 | @230 9.75
                """,
                width=260,
                height=600,
            )
        ],
        RECEIPT,
    )
    taxes = [(row.rate, row.base, row.amount) for row in found.values.taxes]  # type: ignore[attr-defined]
    assert taxes == [(20, Decimal("48.75"), Decimal("9.75"))]
    assert found.provenance["taxes.0.amount"].box is not None


def test_a_receipts_sums_are_an_invoices_with_tip_and_rounding_between() -> None:
    """A wrong line is found; a right sum says nothing; a day that is not yet is doubted."""
    values = {
        "vendor_name": "Shop",
        "receipt_date": date(2025, 3, 12),
        "total_amount": Decimal("54.90"),
        "tip": Decimal("5.00"),
        "rounding": Decimal("0.05"),
        "line_items": [{"total_price": Decimal("42.50")}, {"total_price": Decimal("7.35")}],
    }
    assert judged(RECEIPT, values) == []
    assert judged(RECEIPT, values | {"subtotal": Decimal("49.85"), "tax": Decimal("8.31")}) == [], "prices hold the tax"
    [wrong] = judged(
        RECEIPT, values | {"line_items": [{"total_price": Decimal("42.50")}, {"total_price": Decimal("9.35")}]}
    )
    assert (wrong.check, wrong.difference) == ("sum_of_lines", Decimal("3.05"))
    [ahead] = judged(RECEIPT, values | {"receipt_date": date(2026, 7, 1)})
    assert ahead.fields == ("receipt_date",)
    [tip] = [one for one in judged(RECEIPT, values | {"tip": Decimal(60)}) if one.check == "tip"]
    assert tip.fields == ("tip", "total_amount")


def test_a_purchase_order_is_the_customers_letter_to_the_vendor() -> None:
    """The letterhead orders, the labelled vendor delivers; articles and units stand beside the amounts."""
    found = read_of_type(
        [
            page(
                """
                !Pennywort Tea Rooms Ltd | @400 !PURCHASE ORDER
                3 Market Cross, Lower Wending LW2 9TF

                Vendor | @320 PO number | @460 PO-4711
                Harrow & Finch Joinery Ltd | @320 Order date | @460 12 March 2025
                14 Tannery Lane | @320 Required by | @460 2 April 2025
                Ashcombe AB7 4QX

                Item no. | @120 Description | @320 Qty | @370 Unit | @420 Unit price | @500 Amount
                A100-10 | @120 Oak shelf board, oiled | @330 2 | @370 pcs | @430 42.50 | @505 85.00
                B200-20 | @120 Brass cup handle | @330 4 | @370 pcs | @430 7.35 | @505 29.40

                @400 Subtotal | @500 114.40
                @400 VAT 20 % | @505 22.88
                @400 Total GBP | @500 137.28
                """
            )
        ],
        ORDER,
    )
    assert names_of(found, ORDER) == {
        "order_number": "PO-4711",
        "order_date": date(2025, 3, 12),
        "delivery_date": date(2025, 4, 2),
        "customer_name": "Pennywort Tea Rooms Ltd",
        "billing_address": "3 Market Cross, Lower Wending LW2 9TF",
        "vendor_name": "Harrow & Finch Joinery Ltd",
        "vendor_address": "14 Tannery Lane, Ashcombe AB7 4QX",
        "subtotal": Decimal("114.40"),
        "tax": Decimal("22.88"),
        "total_amount": Decimal("137.28"),
        "currency": "GBP",
    }
    first = found.values.line_items[0]  # type: ignore[attr-defined]
    assert first.model_dump(mode="json") == {
        "article_number": "A100-10",
        "description": "Oak shelf board, oiled",
        "quantity": "2",
        "unit": "pcs",
        "unit_price": "42.50",
        "total_price": "85.00",
    }


def test_nothing_is_delivered_before_it_was_ordered() -> None:
    """On an order and on a delivery note alike."""
    days = {"order_date": date(2025, 4, 2), "delivery_date": date(2025, 3, 2)}
    for kind, needed in (
        (ORDER, {"order_number": "1", "customer_name": "A", "vendor_name": "B"}),
        (NOTE, {"delivery_note_number": "1", "customer_name": "A", "vendor_name": "B"}),
    ):
        assert [one.fields for one in judged(kind, needed | days)] == [("delivery_date", "order_date")]


def test_a_delivery_note_has_goods_and_no_sums() -> None:
    """What has no quantity is no line of it, and the weight of all is none either."""
    found = read_of_type(
        [
            page(
                """
                !Harrow & Finch Joinery Ltd | @400 !DELIVERY NOTE
                14 Tannery Lane, Ashcombe AB7 4QX

                Deliver to | @320 Delivery note no. | @460 L-4711
                Pennywort Tea Rooms Ltd | @320 Delivery date | @460 12 March 2025
                3 Market Cross | @320 Your order | @460 PO-88
                Lower Wending LW2 9TF | @320 Carrier | @460 Swallow Freight

                Article no. | @120 Description | @320 Batch no. | @410 Quantity | @490 Weight
                A100-10 | @120 Oak shelf board, oiled | @320 W-11 | @430 2 | @490 4.20 kg
                B200-20 | @120 Brass cup handle, size L | @320 W-12 | @430 40 | @490 1.60 kg
                @320 Total | @490 5.80 kg
                """
            )
        ],
        NOTE,
    )
    header = names_of(found, NOTE)
    assert header["delivery_note_number"] == "L-4711"
    assert header["delivery_date"] == date(2025, 3, 12)
    assert (header["order_number"], header["carrier"]) == ("PO-88", "Swallow Freight")
    assert (header["vendor_name"], header["customer_name"]) == ("Harrow & Finch Joinery Ltd", "Pennywort Tea Rooms Ltd")
    assert header["shipping_address"] == "3 Market Cross, Lower Wending LW2 9TF"
    rows = [row.model_dump(mode="json", exclude_none=True) for row in found.values.line_items]  # type: ignore[attr-defined]
    assert [(row["article_number"], row["batch_number"], row["quantity"], row["weight"]) for row in rows] == [
        ("A100-10", "W-11", "2", "4.20"),
        ("B200-20", "W-12", "40", "1.60"),
    ]


def test_the_running_number_of_a_line_is_no_quantity() -> None:
    """“N.º” counts the lines, “Cantidad” the goods."""
    found = read_of_type(
        [
            page(
                """
                !Talleres Almendra Azul, S.L. | @400 !ALBARÁN
                Calle del Molino, 12, 44999 Villaclara del Campo

                Entregar a | @320 Número de albarán | @460 8087676
                Clínica Dental Sonrisa Nueva | @320 Fecha de envío | @460 14/02/2025

                N.º | @80 Ref. | @150 Concepto | @450 Cantidad
                1 | @80 K560-24 | @150 Panel mural de azulejos | @470 3
                2 | @80 K560-25 | @150 Mortero de agarre, saco | @470 84
                """
            )
        ],
        NOTE,
    )
    assert [row.quantity for row in found.values.line_items] == [3, 84]  # type: ignore[attr-defined]


def test_a_quantity_close_before_its_unit_is_its_own() -> None:
    """Numbers set to the right end where the units begin; no row is lost for it."""
    found = read_of_type(
        [
            page(
                """
                !Kantoorhuis Windroos B.V. | @400 !LEVERBON
                Havenstraat 210, 4599 AB Zilverdam

                Omschrijving | @300 Aantal | @334 Eenheid
                Printpapier A4 | @328 9 doos
                Montage op locatie | @310 10,5 | @336 uur
                Archiefdoos | @328 3 st
                """
            )
        ],
        NOTE,
    )
    rows = [(row.quantity, row.unit) for row in found.values.line_items]  # type: ignore[attr-defined]
    assert rows == [(9, "doos"), (Decimal("10.5"), "uur"), (3, "st")]


def test_an_order_in_xml_becomes_a_purchase_order_where_it_is_read_so() -> None:
    """Exact, without the doubt that it is no invoice; the XML of an invoice is no order."""
    folder = HERE.parent / "samples" / "einvoice"
    data = (folder / "order-x.xml").read_bytes()
    invoice, order = read_einvoice(data, "order-x.xml"), read_order(data, "order-x.xml")
    assert order is not None
    told, meant = order.values, invoice.values
    assert (told.order_number, told.order_date) == (meant.invoice_number, meant.order_date)
    assert (told.vendor_name, told.customer_name) == (meant.vendor_name, meant.customer_name)
    assert len(told.line_items) == len(meant.line_items)
    assert all(known.exact for known in order.provenance.values())
    assert not order.findings
    assert read_order((folder / "ubl-invoice.xml").read_bytes(), "ubl-invoice.xml") is None


def test_the_types_of_a_folder_are_found_by_themselves() -> None:
    """A package with a type is one; nothing else names it."""
    assert list(types_in(HERE / "newcomers", "tests.core.newcomers")) == [BANK_STATEMENT]
    assert [kind.name for kind in document_types.SHIPPED] == ["invoice", "delivery_note", "purchase_order", "receipt"]


def test_a_newcomers_bank_statement_is_read_and_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its words in two languages, its table and its own rule, with the four files of its package alone."""
    monkeypatch.setattr(document_types, "SHIPPED", (*document_types.SHIPPED, BANK_STATEMENT))
    text = """
    Bank statement
    Account number: DE-4711        Closing date: 31.03.2025
    Opening balance: 100.00

    Date         Details                 Amount
    03.03.2025   Rent March              -40.00
    17.03.2025   Invoice 88              250.00

    Closing balance: 310.00
    """
    read = read_of_type([page_of(text)], BANK_STATEMENT)
    assert names_of(read, BANK_STATEMENT) == {
        "account": "DE-4711",
        "closed_on": date(2025, 3, 31),
        "before": Decimal("100.00"),
        "after": Decimal("310.00"),
    }
    booked = [(row.booked_on.isoformat(), row.text, row.booked) for row in read.values.bookings]  # type: ignore[attr-defined]
    assert booked == [("2025-03-03", "Rent March", Decimal(-40)), ("2025-03-17", "Invoice 88", Decimal(250))]
    told = read.values.model_dump()
    assert judged(BANK_STATEMENT, told, text) == []
    [wrong] = judged(BANK_STATEMENT, told | {"before": Decimal("90.00")}, text.replace("100.00", " 90.00"))
    assert wrong.message == "The bookings lead to 300.00, not to 310.00."
