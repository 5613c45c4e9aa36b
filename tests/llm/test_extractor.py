"""A model reads an invoice: what it is asked, what becomes of its reply, and what is refused."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.call import ModelName
from core.errors import ExtractionError, KeyMissing, ProviderUnreachable, ReplyCutOff, ReplyInvalid
from core.events import RESTART
from core.llm.extractor import LlmExtractor
from core.llm.provider import Reply
from core.recipe import ModelChoice
from tests.llm.made_models import LINES, REPLY, FakeModels, page_of, request_of, said


def reply(**changes: Any) -> dict[str, Any]:
    """The perfect reply with other values."""
    data = deepcopy(REPLY)
    data["invoice"].update(changes)
    return data


def extract(models: FakeModels, *pages: Any, **changes: Any) -> Any:
    """What the extractor makes of one page."""
    draft = LlmExtractor(models).extract(request_of(*(pages or (page_of(LINES),)), **changes))
    assert draft is not None
    return draft


def test_a_reply_becomes_typed_values_with_a_reason_each() -> None:
    """Amounts are exact, dates are dates, and each value names the extractor of the recipe."""
    draft = extract(FakeModels())
    assert draft.values.total_amount == Decimal("119.00")
    assert draft.values.invoice_date == date(2024, 5, 6)
    assert draft.values.line_items[0].quantity == 2
    assert draft.provenance["line_items.0.total_price"].extractor == "model"
    assert "due_date" not in draft.provenance
    assert (draft.language, draft.document_type) == ("en", "invoice")
    assert json.loads(draft.raw) == REPLY
    assert [call.call_id for call in draft.calls] == ["call-1"]


def test_the_question_holds_the_schema_and_the_page_in_its_layout() -> None:
    """Columns stay under each other; the schema is the model's own, strict."""
    models = FakeModels()
    extract(models, page_of(("Item  Qty  Price", "Blue widget  2  50.00", "Screw  4  60.10")))
    question = models.asked[0].question
    assert question.schema is not None
    assert set(question.schema["required"]) == {"document_type", "language", "invoice"}
    rows = [line for line in said(question).splitlines() if line.startswith(("Blue", "Screw"))]
    assert rows[0].index(" 2 ") == rows[1].index(" 4 ")
    assert rows[0].index("50.00") == rows[1].index("60.10")


def test_values_in_the_documents_own_notation_are_normalised() -> None:
    """A model that copies “1.234,50 €” and “06.05.2024” is understood."""
    data = reply(
        total_amount="1.234,50 €", invoice_date="06.05.2024", currency="€", billing_address="Hauptstr. 1\n10115 Berlin"
    )
    data["language"] = "de"
    invoice = extract(FakeModels(data)).values
    assert (invoice.total_amount, invoice.currency) == (Decimal("1234.50"), "EUR")
    assert invoice.invoice_date == date(2024, 5, 6)
    assert invoice.billing_address == "Hauptstr. 1, 10115 Berlin"


def test_a_number_in_the_reply_keeps_its_digits() -> None:
    """JSON numbers are no floats here."""
    text = json.dumps(REPLY).replace('"119.00"', "119.10")
    assert extract(FakeModels(text)).values.total_amount == Decimal("119.10")


def test_a_wrong_reply_is_asked_for_once_more_with_what_is_wrong() -> None:
    """The second question is marked as a repair and holds the first reply; the person is told."""
    models = FakeModels(reply(total_amount="a lot"), REPLY)
    draft = extract(models)
    assert [ask.purpose for ask in models.asked] == ["extract", "repair"]
    assert "a lot" in said(models.asked[1].question)
    assert draft.values.total_amount == Decimal("119.00")
    assert any("asked for again" in finding.message for finding in draft.findings)
    assert len(draft.calls) == 2


def test_two_wrong_replies_end_in_an_error_that_keeps_the_raw_one() -> None:
    """Nobody guesses."""
    models = FakeModels("I cannot say.", "Still not.")
    with pytest.raises(ReplyInvalid) as error:
        extract(models)
    assert error.value.raw == "Still not."
    assert len(models.asked) == 2


def test_a_repair_that_finds_nobody_keeps_the_first_reply() -> None:
    """It was paid for, and the person can see it."""
    with pytest.raises(ProviderUnreachable) as error:
        extract(FakeModels("I cannot say.", ProviderUnreachable("There is no connection.")))
    assert error.value.raw == "I cannot say."


def test_keys_beside_the_schema_are_refused() -> None:
    """A reply that leaves the schema is no reply."""
    data = reply()
    data["approve"] = True
    with pytest.raises(ReplyInvalid, match="approve"):
        extract(FakeModels(data))
    with pytest.raises(ReplyInvalid, match="payee"):
        extract(FakeModels(reply(payee="Mallory")))


def test_words_around_the_json_are_left_out_only_for_models_without_json_mode() -> None:
    """Where the schema is held to, a fence is a fault."""
    fenced = f"Here you are:\n```json\n{json.dumps(REPLY)}\n```"
    draft = extract(FakeModels(fenced, strictness="none"))
    assert any("words around" in finding.message for finding in draft.findings)
    with pytest.raises(ReplyInvalid):
        extract(FakeModels(fenced))


def test_the_reply_streams_and_begins_anew_for_the_repair() -> None:
    """The raw tab fills while the reply arrives."""
    pieces: list[str] = []
    extract(FakeModels("no json", REPLY), on_reply=pieces.append)
    text = "".join(pieces)
    assert text.split(RESTART) == ["no json", json.dumps(REPLY)]


def test_a_reply_that_was_cut_off_is_asked_for_with_a_higher_limit() -> None:
    """Where the model can write more; else the error says what happened and keeps what came."""
    half = Reply(json.dumps(REPLY)[:90], model=ModelName("fake", "small"), finish="cut off")
    models = FakeModels(half, REPLY, output=16_000)
    draft = extract(models)
    assert [ask.question.max_output_tokens for ask in models.asked] == [8192, 16_000]
    assert any("asked for again" in finding.message for finding in draft.findings)
    with pytest.raises(ReplyCutOff) as error:
        extract(FakeModels(half, output=4000))
    assert error.value.raw == half.text


def test_a_missing_key_is_one_sentence() -> None:
    """It says what to set; a fallback that has its key is used."""
    models = FakeModels()
    models.keys = False
    with pytest.raises(KeyMissing, match="FAKE_API_KEY"):
        extract(models)
    assert models.asked == []
    extractor = LlmExtractor(models, providers=lambda: ("fake",))
    assert not extractor.availability().usable
    assert "FAKE_API_KEY" in extractor.availability().reason
    models.keys = True
    assert extractor.availability().usable


def test_the_route_holds_the_fallbacks_and_their_notes_are_told() -> None:
    """Who answered in place of whom stands among the findings."""
    models = FakeModels(
        Reply(json.dumps(REPLY), model=ModelName("b", "two"), notes=("b:two answered in place of a:one.",))
    )
    draft = extract(models, choice=ModelChoice(provider="a", model="one", fallbacks=("b:two", "c")))
    assert [str(name) for name in models.asked[0].route] == ["a:one", "b:two", "c:"]
    assert any("in place of" in finding.message for finding in draft.findings)


def test_a_prompt_that_does_not_exist_is_an_error_of_the_extractor() -> None:
    """The pipeline keeps what others read."""
    with pytest.raises(ExtractionError, match="no prompt “mine”"):
        extract(FakeModels(), choice=ModelChoice(prompt="mine"))
