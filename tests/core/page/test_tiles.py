"""Watermarks that are printed all over a page, and stamps that lie across it."""

from __future__ import annotations

from core.evidence import Box, PageText, Word
from core.page.layout import Layout
from core.page.skew import slope_of


def _word(text: str, x: float, y: float) -> Word:
    return Word(text, Box(x, y, x + 6 * len(text), y + 10))


def _tiles(text: str) -> list[Word]:
    """Rows of five, every other row set in."""
    return [_word(text, 20 + 130 * column + 12 * (row % 2), 33 + 36 * row) for row in range(20) for column in range(5)]


def _lines(words: list[Word]) -> list[str]:
    return [line.text for line in Layout(PageText(1, 595, 842, tuple(words), "text-layer")).lines]


def test_tiles_are_left_out_and_the_same_word_elsewhere_stays() -> None:
    """2026 all over the page, and once in the invoice's date."""
    date = [_word("3", 300, 145), _word("April", 309, 145), _word("2026", 342, 145)]
    assert _lines([*_tiles("2026"), *date]) == ["3 April 2026"]


def test_a_column_of_equal_amounts_is_no_watermark() -> None:
    """Forty rows with the same three amounts each, equally far apart."""
    rows = [
        _word(text, x, 40 + 18 * row) for row in range(40) for text, x in (("Fee", 40), ("0.00", 300), ("0.00", 400))
    ]
    assert len(_lines([*rows, *(_word("0.00", 500, 40 + 18 * row) for row in range(40))])) == 40


def test_a_stamp_does_not_tilt_the_page() -> None:
    """Two slanted words under a stamp and the stamp itself; all other lines were read as level."""
    level = [Word("Torque", Box(104, 30.0 * at, 204, 30.0 * at + 20), 0.9, at) for at in range(1, 8)]
    slants = [(20, 0.027), (21, 0.023), (22, 0.213)]
    aslant = [
        Word("Paid", Box(700, 640, 800, 660), 0.9, line, ((700, 640), (800, 640 + 100 * by), (800, 660), (700, 660)))
        for line, by in slants
    ]
    assert slope_of([*level, *aslant]) == 0
