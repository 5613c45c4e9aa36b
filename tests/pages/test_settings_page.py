"""The Settings page, run without a browser: what works here, and choices that persist."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from streamlit.testing.v1 import AppTest

from core.call import ModelName
from core.entrypoints.bootstrap import build_studio
from core.errors import DatabaseUnavailable, RecordMissing
from core.preferences import FRESH
from core.recipe import BUILT_IN
from core.settings import Budget, Defaults, Limits, Settings
from core.studio import Studio
from pages.settings_parts.place import database_place
from pages.shared.model_form import choices, read_form, shown_name
from tests.conftest import SampleFile

ROOT = Path(__file__).parents[2]


def open_page() -> AppTest:
    """The Settings page, loaded."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=20)
    app.switch_page("pages/settings.py").run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    """All that the page says."""
    texts = [*app.markdown, *app.caption, *app.error, *app.warning, *app.toast, *app.code]
    return "\n".join(str(text.value) for text in texts)


def widget(app: AppTest, kind: str, title: str) -> Any:
    """The widget of a setting, by its title."""
    return next(found for found in app.get(kind) if found.label == title)


def test_everything_here_is_listed_with_its_reason(studio: Studio) -> None:
    """Each engine, extractor and store stands there, usable or not, with its line."""
    shown = said(open_page())
    for kind, name, _ in studio.health():
        assert kind in shown
        assert shown_name(name) in shown.replace("\\", "")
    assert "not usable" in shown


def test_languages_of_the_engines_are_shown(studio: Studio) -> None:
    """What an OCR engine reads well stands beside it and can be chosen."""
    app = open_page()
    assert "de, " in said(app)
    assert "fr" in widget(app, "multiselect", "Languages").options


def test_paths_are_shown(studio: Studio) -> None:
    """Where data, database and workbook are."""
    shown = said(open_page())
    assert str(studio.settings.data_dir.resolve()) in shown
    assert "studio.db" in shown
    assert "invoice_database.xlsx" in shown


def test_every_setting_of_the_model_has_its_widget(studio: Studio) -> None:
    """The form is drawn from the model: nothing is kept by hand."""
    app = open_page()
    labels = {
        found.label
        for kind in ("number_input", "slider", "toggle", "multiselect", "selectbox", "text_input")
        for found in app.get(kind)
    }
    assert {choice.title for choice in choices()} <= labels


def test_a_choice_persists(studio: Studio) -> None:
    """A saved limit is used at once and found again by the next process."""
    app = open_page()
    widget(app, "number_input", "Most pages in a document").set_value(12)
    app.button(key="settings_save").click().run()
    assert "Saved at" in said(app)
    assert studio.defaults.limits.pages == 12
    assert build_studio(studio.settings).defaults.limits.pages == 12


def test_a_wrong_value_is_explained_and_kept(studio: Studio) -> None:
    """A workbook that is none is refused with a sentence; what was typed stays and nothing is saved."""
    app = open_page()
    widget(app, "text_input", "Excel workbook").set_value("orders.pdf")
    app.button(key="settings_save").click().run()
    assert "must end in .xlsx" in said(app).replace("\\", "")
    assert "Not saved" in said(app)
    assert widget(app, "text_input", "Excel workbook").value == "orders.pdf"
    assert studio.defaults.workbook_path is None


def test_a_number_out_of_bounds_is_named_beside_the_button(studio: Studio) -> None:
    """The sentence says field and bounds, there and at the field; other changes stay typed, and an earlier “Saved at”
    is gone. Put right, all is saved."""
    app = open_page()
    app.button(key="settings_save").click().run()
    assert "Saved at" in said(app)
    widget(app, "number_input", "Largest file (MB)").set_value(5000)
    widget(app, "number_input", "Most pages in a document").set_value(12)
    app.button(key="settings_save").click().run()
    shown = said(app).replace("\\", "")
    assert "Not saved. Largest file (MB): 1 to 2,000." in shown
    assert shown.count("Largest file (MB): 1 to 2,000.") == 2
    assert "Saved at" not in shown
    assert widget(app, "number_input", "Most pages in a document").value == 12
    assert studio.defaults == Defaults()
    widget(app, "number_input", "Largest file (MB)").set_value(2000)
    app.button(key="settings_save").click().run()
    assert (studio.defaults.limits.file_megabytes, studio.defaults.limits.pages) == (2000, 12)


def test_reset_brings_the_shipped_defaults_back(studio: Studio) -> None:
    """One click undoes every choice."""
    studio.configure(limits=Limits(pages=3), save_to=("database",))
    app = open_page()
    app.button(key="settings_reset").click().run()
    assert studio.defaults == Defaults()
    assert widget(app, "number_input", "Most pages in a document").value == Defaults().limits.pages
    assert "Reset to the shipped defaults at" in said(app)


def test_the_cache_can_be_emptied(studio: Studio) -> None:
    """The button drops what the cache holds."""
    app = open_page()
    app.button(key="settings_clear_cache").click().run()
    assert "The cache is empty" in said(app)


@pytest.mark.parametrize(
    ("place", "value", "sentence"),
    [
        (("limits", "pages"), 0, "Most pages in a document: 1 to 10,000."),
        (("recipe", "extractors"), [], "at least 1"),
        (("save_to",), [], "at least one place"),
        (("workbook_path",), "/no/such/folder/a.xlsx", "no folder"),
        (("recipe", "ocr", "dpi"), 9000, "Resolution: 72 to 600."),
    ],
)
def test_a_value_that_cannot_be_is_named(place: tuple[str, ...], value: object, sentence: str) -> None:
    """The setting's path leads to a sentence, and the defaults stay as they were."""
    read, errors = read_form(Defaults(), {place: value})
    assert sentence in errors[place]
    assert read == Defaults()


def test_a_database_is_named_without_user_and_password() -> None:
    """Host and database are shown; who and with what secret is not."""
    url = SecretStr("postgresql+psycopg://clerk:geheim@db.example.org:5433/studio")
    assert database_place(Settings(DATABASE_URL=url)) == "postgresql://db.example.org:5433/studio"


def test_another_recipe_becomes_the_default(studio: Studio) -> None:
    """One that ships, or that the person saved; its choices then stand in the form."""
    page = open_page()
    page.radio(key="settings_recipe_choice").set_value("cascade").run()
    page.button(key="settings_recipe_use").click().run()
    assert not page.exception
    assert studio.defaults.recipe.name == "default"
    assert studio.defaults.recipe.digest == BUILT_IN["cascade"].digest


def test_choices_that_cannot_be_used_are_named_and_put_right_in_one_click(studio: Studio) -> None:
    """All others hold; until the click no model is asked, since a limit may be among them."""
    kept = {"cache_megabytes": 77, "budget": {"day": "five", "hard": True}}
    studio._parts.preferences._store.change(lambda text: json.dumps(kept))
    time.sleep(FRESH)
    app = open_page()
    assert "budget.day: input should be a valid decimal" in said(app).replace("\\", "")
    assert "no model is asked" in said(app)
    assert studio.models.missing(ModelName("", "")).startswith("No model is asked")
    app.button(key="settings_mend").click().run()
    assert "budget.day" not in said(app).replace("\\", "")
    assert studio.preferences.unsure == ""
    assert (studio.defaults.cache_megabytes, studio.defaults.budget) == (77, Budget(hard=True))


def test_saving_the_form_keeps_what_another_process_chose_meanwhile(studio: Studio) -> None:
    """Only what was typed is written."""
    app = open_page()
    widget(app, "number_input", "Most pages in a document").set_value(12)
    build_studio(studio.settings).configure(limits=Limits(file_megabytes=9))
    app.button(key="settings_save").click().run()
    assert studio.defaults.limits == Limits(file_megabytes=9, pages=12)


def test_where_nothing_can_be_kept_a_sentence_says_so_and_what_was_typed_stays(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On every page that keeps a choice, and no error of the system's own."""

    def refuse(write: object) -> None:
        raise DatabaseUnavailable("The database cannot be written: check its folder.")

    monkeypatch.setattr(studio._parts.preferences._store, "change", refuse)
    app = open_page()
    widget(app, "number_input", "Most pages in a document").set_value(12)
    app.button(key="settings_save").click().run()
    assert not app.exception
    assert "The database cannot be written" in said(app)
    assert widget(app, "number_input", "Most pages in a document").value == 12
    app.button(key="settings_recipe_use").click().run()
    assert not app.exception
    assert "Not kept" in said(app)
    cost = AppTest.from_file(str(ROOT / "pages" / "cost.py"), default_timeout=20).run()
    cost.number_input(key="cost_budget_day").set_value(0.8)
    cost.button(key="cost_budget_keep").click().run()
    assert not cost.exception
    assert "Not kept" in cost.toast[0].value
    assert cost.number_input(key="cost_budget_day").value == 0.8


def test_a_vendor_is_deleted_on_request_after_it_was_shown(studio: Studio, digital_pdf: SampleFile) -> None:
    """The name, what goes, the tick, and it is gone; without the tick the button is grey."""
    document = studio.open(digital_pdf.data, digital_pdf.name)
    app = open_page()
    app.text_input(key="forget_what").input(digital_pdf.truth["vendor_name"]).run()
    app.button(key="forget_show").click().run()
    shown = said(app).replace("\\", "")
    assert "1 document" in shown
    assert digital_pdf.name in shown
    assert app.button(key="forget_do").disabled
    app.checkbox(key="forget_sure").check().run()
    app.button(key="forget_do").click().run()
    assert not app.exception
    assert "no file of the data folder any more" in app.info[0].value
    with pytest.raises(RecordMissing):
        studio.document(document.sha256)


def test_a_name_of_two_letters_is_no_request(studio: Studio) -> None:
    """The sentence stands there, nothing is shown."""
    app = open_page()
    app.text_input(key="forget_what").input("Al").run()
    app.button(key="forget_show").click().run()
    assert "whole name" in app.info[0].value


def test_days_of_keeping_are_shown_before_they_are_kept(studio: Studio) -> None:
    """What would go today stands there; only then can the days be kept, and an empty field is for good."""
    app = open_page()
    field = widget(app, "number_input", "Inbox rows that are saved or rejected")
    assert field.value is None
    field.set_value(90).run()
    assert not [button for button in app.button if button.key == "retention_keep"]
    app.button(key="retention_show").click().run()
    assert "Nothing would go today." in said(app)
    app.button(key="retention_keep").click().run()
    assert not app.exception
    assert (studio.defaults.retention.inbox, studio.defaults.retention.trail) == (90, None)
