"""A second reader of the same pages: agreement is noted at each value, disagreement is told with the other's value."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from core.errors import ProviderUnreachable
from core.extraction import Finding
from core.extractor import Extracted
from core.invoice.model import Invoice, LineItem
from core.llm.extractor import LlmExtractor
from core.llm.opinion import compare
from core.llm.provider import Ask
from core.recipe import ModelChoice, Redaction
from tests.llm.made_models import LINES, REPLY, FakeModels, page_of, request_of, said


def read(models: FakeModels, second: str, **choice: Any) -> Extracted:
    """One page, read and judged."""
    chosen = ModelChoice(provider="fake", model="small", second_opinion=second, **choice)
    draft = LlmExtractor(models).extract(request_of(page_of(LINES), choice=chosen))
    assert draft is not None
    return draft


def opinions(draft: Extracted) -> list[Finding]:
    """What the second reader said otherwise."""
    return [finding for finding in draft.findings if finding.check == "opinion"]


def judgement(**wrong: str | None) -> dict[str, Any]:
    """Every value is right but those named."""
    paths = [name for name in REPLY["invoice"] if name != "line_items"] + ["line_items.0.quantity"]
    checks = [{"path": path, "right": path not in wrong, "value": wrong.get(path)} for path in paths]
    return {"checks": [*checks, *({"path": p, "right": False, "value": v} for p, v in wrong.items() if p not in paths)]}


def test_the_same_model_is_asked_of_each_value() -> None:
    """Another question, another purpose; the values stand in it with their paths."""
    models = FakeModels(REPLY, judgement())
    draft = read(models, "same")
    assert [ask.purpose for ask in models.asked] == ["extract", "second opinion"]
    assert '"path": "line_items.0.quantity"' in said(models.asked[1].question)
    assert draft.provenance["total_amount"].agreed is True
    assert draft.provenance["line_items.0.unit_price"].agreed is None, "it was not judged"
    assert opinions(draft) == []
    assert len(draft.calls) == 2


def test_a_value_called_wrong_is_told_with_the_right_one() -> None:
    """In our notation, to be taken with one click; an overlooked value is proposed."""
    draft = read(FakeModels(REPLY, judgement(total_amount="1.119,00 EUR", due_date="2024-06-05")), "same")
    assert draft.provenance["total_amount"].agreed is False
    found = {finding.fields[0]: finding for finding in opinions(draft)}
    assert (found["total_amount"].severity, found["total_amount"].proposed) == ("warning", "1119.00")
    assert (found["due_date"].severity, found["due_date"].proposed) == ("info", "2024-06-05")


def test_a_value_called_wrong_with_the_same_value_is_right() -> None:
    """Notation is no difference; judgements on what was never read are passed over."""
    draft = read(FakeModels(REPLY, judgement(total_amount="119,00 EUR", **{"line_items.9.quantity": "3"})), "same")
    assert draft.provenance["total_amount"].agreed is True
    assert opinions(draft) == []


def test_another_model_reads_the_document_anew() -> None:
    """It is not told what the first one read."""
    other = deepcopy(REPLY)
    other["invoice"] |= {"tax": "20.00", "vendor_name": "ACME Tools Ltd."}

    models = FakeModels(lambda ask: other if ask.route[0].provider == "b" else REPLY)
    draft = read(models, "b:big")
    assert [str(ask.route[0]) for ask in models.asked] == ["fake:small", "b:big"]
    assert said(models.asked[1].question) == said(models.asked[0].question)
    assert draft.provenance["vendor_name"].agreed is True
    assert draft.provenance["tax"].agreed is False
    assert [(f.fields, f.proposed) for f in opinions(draft)] == [(("tax",), "20.00")]


def test_lines_are_compared_with_those_that_fit_best() -> None:
    """A line that one reader missed does not put all others in the wrong."""
    a, b, c = (
        LineItem(description=name, quantity=n, total_price=n) for n, name in enumerate(("Alpha", "Beta", "Gamma"), 1)
    )
    opinion = compare(Invoice(line_items=(a, c)), Invoice(line_items=(a, b, c)))
    assert all(opinion.agreed.values())
    assert ["3 line items" in finding.message for finding in opinion.findings] == [True]


def test_a_second_reader_that_fails_costs_nothing_but_its_opinion() -> None:
    """The first reading stands, and the person is told."""

    def answer(ask: Ask) -> dict[str, Any]:
        if ask.purpose == "second opinion":
            raise ProviderUnreachable("There is no connection.")
        return REPLY

    for second in ("same", "b:big"):
        draft = read(FakeModels(answer), second)
        assert draft.values.invoice_number == "R-7"
        assert draft.provenance["total_amount"].agreed is None
        assert any("no second opinion" in finding.message for finding in draft.findings)


def test_what_is_masked_stays_masked_for_the_second_reader() -> None:
    """Neither the page nor the values name it; the result does."""
    masked = json.loads(json.dumps(REPLY).replace("Acme Tools Ltd", "[NAME-1]"))
    models = FakeModels(masked, judgement())
    draft = read(models, "same", redaction=Redaction(names=("Acme Tools Ltd",)))
    assert draft.values.vendor_name == "Acme Tools Ltd"
    assert all("Acme" not in said(ask.question) for ask in models.asked)
    assert "[NAME-1]" in said(models.asked[1].question)


def test_a_value_hidden_by_its_place_is_hidden_from_the_second_reader_in_any_notation() -> None:
    """It was put back to be kept; in the list of values it is its placeholder again."""
    masked = deepcopy(REPLY)
    masked["invoice"]["total_amount"] = "[HIDDEN-1]"
    models = FakeModels(masked, judgement())
    lines = (*LINES[:-1], "1.119,00")
    last = page_of(lines).words[-1].box
    chosen = ModelChoice(
        provider="fake", model="small", second_opinion="same", redaction=Redaction(boxes=((1, *last),))
    )
    draft = LlmExtractor(models).extract(request_of(page_of(lines), choice=chosen))
    assert draft is not None
    assert str(draft.values.total_amount) == "1119.00"
    assert "1119" not in said(models.asked[1].question)


def test_what_is_wrong_with_a_hidden_value_is_told_to_the_model_without_it() -> None:
    """The repair quotes the value that could not be used."""
    wrong, right = deepcopy(REPLY), deepcopy(REPLY)
    wrong["invoice"]["invoice_date"] = "[HIDDEN-1]"
    models = FakeModels(wrong, right)
    box = page_of(LINES).words[0].box
    chosen = ModelChoice(provider="fake", model="small", redaction=Redaction(boxes=((1, *box),)))
    LlmExtractor(models).extract(request_of(page_of(LINES), choice=chosen))
    assert [ask.purpose for ask in models.asked] == ["extract", "repair"]
    assert "“[HIDDEN-1]” is not a date" in said(models.asked[1].question)


def test_a_masked_reply_that_is_nested_deeply_is_asked_for_again() -> None:
    """As any other reply that cannot be used."""
    models = FakeModels('{"a":' * 600 + "1" + "}" * 600, REPLY)
    chosen = ModelChoice(provider="fake", model="small", redaction=Redaction(kinds=("iban",)))
    draft = LlmExtractor(models).extract(request_of(page_of(LINES), choice=chosen))
    assert draft is not None
    assert draft.values.invoice_number == "R-7"
