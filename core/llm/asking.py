"""Asking a model until its reply can be used: one repair, and a longer reply where one was cut off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from core.errors import ReplyCutOff, ReplyInvalid
from core.llm.messages import ask_for_repair
from core.llm.provider import RESTART, Ask, Call, ModelName, Models, Note, Purpose, Question, Reply
from core.llm.reply import Read, parse_object, read_reply
from core.redaction import Masker


class Answer(NamedTuple):
    """A reply that can be used: its values, its text, and who gave it."""

    read: Read
    raw: str
    model: ModelName


@dataclass
class Asking:
    """The questions of one run to the models on ``route``. Keeps its calls and the notes on what fell back. ``masker``
    hides what must not leave the machine from every question and puts it back into every reply."""

    models: Models
    route: tuple[ModelName, ...]
    prompt: str
    note: Note
    on_reply: Callable[[str], None]
    cancelled: Callable[[], bool]
    masker: Masker | None = None
    calls: list[Call] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _told: bool = False

    def read(self, question: Question) -> Answer:
        """The values that a model reads. Raises ReplyCutOff, ReplyInvalid after one repair, ProviderError, Cancelled."""
        reply = self._longer(question)
        try:
            return self._answer(reply)
        except ReplyInvalid as error:
            self.notes.append(f"The first reply could not be used and was asked for again. {error}")
            mended = self.ask(ask_for_repair(question, reply.text, str(error)), "repair")
        return self._answer(mended)

    def ask(self, question: Question, purpose: Purpose = "extract") -> Reply:
        """One reply, complete. Raises ReplyCutOff, ProviderError, Cancelled."""
        if self._told:
            self.on_reply(RESTART)
        self._told = True
        if self.masker is not None:
            question = self.masker.question(question)
        ask = Ask(question, self.route, purpose, self.prompt)
        reply, _ = self.models.ask(ask, note=self._note, on_text=self.on_reply, cancelled=self.cancelled)
        self.notes += reply.notes
        if reply.finish == "cut off":
            raise ReplyCutOff("The reply met the length limit.", *reply.model, raw=reply.text, billed=True)
        return reply

    def _longer(self, question: Question) -> Reply:
        """A reply; one that was cut off is asked for again where the model can write more."""
        try:
            return self.ask(question)
        except ReplyCutOff:
            most = self.models.capabilities(self.route[0]).output
            if question.max_output_tokens >= most:
                raise
            self.notes.append(
                f"The reply met the limit of {question.max_output_tokens} tokens and was asked for again with {most}."
            )
        return self.ask(replace(question, max_output_tokens=most))

    def _answer(self, reply: Reply) -> Answer:
        strict = self.models.capabilities(reply.model).strictness != "none" and not reply.notes
        text = reply.text
        if self.masker is not None:
            text = _restored(text, self.masker, not strict)
        read = read_reply(text, tolerant=not strict)
        self.notes += read.notes
        return Answer(read, text, reply.model)

    def _note(self, call: Call) -> None:
        self.calls.append(call)
        self.note(call)


def _restored(text: str, masker: Masker, tolerant: bool) -> str:
    """A reply with the masked values put back; within JSON, so that quotes in a value do no harm."""
    import json

    data, _ = parse_object(text, tolerant)
    return json.dumps(masker.restore(data), ensure_ascii=False, default=str)
