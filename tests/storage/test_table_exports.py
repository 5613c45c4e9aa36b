"""Tables of the pages as files to take away."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from core.errors import StorageError
from storage.table_exports import export_tables


def test_a_workbook_has_a_sheet_a_table_with_real_numbers() -> None:
    """Names that Excel refuses or that are taken are made good."""
    tables = {"By model": [{"Model": "a", "Cost": Decimal("0.5")}], "by model": [], "a/b:c": [{"x": 1}]}
    book = load_workbook(io.BytesIO(export_tables(tables, "xlsx")))
    assert book.sheetnames == ["By model", "by model 2", "abc"]
    assert book["By model"]["B2"].value == 0.5


def test_formulas_stay_text_and_control_characters_go() -> None:
    """In the cell's own type, so that nothing runs."""
    rows = [{"=1+1": "=HYPERLINK(1)"}, {"=1+1": "a\x01b"}]
    sheet = load_workbook(io.BytesIO(export_tables({"Table": rows}, "xlsx"))).active
    assert [(cell.value, cell.data_type) for (cell,) in sheet.iter_rows()] == [
        ("=1+1", "s"),
        ("=HYPERLINK(1)", "s"),
        ("ab", "s"),
    ]


def test_csv_has_every_title_once_and_blanks_for_none() -> None:
    """Rows may lack a title; times lose their zone."""
    rows = [{"a": None, "b": "-1"}, {"c": datetime(2026, 1, 2, 3, tzinfo=UTC)}]
    assert export_tables({"Table": rows}, "csv").decode("utf-8-sig").splitlines() == [
        '"a","b","c"',
        '"","\'-1",""',
        '"","","2026-01-02 03:00:00"',
    ]


def test_a_sheet_holds_days_numbers_and_words() -> None:
    """Each cell in its own type; a table without rows or titles is a sheet all the same."""
    rows = [{"at": datetime(2026, 1, 2, 3, tzinfo=UTC), "day": date(2026, 1, 2), "share": 0.1, "right": True, "n": 3}]
    book = load_workbook(io.BytesIO(export_tables({"Table": rows, "Empty": []}, "xlsx")))
    told = [cell.value for cell in book["Table"][2]]
    assert told == [datetime(2026, 1, 2, 3), datetime(2026, 1, 2), 0.1, "yes", 3]
    assert book["Table"].freeze_panes == "A2"
    assert book["Empty"].max_row == 1


@pytest.mark.parametrize("separator", [";", "\t", "|"])
@pytest.mark.parametrize("text", ["a;=1+1;", "a\t=1+1", "x\n=1+1", "＝1+1", "a; +1", "a|@x", "\uff0d1"])
def test_no_separator_makes_a_formula_of_csv(separator: str, text: str) -> None:
    """However the file is cut, no cell begins as a formula; so with the orders' own."""
    made = export_tables({"Table": [{"first": 1, "second": text, "third": "z"}]}, "csv").decode("utf-8-sig")
    for line in csv.reader(io.StringIO(made, newline=""), delimiter=separator):
        assert not [cell for cell in line if cell.strip(' "')[:1] in tuple("=+-@＝＋－＠")]
    (_, row) = csv.reader(io.StringIO(made, newline=""))
    assert row[1].replace("'", "") == text


def test_another_form_is_refused() -> None:
    """With what can be had."""
    with pytest.raises(StorageError, match="csv or xlsx"):
        export_tables({"Table": []}, "pdf")
