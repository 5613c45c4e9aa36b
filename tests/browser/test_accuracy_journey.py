"""A journey on the Accuracy page: measure the samples, leave and come back, look at a miss, take a threshold over,
export the test cases and bring them in again."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.browser.driver import ROOT, Person, overflow

SAMPLE = ROOT / "samples" / "cases" / "english-studio"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with one test case, whose truth names another total than its page."""
    folder = tmp_path_factory.mktemp("accuracy")
    case = folder / "cases" / "english"
    shutil.copytree(SAMPLE, case)
    truth = json.loads((case / "truth.json").read_text(encoding="utf-8"))
    truth["total_amount"] = truth["subtotal"]
    (case / "truth.json").write_text(json.dumps(truth), encoding="utf-8")
    return folder


def test_one_click_measures_the_samples_also_over_a_page_switch(person: Person) -> None:
    """The run goes on while the person is elsewhere, and its result is there when they come back."""
    person.visit("/accuracy", "accuracy_samples")
    person.click("accuracy_samples")
    person.page.get_by_role("link", name="Settings").click()
    person.settle()
    person.page.get_by_role("link", name="Accuracy").click()
    expect(person.keyed("accuracy_figures")).to_be_visible(timeout=120_000)
    expect(person.input("accuracy_result")).to_have_value(re.compile("^Shipped samples"))
    expect(person.page.get_by_text("python -m core evaluate").first).to_be_visible()
    person.page.reload()
    expect(person.keyed("accuracy_figures")).to_be_visible(timeout=30_000)


def test_a_miss_is_shown_on_its_page_and_the_tables_are_taken_away(person: Person) -> None:
    """Truth and value side by side, each where it stands on the page; every table in one workbook."""
    person.visit("/accuracy", "accuracy_bar")
    person.choose("accuracy_set", "Kept test cases (1)")
    person.click("accuracy_start")
    expect(person.input("accuracy_result")).to_have_value(re.compile("^Kept test cases"), timeout=120_000)
    person.page.get_by_role("tab", name="Misses").click()
    person.settle()
    expect(person.keyed("accuracy_miss")).to_contain_text("Wrong place.")
    expect(person.keyed("accuracy_miss").locator(".miss-words.truth")).to_contain_text("10371.00")
    expect(person.keyed("accuracy_miss").locator(".miss-words.value")).to_contain_text("11226.61")
    pictures = person.keyed("accuracy_miss").locator(".miss-cut img")
    expect(pictures).to_have_count(2)
    person.page.wait_for_function(
        "() => [...document.querySelectorAll('.miss-cut img')].every((each) => each.complete && each.naturalWidth > 100)"
    )
    person.open_popover("accuracy_download", "accuracy_as_xlsx")
    book = load_workbook(io.BytesIO(Path(person.download("accuracy_as_xlsx").path()).read_bytes()))
    assert {"Fields", "Documents", "Misses"} <= set(book.sheetnames)
    assert any("10371.00" in row for row in book["Misses"].iter_rows(values_only=True))


def test_test_cases_leave_and_come_back_as_a_zip(person: Person) -> None:
    """Exported, dropped, imported again."""
    person.visit("/accuracy", "accuracy_bar")
    person.open_popover("accuracy_cases", "accuracy_export")
    packed = Path(person.download("accuracy_export").path()).read_bytes()
    assert sorted(zipfile.ZipFile(io.BytesIO(packed)).namelist()) == ["english/document.pdf", "english/truth.json"]
    shutil.rmtree(person.server.data / "cases" / "english")
    person.page.reload()
    person.settle()
    person.open_popover("accuracy_cases", "accuracy_replace")
    upload = {"name": "cases.zip", "mimeType": "application/zip", "buffer": packed}
    person.page.locator("[class*='st-key-accuracy_import_'] input[type=file]").set_input_files(upload)  # type: ignore[arg-type]
    expect(person.page.get_by_text("1 added.")).to_be_visible()
    assert (person.server.data / "cases" / "english" / "truth.json").is_file()


def test_nothing_is_wider_than_the_window(person: Person) -> None:
    """Every tab fits, and its charts are drawn."""
    person.visit("/accuracy", "accuracy_bar")
    for tab in ("Overview", "Fields", "Misses", "Confidence", "Trend"):
        person.page.get_by_role("tab", name=tab).click()
        person.settle()
        assert overflow(person.page) <= 0
    person.page.get_by_role("tab", name="Confidence").click()
    expect(person.page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
