"""The Accuracy page, run without a browser: measuring, what is shown, thresholds, comparisons, test cases."""

from __future__ import annotations

import json
import time
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.accuracy import Choice, Miss, Place
from core.evaluation.cases import load_case
from core.events import RunFinished, StepFinished, StepProgressed
from core.extraction import PageRef
from core.jobs.queue import Job
from core.studio import Studio
from pages.accuracy_parts.confidence import best_threshold, sentence
from pages.accuracy_parts.run import progress_of
from pages.accuracy_parts.state import evaluated
from pages.accuracy_parts.tables import document_rows, field_rows, field_title, miss_row
from pages.shared import keys
from tests.conftest import SampleFile
from tests.core.made import with_value

ROOT = Path(__file__).parents[2]


def open_page(**address: str) -> AppTest:
    """The Accuracy page, loaded with an address."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    app.switch_page("pages/accuracy.py")
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    """All that the page says."""
    texts = [*app.markdown, *app.caption, *app.error, *app.warning, *app.info, *app.success, *app.toast, *app.code]
    return "\n".join(str(text.value) for text in texts)


def until_measured(app: AppTest) -> AppTest:
    """The page once the run that it shows has ended."""
    while any(button.key == "accuracy_cancel" for button in app.button):
        time.sleep(0.05)
        app.run()
    assert not app.exception
    return app


def figures(app: AppTest) -> dict[str, str]:
    """The headline."""
    return {metric.label: str(metric.value) for metric in app.metric}


@pytest.fixture
def case(studio: Studio, digital_pdf: SampleFile) -> Path:
    """One kept case whose truth says another total than the page."""
    folder = studio.accuracy.library.folder / "acme"
    folder.mkdir(parents=True)
    (folder / "document.pdf").write_bytes(digital_pdf.data)
    truth = digital_pdf.truth | {"total_amount": "1.00", "vendor_name": "=HYPERLINK(1)"}
    (folder / "truth.json").write_text(json.dumps(truth), encoding="utf-8")
    return folder


def measured(studio: Studio, *recipes: str) -> list[str]:
    """The kept cases measured; gives the ids of the results."""
    job_id = studio.accuracy.start(Choice("cases"), recipes or ("default",))
    while (job := studio.accuracy.job(job_id)) is None or job.active:
        time.sleep(0.02)
    return [row.evaluation_id for row in studio.accuracy.results_of(job_id)]


def open_tab(app: AppTest, name: str) -> AppTest:
    """The page with another tab in front."""
    app.session_state[keys.ACCURACY_TABS] = name
    app.run()
    assert not app.exception
    return app


def test_the_first_visit_offers_a_first_result_in_one_click(studio: Studio, case: Path) -> None:
    """The empty state says what the page is for; a run shows its end by itself, with the command that gives the same."""
    app = open_page()
    assert "How well are your documents read?" in said(app)
    assert any(button.key == "accuracy_samples" for button in app.button)
    app.selectbox(key=keys.ACCURACY_SET).set_value("cases").run()
    app.button(key="accuracy_start").click().run()
    until_measured(app)
    assert figures(app)["Wholly right"] == "0.0 %"
    assert f"python -m core evaluate {studio.accuracy.library.folder} --recipe default --invoice-pages" in said(app)


def test_a_run_is_found_again_by_its_address(studio: Studio, case: Path) -> None:
    """A reload in the middle of a run shows the run, and then its result."""
    job_id = studio.accuracy.start(Choice("cases"), ["default"])
    app = until_measured(open_page(**{keys.MEASURING_PARAM: job_id}))
    assert app.selectbox(key=keys.ACCURACY_RESULT).value == f"{job_id}-0"
    assert app.query_params[keys.EVALUATION_PARAM] == f"{job_id}-0"


def test_an_address_that_names_nothing_shows_the_newest_result(studio: Studio, case: Path) -> None:
    """A forged or outdated address is no error."""
    (newest,) = measured(studio)
    for wanted in ("f" * 32 + "-0", "<b>", "x"):
        app = open_page(**{keys.EVALUATION_PARAM: wanted, keys.MEASURING_PARAM: wanted})
        assert app.selectbox(key=keys.ACCURACY_RESULT).value == newest


def test_the_misses_are_listed_with_truth_and_value(studio: Studio, case: Path) -> None:
    """The first is shown beside its page; a filter leaves those of a field."""
    measured(studio)
    app = open_tab(open_page(), "Misses")
    rows = app.dataframe[0].value
    assert set(rows["Field"]) == {"Total", "Vendor"}
    app.selectbox(key=keys.MISS_FIELD).set_value("total_amount").run()
    assert list(app.dataframe[0].value["Truth"]) == ["1.00"]
    assert "Wrong place" in said(app)
    drawn = "".join(each.proto.body for each in app.get("html"))
    assert "<b>1.00</b>" in drawn
    assert "/page-picture/" in drawn


def test_a_document_that_is_gone_still_shows_its_miss(studio: Studio, case: Path) -> None:
    """The sentence says how to see the page again."""
    measured(studio)
    (case / "document.pdf").unlink()
    (case / "truth.json").unlink()
    app = open_tab(open_page(), "Misses")
    assert "cases" in said(app)
    assert app.warning


def test_two_results_are_compared_field_by_field(studio: Studio, case: Path) -> None:
    """With the difference in points, and what was mended or is new."""
    first, second = measured(studio, "default", "page-only")
    app = open_page(**{keys.EVALUATION_PARAM: first})
    app.selectbox(key=keys.ACCURACY_OTHER).set_value(second).run()
    assert not app.exception
    assert "The same misses in both." in said(app)
    open_tab(app, "Fields")
    assert set(app.dataframe[0].value["Better by"]) == {0.0}


def test_a_threshold_is_taken_over_as_the_default(studio: Studio, case: Path) -> None:
    """The slider says what would pass; the button sets the default recipe's threshold."""
    measured(studio)
    app = open_tab(open_page(), "Confidence")
    app.slider(key=keys.THRESHOLD).set_value(60).run()
    assert "At 60 %" in said(app)
    app.button(key="accuracy_use_threshold").click().run()
    assert not app.exception
    assert studio.defaults.recipe.approve_at == pytest.approx(0.6)


def test_a_recipe_that_was_changed_since_is_named_by_its_file(studio: Studio, case: Path) -> None:
    """The command beside the figures stays true: it takes the recipe as it was, which can be downloaded."""
    measured(studio)
    assert "--recipe default --invoice-pages" in said(open_page())
    changed = studio.defaults.recipe.model_copy(update={"extractors": ("rules",)})
    studio.configure(recipe=changed)
    assert "--recipe default.json --invoice-pages" in said(open_page())


def test_the_trend_lists_the_runs_of_a_set(studio: Studio, case: Path) -> None:
    """Newest first."""
    measured(studio)
    measured(studio)
    app = open_tab(open_page(), "Trend")
    assert len(app.dataframe[0].value) == 2


def test_tables_that_are_taken_away_hold_no_formula(studio: Studio, case: Path) -> None:
    """A truth that looks like a formula stays text."""
    (result,) = map(studio.accuracy.evaluated, measured(studio))
    misses = [miss_row(one, miss) for one in result.documents for miss in one.misses]
    csv = studio.export_table(misses, "csv").decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in csv
    assert document_rows(result)[0]["Misses"] == 2
    total = next(row for row in field_rows(result) if row["Field"] == "All header fields")
    assert total["Wrong place"] + total["Wrong format"] + total["Not found"] == 2


def test_cases_are_measured_only_where_a_recipe_is_chosen(studio: Studio, case: Path) -> None:
    """And a folder outside the data folder is refused in one sentence."""
    app = open_page()
    app.multiselect(key=keys.ACCURACY_RECIPES).set_value([]).run()
    assert app.button(key="accuracy_start").disabled
    app.multiselect(key=keys.ACCURACY_RECIPES).set_value(["default"]).run()
    app.selectbox(key=keys.ACCURACY_SET).set_value("folder").run()
    app.text_input(key=keys.ACCURACY_FOLDER).set_value("/etc").run()
    app.button(key="accuracy_start").click().run()
    assert "Only folders inside the data folder" in said(app).replace("\\", "")


def test_a_record_is_kept_as_a_test_case_from_its_page(studio: Studio, digital_pdf: SampleFile) -> None:
    """One click in Records; a record that waits for review has to be reviewed first."""
    document = studio.open(digital_pdf.data, "paper.pdf")
    run_id = "b" * 32
    events = studio.extract(document, [PageRef(1)], run_id=run_id)
    extraction = next(event.extraction for event in events if isinstance(event, RunFinished))
    saved: dict[str, int] = {
        status: studio.save(
            with_value(extraction.values, "total_amount", Decimal(total)),
            ("database",), run_id=run_id, extraction=extraction, status=status,  # type: ignore[arg-type]
        ).order_id
        for status, total in (("reviewed", "5.00"), ("needs review", "6.00"))
    }  # fmt: skip
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    app.switch_page("pages/records.py")
    app.query_params["record"] = str(saved["needs review"])
    app.run()
    assert app.button(key="keep_case").disabled
    app.query_params["record"] = str(saved["reviewed"])
    app.run()
    app.button(key="keep_case").click().run()
    assert not app.exception
    (case_id,) = studio.accuracy.library.case_ids()
    assert load_case(studio.accuracy.library.folder / case_id).truth["total_amount"] == "5.00"


def test_a_run_that_was_stopped_says_so(studio: Studio, case: Path) -> None:
    """And that the next one is quicker."""
    job_id = studio.accuracy.start(Choice("cases"), ["default", "page-only"])
    studio.accuracy.cancel(job_id)
    app = until_measured(open_page(**{keys.MEASURING_PARAM: job_id}))
    assert "Stopped after" in said(app)
    assert any(button.key == "accuracy_start" and not button.disabled for button in app.button)


def test_a_file_that_is_no_zip_is_refused_in_one_sentence(studio: Studio, case: Path) -> None:
    """The kept cases stay as they are; one can be dropped."""
    app = open_page()
    app.file_uploader(key="accuracy_import_0").set_value([("cases.zip", b"no zip", "application/zip")]).run()
    assert not app.exception
    assert "cannot be read as a zip" in said(app)
    app.selectbox(key=keys.ACCURACY_DROP).set_value("acme").run()
    app.button(key="accuracy_drop_yes").click().run()
    assert not app.exception
    assert studio.accuracy.library.case_ids() == []


def test_progress_is_told_from_the_facts() -> None:
    """How many are done, of how many, and which is being read."""
    events = (StepProgressed("evaluate", 0, 4, "a"), StepFinished("a", 0.1), StepProgressed("evaluate", 1, 4, "b"))
    assert progress_of(Job("x", "t", "running", events)) == (1, 4, "b")
    assert progress_of(Job("x", "t", "queued")) == (0, 0, "")


def test_the_sentence_of_a_threshold_names_shares_and_their_doubt(studio: Studio, case: Path) -> None:
    """Nothing passes at 100 %; the best threshold keeps wrong amounts out or there is none."""
    (result,) = map(evaluated, measured(studio))
    found = result.figures
    assert "no document passes" in sentence(found, 1.0)
    assert "100 % of documents pass unseen" in sentence(found, 0.0)
    assert "95 % certainty" in sentence(found, 0.0)
    assert best_threshold(found) is None


def test_a_cell_is_named_with_its_line() -> None:
    """So that one finds it on the page."""
    miss = Miss(
        name="item.quantity", path="line_items.2.quantity", title="Quantity", line=3, truth="2", cause="misread"
    )
    one: Any = SimpleNamespace(case_id="a", titles={})
    assert miss_row(one, miss)["Field"] == "Line 3: Quantity"
    assert field_title("item.quantity", {}) == "Line: Quantity"
    assert Place(page=1, ratio=1.4, boxes=((0, 0, 1, 1),)).words == ""
