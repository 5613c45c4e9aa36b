"""A switchboard double: every question is answered by a function, and kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from core.call import Call, ModelName, Note, Usage
from core.cancelling import IsCancelled
from core.documents import Document
from core.documents.opening import open_document
from core.errors import KeyMissing
from core.evidence import Box, PageText, Word
from core.extraction import PageRef
from core.extractor import Request
from core.llm.provider import Ask, Capabilities, Estimate, Image, OnText, Question, Reply
from core.recipe import ModelChoice, Recipe

#: What a perfect model answers for :data:`LINES`.
REPLY: dict[str, Any] = {
    "document_type": "invoice",
    "language": "en",
    "invoice": {
        "invoice_number": "R-7",
        "invoice_date": "2024-05-06",
        "vendor_name": "Acme Tools Ltd",
        "subtotal": "100.00",
        "tax": "19.00",
        "total_amount": "119.00",
        "currency": "EUR",
        "line_items": [{"description": "Blue widget", "quantity": "2", "unit_price": "50.00", "total_price": "100.00"}],
    },
}
LINES = (
    "Acme Tools Ltd",
    "Invoice R-7",
    "Date 2024-05-06",
    "Blue widget  2  50.00  100.00",
    "Subtotal  100.00",
    "VAT 19 %  19.00",
    "Total EUR  119.00",
)

Answer = Callable[[Ask], Reply | str | dict[str, Any]]


class FakeModels:
    """Implements :class:`core.llm.provider.Models` without providers."""

    def __init__(self, *answers: Answer | str | dict[str, Any] | Exception, **can: Any) -> None:
        """``answers`` in order, the last one for all that follow; ``can`` is what every model can do."""
        self.answers = answers or (REPLY,)
        self.can = Capabilities(**({"strictness": "schema", "output": 16_000} | can))
        self.asked: list[Ask] = []
        self.keys = True

    def ask(
        self,
        ask: Ask,
        *,
        note: Note = lambda call: None,
        on_text: OnText | None = None,
        cancelled: IsCancelled = lambda: False,
    ) -> tuple[Reply, Call]:
        answer = self.answers[min(len(self.asked), len(self.answers) - 1)]
        self.asked.append(ask)
        call = Call(
            f"call-{len(self.asked)}", datetime.now(UTC), *ask.route[0], ask.purpose, Usage(100, 50), Decimal("0.001")
        )
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            answer = answer(ask)
        reply = answer if isinstance(answer, Reply) else Reply(text_of(answer), Usage(100, 50), ask.route[0])
        note(call)
        if on_text:
            for start in range(0, len(reply.text), 40):
                on_text(reply.text[start : start + 40])
        return reply, call

    def missing(self, model: ModelName) -> str:
        return "" if self.keys else f"There is no key for {model.provider}: set {model.provider.upper()}_API_KEY."

    def capabilities(self, model: ModelName) -> Capabilities:
        return self.can

    def default_model(self, provider: str) -> str:
        return "small"

    def estimate(self, ask: Ask) -> Estimate:
        raise KeyMissing("not asked here")


def text_of(answer: str | dict[str, Any]) -> str:
    """An answer as the text of a reply."""
    return answer if isinstance(answer, str) else json.dumps(answer)


def said(question: Question) -> str:
    """Every text of a question."""
    texts = [part for message in question.messages for part in message.parts if isinstance(part, str)]
    return "\n".join((question.system, *texts))


def pictures(question: Question) -> list[Image]:
    """Every picture of a question."""
    return [part for message in question.messages for part in message.parts if isinstance(part, Image)]


def page_of(lines: Sequence[str], number: int = 1) -> PageText:
    """A page whose cells (set apart by two blanks or more) stand in columns."""
    words = []
    for row, line in enumerate(lines):
        y = 40.0 + 20 * row
        for cell, text in enumerate(part for part in line.split("  ") if part.strip()):
            x = 40.0 + 130 * cell
            for word in text.split():
                words.append(Word(word, Box(x, y, x + 6.0 * len(word), y + 10), 1.0, row))
                x += 6.0 * len(word) + 4
    return PageText(number, 600, 840, tuple(words), "made")


class NoDocument(Document):
    """A document that nobody looks at."""

    name = "a.pdf"


def request_of(
    *pages: PageText, document: Document | None = None, choice: ModelChoice | None = None, **changes: Any
) -> Request:
    """A request for ``pages`` with ``choice`` under the name “model”."""
    choice = choice or ModelChoice(provider="fake", model="small")
    recipe = Recipe(extractors=("model",), models={"model": choice})
    refs = tuple(PageRef(page.page) for page in pages)
    made = {"read": lambda: pages, "choice": choice} | changes
    return Request(document or NoDocument(), refs, recipe, **made)


def opened(data: bytes, name: str = "a.pdf") -> Document:
    """A real document."""
    return open_document(data, name)
