"""Every miss has one cause, told from value, truth, evidence and the words of the page."""

from __future__ import annotations

from typing import Any

import pytest

from core.accuracy.causes import cause_of, places_of_truth, told_otherwise, values_of
from core.evaluation.outcome import Compared
from core.evidence import Box, Evidence, PageText, Word
from core.invoice.document_type import INVOICE
from core.schema.fields import FieldKind

READ = Evidence(1, (Box(0, 0, 10, 10),), "4711", 1.0, "exact")
ALIKE = Evidence(1, (Box(0, 0, 10, 10),), "471l", 0.8, "fuzzy")


def miss(path: str, wanted: Any, got: Any) -> Compared:
    """A value of a header field that is not right."""
    return Compared(path, path, INVOICE.field_of(path), wanted, got, False)


@pytest.mark.parametrize(
    ("wanted", "got", "stands", "recognised", "cause"),
    [
        ("4711", None, READ, False, "not found"),
        ("4711", None, READ, True, "not found"),
        ("4711", "9999", READ, True, "wrong place"),
        ("4711", "9999", None, False, "wrong place"),
        ("4711", "9999", None, True, "misread"),
        ("4711", "471l", ALIKE, True, "misread"),
        ("4711", None, None, True, "misread"),
        ("4711", None, None, False, "not found"),
        ("47-11", "47/11", None, True, "wrong format"),
        (None, "4711", None, True, "extra"),
    ],
)
def test_the_cause_follows_from_what_stands_on_the_page(
    wanted: str | None, got: str | None, stands: Evidence | None, recognised: bool, cause: str
) -> None:
    """The first cause that holds is the one."""
    assert cause_of(miss("invoice_number", wanted, got), stands, None, recognised=recognised) == cause


def test_a_value_from_the_truths_own_place_is_of_the_wrong_format() -> None:
    """Its boxes share half or more; the same words elsewhere are another place."""
    address = miss("billing_address", "Ann Lee, Mill Lane 4, Leeds", "Mill Lane 4, GB Leeds")
    stands = Evidence(1, (Box(0, 0, 100, 10), Box(0, 10, 100, 30)), "Ann Lee Mill Lane 4 Leeds", 1.0, "lines")
    there = Evidence(1, (Box(0, 10, 100, 30),), "Mill Lane 4 Leeds", 1.0, "lines")
    assert cause_of(address, stands, there, recognised=True) == "wrong format"
    for elsewhere in (
        Evidence(1, (Box(0, 60, 100, 80),), "", 1.0, "lines"),
        Evidence(2, there.boxes, "", 1.0, "lines"),
    ):
        assert cause_of(address, stands, elsewhere, recognised=True) == "wrong place"


@pytest.mark.parametrize(
    ("kind", "wanted", "got", "same_words"),
    [
        ("money", "1234.00", "1.234", True),
        ("money", "12.50", "1250", True),
        ("money", "-5.00", "5.00", True),
        ("money", "12.50", "12.60", False),
        ("date", "2024-03-04", "2024-04-03", True),
        ("date", "1924-03-04", "2024-03-04", True),
        ("date", "2024-03-04", "2024-03-05", False),
        ("currency", "CAD", "USD", True),
        ("currency", "EUR", "USD", False),
        ("name", "Acme Tools", "Acme Tools Berlin branch", True),
        ("name", "Acme Tools", "Another Maker", False),
        ("identifier", "RE-4711", "re 4711", True),
        ("identifier", "4711", "4712", False),
    ],
)
def test_the_same_words_can_be_told_otherwise(kind: FieldKind, wanted: str, got: str, same_words: bool) -> None:
    """Marks, signs, orders and lengths apart, the words are the same; another digit is another value."""
    assert told_otherwise(kind, wanted, got) is same_words


def test_truth_is_looked_up_on_the_page_and_what_has_not_its_type_is_left_out() -> None:
    """A truth is a file that anybody may have written."""
    words = tuple(Word(text, Box(20 * place, 10, 20 * place + 15, 20)) for place, text in enumerate(("Total", "81.50")))
    truth = {"total_amount": "81.50", "invoice_date": "someday", "currency": "euro", "line_items": []}
    assert values_of(truth).model_dump(exclude_none=True, exclude={"line_items", "taxes"}).keys() == {"total_amount"}
    found = places_of_truth(truth, (PageText(1, 100, 100, words, "rapid"),))
    assert found["total_amount"].boxes[0].x0 == 20
