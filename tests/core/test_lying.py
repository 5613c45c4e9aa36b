"""Text layers that lie on their side or head, are set in spaced letters, or were recognised badly."""

from __future__ import annotations

import pytest

from core.documents import TextLayer
from core.evidence import Box, Upright, Word
from core.homography import apply
from core.ocr.lying import close_up, lying_of
from core.ocr.text_layer import judge_text_layer

_WIDTH, _HEIGHT = 600.0, 800.0
_LINES = (
    "Harrow Tools Ltd 14 Mill Lane",
    "Invoice no. SF-0193 of 4 April 2026",
    "Hex bolt 10 6.00 60.00",
    "Subtotal 160.00",
    "Total due 192.00",
)


def words_of(lines: tuple[str, ...] = _LINES) -> list[Word]:
    """Words in level lines from the top left."""
    words = []
    for number, line in enumerate(lines):
        x = 50.0
        for text in line.split():
            end = x + 5 * len(text)
            words.append(Word(text, Box(x, 40.0 + 14 * number, end, 52.0 + 14 * number), 1.0, number))
            x = end + 4
    return words


@pytest.mark.parametrize(
    "lying",
    [
        Upright(_WIDTH, _HEIGHT, (-1, 0, _WIDTH, 0, -1, _HEIGHT, 0, 0, 1)),
        Upright(_HEIGHT, _WIDTH, (0, 1, 0, -1, 0, _HEIGHT, 0, 0, 1)),
        Upright(_HEIGHT, _WIDTH, (0, -1, _WIDTH, 1, 0, 0, 0, 0, 1)),
    ],
    ids=["on its head", "on its left side", "on its right side"],
)
def test_a_page_that_lies_without_a_flag_is_laid_level(lying: Upright) -> None:
    """The order of the words says how the page lies; laid so, every word is where it was on the level page."""
    turned = [word.moved(lying.matrix) for word in words_of()]
    found = lying_of(turned, _WIDTH, _HEIGHT)
    assert found is not None
    assert (found.width, found.height) == (lying.width, lying.height)
    assert apply(found.matrix, [(50, 40)]) == apply(lying.matrix, [(50, 40)])


def test_a_level_page_lies_as_it_is() -> None:
    """Also one with a stamp in its margin that runs up the page."""
    margin = [Word(f"stamp{at}", Box(10, 700 - 30 * at, 18, 725 - 30 * at), 1.0, 99) for at in range(4)]
    assert lying_of([*words_of(), *margin], _WIDTH, _HEIGHT) is None
    assert lying_of(words_of()[:3], _WIDTH, _HEIGHT) is None


def test_letters_set_apart_are_words_again() -> None:
    """A blank is where the gap is wider than between the letters of a word."""
    words = []
    for number, line in enumerate(_LINES):
        x = 50.0
        for text in line.split():
            for letter in text:
                words.append(Word(letter, Box(x, 40.0 + 14 * number, x + 5, 52.0 + 14 * number), 1.0, number))
                x += 8
            x += 9
    assert [word.text for word in close_up(words)] == " ".join(_LINES).split()
    assert close_up(words)[0].box.x1 == 50 + 5 * 8 + 5


def test_single_figures_in_columns_stay_apart() -> None:
    """A table of small numbers is no word in spaced letters."""
    table = [
        Word(
            str(at % 10),
            Box(50 + 60 * (at % 6), 40 + 14 * (at // 6), 55 + 60 * (at % 6), 52 + 14 * (at // 6)),
            1,
            at // 6,
        )
        for at in range(36)
    ]
    assert list(close_up(table)) == table


def test_an_ocr_layer_that_takes_letters_for_figures_is_not_used() -> None:
    """Under a scan such a layer is read anew; the same words without the mistakes are taken."""
    poor = "Harrow Tools Ltd lnv0ice no. INV-9628 3 April 2O26 Torque wrench 2 E7S.OO ElSO.OO Subtotal E2OO.OO VAT 2O% E4O.OO"
    good = "Harrow Tools Ltd Invoice no. INV-9628 3 April 2026 Torque wrench 2 £75.00 £150.00 Subtotal £200.00 VAT 20% £40.00"
    assert not judge_text_layer(TextLayer(words_of((poor,)), 1.0, 1.0)).usable
    assert judge_text_layer(TextLayer(words_of((good,)), 1.0, 1.0)).usable
