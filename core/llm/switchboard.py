"""All providers behind one door: turns, retries, circuit breakers, fallbacks, budget, price and record of every call."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from math import ceil
from typing import TYPE_CHECKING

from core.call import NO_MODEL, Call, ModelName, Note, Usage
from core.cancelling import IsCancelled, stop_if
from core.errors import BudgetExceeded, KeyMissing, LimitsUnknown, ModelUnknown, ProviderError, ProviderPaused
from core.llm.budget import BudgetGuard
from core.llm.limits import Sleep, Turns, outcome_of, pause
from core.llm.provider import Ask, Capabilities, Estimate, OnText, Price, Provider, Question, Reply
from core.llm.record import CallRecord, Listener
from core.llm.tokens import expected_usage, greatest_usage
from core.settings import Defaults, ModelPrice, ProviderSettings
from core.stores.holds import Holds
from core.stores.traffic import Limits, Traffic

if TYPE_CHECKING:
    from tenacity import RetryCallState

#: Seconds: the first wait between two tries is at most this (doubled each time), and no wait is longer than that.
FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0

#: Threads that keep the pictures of questions under way.
HELPERS = 4

Prices = Mapping[str, ModelPrice]


@dataclass(frozen=True, slots=True)
class Outside:
    """What the switchboard needs of the rest of the house. ``providers`` builds them for the person's choices, ``keep``
    stores a picture and gives its SHA-256, ``holds`` knows what is held back of a hard budget, ``traffic`` the calls that are
    under way."""

    providers: Callable[[Defaults], Mapping[str, Provider]]
    defaults: Callable[[], Defaults]
    cost: Callable[[ModelName, Usage, Prices], Decimal | None]
    price: Callable[[ModelName, Prices], Price | None]
    holds: Holds
    traffic: Traffic
    keep: Callable[[bytes], str]
    capabilities: Callable[[ModelName], Capabilities]
    default_model: Callable[[str, Defaults], str]
    set_up: Callable[[str, Defaults], bool] = lambda provider, defaults: True
    """Whether the person set a provider up: gave its key, or its address."""
    traces: Callable[[], object] = lambda: None
    """What changes when a key or an address may have been put where providers look for theirs."""
    line: Callable[[Provider], str] = lambda provider: provider.name
    """Whose calls count together: a provider, at its address."""
    unsure: Callable[[], str] = lambda: ""
    """A sentence on why no model may be asked at all now, or an empty text."""


class Switchboard:
    """Implements :class:`core.llm.provider.Models`. One for all threads of a process."""

    def __init__(self, outside: Outside, sleep: Sleep = time.sleep) -> None:
        self.outside = outside
        self._sleep = sleep
        self._lock = threading.Lock()
        self._turns = Turns(outside.traffic, sleep)
        self._built: tuple[Defaults, object, Mapping[str, Provider]] | None = None
        self._helpers = ThreadPoolExecutor(HELPERS, thread_name_prefix="studio-sent")
        self._guard = BudgetGuard(lambda: outside.defaults().budget, outside.holds, sleep)

    def ask(
        self,
        ask: Ask,
        *,
        note: Note = lambda call: None,
        on_text: OnText | None = None,
        cancelled: IsCancelled = lambda: False,
    ) -> tuple[Reply, Call]:
        """See :meth:`core.llm.provider.Models.ask`."""
        record = CallRecord(ask, note, self._cost, self.outside.keep, self._helpers)
        listener = Listener(on_text)
        failed: list[tuple[ModelName, ProviderError]] = []
        if unsure := self.outside.unsure():
            raise LimitsUnknown(unsure)
        for name in ask.route:
            model = self.settle(name)
            try:
                reply, call = self._ask_one(model, ask, record, listener, cancelled)
            except BudgetExceeded:
                raise
            except ProviderError as error:
                failed.append((model, error))
                continue
            notes = tuple(f"{model} answered in place of {other}: {error}" for other, error in failed)
            return replace(reply, notes=notes + reply.notes), call
        raise _joined(failed)

    def missing(self, model: ModelName) -> str:
        """See :meth:`core.llm.provider.Models.missing`."""
        if unsure := self.outside.unsure():
            return unsure
        model = self.settle(model)
        provider = self.providers().get(model.provider)
        return provider.missing() if provider else self._unknown(model)

    def capabilities(self, model: ModelName) -> Capabilities:
        """See :meth:`core.llm.provider.Models.capabilities`."""
        return self.outside.capabilities(self.settle(model))

    def default_model(self, provider: str) -> str:
        """See :meth:`core.llm.provider.Models.default_model`."""
        return self.outside.default_model(provider or self._first(), self.outside.defaults())

    def settle(self, model: ModelName) -> ModelName:
        """See :meth:`core.llm.provider.Models.settle`."""
        provider = model.provider or self._first()
        return ModelName(provider, model.model or self.default_model(provider))

    def estimate(self, ask: Ask) -> Estimate:
        """See :meth:`core.llm.provider.Models.estimate`."""
        usage = expected_usage(ask.question, ask.purpose)
        return Estimate(usage, self._cost(self.settle(ask.route[0]), usage) if ask.route else None)

    def price(self, model: ModelName) -> Price | None:
        """See :meth:`core.llm.provider.Models.price`."""
        return self.outside.price(self.settle(model), self.outside.defaults().prices)

    def providers(self) -> Mapping[str, Provider]:
        """Every provider by name, as the person's choices and keys now are."""
        defaults, traces = self.outside.defaults(), self.outside.traces()
        with self._lock:
            if self._built is None or self._built[0] is not defaults or self._built[1] != traces:
                self._built = (defaults, traces, self.outside.providers(defaults))
            return self._built[2]

    # --- one model -------------------------------------------------------------------------------------------------

    def _ask_one(
        self, model: ModelName, ask: Ask, record: CallRecord, listener: Listener, cancelled: IsCancelled
    ) -> tuple[Reply, Call]:
        """The reply of one model, tried again while its errors are temporary. Waits between tries, all together, are never
        longer than the timeout: a provider that asks for more is given up."""
        from tenacity import Retrying, retry_if_exception

        provider = self.providers().get(model.provider)
        if provider is None:
            raise ModelUnknown(self._unknown(model), *model)
        if missing := provider.missing():
            raise KeyMissing(missing, *model)
        if not model.model:
            raise ModelUnknown(f"No model of {provider.title} is named: name one in the recipe or in Settings.", *model)
        settings = self._settings(model.provider)
        timeout = ask.question.timeout or settings.timeout
        asked = replace(ask, question=replace(ask.question, timeout=timeout))
        retrying = Retrying(
            retry=retry_if_exception(lambda error: isinstance(error, ProviderError) and error.temporary),
            wait=_wait,
            stop=lambda state: (
                state.attempt_number > settings.retries or state.idle_for + state.upcoming_sleep > timeout
            ),
            sleep=lambda seconds: pause(seconds, cancelled, self._sleep),
            reraise=True,
        )
        return retrying(self._try, provider, model, asked, record, listener, cancelled)

    def _try(
        self,
        provider: Provider,
        model: ModelName,
        ask: Ask,
        record: CallRecord,
        listener: Listener,
        cancelled: IsCancelled,
    ) -> tuple[Reply, Call]:
        stop_if(cancelled)
        settings = self._settings(model.provider)
        limits = Limits(settings.concurrency, settings.per_minute)
        timeout = ask.question.timeout or settings.timeout
        with (
            self._turns.turn(self.outside.line(provider), limits, partial(_paused, provider, model), cancelled) as turn,
            self._guard.reserve(model, lambda: self._greatest_cost(model, ask.question), timeout, cancelled) as hold,
        ):
            began, hold.asked = record.begin(model), True
            try:
                reply = provider.ask(ask.question, model.model, listener.begin(), cancelled)
            except BaseException as error:
                turn.outcome = outcome_of(error)
                began.failed(error, listener.text)
                hold.booked = True
                raise
            turn.outcome = "works"
            reply = reply if reply.model != NO_MODEL else replace(reply, model=model)
            call = began.answered(reply)
            hold.booked = True
            return reply, call

    # --- what is known ---------------------------------------------------------------------------------------------

    def _settings(self, provider: str) -> ProviderSettings:
        return self.outside.defaults().providers.get(provider) or ProviderSettings()

    def _first(self) -> str:
        """The first provider, in the table's order, that the person set up; where there is none the first of all, which
        then says what it needs."""
        defaults = self.outside.defaults()
        ready = (name for name, provider in self.providers().items() if not provider.missing())
        chosen = next((name for name in ready if self.outside.set_up(name, defaults)), "")
        return chosen or next(iter(self.providers()), "")

    def _cost(self, model: ModelName, usage: Usage) -> Decimal | None:
        return self.outside.cost(model, usage, self.outside.defaults().prices)

    def _greatest_cost(self, model: ModelName, question: Question) -> Decimal | None:
        return self._cost(model, greatest_usage(question, self.capabilities(model).output))

    def _unknown(self, model: ModelName) -> str:
        return f"There is no provider “{model.provider}”: use {', '.join(sorted(self.providers()))}."


def _wait(state: RetryCallState) -> float:
    """Seconds before the next try: what the provider asks for, else doubled each time; always a little at random, so that
    those who failed together do not come back together."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, ProviderError) else None
    if asked is not None:
        return asked + random.uniform(0, 0.1 + asked / 10)  # noqa: S311 - no secret
    return random.uniform(0.5, 1) * min(LONGEST_WAIT, FIRST_WAIT * 2 ** (state.attempt_number - 1))  # noqa: S311


def _paused(provider: Provider, model: ModelName, seconds: float) -> ProviderPaused:
    return ProviderPaused(
        f"{provider.title} failed several times in a row and is not asked for a while: try again in "
        f"{ceil(seconds)} s, or choose another model.",
        *model,
        retry_after=seconds,
    )


def _joined(failed: list[tuple[ModelName, ProviderError]]) -> ProviderError:
    """The last error, naming the models that failed before."""
    if not failed:
        return ModelUnknown("No model was named: choose one in the recipe.")
    model, last = failed[-1]
    if len(failed) == 1:
        return last
    before = " ".join(f"Before that {other} was asked: {error}" for other, error in failed[:-1])
    raised = type(last)(
        f"{last} {before}",
        last.provider or model.provider,
        last.model or model.model,
        raw=last.raw,
        retry_after=last.retry_after,
        billed=last.billed,
        usage=last.usage,
    )
    raised.__cause__ = last
    return raised
