"""Faults everywhere: each question ends in a result or in one clear error, none is lost, and none is billed twice."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from core.call import Usage
from core.errors import ProviderError, ReplyInvalid
from core.extractor import Extracted
from core.llm.extractor import LlmExtractor
from core.llm.prices import cost_of, price_of
from core.llm.provider import Question, Reply
from core.llm.registry import build_providers
from core.llm.switchboard import Switchboard
from core.recipe import ModelChoice
from core.settings import Defaults, ProviderSettings, Settings
from storage.calls import SqlCalls
from storage.database import open_database
from tests.doubles.replay import Fault, Faults, ReplayProvider, at_random
from tests.llm.boards import Clock, ask_of, make_board
from tests.llm.made_models import LINES, REPLY, page_of, request_of, text_of
from tests.mock_models import MockModels

RUNS = 1000
SHARE = 0.3
KINDS: tuple[Fault, ...] = ("rate limited", "failed", "drop", "timeout", "malformed", "slow")
#: Those for which a provider sends no bill.
FREE = ("rate limited", "failed")
NAMES = ("one", "two", "three")


class Billing:
    """A provider's own books: how often each kind of call happened."""

    def __init__(self, name: str, seed: int) -> None:
        self.happened: Counter[str] = Counter()
        self._faults: Faults = at_random(SHARE, seed, KINDS)
        self._lock = threading.Lock()
        self.provider = ReplayProvider(self._answer, name, faults=self._fault, sleep=lambda seconds: None)

    @property
    def billed(self) -> int:
        return sum(count for kind, count in self.happened.items() if kind not in FREE)

    def _fault(self, number: int) -> Fault | None:
        fault = self._faults(number)
        with self._lock:
            self.happened[fault or "fine"] += 1
        return fault

    def _answer(self, question: Question, model: str) -> Reply:
        return Reply(text_of(REPLY), Usage(900, 200, 100))


def extract(board: Switchboard, calls: SqlCalls, number: int) -> Extracted | ProviderError | ReplyInvalid:
    """One extraction, its calls kept in the ledger under its run."""
    route = [NAMES[(number + step) % 3] for step in range(3)]
    choice = ModelChoice(provider=route[0], fallbacks=tuple(route[1:]))
    note = partial(calls.keep_call, run_id=f"run-{number}", document="doc")
    request = replace(request_of(page_of(LINES), choice=choice), note=note)
    try:
        draft = LlmExtractor(board).extract(request)
    except (ProviderError, ReplyInvalid) as error:
        return error
    assert draft is not None
    return draft


def test_a_thousand_extractions_at_thirty_percent_faults(tmp_path: Path) -> None:
    """Over three providers in twenty threads: the ledger has exactly the calls that the providers bill."""
    books = [Billing(name, seed) for seed, name in enumerate(NAMES)]
    place = make_board(*(book.provider for book in books), concurrency=7)
    calls = SqlCalls(open_database(f"sqlite:///{tmp_path / 'studio.db'}"))
    with ThreadPoolExecutor(20) as pool:
        ends = list(pool.map(partial(extract, place.board, calls), range(RUNS)))

    happened = sum((book.happened for book in books), Counter[str]())
    faults = sum(count for kind, count in happened.items() if kind != "fine")
    assert faults / happened.total() == pytest.approx(SHARE, abs=0.05)
    assert set(KINDS) < set(happened)

    drafts = [end for end in ends if isinstance(end, Extracted)]
    assert all(draft.values.total_amount == Decimal("119.00") for draft in drafts)
    assert all(str(end).strip() for end in ends if not isinstance(end, Extracted))
    assert len(drafts) > 0.98 * RUNS

    rows = list(calls.rows(datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)))
    assert len(rows) == len({row.call.call_id for row in rows}) == happened.total()
    assert sum(row.call.usage.input > 0 for row in rows) == sum(book.billed for book in books)
    assert Counter(row.call.outcome for row in rows)["ok"] == sum(happened[k] for k in ("fine", "malformed", "slow"))
    noted = Counter(row.run_id for row in rows)
    assert all(noted[f"run-{number}"] >= 1 for number, end in enumerate(ends) if isinstance(end, Extracted))
    assert calls.spent(datetime(2020, 1, 1, tzinfo=UTC)) == sum(row.call.cost or 0 for row in rows)


def test_providers_that_fail_all_the_time_end_in_errors_soon() -> None:
    """Nobody hammers a provider that is down: after a few failures it is left alone, and each question says so."""
    provider = ReplayProvider(lambda question, model: None, "one", faults=lambda number: "failed")
    place = make_board(provider, retries=2)
    errors = []
    for _ in range(100):
        with pytest.raises(ProviderError) as error:
            place.board.ask(ask_of("one"), note=place.books.note)
        errors.append(str(error.value))
    assert provider.calls < 20
    assert all(errors)
    assert {(call.outcome, call.cost) for call in place.books.calls} == {("ProviderFailed", Decimal(0))}


def test_faults_on_the_wires(mock_models: MockModels) -> None:
    """The real SDKs against a server that fails three times in ten: broken, cut and refused connections of every kind."""
    mock_models.replies(text_of(REPLY), usage={"prompt_tokens": 900, "completion_tokens": 200, "total_tokens": 1100})
    mock_models.chaos(dropRate=0.1, malformedRate=0.08, disconnectRate=0.06, rateLimitRate=0.06)
    names = ("groq", "openai", "anthropic")
    defaults = Defaults(providers={name: ProviderSettings(retries=3) for name in names})
    place = make_board()
    clock = Clock()
    outside = replace(
        place.board.outside,
        providers=partial(build_providers, Settings()),
        defaults=lambda: defaults,
        cost=cost_of,
        price=price_of,
        default_model=lambda provider, _: {"anthropic": "claude-sonnet-4-5"}.get(provider, "gpt-4o"),
    )
    board = Switchboard(outside, clock.sleep)

    def one(number: int) -> str | ProviderError:
        ask = ask_of(*(names[(number + step) % 3] for step in range(3)), text=f"Invoice {number}")
        on_text = (lambda piece: None) if number % 2 else None
        try:
            return board.ask(ask, note=place.books.note, on_text=on_text)[0].text
        except ProviderError as error:
            return error

    with ThreadPoolExecutor(10) as pool:
        ends = list(pool.map(one, range(90)))
    assert all(end == text_of(REPLY) or (isinstance(end, ProviderError) and str(end)) for end in ends)
    answered = sum(isinstance(end, str) for end in ends)
    assert answered > 80
    outcomes = Counter(call.outcome for call in place.books.calls)
    assert outcomes["ok"] == answered
    assert len({call.call_id for call in place.books.calls}) == len(place.books.calls) <= mock_models.count()
