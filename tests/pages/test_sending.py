"""A document that is sent to a model: what the Studio says before, shows meanwhile, and lets one look at afterwards."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.accuracy import Choice
from core.extraction import PageRef
from core.llm.providers import providers
from core.recipe import BUILT_IN, Redaction
from core.studio import Studio
from pages.shared.desk import Desk
from pages.shared.frame import get_studio
from pages.shared.reply import fields_html
from tests.conftest import SampleFile
from tests.mock_models import Fault, MockModels

ROOT = Path(__file__).parents[2]


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mock_models: MockModels) -> Studio:
    """The studio that the page will use, with its providers played by the mock."""
    monkeypatch.setenv("STUDIO_DATA_DIR", str(tmp_path))
    st.cache_resource.clear()
    return get_studio()


def reply_of(sample: SampleFile) -> str:
    """What a model that reads well would answer."""
    values = {key: value for key, value in sample.truth.items() if key != "meta"}
    values = {"order_date": None, "customer_id": None} | values
    return json.dumps({"document_type": "invoice", "language": "en", "invoice": values})


def open_page(studio: Studio, sample: SampleFile) -> AppTest:
    """The Studio page with ``sample`` on the desk, to be read by a model."""
    document = studio.open(sample.data, sample.name)
    desk = Desk("d" * 32)
    desk.put(document.sha256, document.name, 1).recipe = "model"
    studio.keep_draft(f"desk-{desk.desk_id}", desk.to_json())
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    app.query_params["desk"] = desk.desk_id
    return app.run()


def words(page: AppTest) -> str:
    """All that the page says."""
    return " ".join(str(element.value) for kind in ("markdown", "caption", "code") for element in page.get(kind))


def read(page: AppTest) -> AppTest:
    """Press Extract and wait for the result."""
    page.button(key="extract").click().run()
    for _ in range(100):
        if not page.button or "Download JSON" in str(page.main) or "Save" in [b.label for b in page.button]:
            break
        time.sleep(0.1)
        page.run()
    return page


def test_the_page_says_what_leaves_the_machine_before_it_does(studio: Studio, digital_pdf: SampleFile) -> None:
    """To whom, how much, and for how much."""
    page = open_page(studio, digital_pdf)
    assert not page.exception
    said = words(page)
    assert "Sends its text to Groq" in said.replace("\\", "")
    assert "tokens" in said


def test_what_is_hidden_never_leaves_and_comes_back_in_the_values(
    studio: Studio, digital_pdf: SampleFile, mock_models: MockModels
) -> None:
    """The server sees a placeholder; the form shows the name."""
    vendor = digital_pdf.truth["vendor_name"]
    mock_models.replies(reply_of(digital_pdf).replace(vendor, "[NAME-1]"))
    studio.configure(redaction=Redaction(names=(vendor,)))
    page = read(open_page(studio, digital_pdf))
    assert not page.exception
    sent = json.dumps(mock_models.requests()[-1]["body"])
    assert vendor not in sent
    assert "[NAME-1]" in sent
    assert page.text_input(key="field_vendor_name").value == vendor


def test_what_was_sent_can_be_looked_at_afterwards(
    studio: Studio, digital_pdf: SampleFile, mock_models: MockModels
) -> None:
    """Word for word, in the books too."""
    mock_models.replies(reply_of(digital_pdf))
    assert not read(open_page(studio, digital_pdf)).exception
    row = next(studio.spending._calls.rows(datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)))
    call = studio.spending.call(row.call.call_id)
    asked = call.sent["messages"][-1]["parts"][0]["text"]
    assert digital_pdf.truth["invoice_number"] in asked
    assert "BEGIN DOCUMENT" in asked


def test_a_model_that_does_not_answer_leaves_a_way_on(
    studio: Studio, digital_pdf: SampleFile, mock_models: MockModels
) -> None:
    """The form is empty and says why; one press leads back to the choice of how it is read."""
    mock_models.program(Fault(401))
    page = read(open_page(studio, digital_pdf))
    assert "rejects the key" in words(page)
    page.button(key="read_again").click().run()
    assert page.selectbox(key="recipe").value == "model"


def test_fields_that_arrive_are_shown_as_text() -> None:
    """A document may hold markup."""
    assert "<script>" not in fields_html({"vendor_name": "<script>x</script>"})
    assert "begins" in fields_html({})


def test_places_hidden_in_a_document_stay_hidden_however_it_lies_and_wherever_it_is_read(
    studio: Studio, digital_pdf: SampleFile, mock_models: MockModels
) -> None:
    """The page is turned after they were drawn; the Compare page and the command line send it too."""
    vendor = digital_pdf.truth["vendor_name"]
    mock_models.replies(reply_of(digital_pdf))
    document = studio.open(digital_pdf.data, digital_pdf.name)
    model = BUILT_IN["model"]
    list(studio.extract(document, [PageRef(1)], model))
    page = document.page(1, 90)
    drawn = (1, page.width * 0.75, 0, page.width, page.height)
    studio.hide(document.sha256, Redaction(boxes=(drawn,)), {1: 90})
    assert studio.hidden(document.sha256, {1: 90}).boxes[0] == pytest.approx(drawn)
    assert studio.hidden(document.sha256, {}).boxes[0] == pytest.approx((1, 0, 0, page.height, page.width * 0.25))
    list(studio.extract(document, [PageRef(1)], model))
    before, after = (json.dumps(request["body"]) for request in mock_models.requests()[-2:])
    assert "[HIDDEN-1]" in after
    assert after.count(vendor) == before.count(vendor) - 1, "the one at the top"


def test_places_hidden_in_a_document_stay_hidden_where_a_model_is_measured(
    studio: Studio, digital_pdf: SampleFile, mock_models: MockModels, tmp_path: Path
) -> None:
    """A reviewed record or a kept case is the same document."""
    mock_models.replies(reply_of(digital_pdf))
    document = studio.open(digital_pdf.data, digital_pdf.name)
    page = document.page(1)
    studio.hide(document.sha256, Redaction(boxes=((1, 0, 0, page.width, page.height * 0.25),)), {})
    case = tmp_path / "cases" / "one"
    case.mkdir(parents=True)
    (case / "document.pdf").write_bytes(digital_pdf.data)
    (case / "truth.json").write_text(json.dumps(digital_pdf.truth), encoding="utf-8")
    started = studio.accuracy.start(Choice("cases"), ["model"])
    while (job := studio.accuracy.job(started)) and job.active:
        time.sleep(0.05)
    assert mock_models.requests(), job
    assert "[HIDDEN-1]" in json.dumps(mock_models.requests()[-1]["body"])


def test_without_a_key_a_recipe_that_only_asks_a_model_does_not_run(
    studio: Studio, digital_pdf: SampleFile, einvoice_pdf: SampleFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentence stands under the choice, and the button says why; an e-invoice is read all the same."""
    for entry in providers().values():
        for name in (*entry.keys, *entry.address):
            monkeypatch.delenv(name, raising=False)
    studio.preferences.change(lambda now: now.model_copy(update={"cache_megabytes": 77}))  # providers are built anew
    page = open_page(studio, digital_pdf)
    assert "needs a key" in words(page)
    assert page.button(key="extract").disabled
    assert "needs a key" in page.button(key="extract").help
    page.selectbox(key="recipe").set_value("cascade").run()
    assert not page.button(key="extract").disabled
    assert not open_page(studio, einvoice_pdf).button(key="extract").disabled
