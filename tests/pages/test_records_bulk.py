"""The Records page over many records at once, run without a browser."""

from __future__ import annotations

import time

from core.extraction import PageRef
from core.invoice.model import Invoice
from core.stores.records import RecordQuery
from core.studio import Studio
from tests.conftest import SampleFile
from tests.pages.test_records_page import invoice, open_page, said


def choosing(studio: Studio, count: int = 3) -> object:
    """The page with so many records, all of them chosen."""
    for number in range(count):
        studio.save(invoice(f"A-{number}"), ("database",), status="needs review")
    app = open_page()
    app.toggle(key="records_choosing").set_value(True).run()
    app.button(key="records_choose_all").click().run()
    assert f"**{count}** chosen" in said(app)
    return app


def press(app: object, beginning: str) -> None:
    """Click the button whose key begins so."""
    next(each for each in app.button if str(each.key).startswith(beginning)).click().run()  # type: ignore[attr-defined]
    assert not app.exception  # type: ignore[attr-defined]


def test_a_field_of_all_chosen_records_is_changed_and_put_back(studio: Studio) -> None:
    """The sentence counts them; its Undo brings everything back."""
    app = choosing(studio)
    app.selectbox(key="records_edit_field").set_value("vendor_name")  # type: ignore[attr-defined]
    app.text_input(key="records_edit_text").set_value("*New* Mill")  # type: ignore[attr-defined]
    app.run()  # type: ignore[attr-defined]
    press(app, "records_edit_now")
    assert "Vendor set to “\\*New\\* Mill” in 3 records" in said(app)  # type: ignore[arg-type]
    assert {studio.record(number).values.vendor_name for number in (1, 2, 3)} == {"*New* Mill"}
    press(app, "records_undo_told")
    assert "3 records as before" in said(app)  # type: ignore[arg-type]
    assert {studio.record(number).values.vendor_name for number in (1, 2, 3)} == {"Paper Mill Ltd"}


def test_what_somebody_else_changed_is_told_and_kept(studio: Studio) -> None:
    """The versions are those that the list showed, not those of the click."""
    app = choosing(studio)
    studio.save(Invoice(vendor_name="Theirs"), ("database",), update=2)
    press(app, "records_approve")
    assert "2 records approved; 1 record left as it is" in said(app)  # type: ignore[arg-type]
    assert "**Order 2**: Somebody else changed it since" in said(app)  # type: ignore[arg-type]
    assert studio.record(2).values.vendor_name == "Theirs"


def test_chosen_records_are_deleted_and_brought_back_later(studio: Studio) -> None:
    """Also from the list of what was done before."""
    app = choosing(studio)
    press(app, "records_delete_now")
    assert studio.search(RecordQuery()).total == 0
    press(app, "records_undo_told")
    assert studio.search(RecordQuery()).total == 3
    press(app, "records_batch_dismiss")
    app.toggle(key="records_choosing").set_value(True).run()  # type: ignore[attr-defined]
    assert "3 records as before" in said(app)  # type: ignore[arg-type]


def test_documents_read_again_show_what_differs_first(studio: Studio, einvoice_pdf: SampleFile) -> None:
    """Nothing changes until it is taken."""
    document = studio.open(einvoice_pdf.data, einvoice_pdf.name)
    run_id = studio.start(document.sha256, [PageRef(1)])
    while (job := studio.job(run_id)) is None or job.active:
        time.sleep(0.05)
    assert job.extraction
    wrong = job.extraction.values.model_copy(update={"vendor_name": "Wrong"})
    studio.save(wrong, ("database",), run_id=run_id, extraction=job.extraction)
    app = open_page()
    app.toggle(key="records_choosing").set_value(True).run()
    app.button(key="records_choose_all").click().run()
    press(app, "records_reread_now")
    (batch,) = studio.bulk.latest()
    while any(each.state == "reading" for each in studio.bulk.readings(batch.batch_id)):
        time.sleep(0.05)
    app.run()
    assert "1 differ" in said(app)
    shown = next(each.value for each in app.dataframe if "Read now" in each.value)
    assert list(shown["Stored"]) == ["Wrong"]
    assert studio.record(1).values.vendor_name == "Wrong"
    press(app, "records_take_1")
    assert studio.record(1).values.vendor_name == job.extraction.values.vendor_name
