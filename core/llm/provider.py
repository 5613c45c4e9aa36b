"""The contract of a model's provider: a question goes in, a reply with its usage comes out.

To add a provider that speaks a wire we know, add an entry to the table in ``core/llm/providers.toml``. For another
wire, write a class with the members of :class:`Provider`. Retries, limits, fallbacks, prices and the record of every call are
not a provider's matter: they stand before all of them, in :class:`Models`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, Protocol

from core.call import NO_MODEL, Call, ModelName, Note, Purpose, Usage
from core.cancelling import IsCancelled

#: How a model can be held to a JSON schema, the strictest first.
Strictness = Literal["schema", "tool", "json", "none"]


@dataclass(frozen=True, slots=True)
class Image:
    """A picture for a model: JPEG or PNG bytes."""

    data: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of the conversation: texts and pictures in order."""

    role: Literal["user", "assistant"]
    parts: tuple[str | Image, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a model. ``schema`` is the JSON schema that the reply must have (``None``: free text).

    ``temperature`` is left out where the model has none. ``timeout`` is in seconds for the whole reply.
    """

    system: str
    messages: tuple[Message, ...]
    schema: Mapping[str, Any] | None = None
    schema_name: str = "invoice"
    temperature: float | None = None
    max_output_tokens: int = 8192
    timeout: float | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model answered. ``notes`` say in a sentence each what fell back (a schema the model cannot be held to, another
    provider); ``finish`` is ``cut off`` where the reply met the length limit."""

    text: str
    usage: Usage = field(default_factory=Usage)
    model: ModelName = NO_MODEL
    finish: Literal["complete", "cut off"] = "complete"
    request_id: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a model can do. Sizes are in tokens, ``image_side`` in pixels (longest side), ``image_bytes`` a picture."""

    context: int = 128_000
    output: int = 8_192
    vision: bool = False
    strictness: Strictness = "json"
    temperature: bool = True
    image_side: int = 2048
    image_bytes: int = 4_000_000
    images: int = 20


#: Takes pieces of a reply as they arrive, or :data:`RESTART`.
OnText = Callable[[str], None]


class Provider(Protocol):
    """One provider's wire, without retries. Safe for several threads."""

    name: str
    title: str

    def missing(self) -> str:
        """A line on what is missing to use it here (a key), or an empty text. Cheap: nothing is asked of the network."""

    def models(self) -> Sequence[str]:
        """Models that the provider offers now. Raises ProviderError where it cannot be asked."""

    def ask(self, question: Question, model: str, on_text: OnText | None = None, cancelled: IsCancelled = ...) -> Reply:
        """The model's reply; with ``on_text`` it streams, and pieces are handed over as they arrive.

        Raises ProviderError (see ``core/errors.py``) for all that can go wrong, and Cancelled between pieces.
        """


@dataclass(frozen=True, slots=True)
class Ask:
    """A question with where it goes: ``route`` is the model and those to fall back to, in order."""

    question: Question
    route: tuple[ModelName, ...]
    purpose: Purpose = "extract"
    prompt: str = ""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a question may use and cost (US dollars; ``None`` where no price is known), before it is asked."""

    usage: Usage
    cost: Decimal | None


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens, for display; ``cached`` and ``written`` (to the provider's prompt cache) are
    ``None`` where they have no price of their own. Long questions cost more where ``tiered``."""

    input: Decimal
    output: Decimal
    cached: Decimal | None = None
    written: Decimal | None = None
    tiered: bool = False
    source: Literal["list", "yours"] = "list"


class Models(Protocol):
    """Every provider behind one door: retries, rate limits, circuit breaker, fallbacks, budget, price and record."""

    def ask(
        self, ask: Ask, *, note: Note = ..., on_text: OnText | None = None, cancelled: IsCancelled = ...
    ) -> tuple[Reply, Call]:
        """The first reply along the route. Each call that left this machine is noted once, one that is not billed at no cost.

        A model's empty name stands for its provider's default. Temporary errors are tried again, every other error of
        a provider goes on to the next on the route, and the reply's notes say so. ``on_text`` gets :data:`RESTART`
        before the pieces of another try where an earlier one already gave some.

        Raises the last ProviderError where nothing on the route answers (its sentence names those before),
        BudgetExceeded before a call that would break a hard budget, LimitsUnknown while the person's limits cannot be read,
        and Cancelled.
        """

    def providers(self) -> Mapping[str, Provider]:
        """Every provider by name, those that lack a key too."""

    def missing(self, model: ModelName) -> str:
        """A line on why ``model`` cannot be asked here, or an empty text."""

    def capabilities(self, model: ModelName) -> Capabilities:
        """What ``model`` can do, by the shipped table; sensible guesses for a name it does not have."""

    def default_model(self, provider: str) -> str:
        """The model that the person or the table names for ``provider``."""

    def settle(self, model: ModelName) -> ModelName:
        """``model`` with what it leaves open filled in: no provider means the first that is set up here, no model that
        provider's default."""

    def estimate(self, ask: Ask) -> Estimate:
        """Tokens and cost of the first model on the route, counted roughly, without a network."""

    def price(self, model: ModelName) -> Price | None:
        """What ``model`` costs, for display: the person's own price before the shipped list's."""
