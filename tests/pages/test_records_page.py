"""The Records page, run without a browser: what is listed, opened, corrected, saved and brought back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from streamlit.testing.v1 import AppTest

from core.errors import DatabaseUnavailable, RecordMissing
from core.events import RunFinished
from core.invoice.document_type import INVOICE
from core.invoice.model import Invoice, LineItem
from core.person import Person
from core.records import About
from core.review.edits import Edits, read_edits
from core.stores.receipt import SaveReceipt
from core.stores.records import RecordQuery
from core.studio import Studio
from pages.records_parts.query import page_count
from pages.records_parts.table import amount_text
from pages.shared.times import local_time

ROOT = Path(__file__).parents[2]


def invoice(number: str, vendor: str = "Paper Mill Ltd", total: str = "119.00", **more: Decimal) -> Invoice:
    """A small invoice whose sums are right for the total of 119."""
    line = LineItem(
        description="Paper", quantity=Decimal(2), unit_price=Decimal("50.00"), total_price=Decimal("100.00")
    )
    return Invoice(
        invoice_number=number,
        invoice_date=date(2026, 3, 1),
        vendor_name=vendor,
        subtotal=Decimal("100.00"),
        tax=Decimal("19.00"),
        total_amount=Decimal(total),
        currency="EUR",
        line_items=(line,),
        **more,
    )


def open_page(**address: str) -> AppTest:
    """The Records page, loaded with an address."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=20)
    app.switch_page("pages/records.py")
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    """All that the page says."""
    texts = [*app.markdown, *app.caption, *app.error, *app.warning, *app.toast]
    return "\n".join(str(text.value) for text in texts)


def field(app: AppTest, name: str) -> Any:
    """The input of a header field."""
    title = INVOICE.field_of(name).title
    return next(box for box in (*app.text_input, *app.text_area) if box.label.removesuffix(" *") == title)


def kind(app: AppTest) -> Any:
    """The choice of what the open record's document is."""
    return next(box for box in app.selectbox if str(box.key).startswith("record_type_"))


def beside(app: AppTest) -> tuple[str, ...]:
    """What stands in the open record's fields of paid and due."""
    return tuple(str(payment(app, name).value) for name in ("paid_amount", "amount_due"))


def payment(app: AppTest, name: str) -> Any:
    """The input of an amount that stands beside the invoice."""
    return next(box for box in app.text_input if str(box.key).startswith(f"record_field_{name}_"))


def numbers(app: AppTest) -> list[str]:
    """The invoice numbers in the list."""
    return list(app.dataframe[0].value["invoice_number"])


def test_without_records_the_page_says_what_to_do(studio: Studio) -> None:
    """The empty state leads to the Studio."""
    assert "No records yet" in said(open_page())


def test_newest_records_come_first(studio: Studio) -> None:
    """The list begins with the last record that was saved."""
    for number in ("A-1", "A-2", "A-3"):
        studio.save(invoice(number), ("database",))
    assert numbers(open_page()) == ["A-3", "A-2", "A-1"]


def test_a_search_lists_the_matches_only(studio: Studio) -> None:
    """The search looks into number, vendor and customer."""
    studio.save(invoice("A-1", "North Wind GmbH"), ("database",))
    studio.save(invoice("A-2", "Paper Mill Ltd"), ("database",))
    app = open_page()
    app.text_input(key="search").set_value("north").run()
    assert numbers(app) == ["A-1"]


def test_a_search_without_matches_can_be_cleared(studio: Studio) -> None:
    """The page says that nothing matches, in plain text, and one click lists everything again."""
    studio.save(invoice("A-1"), ("database",))
    app = open_page()
    app.text_input(key="search").set_value("<b>nothing</b>").run()
    assert "No record matches" in said(app)
    assert "<b>" not in said(app)
    app.button(key="records_clear").click().run()
    assert numbers(app) == ["A-1"]


def test_the_status_filter_and_the_order_are_the_databases(studio: Studio) -> None:
    """Filter and order go over all records, not over the rows shown."""
    studio.save(invoice("A-1", total="300.00"), ("database",), status="needs review")
    studio.save(invoice("A-2", total="20.00"), ("database",), status="approved")
    studio.save(invoice("A-3", total="1000.00"), ("database",), status="needs review")
    app = open_page()
    app.selectbox(key="status").set_value("needs review").run()
    app.selectbox(key="sort").set_value("total_amount").run()
    assert numbers(app) == ["A-3", "A-1"]
    app.selectbox(key="order").set_value("ascending").run()
    assert numbers(app) == ["A-1", "A-3"]


def test_a_page_that_is_no_more_shows_the_last_one(studio: Studio) -> None:
    """A list that became shorter never shows an empty page."""
    ids = [studio.save(invoice(f"A-{number}"), ("database",)).order_id for number in range(27)]
    app = open_page()
    app.selectbox(key="rows").set_value("25").run()
    page = next(found for found in app.get("pagination"))
    app.session_state[str(page.key)] = 2
    app.run()
    assert "26–27 of 27" in said(app)
    for order_id in ids[:2]:
        studio.remove(order_id)
    app.run()
    assert "1–25 of 25" in said(app)


def test_an_open_record_shows_every_header_field(studio: Studio) -> None:
    """The address names the record; every field of the model has its input."""
    saved = studio.save(invoice("A-1"), ("database",))
    app = open_page(record=str(saved.order_id))
    shown = {info.name: field(app, info.name).value for info in INVOICE.header}
    assert shown["total_amount"] == "119.00"
    assert shown["invoice_date"] == "2026-03-01"
    assert shown["due_date"] == ""
    # An address that is cut cannot be checked: it has a box that grows.
    assert {"Billing address", "Shipping address"} <= {box.label.removesuffix(" *") for box in app.text_area}


def test_an_edit_is_saved_over_the_record_and_can_be_undone(studio: Studio) -> None:
    """Saving updates database and workbook under the same id; undo puts both back."""
    order_id = studio.save(invoice("A-1"), ("database", "workbook"), status="needs review").order_id
    app = open_page(record=str(order_id))
    field(app, "vendor_name").set_value("Another Mill Ltd").run()
    app.button(key="record_save").click().run()
    assert f"Order {order_id} saved in the database and the Excel workbook" in said(app)
    assert studio.record(order_id).values.vendor_name == "Another Mill Ltd"
    assert studio.record(order_id).status == "reviewed"
    app.button(key="record_undo").click().run()
    assert studio.record(order_id).values.vendor_name == "Paper Mill Ltd"
    assert studio.search(RecordQuery()).total == 1


def test_a_text_that_is_no_amount_stays_and_is_explained(studio: Studio) -> None:
    """What was typed is kept, the field says what is wrong, and nothing is saved."""
    order_id = studio.save(invoice("A-1"), ("database",)).order_id
    app = open_page(record=str(order_id))
    field(app, "total_amount").set_value("eleven").run()
    app.button(key="record_save").click().run()
    assert field(app, "total_amount").value == "eleven"
    assert "eleven” is not an amount" in said(app)
    assert studio.record(order_id).values.total_amount == Decimal("119.00")


def test_checks_speak_beside_the_fields(studio: Studio) -> None:
    """An amount that breaks the sum is pointed out while it is edited."""
    order_id = studio.save(invoice("A-1"), ("database",)).order_id
    app = open_page(record=str(order_id))
    before = said(app)
    field(app, "total_amount").set_value("191.00").run()
    assert "191" in said(app)
    assert "191" not in before


def test_unsaved_edits_stay_while_another_record_is_opened(studio: Studio) -> None:
    """Opening another record loses nothing, and discarding brings the stored value back."""
    first = studio.save(invoice("A-1"), ("database",)).order_id
    second = studio.save(invoice("A-2"), ("database",)).order_id
    app = open_page(record=str(first))
    field(app, "vendor_name").set_value("Changed").run()
    app.query_params["record"] = str(second)
    app.run()
    assert field(app, "vendor_name").value == "Paper Mill Ltd"
    app.query_params["record"] = str(first)
    app.run()
    assert field(app, "vendor_name").value == "Changed"
    app.button(key="record_discard").click().run()
    assert field(app, "vendor_name").value == "Paper Mill Ltd"


def test_a_record_changed_elsewhere_is_noticed_before_it_is_overwritten(studio: Studio) -> None:
    """Another session's save is pointed out to the one who is editing."""
    order_id = studio.save(invoice("A-1"), ("database",)).order_id
    app = open_page(record=str(order_id))
    field(app, "vendor_name").set_value("Mine").run()
    studio.save(invoice("A-1", vendor="Theirs"), ("database",), update=order_id)
    app.run()
    assert "changed elsewhere" in said(app)


def text_pdf() -> bytes:
    """A PDF of one page with an invoice's words as text."""
    import pymupdf

    document = pymupdf.open()
    page = document.new_page()
    for place, line in enumerate(("INVOICE", "Invoice number: A-1", "Invoice date: 2026-03-01", "Total: 119.00 EUR")):
        page.insert_text((72, 72 + 24 * place), line)
    return bytes(document.tobytes())


def read_and_saved(studio: Studio) -> tuple[str, SaveReceipt]:
    """The run that read a document, and the receipt of its save, as the Studio page leaves them."""
    run_id = "0" * 31 + "1"
    *_, last = studio.extract(studio.open(text_pdf(), "a.pdf"), run_id=run_id)
    assert isinstance(last, RunFinished)
    found = last.extraction
    receipt = studio.save(found.values, ("database",), run_id=run_id, extraction=found)
    studio.keep_draft(run_id, Edits(receipt=receipt, saved=found.values).to_json())
    return run_id, receipt


def test_open_in_studio_hands_the_corrected_values_over(studio: Studio) -> None:
    """What was corrected here stands in the Studio's form as an edit, so that saving there keeps it."""
    run_id, receipt = read_and_saved(studio)
    corrected = invoice("A-1", vendor="Corrected Ltd")
    studio.save(corrected, ("database",), run_id=run_id, update=receipt.order_id)
    app = open_page(record=str(receipt.order_id))
    app.button(key="record_to_studio").click().run()
    edits, job = studio.reviewing.edits(run_id)[0], studio.job(run_id)
    assert job is not None
    assert job.extraction is not None
    read = read_edits(job.extraction.values, edits, studio.parse_value)
    assert read.values == corrected
    assert edits.receipt is not None
    assert edits.receipt.order_id == receipt.order_id
    assert studio.records.changed_since(edits.receipt) is None


def test_open_in_studio_leaves_unsaved_work_there_alone(studio: Studio) -> None:
    """Where nothing was changed here, what was begun in the Studio stays."""
    run_id, receipt = read_and_saved(studio)
    studio.keep_draft(run_id, Edits(texts={"vendor_name": "Begun"}, receipt=receipt).to_json())
    app = open_page(record=str(receipt.order_id))
    app.button(key="record_to_studio").click().run()
    assert studio.reviewing.edits(run_id)[0].texts == {"vendor_name": "Begun"}


def test_a_deleted_record_can_be_brought_back(studio: Studio) -> None:
    """Deleting asks first; undo restores the record under its id."""
    order_id = studio.save(invoice("A-1"), ("database",)).order_id
    app = open_page(record=str(order_id))
    app.button(key="record_delete").click().run()
    app.button(key="record_delete_yes").click().run()
    with pytest.raises(RecordMissing):
        studio.record(order_id)
    app.button(key="record_undo").click().run()
    assert studio.record(order_id).values.invoice_number == "A-1"


def test_a_record_leaves_the_workbook_too_and_comes_back(studio: Studio) -> None:
    """The question says from where it goes; its button is not the green one of saving."""
    order_id = studio.save(invoice("A-1"), ("database", "workbook")).order_id
    app = open_page(record=str(order_id))
    app.button(key="record_delete").click().run()
    assert any("the database and the Excel workbook" in text.value for text in app.markdown)
    assert app.button(key="record_delete_yes").proto.type != "primary"
    app.button(key="record_delete_yes").click().run()
    assert studio.records.lacking(order_id, ("workbook",)) == ("workbook",)
    app.button(key="record_undo").click().run()
    assert studio.records.lacking(order_id, ("database", "workbook")) == ()


def test_what_a_save_that_broke_off_left_is_offered(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence and one click."""
    with monkeypatch.context() as patch:
        patch.setattr(studio.records, "_put_in_place", lambda *_, **__: None)  # as if killed there
        order_id = studio.save(invoice("A-1"), ("database", "workbook")).order_id
    app = open_page()
    assert any(f"Order {order_id} is not in the Excel workbook" in text.value for text in app.markdown)
    app.button(key="mend_0").click().run()
    assert studio.records.lacking(order_id, ("workbook",)) == ()
    assert not [button for button in app.button if button.key == "mend_0"]


def test_a_record_that_is_gone_says_so(studio: Studio) -> None:
    """An old link names the record that is missing; the list is still there."""
    studio.save(invoice("A-1"), ("database",))
    app = open_page(record="77")
    assert "77" in said(app)
    assert numbers(app) == ["A-1"]


def test_a_database_that_does_not_answer_is_one_sentence(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page shows the error's own sentence and a way to try again."""

    def refuse(query: RecordQuery) -> None:
        raise DatabaseUnavailable("The database does not answer: try again.")

    monkeypatch.setattr(studio, "search", refuse)
    app = open_page()
    assert "The database does not answer" in said(app)
    assert app.button(key="records_try_again")


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("1234.5", "EUR", "1,234.50 EUR"),
        ("-3", None, "-3.00"),
        ("0.1234", "USD", "0.1234 USD"),
        ("1E+3", "EUR", "1,000.00 EUR"),
    ],
)
def test_amounts_are_grouped_and_keep_their_digits(amount: str, currency: str | None, shown: str) -> None:
    """Two decimals at least, none lost."""
    assert amount_text(Decimal(amount), currency) == shown


def test_times_are_the_browsers(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """List and open record show the time of the person's zone, which the record names; downloads stay in UTC."""
    order_id = studio.save(invoice("A-1"), ("database",)).order_id
    made = studio.record(order_id).created_at
    assert made is not None
    monkeypatch.setattr("pages.shared.times.local_zone", lambda: ZoneInfo("Asia/Tokyo"))
    for module in ("table", "query", "detail"):
        monkeypatch.setattr(f"pages.records_parts.{module}.local_zone", lambda: ZoneInfo("Asia/Tokyo"))
    app = open_page(record=str(order_id))
    there = made.astimezone(ZoneInfo("Asia/Tokyo")).strftime("%Y-%m-%d %H:%M")
    assert f"saved {there} (Asia/Tokyo)" in said(app)
    assert list(app.dataframe[0].value["updated_at"]) == [there]
    assert "Times are UTC" in said(app)
    assert local_time(datetime(2026, 3, 1, 1, 30, tzinfo=timezone(timedelta(hours=2))), UTC) == "2026-02-28 23:30"


def test_a_range_of_days_lists_what_lies_in_it(studio: Studio) -> None:
    """By invoice date, both days in it, and by the day of the last save; a click lists everything again."""
    for number, day in (("A-1", 1), ("A-2", 15), ("A-3", 31)):
        studio.save(invoice(number).model_copy(update={"invoice_date": date(2026, 3, day)}), ("database",))
    app = open_page(invoiced_from="2026-03-15", invoiced_to="2026-03-31")
    assert numbers(app) == ["A-3", "A-2"]
    app.date_input(key="saved_to").set_value(date(2020, 1, 1)).run()
    assert "No record matches this filter" in said(app)
    app.button(key="records_clear").click().run()
    assert numbers(app) == ["A-3", "A-2", "A-1"]
    app.date_input(key="saved_from").set_value(datetime.now(UTC).date() - timedelta(days=1)).run()
    assert numbers(app) == ["A-3", "A-2", "A-1"]


def test_a_credit_note_and_what_is_due_are_shown(studio: Studio) -> None:
    """In the list, which can be narrowed to credit notes, and at the open record."""
    paid = {"paid_amount": Decimal(20), "amount_due": Decimal("99.00")}
    order_id = studio.save(invoice("A-1", **paid), ("database",), about=About("credit note")).order_id
    studio.save(invoice("A-2"), ("database",))
    app = open_page(record=str(order_id), type="credit note")
    assert numbers(app) == ["A-1"]
    assert list(app.dataframe[0].value["document_type"]) == ["credit note"]
    assert list(app.dataframe[0].value["amount_due"]) == ["99.00 EUR"]
    assert (kind(app).value, beside(app)) == ("credit note", ("20", "99.00"))
    app.selectbox(key="sort").set_value("amount_due").run()
    assert not app.exception


def test_what_a_document_is_and_what_is_paid_is_corrected(studio: Studio) -> None:
    """In both stores, and undo puts it back; a record that nobody typed into keeps what it has."""
    order_id = studio.save(invoice("A-1"), ("database", "workbook"), about=About("invoice")).order_id
    app = open_page(record=str(order_id))
    kind(app).set_value("credit note").run()
    payment(app, "paid_amount").set_value("1.020,50").run()
    assert "read as: 1020.50" in said(app).replace("\\", "")
    app.button(key="record_save").click().run()
    assert not app.exception
    receipt, _ = app.session_state["records_receipt"]
    assert set(receipt.stored) == {"database", "workbook"}
    for held in receipt.stored.values():
        assert (held.document_type, held.values.paid_amount) == ("credit note", Decimal("1020.50"))
    app.button(key="record_undo").click().run()
    assert (studio.record(order_id).document_type, studio.record(order_id).values.paid_amount) == ("invoice", None)


def test_an_amount_that_cannot_be_read_is_not_saved_as_paid(studio: Studio) -> None:
    """The field says why; emptied, it is saved as nothing, and the type as not told."""
    paid = invoice("A-1", paid_amount=Decimal(20))
    order_id = studio.save(paid, ("database",), about=About("receipt")).order_id
    app = open_page(record=str(order_id))
    payment(app, "paid_amount").set_value("twenty").run()
    app.button(key="record_save").click().run()
    assert "twenty” is not an amount" in said(app)
    assert "Not saved yet: correct Paid first." in said(app)
    assert studio.record(order_id).values.paid_amount == Decimal(20)
    payment(app, "paid_amount").set_value("").run()
    kind(app).set_value("").run()
    app.button(key="record_save").click().run()
    assert (studio.record(order_id).document_type, studio.record(order_id).values.paid_amount) == (None, None)


def test_type_and_paid_that_two_changed_are_chosen_one_by_one(studio: Studio) -> None:
    """The later one is told of both and of neither saved; what only the other changed stays theirs."""
    order_id = studio.save(invoice("A-1"), ("database",), about=About("invoice")).order_id
    app = open_page(record=str(order_id))
    kind(app).set_value("credit note").run()
    payment(app, "paid_amount").set_value("10.00").run()
    theirs = invoice("A-1", paid_amount=Decimal(30), amount_due=Decimal(89))
    studio.save(theirs, ("database",), update=order_id, about=About("receipt"))
    app.button(key="record_save").click().run()
    assert "Type was “invoice” and is now “receipt”" in said(app)
    app.button(key="record_save").click().run()
    assert studio.record(order_id).document_type == "receipt"
    app.button(key="record_mine_document_type").click().run()
    app.button(key="record_theirs_paid_amount").click().run()
    assert (kind(app).value, beside(app)) == ("credit note", ("30", "89"))
    app.button(key="record_save").click().run()
    saved = studio.record(order_id)
    assert (saved.document_type, saved.values) == ("credit note", theirs)


def test_a_field_that_two_changed_is_chosen_by_the_later_one(studio: Studio) -> None:
    """Nothing is saved until theirs or mine is chosen; what only one of them changed is kept on both sides."""
    order_id = studio.save(invoice("A-1"), ("database",)).order_id
    app = open_page(record=str(order_id))
    field(app, "vendor_name").set_value("Mine").run()
    field(app, "customer_name").set_value("My customer").run()
    theirs = invoice("A-1", vendor="Theirs").model_copy(update={"due_date": date(2026, 4, 1)})
    studio.save(theirs, ("database",), update=order_id)
    app.button(key="record_save").click().run()
    assert studio.record(order_id).values.vendor_name == "Theirs"
    assert "Vendor was “Paper Mill Ltd” and is now “Theirs”" in said(app)
    assert (field(app, "vendor_name").value, field(app, "due_date").value) == ("Mine", "2026-04-01")
    app.button(key="record_save").click().run()
    assert studio.record(order_id).values.vendor_name == "Theirs"
    app.button(key="record_mine_vendor_name").click().run()
    app.button(key="record_save").click().run()
    saved = studio.record(order_id).values
    assert (saved.vendor_name, saved.customer_name, saved.due_date) == ("Mine", "My customer", date(2026, 4, 1))


def test_theirs_may_be_taken_for_one_field(studio: Studio) -> None:
    """The field shows their value, and the person's other changes stay."""
    order_id = studio.save(invoice("A-1"), ("database",)).order_id
    app = open_page(record=str(order_id))
    field(app, "vendor_name").set_value("Mine").run()
    field(app, "customer_name").set_value("My customer").run()
    studio.save(invoice("A-1", vendor="Theirs"), ("database",), update=order_id)
    app.run()
    app.button(key="record_theirs_vendor_name").click().run()
    assert (field(app, "vendor_name").value, field(app, "customer_name").value) == ("Theirs", "My customer")
    app.button(key="record_save").click().run()
    saved = studio.record(order_id).values
    assert (saved.vendor_name, saved.customer_name) == ("Theirs", "My customer")


def test_the_page_stands_beside_the_form_of_a_record_that_was_read(studio: Studio) -> None:
    """With a switch to hide it; a record that was typed has none."""
    _, receipt = read_and_saved(studio)
    app = open_page(record=str(receipt.order_id))
    assert app.toggle(key="record_page_switch").value is True
    typed = studio.save(invoice("A-7"), ("database",)).order_id
    app.query_params["record"] = str(typed)
    app.run()
    assert not app.exception
    assert not [each for each in app.toggle if each.key == "record_page_switch"]


def test_the_history_of_an_open_record_says_who_did_what(studio: Studio) -> None:
    """Newest first, each value from what to what; a document's words are no markup."""
    first = studio.save(invoice("A-1"), ("database",))
    ada = studio.by(Person("Ada *Lovelace*", "admin", "typed"))
    ada.save(invoice("A-1", "[Mill](http://x)"), ("database",), update=first.order_id)
    app = open_page(record=str(first.order_id))
    app.session_state["record_history"] = True
    app.run()
    text = said(app)
    assert r"**Ada \*Lovelace\*** :gray[(name typed)]" in text
    assert r"- changed Vendor: Paper Mill Ltd → \[Mill\]\(http\:" in text
    assert text.index("- saved it again to the database") < text.index("- saved it as reviewed to the database")


@pytest.mark.parametrize(("total", "pages"), [(0, 1), (50, 1), (51, 2), (100_000, 2000)])
def test_pages_are_counted_up(total: int, pages: int) -> None:
    """A begun page is a page."""
    assert page_count(total, 50) == pages


def test_a_record_says_what_it_lacks_for_an_e_invoice(studio: Studio) -> None:
    """Where none can be made its forms cannot be pressed."""
    receipt = studio.save(invoice("R-1"), ("database",))
    assert "this record lacks: customer; vendor's VAT id" in said(open_page(record=str(receipt.order_id)))


def test_a_search_finds_words_of_lines_and_says_where(studio: Studio) -> None:
    """Beside each row stands what was found in it, as text; a click on that column's head sorts nothing."""
    line = LineItem(description="<b>Walnut</b> shelf")
    studio.save(invoice("R-1").model_copy(update={"line_items": (line,)}), ("database",))
    studio.save(invoice("R-2"), ("database",))
    app = open_page(search="walnut sh")
    table = app.dataframe[0].value
    assert list(table["order_id"]) == ["1"]
    assert list(table["found"]) == ["Line 1: description: <b>Walnut</b> shelf"]
    assert "found" not in open_page().dataframe[0].value.columns
