"""A document's notation: its decimal mark, and whether its numeric dates begin with the month.

A text such as ``03/04/2024`` or ``1.234`` means two things. What the document itself shows decides, then its addresses
and its language; rules, models' replies and the person's form all read by the answer given here, so that one text on
one document is one value.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from core.evidence import PageText

#: The marks of thousands and decimals in a text that is nothing but a number and what may stand beside one.
NUMBER = re.compile(r"^(?P<before>\D{0,8}?)(?P<number>[.,]?\d(?:[\d.,'’]*\d)?)(?P<after>\D{0,8})$")
_MOST_DAYS = 31
_NUMERIC_DATE = re.compile(
    r"(?<![\w./-])(?P<first>\d{1,4})\s?(?P<mark>[./\-–])\s?(?P<second>\d{1,2})\s?(?P=mark)\s?(?:\d{4}|\d{2})(?![\d/]|[.\-]\d)"
)
#: A state and its code of five digits, or the country: other two letters before five digits (NO 10256) are none.
UNITED_STATES = re.compile(
    r"\b(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|PR|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]"
    r"),?\s+\d{5}(?:-\d{4})?\b|\bUSA\b|\bUnited States\b"
)


@dataclass(frozen=True, slots=True)
class Notation:
    """``decimal`` is the decimal mark (``.`` or ``,``); ``month_first`` whether 03/04 is the 4th of March."""

    decimal: str = "."
    month_first: bool = False


def usual_notation(language: str | None) -> Notation:
    """What is usual in a language (ISO 639-1), for a text without a document; ``None`` is typed on our English form."""
    return Notation(_decimal_mark(language), language == "en")


def notation_of(pages: Sequence[PageText], language: str | None) -> Notation:
    """The notation of a document in ``language``, as its pages show it; the usual one where there are none."""
    if not pages:
        return usual_notation(language)
    words = [word.text for page in pages for word in page.words]
    return notation_of_text(words, "\n".join(page.text for page in pages), language)


def notation_of_text(words: Sequence[str], text: str, language: str | None) -> Notation:
    """The same from the words of all pages and their text with blanks and lines."""
    american = language in {"en", None} and UNITED_STATES.search(text) is not None
    return Notation(decide_decimal(words, _decimal_mark(language)), decide_order(words, american))


def decide_decimal(texts: Iterable[str], default: str = ".") -> str:
    """The decimal mark that the numbers among ``texts`` show; where they show none, ``default``."""
    votes: Counter[str] = Counter()
    for text in texts:
        shape = NUMBER.match(text)
        if shape is None:
            continue
        number = shape["number"]
        marks = [mark for mark in number if mark in ".,"]
        if not marks:
            continue
        last = marks[-1]
        if len(set(marks)) == 2 and marks.count(last) == 1:
            votes[last] += 3
        elif len(marks) == 1:
            decimals = len(number) - number.rindex(last) - 1
            votes[last] += 2 if decimals == 2 else 0
    if votes and votes["."] != votes[","]:
        return "." if votes["."] > votes[","] else ","
    return default


def decide_order(texts: Iterable[str], month_first: bool) -> bool:
    """Whether numeric dates begin with the month: what an unambiguous one among ``texts`` says, else ``month_first``."""
    for text in texts:
        found = _NUMERIC_DATE.search(text)
        if found is None or len(found["first"]) > 2:
            continue
        first, second = int(found["first"]), int(found["second"])
        if _MOST_DAYS >= first > 12 >= second:
            return False
        if _MOST_DAYS >= second > 12 >= first:
            return True
    return month_first


@cache
def _decimal_mark(language: str | None) -> str:
    from babel import Locale, UnknownLocaleError

    try:
        return "," if Locale.parse(language or "en").number_symbols["latn"]["decimal"] == "," else "."
    except (UnknownLocaleError, ValueError, KeyError):
        return "."
