"""The Studio page, run without a browser: documents in, pages chosen, values corrected, records saved and taken back."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pymupdf
import pytest
import streamlit as st
from starlette.requests import Request
from streamlit.testing.v1 import AppTest

from core.invoice.document_type import LINE_ITEMS
from core.stores.records import RecordQuery
from core.studio import Studio
from pages.shared import keys, session
from pages.shared.pictures import _answer_page
from pages.studio_parts.picker import WINDOW
from storage.workbook import Workbook
from tests.conftest import PASSWORD, SampleFile
from tests.core.made import LINES, pdf_of, with_value

ROOT = Path(__file__).parents[2]


def open_page(**address: str) -> AppTest:
    """The Studio page, loaded with an address."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    for name, value in address.items():
        app.query_params[name] = value
    return settled(app.run())


def named(app: AppTest, name: str) -> str:
    """What the address names."""
    value = app.query_params[name]
    return value if isinstance(value, str) else value[0]


def settled(app: AppTest) -> AppTest:
    """The page after a run that must have drawn it without an exception."""
    assert not app.exception, app.exception[0].message
    return app


def drop(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    """Drop files into the drop zone."""
    app.file_uploader[0].set_value([(name, data, "application/octet-stream") for name, data in files])
    return settled(app.run())


def _reopen_page(sha256: str) -> None:
    from pages.shared.intake import draw_reopen

    draw_reopen(sha256, "It is protected.")


def keys_of(app: AppTest) -> set[str]:
    """The keys of all buttons on the page."""
    return {str(button.key) for button in app.button}


def press(app: AppTest, key: str) -> AppTest:
    """Press a button."""
    app.button(key=key).click()
    return settled(app.run())


def said(app: AppTest) -> str:
    """All that the page says in words."""
    texts = [*app.markdown, *app.caption, *app.error, *app.warning, *app.toast]
    return "\n".join(str(text.value) for text in texts).replace("\\", "")


def primaries(app: AppTest) -> list[str]:
    """The keys of the page's primary buttons."""
    return [str(button.key) for button in app.button if button.proto.type == "primary"]


def extracted(sample: SampleFile) -> AppTest:
    """The page with the result of a document."""
    return until_read(press(drop(open_page(), (sample.name, sample.data)), "extract"))


def until_read(app: AppTest) -> AppTest:
    """The page once the run that it shows is over."""
    until = time.monotonic() + 30
    while "save" not in keys_of(app) and time.monotonic() < until:
        time.sleep(0.05)
        settled(app.run())
    assert "save" in keys_of(app)
    return app


def type_into(app: AppTest, name: str, text: str) -> AppTest:
    """Type into a field of the form and leave it."""
    app.text_input(key=f"field_{name}").set_value(text)
    return settled(app.run())


def test_an_empty_desk_says_what_to_do(studio: Studio) -> None:
    """The first screen asks for documents and offers samples."""
    app = open_page()
    assert "Drop documents here" in said(app)
    assert {"sample_0", "sample_1", "sample_2"} <= keys_of(app)


def test_a_sample_opens_with_a_click(studio: Studio) -> None:
    """A first run needs no file of one's own."""
    app = press(open_page(), "sample_0")
    assert primaries(app) == ["extract"]


def test_dropped_bytes_are_kept_at_once(studio: Studio, digital_pdf: SampleFile) -> None:
    """A page switch loses the upload, not the document."""
    app = drop(open_page(), (digital_pdf.name, digital_pdf.data))
    app.switch_page("pages/records.py").run()
    app.switch_page("pages/studio.py").run()
    assert "extract" in keys_of(settled(app))


def test_a_reload_finds_the_desk(studio: Studio, digital_pdf: SampleFile) -> None:
    """The address names the desk, and the desk its documents."""
    app = drop(open_page(), (digital_pdf.name, digital_pdf.data))
    again = open_page(desk=named(app, "desk"))
    assert "doc_0" in keys_of(again)


def test_a_bad_file_is_named_and_the_others_go_on(studio: Studio, digital_pdf: SampleFile) -> None:
    """Each refused file has its sentence; the good ones are open."""
    app = drop(open_page(), ("broken.pdf", b"%PDF-1.7 nothing"), (digital_pdf.name, digital_pdf.data))
    assert "broken.pdf" in said(app)
    assert "doc_0" in keys_of(app)
    assert "doc_1" not in keys_of(app)


def test_a_locked_file_asks_for_its_password_in_place(studio: Studio, encrypted_pdf: SampleFile) -> None:
    """A wrong password asks again; the right one opens the document."""
    app = drop(open_page(), (encrypted_pdf.name, encrypted_pdf.data))
    app.text_input(key="password_0").set_value("wrong")
    press(app, "unlock_0")
    assert "doc_0" not in keys_of(app)
    assert "this password" in said(app)
    app.text_input(key="password_0").set_value(PASSWORD)
    press(app, "unlock_0")
    assert "doc_0" in keys_of(app)


def test_the_files_in_a_portfolio_open_with_one_click(studio: Studio) -> None:
    """Each becomes a document of its own on the desk; what cannot be read is not offered."""
    pdf = pymupdf.open(stream=pdf_of(("A cover for what is inside.",)))
    pdf.embfile_add("one", pdf_of(LINES), filename="bill.pdf")
    pdf.embfile_add("two", b"notes", filename="notes.txt")
    app = drop(open_page(), ("folder.pdf", pdf.tobytes()))
    [member] = [button for button in app.button if (button.key or "").startswith("member_")]
    assert member.label.replace("\\", "") == "Open bill.pdf"
    press(app, member.key or "")
    assert {"doc_0", "doc_1"} <= keys_of(app)
    [dismiss] = [key for key in keys_of(app) if key.startswith("dismiss_members_")]
    press(app, dismiss)
    assert not [key for key in keys_of(app) if key.startswith("member_")]


def test_a_portfolio_inside_a_portfolio_is_offered_when_it_opens(studio: Studio) -> None:
    """The offer of the outer one stays; what is in the inner one opens with one more click."""
    inner, outer = (pymupdf.open(stream=pdf_of((f"A cover for {what}.",))) for what in ("bills", "folders"))
    inner.embfile_add("one", pdf_of(LINES), filename="bill.pdf")
    outer.embfile_add("one", inner.tobytes(), filename="inner.pdf")
    app = drop(open_page(), ("outer.pdf", outer.tobytes()))
    for label in ("Open inner.pdf", "Open bill.pdf"):
        [offer] = [button.key or "" for button in app.button if button.label.replace("\\", "") == label]
        press(app, offer)
    assert {"doc_0", "doc_1", "doc_2"} <= keys_of(app)


def test_an_unlocked_file_shows_its_own_pages(studio: Studio, encrypted_pdf: SampleFile) -> None:
    """The range of the document that was shown before, which has more pages, is forgotten."""
    app = drop(open_page(), ("long.pdf", pdf_of(*[LINES] * 9)), (encrypted_pdf.name, encrypted_pdf.data))
    assert app.text_input(key="page_range").value == "1-9"
    app.text_input(key="password_0").set_value(PASSWORD)
    press(app, "unlock_0")
    pages = studio.open(encrypted_pdf.data, encrypted_pdf.name, PASSWORD).page_count
    assert app.text_input(key="page_range").value == ("1" if pages == 1 else f"1-{pages}")


@pytest.mark.parametrize("signature", ["é" * 32, "0" * 32, "签名"])
def test_an_address_that_nobody_gave_is_refused(signature: str) -> None:
    """Also one of other letters than ASCII."""
    about = {"sha256": "0" * 64, "number": 1, "rotation": 0, "signature": signature}
    request = Request({"type": "http", "path_params": about, "query_string": b"", "headers": []})
    # In a thread of its own: Playwright leaves the main thread with a running loop.
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(lambda: asyncio.run(_answer_page(request))).result().status_code == 403


def test_a_locked_file_of_an_earlier_process_asks_again(studio: Studio, encrypted_pdf: SampleFile) -> None:
    """Its pages can be chosen once the password is given; a wrong one says so."""
    document = studio.open(encrypted_pdf.data, encrypted_pdf.name, PASSWORD)
    studio._shelf._open.clear()  # what a restart forgets
    app = AppTest.from_function(_reopen_page, args=(document.sha256,), default_timeout=30).run()
    app.text_input(key="reopen_password").set_value("wrong")
    app.button(key="reopen").click()
    assert "password does not open" in settled(app.run()).markdown[0].value
    app.text_input(key="reopen_password").set_value(PASSWORD)
    app.button(key="reopen").click()
    settled(app.run())
    assert studio.document(document.sha256).page_count == document.page_count


def test_only_a_window_of_thumbnails_is_drawn(studio: Studio, pdf_of_pages: Path) -> None:
    """A long document shows its first pages without drawing the rest."""
    app = drop(open_page(), (pdf_of_pages.name, pdf_of_pages.read_bytes()))
    assert len([box for box in app.checkbox if str(box.key).startswith("pick_")]) == WINDOW


def test_pages_are_chosen_by_range_or_by_click(studio: Studio, pdf_of_pages: Path) -> None:
    """Both say the same: the range follows the clicks and the ticks follow the range."""
    app = drop(open_page(), (pdf_of_pages.name, pdf_of_pages.read_bytes()))
    app.text_input(key="page_range").set_value("1-3,5")
    settled(app.run())
    assert [app.checkbox(key=f"pick_{page}").value for page in (1, 3, 4, 5)] == [True, True, False, True]
    app.checkbox(key="pick_2").uncheck()
    settled(app.run())
    assert app.text_input(key="page_range").value == "1,3,5"


def test_a_wrong_range_says_so_and_stays(studio: Studio, pdf_of_pages: Path) -> None:
    """What was typed is kept, and the pages chosen before still count."""
    app = drop(open_page(), (pdf_of_pages.name, pdf_of_pages.read_bytes()))
    app.text_input(key="page_range").set_value("1-3,99")
    settled(app.run())
    assert "99" in said(app)
    assert app.text_input(key="page_range").value == "1-3,99"


def test_a_document_splits_into_several_invoices(studio: Studio, two_invoices_pdf: SampleFile) -> None:
    """Each group of pages is an invoice of its own."""
    app = drop(open_page(), (two_invoices_pdf.name, two_invoices_pdf.data))
    press(press(app, "split"), "split_by_page")
    assert app.button(key="extract").label == "Extract 2 documents"


def test_a_split_is_proposed_and_taken(studio: Studio, two_invoices_pdf: SampleFile) -> None:
    """With pages, numbers and first words; what is taken can still be changed, and is not proposed again."""
    app = drop(open_page(), (two_invoices_pdf.name, two_invoices_pdf.data))
    assert "This file seems to hold 2 documents" in said(app)
    assert str(two_invoices_pdf.truth["invoice_number"]) in said(app)
    press(app, "split_accept")
    assert app.button(key="extract").label == "Extract 2 documents"
    assert "seems to hold" not in said(app)
    press(app, "join")
    assert "seems to hold" not in said(app)


def test_a_split_that_is_not_wanted_is_not_proposed_again(studio: Studio, two_invoices_pdf: SampleFile) -> None:
    """Nor after a reload; the pages are read as one."""
    app = press(drop(open_page(), (two_invoices_pdf.name, two_invoices_pdf.data)), "split_decline")
    assert "split_offer" not in said(open_page(desk=named(app, "desk")))
    assert "split_accept" not in keys_of(app)
    assert app.button(key="extract").label == "Extract"


def test_a_split_is_proposed_above_the_result_of_pages_without_text(
    studio: Studio, two_invoices_pdf: SampleFile
) -> None:
    """What they hold is known only once they are read; taking it reads them again from the cache, each by itself."""
    with pymupdf.open() as scan, pymupdf.open(stream=two_invoices_pdf.data) as digital:
        for page in digital:
            picture = page.get_pixmap(dpi=110).tobytes("jpeg")
            scan.new_page().insert_image(page.rect, stream=picture)
        app = drop(open_page(), ("scan.pdf", scan.tobytes()))
    assert "split_accept" not in keys_of(app)
    assert "told when its pages are read" in said(app)
    app = until_read(press(app, "extract"))
    press(app, "split_accept")
    app = until_read(app)
    assert len(app.button_group(key="group").options) == 2
    assert app.text_input(key="field_invoice_number").value == two_invoices_pdf.truth["invoice_number"]


def test_what_a_document_seems_to_be_is_told_and_can_be_overruled(studio: Studio) -> None:
    """Before it is read and after; another choice reads it again, and stays."""
    from tests.core.declared.papers import PAYSLIP, paper
    from tests.core.declared.test_reading import from_example

    studio.types.keep(from_example(PAYSLIP, 3)[0])
    one = paper(PAYSLIP, 5)
    app = drop(open_page(), (one.name, one.data))
    assert "**Payslip**: says “Payslip” at the top and has" in said(app)
    app = until_read(press(app, "extract"))
    assert app.selectbox(key="shown_type").value == "payslip"
    app.selectbox(key="shown_type").set_value("invoice")
    app = until_read(settled(app.run()))
    assert app.selectbox(key="shown_type").value == "invoice"
    assert "field_invoice_number" in {str(field.key) for field in app.text_input}
    press(app, "choose_pages")
    assert app.selectbox(key="read_as").value == "invoice"


def test_the_result_shows_what_the_page_says(studio: Studio, digital_pdf: SampleFile) -> None:
    """The form holds the values of the document, and saving is the one primary action."""
    app = extracted(digital_pdf)
    assert app.text_input(key="field_invoice_number").value == digital_pdf.truth["invoice_number"]
    assert app.text_input(key="field_total_amount").value == digital_pdf.truth["total_amount"]
    assert primaries(app) == ["save"]


def test_what_most_invoices_lack_is_folded_until_it_has_a_value(studio: Studio, digital_pdf: SampleFile) -> None:
    """What the page says of it stands in its group; the rest is one fold, asked about by nobody, which opens once typed into."""
    app = extracted(digital_pdf)
    folded = {str(box.key) for box in app.expander[0].text_input} | {str(box.key) for box in app.expander[0].text_area}
    assert app.expander[0].label == "More fields"
    assert {"field_discount", "field_shipping", "field_purchase_order_number"} <= folded
    assert "field_iban" not in folded
    assert app.text_input(key="field_iban").value
    assert not app.expander[0].proto.expanded
    assert "Purchase order no." not in said(app)
    app = type_into(app, "discount", "5,00")
    assert app.expander[0].proto.expanded
    assert app.text_input(key="field_discount").value == "5.00"


def test_columns_that_most_invoices_lack_are_shown_where_they_hold_something(
    studio: Studio, digital_pdf: SampleFile
) -> None:
    """Or where the person chooses them."""
    app = extracted(digital_pdf)
    before = lines_shown(app)
    assert [name for name in before if name in ("description", "quantity", "unit_price", "total_price")]
    assert "discount" not in before
    app.multiselect(key="columns_chosen").set_value(["discount"])
    settled(app.run())
    assert "discount" in lines_shown(app)


def lines_shown(app: AppTest) -> list[str]:
    """The columns of the table of lines that are shown."""
    return list(next(one for one in app.dataframe if "description" in one.value.columns).proto.column_order)


def test_a_changed_field_shows_what_was_extracted_and_goes_back(studio: Studio, digital_pdf: SampleFile) -> None:
    """Before and after are both visible; one click puts the extracted value back."""
    app = type_into(extracted(digital_pdf), "vendor_name", "Somebody Else")
    assert f"was: {digital_pdf.truth['vendor_name']}" in said(app)
    press(app, "revert_vendor_name")
    assert app.text_input(key="field_vendor_name").value == digital_pdf.truth["vendor_name"]
    assert "was:" not in said(app)


def test_an_old_text_sent_back_by_the_browser_is_not_taken_for_typing(studio: Studio, digital_pdf: SampleFile) -> None:
    """A run that is cut short leaves the browser with the text before; the new value must not be lost to it."""
    app = type_into(extracted(digital_pdf), "vendor_name", "Somebody Else")
    press(app, "revert_vendor_name")
    app.session_state[keys.UNSEEN] = {"field_vendor_name": "Somebody Else"}  # what a run that is cut short leaves
    type_into(app, "vendor_name", "Somebody Else")
    assert app.text_input(key="field_vendor_name").value == digital_pdf.truth["vendor_name"]
    type_into(app, "vendor_name", "Somebody Else")
    assert app.text_input(key="field_vendor_name").value == "Somebody Else"


def test_what_an_unfinished_run_set_is_set_again(
    studio: Studio, digital_pdf: SampleFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a field that was first drawn by a run that is cut short stays empty on the screen though it has its value."""
    monkeypatch.setattr(session, "SENDING_SECONDS", 0)
    app = settled(extracted(digital_pdf).run())
    assert not app.text_input(key="field_invoice_number").proto.set_value
    app.session_state[keys.UNSEEN] = {"field_invoice_number": None}
    settled(app.run())
    assert app.text_input(key="field_invoice_number").proto.set_value
    assert app.text_input(key="field_invoice_number").value == digital_pdf.truth["invoice_number"]
    settled(app.run())
    assert not app.text_input(key="field_invoice_number").proto.set_value


def test_what_a_run_sent_is_set_again_by_one_that_follows_at_once(
    studio: Studio, digital_pdf: SampleFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new run empties the queue to the browser: what stood in it is lost."""
    app = extracted(digital_pdf)
    monkeypatch.setattr(session, "SENDING_SECONDS", 60)
    assert settled(app.run()).text_input(key="field_invoice_number").proto.set_value
    monkeypatch.setattr(session, "SENDING_SECONDS", 0)
    assert not settled(app.run()).text_input(key="field_invoice_number").proto.set_value


def test_nothing_is_read_where_no_page_is_chosen(studio: Studio, digital_pdf: SampleFile) -> None:
    """Also where the button on the screen is older than the choice."""
    app = drop(open_page(), (digital_pdf.name, digital_pdf.data))
    app.session_state[keys.DESK].documents[0].group.pages = []
    press(app, "extract")
    assert "Choose at least one page" in said(app)
    assert "job" not in app.query_params


def test_a_box_that_an_unfinished_run_ticked_stays_ticked(studio: Studio, pdf_of_pages: Path) -> None:
    """The browser sends it back empty, as if the person had unticked it."""
    app = drop(open_page(), (pdf_of_pages.name, pdf_of_pages.read_bytes()))
    app.session_state[keys.UNSEEN] = {"pick_2": None}
    app.checkbox(key="pick_2").uncheck()
    settled(app.run())
    assert app.checkbox(key="pick_2").value
    app.checkbox(key="pick_2").uncheck()
    settled(app.run())
    assert not app.checkbox(key="pick_2").value


def test_a_tick_that_comes_late_takes_no_page_out(studio: Studio, pdf_of_pages: Path) -> None:
    """A box that the server holds for empty and the browser for ticked means that its page is chosen."""
    app = drop(open_page(), (pdf_of_pages.name, pdf_of_pages.read_bytes()))
    app.checkbox(key="pick_2").uncheck()
    pages = settled(app.run()).session_state[keys.DESK].documents[0].group.pages
    pages.insert(1, 2)
    app.checkbox(key="pick_2").check()
    settled(app.run())
    assert 2 in app.session_state[keys.DESK].documents[0].group.pages


def test_closing_is_taken_back(studio: Studio, digital_pdf: SampleFile) -> None:
    """With what was typed in it."""
    app = type_into(extracted(digital_pdf), "customer_name", "Typed Ltd")
    app = press(app, "close_document")
    assert "doc_0" not in keys_of(app)
    assert press(app, "reopen_document").text_input(key="field_customer_name").value == "Typed Ltd"


def test_an_address_names_the_document_too(studio: Studio, digital_pdf: SampleFile, einvoice_pdf: SampleFile) -> None:
    """A reload shows the one that was chosen, also before it is read."""
    app = drop(open_page(), (digital_pdf.name, digital_pdf.data), (einvoice_pdf.name, einvoice_pdf.data))
    first = named(app, "doc")
    app = press(app, "following_document")
    second = named(app, "doc")
    assert first != second
    assert named(open_page(desk=named(app, "desk"), doc=second), "doc") == second


def test_a_locked_file_waits_over_a_reload(studio: Studio, encrypted_pdf: SampleFile) -> None:
    """Its password is asked for again."""
    app = drop(open_page(), (encrypted_pdf.name, encrypted_pdf.data))
    again = open_page(desk=named(app, "desk"))
    again.text_input(key="password_0").set_value(PASSWORD)
    assert "doc_0" in keys_of(press(again, "unlock_0"))


def test_text_that_cannot_be_read_is_kept_and_stops_the_save(studio: Studio, digital_pdf: SampleFile) -> None:
    """One sentence stands by the field; nothing is saved until it is put right."""
    app = type_into(extracted(digital_pdf), "due_date", "next week")
    assert app.text_input(key="field_due_date").value == "next week"
    press(app, "save")
    assert "correct Due date first" in said(app)
    assert studio.search(RecordQuery()).total == 0


def test_edits_are_found_after_a_reload(studio: Studio, digital_pdf: SampleFile) -> None:
    """Neither a reload nor a page switch loses what was typed."""
    app = type_into(extracted(digital_pdf), "customer_name", "Typed Ltd")
    again = open_page(desk=named(app, "desk"))
    assert again.text_input(key="field_customer_name").value == "Typed Ltd"


def test_an_edit_in_the_table_reaches_the_record(studio: Studio, digital_pdf: SampleFile) -> None:
    """The table's change is read, checked and saved with the rest."""
    app = extracted(digital_pdf)
    run = named(app, "job")
    app.session_state[f"lines_{run}_0"] = {"edited_rows": {0: {"quantity": "7"}}, "added_rows": [], "deleted_rows": []}
    settled(app.run())
    assert "Line 1 quantity was" in said(app)


def test_saving_names_the_order_and_undo_takes_it_back(studio: Studio, digital_pdf: SampleFile) -> None:
    """The record is in the store, and gone again after the undo."""
    app = press(extracted(digital_pdf), "save")
    assert "Saved as order 1" in said(app)
    assert studio.record(1).values.invoice_number == digital_pdf.truth["invoice_number"]
    assert primaries(app) == ["next_document"]
    press(app, "undo")
    assert studio.search(RecordQuery()).total == 0
    assert primaries(app) == ["save"]


def test_what_is_stored_already_is_noticed_before_saving(studio: Studio, digital_pdf: SampleFile) -> None:
    """A second save of the same document asks: update, keep both, or cancel."""
    press(extracted(digital_pdf), "save")
    app = press(extracted(digital_pdf), "save")
    assert {"update_order", "keep_both", "cancel_save"} <= keys_of(app)
    assert studio.search(RecordQuery()).total == 1
    press(app, "keep_both")
    assert studio.search(RecordQuery()).total == 2


def test_saving_offers_to_fill_the_store_that_lacks_it(studio: Studio, digital_pdf: SampleFile) -> None:
    """What the database has and the workbook lacks is added there, as it is stored and under its number."""
    first = press(extracted(digital_pdf), "save")
    if "save_anyway" in keys_of(first):
        press(first, "save_anyway")
    Workbook(studio.workbook_path).remove(1)
    app = press(extracted(digital_pdf), "save")
    if "save_anyway" in keys_of(app):  # that it is stored already is an open point
        app = press(app, "save_anyway")
    press(app, "fill_1")
    assert studio.records.lacking(1, ("database", "workbook")) == ()
    assert studio.search(RecordQuery()).total == 1


def test_saving_with_a_required_value_missing_asks_first(studio: Studio, digital_pdf: SampleFile) -> None:
    """Nothing is stored until the person says so, and then as needing review."""
    app = press(type_into(extracted(digital_pdf), "invoice_date", ""), "save")
    assert "Invoice date was not found on the document." in said(app)
    assert studio.search(RecordQuery()).total == 0
    press(app, "save_anyway")
    assert studio.record(1).status == "needs review"


def test_saving_a_changed_record_again_updates_its_order(studio: Studio, digital_pdf: SampleFile) -> None:
    """Corrections after the save go into the same order."""
    app = type_into(press(extracted(digital_pdf), "save"), "customer_name", "Corrected Ltd")
    press(app, "save")
    assert studio.record(1).values.customer_name == "Corrected Ltd"
    assert studio.search(RecordQuery()).total == 1


def test_a_saved_document_that_was_changed_again_says_so(studio: Studio, digital_pdf: SampleFile) -> None:
    """Its chip names the order and that something stands here which is not in it; saving takes that away."""
    app = press(extracted(digital_pdf), "save")
    assert "· saved as order 1" in app.button(key="doc_0").label
    app = type_into(app, "customer_name", "Corrected Ltd")
    assert "changed since saved as order 1" in app.button(key="doc_0").label
    assert "· saved as order 1" in press(app, "save").button(key="doc_0").label


def test_how_sure_the_other_fields_are_stays_while_one_is_edited(studio: Studio, digital_pdf: SampleFile) -> None:
    """Word and number below an untouched field do not move, also where the edit breaks a sum."""

    def told(app: AppTest) -> list[str]:
        return [
            str(text.value) for text in app.markdown if re.search(r"\b(Sure|Likely|Check|Doubtful) \d+%", text.value)
        ]

    app = extracted(digital_pdf)
    before = told(app)
    assert len(before) > 5
    type_into(app, "total_amount", "1.00")
    assert "Typed by you" in said(app)
    words = [re.sub(r"^:\w+\[\S+ |\]$", "", each) for each in before]
    after = [re.sub(r"^:\w+\[\S+ |\]$", "", each) for each in told(app)]
    assert len(after) == len(words) - 1
    assert not Counter(after) - Counter(words)


def test_an_update_replaces_only_what_was_shown(studio: Studio, digital_pdf: SampleFile) -> None:
    """Somebody saves while the question of the update stands open: theirs stays, and the person is told what changed."""
    press(extracted(digital_pdf), "save")
    app = press(type_into(extracted(digital_pdf), "customer_name", "Corrected Ltd"), "save")
    theirs = with_value(studio.record(1).values, "customer_id", "77")
    studio.save(theirs, ("database",), update=1)
    press(app, "update_order")
    assert studio.record(1).values == theirs
    assert "is now “77”" in said(app)


def test_a_record_changed_elsewhere_is_not_overwritten_unasked(studio: Studio, digital_pdf: SampleFile) -> None:
    """Somebody corrected the saved record in Records: the next save from here asks first."""
    app = press(extracted(digital_pdf), "save")
    studio.save(with_value(studio.record(1).values, "customer_id", "77"), ("database",), update=1)
    press(type_into(app, "customer_name", "Corrected Ltd"), "save")
    assert "update_order" in keys_of(app)
    assert studio.record(1).values.customer_id == "77"


@pytest.mark.parametrize("tab", ["Raw OCR text", "Raw JSON", "Checks"])
def test_every_tab_draws_itself(studio: Studio, digital_pdf: SampleFile, tab: str) -> None:
    """The raw text, the JSON and the checks are there for every result."""
    app = extracted(digital_pdf)
    app.session_state["tabs"] = tab
    settled(app.run())
    assert app.code or any("Why" in str(html.proto.body) for html in app.get("html"))


def _draw_on_page(run_id: str, moves: list[object]) -> None:
    import streamlit as st

    from pages.shared.drawing import draw_words, drawn_note, undo_words
    from pages.shared.session import get_edits, get_job

    job = get_job(run_id)
    assert job is not None
    assert job.extraction is not None
    st.session_state["notes"] = []
    for move in moves:
        if move == "undo":
            undo_words(run_id, job.extraction)
        else:
            draw_words(run_id, job.extraction, move)
        note = drawn_note(run_id, job.extraction)
        texts = {name: get_edits(run_id).text_at(job.extraction.values, name) for name in ("customer_id", "tax")}
        st.session_state["notes"].append((note, texts))


def drawn(app: AppTest, *moves: object) -> list[tuple[dict[str, object] | None, dict[str, str]]]:
    """What the page view would tell, and what two fields hold, after each move on a finished run's page."""
    page = AppTest.from_function(_draw_on_page, args=(named(app, "job"), list(moves)), default_timeout=30).run()
    notes: list[tuple[dict[str, object] | None, dict[str, str]]] = settled(page).session_state["notes"]
    return notes


def test_words_in_a_drawn_box_go_into_the_field_at_hand_and_back(studio: Studio, digital_pdf: SampleFile) -> None:
    """The note at the box tells what was put in; Undo puts back what stood there and takes the note away."""
    app = extracted(digital_pdf)
    whole = {"path": "customer_id", "page": 1, "at": [0, 0, 1, 1]}
    (_, first), (told, filled), (after, again) = drawn(app, "undo", whole, "undo")
    assert told is not None
    assert told["undo"]
    assert digital_pdf.truth["invoice_number"] in filled["customer_id"]
    assert after is None
    assert again == first


def test_an_empty_box_says_so_and_changes_nothing(studio: Studio, digital_pdf: SampleFile) -> None:
    """There is nothing to undo then."""
    app = extracted(digital_pdf)
    (_, first), (told, texts) = drawn(app, "undo", {"path": "customer_id", "page": 1, "at": [0, 0.995, 0.005, 1]})
    assert told is not None
    assert "No words" in str(told["words"])
    assert not told["undo"]
    assert texts == first


@pytest.mark.parametrize(
    "move",
    [
        None,
        {},
        {"path": "no_field", "page": 1, "at": [0, 0, 1, 1]},
        {"path": "tax", "page": 99, "at": [0, 0, 1, 1]},
        {"path": "line_items.900000000.quantity", "page": 1, "at": [0, 0, 1, 1]},
    ],
)
def test_a_message_that_is_no_box_of_the_document_is_not_taken(
    studio: Studio, digital_pdf: SampleFile, move: object
) -> None:
    """What comes from the browser is checked."""
    app = extracted(digital_pdf)
    ((told, _),) = drawn(app, move)
    assert told is None


def test_a_database_that_does_not_answer_is_told_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the studio cannot begin, the page says why instead of failing."""
    monkeypatch.setenv("STUDIO_DATA_DIR", str(tmp_path))
    (tmp_path / "taken").write_text("a file where the database's folder should be")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/taken/studio.db")
    st.cache_resource.clear()
    app = open_page()
    st.cache_resource.clear()
    assert app.error
    assert "extract" not in keys_of(app)


def test_all_waiting_documents_are_started_together(
    studio: Studio, digital_pdf: SampleFile, einvoice_pdf: SampleFile
) -> None:
    """One press starts every open document; the other is watched while this one is shown."""
    app = drop(open_page(), (digital_pdf.name, digital_pdf.data), (einvoice_pdf.name, einvoice_pdf.data))
    press(app, "extract_all")
    until = time.monotonic() + 30
    while time.monotonic() < until and not all("review" in words or "ready" in words for words in chips(app)):
        time.sleep(0.05)
        settled(app.run())
    assert len(chips(app)) == 2
    assert all("review" in words or "ready" in words for words in chips(app))


def chips(app: AppTest) -> list[str]:
    """The labels of the open documents."""
    return [str(button.label) for button in app.button if str(button.key).startswith("doc_")]


def both_read(app: AppTest, *samples: SampleFile) -> AppTest:
    """Several documents, dropped and read."""
    app = press(drop(app, *((sample.name, sample.data) for sample in samples)), "extract_all")
    for _ in range(100):
        if "save" in keys_of(app) and not any("reading" in words or "waiting" in words for words in chips(app)):
            return app
        time.sleep(0.1)
        app = settled(app.run())
    raise AssertionError(chips(app))


def test_all_ready_documents_are_saved_at_once_and_taken_back(
    studio: Studio, digital_pdf: SampleFile, einvoice_pdf: SampleFile
) -> None:
    """How many were saved stays on the page, whatever page is looked at in between, and one click takes all of them back."""
    app = press(both_read(open_page(), digital_pdf, einvoice_pdf), "save_ready")
    assert "2 saved." in said(app)
    assert studio.search(RecordQuery()).total == 2
    assert "save_ready" not in keys_of(app)
    app.switch_page("pages/records.py").run()
    app.switch_page("pages/studio.py").run()
    assert "2 saved." in said(settled(app.run()))
    assert "2 saved." in said(open_page(desk=named(app, "desk")))
    press(app, "undo_batch")
    assert studio.search(RecordQuery()).total == 0
    assert "undo_batch" not in keys_of(app)
    assert "save_ready" in keys_of(app)


def test_what_was_saved_at_once_is_said_until_it_is_dismissed(
    studio: Studio, digital_pdf: SampleFile, einvoice_pdf: SampleFile
) -> None:
    """The person ends it; the records stay."""
    app = press(both_read(open_page(), digital_pdf, einvoice_pdf), "save_ready")
    press(app, "dismiss_batch")
    assert "2 saved." not in said(app)
    assert studio.search(RecordQuery()).total == 2


def test_a_record_changed_since_stays_when_the_batch_is_undone(
    studio: Studio, digital_pdf: SampleFile, einvoice_pdf: SampleFile
) -> None:
    """The others go, and the one that stays is named."""
    app = press(both_read(open_page(), digital_pdf, einvoice_pdf), "save_ready")
    studio.save(with_value(studio.record(1).values, "customer_id", "77"), ("database",), update=1)
    press(app, "undo_batch")
    assert studio.search(RecordQuery()).total == 1
    assert "Order 1 was changed since" in said(app)


def test_saving_goes_on_to_the_document_that_needs_somebody(
    studio: Studio, digital_pdf: SampleFile, einvoice_pdf: SampleFile
) -> None:
    """Save, next stores what stands and opens the next one that nobody could leave to the machine."""
    app = both_read(open_page(), digital_pdf, einvoice_pdf)
    press(app, "doc_1")
    type_into(app, "invoice_date", "")
    press(app, "doc_0")
    press(app, "save_next")
    assert studio.search(RecordQuery()).total == 1
    assert app.text_input(key="field_invoice_number").value == einvoice_pdf.truth["invoice_number"]
    press(press(app, "save_next" if "save_next" in keys_of(app) else "save"), "go_to_open")
    assert studio.search(RecordQuery()).total == 1
    assert app.session_state[keys.FOCUS]["path"] == "invoice_date"


def test_a_save_that_is_stopped_goes_to_the_field_that_stops_it(studio: Studio, digital_pdf: SampleFile) -> None:
    """The sentence stands at the first such field, which gets the cursor, and no banner stands over the page."""
    app = type_into(extracted(digital_pdf), "due_date", "next week")
    press(app, "save")
    assert app.session_state[keys.FOCUS]["path"] == "due_date"
    assert "correct Due date first" in said(app)
    assert not app.error
    type_into(app, "due_date", "2026-05-01")
    assert "correct Due date first" not in said(app)


def test_raw_text_keeps_its_columns_and_rows(studio: Studio, digital_pdf: SampleFile) -> None:
    """What stands beside each other on the page stands on one line of the raw text, far enough apart to be told apart."""
    app = extracted(digital_pdf)
    app.session_state["tabs"] = "Raw OCR text"
    settled(app.run())
    lines = str(app.code[0].value).split("\n")
    item = digital_pdf.truth["line_items"][0]
    row = next(line for line in lines if item["description"] in line)
    assert item["total_price"] in row
    assert "  " in row.strip()


def test_another_value_of_the_page_is_one_click_away(studio: Studio, digital_pdf: SampleFile) -> None:
    """A value that is missing is offered with what else stands on the page; the one chosen is named as such."""
    app = type_into(extracted(digital_pdf), "invoice_date", "")
    offered = [str(button.label) for button in app.button if str(button.key).startswith("other_invoice_date_")]
    place = 1 + next(
        at for at, label in enumerate(offered) if digital_pdf.truth["due_date"].replace("-", "\\-") in label
    )
    press(app, f"other_invoice_date_{place}")
    assert app.text_input(key="field_invoice_date").value == digital_pdf.truth["due_date"]
    assert "Taken from the proposal" in said(app)


def test_a_failed_sum_is_one_question(studio: Studio, digital_pdf: SampleFile) -> None:
    """What the person typed is not asked about on its own; one yes settles the sum."""
    app = extracted(digital_pdf)
    assert "No question is open." in said(app)
    type_into(app, "total_amount", "9999.00")
    yes = {key for key in keys_of(app) if key in ("confirm_total_amount", "confirm_subtotal", "confirm_tax")}
    assert len(yes) == 1
    press(app, yes.pop())
    assert not {"confirm_total_amount", "confirm_subtotal", "confirm_tax"} & keys_of(app)


def test_a_failed_sum_offers_the_total_of_the_page_for_a_typed_one(studio: Studio, digital_pdf: SampleFile) -> None:
    """Though the question goes to an amount that nobody looked at yet: one click mends the sum."""
    app = type_into(extracted(digital_pdf), "total_amount", "9999.00")
    total = digital_pdf.truth["total_amount"]
    offered = [b for b in app.button if str(b.key).startswith("other_") and total in str(b.label).replace("\\", "")]
    assert [str(button.label).partition("] ")[2].split()[0] for button in offered] == ["total"]
    press(app, str(offered[0].key))
    assert app.text_input(key="field_total_amount").value == total
    assert "No question is open." in said(app)


def test_a_line_is_put_between_others(studio: Studio, digital_pdf: SampleFile) -> None:
    """It stands where it was asked for, and the lines after it moved down."""
    app = extracted(digital_pdf)
    run = named(app, keys.RUN_PARAM)
    extraction = studio.job(run).extraction  # type: ignore[union-attr]
    assert extraction is not None
    before = [line.description for line in extraction.values.line_items]
    app.selectbox(key="insert_before").set_value(2)
    app.text_input(key="insert_words").set_value("Forgotten ink")
    app.button(key="insert_submit").click()
    settled(app.run())
    rows = app.session_state[keys.EDITS][run].rows(extraction.values, LINE_ITEMS)
    assert [row["description"] for row in rows] == [before[0], "Forgotten ink", *before[1:]]
