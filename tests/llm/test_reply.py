"""A model's reply: what is understood, what is refused, and what can be shown before it is whole."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from core.errors import ProviderFailed, ReplyInvalid
from core.events import RESTART
from core.invoice.document_type import INVOICE, LINE_ITEMS
from core.invoice.model import Invoice
from core.llm.provider import Question
from core.llm.reply import fields_so_far, read_reply
from core.llm.schema import answer_of, fields_in_words, reply_of, schema_of
from core.llm.wires.exchange import Exchange
from core.llm.wires.manner import Manner
from tests.llm.made_models import REPLY


def reply(language: str = "en", **values: Any) -> str:
    """A reply with these values of the invoice."""
    return json.dumps({"document_type": "invoice", "language": language, "invoice": values})


def read(language: str = "en", **values: Any) -> Invoice:
    """The invoice of such a reply."""
    return read_reply(reply(language, **values)).reading.values


def test_the_schema_is_strict_throughout_and_comes_from_the_model() -> None:
    """Every object is closed and asks for all its keys; every field of the invoice is there with its description."""
    schema = schema_of(answer_of(INVOICE))

    def objects(node: Any) -> list[dict[str, Any]]:
        if isinstance(node, list):
            return [found for part in node for found in objects(part)]
        if not isinstance(node, dict):
            return []
        mine = [node] if node.get("type") == "object" else []
        return mine + [found for part in node.values() for found in objects(part)]

    found = objects(schema)
    assert len(found) == 4
    assert all(o["additionalProperties"] is False and o["required"] == list(o["properties"]) for o in found)
    invoice = schema["properties"]["invoice"]["properties"]
    for info in INVOICE.header:
        assert info.description in invoice[info.name]["description"]
    assert set(invoice["line_items"]["items"]["properties"]) == {info.name for info in LINE_ITEMS.columns}
    text = json.dumps(schema)
    assert not [word for word in ("$ref", "default", "pattern", "column") if f'"{word}"' in text]
    assert text.count('"null"') <= 16, "more nullable values than Anthropic's strict mode takes"


def test_an_empty_text_is_no_value() -> None:
    """What many invoices lack is asked for as a text that may be empty: strict modes limit what may be null."""
    found = read(
        iban="",
        discount="",
        taxes=[{"rate": "", "base": "", "amount": ""}, {"rate": "19", "base": "", "amount": "1.90"}],
    )
    assert (found.iban, found.discount) == (None, None)
    assert [(row.rate, row.base, row.amount) for row in found.taxes] == [(Decimal(19), None, Decimal("1.90"))]


def test_the_fields_in_words_name_every_key() -> None:
    """Models that cannot be held to a schema have nothing else."""
    assert all(f"{info.name} (" in fields_in_words() for info in (*INVOICE.header, *LINE_ITEMS.columns))


def test_a_perfect_reply_is_read_back_as_it_was() -> None:
    """What an example teaches is what is understood."""
    invoice = Invoice.model_validate(REPLY["invoice"])
    found = read_reply(reply_of(invoice, "receipt", "de")).reading
    assert (found.values, found.document_type, found.language) == (invoice, "receipt", "de")


@pytest.mark.parametrize(
    ("language", "printed", "amount"),
    [("de", "1.234,50", "1234.50"), ("en", "1,234.50", "1234.50"), ("en", "-20.00", "-20.00"), ("en", "$ 12", "12")],
)
def test_amounts_in_any_notation(language: str, printed: str, amount: str) -> None:
    """Read with the document's language; plain decimals as they are."""
    assert read(language, total_amount=printed).total_amount == Decimal(amount)


def test_what_says_nothing_is_nothing() -> None:
    """Blank, “null”, “n/a”; a line without any value is no line."""
    invoice = read(due_date="", customer_name="N/A", tax="null", line_items=[{"description": ""}, {"quantity": "1"}])
    assert (invoice.due_date, invoice.customer_name, invoice.tax) == (None, None, None)
    assert [item.quantity for item in invoice.line_items] == [1]
    assert read(line_items=None).line_items == ()


def test_unseen_characters_and_line_breaks_do_not_get_into_values() -> None:
    """A name is one line of what can be seen."""
    invoice = read(vendor_name="Acme\u202e\n Tools\u0007", billing_address="Main St 1,\n10115 Berlin\n")
    assert (invoice.vendor_name, invoice.billing_address) == ("Acme Tools", "Main St 1, 10115 Berlin")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        '"invoice"',
        '{"document_type": "invoice"}',
        '{"document_type": "poem", "language": "en", "invoice": {}}',
        '{"document_type": "invoice", "language": "en", "invoice": []}',
        reply(invoice_date="yesterday"),
        reply(total_amount="a lot"),
        reply(total_amount=True),
        reply(total_amount={"value": 1}),
        reply(currency="Thaler"),
        reply(line_items={"description": "x"}),
        reply(line_items=["x"]),
        reply(vendor_name="x" * 5000),
        reply(vendor_name=["Acme"]),
        '{"document_type": "invoice", "language": "en", "invoice": {"total_amount": NaN}}',
        "[" * 100_000,
    ],
)
def test_what_is_not_the_schema_is_refused_with_the_raw_reply(text: str) -> None:
    """Whatever a model makes up: one error, with what it said."""
    with pytest.raises(ReplyInvalid) as error:
        read_reply(text)
    assert error.value.raw == text
    assert str(error.value)


@pytest.mark.parametrize(
    "number",
    ['"' + "1" * 40 + '"', "1" * 5000, "1" * 20, "1e999", '"1.234.567.890.123.456.789,00"'],
)
def test_a_number_too_long_is_left_out_and_the_rest_is_kept(number: str) -> None:
    """A barcode taken for an amount costs nothing but that value; no further question is asked for it."""
    items = '[{"description": null, "quantity": null}, {"description": "Nails", "total_price": NUMBER}]'
    text = '{"document_type": "invoice", "language": "de", "invoice": {"tax": "19.00", "total_amount": NUMBER, '
    found = read_reply((text + f'"line_items": {items}}}}}').replace("NUMBER", number))
    invoice = found.reading.values
    assert (invoice.tax, invoice.total_amount) == (Decimal("19.00"), None)
    assert (invoice.line_items[0].description, invoice.line_items[0].total_price) == ("Nails", None)
    assert [finding.fields for finding in found.findings] == [("total_amount",), ("line_items.0.total_price",)]
    assert all(len(finding.message) < 200 for finding in found.findings)


def test_what_is_wrong_is_told_without_the_documents_words() -> None:
    """Paths and reasons, for the model to mend it by."""
    with pytest.raises(ReplyInvalid) as error:
        read_reply(reply(shipping_notes="secret words"))
    assert "invoice.shipping_notes" in str(error.value)
    assert "secret" not in str(error.value)


def test_one_object_is_found_among_words_and_two_are_not() -> None:
    """Only where that is allowed; nobody guesses which of two is meant."""
    text = f"Sure! {json.dumps(REPLY)} Anything else? {{no json}}"
    found = read_reply(text, tolerant=True)
    assert found.reading.values.invoice_number == "R-7"
    assert len(found.notes) == 1
    for wrong in (text + json.dumps(REPLY), "Sure!"):
        with pytest.raises(ReplyInvalid):
            read_reply(wrong, tolerant=True)


def test_fields_are_known_as_soon_as_they_are_whole() -> None:
    """A value that is still being written is not shown; a reply never loses a field as it grows."""
    text = json.dumps(REPLY)
    seen: dict[str, str] = {}
    for end in range(len(text)):
        found = fields_so_far(text[:end])
        assert found.items() >= seen.items()
        seen = found
    assert fields_so_far(text)["line_items.0.unit_price"] == "50.00"
    assert fields_so_far('{"invoice": {"invoice_number": "R-7", "vendor_name": "Ac') == {"invoice_number": "R-7"}


def test_what_was_void_is_not_shown() -> None:
    """After a broken stream the fields begin anew; what is no JSON shows none."""
    assert fields_so_far(f"{json.dumps(REPLY)}{RESTART}") == {}
    assert fields_so_far("I cannot.") == {}
    assert fields_so_far('["a"') == {}


def test_mangled_replies_end_in_values_or_in_one_error() -> None:
    """Whatever stands where a value should: never another error, never a value of the wrong type."""
    odd = [
        "",
        None,
        True,
        0,
        1e308,
        "NaN",
        "-",
        "1,2,3",
        "１２３",
        "2024-13-45",
        "€",
        "\u0000",
        "\ud800",
        [],
        {},
        "--5",
        "½",
        "9" * 30,
    ]
    for name in [*REPLY["invoice"], "x"]:
        for value in odd:
            data = {**REPLY, "invoice": {**REPLY["invoice"], name: value}}
            try:
                found = read_reply(json.dumps(data)).reading
            except ReplyInvalid:
                continue
            assert Invoice.model_validate(found.values.model_dump()) == found.values


def test_a_reply_that_only_opens_is_given_up_at_once() -> None:
    """Looking for its JSON object takes no longer the more of it there is."""
    for text in ("{" * 400_000, '{"a":' * 100_000):
        with pytest.raises(ReplyInvalid, match="no JSON"):
            read_reply(text, tolerant=True)


def test_a_reply_without_end_is_cut() -> None:
    """A server may send for as long as it is listened to."""
    question = Question("Read.", (), max_output_tokens=100)
    exchange = Exchange(question, "Server", "m", Manner(), 60, 1e12, lambda: False)
    exchange.take("x" * 10_000)
    with pytest.raises(ProviderFailed, match="far more"):
        exchange.take("x" * 10_000)
