"""What is masked before anything leaves the machine, and how it comes back."""

from __future__ import annotations

import pytest
from PIL import Image

from core.evidence import Box, PageText, Word
from core.llm.provider import Message, Question
from core.recipe import Redaction
from core.redaction import KINDS, Masker


def page(*lines: str) -> PageText:
    """A page of level lines, 10 units high, each letter 5 units wide."""
    words = []
    for number, line in enumerate(lines):
        x = 0.0
        for word in line.split():
            words.append(Word(word, Box(x, 20.0 * number, x + 5 * len(word), 20.0 * number + 10), line=number))
            x += 5 * len(word) + 5
    return PageText(1, 600, 800, tuple(words), "text-layer")


@pytest.mark.parametrize(
    ("kind", "line", "masked"),
    [
        ("iban", "IBAN DE89 3704 0044 0532 0130 00 BIC COBADEFF", "IBAN [IBAN-1] BIC COBADEFF"),
        ("iban", "Pay to GB82WEST12345698765432, please", "Pay to [IBAN-1], please"),
        ("iban", "Order AB12 of 3 pieces", "Order AB12 of 3 pieces"),
        ("email", "Write to jo.doe+x@mail.example.co.uk.", "Write to [EMAIL-1]."),
        ("phone", "Call +49 (0)30 901820 now", "Call [PHONE-1] now"),
        ("phone", "Tel.: 030/90 18 20", "Tel.: [PHONE-1]"),
        ("phone", "Total 1 234 567,00 EUR", "Total 1 234 567,00 EUR"),
        ("tax id", "VAT DE136695976", "VAT [TAX-ID-1]"),
        ("tax id", "VAT DE136695976, net", "VAT [TAX-ID-1], net"),
        ("tax id", "Steuernummer 12/345/67890", "Steuernummer [TAX-ID-1]"),
        ("tax id", "VAT 19 % 190,00", "VAT 19 % 190,00"),
    ],
)
def test_each_kind_is_found_by_its_form(kind: str, line: str, masked: str) -> None:
    """And what only resembles it is left."""
    assert Masker(Redaction(kinds=(kind,))).pages([page(line)])[0].text == masked


def test_names_are_masked_whatever_their_case_but_not_inside_words() -> None:
    """The same name has the same placeholder everywhere."""
    masker = Masker(Redaction(names=("Ann Lee",)))
    assert masker.pages([page("ANN LEE, Mannlee", "for Ann Lee")])[0].text == "[NAME-1] , Mannlee\nfor [NAME-1]"


def test_words_under_a_drawn_box_are_hidden_with_their_values_kept_here() -> None:
    """A reply that quotes the placeholder gets the words back."""
    masker = Masker(Redaction(boxes=((1, 0, 0, 62, 12),)))
    assert masker.pages([page("Maria Muster owes 5", "thanks")])[0].text == "[HIDDEN-1] owes 5\nthanks"
    assert masker.restore({"customer_name": "[HIDDEN-1]", "line_items": [{"quantity": "5"}]}) == {
        "customer_name": "Maria Muster",
        "line_items": [{"quantity": "5"}],
    }


def test_values_come_back_also_without_brackets_and_unknown_placeholders_stay() -> None:
    """Models drop punctuation."""
    masker = Masker(Redaction(kinds=("email",)))
    masker.pages([page("a@b.example")])
    assert masker.restore(["EMAIL-1", "[EMAIL-7]"]) == ["a@b.example", "[EMAIL-7]"]


def test_every_text_of_a_question_is_masked() -> None:
    """Also an example of another document and the system prompt."""
    masker = Masker(Redaction(kinds=("email",), names=("Ann Lee",)))
    asked = Question("Ask Ann Lee", (Message("user", ("Mail a@b.example",)), Message("assistant", ("Ann Lee",))))
    masked = masker.question(asked)
    assert masked.system == "Ask [NAME-1]"
    assert [message.parts[0] for message in masked.messages] == ["Mail [EMAIL-1]", "[NAME-1]"]


def test_masked_places_are_black_in_the_picture() -> None:
    """The rest of the page is as it was, and the picture handed in is not changed."""
    masker = Masker(Redaction(kinds=("email",), boxes=((1, 300, 100, 320, 120),)))
    masker.pages([page("to a@b.example")])
    white = Image.new("RGB", (1200, 1600), "white")
    covered = masker.picture(white, 1, 2.0)
    assert covered.getpixel((60, 10)) == (0, 0, 0)
    assert covered.getpixel((620, 220)) == (0, 0, 0)
    assert covered.getpixel((10, 10)) == (255, 255, 255)
    assert white.getpixel((60, 10)) == (255, 255, 255)
    assert masker.picture(white, 2, 2.0) is white


def test_the_kinds_that_can_be_chosen_have_words_for_the_person() -> None:
    """The page draws its choices from here."""
    assert all(title for title, _ in KINDS.values())


def test_a_name_is_masked_over_a_lines_end_hyphenated_and_with_other_accents() -> None:
    """Each of its words is covered in the picture too."""
    masker = Masker(Redaction(names=("Erika Mustermann", "José Pérez")))
    masked = masker.pages([page("for Erika Muster-", "mann and", "Erika", "Mustermann", "Jose Perez")])[0]
    assert masked.text == "for [NAME-1]\nand\n[NAME-1]\n[NAME-2]"
    assert len(masker.hidden) == 7
    assert masker.text("Erika\nMustermann") == "[NAME-1]"


def test_a_name_with_quotes_is_masked_within_json() -> None:
    """An example's reply is JSON."""
    masker = Masker(Redaction(names=('Bau "Nord" GmbH',)))
    assert masker.text(r'{"vendor_name": "Bau \"Nord\" GmbH"}') == '{"vendor_name": "[NAME-1]"}'


def test_words_that_look_like_placeholders_stay_words() -> None:
    """A document can neither name a hidden value nor lose an article called PHONE-1."""
    masker = Masker(Redaction(kinds=("email", "phone")), [page("PHONE-1 charger", "[EMAIL-1] to a@b.example")])
    masked = masker.pages([page("PHONE-1 charger", "[EMAIL-1] to a@b.example Tel. 030 901820")])[0]
    assert masked.text == "PHONE-1 charger\n[EMAIL-1] to [EMAIL-2] Tel. [PHONE-2]"
    assert masker.restore("PHONE-1 [EMAIL-1] [EMAIL-2]") == "PHONE-1 [EMAIL-1] a@b.example"


def test_a_number_known_by_its_label_is_masked_without_it_too() -> None:
    """On an earlier page, and in what is sent beside the pages."""
    masker = Masker(Redaction(kinds=("tax id",)))
    masked = masker.pages([page("12/345/67890"), page("Steuernummer 12/345/67890")])
    assert [text.text for text in masked] == ["[TAX-ID-1]", "Steuernummer [TAX-ID-1]"]
    assert masker.text('"value": "12/345/67890"') == '"value": "[TAX-ID-1]"'


def test_long_runs_of_letters_and_dots_are_searched_in_no_time() -> None:
    """A page may hold a word of any length: no pattern may take longer than its length."""
    masker = Masker(Redaction(kinds=tuple(KINDS), names=("Ann Lee",)))
    for text in ("a" * 200_000, "tax" + "." * 200_000, "tax-" * 50_000, "tel " + " " * 200_000, "a.b" * 60_000 + "@"):
        assert masker.text(text) == text
