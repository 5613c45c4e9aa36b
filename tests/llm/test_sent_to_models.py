"""What is sent to a model about an invoice, word for word: what is made from the document's type must not change it.

Whoever means to change a prompt, a schema or a field's description writes the file anew: run this file as a program.
"""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from core.invoice.model import Invoice
from core.llm.extractor import LlmExtractor
from core.llm.prompting import PromptShelf
from core.llm.provider import Question
from core.llm.schema import reply_of
from core.prompt import Example, Prompt
from core.recipe import ModelChoice
from tests.llm.made_models import LINES, REPLY, FakeModels, page_of, request_of

KEPT = Path(__file__).with_name("kept") / "sent_about_invoices.json"
CREDIT_NOTE = ("Acme Tools Ltd", "Credit note C-3", "Date 2024-05-06", "Blue widget  1  50.00  50.00", "Total  50.00")
RECEIPT = ("Corner Shop", "RECEIPT", "Milk  1.20", "Bread  2.30", "TOTAL  3.50", "CASH  5.00", "CHANGE  1.50")
JUDGED = {"checks": [{"path": "total_amount", "right": False, "value": "120.00"}]}


class OwnPrompts(PromptShelf):
    """One prompt, whatever is asked for: it names the vendor, not the fields, and has examples."""

    def choose(self, choice: ModelChoice, about: Any) -> Prompt:
        """The prompt."""
        return Prompt(
            name="own",
            system="You read a {{document_type}} of {{vendor}} in {{language}}.",
            user="Read it.",
            examples=(
                Example(text="Invoice 1", reply=Invoice(invoice_number="1").model_dump_json(), vendor="Acme Tools Ltd"),
                Example(
                    text="Receipt 2", reply=reply_of(Invoice(invoice_number="2"), "receipt"), document_type="receipt"
                ),
                Example(text="Invoice 3", reply=reply_of(Invoice(invoice_number="3"), "invoice", "en")),
            ),
        )


def asked(*pages: tuple[str, ...], answers: tuple[Any, ...] = (), own: bool = False, **more: Any) -> list[Question]:
    """The questions about a document."""
    models = FakeModels(*answers, **{key: value for key, value in more.items() if key in ("context", "output")})
    choice = ModelChoice(provider="fake", model="small", second_opinion=more.get("second", ""))
    extractor = LlmExtractor(models, OwnPrompts() if own else None)
    extractor.extract(request_of(*(page_of(lines, n) for n, lines in enumerate(pages, 1)), choice=choice))
    return [ask.question for ask in models.asked]


def _wrong() -> dict[str, Any]:
    wrong = deepcopy(REPLY)
    wrong["invoice"]["colour"] = "red"
    return wrong


def everything() -> dict[str, Any]:
    """What is asked in each way that questions are made, and under which schemas."""
    rows = tuple(f"Widget {n}  1  {n}.00  {n}.00" for n in range(1, 90))
    questions = {
        "an invoice, and each value again": asked(LINES, answers=(REPLY, JUDGED), second="same"),
        "a credit note": asked(CREDIT_NOTE),
        "a receipt": asked(RECEIPT),
        "a reply that cannot be used": asked(LINES, answers=(_wrong(), REPLY)),
        "a prompt of one's own": asked(LINES, own=True),
        "a long document": asked(LINES, rows, rows, context=5000, output=1000),
    }
    schemas = {question.schema_name: question.schema for found in questions.values() for question in found}
    assert all(schemas[question.schema_name] == question.schema for found in questions.values() for question in found)
    said = {name: [_plain(question) for question in found] for name, found in questions.items()}
    return {"questions": said, "schemas": json.loads(json.dumps(schemas))}


def _plain(question: Question) -> dict[str, Any]:
    return {
        "system": question.system.split("\n"),
        "messages": [
            [message.role, *(str(part).split("\n") for part in message.parts)] for message in question.messages
        ],
        "schema": question.schema_name,
    }


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    """What was sent before."""
    found: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def now() -> dict[str, Any]:
    """What is sent now."""
    return everything()


def test_every_question_about_an_invoice_is_what_it_was(kept: dict[str, Any], now: dict[str, Any]) -> None:
    """Prompt, examples, fields in words and document."""
    assert now["questions"].keys() == kept["questions"].keys()
    for name, questions in kept["questions"].items():
        assert now["questions"][name] == questions, name


def test_the_schema_of_an_invoice_is_what_it_was_to_the_letter(kept: dict[str, Any], now: dict[str, Any]) -> None:
    """Also in the order of its keys, in which models answer."""
    assert json.dumps(now["schemas"]) == json.dumps(kept["schemas"])


if __name__ == "__main__":
    KEPT.write_text(json.dumps(everything(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
