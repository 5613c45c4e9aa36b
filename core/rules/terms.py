"""Due dates in the sentences that state the terms of payment (please pay by 3 May; the amount is collected on 3 May)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from core.page.japanese import FIRST_CJK
from core.page.layout import Segment, Token
from core.rules.reading import Reading

#: A run of fewer words is a label with its value, not a sentence.
_SENTENCE = 4
#: So many days after the invoice's a date is the end of a contract rather than a day of payment.
_LATEST = 130


#: Net terms with so many words before the next date announce that one.
_OWN_WORDS = 4


class TermDate(NamedTuple):
    """A date by which to pay, where it stands and why it was taken."""

    value: date
    tokens: tuple[Token, ...]
    page: int
    score: float
    rule: str
    label: str


def net_dates(reading: Reading) -> Iterator[TermDate]:
    """``2 % by 1 July, by 17 July without deduction``: the due date by what follows it."""
    terms = reading.lexicon.net_terms
    for page, layout in enumerate(reading.layouts):
        for segment in layout.segments:
            if len(segment.tokens) < 3 or not any(term in segment.key for term in terms):
                continue
            # beside a date for a discount it is the surer one
            score = 1.05 if any("%" in token.text for token in segment.tokens) else 0.9
            dates = reading.dates_in(segment.tokens)
            starts = {segment.tokens.index(found.tokens[0]) for found in dates}
            for found in dates:
                at = segment.tokens.index(found.tokens[-1]) + 1
                behind = "".join(token.key for token in segment.tokens[at : at + 3])
                # “by 1 July 2 %, net by 17 July”: the words before a further date are its own
                if behind.startswith(tuple(terms)) and starts.isdisjoint(range(at, at + _OWN_WORDS)):
                    yield TermDate(found.value, found.tokens, page, score, "before net terms", behind)


def payment_dates(reading: Reading, issued: date) -> Iterator[TermDate]:
    """The only date of a sentence on payment, where it lies after the day of ``issued``: the due date where no label
    announces one."""
    for page, layout in enumerate(reading.layouts):
        for segment in layout.segments:
            word = _payment_word(reading, segment)
            dates = reading.dates_in(segment.tokens) if word else []
            if len(dates) == 1 and 0 < (dates[0].value - issued).days < _LATEST:
                yield TermDate(dates[0].value, dates[0].tokens, page, 0.5, "sentence on payment", word)


def _payment_word(reading: Reading, segment: Segment) -> str:
    """The word by which a sentence speaks of a payment to come; empty where it does not or tells of one made."""
    lexicon = reading.lexicon
    cjk = any(token.key[:1] > FIRST_CJK for token in segment.tokens)
    if len(segment.tokens) < _SENTENCE and not cjk:
        return ""
    keys = [token.key for token in segment.tokens]
    if any(key in lexicon.paid_words for key in keys):
        return ""
    return next((key for key in keys if key in lexicon.payment_words), "")
