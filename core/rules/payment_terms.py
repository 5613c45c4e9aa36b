"""The sentence that says how and by when to pay, as it is printed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from core.page.layout import Segment, Token
from core.rules.header import Candidate
from core.rules.reading import Reading

_LABELLED, _SENTENCE = 0.98, 0.95
#: A sentence has so many words at least, and at most.
_SHORTEST, _LONGEST = 3, 45
#: It goes on in the next line within so many text heights, for so many lines.
_GAP, _MOST_LINES = 0.9, 3
_ENDS = (".", "!", "?")
#: A line without days has no more words.
_SHORT = 8
_EDGES = frozenset(":-–|")


def read_payment_terms(reading: Reading) -> Candidate | None:
    """What a label of the terms announces, else the first sentence that says in how many days to pay."""
    return next(_labelled(reading), None) or next(_sentences(reading), None)


def _labelled(reading: Reading) -> Iterator[Candidate]:
    meant = reading.lexicon.meanings["payment_terms"]
    for label in reading.labels:
        if label.key not in meant:
            continue
        layout, segment = reading.layouts[label.page], label.segment
        behind = [token for token in segment.tokens[label.end :] if token.text not in _EDGES]
        if behind:
            lines = [behind, *(_following(reading, label.page, segment) if len(behind) > _SHORTEST else ())]
        else:
            beside = [one for one in layout.right_of(segment)[:1] if not reading.label_starting(label.page, one)]
            below = [one for one in layout.below(segment, 1.6)[:1] if _says_something(reading, one.tokens)]
            first = next(iter((*beside, *below)), None)
            if first is None:
                continue
            lines = [first.tokens, *_following(reading, label.page, first)]
        tokens = [token for line in lines for token in line]
        if _is_date(reading, tokens):
            continue
        if len(tokens) <= _LONGEST and (len(tokens) > 1 or _says_something(reading, tokens)):
            yield _candidate(tokens, label.page, _LABELLED, "labelled terms", label.text)


def _is_date(reading: Reading, tokens: Sequence[Token]) -> bool:
    """Whether the words are no more than the day when it is due."""
    found = reading.dates_in(tokens)
    return bool(found) and len(found[0].tokens) == len(tokens)


def _says_something(reading: Reading, tokens: Sequence[Token]) -> bool:
    """Whether words speak of payment or of days."""
    return any(_is_of_days(reading, token) or _is_of_payment(reading, token) for token in tokens)


def _sentences(reading: Reading) -> Iterator[Candidate]:
    for page, layout in enumerate(reading.layouts):
        for segment in layout.segments:
            tokens = segment.tokens
            if not _SHORTEST <= len(tokens) <= _LONGEST or not any(_is_of_payment(reading, token) for token in tokens):
                continue
            in_days = any(
                _is_of_days(reading, token) and any(map(str.isdigit, before.text)) for before, token in pairwise(tokens)
            )
            if in_days or _is_at_once(reading, page, segment):
                lines = [tokens, *_following(reading, page, segment)]
                yield _candidate([t for line in lines for t in line], page, _SENTENCE, "sentence on payment", "")


def _is_at_once(reading: Reading, page: int, segment: Segment) -> bool:
    """Whether a short line says how to pay without a day or an amount: payable at once without deduction."""
    begins = segment.tokens[0].key.startswith(_PAYABLE)
    return begins and len(segment.tokens) <= _SHORT and not reading.amounts_in(page, segment)


def _is_of_days(reading: Reading, token: Token) -> bool:
    return token.key in reading.lexicon.day_words


def _is_of_payment(reading: Reading, token: Token) -> bool:
    words = reading.lexicon
    return token.key in words.payment_words or token.key in words.net_terms or token.key.startswith(_PAY)


#: How words begin (folded) that speak of payment, in the languages whose invoices are read most.
_PAYABLE = ("zahlbar", "payable", "betaalbaar", "pagabile")
_PAY = ("zahlbar", "zahlung", "uberweis", "payab", "paiement", "regle", "reglement", "pagament", "betal", "betaling")


def _following(reading: Reading, page: int, segment: Segment) -> Iterator[list[Token]]:
    """The lines with which a sentence goes on below ``segment``: it does not end there, and no label begins the next."""
    layout, last = reading.layouts[page], segment
    for _ in range(_MOST_LINES - 1):
        if last.tokens[-1].text.endswith(_ENDS):
            return
        below = next((one for one in layout.below(last, _GAP) if abs(one.x0 - segment.x0) < last.height), None)
        if below is None:
            return
        in_days = last.tokens[-1].text[-1:].isdigit() and _is_of_days(reading, below.tokens[0])  # 2 % in 10, 30 | days
        if not in_days and not below.tokens[0].text[:1].islower():
            return
        yield below.tokens
        last = below


def _candidate(tokens: Sequence[Token], page: int, score: float, rule: str, label: str) -> Candidate:
    text = " ".join(token.text for token in tokens)
    return Candidate("payment_terms", text, tuple(tokens), page, score, rule, label)
