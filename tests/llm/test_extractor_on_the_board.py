"""The extractor behind the real switchboard, over replies that are there already: what breaks on the way is mended there, and
the person sees it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.call import Usage
from core.errors import Cancelled
from core.events import RESTART
from core.llm.extractor import LlmExtractor
from core.llm.provider import Reply
from core.llm.reply import fields_so_far
from core.recipe import ModelChoice
from tests.doubles.replay import Fault, ReplayProvider
from tests.llm.boards import make_board
from tests.llm.made_models import LINES, REPLY, page_of, request_of

ANSWER = Reply(json.dumps(REPLY), Usage(900, 200))


def provider(name: str = "a", *faults: Fault | None) -> ReplayProvider:
    """A provider whose first calls have these faults."""
    return ReplayProvider(
        lambda question, model: ANSWER,
        name,
        faults=lambda number: faults[number] if number < len(faults) else None,
        sleep=lambda seconds: None,
    )


def extract(*providers: ReplayProvider, choice: ModelChoice | None = None, **changes: Any) -> Any:
    """What one page gives, and the calls in the books."""
    place = make_board(*providers)
    request = request_of(page_of(LINES), choice=choice or ModelChoice(provider="a"), note=place.books.note, **changes)
    return LlmExtractor(place.board, providers=lambda: ("a",)).extract(request), place.books.calls


def test_a_stream_that_breaks_begins_anew() -> None:
    """The fields that were shown are void; both calls are in the books, one of them with its error."""
    pieces: list[str] = []
    draft, calls = extract(provider("a", "drop"), on_reply=pieces.append)
    streamed = "".join(pieces)
    assert streamed.count(RESTART) == 1
    assert fields_so_far(streamed)["total_amount"] == "119.00"
    assert [call.outcome for call in calls] == ["ProviderUnreachable", "ok"]
    assert draft.values.invoice_number == "R-7"


def test_a_malformed_reply_is_repaired() -> None:
    """Half a JSON and some words: asked again with what is wrong."""
    draft, calls = extract(provider("a", "malformed"))
    assert [call.purpose for call in calls] == ["extract", "repair"]
    assert draft.values.invoice_number == "R-7"


def test_another_provider_answers_in_place_of_one_that_fails() -> None:
    """Who it was stands among the findings."""
    choice = ModelChoice(provider="a", fallbacks=("b:recorded",))
    draft, calls = extract(provider("a", *["key"] * 9), provider("b"), choice=choice)
    assert calls[-1].provider == "b"
    assert any("b:recorded answered in place of a" in finding.message for finding in draft.findings)


def test_a_cancelled_run_stops_in_the_midst_of_a_reply() -> None:
    """No result, and what may have been billed is in the books."""
    pieces: list[str] = []
    with pytest.raises(Cancelled):
        extract(provider(), on_reply=pieces.append, cancelled=lambda: len(pieces) > 2)
    assert len("".join(pieces)) < len(ANSWER.text)
