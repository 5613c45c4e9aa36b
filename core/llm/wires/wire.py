"""What every wire shares: where it connects to, and asking again in a plainer manner when a format is refused."""

from __future__ import annotations

import json
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from pydantic import SecretStr

from core.errors import Cancelled as CancelledError
from core.errors import KeyMissing, ProviderTimeout, QuestionRefused
from core.llm.provider import Cancelled, Capabilities, OnText, Question, Reply, Usage
from core.llm.wires.faults import translated
from core.llm.wires.manner import LADDER, Manner, Quirks, plainer

#: Seconds for a whole reply where neither the question nor the settings say it.
DEFAULT_TIMEOUT = 120.0
#: Seconds to connect; a provider that does not answer the door will not answer at all.
CONNECT_TIMEOUT = 10.0

#: Manners tried for one question before giving up.
MOST_MANNERS = 8


@dataclass(frozen=True)
class Endpoint:
    """Where a provider is reached and with what key. ``key_names`` are where a key is looked for, ``needs_key`` says
    whether it can be asked without one, ``shipped`` are the models to offer when it cannot be asked."""

    name: str
    title: str
    base_url: str
    key: SecretStr | None = None
    key_names: tuple[str, ...] = ()
    needs_key: bool = True
    own_address: bool = False
    """The address is the person's own, not the provider's."""
    problem: str = ""
    """Why the address cannot be used."""
    shipped: tuple[str, ...] = ()
    timeout: float = DEFAULT_TIMEOUT
    quirks: Quirks = field(default_factory=Quirks)


@dataclass(frozen=True)
class Limits:
    """How long one reply may take, and who may stop it."""

    endpoint: Endpoint
    model: str
    seconds: float
    until: float
    cancelled: Cancelled

    def check(self, raw: str = "") -> None:
        """Raise Cancelled or ProviderTimeout where it is time to stop; ``raw`` is what has arrived."""
        if self.cancelled():
            raise CancelledError("Stopped.")
        if time.monotonic() > self.until:
            raise ProviderTimeout(
                f"{self.endpoint.title} did not finish its reply within {self.seconds:g} seconds.",
                self.endpoint.name,
                self.model,
                raw=raw,
                billed=True,
            )


@dataclass
class Pieces:
    """What has arrived of a reply."""

    text: str = ""
    usage: Usage = field(default_factory=Usage)
    finish: str = ""
    request_id: str = ""
    refusal: str = ""


class Wire(ABC):
    """A provider by its wire. Subclasses say how a question is sent and how models are listed."""

    def __init__(self, endpoint: Endpoint, capabilities: Callable[[str], Capabilities]) -> None:
        self.endpoint = endpoint
        self.name = endpoint.name
        self.title = endpoint.title
        self._capabilities = capabilities
        self._manners: dict[tuple[str, str], Manner] = {}
        self._client: Any = None
        self._lock = Lock()

    def missing(self) -> str:
        """A line on what is missing to use it here, or an empty text."""
        if self.endpoint.problem:
            return self.endpoint.problem
        if self.endpoint.needs_key and self.endpoint.key is None:
            return f"{self.title} needs a key: set {' or '.join(self.endpoint.key_names)} in the environment."
        return ""

    def models(self) -> Sequence[str]:
        """Models that the provider offers now. Raises ProviderError where it cannot be asked."""
        self._check_usable("")
        with self._clear_errors(""):
            return sorted(self._list_models())

    def ask(
        self,
        question: Question,
        model: str,
        on_text: OnText | None = None,
        cancelled: Cancelled = lambda: False,
    ) -> Reply:
        """The model's reply. A manner of asking that the provider refuses is given up for a plainer one, which is
        remembered for this model and schema and said in the reply's notes. Raises ProviderError and Cancelled."""
        self._check_usable(model)
        seconds = question.timeout or self.endpoint.timeout
        limits = Limits(self.endpoint, model, seconds, time.monotonic() + seconds, cancelled)
        key = (model, question.schema_name if question.schema is not None else "")
        for _ in range(MOST_MANNERS):
            limits.check()
            manner = self._manners.get(key) or self._first_manner(model)
            try:
                with self._clear_errors(model):
                    return self._send(question, model, manner, on_text, limits)
            except QuestionRefused as refused:
                other = plainer(
                    manner,
                    refused.raw,
                    question,
                    streaming=on_text is not None,
                    ladder=self.endpoint.quirks.ladder,
                )
                if other is None:
                    raise
                self._manners[key] = other
        raise QuestionRefused(f"{self.title} refuses every manner of asking {model}.", self.name, model)

    def _first_manner(self, model: str) -> Manner:
        can = self._capabilities(model)
        quirks = self.endpoint.quirks
        known = [step for step in LADDER[LADDER.index(can.strictness) :] if step in quirks.ladder]
        return Manner(
            strictness=known[0],
            strict=quirks.is_strict(model),
            temperature=can.temperature,
            length=quirks.length,
        )

    def _check_usable(self, model: str) -> None:
        if lacking := self.missing():
            raise KeyMissing(lacking, self.name, model)

    @contextmanager
    def _clear_errors(self, model: str) -> Iterator[None]:
        with translated(self.endpoint.name, self.title, model, self._other_models):
            yield

    def _other_models(self) -> tuple[str, ...]:
        return self.endpoint.shipped

    def client(self) -> Any:
        """The SDK's client, made once (its connections are shared by threads) and without retries of its own."""
        with self._lock:
            if self._client is None:
                self._client = self._connect()
            return self._client

    @abstractmethod
    def _connect(self) -> Any: ...

    @abstractmethod
    def _list_models(self) -> list[str]: ...

    @abstractmethod
    def _send(
        self, question: Question, model: str, manner: Manner, on_text: OnText | None, limits: Limits
    ) -> Reply: ...


def system_text(question: Question, manner: Manner) -> str:
    """The system prompt, with the schema in words where the wire cannot carry it."""
    if question.schema is None or manner.strictness in ("schema", "tool"):
        return question.system
    schema = json.dumps(question.schema, ensure_ascii=False, separators=(",", ":"))
    rule = f"Answer with one JSON object and nothing else. It must have this JSON schema:\n{schema}"
    return f"{question.system}\n\n{rule}".strip()
