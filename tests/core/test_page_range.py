"""What a person may write to choose pages."""

from __future__ import annotations

import pytest

from core.documents import parse_page_range
from core.errors import PageRangeError


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("1-3,5", (1, 2, 3, 5)),
        ("", (1, 2, 3, 4, 5, 6)),
        ("  ", (1, 2, 3, 4, 5, 6)),
        ("5, 1", (5, 1)),
        ("3-1", (3, 2, 1)),
        ("2,1-3", (2, 1, 3)),
        ("1–2; 4", (1, 2, 4)),
        ("2,", (2,)),
    ],
)
def test_pages_come_in_the_order_given_without_repeats(text: str, pages: tuple[int, ...]) -> None:
    assert parse_page_range(text, 6) == pages


@pytest.mark.parametrize("text", ["x", "1-", "-3", "1-x", "0", "7", "1-999999999", "1-9999999999999", ",", "1.5", "²"])
def test_a_choice_that_cannot_be_understood_says_so(text: str) -> None:
    with pytest.raises(PageRangeError):
        parse_page_range(text, 6)


def test_the_sentence_names_what_the_document_has() -> None:
    with pytest.raises(PageRangeError, match="only pages 1 to 6"):
        parse_page_range("9", 6)
