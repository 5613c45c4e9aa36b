"""Asking a model until its reply can be used: one repair, and a longer reply where one was cut off."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from core.call import NO_REPLIES, Call, ModelName, Note, Purpose, Replies
from core.cancelling import IsCancelled
from core.document_types import USUAL
from core.errors import ProviderError, ReplyCutOff, ReplyInvalid
from core.events import RESTART
from core.llm.messages import ask_for_repair
from core.llm.opinion import Verification, read_verification
from core.llm.provider import Ask, Models, Question, Reply
from core.llm.replies import question_of, read, written
from core.llm.reply import NotationOf, Read, parse_object, read_reply
from core.notation import usual_notation
from core.redaction import Masker
from core.schema.document_type import DocumentType


class Answer(NamedTuple):
    """A reply that can be used: its values, its text, and who gave it."""

    read: Read
    raw: str
    model: ModelName


@dataclass
class Asking:
    """The questions of one run, on a document of ``kind``, to the models on ``route``. Keeps its calls and the notes on what fell back. ``masker``
    hides what must not leave the machine from every question and puts it back into every reply."""

    models: Models
    route: tuple[ModelName, ...]
    prompt: str
    note: Note
    on_reply: Callable[[str], None]
    cancelled: IsCancelled
    masker: Masker | None = None
    notation: NotationOf = usual_notation
    kind: DocumentType = USUAL
    replies: Replies = NO_REPLIES
    calls: list[Call] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _told: bool = False

    def quiet(self, route: tuple[ModelName, ...]) -> Asking:
        """The same for other models whose replies nobody watches; calls and notes are kept together."""
        return replace(self, route=route, on_reply=lambda text: None)

    def read(self, question: Question, purpose: Purpose = "extract") -> Answer:
        """The values that a model reads. Raises ReplyCutOff, ReplyInvalid after one repair, ProviderError, Cancelled."""
        reply = self._longer(question, purpose)
        try:
            return self._answer(reply)
        except ReplyInvalid as error:
            self.notes.append(f"The first reply could not be used and was asked for again. {error}")
            what = self.masker.known(str(error)) if self.masker else str(error)
            mended = self._mended(ask_for_repair(question, reply.text, what), reply)
        return self._answer(mended)

    def verify(self, question: Question) -> Verification:
        """What a second reader says of each value. Raises as :meth:`read` does."""
        reply = self.ask(question, "second opinion")
        text, tolerant = self._text(reply)
        return read_verification(text, tolerant)

    def ask(self, question: Question, purpose: Purpose) -> Reply:
        """One reply, complete. Raises ReplyCutOff, ProviderError, Cancelled."""
        if self._told:
            self.on_reply(RESTART)
        self._told = True
        if self.masker is not None:
            question = self.masker.question(question)
        ask = Ask(question, self.route, purpose, self.prompt)
        reply = self._earlier(ask) or self._asked(ask)
        self.notes += reply.notes
        if reply.finish == "cut off":
            raise ReplyCutOff("The reply met the length limit.", *reply.model, raw=reply.text, billed=True)
        return reply

    def _earlier(self, ask: Ask) -> Reply | None:
        """The reply to the same question that an attempt of this run had whose worker was lost: its call stands in the books."""
        kept = self.replies.earlier(question_of(ask)) if self.replies is not NO_REPLIES else None
        found = read(kept) if kept else None
        if found is None:
            return None
        self.calls.append(found.call)
        self.on_reply(found.reply.text)
        return found.reply

    def _asked(self, ask: Ask) -> Reply:
        reply, call = self.models.ask(ask, note=self._note, on_text=self.on_reply, cancelled=self.cancelled)
        if self.replies is not NO_REPLIES:
            self.replies.keep(question_of(ask), written(reply, call))
        return reply

    def _mended(self, question: Question, first: Reply) -> Reply:
        """The reply to a repair; where there is none the error keeps the first one."""
        try:
            return self.ask(question, "repair")
        except ProviderError as error:
            error.raw = error.raw or first.text
            raise

    def _longer(self, question: Question, purpose: Purpose) -> Reply:
        """A reply; one that was cut off is asked for again where the model can write more."""
        try:
            return self.ask(question, purpose)
        except ReplyCutOff:
            most = self.models.capabilities(self.route[0]).output
            if question.max_output_tokens >= most:
                raise
            self.notes.append(
                f"The reply met the limit of {question.max_output_tokens} tokens and was asked for again with {most}."
            )
        return self.ask(replace(question, max_output_tokens=most), purpose)

    def _answer(self, reply: Reply) -> Answer:
        text, tolerant = self._text(reply)
        read = read_reply(text, tolerant, self.notation, self.kind)
        self.notes += read.notes
        return Answer(read, text, reply.model)

    def _text(self, reply: Reply) -> tuple[str, bool]:
        """A reply's text with masked values put back, and whether there may be words around its JSON: where the model has
        no JSON mode, or what it was to be held to fell back."""
        tolerant = self.models.capabilities(reply.model).strictness == "none" or bool(reply.notes)
        return _restored(reply.text, self.masker, tolerant) if self.masker else reply.text, tolerant

    def _note(self, call: Call) -> None:
        self.calls.append(call)
        self.note(call)


def _restored(text: str, masker: Masker, tolerant: bool) -> str:
    """A reply with the masked values put back; within JSON, so that quotes in a value do no harm."""
    data, _ = parse_object(text, tolerant)
    try:
        return json.dumps(masker.restore(data), ensure_ascii=False, default=str)
    except RecursionError as error:
        raise ReplyInvalid("The model's reply is nested too deeply.", text) from error
