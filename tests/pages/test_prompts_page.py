"""The Prompts page: choosing, editing into versions, defaults, examples, differences, YAML."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from core.prompts import DiffLine
from core.studio import Studio
from pages.prompts_parts.versions import diff_html
from tests.conftest import SampleFile

PAGE = Path(__file__).parents[2] / "pages" / "prompts.py"


def open_page() -> AppTest:
    """The page alone, drawn once."""
    page = AppTest.from_file(str(PAGE), default_timeout=20).run()
    assert not page.exception
    return page


def test_the_page_opens_with_the_invoice_prompt_as_it_ships(studio: Studio) -> None:
    """Its text is there to be read and edited."""
    page = open_page()
    assert "accounts payable" in page.text_area(key="prompt_invoice_0_system").value


def test_an_edit_is_kept_as_a_new_version_with_its_note(studio: Studio) -> None:
    """The one that ships stays."""
    page = open_page()
    page.text_area(key="prompt_invoice_0_system").set_value("Read it well.")
    page.text_input(key="prompt_invoice_0_notes").set_value("shorter")
    page.button(key="prompt_keep").click().run()
    assert not page.exception
    newest = studio.prompts.versions("invoice")[0]
    assert (newest.version, newest.system, newest.notes) == (1, "Read it well.", "shorter")
    assert page.text_area(key="prompt_invoice_1_system").value == "Read it well."


def test_keeping_what_was_not_changed_says_so(studio: Studio) -> None:
    """No empty version."""
    page = open_page()
    page.button(key="prompt_keep").click().run()
    assert "Nothing was changed" in page.error[0].value
    assert len(studio.prompts.versions("invoice")) == 1


def test_a_variable_that_stands_for_nothing_is_warned_of(studio: Studio) -> None:
    """Before anything is kept."""
    page = open_page()
    page.text_area(key="prompt_invoice_0_user").set_value("{{documnt}} {{document}}").run()
    assert "documnt" in page.warning[0].value


def test_a_version_becomes_the_default_of_a_document_type(studio: Studio) -> None:
    """From then on “auto” takes it."""
    kept = studio.prompts.keep(studio.prompts.get("invoice", 0).model_copy(update={"system": "Mine."}))
    page = open_page()
    page.button(key="prompt_default_2").click().run()
    assert studio.prompts.default("receipt") == ("invoice", kept.version)


def test_a_new_prompt_begins_with_another_s_text_and_needs_a_name_of_its_own(studio: Studio) -> None:
    """And is shown at once."""
    page = open_page()
    page.text_input(key="prompt_new_name").set_value("Acme")
    page.button(key="prompt_new_make").click().run()
    assert page.text_area(key="prompt_Acme_1_system").value
    page.text_input(key="prompt_new_name").set_value("acme")
    page.button(key="prompt_new_make").click().run()
    assert "already" in page.error[0].value


def test_a_saved_record_becomes_an_example_and_can_be_taken_out(studio: Studio, digital_pdf: SampleFile) -> None:
    """Each makes a version."""
    document = studio.open(digital_pdf.data, digital_pdf.name)
    *_, finished = studio.extract(document, run_id="b" * 32)
    extraction = finished.extraction  # type: ignore[union-attr]
    studio.save(extraction.values, ["database"], run_id="b" * 32, extraction=extraction)
    page = open_page()
    page.button(key="prompt_example_add").click().run()
    assert not page.exception
    assert len(studio.prompts.versions("invoice")[0].examples) == 1
    page.button(key="prompt_example_out_0").click().run()
    assert [len(version.examples) for version in studio.prompts.versions("invoice")] == [0, 1, 0]


def test_yaml_is_brought_in_and_a_bad_file_is_told(studio: Studio) -> None:
    """With the file's name."""
    page = open_page()
    page.file_uploader(key="prompt_file_0").set_value([("mine.yaml", b"name: mine\nuser: '{{document}}'", "text/yaml")])
    page.button(key="prompt_bring_in").click().run()
    assert studio.prompts.versions("mine")[0].version == 1
    page.file_uploader(key="prompt_file_1").set_value([("bad.yaml", b"name: [", "text/yaml")])
    page.button(key="prompt_bring_in").click().run()
    assert "This YAML cannot be read in line 1" in page.error[0].value


def test_a_difference_is_drawn_as_text() -> None:
    """A prompt may quote markup."""
    assert "<b>" not in diff_html([DiffLine("+", "<b>x</b>")])
