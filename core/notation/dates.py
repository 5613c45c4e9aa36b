"""Dates in a text: numeric, ISO, with month names, Japanese; two-digit years. Whether ``03/04/2024`` begins with the day or
the month is decided once a document (:mod:`core.notation.notation`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from core.notation.folding import fold
from core.notation.months import months

#: The year before the first of a Japanese era.
_ERAS = {"令和": 2018, "平成": 1988}
_PATTERN = re.compile(
    # a time of day may be glued to either end: 18-03-201811:23, 11:2318-03-2018
    r"(?:(?<![\w./-])|(?<=\d:\d\d))(?:"
    r"(?P<a>\d{1,4})\s?(?P<mark>[./\-–])\s?(?P<b>\d{1,2})\s?(?P=mark)\s?(?P<c>\d{4}|\d{2})(?:(?![\d/])|(?=\d?\d:\d\d))"
    r"|(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|°|ª|\.)?[\s./\-]*(?:de\s+|of\s+|di\s+)?(?P<name>[^\W\d_]{3,12})\.?,?"
    r"(?:[\s./\-',]*(?:del?\s+|di\s+)?(?P<year>\d{4})(?:(?!\d)|(?=\d?\d:\d\d))"
    r"|(?:[./\-']\s?|(?<=[^\W\d_]))(?P<short>\d{2})(?!\d))"
    # two digits after a blank are a year at the end, or before the time of day
    r"|(?P<day4>\d{1,2})(?:st|nd|rd|th|\.)?\s?(?P<name4>[^\W\d_]{3,12})[.,]?\s(?P<year4>\d{2})(?=\s*$|,?\s\d?\d:\d\d)"
    r"|(?P<name2>[^\W\d_]{3,12})\.?[\s\-]*(?P<day2>\d{1,2})(?:st|nd|rd|th)?\s?,?[\s\-]*(?P<year2>\d{4})(?!\d)"
    r"|(?P<year3>\d{4})[.\s\-]*(?P<name3>[^\W\d_]{3,12})[\s\-]*(?P<day3>\d{1,2})(?!\d)"
    r"|(?P<era>令和|平成)?\s?(?P<y>\d{4}|\d{1,2}|元)\s?年\s?(?P<m>\d{1,2})\s?月\s?(?P<d>\d{1,2})\s?日?"
    r")"
)
_COMPACT = re.compile(r"^(20\d\d)(0[1-9]|1[0-2])([0-3]\d)$")


class DateInText(NamedTuple):
    """A date and where it stands in its text. ``sure`` is false where day and month could be swapped."""

    value: date
    start: int
    end: int
    sure: bool


def dates_in(text: str, month_first: bool) -> Iterator[DateInText]:
    """The dates in ``text``, from left to right."""
    at = 0
    while match := _PATTERN.search(text, at):
        value, sure = _value(match, month_first)
        if value is None:
            # a wrong start (a page number before a date) must not hide the date that follows
            at = match.start() + 1
            continue
        yield DateInText(value, match.start(), match.end(), sure)
        at = match.end()


def compact_date(text: str) -> date | None:
    """``20240731``, as some systems print it behind a date's label."""
    found = _COMPACT.match(text)
    return _day(int(found[1]), int(found[2]), int(found[3])) if found else None


def _value(match: re.Match[str], month_first: bool) -> tuple[date | None, bool]:
    if match["a"]:
        return _numeric(match["a"], int(match["b"]), match["c"], month_first and "." not in match["mark"])
    if match["y"]:
        year = 1 if match["y"] == "元" else int(match["y"])
        return _day(year + _ERAS.get(match["era"], 0), int(match["m"]), int(match["d"])), True
    for kind in ("", "2", "3", "4"):
        if match[f"name{kind}"]:
            month = months().get(fold(match[f"name{kind}"]))
            printed = match[f"year{kind}"] or match["short"]
            return (_day(_year(printed), month, int(match[f"day{kind}"])) if month else None), True
    return None, False


def _numeric(first: str, second: int, third: str, month_first: bool) -> tuple[date | None, bool]:
    if len(first) == 4:
        return _day(int(first), second, int(third)) if len(third) == 2 else None, True
    if len(first) == 3:
        return None, False
    day, month = (second, int(first)) if month_first else (int(first), second)
    value = _day(_year(third), month, day) or _day(_year(third), day, month)
    return value, day > 12 or month > 12 or day == month


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else year + (2000 if year < 70 else 1900)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 1900 <= year < 2100 else None
    except ValueError:
        return None
