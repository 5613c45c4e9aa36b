"""Recipes that ask models, compared: the bill, the cache, and a changed prompt."""

from __future__ import annotations

import time
from decimal import Decimal
from pathlib import Path

import pytest

from core.comparison.row import Row
from core.comparison.totals import RecipeTotals
from core.entrypoints.bootstrap import build_studio
from core.extraction import PageRef
from core.invoice.model import Invoice
from core.llm.schema import reply_of
from core.prompt import Prompt
from core.recipe import BUILT_IN, ModelChoice, Recipe
from core.settings import Settings
from core.studio import Studio
from tests.conftest import SampleFile
from tests.mock_models import MockModels

USAGE = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    """A studio of its own."""
    return build_studio(Settings(data_dir=tmp_path, DATABASE_URL=None))


def model(provider: str, prompt: str = "auto") -> Recipe:
    """A recipe that asks the provider's default model."""
    choice = ModelChoice(provider=provider, prompt=prompt)
    return Recipe(name=provider, extractors=("model",), models={"model": choice})


def ended(studio: Studio, comparison_id: str) -> list[RecipeTotals]:
    """The recipes' figures once nothing runs any more."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        kept = studio.comparison.get(comparison_id)
        cells = studio.comparison.cells(kept)
        if not any(cell.state in ("waiting", "running") for cell in cells.values()):
            return studio.comparison.totals(kept, studio.comparison.documents(kept, cells))
        time.sleep(0.02)
    raise AssertionError("the comparison does not end")


def test_models_are_compared_with_their_bill_and_asked_once(
    studio: Studio, mock_models: MockModels, digital_pdf: SampleFile
) -> None:
    """What a model costs stands beside what is free; the same again asks nobody; a new version of a prompt asks for the
    column that uses it only."""
    number = str(digital_pdf.truth["invoice_number"])
    mock_models.replies(reply_of(Invoice(invoice_number=number), "invoice", "en"), usage=USAGE)
    studio.prompts.keep(Prompt(name="mine", system="Read it.", user="{{document}}"))
    row = Row(studio.open(digital_pdf.data, "a.pdf").sha256, "a.pdf", (PageRef(1),))
    recipes = [BUILT_IN["page-only"], model("groq"), model("openai", "mine")]
    estimates = studio.comparison.estimate([row], recipes)
    assert [bool(each.usage.input) for each in estimates] == [False, True, True]
    assert estimates[1].cost
    comparison_id = studio.comparison.begin([row], recipes)
    offline, groq, openai = ended(studio, comparison_id)
    assert [each.done for each in (offline, groq, openai)] == [1, 1, 1]
    assert (offline.cost, groq.usage.input, groq.usage.output) == (Decimal(0), 1000, 100)
    assert groq.spent == groq.cost
    assert mock_models.count() == 2

    again = ended(studio, studio.comparison.begin([row], recipes))
    assert mock_models.count() == 2
    assert [each.cost for each in again] == [offline.cost, groq.cost, openai.cost]
    assert [each.spent for each in again] == [0, 0, 0]

    studio.prompts.keep(Prompt(name="mine", system="Read it well.", user="{{document}}"))
    studio.comparison.again(comparison_id)
    ended(studio, comparison_id)
    assert mock_models.count() == 3


def test_a_missing_key_is_told_before_it_runs(
    studio: Studio, digital_pdf: SampleFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the cell says it too, where the person runs it all the same."""
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    row = Row(studio.open(digital_pdf.data, "a.pdf").sha256, "a.pdf", (PageRef(1),))
    assert "key" in studio.comparison.estimate([row], [model("anthropic")])[0].problem
    assert ended(studio, studio.comparison.begin([row], [model("anthropic")]))[0].failed == 1
