"""Records found by any word of their values and pages, and what is said of where: in memory, in SQLite, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from core.declared.definition import FieldDefinition, TypeDefinition
from core.document_types import type_declared
from core.extraction import PageRef
from core.indexing import Indexing
from core.invoice.model import Invoice, LineItem
from core.notation.mention import Mention
from core.stores.erasure import Belongings
from core.stores.records import Record, RecordQuery, RecordStore
from storage.database import Database
from storage.erasure import SqlErasure
from storage.orders import SqlOrders
from tests.contract.test_migration import ROWS, write_version
from tests.doubles.orders import MemoryOrders

STORES = ["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
PAGES = "Nordwind Söhne KG\nGeschäftsführerin: Åsa Müller\n\f\nWir danken für Ihren Auftrag.\nGerichtsstand ist Lübeck, 請求書番号"


@pytest.fixture(params=STORES)
def orders(request: pytest.FixtureRequest, tmp_path: Path, open_store: Callable[[str], Database]) -> RecordStore:
    """Each store, empty."""
    if request.param == "memory":
        return MemoryOrders()
    sqlite = f"sqlite:///{tmp_path / 'studio.db'}"
    return SqlOrders(open_store(sqlite if request.param == "sqlite" else request.getfixturevalue("postgres_url")))


def record(number: int = 1, run_id: str | None = "run1", **values: object) -> Record:
    """An invoice with two lines."""
    lines = (LineItem(description="Blue lamp shade", quantity="2"), LineItem(description="Rope"))
    told = {"invoice_number": f"R-{number}", "vendor_name": "Nordwind Söhne KG", "line_items": lines} | values
    return Record(Invoice.model_validate(told), "reviewed", number, run_id=run_id, pages=(PageRef(2), PageRef(4)))


def found(orders: RecordStore, text: str) -> dict[int, str]:
    """The records that a search finds, and what it says of each."""
    return {row.order_id: row.matched for row in orders.search(RecordQuery(text=text)).rows}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("shade", "Line 1: description: Blue lamp shade"),
        ("LAMP SHA", "Line 1: description: Blue lamp shade"),
        ('"lamp shade"', "Line 1: description: Blue lamp shade"),
        ("“blue lamp", "Line 1: description: Blue lamp shade"),
        ("nordw", "Vendor: Nordwind Söhne KG"),
        ("wind söh", "Vendor: Nordwind Söhne KG"),
        ("geschaftsfuhrerin", "Page 2: Nordwind Söhne KG Geschäftsführerin: Åsa Müller"),
        ("lubeck", "Page 4: Wir danken für Ihren Auftrag. Gerichtsstand ist Lübeck, 請求書番号"),
        ('"auftrag gerichtsstand"', "Page 4: Wir danken für Ihren Auftrag. Gerichtsstand ist Lübeck, 請求書番号"),
        ("書番", "Page 4: Wir danken für Ihren Auftrag. Gerichtsstand ist Lübeck, 請求書番号"),
        ("1234.5", "Total: 1234.50"),
        ("2024-02-29", "Invoice date: 2024-02-29"),
        (
            "rope lübeck",
            "Line 2: description: Rope · Page 4: Wir danken für Ihren Auftrag. Gerichtsstand ist Lübeck, 請求書番号",
        ),
        ("sha lamp", None),  # only the last word may be a beginning
        ('"lamp sha"', None),
        ('"shade lamp"', None),
        ('"shade rope"', None),  # a phrase does not go from one value to the next
        ('"söhne kg wir"', None),  # nor from a page to the next
        ("shade piano", None),
    ],
)
def test_a_record_is_found_by_any_word_of_its_values_and_pages(
    orders: RecordStore, text: str, told: str | None
) -> None:
    """Accents and case aside, every word, phrases where quoted, the last word while it is typed; and it is said where."""
    orders.keep_page_text("run1", PAGES)
    orders.add(record(invoice_date=date(2024, 2, 29), total_amount="1234.50"))
    orders.add(record(2, None, vendor_name="Südwind", line_items=()))
    assert found(orders, text) == ({} if told is None else {1: told})


def test_what_was_changed_or_removed_is_found_no_more(orders: RecordStore) -> None:
    """The index goes with the record, and comes back with it, its pages too."""
    orders.keep_page_text("run1", PAGES)
    orders.add(record())
    orders.update(record(line_items=(LineItem(description="Piano"),)))
    assert (found(orders, "shade"), list(found(orders, "piano")), list(found(orders, "lübeck"))) == ({}, [1], [1])
    held = orders.get(1)
    orders.remove(1)
    assert (found(orders, "piano"), found(orders, "lübeck")) == ({}, {})
    orders.add(held)
    assert (list(found(orders, "piano")), list(found(orders, "lübeck"))) == ([1], [1])


def test_a_record_read_anew_is_found_by_the_new_pages(orders: RecordStore) -> None:
    """Another run, other pages; the text of a run that is kept once stays."""
    orders.keep_page_text("run1", PAGES)
    orders.keep_page_text("run1", "something else")
    orders.keep_page_text("run2", "Rechnung aus Kiel")
    orders.add(record())
    assert (list(found(orders, "lübeck")), found(orders, "kiel")) == ([1], {})
    orders.update(record(run_id="run2"))
    assert (found(orders, "lübeck"), list(found(orders, "kiel"))) == ({}, [1])


def test_records_of_all_types_are_found_in_one_list(orders: RecordStore) -> None:
    """A type of one's own beside an invoice; an export has the same."""
    fields = (FieldDefinition(name="employee", title="Employee"), FieldDefinition(name="note", title="Note"))
    kind = type_declared(TypeDefinition(name="payslip", title="Payslip", fields=fields))
    orders.add(record())
    values = kind.model.model_validate({"employee": "Åsa", "note": "lamp bonus"})
    orders.add(replace(record(2), values=values, run_id=None))
    assert found(orders, "lamp") == {2: "Note: lamp bonus", 1: "Line 1: description: Blue lamp shade"}
    assert [one.order_id for one in orders.each(RecordQuery(text="bonus"))] == [2]
    assert orders.search(RecordQuery(text="bonus", type_name="payslip")).total == 1
    orders.remove(2)
    assert list(found(orders, "lamp")) == [1]


@pytest.mark.parametrize(
    "text", ['"', '""', "=", "* OR", "a NEAR(b)", "lamp' & x", "words:lamp", "lamp)", "-lamp", "\\", "¶"]
)
def test_no_sign_of_a_search_means_anything_else(orders: RecordStore, text: str) -> None:
    """What both databases take for orders is text here."""
    orders.add(record())
    assert found(orders, text).keys() <= {1}


def test_a_very_long_document_can_be_saved(orders: RecordStore) -> None:
    """More different words than an index takes: the first ones are found."""
    orders.keep_page_text("run1", " ".join(f"w{number}{'x' * 20}" for number in range(120_000)) + " end")
    orders.add(record())
    assert list(found(orders, "w77xxxxxxxxxxxxxxxxxxxx")) == [1]


def test_a_snippet_is_plain_text_of_the_page(orders: RecordStore) -> None:
    """Nothing is added to it that could mean something, and little stands around."""
    orders.keep_page_text("run1", f"{'before ' * 40}<b>needle</b> {'after ' * 40}")
    orders.add(record())
    (told,) = found(orders, "needle").values()
    assert "<b>needle</b>" in told
    assert told.startswith("Page 2: … before")
    assert told.endswith("after …")
    assert len(told) < 100


def test_records_of_an_earlier_version_are_put_into_the_index(
    empty_database_url: str, open_store: Callable[[str], Database]
) -> None:
    """In the background, with the pages of the runs that are still kept; until then they are found by number, vendor, customer."""
    write_version(empty_database_url, "0002", ROWS)
    database = open_store(empty_database_url)
    orders = SqlOrders(database)
    assert (list(found(orders, "nordwind")), found(orders, "lamp")) == ([7], {})
    indexing = Indexing(orders, database.write, {"r1": PAGES}.__getitem__)
    assert (indexing.catch_up(), indexing.catch_up()) == (2, 0)
    assert (list(found(orders, "lamp")), list(found(orders, "lubeck"))) == ([7], [7])


def test_what_is_forgotten_leaves_no_word_behind(database_url: str, open_store: Callable[[str], Database]) -> None:
    """Neither the page's text nor the index's own pages have it; a name that is cut out of another record is found no more."""
    database = open_store(database_url)
    orders, erasure = SqlOrders(database), SqlErasure(database)
    orders.keep_page_text("run1", "Xylophonia speaks")
    orders.keep_page_text("run2", "Rowena Quillfeather and others")
    orders.add(record())
    orders.add(record(2, "run2"))
    erasure.erase(Belongings(runs=frozenset(["run1"]), orders=frozenset([1])))
    erasure.cut(Mention("Rowena Quillfeather"))
    erasure.scrub()
    assert (found(orders, "xylophonia"), found(orders, "quillfeather"), list(found(orders, "others"))) == ({}, {}, [2])
    if database.dialect == "sqlite":
        database.close()
        kept = Path(database_url.removeprefix("sqlite:///")).read_bytes().lower()
        assert b"xylophonia" not in kept
        assert b"quillfeather" not in kept
