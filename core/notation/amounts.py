"""Amounts in every locale's format: reading the number, its sign and its currency from tokens.

``1.234,56``, ``1,234.56``, ``1 234,56``, ``1'234.56``, ``6,54,321.00``, ``12.-``, ``(5.00)``, ``8.79-``, ``5.00 CR``.
Which mark is the decimal one is decided once a document (:mod:`core.notation`); a number that can be read in one way
only is read so, whatever the document's habit.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from core.notation import Notation
from core.notation.currencies import currency_of
from core.notation.notation import NUMBER
from core.page.layout import Token

#: A blank inside a number (1 234,56) is narrower than this many text heights.
_THOUSANDS_GAP = 0.5
#: Raised cents are at most this tall beside their number.
_RAISED = 0.8
#: Two figures behind a number that ends in its decimal mark, at most so many text heights away.
_CENTS_APART = re.compile(r"^(\d\d)(-?)$")
_CENTS_GAP = 0.9
_MINUS = "-−–—"
_EDGES = " .-" + _MINUS
_CREDIT = frozenset({"cr", "cr.", "credit", "h"})
#: Letters that are glued to an amount name its class of tax (510.00T, 3.99F, 5.90SR, 45.00.S); H marks a credit.
_TAX_CLASS = re.compile(r"^\.?(?:[A-GI-Zs]|[A-Z]{2,3})\.?$")
#: For what a price is (25.00/pc).
_PER = re.compile(r"/[^\W\d]{1,8}\.?$")
#: Glued letters that say what is counted or weighed.
_UNITS = frozenset("KG LB LBS OZ ML CL PC PCS EA HR HRS CM MM GB MB TB KWH KW STK STD XL XXL".split())
_CENTS = re.compile(r"[.,]\d\d$")
_TRIMMED = "*:;|"
_CONFUSED = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "|": "1", "S": "5", "B": "8"})
_CONFUSABLE = re.compile(r"^(RM|[A-Z]{3}(?=[^A-Z]{2})|)([\d.,OolI|SB$€£-]+)$")


class Amount(NamedTuple):
    """A number as printed in ``tokens``: value, ISO 4217 code of a currency that stands beside it (else ``None``), how
    many decimals are printed, and whether it is a percentage."""

    value: Decimal
    text: str
    currency: str | None
    decimals: int
    percent: bool
    tokens: tuple[Token, ...]


def parse_number(text: str, habit: Notation) -> tuple[Decimal, int] | None:
    """Digits with their marks as (value, decimals printed), or ``None`` for what is no number (a date, a version)."""
    text = text.replace("’", "'")
    marks = [mark for mark in text if mark in ".,'"]
    if not marks:
        return Decimal(text), 0
    last = marks[-1]
    whole, _, fraction = text.rpartition(last)
    if last == "'":
        return _whole(text)
    if marks.count(last) > 1:
        return _whole(text) if len(set(marks)) == 1 else None
    if len(marks) == 1:
        grouped = len(fraction) == 3 and 1 <= len(whole) <= 3 and whole != "0" and last != habit.decimal
        return _whole(text) if grouped else (Decimal(f"{whole or 0}.{fraction}"), len(fraction))
    integer = _whole(whole)
    return None if integer is None else (Decimal(f"{integer[0]}.{fraction}"), len(fraction))


def _whole(text: str) -> tuple[Decimal, int] | None:
    """A whole number in groups of three (or of two before the last three, as in India)."""
    groups = re.split(r"[.,']", text)
    middle = {len(group) for group in groups[1:-1]}
    if len(groups[-1]) != 3 or not 1 <= len(groups[0]) <= 3 or (len(middle | {3}) > 1 and middle != {2}):
        return None
    return Decimal("".join(groups)), 0


def parse_amount(text: str, habit: Notation) -> Amount | None:
    """One amount that fills ``text``, for callers without tokens. ``None`` where it is none."""
    tokens = [Token(part, "", 0, 0, 0, 1, -1) for part in text.replace("\u00a0", " ").replace("\u202f", " ").split()]
    found = find_amounts(tokens, habit)
    return found[0] if len(found) == 1 and len(found[0].tokens) == len(tokens) else None


def find_amounts(tokens: Sequence[Token], habit: Notation, repair: bool = False) -> list[Amount]:
    """The numbers in a run of tokens (a segment), from left to right, each with its sign and currency.

    ``repair`` also reads digits that OCR confused with letters (``1O.00``).
    """
    found = []
    at = 0
    while at < len(tokens):
        core = _core(tokens[at].text, repair)
        if core is None:
            at += 1
            continue
        end, number, after = _extend(tokens, at, core, repair)
        parsed = parse_number(number, habit)
        if parsed is not None:
            found.append(_amount(tokens, at, end, core[0], parsed, after))
        at = end
    return [amount for amount in found if amount is not None]


def _core(text: str, repair: bool) -> tuple[str, str, str] | None:
    """A token as (what stands before the number, the number, what stands after it), or ``None``."""
    if any(char > "\uff00" for char in text):
        text = unicodedata.normalize("NFKC", text)
    shape = NUMBER.match(text)
    if shape is None:
        shape = _repaired(text) if repair and any(char.isdigit() for char in text) else None
        if shape is None:
            return None
    before = shape["before"].strip(_TRIMMED)
    after = shape["after"].strip(_TRIMMED)
    if _CENTS.search(shape["number"]):
        after = _PER.sub("", after)
        # tills print a star before an amount, which is read as #
        before = before.lstrip("#")
        after = "" if _is_tax_class(after) else after
    return (before, shape["number"], after) if _is_affix(before) and _is_tail(after) else None


def _repaired(text: str) -> re.Match[str] | None:
    """The shape of a number in which OCR confused digits with letters (1O.00, RMO.65), or ``None``."""
    confused = _CONFUSABLE.match(text)
    return NUMBER.match(confused[1] + confused[2].translate(_CONFUSED)) if confused else None


def _is_tax_class(text: str) -> bool:
    bare = text.strip(".")
    known = bare in _UNITS or bare.casefold() in _CREDIT or currency_of(bare) is not None
    return _TAX_CLASS.match(text) is not None and not known


def _extend(tokens: Sequence[Token], at: int, core: tuple[str, str, str], repair: bool) -> tuple[int, str, str]:
    """Adds groups of thousands set apart by narrow blanks, and with ``repair`` cents that OCR set apart from their point (12. 15).
    Returns (first token after, number, what follows it)."""
    _, number, after = core
    end = at + 1
    if cents := _raised_cents(tokens, end, number, after):
        return end + 1, f"{number.rstrip('.,')}.{cents}", ""
    apart = _CENTS_APART.match(tokens[end].text) if repair and after in (".", ",") and end < len(tokens) else None
    if apart and tokens[end].x0 - tokens[at].x1 < _CENTS_GAP * max(tokens[at].height, 1e-6):
        return end + 1, f"{number}{after}{apart[1]}", apart[2]
    if not re.fullmatch(r"\d{1,3}[.,]?", number + after):
        return end, number, after
    while end < len(tokens) and (not after or after in ".,"):
        gap = tokens[end].x0 - tokens[end - 1].x1
        follow = re.match(r"^(\d{3})((?:[.,]\d+)?)(\D{0,8})$", tokens[end].text)
        if follow is None or gap > _THOUSANDS_GAP * max(tokens[end].height, 1e-6) or not _is_tail(follow[3]):
            break
        number += follow[1] + follow[2]
        after = follow[3]
        end += 1
        if follow[2]:
            break
    return end, number, after


def _raised_cents(tokens: Sequence[Token], at: int, number: str, after: str) -> str:
    """The two digits in smaller print that follow a whole number closely (200 and a small 37 above the line), or ``""``."""
    if at >= len(tokens) or after not in ("", ".", ",") or not re.fullmatch(r"\d{1,7}[.,]?", number):
        return ""
    whole, cents = tokens[at - 1], tokens[at]
    close = cents.x0 - whole.x1 < _THOUSANDS_GAP * whole.height
    return cents.text if re.fullmatch(r"\d\d", cents.text) and cents.height < _RAISED * whole.height and close else ""


def _amount(
    tokens: Sequence[Token], at: int, end: int, before: str, parsed: tuple[Decimal, int], after: str
) -> Amount | None:
    start = at
    previous = tokens[at - 1].text.strip(_TRIMMED) if at else ""
    if not before.strip(_MINUS + "(+") and previous.strip(_MINUS) and _is_affix(previous):
        start, before = at - 1, previous + before
    # a dash inside a text (Pipe - 5.00) is no sign
    if start == 1 and tokens[0].text in tuple(_MINUS):
        start, before = 0, "-" + before
    following = tokens[end].text.strip(_TRIMMED) if end < len(tokens) else ""
    open_end = not after.strip(_MINUS + ".,")
    if open_end and following and _is_tail(following) and not _starts_amount(tokens, end):
        end, after = end + 1, after + following
        if end + 1 == len(tokens) and tokens[end].text in tuple(_MINUS) and currency_of(following.strip(_EDGES)):
            end, after = end + 1, after + tokens[end].text  # 60,00 € -
    value, decimals = parsed
    negative = any(char in _MINUS for char in before) or ("(" in before and ")" in after)
    negative = negative or _is_negative_tail(after, decimals)
    currency = currency_of(before.strip(_MINUS + "()+ ")) or currency_of(after.strip(_MINUS + "().,+% "))
    span = tuple(tokens[start:end])
    text = " ".join(token.text for token in span)
    return Amount(-value if negative else value, text, currency, decimals, "%" in after, span)


def _starts_amount(tokens: Sequence[Token], at: int) -> bool:
    """Whether the currency at ``at`` belongs to the number after it (EUR 5,00) rather than to the one before."""
    return (
        at + 1 < len(tokens)
        and NUMBER.match(tokens[at + 1].text) is not None
        and tokens[at].text.strip(_TRIMMED) not in {"%", ")", "-", ".-"}
        and tokens[at + 1].x0 - tokens[at].x1 < tokens[at].x0 - tokens[at - 1].x1
    )


def _is_affix(text: str) -> bool:
    """Whether ``text`` may stand before a number: a sign, a bracket, a currency."""
    bare = text.strip(_MINUS + "(+ ")
    return not bare or currency_of(bare) is not None


def _is_tail(text: str) -> bool:
    """Whether ``text`` may stand after a number: a sign, a bracket, a percent sign, a currency, a credit mark."""
    bare = text.strip(").,+ " + _MINUS)
    return not bare or bare == "%" or bare.casefold() in _CREDIT or currency_of(bare) is not None


def _is_negative_tail(text: str, decimals: int) -> bool:
    """``8.79-``, ``8.79- €``, ``8.79 €-`` and ``5.00 CR`` are negative; ``12.-``, ``12,--`` and ``¥12,000-`` are not."""
    bare = text.strip(") ")
    sign = bare[:1] if bare[:1] in tuple(_MINUS) else bare[-1:]
    signed = sign in tuple(_MINUS) and (len(bare) == 1 or currency_of(bare.strip(_MINUS + " .")) is not None)
    return (bool(decimals) and signed) or bare.casefold() in _CREDIT
