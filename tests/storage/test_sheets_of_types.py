"""Records of any type in a workbook and in exports: a pair of sheets named by the type, beside those of invoices."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from core import document_types
from core.declared.building import build
from core.declared.definition import FieldDefinition, TypeDefinition
from core.document_types import type_declared
from core.errors import RecordMissing
from core.invoice.model import Invoice
from core.stores.records import Record
from storage.exports import export_orders
from storage.sheets import sheets_of
from storage.workbook import Workbook
from tests.contract.test_records_of_types import PAYSLIP, payslip
from tests.core.declared.test_own_fields import ADDED
from tests.core.meter_bills import BILL, VALUES

ORDER_SHEETS = ("SalesOrderHeader", "SalesOrderDetail")
MOMENT = datetime(2026, 3, 1, 12, 30, 15, tzinfo=UTC)
BILLED = Record(VALUES, "reviewed", 2, created_at=MOMENT, updated_at=MOMENT, document_type="meter bill")
INVOICED = Record(Invoice(invoice_number="R-1"), "reviewed", 1, created_at=MOMENT, updated_at=MOMENT)


@pytest.fixture(autouse=True)
def bills(monkeypatch: pytest.MonkeyPatch) -> None:
    """The studio knows a type that ships beside the invoice."""
    monkeypatch.setattr(document_types, "SHIPPED", (*document_types.SHIPPED, BILL))


@pytest.fixture
def book(tmp_path: Path) -> Workbook:
    """A workbook that may hold invoices, bills and payslips."""
    return Workbook(tmp_path / "a.xlsx", lambda: (*document_types.SHIPPED, build(PAYSLIP)))


def test_a_record_of_any_type_comes_back_from_its_sheets(book: Workbook) -> None:
    """Each type in sheets of its own, every table in one; invoices stay where they are."""
    for record in (INVOICED, BILLED):
        book.save(record)
    assert [book.get(number) for number in (1, 2)] == [INVOICED, BILLED]
    opened = openpyxl.load_workbook(book.path)
    assert opened.sheetnames == [
        "SalesOrderHeader",
        "SalesOrderDetail",
        "MeterBillHeader",
        "MeterBillDetail",
        "MeterBillTaxes",
    ]
    titles = ["OrderID", "Contract", "ReadOn", "ToPay", "Status", "CreatedAt", "UpdatedAt", "DocumentType"]
    assert [cell.value for cell in opened["MeterBillHeader"][1]] == titles
    assert [cell.value for cell in opened["MeterBillHeader"][2]][:4] == [2, "C-4711", datetime(2026, 3, 1), 82.5]
    assert [cell.value for cell in opened["MeterBillDetail"][3]] == [2, 2, "M-2", 33]
    assert [cell.value for cell in opened["MeterBillTaxes"][2]] == [2, 1, 7, 5.4]
    assert opened["SalesOrderHeader"].max_row == 2
    assert book.last_id() == 2


def test_a_record_is_changed_and_removed_in_its_sheets(book: Workbook) -> None:
    """Its rows alone; one that is read as another type since leaves the sheets of the first."""
    book.save(BILLED)
    book.save(replace(BILLED, order_id=3))
    book.save(replace(BILLED, values=VALUES.model_copy(update={"readings": (), "contract": "C-9"})))
    assert (book.get(2).values.contract, book.get(2).values.readings) == ("C-9", ())
    assert book.get(3).values == VALUES
    book.save(replace(INVOICED, order_id=3))
    assert book.get(3).values == INVOICED.values
    book.remove(2)
    with pytest.raises(RecordMissing):
        book.get(2)
    assert openpyxl.load_workbook(book.path)["MeterBillHeader"].max_row == 1


def test_a_workbook_of_invoices_alone_gets_no_other_sheet(book: Workbook) -> None:
    """Nothing is added that nobody saved."""
    book.save(INVOICED)
    with pytest.raises(RecordMissing):
        book.get(2)
    assert book.duplicates(VALUES) == []
    book.save(INVOICED)
    assert openpyxl.load_workbook(book.path).sheetnames == ["SalesOrderHeader", "SalesOrderDetail"]


def test_the_same_bill_is_noticed_by_its_own_fields(book: Workbook) -> None:
    """The number as a person may have typed it, and the day."""
    book.save(BILLED)
    same = VALUES.model_copy(update={"contract": "c4711", "to_pay": Decimal(1)})
    assert [(d.order_id, d.known, d.type) for d in book.duplicates(same)] == [
        (2, {"contract": "C-4711", "read_on": "2026-03-01"}, BILL)
    ]
    assert book.duplicates(VALUES.model_copy(update={"read_on": date(2026, 3, 2)})) == []


def test_a_record_of_an_earlier_version_is_read_by_its_own(book: Workbook) -> None:
    """The sheet has the columns of all versions; each row says which one it is of, and comes back as that. Exports have one table
    for all, its columns those of every version, in the records' order."""
    first = Record(payslip("P-1", "Ada"), "reviewed", 1, created_at=MOMENT, updated_at=MOMENT)
    book.save(first)
    fields = [field for field in PAYSLIP.fields if field.name != "net"]
    changed = PAYSLIP.model_copy(
        update={"version": 2, "fields": (*fields, FieldDefinition(name="status", title="Status"))}
    )
    versions = {1: build(PAYSLIP), 2: build(changed)}
    later = Workbook(
        book.path,
        lambda: (*document_types.SHIPPED, versions[2]),
        lambda name, version: versions.get(version) if name == "payslip" else None,
    )
    values = versions[2].model.model_validate({"number": "P-2", "employee": "Zoe", "status": "part time"})
    second = Record(values, "approved", 2, created_at=MOMENT, updated_at=MOMENT)
    later.save(second)
    assert [later.get(1), later.get(2)] == [first, second]
    titles = [cell.value for cell in openpyxl.load_workbook(book.path)["PayslipHeader"][1]]
    assert titles[-2:] == ["TypeVersion", "StatusField"]
    later.save(replace(first, values=first.values.model_copy(update={"net": Decimal(7)})))
    assert (later.get(1).values.net, later.get(2)) == (Decimal(7), second)
    records = [later.get(1), later.get(2), later.get(1)]
    opened = openpyxl.load_workbook(io.BytesIO(export_orders(iter(records), "xlsx")))
    assert opened.sheetnames[2:] == ["PayslipHeader", "PayslipDetail"]
    rows = list(opened["PayslipHeader"].iter_rows(values_only=True))
    assert [dict(zip(rows[0], row, strict=True))["StatusField"] for row in rows[1:]] == [None, "part time", None]
    with zipfile.ZipFile(io.BytesIO(export_orders(iter(records), "csv"))) as archive:
        assert archive.namelist()[2:] == ["payslip_header.csv", "payslip_detail.csv"]
        text = archive.read("payslip_header.csv").decode("utf-8-sig")
    told = list(csv.DictReader(io.StringIO(text)))
    assert [(row["OrderID"], row["Net"], row["StatusField"]) for row in told] == [
        ("1", "7", ""),
        ("2", "", "part time"),
        ("1", "7", ""),
    ]


def test_fields_that_a_person_added_to_the_invoice_stand_to_the_right_of_its_columns(tmp_path: Path) -> None:
    """In a workbook from before too, which loses nothing; a record from before stays one without them."""
    old = Workbook(tmp_path / "a.xlsx")
    old.save(INVOICED)
    before = {sheet: [cell.value for cell in openpyxl.load_workbook(old.path)[sheet][1]] for sheet in ORDER_SHEETS}
    kind = type_declared(ADDED)
    book = Workbook(old.path, lambda: (kind,))
    line = {"description": "Oak", "project": "P-4711", "weight": "120.5"}
    values = kind.model.model_validate({"invoice_number": "R-2", "cost_centre": "4711-B", "line_items": [line]})
    added = Record(values, "reviewed", 2, created_at=MOMENT, updated_at=MOMENT)
    book.save(added)
    assert [book.get(1), book.get(2)] == [INVOICED, added]
    opened = openpyxl.load_workbook(book.path)
    titles = {sheet: [cell.value for cell in opened[sheet][1]] for sheet in ORDER_SHEETS}
    assert titles["SalesOrderHeader"] == [*before["SalesOrderHeader"], "CostCentre", "Freight", "TypeVersion"]
    assert titles["SalesOrderDetail"] == [*before["SalesOrderDetail"], "Project", "Weight"]
    assert [cell.value for cell in opened["SalesOrderDetail"][2]][-2:] == ["P-4711", 120.5]
    book.save(replace(INVOICED, order_id=2))
    assert book.get(2) == replace(INVOICED, order_id=2)
    assert "4711-B" not in [cell.value for cell in openpyxl.load_workbook(book.path)["SalesOrderHeader"][3]]
    with zipfile.ZipFile(io.BytesIO(export_orders(iter([INVOICED, added]), "csv"))) as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read("sales_order_header.csv").decode("utf-8-sig"))))
    assert [row["CostCentre"] for row in rows] == ["", "4711-B"]
    assert json.loads(export_orders(iter([added]), "json"))[0]["invoice"]["cost_centre"] == "4711-B"


def test_long_names_of_types_have_sheets_that_excel_takes() -> None:
    """Thirty-one letters, and two types that begin alike stay two."""
    names = [
        sheets_of(build(TypeDefinition(name=name, title="A", fields=PAYSLIP.fields))).header.name
        for name in ("a_very_long_name_of_a_type_of_one", "a_very_long_name_of_a_type_of_two")
    ]
    assert len(set(names)) == 2
    assert max(map(len, names)) == 31


@pytest.mark.parametrize("form", ["xlsx", "csv", "json"])
def test_exports_hold_records_of_all_types(form: str) -> None:
    """Excel and CSV in tables by type, JSON under the type's key."""
    data = export_orders(iter([INVOICED, BILLED]), form)
    if form == "xlsx":
        opened = openpyxl.load_workbook(io.BytesIO(data))
        assert [(sheet.title, sheet.max_row) for sheet in opened] == [
            ("SalesOrderHeader", 2),
            ("SalesOrderDetail", 1),
            ("MeterBillHeader", 2),
            ("MeterBillDetail", 3),
            ("MeterBillTaxes", 2),
        ]
    elif form == "csv":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert archive.namelist() == [
                "sales_order_header.csv",
                "sales_order_detail.csv",
                "meter_bill_header.csv",
                "meter_bill_detail.csv",
                "meter_bill_taxes.csv",
            ]
            text = archive.read("meter_bill_header.csv").decode("utf-8-sig")
            assert next(iter(csv.DictReader(io.StringIO(text))))["ToPay"] == "82.50"
    else:
        first, second = json.loads(data)
        assert "invoice" in first
        assert second["meter_bill"]["readings"][1] == {"meter": "M-2", "used": "33"}
        assert second["meter_bill"]["read_on"] == "2026-03-01"
