"""Recorded replies: a provider that answers from them without a network, with faults and delays where they are wanted,
and the recorder that writes them. For demonstrations, tests, and for looking at a model's replies again.
"""

from __future__ import annotations

import hashlib
import json
import random
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from core.atomic import write_atomically
from core.call import ModelName, Usage
from core.cancelling import IsCancelled
from core.errors import (
    Cancelled,
    KeyRejected,
    ModelUnknown,
    ProviderError,
    ProviderFailed,
    ProviderTimeout,
    ProviderUnreachable,
    RateLimited,
    ReplyCutOff,
    ReplyRefused,
)
from core.llm.provider import OnText, Provider, Question, Reply
from core.llm.record import describe
from core.llm.tokens import count_question, count_text

#: What may go wrong with a replayed call: before the first piece (``rate limited``, ``failed``, ``timeout``, ``key``),
#: in the midst of a reply that is billed (``drop``, ``cut off``, ``refused``), or a reply that is not JSON
#: (``malformed``) or comes late (``slow``).
Fault = Literal["rate limited", "failed", "timeout", "key", "drop", "cut off", "refused", "malformed", "slow"]
#: Chooses the fault of the call with this number, counted from 0; ``None``: it goes well.
Faults = Callable[[int], Fault | None]
Answer = Callable[[Question, str], Reply | None]

#: Characters of a streamed piece.
_PIECE = 24


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a replayed call takes, in seconds; a ``slow`` one takes ``slow``."""

    reply: float = 0.0
    slow: float = 5.0
    retry_after: float = 1.0


class ReplayProvider:
    """Implements :class:`core.llm.provider.Provider` with replies that are there already."""

    def __init__(
        self,
        answer: Answer,
        name: str = "replay",
        *,
        faults: Faults = lambda number: None,
        pace: Pace | None = None,
        sleep: Callable[[float], None] = time.sleep,
        models: Sequence[str] = ("recorded",),
    ) -> None:
        self.name = name
        self.title = name.capitalize()
        self._answer = answer
        self._faults = faults
        self._pace = pace or Pace()
        self._sleep = sleep
        self._models = tuple(models)
        self._lock = threading.Lock()
        self._calls = 0

    @property
    def calls(self) -> int:
        """How many calls there were."""
        return self._calls

    def missing(self) -> str:
        """See :meth:`core.llm.provider.Provider.missing`."""
        return ""

    def models(self) -> Sequence[str]:
        """See :meth:`core.llm.provider.Provider.models`."""
        return self._models

    def ask(
        self, question: Question, model: str, on_text: OnText | None = None, cancelled: IsCancelled = lambda: False
    ) -> Reply:
        """See :meth:`core.llm.provider.Provider.ask`. Raises ModelUnknown for a question that has no recorded reply."""
        with self._lock:
            number, self._calls = self._calls, self._calls + 1
        fault = self._faults(number)
        self._sleep(self._pace.slow if fault == "slow" else self._pace.reply)
        self._fail_before(fault, model)
        reply = self._answer(question, model)
        if reply is None:
            raise ModelUnknown(f"{self.title} has no recorded reply of {model} to this question.", self.name, model)
        if fault == "malformed":
            reply = replace(reply, text=reply.text[: max(1, len(reply.text) // 2)] + " …and so on.")
        half = reply.text[: len(reply.text) // 2]
        _stream(half if fault in ("drop", "cut off") else reply.text, on_text, cancelled)
        self._fail_midway(fault, model, half, reply.usage)
        return reply

    def _fail_before(self, fault: Fault | None, model: str) -> None:
        where = (self.name, model)
        if fault == "rate limited":
            after = self._pace.retry_after
            raise RateLimited(f"{self.title} takes no more calls for {after:g} s.", *where, retry_after=after)
        if fault == "failed":
            raise ProviderFailed(f"{self.title} answered with an error of its own (500).", *where)
        if fault == "timeout":
            raise ProviderTimeout(f"{self.title} did not answer in time.", *where, billed=True)
        if fault == "key":
            raise KeyRejected(f"{self.title} does not accept the key.", *where)

    def _fail_midway(self, fault: Fault | None, model: str, half: str, usage: Usage) -> None:
        where = (self.name, model)
        if fault == "drop":
            message = f"The connection to {self.title} broke in the midst of the reply."
            raise ProviderUnreachable(message, *where, raw=half, billed=True)
        if fault == "cut off":
            message = f"The reply of {self.title} met the length limit."
            raise ReplyCutOff(message, *where, raw=half, billed=True, usage=usage)
        if fault == "refused":
            raise ReplyRefused(f"{self.title} would not answer.", *where, billed=True, usage=usage)


def _stream(text: str, on_text: OnText | None, cancelled: IsCancelled) -> None:
    for start in range(0, len(text), _PIECE):
        if cancelled():
            raise Cancelled("The run was cancelled.")
        if on_text is not None:
            on_text(text[start : start + _PIECE])


# --- where replies come from -------------------------------------------------------------------------------------------


def always(text: str) -> Answer:
    """The same reply to every question."""
    return lambda question, model: Reply(text, Usage(count_question(question), count_text(text)))


def in_turn(replies: Iterable[str | ProviderError]) -> Answer:
    """One reply after the other, an error raised in its place; none when they are used up."""
    left, lock = iter(replies), threading.Lock()

    def answer(question: Question, model: str) -> Reply | None:
        with lock:
            reply = next(left, None)
        if isinstance(reply, ProviderError):
            raise reply
        return None if reply is None else always(reply)(question, model)

    return answer


def recorded(folder: Path) -> Answer:
    """The replies that :class:`Recorder` wrote to ``folder``, by question and model."""

    def answer(question: Question, model: str) -> Reply | None:
        try:
            kept = json.loads((folder / f"{digest(question, model)}.json").read_bytes())["reply"]
        except (OSError, ValueError, KeyError):
            return None
        return Reply(
            kept["text"],
            Usage(**kept["usage"]),
            ModelName(*kept["model"]),
            kept["finish"],
            kept["request_id"],
            tuple(kept["notes"]),
        )

    return answer


def at_random(share: float, seed: int, kinds: Sequence[Fault]) -> Faults:
    """A fault of one of ``kinds`` in this share of calls, the same for the same seed and number."""

    def fault(number: int) -> Fault | None:
        chance = random.Random(f"{seed}:{number}")
        return chance.choice(kinds) if chance.random() < share else None

    return fault


# --- recording ---------------------------------------------------------------------------------------------------------


class Recorder:
    """A provider that asks another and writes each reply to ``folder``, a JSON file a question and model."""

    def __init__(self, provider: Provider, folder: Path) -> None:
        self.name = provider.name
        self.title = provider.title
        self._provider = provider
        self._folder = folder

    def missing(self) -> str:
        """See :meth:`core.llm.provider.Provider.missing`."""
        return self._provider.missing()

    def models(self) -> Sequence[str]:
        """See :meth:`core.llm.provider.Provider.models`."""
        return self._provider.models()

    def ask(
        self, question: Question, model: str, on_text: OnText | None = None, cancelled: IsCancelled = lambda: False
    ) -> Reply:
        """See :meth:`core.llm.provider.Provider.ask`."""
        reply = self._provider.ask(question, model, on_text, cancelled)
        usage = reply.usage
        kept = {
            "model": model,
            "question": _described(question),
            "reply": {
                "text": reply.text,
                "usage": {
                    "input": usage.input,
                    "output": usage.output,
                    "cached": usage.cached,
                    "written": usage.written,
                },
                "model": list(reply.model),
                "finish": reply.finish,
                "request_id": reply.request_id,
                "notes": list(reply.notes),
            },
        }
        path = self._folder / f"{digest(question, model)}.json"
        write_atomically(path, json.dumps(kept, indent=2, ensure_ascii=False).encode())
        return reply


def digest(question: Question, model: str) -> str:
    """What names a question to a model: SHA-256 (hex) of all that decides the reply; its timeout does not."""
    text = json.dumps([model, _described(question)], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _described(question: Question) -> Mapping[str, Any]:
    return describe(question, lambda data: hashlib.sha256(data).hexdigest())
