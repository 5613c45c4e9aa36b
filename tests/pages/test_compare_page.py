"""The Compare page, run without a browser: choosing, watching, judging, and what can be taken away."""

from __future__ import annotations

import io
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.comparison.row import Row
from core.comparison.sources import Source, case_sources, merge
from core.errors import ExtractionError
from core.extraction import PageRef
from core.extractor import Availability, Extracted, Request
from core.invoice.model import Invoice, LineItem
from core.recipe import BUILT_IN, ModelChoice, Recipe
from core.schema.document_type import DocumentType
from core.stores.comparisons import Comparison
from core.studio import Studio
from pages.compare_parts import setup as compare_setup
from pages.compare_parts.document import SORTS, chosen_rows, take_vote
from pages.compare_parts.downloads import csv_of, excel_of, html_of
from pages.compare_parts.page_view import boxes_of, row_data
from pages.compare_parts.recipes import describe_tally, scatter, totals_table
from pages.shared import keys
from pages.shared.recipe_builder import build_recipe, describe_recipe
from tests.conftest import SampleFile

ROOT = Path(__file__).parents[2]
EVIL = '=HYPERLINK("http://x")<script>alert(1)</script>'


class Reader:
    """An extractor that gives one invoice, or fails."""

    name = "reader"
    streams = False

    def __init__(self, invoice: Invoice | None) -> None:
        self.values = invoice

    def availability(self) -> Availability:
        return Availability(True)

    def reads(self, kind: DocumentType) -> bool:
        return True

    def extract(self, request: Request) -> Extracted:
        if self.values is None:
            raise ExtractionError("The quota is used up: wait, or choose another provider.")
        return Extracted(self.values, "{}")


def recipe(name: str) -> Recipe:
    """A recipe of the reader of that name."""
    return Recipe(name=name, extractors=(name,))


@pytest.fixture
def compared(studio: Studio, digital_pdf: SampleFile) -> str:
    """A comparison of one document: the offline recipe, one that reads another customer, and one that fails."""
    extractors: Any = studio._parts.runs.pipeline.extractors
    line = LineItem(description="=1+1", quantity=None)
    extractors["evil"] = Reader(Invoice(invoice_number="X-1", customer_name=EVIL, line_items=(line,)))
    extractors["broken"] = Reader(None)
    document = studio.open(digital_pdf.data, "paper <b>.pdf")
    row = Row(document.sha256, document.name, (PageRef(1),))
    comparison_id = studio.comparison.begin([row], [BUILT_IN["page-only"], recipe("evil"), recipe("broken")])
    wait_for(studio, comparison_id)
    return comparison_id


def make_case(folder: Path, sample: SampleFile) -> Path:
    """A case of ``sample`` in ``folder``; gives the case's own folder."""
    case = folder / "one"
    case.mkdir(parents=True)
    (case / "document.pdf").write_bytes(sample.data)
    (case / "truth.json").write_text(json.dumps(sample.truth))
    return case


def wait_for(studio: Studio, comparison_id: str) -> Comparison:
    """The comparison once nothing runs any more."""
    for _ in range(3000):
        kept = studio.comparison.get(comparison_id)
        if not any(cell.state in ("waiting", "running") for cell in studio.comparison.cells(kept).values()):
            return kept
        time.sleep(0.01)
    raise AssertionError("the comparison does not end")


def open_page(**address: str) -> AppTest:
    """The Compare page, loaded with an address."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    app.switch_page("pages/compare.py")
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    """All that the page says."""
    texts = [*app.markdown, *app.caption, *app.error, *app.warning, *app.info]
    return "\n".join(str(text.value) for text in texts)


def test_a_first_visit_says_what_it_is_for_and_has_one_click(studio: Studio) -> None:
    """The samples are ticked with two recipes that cost nothing."""
    app = open_page()
    assert "Which recipe reads your documents best?" in said(app)
    assert "costs nothing" in said(app)
    assert app.button("compare_start").label == "Compare 5 documents × 2 recipes"
    assert app.multiselect(keys.COMPARE_RECIPES).value == ["default", "always-ocr"]


def test_the_first_click_begins_and_the_address_names_it(
    studio: Studio, tmp_path: Path, digital_pdf: SampleFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reload by that address finds it; leaving the page and coming back too."""
    monkeypatch.setattr(compare_setup, "FOLDER", make_case(tmp_path / "shipped", digital_pdf).parent)
    monkeypatch.setattr(compare_setup, "FIRST", ("default", "page-only"))
    app = open_page()
    app.button("compare_first").click().run()
    comparison_id = studio.comparison.latest()[0].comparison_id
    assert app.query_params[keys.COMPARISON_PARAM] == comparison_id
    wait_for(studio, comparison_id)
    again = open_page(comparison=comparison_id)
    assert "2 of 2 read" in said(again)
    again.switch_page("pages/records.py").run()
    again.switch_page("pages/compare.py").run()
    assert again.query_params[keys.COMPARISON_PARAM] == comparison_id


def test_the_matrix_tells_results_and_failures(studio: Studio, compared: str) -> None:
    """Verdict and time of what was read, the sentence of what was not."""
    app = open_page(comparison=compared)
    matrix = app.dataframe[0].value
    assert "ready" in matrix["page-only"][0]
    assert matrix["broken"][0] == "✕ The quota is used up: wait, or choose another provider."
    assert matrix["Differ"][0] > 3
    assert "2 of 3 read · 1 failed" in said(app)
    assert app.button("compare_retry").label == "Try the 1 failed again"


def test_an_unknown_comparison_says_so(studio: Studio) -> None:
    """And the page is ready for a new one."""
    app = open_page(comparison="f" * 32)
    assert "no longer kept" in said(app)
    assert app.button("compare_first")


def test_deleting_leads_back_to_the_choice(studio: Studio, compared: str) -> None:
    """The comparison is gone."""
    app = open_page(comparison=compared)
    app.button("compare_remove").click().run()
    assert studio.comparison.latest() == []
    assert app.button("compare_first")


def test_a_click_on_a_value_is_a_vote_and_a_second_one_takes_it_back(studio: Studio, compared: str) -> None:
    """A typed value is a vote too, read as the field's type; what cannot be read is said."""
    kept = studio.comparison.get(compared)

    def document() -> Any:
        return studio.comparison.documents(kept)[0]

    assert take_vote(kept, 0, document(), {"path": "customer_name", "column": 1})
    assert [vote.value for vote in studio.comparison.votes(kept)] == [EVIL]
    assert take_vote(kept, 0, document(), {"path": "customer_name", "column": 1})
    assert studio.comparison.votes(kept) == []
    take_vote(kept, 0, document(), {"path": "total_amount", "text": "1,234.50"})
    take_vote(kept, 0, document(), {"path": "due_date", "text": "  "})
    assert {vote.path: vote.value for vote in studio.comparison.votes(kept)} == {
        "total_amount": "1234.50",
        "due_date": None,
    }
    take_vote(kept, 0, document(), {"path": "total_amount", "text": "much"})
    assert "Total" in st.session_state.pop(keys.COMPARE_VOTE_ERROR)
    assert not take_vote(kept, 0, document(), {"path": "nonsense", "column": 0})
    assert not take_vote(kept, 0, document(), {"path": "currency", "column": 2})


def test_values_can_be_narrowed_and_ordered(studio: Studio, compared: str) -> None:
    """Empty rows are left out; disagreements first keeps the page's order within each part."""
    document = studio.comparison.documents(studio.comparison.get(compared))[0]
    every = chosen_rows(document.sheet, False, SORTS[0])
    assert all(not row.agreed for row in chosen_rows(document.sheet, True, SORTS[0]))
    first = chosen_rows(document.sheet, False, SORTS[1])
    assert [row.agreed for row in first] == sorted(row.agreed for row in every)
    assert len(chosen_rows(document.sheet, False, SORTS[2])) == len(every)


def test_the_view_gets_text_marks_and_the_places_of_each_recipe(studio: Studio, compared: str) -> None:
    """The recipe that failed has an empty cell; places are fractions of the page."""
    document = studio.comparison.documents(studio.comparison.get(compared))[0]
    row = next(each for each in document.sheet if each.path == "invoice_number")
    told = row_data(row)
    assert told["differs"]
    assert told["cells"][1]["text"] == "X-1"
    assert told["cells"][2] is None
    boxes = boxes_of(document.results, [row])
    assert {box["column"] for box in boxes} == {0}
    assert all(0 <= part <= 1 for box in boxes for part in box["at"])


def test_the_downloads_hold_text_as_text(studio: Studio, compared: str) -> None:
    """No formula in Excel or CSV, no markup in the report, which loads nothing."""
    studio.comparison.vote(compared, studio.comparison.get(compared).rows[0]["document"], "customer_name", EVIL, "evil")
    book = openpyxl.load_workbook(io.BytesIO(excel_of(compared)))
    assert book.sheetnames == ["Recipes", "Readings", "Values", "Findings"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert EVIL in [cell.value for cell in cells]
    assert all(cell.data_type != "f" for cell in cells)
    told = csv_of(compared).decode("utf-8-sig")
    assert "'=HYPERLINK" in told
    assert "'=1+1" in told
    report = html_of(compared).decode()
    assert "<script" not in report
    assert "&lt;script&gt;" in report
    assert "paper &lt;b&gt;.pdf" in report
    assert "src=" not in report
    assert "href=" not in report


def test_the_recipes_figures_leave_out_what_says_nothing(studio: Studio, compared: str) -> None:
    """Without truth, votes and models there are no such columns; votes bring theirs."""
    kept = studio.comparison.get(compared)

    def table() -> list[dict[str, Any]]:
        totals = studio.comparison.totals(kept, studio.comparison.documents(kept))
        return totals_table(kept, totals, [True, False, False])

    assert not {"Header F1", "Your votes", "Cost"} & set(table()[0])
    assert table()[0]["Recipe"] == "★ page-only"
    studio.comparison.vote(compared, kept.rows[0]["document"], "invoice_number", "X-1")
    assert [row["Your votes"] for row in table()] == ["right in 0 of 1", "right in 1 of 1", "–"]


def test_the_chart_shows_every_recipe_that_was_measured(studio: Studio, compared: str) -> None:
    """One that failed has no point; what is worth having is marked; a name is never markup."""
    kept = studio.comparison.get(compared)
    studio.comparison.vote(compared, kept.rows[0]["document"], "invoice_number", "X-1")
    named = [recipe.model_copy(update={"name": f"<b>{recipe.name}"}) for recipe in kept.recipes]
    totals = studio.comparison.totals(kept, studio.comparison.documents(kept))
    kept = replace(kept, recipes=tuple(named))
    figure = scatter(kept, totals, [True, False, False], "Seconds a document")
    assert [point.text[0] for point in figure.data] == ["★ &lt;b>page-only", "&lt;b>evil"]
    assert scatter(kept, [totals[2]] * 3, [False] * 3, "Cost a document") is None


def test_new_comparison_leads_back_to_the_choice(studio: Studio, compared: str) -> None:
    """And the earlier one can be opened from there."""
    app = open_page(comparison=compared)
    app.button("compare_new").click().run()
    assert keys.COMPARISON_PARAM not in app.query_params
    app.selectbox(keys.COMPARE_EARLIER).select(compared).run()
    assert app.query_params[keys.COMPARISON_PARAM] == compared


def test_a_person_sees_their_own_unless_they_ask_for_everybodys(studio: Studio, compared: str) -> None:
    """What somebody else compared and read stands there only after a click; what was opened by its link is one's own."""
    app = open_page()
    assert list(app.selectbox(keys.COMPARE_EARLIER).options) == []
    assert not any("paper" in name for name in app.dataframe[0].value["Document"])
    app.toggle(keys.COMPARE_EVERYBODYS).set_value(True).run()
    assert len(app.selectbox(keys.COMPARE_EARLIER).options) == 1
    assert any("paper" in name for name in app.dataframe[0].value["Document"])
    app = open_page(comparison=compared)
    desk = app.query_params["desk"]
    app = open_page(desk=desk if isinstance(desk, str) else desk[0])
    assert len(app.selectbox(keys.COMPARE_EARLIER).options) == 1
    assert any("paper" in name for name in app.dataframe[0].value["Document"])


def test_a_recipe_becomes_the_default(studio: Studio, compared: str) -> None:
    """From the Recipes tab, kept in the settings."""
    app = open_page(comparison=compared)
    app.session_state[keys.COMPARE_TABS] = "Recipes"
    app.run()
    app.button("compare_default").click().run()
    assert studio.defaults.recipe.extractors == ("rules",)
    assert studio.defaults.recipe.name == "default"
    assert app.button("compare_default").disabled


def test_a_recipe_of_ones_own_is_made_from_another(studio: Studio) -> None:
    """In the builder; it is saved, and chosen for the comparison."""
    app = open_page()
    app.button("compare_new_recipe").click().run()
    app.button("recipe_save").click().run()
    assert studio.defaults.recipes["default 2"].extractors == BUILT_IN["default"].extractors
    assert "default 2" in app.multiselect(keys.COMPARE_RECIPES).value


def test_a_built_recipe_asks_the_model_that_was_chosen() -> None:
    """Everything else stays as in the one it began with."""
    choice = ModelChoice(provider="openai", model="m", prompt="mine", version=3, input="image")
    made = build_recipe(
        BUILT_IN["default"], "mine", {"engine": "rapid", "dpi": 300}, ["rules", "model"], {"model": choice}
    )
    assert isinstance(made, Recipe)
    assert (made.extractors, made.models["model"], made.ocr.cleanup) == (
        ("rules", "model"),
        choice,
        BUILT_IN["default"].ocr.cleanup,
    )
    assert describe_recipe(made) == "RapidOCR (built in) → Offline rules, openai m · image · mine@3"
    assert "cannot be used" in str(build_recipe(BUILT_IN["default"], "mine", {"dpi": 9000}, ["rules"], {}))


def test_a_document_is_listed_once_with_its_truth(tmp_path: Path, digital_pdf: SampleFile) -> None:
    """A case on the desk keeps the case's truth, unless other pages of it were chosen; a broken case hides no other."""
    broken = tmp_path / "cases" / "a-broken-one" / "truth.json"
    broken.parent.mkdir(parents=True)
    broken.write_text("{")
    folder = make_case(tmp_path / "cases", digital_pdf)
    case = case_sources([(tmp_path / "cases", "Case"), (tmp_path / "none", "Case")])[0]
    whole = Source(case.document, "a.pdf", "On the desk", (PageRef(1),))
    other = Source(case.document, "a.pdf", "On the desk", (PageRef(2),))
    earlier = Source(case.document, "a.pdf", "Read before")
    assert case.truth == str(folder.resolve())
    assert [(each.origin, bool(each.truth)) for each in merge([whole], [case], [earlier])] == [("On the desk", True)]
    assert [bool(each.truth) for each in merge([other], [case])] == [False, True]


def test_saved_recipes_are_offered_beside_those_that_ship(studio: Studio) -> None:
    """By the name they are saved under."""
    kept = {"mine": Recipe(name="other", extractors=("rules",))}
    studio.configure(recipes=kept)
    found = studio.defaults.known_recipes()
    assert list(found) == [*BUILT_IN, "mine"]
    assert found["mine"].name == "mine"


def test_votes_are_told_in_words() -> None:
    """Right in so many of so many."""
    from core.comparison.totals import Tally

    assert describe_tally(Tally(12, 14)) == "right in 12 of 14"
    assert describe_tally(Tally()) == "–"
