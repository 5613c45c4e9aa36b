"""Documents altered in ways that do not change their answer."""

from __future__ import annotations

import random
from typing import Any

import pytest

from core.accuracy.stress import ALTERATIONS, Paper
from core.accuracy.stressed import PLAIN, render_stressed, stress, stressed_json
from core.evaluation.outcome import compare
from core.evidence import PageText
from core.extraction import Extraction
from core.recipe import Recipe
from core.rules.extractor import read_invoice
from tests.core.rules.pages import page

LETTER = page(
    """
!Bluefin Supplies Ltd|@350 Invoice
@350 Invoice number: BF-20417
Harrow Stores|@350 Invoice date: 14 March 2024
12 Mill Lane|@350 Due date: 28 March 2024
Leeds LS1 4AB|@350 Customer no: 8123

Description|@300 Quantity|@380 Unit price|@470 Amount
Desk lamp|@300 4|@380 25.00|@470 100.00
Office chair|@300 2|@380 80.00|@470 160.00

Subtotal|@470 260.00
VAT 20 %|@470 52.00
Total|@470 312.00
Bluefin Supplies Ltd, 5 Quay Street, Hull HU1 2PQ, bluefin@bluefin.example
"""
)
VALUES: dict[str, Any] = {
    "invoice_number": "BF-20417", "invoice_date": "2024-03-14", "due_date": "2024-03-28", "vendor_name": "Bluefin Supplies Ltd",
    "subtotal": "260.00", "tax": "52.00", "total_amount": "312.00",
}  # fmt: skip
ROW = {"description": "Desk lamp", "quantity": "4", "unit_price": "25.00", "total_price": "100.00"}
OTHER = {"description": "Office chair", "quantity": "2", "unit_price": "80.00", "total_price": "160.00"}
TRUTH: dict[str, Any] = {
    **VALUES,
    "line_items": [ROW, OTHER],
    "meta": {
        "language": "en",
        "visible": {**dict.fromkeys(VALUES, True), "line_items": [dict.fromkeys(ROW, True)] * 2},
    },
}
PAPER = Paper((LETTER,), TRUTH)


def altered(name: str, seed: int = 0) -> Paper | None:
    return ALTERATIONS[name](PAPER, random.Random(seed))


def words_of(paper: Paper | None) -> list[str]:
    assert paper is not None
    return [word.text for word in paper.pages[0].words]


@pytest.mark.parametrize("name", ["moved", "measured", "one print", "shuffled"])
def test_what_is_printed_otherwise_says_the_same(name: str) -> None:
    """Every word is there, and stands elsewhere."""
    other = altered(name)
    assert sorted(words_of(other)) == sorted(words_of(PAPER))
    assert other is not None
    assert other.pages != PAPER.pages
    assert other.truth == TRUTH


@pytest.mark.parametrize("name", ["misread", "glued", "strange labels", "strange heads", "other dates"])
@pytest.mark.parametrize("seed", range(3))
def test_values_stay_readable_where_words_are_exchanged(name: str, seed: int) -> None:
    """What the truth says still stands on the page; dates in another notation."""
    other = altered(name, seed)
    if other is None:
        return
    text = " ".join(words_of(other))
    for shown in ("BF-20417", "260.00", "312.00", "Desk lamp", "Office chair"):
        assert shown in text
    assert name != "other dates" or "14 March" not in text


def test_a_number_is_exchanged_everywhere_and_in_the_truth() -> None:
    """The reader has to find a number in somebody else's habit."""
    other = altered("other number")
    assert other is not None
    assert "BF-20417" not in words_of(other)
    assert other.truth["invoice_number"] in " ".join(words_of(other))
    assert TRUTH["invoice_number"] == "BF-20417"


def test_a_vendor_is_exchanged_with_his_addresses() -> None:
    """His name in head and foot, and in his mail address."""
    text = " ".join(words_of(altered("other vendor"))).casefold()
    assert "supplies" not in text
    assert "bluefin" not in text


def test_a_head_without_its_logo_needs_what_it_said_elsewhere() -> None:
    """The name stands in the foot too; where it does not, nothing is taken away."""
    other = altered("no logo")
    assert words_of(other).count("Bluefin") == words_of(PAPER).count("Bluefin") - 1
    bare = LETTER.words[: [word.text for word in LETTER.words].index("312.00") + 1]
    only = Paper((PageText(1, LETTER.width, LETTER.height, bare, LETTER.engine),), TRUTH)
    assert ALTERATIONS["no logo"](only, random.Random(0)) is None


def read(case_id: str, paper: Paper) -> Extraction:
    """The offline rules, and a gate that lets every document with a total pass."""
    values = read_invoice(paper.pages).values
    verdict = "approved" if values.total_amount is not None else "needs review"
    return Extraction(
        document="", name=case_id, pages=(), recipe=Recipe(), values=values, page_texts=paper.pages, verdict=verdict
    )


def test_what_breaks_and_what_passes_is_counted() -> None:
    """Right values that became wrong, by field; documents that pass with a wrong amount, number or date."""

    def careless(case_id: str, paper: Paper) -> Extraction:
        found = read(case_id, paper)
        wrong = found.values.model_copy(update={"invoice_number": "4711"})
        return found if paper is PAPER else found.model_copy(update={"values": wrong})

    rows = {row.alteration: row for row in stress({"letter": PAPER}, careless, seeds=2)}
    assert compare(TRUTH, read("letter", PAPER).values.model_dump()).misses == []
    assert len(rows[PLAIN].after) == 1
    assert not rows[PLAIN].lost
    assert not rows[PLAIN].ready_critical
    moved = rows["moved"]
    assert (len(moved.after), moved.ready, moved.ready_critical, moved.lost["invoice_number"]) == (2, 2, 2, 2)
    assert "invoice_number 2" in render_stressed(list(rows.values()))
    assert (
        next(row for row in stressed_json(list(rows.values())) if row["alteration"] == "moved")["ready_critical"] == 2
    )
