"""A call to a model as the books have it: who was asked, what for, and what it took."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, NamedTuple, Protocol

#: What a call is for.
Purpose = Literal["extract", "repair", "second opinion", "ocr", "recognise", "check"]


class ModelName(NamedTuple):
    """A model at a provider, written ``provider:model`` in recipes."""

    provider: str
    model: str

    def __str__(self) -> str:
        return f"{self.provider}:{self.model}"

    @classmethod
    def parse(cls, text: str) -> ModelName:
        """``provider:model`` as a name; a provider alone means its default model."""
        provider, _, model = text.partition(":")
        return cls(provider.strip(), model.strip())


#: What a reply that did not come over a wire names.
NO_MODEL = ModelName("", "")


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of a call, as the provider counted them. ``cached`` and ``written`` (to the provider's prompt cache) are
    parts of ``input``."""

    input: int = 0
    output: int = 0
    cached: int = 0
    written: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input + other.input,
            self.output + other.output,
            self.cached + other.cached,
            self.written + other.written,
        )


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it is recorded, whether it went well or not. ``cost`` is in US dollars, ``None`` where no price is
    known. ``outcome`` is ``ok`` or the name of the error. ``sent`` is the question as JSON values, exactly as it left
    this machine (each picture as its SHA-256, under which its bytes are kept). ``at`` is UTC."""

    call_id: str
    at: datetime
    provider: str
    model: str
    purpose: Purpose
    usage: Usage = Usage()
    cost: Decimal | None = None
    seconds: float = 0.0
    outcome: str = "ok"
    attempts: int = 1
    request_id: str = ""
    prompt: str = ""
    """``name@version`` of the prompt."""
    sent: Mapping[str, Any] = field(default_factory=dict)


#: Takes a finished call to be recorded. Called in the thread that made the call, once for each call.
Note = Callable[[Call], None]


class Replies(Protocol):
    """What a run was answered, as text by a digest of its questions."""

    def earlier(self, question: str) -> str | None:
        """What an earlier attempt of the run, whose worker was lost, was answered; ``None``: nothing."""

    def keep(self, question: str, reply: str) -> None:
        """Keep an answer for a later attempt."""

    def forget(self) -> None:
        """Drop all of it: the run is over."""


class NoReplies:
    """Implements :class:`Replies` where there is no other attempt."""

    def earlier(self, question: str) -> str | None:
        """Nothing."""
        return None

    def keep(self, question: str, reply: str) -> None:
        """Nothing is kept."""

    def forget(self) -> None:
        """There is nothing."""


NO_REPLIES = NoReplies()
