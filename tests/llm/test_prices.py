"""What a call costs: the shipped list, cached tokens, the person's own price, and none where nobody knows."""

from __future__ import annotations

import socket
from decimal import Decimal

import pytest

from core.call import ModelName, Usage
from core.llm.prices import cost_of, price_of
from core.llm.provider import Image, Message, Question
from core.llm.tokens import count_image, count_text, expected_usage, greatest_usage
from core.settings import ModelPrice
from tests.conftest import SampleFile

SCOUT = ModelName("groq", "meta-llama/llama-4-scout-17b-16e-instruct")


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("asked the network")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


def test_the_shipped_list_prices_input_and_output() -> None:
    """A million tokens each way cost what the list says for a million."""
    price = price_of(SCOUT)
    assert price is not None
    assert price.source == "list"
    assert cost_of(SCOUT, Usage(1_000_000, 0)) == price.input
    assert cost_of(SCOUT, Usage(0, 1_000_000)) == price.output


def test_cached_tokens_cost_what_the_list_says() -> None:
    """They are a part of the input, not beside it."""
    model = ModelName("openai", "gpt-4o")
    price = price_of(model)
    assert price is not None
    assert price.cached is not None
    assert cost_of(model, Usage(2000, 0, 1000)) == (1000 * price.input + 1000 * price.cached) / 1_000_000


def test_a_count_of_cached_tokens_above_the_input_is_no_error() -> None:
    """A bill must not fail on a provider's odd count."""
    assert cost_of(ModelName("openai", "gpt-4o"), Usage(10, 5, 400)) is not None


@pytest.mark.parametrize("name", [("ollama", "llama3.2"), ("openai", "no-such-model"), ("local", "gpt-4o")])
def test_an_unknown_model_has_no_price(name: tuple[str, str]) -> None:
    """No guess: the page asks the person for one."""
    assert cost_of(ModelName(*name), Usage(10, 10)) is None
    assert price_of(ModelName(*name)) is None


def test_the_persons_own_price_comes_first() -> None:
    """Also for models that the list has; cached tokens cost as input where they say nothing else."""
    own = {str(SCOUT): ModelPrice(input=Decimal(1), output=Decimal(2))}
    assert cost_of(SCOUT, Usage(1_000_000, 500_000, 1_000_000), own) == 2
    own = {str(SCOUT): ModelPrice(input=Decimal(1), output=Decimal(2), cached=Decimal("0.1"))}
    assert cost_of(SCOUT, Usage(1_000_000, 0, 1_000_000), own) == Decimal("0.1")
    price = price_of(SCOUT, own)
    assert price is not None
    assert price.source == "yours"


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Invoice number INV-2024-00123, dated 14 March 2024, payable within 30 days without deduction.", 26),
        ("Rechnungsnummer 4711 vom 14.03.2024, zahlbar innerhalb von 30 Tagen ohne Abzug.", 27),
        ('{"invoice_number": "INV-1", "total_amount": "1234.50", "currency": "EUR"}', 25),
        ("Description      Quantity   Unit price   Total\nGarden chair            4        89.90  359.60\n", 25),
        ("請求書番号 2024-001 発行日 2024年3月14日", 20),
    ],
)
def test_rough_counts_are_near_what_providers_count(text: str, tokens: int) -> None:
    """``tokens`` is the count of the vocabulary o200k_base; ours is within a quarter of it."""
    assert count_text(text) == pytest.approx(tokens, rel=0.25)


def test_estimates_grow_with_the_page_and_keep_the_limit() -> None:
    """More text means a longer reply, but never above what the question allows."""
    page = "Garden chair            4        89.90  359.60\n" * 10
    short, long = (Question("Read.", (Message("user", (page * times,)),), max_output_tokens=3000) for times in (1, 40))
    assert expected_usage(short, "extract").output < expected_usage(long, "extract").output <= 3000
    assert expected_usage(short, "recognise").output <= 150
    assert greatest_usage(long, 2000).output == 2000


def test_a_picture_counts_by_its_area(scan_png: SampleFile) -> None:
    """And one that cannot be read as the smallest."""
    assert count_image(Image(scan_png.data, "image/png")) > 1000
    assert count_image(Image(b"no picture", "image/png")) == 250
