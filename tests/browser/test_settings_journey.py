"""A journey on the Settings page: choose, save, come back, reset."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import NewPerson
from tests.browser.driver import Person, overflow


def test_a_choice_is_saved_and_found_again(person: Person) -> None:
    """A saved limit stands there after a reload, and reset brings the shipped one back."""
    person.visit("/settings", "settings_bar")
    field = person.page.get_by_role("spinbutton", name="Most pages in a document")
    expect(field).to_have_value("500")
    field.fill("77")
    field.press("Tab")
    person.click("settings_save")
    expect(person.keyed("settings_bar")).to_contain_text("Saved at")
    person.page.reload()
    expect(person.page.get_by_role("spinbutton", name="Most pages in a document")).to_have_value("77")
    person.settle()
    person.click("settings_reset")
    expect(person.page.get_by_role("spinbutton", name="Most pages in a document")).to_have_value("500")


def test_a_wrong_path_is_explained_in_place(person: Person) -> None:
    """The sentence stands at the field, and what was typed stays."""
    person.visit("/settings", "settings_bar")
    field = person.page.get_by_role("textbox", name="Excel workbook")
    field.fill("/nowhere/at/all/book.xlsx")
    field.press("Tab")
    person.click("settings_save")
    expect(person.page.get_by_text("There is no folder /nowhere/at/all").last).to_be_visible()
    expect(person.page.get_by_role("textbox", name="Excel workbook")).to_have_value("/nowhere/at/all/book.xlsx")


def test_what_works_here_is_listed(person: Person) -> None:
    """Engines, stores and the reason for what cannot be used."""
    person.visit("/settings", "settings_health")
    expect(person.keyed("settings_health")).to_contain_text("SQLite")
    expect(person.keyed("settings_health")).to_contain_text("GPU")
    expect(person.keyed("settings_paths")).to_contain_text(str(person.server.data))


def test_the_settings_fit_both_widths(new_person: NewPerson) -> None:
    """No sideways scrolling at 1280 and 1920 pixels."""
    for width, height, dark in ((1280, 800, True), (1920, 1080, False)):
        person = new_person(width=width, height=height, dark=dark)
        person.visit("/settings", "settings_bar")
        assert overflow(person.page) <= 0


def test_without_records_one_step_leads_to_the_studio(person: Person) -> None:
    """The empty Records page has one button, and it opens the Studio."""
    person.visit("/records", "empty_state")
    person.click("records_to_studio")
    expect(person.keyed("add_files")).to_be_visible()
