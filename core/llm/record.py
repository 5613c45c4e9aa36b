"""The record of the calls that one question leads to: what was sent, what it used, what it cost, and how it ended."""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import astuple, dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from core.call import Call, ModelName, Note, Usage
from core.errors import ProviderError, StorageError
from core.events import RESTART
from core.llm.provider import Ask, OnText, Question, Reply
from core.llm.tokens import count_question, count_text

#: A count of tokens this many times what was asked and allowed, and this many more, is a server's mistake: tokens of
#: pictures differ up to thirtyfold between providers, nothing else by so much.
MOST_TIMES, MOST_BEYOND = 100, 100_000

Cost = Callable[[ModelName, Usage], Decimal | None]
Keep = Callable[[bytes], str]


class CallRecord:
    """Counts the tries of one question and notes each, once."""

    def __init__(self, ask: Ask, note: Note, cost: Cost, keep: Keep, helpers: Executor) -> None:
        """``helpers`` keep the pictures while the provider thinks."""
        self.ask = ask
        self.note = note
        self.cost = cost
        self._keep = keep
        self._helpers = helpers
        self._sent: Future[dict[str, Any]] | None = None
        self._tries = 0

    def begin(self, model: ModelName) -> Begun:
        """A call that begins now."""
        self._tries += 1
        if self._sent is None:
            self._sent = self._helpers.submit(describe, self.ask.question, self._keep_safely)
        return Begun(self, model, self._tries)

    @property
    def sent(self) -> Mapping[str, Any]:
        """The question as JSON values; its pictures are kept by their SHA-256."""
        assert self._sent is not None, "a call began"
        return self._sent.result()

    def _keep_safely(self, data: bytes) -> str:
        """A full disk costs the copy of a picture, not the reply or its place in the bill."""
        try:
            return self._keep(data)
        except StorageError:
            return hashlib.sha256(data).hexdigest()


@dataclass(slots=True)
class Begun:
    """One call under way."""

    record: CallRecord
    model: ModelName
    number: int
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    _started: float = field(default_factory=time.perf_counter)

    def answered(self, reply: Reply) -> Call:
        """The call ended with a reply. Servers that count no tokens are counted for, roughly."""
        return self._note("ok", self._told(reply.usage) or self._roughly(reply.text), reply.request_id)

    def failed(self, error: BaseException, received: str) -> Call:
        """The call ended with an error. One that the provider does not bill is noted at no cost: the question left this
        machine all the same. Of one that it may bill and did not say what it used, what was sent and received is counted
        roughly: a bill that is a little off is better than one that lacks a call."""
        if isinstance(error, ProviderError) and not error.billed:
            return self._note(type(error).__name__, Usage(), "")
        usage = error.usage if isinstance(error, ProviderError) else None
        return self._note(type(error).__name__, (usage and self._told(usage)) or self._roughly(received), "")

    def _told(self, usage: Usage) -> Usage | None:
        """What a server says of its tokens; ``None`` where it says nothing, or what cannot be."""
        question = self.record.ask.question
        most = Usage(count_question(question), question.max_output_tokens)
        try:
            sent, output, cached, written = (int(tokens) for tokens in astuple(usage))
        except (TypeError, ValueError, OverflowError):  # no number, NaN, infinity
            return None
        likely = 0 <= sent <= _bound(most.input) and 0 <= output <= _bound(most.output) and sent + output > 0
        return Usage(sent, output, min(max(cached, 0), sent), min(max(written, 0), sent)) if likely else None

    def _roughly(self, received: str) -> Usage:
        return Usage(count_question(self.record.ask.question), count_text(received))

    def _note(self, outcome: str, usage: Usage, request_id: str) -> Call:
        call = Call(
            uuid.uuid4().hex,
            self.at,
            *self.model,
            self.record.ask.purpose,
            usage,
            self.record.cost(self.model, usage) if usage != Usage() else Decimal(0),
            time.perf_counter() - self._started,
            outcome,
            self.number,
            request_id,
            self.record.ask.prompt,
            self.record.sent,
        )
        self.record.note(call)
        return call


def _bound(tokens: int) -> int:
    return MOST_TIMES * tokens + MOST_BEYOND


class Listener:
    """Who listens to a streaming reply, told when it begins anew. Keeps what came of the try under way."""

    def __init__(self, on_text: OnText | None) -> None:
        self._on_text = on_text
        self._pieces: list[str] = []

    @property
    def text(self) -> str:
        """What came of the try under way."""
        return "".join(self._pieces)

    def begin(self) -> OnText | None:
        """What the next try streams to; ``None`` where nobody listens."""
        if self._on_text is None:
            return None
        if self._pieces:
            self._pieces.clear()
            self._on_text(RESTART)
        return self._take

    def _take(self, piece: str) -> None:
        assert self._on_text is not None
        piece = piece.replace(RESTART, "\n")
        self._pieces.append(piece)
        self._on_text(piece)


def describe(question: Question, keep: Keep) -> dict[str, Any]:
    """A question as JSON values, each picture as the SHA-256 under which ``keep`` stored it."""
    return {
        "system": question.system,
        "messages": [
            {
                "role": message.role,
                "parts": [
                    {"text": part}
                    if isinstance(part, str)
                    else {"image": keep(part.data), "media_type": part.media_type}
                    for part in message.parts
                ],
            }
            for message in question.messages
        ],
        "schema": dict(question.schema) if question.schema is not None else None,
        "schema_name": question.schema_name,
        "temperature": question.temperature,
        "max_output_tokens": question.max_output_tokens,
    }
