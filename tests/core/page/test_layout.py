"""Words become visual lines of cells, whoever read them."""

from __future__ import annotations

import pytest

from core.evidence import Box, PageText, Word
from core.notation.folding import fold
from core.page.layout import Layout
from tests.core.rules.pages import page


def lines_of(layout: Layout) -> list[list[str]]:
    return [[segment.text for segment in line.segments] for line in layout.lines]


def test_wide_gaps_part_the_cells_of_a_line() -> None:
    """A label and its value far to the right are two cells of one line."""
    assert lines_of(Layout(page("Invoice date|@200 12/05/2024"))) == [["Invoice date", "12/05/2024"]]


@pytest.mark.parametrize("slope", [-0.03, 0.03])
def test_a_skewed_page_keeps_its_lines(slope: float) -> None:
    """Under two degrees of skew the ends of a line still belong together, and its boxes lie where they were read."""
    text = page("Total net|@250 amount|@500 120.00\nVAT 20 %|@250 of it|@500 24.00", slope=slope)
    words = tuple(
        word._replace(
            polygon=((box.x0, box.y0), (box.x0 + 60, box.y0 + 60 * slope), (box.x1, box.y1), (box.x0, box.y1))
        )
        for word in text.words
        for box in [word.box]
    )
    layout = Layout(PageText(1, 595, 842, words, "ocr"))
    assert [len(line.segments) for line in layout.lines] == [3, 3]
    last = layout.lines[0].segments[-1]
    assert layout.box_of(last.tokens) == pytest.approx(words[3].box, abs=0.5)


def test_large_print_beside_small_print_takes_no_lines_away() -> None:
    """A big name beside two small lines does not glue them into one."""
    words = (
        Word("ACME", Box(50, 40, 150, 72)),
        Word("Street", Box(300, 40, 330, 52)),
        Word("Town", Box(300, 56, 330, 68)),
    )
    texts = [text for line in lines_of(Layout(PageText(1, 595, 842, words, "ocr"))) for text in line]
    assert sorted(texts) == ["ACME", "Street", "Town"]


def test_a_label_glued_to_its_value_is_cut() -> None:
    """``Date:12/05/24`` is a label and a date; a clock time and a web address stay whole."""
    layout = Layout(page("Date:12/05/24 12:30 http://acme.example"))
    assert [token.text for token in layout.tokens] == ["Date:", "12/05/24", "12:30", "http://acme.example"]


def test_letters_set_apart_are_one_word_again() -> None:
    """A letter-spaced heading reads as words."""
    words = []
    x = 50.0
    for word in ("ACME", "LABS"):
        for letter in word:
            words.append(Word(letter, Box(x, 40, x + 6, 52)))
            x += 9
        x += 6
    assert lines_of(Layout(PageText(1, 595, 842, tuple(words), "ocr"))) == [["ACME LABS"]]


def test_folding_ignores_case_accents_blanks_and_number_signs() -> None:
    """Labels are looked up without what readers and writers do differently."""
    assert fold("N° de Facture :") == fold("No de facture") == "nodefacture"
    assert fold("Invoice #") == fold("INVOICE NO.") == "invoiceno"


def test_an_empty_page_has_no_lines() -> None:
    """Nothing read is no error."""
    assert Layout(PageText(1, 0, 0, (), "ocr")).lines == []


def test_the_slope_is_told_by_whole_lines_where_words_are_short() -> None:
    """Short words say nothing of the skew, the line that OCR read them in does: label and amount meet."""
    text = page(
        "Total net of it all|@500 120.00\nTax on all of the above|@500 24.00\nIn sum we ask you for|@500 144.00",
        slope=0.03,
    )
    numbers, words = [0, 0, 0, 0, 0, 1, 2, 2, 2, 2, 2, 2, 3, 4, 4, 4, 4, 4, 4, 5], []
    for word, number in zip(text.words, numbers, strict=True):
        x0, y0, x1, y1 = word.box
        rise = 0.03 * (x1 - x0)
        words.append(word._replace(line=number, polygon=((x0, y0), (x1, y0 + rise), (x1, y1 + rise), (x0, y1))))
    layout = Layout(PageText(1, 595, 842, tuple(words), "ocr"))
    assert layout.slope == pytest.approx(0.03, abs=0.003)
    assert [len(line.segments) for line in layout.lines] == [2, 2, 2]


def test_what_ocr_read_as_one_line_stays_one() -> None:
    """A word's box that lies a little higher does not join another line at its right."""
    words = (
        Word("Total", Box(300, 97, 340, 109), 0.9, 0),
        Word("To:", Box(40, 103, 60, 115), 0.9, 1),
        Word("Acme", Box(62, 103, 90, 115), 0.9, 1),
        Word("Limited", Box(92, 98, 130, 116), 0.9, 1),
    )
    texts = [text for line in lines_of(Layout(PageText(1, 595, 842, words, "ocr"))) for text in line]
    assert texts == ["Total", "To: Acme Limited"]


def test_a_japanese_label_is_cut_from_its_number() -> None:
    """領収書No.0418 without a blank."""
    assert lines_of(Layout(page("領収書No.0418"))) == [["領収書No. 0418"]]


def test_chinese_forms_fold_to_japanese_ones() -> None:
    """Recognisers write 费 and 单 where 費 and 単 are printed."""
    assert fold("消费税") == fold("消費税")
    assert fold("单価") == fold("単価")


def test_a_date_or_a_number_glued_to_its_word_is_cut() -> None:
    """OCR loses the blank in “DU 17/09/24”; tills print INV#F88120. A code such as AB12/4 stays whole."""
    assert lines_of(Layout(page("DU17/09/24 INV#F88120 AB12/4"))) == [["DU 17/09/24 INV# F88120 AB12/4"]]


def test_a_wide_blank_parts_words_too() -> None:
    """Japanese text layers keep the label and its value as one word with a wide blank inside."""
    words = (Word("請求書番号\u30002024-1031-07", Box(50, 40, 200, 52)),)
    assert lines_of(Layout(PageText(1, 595, 842, words, "text-layer"))) == [["請求書番号 2024-1031-07"]]


@pytest.mark.parametrize("dash", ["\u00ad", "\u2010", "\u2011", "\u2212"])
def test_every_hyphen_is_the_plain_one(dash: str) -> None:
    """Fonts map the key of the hyphen to several characters: numbers and signs are read alike."""
    assert lines_of(Layout(page(f"RE{dash}0193|@200 {dash}20,00"))) == [["RE-0193", "-20,00"]]


def test_words_printed_twice_over_themselves_are_one_word() -> None:
    """Bold made by printing a word again with a slight offset is no repetition; the same word further on is."""
    single = page("3 April 2026 3")
    twice = tuple(
        word._replace(box=Box(word.box.x0 + lift, word.box.y0, word.box.x1 + lift, word.box.y1))
        for word in single.words
        for lift in (0.0, 0.4)
    )
    assert lines_of(Layout(PageText(1, 595, 842, twice, single.engine))) == [["3 April 2026 3"]]


def test_a_label_glued_to_its_amount_is_two_words() -> None:
    """As OCR reads a till's narrow print; a currency and an article's number stay whole."""
    assert lines_of(Layout(page("SUB-TOTAL92.50"))) == [["SUB-TOTAL 92.50"]]
    assert lines_of(Layout(page("RM92.50|@200 ABCD1234"))) == [["RM92.50", "ABCD1234"]]


def test_a_logo_in_letters_far_apart_is_one_cell() -> None:
    """A line of nothing but four or more single letters."""
    assert lines_of(Layout(page("A|@120 C|@190 M|@260 E"))) == [["ACME"]]
    assert lines_of(Layout(page("A|@120 B|@190 7.00|@260 D"))) == [["A", "B", "7.00", "D"]]
