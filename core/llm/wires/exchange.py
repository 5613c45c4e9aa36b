"""One question on its way to a provider, and what has come back of its reply."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from core.call import Usage
from core.cancelling import IsCancelled
from core.errors import Cancelled as CancelledError
from core.errors import ProviderFailed, ProviderTimeout
from core.llm.provider import OnText, Question
from core.llm.wires.manner import Manner

#: Characters of the longest token: a reply of more than its tokens can hold is none.
_LONGEST_TOKEN = 128

#: How a reply ended, in the house's words; empty while it has not.
Finish = Literal["", "complete", "cut off", "refused"]


@dataclass
class Exchange:
    """A question, how it is asked, and the reply as far as it has arrived. ``until`` is on the monotonic clock."""

    question: Question
    title: str
    """Whom it is sent to, for messages."""
    model: str
    manner: Manner
    seconds: float
    until: float
    cancelled: IsCancelled
    listen: OnText | None = None
    text: str = ""
    aside: str = ""
    """What a model says beside the tool call that was asked of it."""
    usage: Usage = field(default_factory=Usage)
    finish: Finish = ""
    deliver: Callable[[str], None] = lambda piece: None
    """Takes the pieces on their way to ``listen``."""
    abandoned: bool = False
    """Nobody waits for the reply any more."""
    request_id: str = ""
    refusal: str = ""

    @property
    def streams(self) -> bool:
        """Whether the reply is to come in pieces."""
        return self.listen is not None and self.manner.streams

    @property
    def remaining(self) -> float:
        """Seconds left for the reply."""
        return max(0.001, self.until - time.monotonic())

    def take(self, piece: str) -> None:
        """A piece of the reply has arrived."""
        if piece:
            self.text += piece
            if len(self.text) > self.question.max_output_tokens * _LONGEST_TOKEN:
                raise ProviderFailed(f"{self.title} sent far more than was asked for.", billed=True)
            self.deliver(piece)

    def say(self, words: str) -> None:
        """Words have arrived: a piece of the reply, but for a model that was to call a tool."""
        if self.question.schema is not None and self.manner.strictness == "tool":
            self.aside += words
        else:
            self.take(words)

    @property
    def schema_name(self) -> str:
        """The name of the schema in the letters that every wire takes."""
        return re.sub(r"[^A-Za-z0-9_-]", "_", self.question.schema_name)[:64]

    def stop_if_abandoned(self) -> None:
        """Raise Cancelled where nobody waits for the reply any more: closing a stream ends what it costs."""
        if self.abandoned:
            raise CancelledError("Stopped.")

    def check(self) -> None:
        """Raise Cancelled or ProviderTimeout where it is time to stop."""
        if self.cancelled():
            raise CancelledError("Stopped.")
        if time.monotonic() > self.until:
            raise ProviderTimeout(
                f"No whole reply came within {self.seconds:g} seconds.", model=self.model, billed=True
            )

    @property
    def whole_text(self) -> str:
        """The reply. A model that was to call a tool and only spoke is taken at its word."""
        return joined(self.text or self.aside)

    def system(self) -> str:
        """The system prompt, with the schema in words where the wire cannot carry it."""
        question = self.question
        if question.schema is None or self.manner.strictness in ("schema", "tool"):
            return joined(question.system)
        schema = json.dumps(question.schema, ensure_ascii=False, separators=(",", ":"))
        rule = f"Answer with one JSON object and nothing else. It must have this JSON schema:\n{schema}"
        return joined(f"{question.system}\n\n{rule}".strip())


def joined(text: str) -> str:
    """``text`` as valid Unicode: halves of a character are put together, a half alone (a PDF may hold one) is replaced."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
