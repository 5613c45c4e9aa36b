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
from datetime import date
from functools import cache

from core.evidence import PageText

#: The marks of thousands and decimals in a text that is nothing but a number and what may stand beside one.
NUMBER = re.compile(r"^(?P<before>\D{0,8}?)(?P<number>[.,]?\d(?:[\d.,'’]*\d)?)(?P<after>\D{0,8})$")
_MOST_DAYS = 31
#: So many numbers with three figures behind their only mark, and none with two: the mark groups thousands.
_GROUPED = 4
_NUMERIC_DATE = re.compile(
    r"(?<![\w./-])(?P<first>\d{1,4})\s?(?P<mark>[./\-–])\s?(?P<second>\d{1,2})\s?(?P=mark)\s?(?:\d{4}|\d{2})(?![\d/]|[.\-]\d)"
)
#: A state and its code of five digits, or the country: other two letters before five digits (NO 10256) are none.
_STATES = (
    "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|"
    "Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New Hampshire|"
    "New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island|South Carolina|"
    "South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|West Virginia|Wisconsin|Wyoming"
)
UNITED_STATES = re.compile(
    r"\b(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|PR|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]"
    r"),?\s+\d{5}(?:-\d{4})?\b|\bUSA\b|\bUnited States\b"
    rf"|\b(?:{_STATES}),?\s+\d{{5}}(?:-\d{{4}})?\b"
)
#: A day of the week before a date in figures says which of the two is the day: Fri 04/07/2017.
_NAMED_DAY = re.compile(
    r"\b(mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,?\s+(\d{1,2})[/\-.](\d{1,2})[/\-.](\d{4}|\d{2})\b", re.IGNORECASE
)
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


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
    return Notation(decide_decimal(words, _decimal_mark(language)), decide_order(words, is_month_first(text, language)))


def is_month_first(text: str, language: str | None) -> bool:
    """Whether a document's ``text`` says that its dates begin with the month: by the day of the week before one, else by
    an American address."""
    if language not in {"en", None}:
        return False
    named = order_by_weekday(text)
    return UNITED_STATES.search(text) is not None if named is None else named


def order_by_weekday(text: str) -> bool | None:
    """Whether the month comes first in a date in figures behind the day of the week on which it falls one way round only;
    ``None`` where no date tells."""
    for name, first, second, printed in _NAMED_DAY.findall(text):
        year = int(printed) if len(printed) == 4 else 2000 + int(printed)
        falls = [_weekday(year, int(month), int(day)) for month, day in ((first, second), (second, first))]
        wanted = _WEEK.index(name.casefold())
        if (falls[0] == wanted) != (falls[1] == wanted):
            return falls[0] == wanted
    return None


def _weekday(year: int, month: int, day: int) -> int | None:
    """The day of the week from Monday (0); ``None`` for what is no date."""
    try:
        return date(year, month, day).weekday()
    except ValueError:
        return None


def decide_decimal(texts: Iterable[str], default: str = ".") -> str:
    """The decimal mark that the numbers among ``texts`` show; where they show none, ``default``."""
    votes: Counter[str] = Counter()
    groups: Counter[str] = Counter()
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
            groups[last] += decimals == 3 and number[0] not in "0.,"
    if votes and votes["."] != votes[","]:
        return "." if votes["."] > votes[","] else ","
    (mark, count), *others = groups.most_common() or [("", 0)]
    if not votes.total() and count >= _GROUPED and not others:
        return "," if mark == "." else "."  # 49.000 and 4.500 and 53.500: money without cents
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
