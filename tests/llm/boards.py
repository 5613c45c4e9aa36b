"""A switchboard over made-up providers, with books in memory and a clock that only moves when somebody sleeps."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from core.call import Call, ModelName
from core.llm.prices import cost_of, price_of
from core.llm.provider import Ask, Capabilities, Message, Provider, Question
from core.llm.switchboard import Outside, Switchboard
from core.settings import Budget, Defaults, ModelPrice, ProviderSettings
from tests.doubles.holds import MemoryHolds
from tests.doubles.traffic import MemoryTraffic

#: What every model of :func:`make_board` costs: a dollar per thousand tokens in, ten out.
DEAR = ModelPrice(input=Decimal(1000), output=Decimal(10_000))


class Clock:
    """Seconds that pass only in ``sleep``. Safe for several threads."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []
        self._lock = threading.Lock()

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.now += seconds
            self.slept.append(seconds)


@dataclass
class Books:
    """Calls as they were noted, and pictures as they were kept."""

    calls: list[Call] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)

    def note(self, call: Call) -> None:
        self.calls.append(call)

    def keep(self, data: bytes) -> str:
        name = hashlib.sha256(data).hexdigest()
        self.pictures[name] = data
        return name

    def spent(self, since: datetime, until: datetime | None = None) -> Decimal:
        return sum((call.cost or Decimal(0) for call in self.calls if call.at >= since), Decimal(0))


@dataclass
class Place:
    """A switchboard with what stands around it."""

    board: Switchboard
    books: Books
    clock: Clock
    defaults: list[Defaults]

    def change(self, defaults: Defaults) -> None:
        """The person keeps other settings."""
        self.defaults[0] = defaults


def make_board(*providers: Provider, budget: Budget | None = None, **settings: object) -> Place:
    """A switchboard over ``providers``; ``settings`` are those of each of them."""
    chosen = {provider.name: ProviderSettings.model_validate(settings) for provider in providers}
    prices = {f"{provider.name}:recorded": DEAR for provider in providers}
    defaults = [Defaults(providers=chosen, budget=budget or Budget(), prices=prices)]
    books, clock = Books(), Clock()
    outside = Outside(
        providers=lambda _: {provider.name: provider for provider in providers},
        defaults=lambda: defaults[0],
        cost=cost_of,
        price=price_of,
        holds=MemoryHolds(books.spent),
        traffic=MemoryTraffic(clock=clock),
        keep=books.keep,
        capabilities=lambda model: Capabilities(),
        default_model=lambda provider, defaults: getattr(defaults.providers.get(provider), "model", "") or "recorded",
    )
    return Place(Switchboard(outside, clock.sleep), books, clock, defaults)


def ask_of(*providers: str, text: str = "What is the total?", longest: int = 100) -> Ask:
    """A short question along the default models of ``providers``."""
    question = Question("Read the invoice.", (Message("user", (text,)),), max_output_tokens=longest)
    return Ask(question, tuple(ModelName(provider, "") for provider in providers))
