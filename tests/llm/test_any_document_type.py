"""Models asked about a document of a type that nobody coded for: what they are asked and held to, what they answer, how parts
become one, and who judges."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core import document_types
from core.document_types import USUAL
from core.errors import ReplyInvalid
from core.events import RunFinished
from core.extraction import Extraction, PageRef
from core.extractor import Extracted, Extractor
from core.invoice.einvoice import EInvoiceExtractor
from core.llm.extractor import LlmExtractor
from core.llm.merge import merge
from core.llm.messages import ask_for_reading
from core.llm.prompting import About, PromptShelf, built_in
from core.llm.reply import read_reply
from core.llm.schema import answer, answer_of, reply_of, schema_of
from core.ocr.engine import PagesRead
from core.pipeline import Pipeline, RunOrder
from core.prompt import Example, Prompt
from core.recipe import ModelChoice, Recipe
from core.rules.documents import RulesExtractor
from tests.core.made import pdf_of
from tests.core.meter_bills import BILL, VALUES, Bill, Reading
from tests.doubles.cache import MemoryCache
from tests.llm.made_models import FakeModels, opened, page_of, request_of, said

LINES = (
    "Northern Water",
    "Delivery note",  # a title by which an invoice would be doubted
    "Contract  C-4711",
    "Read on  2026-03-01",
    "M-1  120",
    "M-2  33",
    "VAT  7  5.40",
    "Subtotal  82.50",
    "To pay  82.50",
)
REPLY = {
    "document_type": "meter bill",
    "language": "en",
    "meter_bill": {
        "contract": "C-4711",
        "read_on": "2026-03-01",
        "to_pay": "82.50",
        "readings": [{"meter": "M-1", "used": "120"}, {"meter": "M-2", "used": "33"}],
        "taxes": [{"rate": "7", "amount": "5.40"}],
    },
}


@pytest.fixture(autouse=True)
def bills(monkeypatch: pytest.MonkeyPatch) -> None:
    """The studio knows the type."""
    monkeypatch.setattr(document_types, "SHIPPED", (*document_types.SHIPPED, BILL))


def extracted(models: FakeModels, **choice: Any) -> Extracted:
    """A meter bill, read by a model."""
    chosen = ModelChoice(provider="fake", model="small", **choice)
    found = LlmExtractor(models).extract(request_of(page_of(LINES), choice=chosen, type=BILL))
    assert found is not None
    return found


def test_a_model_is_held_to_the_types_own_schema() -> None:
    """In words and as JSON schema, under a key without blanks."""
    models = FakeModels(REPLY)
    extracted(models)
    schema = models.asked[0].question.schema
    assert set(schema["properties"]) == {"document_type", "language", "meter_bill"}
    assert schema["properties"]["document_type"]["enum"] == ["meter bill", "other"]
    assert list(schema["properties"]["meter_bill"]["properties"]) == [
        "contract",
        "read_on",
        "to_pay",
        "readings",
        "taxes",
    ]
    text = said(models.asked[0].question)
    assert "- document_type: one of meter bill, other." in text
    assert "- meter_bill: an object with" in text
    assert "which should be a meter bill" in text
    assert "invoice" not in text


def test_its_answer_is_of_the_types_model() -> None:
    """Typed, and with nothing that only invoices have."""
    found = extracted(FakeModels(REPLY))
    assert found.values == VALUES
    assert found.document_type == "meter bill"
    assert found.findings == ()
    assert found.provenance["readings.1.used"].rule == "model"


def test_a_reply_with_an_invoice_is_asked_for_again() -> None:
    """What was not asked for is refused by its name."""
    wrong = {**REPLY, "invoice": {"invoice_number": "C-4711"}}
    models = FakeModels(wrong, REPLY)
    assert extracted(models).values == VALUES
    assert "invoice: Extra inputs" in said(models.asked[1].question)
    with pytest.raises(ReplyInvalid, match="meter_bill"):
        read_reply(json.dumps({"document_type": "meter bill"}), kind=BILL)


def test_a_document_that_is_none_of_the_type_is_told() -> None:
    """By the model's own word."""
    found = extracted(FakeModels({**REPLY, "document_type": "other"}))
    assert [finding.message for finding in found.findings] == ["The model says that this is no meter bill."]
    assert found.document_type is None


def test_parts_become_one_document_of_the_type() -> None:
    """Rows follow each other; the last amount counts; what differs is told."""
    parts = [
        answer(Bill(contract="C-1", to_pay=Decimal(5), readings=(Reading(meter="M-1"),)), "meter bill", "en"),
        answer(Bill(contract="C-2", to_pay=Decimal(9), readings=(Reading(meter="M-2"),)), "other"),
    ]
    merged = merge(parts, "M-1 M-2")
    whole = Bill(contract="C-1", to_pay=Decimal(9), readings=(Reading(meter="M-1"), Reading(meter="M-2")))
    assert merged.reading == answer(whole, "meter bill", "en")
    assert [finding.fields for finding in merged.findings] == [("contract",)]


@pytest.mark.parametrize("second", ["same", "fake:other"])
def test_a_second_reader_judges_every_field(second: str) -> None:
    """Asked of each value, or reading anew."""
    checks = [{"path": path, "right": path != "to_pay", "value": "80.00"} for path, _, _ in BILL.walk(VALUES)]
    other = {**REPLY, "meter_bill": {**REPLY["meter_bill"], "to_pay": "80.00"}}  # type: ignore[dict-item]
    found = extracted(FakeModels(REPLY, {"checks": checks} if second == "same" else other), second_opinion=second)
    assert found.provenance["contract"].agreed
    assert [(finding.fields, finding.proposed) for finding in found.findings] == [(("to_pay",), "80.00")]


def test_a_type_without_prompts_has_the_general_one() -> None:
    """A person's default for its kind goes before; an invoice keeps its own."""
    shelf = PromptShelf()
    assert shelf.choose(ModelChoice(), About(type=BILL)).name == "general"
    assert shelf.choose(ModelChoice(), About("credit note", type=BILL)).name == "general", "no kind of this type"
    assert shelf.choose(ModelChoice(), About()).name == "invoice"
    assert "meter bill" in set(document_types.kinds()) - set(built_in())


def test_an_example_of_bare_values_is_put_into_the_answers_form() -> None:
    """A record that was saved makes an example of any type."""
    prompt = Prompt(examples=(Example(text="M-1", reply=VALUES.model_dump_json(), document_type="meter bill"),))
    from core.llm.messages import PageShown, Part

    question = ask_for_reading(prompt, Part((PageShown(1, "text"),)), About(type=BILL), None, ModelChoice(), 500)
    assert json.loads(str(question.messages[1].parts[0])) == json.loads(reply_of(VALUES))
    assert read_reply(reply_of(VALUES), kind=BILL).reading.values == VALUES


def test_the_answer_of_a_type_is_made_once() -> None:
    """Its schema is what providers keep."""
    assert answer_of(BILL) is answer_of(BILL) is not answer_of(USUAL)
    assert schema_of(answer_of(USUAL))["properties"].keys() == {"document_type", "language", "invoice"}


# --- a whole run ---------------------------------------------------------------------------------------------------


class Pages:
    """A reader that read one page."""

    def read(self, *_: Any) -> Any:
        """The page."""
        yield 1, 1
        return PagesRead((page_of(LINES),))


def run(*extractors: str, type_name: str | None = BILL.name) -> Extraction:
    """A run of a recipe for meter bills."""
    models = FakeModels(REPLY)
    known: dict[str, Extractor] = {
        "einvoice": EInvoiceExtractor(),
        "rules": RulesExtractor(),
        "llm": LlmExtractor(models, providers=lambda: ("fake",)),
    }
    recipe = Recipe(
        extractors=extractors, models={"model": ModelChoice(provider="fake", model="small")}, type_name=type_name
    )
    pipeline = Pipeline(known, Pages(), MemoryCache(), "1", lambda: date(2026, 5, 31))  # type: ignore[arg-type]
    document = opened(pdf_of(LINES))
    order = RunOrder(lambda: document, "a.pdf", document.sha256, (PageRef(1),), recipe)
    last = list(pipeline.run(order))[-1]
    assert isinstance(last, RunFinished)
    return last.extraction


def test_a_recipe_says_what_documents_are_read_as() -> None:
    """Whoever reads invoices only is passed over; values are found on the page and judged."""
    found = run("einvoice", "rules", "model")
    assert (found.type_name, found.values, found.extractor) == (BILL.name, VALUES, "model")
    assert set(found.evidence) == {path for path, _, _ in BILL.walk(VALUES)}
    assert found.findings == ()
    assert "einvoice" in {step.step for step in found.steps if step.state == "skipped"}


def test_a_recipe_that_cannot_read_the_type_says_so() -> None:
    """And gives no invoice in its stead."""
    found = run("einvoice", "rules")
    assert found.values == Bill()
    assert [finding.message for finding in found.findings if finding.check == "extract"] == [
        "This recipe cannot read meter bills: choose one that asks a language model."
    ]


def test_a_recipe_without_a_type_is_what_it_was() -> None:
    """Its text and its digest, by which results are kept."""
    assert "type_name" not in Recipe().model_dump_json()
    assert Recipe().digest == "5cc3c912cdfe70476d321931b882154b08c7969b34d6d2fd41585437639a8712"
    assert Recipe(type_name=BILL.name).digest != Recipe().digest
    assert run("rules", type_name=None).type is USUAL
