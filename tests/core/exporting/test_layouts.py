"""Layouts of one's own: what they write, what is refused, and the ones that ship."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest

from core.errors import LayoutError
from core.exporting.delimited import write_table
from core.exporting.layout import ExportLayout
from core.exporting.shelf import shipped_layouts
from core.exporting.template import Template
from core.exporting.yaml_text import read_layout, write_layout
from core.invoice.model import Invoice, LineItem
from core.stores.records import Record

INVOICE = Invoice(
    invoice_number="R-1",
    invoice_date=date(2026, 3, 1),
    vendor_name="Nordlicht; Werkzeuge",
    currency="EUR",
    subtotal=D("100"),
    total_amount=D("1119.5"),
    line_items=(
        LineItem(description="Bohrer", quantity=D(3), total_price=D("60")),
        LineItem(description='=cmd|"/c calc"', quantity=D("0.5"), total_price=D("40")),
    ),
)
RECORD = Record(INVOICE, "approved", order_id=7, document_type="invoice")


def layout(**changes: Any) -> ExportLayout:
    """A small layout with some things changed."""
    columns = ({"title": "No", "value": "{invoice_number}"}, {"title": "Sum", "value": "{total_amount}"})
    return ExportLayout.model_validate(
        {"name": "mine", "title": "Mine", "columns": columns, "encoding": "utf-8"} | changes
    )


def table(made: ExportLayout, *records: Record) -> list[list[str]]:
    """The rows that a program reads in the file."""
    text = write_table(made, records or (RECORD,)).decode(made.encoding)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=made.separator))


def test_numbers_and_days_are_written_as_asked() -> None:
    """Decimals, their mark, the form of days, and a form of one place alone."""
    columns = (
        {"value": "{total_amount}"},
        {"value": "{invoice_date}"},
        {"value": "{invoice_date:%d%m}"},
        {"value": "{total_amount:0}"},
    )
    made = layout(columns=columns, decimals=2, decimal_mark=",", dates="%d.%m.%Y", titles=False, separator=";")
    assert table(made) == [["1119,50", "01.03.2026", "0103", "1120"]]


def test_a_row_a_line_or_the_one_row_of_a_record_without_lines() -> None:
    """What stands there then can be said by the column."""
    columns = ({"title": "What", "value": "{line.description}", "without_lines": "Bill {invoice_number}"},)
    made = layout(rows="lines", columns=columns)
    empty = Record(INVOICE.model_copy(update={"line_items": ()}), "approved", order_id=8)
    assert table(made, RECORD, empty)[1:] == [["Bohrer"], ['\'=cmd|"/c calc"'], ["Bill R-1"]]


def test_credit_notes_have_values_of_their_own() -> None:
    """And amounts without their minus where the column says so."""
    columns = ({"value": "S", "in_credit_notes": "H"}, {"value": "{total_amount}", "unsigned": True})
    back = Record(INVOICE.model_copy(update={"total_amount": D(-5)}), "approved", document_type="credit note")
    assert table(layout(columns=columns, titles=False), RECORD, back) == [["S", "1119.5"], ["H", "5"]]


def test_document_text_is_never_a_formula_and_never_breaks_a_row() -> None:
    """Separators and quotation marks stay inside their cell."""
    columns = ({"value": "{vendor_name}"}, {"value": "{line.description}"})
    made = layout(rows="lines", columns=columns, titles=False, separator=";")
    assert table(made) == [["Nordlicht; Werkzeuge", "Bohrer"], ["Nordlicht; Werkzeuge", '\'=cmd|"/c calc"']]


def test_a_template_reaches_nothing_but_its_names() -> None:
    """Braces that name nothing are refused as the layout is taken in."""
    for text in ("{vendor_name.__class__}", "{0}", "{vendor name}", "}{", "{x!r}"):
        with pytest.raises(ValueError, match="brace that names nothing"):
            Template(text)
    assert Template("{{a}} {b}").fill({"b": 1}.__getitem__, lambda value, _: str(value)) == "{a} 1"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: x", "title"),
        ("name: A b\ntitle: T\ncolumns: [{value: x}]", "name"),
        ("name: a\ntitle: T\ncolumns: [{value: '{line.quantity}'}]", "a row is a whole record"),
        ("name: a\ntitle: T\nencoding: utf-99\ncolumns: [{value: x}]", "no encoding"),
        ("- 1\n- 2", "one layout a file"),
        ("name: [", "cannot be read"),
    ],
)
def test_what_is_not_sound_is_refused_in_a_sentence(text: str, said: str) -> None:
    """With where it is."""
    with pytest.raises(LayoutError, match=said):
        read_layout(text.encode())


def test_a_layout_comes_back_as_it_went() -> None:
    """Through YAML."""
    made = layout(rows="lines", quotes="all", decimals=3)
    assert read_layout(write_layout(made).encode()) == made


@pytest.mark.parametrize("made", shipped_layouts(), ids=lambda made: made.name)
def test_shipped_layouts_write_as_many_cells_as_titles(made: ExportLayout) -> None:
    """Each row of each, also for a record of which nothing is known."""
    bare = Record(Invoice(), "needs review", order_id=9)
    rows = table(made, RECORD, bare)[len(made.head) :]
    assert {len(row) for row in rows} == {len(made.columns)}
    assert any("R-1" in row for row in rows)


def test_the_batch_for_datev_begins_as_datev_wants() -> None:
    """EXTF 700, the days that it spans, the amount with a comma and without sign."""
    made = next(each for each in shipped_layouts() if each.name == "datev")
    lines = write_table(made, [RECORD]).decode("cp1252").split("\r\n")
    assert lines[0].startswith('"EXTF";700;21;"Buchungsstapel";13;')
    assert ";20260101;4;20260301;20260301;" in lines[0]
    assert lines[2].startswith('1119,50;"S";"EUR";;;;4980;1600;;0103;"R-1";')
