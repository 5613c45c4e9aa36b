"""Whether a page's text layer can be trusted, and why. Cheap: it looks at the words, never at pixels."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from core.documents import TextLayer
from core.evidence import TEXT_LAYER

#: The name under which text that was not recognised but was there is kept.
NAME = TEXT_LAYER

#: Characters that are looked at, from the start of the page.
_SAMPLE = 4000
#: Characters that no invoice is full of: control, replacement, private use, unassigned, and the signs that letters
#: become in a shifted encoding.
_GARBAGE = re.compile("[{}~^\\\\`\x00-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff\ufff0-\uffff\U000f0000-\U0010ffff]")
_MOST_GARBAGE = 0.08
#: A page that is one picture, with fewer words than this over it, was stamped or numbered, not read.
_FEW_WORDS = 12
_WHOLE_PAGE = 0.7
_HIDDEN = 0.8
#: A run of letters that is long enough to need a vowel, in a script where that can be told.
_RUN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ž]{4,}")
_VOWEL = re.compile("[aeiouyÀ-ÆÈ-ÏÒ-ÖØ-Ýà-æè-ïò-öø-ýÿāăąēĕėęěĩīĭįıōŏőœũūŭůűų]", re.IGNORECASE)
_JUMPING_CASE = re.compile("[a-zß-öø-ÿ][A-ZÀ-ÖØ-Þ]")
_LEAST_PLAUSIBLE = 0.75
_LEAST_OVER_PICTURE = 0.85
#: Under this many different runs their share says nothing.
_ENOUGH_RUNS = 12
#: An amount, a number or a word in which a recogniser took letters for digits or digits for letters (ElSO.OO, 2O26, T0tal).
_CONFUSED = re.compile(
    r"^(?=.*[A-Za-z])[£€$EL]?(?:[\dOolISB]+[.,])*[\dOolISB]+[.,][\dOoSB]{2}$|^(?=.*\d)(?=.*[OlI])[\dOlI]{2,}%?$|[a-z][01][a-z]"
)
#: So many of them, and so large a share of the words that hold a digit, are no chance.
_FEW_CONFUSED = 3
_MOST_CONFUSED = 0.3


class Judgement(NamedTuple):
    """Whether the layer can be used, and the reason in one line for the person."""

    usable: bool
    reason: str


def judge_text_layer(layer: TextLayer) -> Judgement:
    """Whether ``layer`` says what the page shows. The strongest sign of trouble comes first."""
    words = layer.words
    if not words:
        return Judgement(False, "the page has no text layer")
    text = " ".join(word.text for word in islice(words, _SAMPLE // 4))[:_SAMPLE]
    if len(_GARBAGE.findall(text)) > _MOST_GARBAGE * len(text):
        return Judgement(False, "the text layer has characters without meaning (a font without an encoding)")
    over_picture = layer.picture_share >= _WHOLE_PAGE
    if over_picture and len(words) < _FEW_WORDS:
        return Judgement(False, f"the page is a picture and its text layer has only {len(words)} words")
    if plausible_share(text) < (_LEAST_OVER_PICTURE if over_picture else _LEAST_PLAUSIBLE):
        return Judgement(False, "the text layer's words make no sense (a wrong encoding, or a poor earlier OCR)")
    if over_picture and _is_confused([word.text for word in islice(words, _SAMPLE // 4)]):
        return Judgement(False, "the text layer takes letters for digits (a poor earlier OCR)")
    if not over_picture and layer.hidden_share > _HIDDEN:
        return Judgement(False, "the text layer is not what the page shows (its text is not drawn)")
    if over_picture:
        return Judgement(True, "the scan carries a good text layer of an earlier OCR")
    return Judgement(True, "the page carries its text")


def _is_confused(texts: Sequence[str]) -> bool:
    """Whether many of the words that hold digits also hold letters that look like digits, as a poor recogniser writes
    them."""
    confused = sum(1 for text in texts if _CONFUSED.search(text.strip("():;")))
    figures = sum(1 for text in texts if any(char.isdigit() for char in text))
    return confused >= _FEW_CONFUSED and confused > _MOST_CONFUSED * max(figures, 1)


def plausible_share(text: str) -> float:
    """The share of different longer words that have a vowel and no jumping case; 1 where there are too few to tell."""
    runs = set(_RUN.findall(text))
    if len(runs) < _ENOUGH_RUNS:
        return 1.0
    return sum(1 for run in runs if _VOWEL.search(run) and len(_JUMPING_CASE.findall(run)) < 2) / len(runs)
