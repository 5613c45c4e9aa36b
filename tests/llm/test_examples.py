"""What a model is shown of a vendor's reviewed documents, and what becomes of its answers that a person confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.call import ModelName
from core.entrypoints.bootstrap import build_studio
from core.events import RunFinished
from core.extraction import Extraction
from core.invoice.model import Invoice
from core.llm.schema import reply_of
from core.recipe import ModelChoice, Recipe, Redaction
from core.settings import Settings
from core.spending import PERIODS
from core.stores.vendors import Example
from core.studio import Studio
from tests.core.memory.test_memory import FIRST, SECOND, THIRD, VENDOR, save
from tests.mock_models import MockModels

CHOICE = ModelChoice(provider="local", model="gpt-4o")
MODEL = Recipe(name="m", extractors=("model",), models={"model": CHOICE})
FENCE = "BEGIN CORRECTIONS"


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """A studio of its own."""
    made = build_studio(Settings(data_dir=tmp_path, DATABASE_URL=None))
    yield made
    made.close()


def reply(**values: str) -> str:
    """What a model answers."""
    return reply_of(Invoice.model_validate({"vendor_name": VENDOR, **values}), "invoice", "en")


def read(studio: Studio, data: bytes, run_id: str, recipe: Recipe = MODEL) -> Extraction:
    """One run."""
    *_, last = studio.extract(studio.open(data, f"{run_id}.pdf"), None, recipe, run_id=run_id)
    assert isinstance(last, RunFinished)
    return last.extraction


def sent(mock_models: MockModels) -> str:
    """All that the last question said."""
    return str(mock_models.requests()[-1]["body"])


def taught(studio: Studio, mock_models: MockModels) -> None:
    """A model read the first document's number wrong, and a person corrected it."""
    mock_models.replies(reply(invoice_number="2024", total_amount="119.00"))
    found = read(studio, FIRST, "r1")
    assert found.values.invoice_number == "2024"
    assert FENCE not in sent(mock_models)
    save(studio, "r1", found, invoice_number="KV-4711")


def example(studio: Studio, field: str = "invoice_number") -> Any:
    """The rule of the correction that was learnt."""
    (vendor,) = studio.memory.all()
    rules = [rule for rule in vendor.rules if isinstance(rule.habit, Example) and rule.habit.field == field]
    return rules[0] if rules else None


def test_the_next_document_of_the_vendor_is_asked_about_with_what_was_corrected(
    studio: Studio, mock_models: MockModels
) -> None:
    """As a difference and why; its value is asked about while the correction is on trial."""
    taught(studio, mock_models)
    mock_models.reset()
    mock_models.replies(reply(invoice_number="KV-4802", total_amount="238.00"))
    found = read(studio, SECOND, "r2")
    said = sent(mock_models)
    assert "Invoice number: given was “2024”; right was “KV-4711”, because it stands behind “Our mark”" in said
    assert said.rindex(FENCE) < said.rindex("BEGIN DOCUMENT")
    assert "Total" not in said[said.rindex(FENCE) : said.rindex("END CORRECTIONS")]
    assert found.examples == ("r1:invoice_number",)
    assert found.verdict == "needs review"
    assert any(finding.check == "learnt" and "shown a correction" in finding.message for finding in found.findings)


def test_a_correction_that_helped_is_in_use_and_one_that_misled_retires(
    studio: Studio, mock_models: MockModels
) -> None:
    """It hurt where the model took over a value of the earlier document."""
    taught(studio, mock_models)
    mock_models.reset()
    mock_models.replies(reply(invoice_number="KV-4802", total_amount="238.00"))
    save(studio, "r2", read(studio, SECOND, "r2"))
    assert (example(studio).state, example(studio).helped) == ("active", 1)
    mock_models.reset()
    mock_models.replies(reply(invoice_number="KV-4711", total_amount="357.00"))
    for run in ("r3", "r4"):
        save(studio, run, read(studio, THIRD + b" " * (run == "r4"), run), invoice_number="KV-4977")
    (vendor,) = studio.memory.all()
    olds = [rule for rule in vendor.rules if isinstance(rule.habit, Example) and rule.habit.lesson == "r1"]
    assert all(rule.state == "retired" for rule in olds)


def test_what_is_masked_is_masked_in_corrections_too(studio: Studio, mock_models: MockModels) -> None:
    """By its words, and what stands where something is hidden is left out."""
    taught(studio, mock_models)
    mock_models.reset()
    mock_models.replies(reply(total_amount="238.00"))
    by_name = Recipe(
        name="n",
        extractors=("model",),
        models={"model": CHOICE.model_copy(update={"redaction": Redaction(names=("KV-4711",))})},
    )
    read(studio, SECOND, "r2", by_name)
    assert FENCE in sent(mock_models)
    assert "KV-4711" not in sent(mock_models)
    everything = Redaction(boxes=((1, 0.0, 0.0, 2000.0, 2000.0),))
    first = studio.open(FIRST, "r1.pdf")
    studio.hide(first.sha256, everything, {})
    read(studio, THIRD, "r3")
    assert FENCE not in sent(mock_models)


def test_the_cache_does_not_answer_once_a_correction_was_learnt(studio: Studio, mock_models: MockModels) -> None:
    """And does with the same corrections."""
    mock_models.replies(reply(invoice_number="2024", total_amount="238.00"))
    read(studio, SECOND, "r0")
    taught(studio, mock_models)
    asked = mock_models.count()
    read(studio, SECOND, "r2")
    assert mock_models.count() == asked + 1
    read(studio, SECOND, "r3")
    assert mock_models.count() == asked + 1


def test_a_models_answer_that_was_confirmed_is_read_offline_the_next_time(
    studio: Studio, mock_models: MockModels
) -> None:
    """What was paid once; the rule and the value that it gave say so."""
    mock_models.replies(reply(invoice_number="KV-4711", total_amount="119.00"))
    save(studio, "r1", read(studio, FIRST, "r1"))
    (vendor,) = studio.memory.all()
    assert any(rule.paid and getattr(rule.habit, "field", "") == "invoice_number" for rule in vendor.rules)
    assert example(studio) is None
    asked = mock_models.count()
    found = read(studio, SECOND, "r2", Recipe())
    assert found.values.invoice_number == "KV-4802"
    assert any(one.path == "invoice_number" and one.paid for one in found.learnt)
    assert mock_models.count() == asked
    everything = PERIODS["This month"](studio.spending.now())
    unasked = studio._parts.bills.unasked(everything.since, everything.until, ModelName("local", "gpt-4o"), Decimal(1))
    assert unasked.taught == 1
