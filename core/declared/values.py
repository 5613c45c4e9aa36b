"""Whether words on a page are a value of a field: read by its kind, looked at by its mask and its allowed values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from core.declared import mask
from core.declared.definition import FieldDefinition
from core.notation import Notation
from core.notation.amounts import Amount, find_amounts
from core.notation.currencies import currency_of
from core.notation.dates import compact_date, dates_in
from core.notation.folding import fold
from core.page.layout import Token

#: What stands around a value without belonging to it.
_EDGES = " :=|*·•,;"
#: An identifier has at most so many characters and words.
_LONGEST_IDENTIFIER, _IDENTIFIER_WORDS = 34, 8
#: A code of capitals alone has so many of them.
_SHORTEST_CODE, _LONGEST_CODE = 4, 11
#: How well words fit where nothing speaks for or against them.
_PLAIN = 0.8


class Value(NamedTuple):
    """A value with the tokens that it was read from, and how well they fit the field (0 to 1)."""

    value: Any
    tokens: Sequence[Token]
    fit: float


def value_in(field: FieldDefinition, tokens: Sequence[Token], notation: Notation) -> Value | None:
    """The value of ``field`` with which a run of tokens begins; ``None`` where it holds none."""
    if not tokens:
        return None
    if field.allowed:
        return _allowed(field, tokens)
    match field.kind:
        case "date":
            return _date(tokens, notation)
        case "money" | "quantity":
            return _number(field, tokens, notation)
        case "currency":
            return _currency(tokens)
        case "identifier":
            return _identifier(field, tokens)
        case _:
            return _text(field, tokens)


def _allowed(field: FieldDefinition, tokens: Sequence[Token]) -> Value | None:
    """The longest of the allowed values that the tokens begin with."""
    keys = {fold(word): word for word in field.allowed}
    for end in range(min(len(tokens), 8), 0, -1):
        if word := keys.get("".join(token.key for token in tokens[:end])):
            return Value(word, tokens[:end], 1.0)
    return None


def _date(tokens: Sequence[Token], notation: Notation) -> Value | None:
    text = " ".join(token.text for token in tokens)
    for found in dates_in(text, notation.month_first):
        return Value(
            found.value,
            _covering(tokens, found.start, found.end),
            1.0 if not text[: found.start].strip(_EDGES) else 0.6,
        )
    day = compact_date(tokens[0].text.strip(_EDGES))
    return Value(day, tokens[:1], 0.9) if day else None


def _covering(tokens: Sequence[Token], start: int, end: int) -> Sequence[Token]:
    """The tokens that cover characters ``start`` to ``end`` of their texts joined by blanks."""
    found, at = [], 0
    for token in tokens:
        if at < end and at + len(token.text) > start:
            found.append(token)
        at += len(token.text) + 1
    return found


def _number(field: FieldDefinition, tokens: Sequence[Token], notation: Notation) -> Value | None:
    """The first number; an amount of money with decimals or a currency fits better than a bare figure. What runs on in words is a sentence."""
    amounts = [amount for amount in find_amounts(tokens, notation) if not amount.percent or field.kind == "quantity"]
    if not amounts:
        return None
    first = amounts[0]
    words_before = sum(1 for token in tokens[: _place(tokens, first)] if token.text.strip(_EDGES))
    fit = 1.0 if field.kind == "quantity" or first.decimals == 2 or first.currency else 0.7
    return Value(first.value, first.tokens, max(fit - 0.25 * words_before, 0.1))


def _place(tokens: Sequence[Token], amount: Amount) -> int:
    return next((at for at, token in enumerate(tokens) if token is amount.tokens[0]), 0)


def _currency(tokens: Sequence[Token]) -> Value | None:
    for token in tokens[:3]:
        code = currency_of(token.text.strip(_EDGES + "()"))
        if code:
            return Value(code, (token,), 1.0)
        sign = "".join(char for char in token.text if not char.isdigit() and char not in ".,'- ")
        if sign and (code := currency_of(sign)):
            return Value(code, (token,), 0.8)
    return None


def _identifier(field: FieldDefinition, tokens: Sequence[Token]) -> Value | None:
    """With a mask, the longest run from the beginning that it fits; else the first words with a digit in them."""
    if field.mask:
        for end in range(min(len(tokens), _IDENTIFIER_WORDS), 0, -1):
            text = _joined(tokens[:end])
            if mask.fits(field.mask, text):
                return Value(text, tokens[:end], 1.0)
    end = 0
    while end < min(len(tokens), _IDENTIFIER_WORDS) and any(char.isdigit() for char in tokens[end].text):
        end += 1
    if not end and len(tokens) > 1 and len(tokens[0].text) <= 4 and any(char.isdigit() for char in tokens[1].text):
        end = 2  # DE 123456789
        while end < min(len(tokens), _IDENTIFIER_WORDS) and tokens[end].text.isdigit():
            end += 1
    if not end and is_capitals(tokens[0].text.strip(_EDGES)):
        end = 1  # a BIC
    text = _joined(tokens[:end])
    if not end or len(text) > _LONGEST_IDENTIFIER:
        return None
    return Value(text, tokens[:end], 0.6 if field.mask else _PLAIN)


def is_capitals(text: str) -> bool:
    """Whether a word may be a code without a digit: some capitals, no more than a code has."""
    return text.isalpha() and text.isupper() and _SHORTEST_CODE <= len(text) <= _LONGEST_CODE


def _text(field: FieldDefinition, tokens: Sequence[Token]) -> Value | None:
    text = _joined(tokens)
    if not any(char.isalnum() for char in text):
        return None
    if field.mask:
        return Value(text, tokens, 1.0 if mask.fits(field.mask, text) else 0.5)
    letters = sum(char.isalpha() for char in text)
    return Value(text, tokens, _PLAIN if letters * 2 >= len(text.replace(" ", "")) else 0.5)


def _joined(tokens: Sequence[Token]) -> str:
    return " ".join(token.text for token in tokens).strip(_EDGES)
