"""Made receipts, orders and delivery notes: repeatable, truthful about what they show, and read as what they are."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from core.evaluation.cases import load_cases
from samples.generate import Sample
from samples.receipts import STYLES, make_receipt
from samples.typed import MAKERS, write_typed
from samples.vocabulary import LANGUAGES
from tests.samples.test_generator import words_of


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_names_and_goods_stand_on_the_page(kind: str, language: str) -> None:
    """Number, parties, addresses' parts and every word of the descriptions."""
    sample: Sample = MAKERS[kind](7, language)
    text, truth = words_of(sample), sample.truth
    texts = [truth[name] for name in truth if name.endswith(("_name", "_number", "_method")) and truth[name]]
    texts += [part for name in truth if name.endswith("_address") and truth[name] for part in truth[name].split(", ")]
    texts += [word for row in truth["line_items"] for word in row["description"].split()]
    assert [value for value in texts if value not in text] == []


@pytest.mark.parametrize("seed", range(6))
def test_a_receipt_adds_up(seed: int) -> None:
    """Goods, tip and rounding, and in the USA the tax, make the total."""
    truth = make_receipt(seed, LANGUAGES[seed % len(LANGUAGES)], style=STYLES[seed % len(STYLES)]).truth
    goods = sum(Decimal(row["total_price"]) for row in truth["line_items"])
    more = sum(Decimal(truth[name] or 0) for name in ("tip", "rounding"))
    on_top = Decimal(truth["tax"]) if truth["currency"] == "USD" else Decimal(0)
    assert goods + more + on_top == Decimal(truth["total_amount"])


def test_cases_are_of_their_type(tmp_path: Path) -> None:
    """Evaluation reads and scores each as what it is; a seed gives the same again."""
    for kind in MAKERS:
        write_typed(tmp_path, kind, 2)
    assert sorted(case.type.name for case in load_cases(tmp_path)) == sorted([*MAKERS, *MAKERS])
    assert make_receipt(3, "de").data == make_receipt(3, "de").data
