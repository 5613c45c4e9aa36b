"""The whole way: a document through the studio to a server that plays the providers, and back into the books."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.entrypoints.bootstrap import build_studio
from core.events import RESTART, ReplyArrived, RunFinished, StepFailed
from core.extraction import Extraction
from core.invoice.model import Invoice
from core.llm.reply import fields_so_far
from core.llm.schema import reply_of
from core.prompt import Prompt
from core.recipe import BUILT_IN, ModelChoice, Recipe
from core.settings import Settings
from core.studio import Studio
from tests.conftest import SampleFile
from tests.mock_models import Answer, Fault, MockModels


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    """A studio of its own."""
    return build_studio(Settings(data_dir=tmp_path))


def perfect(sample: SampleFile) -> str:
    """What a perfect model answers for a sample."""
    return reply_of(Invoice.model_validate(_values(sample.truth)), "invoice", "en")


def _values(truth: dict[str, Any]) -> dict[str, Any]:
    known = {name: truth.get(name) for name in Invoice.model_fields if name in truth and name != "line_items"}
    items = [
        {cell: line.get(cell) for cell in ("description", "quantity", "unit_price", "total_price")}
        for line in truth.get("line_items", ())
    ]
    return {**known, "line_items": items}


def extract(studio: Studio, sample: SampleFile, recipe: Recipe, events: list[Any] | None = None) -> Extraction:
    """One run to its end, its events kept in ``events``."""
    seen = events if events is not None else []
    seen += studio.extract(studio.open(sample.data, sample.name), None, recipe)
    assert isinstance(seen[-1], RunFinished)
    return seen[-1].extraction


@pytest.mark.parametrize("provider", ["groq", "openai", "anthropic", "gemini", "local"])
def test_every_provider_reads_an_invoice(
    provider: str, studio: Studio, mock_models: MockModels, digital_pdf: SampleFile
) -> None:
    """The reply streams, its values are found on the page, the call is in the books with the prompt's name."""
    mock_models.replies(
        perfect(digital_pdf), usage={"prompt_tokens": 900, "completion_tokens": 200, "total_tokens": 1100}
    )
    recipe = Recipe(extractors=("model",), models={"model": ModelChoice(provider=provider, model="gpt-4o")})
    events: list[Any] = []
    extraction = extract(studio, digital_pdf, recipe, events)
    assert extraction.verdict == "approved"
    assert extraction.evidence["total_amount"].page == 1
    streamed = "".join(event.text for event in events if isinstance(event, ReplyArrived))
    assert fields_so_far(streamed.rpartition(RESTART)[2])["total_amount"] == str(extraction.values.total_amount)
    (call,) = extraction.calls
    assert (call.provider, call.prompt, call.outcome) == (provider, "invoice@0", "ok")


def test_a_cascade_asks_a_model_only_where_the_rules_are_not_sure(
    studio: Studio, mock_models: MockModels, digital_pdf: SampleFile
) -> None:
    """An approved result of the rules costs nothing; one that is not goes to the model."""
    mock_models.replies(perfect(digital_pdf))
    extraction = extract(studio, digital_pdf, BUILT_IN["cascade"])
    assert (extraction.extractor, mock_models.count()) == ("rules", 0)
    strict = BUILT_IN["cascade"].model_copy(update={"approve_at": 1.0})
    extraction = extract(studio, digital_pdf, strict)
    assert mock_models.count() == 1
    assert len(extraction.calls) == 1


def test_a_provider_that_fails_leaves_what_the_rules_read(
    studio: Studio, mock_models: MockModels, digital_pdf: SampleFile
) -> None:
    """A wrong key is one clear sentence."""
    mock_models.program(Fault(401, "Invalid API Key", "invalid_request_error", "invalid_api_key"))
    events: list[Any] = []
    strict = BUILT_IN["cascade"].model_copy(update={"approve_at": 1.0})
    extraction = extract(studio, digital_pdf, strict, events)
    assert extraction.extractor == "rules"
    assert extraction.values.total_amount is not None
    assert any(isinstance(event, StepFailed) and "key" in event.error for event in events)
    assert any(finding.check == "extract" for finding in extraction.findings)


def test_a_changed_prompt_is_never_answered_from_the_cache(
    studio: Studio, mock_models: MockModels, digital_pdf: SampleFile
) -> None:
    """The same again costs nothing; another default asks anew, with the other prompt."""
    mock_models.replies(perfect(digital_pdf))
    recipe = BUILT_IN["model"]
    first = extract(studio, digital_pdf, recipe)
    assert extract(studio, digital_pdf, recipe).calls == ()
    assert mock_models.count() == 1
    mine = studio.prompts.keep(Prompt(name="mine", system="Read this carefully.", user="{{document}}"))
    studio.prompts.make_default("invoice", mine.name, mine.version)
    second = extract(studio, digital_pdf, recipe)
    assert mock_models.count() == 2
    assert [run.calls[0].prompt for run in (first, second)] == ["invoice@0", "mine@1"]
    assert "Read this carefully." in str(mock_models.requests()[-1]["body"])


def test_a_reply_that_cannot_be_used_is_mended_or_kept(
    studio: Studio, mock_models: MockModels, digital_pdf: SampleFile
) -> None:
    """One repair; then an error, with the raw reply for the person to see."""
    mock_models.program('{"document_type": "poem"}', perfect(digital_pdf))
    extraction = extract(studio, digital_pdf, BUILT_IN["model"])
    assert [call.purpose for call in extraction.calls] == ["extract", "repair"]
    assert extraction.verdict == "approved"
    mock_models.reset()
    mock_models.replies("Roses are red.")
    recipe = BUILT_IN["model"].model_copy(update={"approve_at": 0.76})
    extraction = extract(studio, digital_pdf, recipe)
    assert (extraction.extractor, extraction.raw) == ("", "Roses are red.")


def test_a_reply_that_was_cut_off_is_asked_for_with_a_higher_limit(
    studio: Studio, mock_models: MockModels, digital_pdf: SampleFile
) -> None:
    """The wire's own sign of it is understood."""
    whole = perfect(digital_pdf)
    mock_models.program(Answer(whole[:200], finish="length"), whole)
    choice = ModelChoice(provider="openai", model="gpt-4o", max_output_tokens=512)
    extraction = extract(studio, digital_pdf, Recipe(extractors=("model",), models={"model": choice}))
    assert extraction.verdict == "approved"
    assert len(extraction.calls) == 2


def test_without_a_key_a_sentence_says_what_to_set(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, digital_pdf: SampleFile
) -> None:
    """Nothing is asked; a cascade gives what the rules read all the same."""
    monkeypatch.delenv("GROQ_API_KEY", raising=False)
    extraction = extract(studio, digital_pdf, BUILT_IN["model"])
    assert extraction.extractor == ""
    assert any("GROQ_API_KEY" in finding.message for finding in extraction.findings)
    strict = BUILT_IN["cascade"].model_copy(update={"approve_at": 1.0})
    assert extract(studio, digital_pdf, strict).extractor == "rules"
