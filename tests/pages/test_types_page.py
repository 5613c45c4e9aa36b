"""The Document types page, run without a browser: what ships, new types, fields, checks, versions, YAML, out of use."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from core.declared.yaml_text import write_type
from core.document_types import SHIPPED
from core.invoice.document_type import INVOICE
from core.studio import Studio
from tests.core.declared.test_definition import TIMESHEET
from tests.core.declared.test_own_fields import COST_CENTRE, PROJECT

PAGE = Path(__file__).parents[2] / "pages" / "document_types.py"


def open_page() -> AppTest:
    """The page alone, drawn once."""
    page = AppTest.from_file(str(PAGE), default_timeout=20).run()
    assert not page.exception
    return page


def test_what_ships_is_shown_with_its_fields(studio: Studio) -> None:
    """And says how to make one like it."""
    page = open_page()
    assert "ships with the studio" in [caption.value for caption in page.caption]
    assert "Invoice number" in set(page.dataframe[0].value["Field"])


def test_a_field_and_a_column_are_added_to_the_invoice_and_taken_out_again(studio: Studio) -> None:
    """By hand, under Yours; the invoice is as it ships once nothing is added any more."""
    page = open_page()
    assert not [button for button in page.button if button.key == "type_save"]
    draft = page.session_state["types_drafts"]["invoice"]
    draft.add_field(COST_CENTRE)
    draft.add_columns(INVOICE.main_table, [PROJECT])
    page.run()
    page.button(key="type_save").click().run()
    assert not page.exception
    kept = studio.types.extension("invoice")
    assert kept is not None
    assert [kept.version, kept.fields, kept.tables[0].columns] == [1, (COST_CENTRE,), (PROJECT,)]
    assert "ships with the studio · 2 fields of yours" in [caption.value for caption in page.caption]
    assert {"Cost centre · yours", "Project · yours"} <= {
        title for frame in page.dataframe for title in frame.value.get("Field", ())
    }
    draft = page.session_state["types_drafts"]["invoice"]
    draft.drop("cost_centre")
    draft.drop_column(INVOICE.main_table, "project")
    page.run()
    assert page.button(key="type_save").label == "Save without your fields"
    page.button(key="type_save").click().run()
    assert not page.exception
    assert studio.types.extension("invoice") is None
    assert studio.types.types() == list(SHIPPED)


def test_a_field_that_the_invoice_has_is_told_and_not_saved(studio: Studio) -> None:
    """In a sentence that names it; Discard leads back."""
    page = open_page()
    page.session_state["types_drafts"]["invoice"].add_field(COST_CENTRE.model_copy(update={"title": "Total"}))
    page.run()
    assert "Invoice has “Total” already" in page.warning[0].value.replace("\\", "")
    assert page.button(key="type_save").disabled
    page.button(key="type_discard").click().run()
    assert not page.exception
    assert not page.warning


def test_a_new_type_begins_as_a_copy_and_is_saved_as_a_version(studio: Studio) -> None:
    """Under a name of its own; its fields are those of the type that it was begun from."""
    page = open_page()
    page.text_input(key="type_new_title").set_value("Import invoice")
    page.selectbox(key="type_new_from").set_value("invoice")
    page.button(key="type_new_make").click().run()
    assert not page.exception
    page.button(key="type_save").click().run()
    assert not page.exception
    (kept,) = studio.types.declared()
    assert (kept.name, kept.title, kept.version) == ("import_invoice", "Import invoice", 1)
    assert [field.title for field in kept.fields][:2] == ["Invoice number", "Invoice date"]
    assert page.button(key="type_save").disabled


def test_a_type_without_fields_cannot_be_saved_and_a_taken_title_is_told(studio: Studio) -> None:
    """In a sentence each."""
    page = open_page()
    page.text_input(key="type_new_title").set_value("invoice")
    page.button(key="type_new_make").click().run()
    assert "There is a type “invoice” already" in page.error[0].value.replace("\\", "")
    page.text_input(key="type_new_title").set_value("Payslip")
    page.button(key="type_new_make").click().run()
    assert page.button(key="type_save").disabled
    assert "needs at least one field" in page.button(key="type_save").help


def test_a_check_that_is_none_is_told_and_a_sound_one_is_kept(studio: Studio) -> None:
    """What was typed stays while it is not sound."""
    studio.types.keep(TIMESHEET)
    page = open_page()
    page.session_state["types_tabs"] = "Checks"
    page.run()
    box = next(area for area in page.text_area if area.key and area.key.startswith("type_checks"))
    box.set_value("hours = wages").run()
    assert "speaks of wages" in page.warning[0].value
    assert page.button(key="type_save").disabled
    next(area for area in page.text_area if area.key and area.key.startswith("type_checks")).set_value(
        "sum(days.hours) = hours"
    ).run()
    page.button(key="type_save").click().run()
    assert not page.exception
    assert (studio.types.named("timesheet").version, studio.types.named("timesheet").checks) == (
        2,
        ("sum(days.hours) = hours",),
    )


def test_what_was_changed_is_there_after_a_reload(studio: Studio) -> None:
    """A draft is kept on disk until it is saved or discarded."""
    studio.types.keep(TIMESHEET)
    page = open_page()
    title = next(box for box in page.text_input if box.key and box.key.startswith("type_title"))
    title.set_value("Weekly sheet").run()
    again = open_page()
    assert next(box for box in again.text_input if box.key and box.key.startswith("type_title")).value == "Weekly sheet"
    again.button(key="type_discard").click().run()
    assert next(box for box in again.text_input if box.key and box.key.startswith("type_title")).value == "Timesheet"


def test_yaml_is_brought_in_and_a_type_goes_out_of_use(studio: Studio) -> None:
    """With the file's name where it is none."""
    page = open_page()
    page.file_uploader(key="type_file_0").set_value([("sheet.yaml", write_type(TIMESHEET).encode(), "text/yaml")])
    page.button(key="type_bring_in").click().run()
    assert studio.types.named("timesheet") == TIMESHEET
    page.file_uploader(key="type_file_1").set_value([("bad.yaml", b"name: [", "text/yaml")])
    page.button(key="type_bring_in").click().run()
    assert "bad.yaml" in page.error[0].value.replace("\\", "")
    page.button(key="type_remove_now").click().run()
    assert not page.exception
    assert studio.types.declared() == []
