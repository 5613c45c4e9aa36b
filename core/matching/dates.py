"""Where a date stands, in any notation: digits in any order, month names, two-digit years."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from core.matching.candidate import Candidate
from core.matching.index import PageIndex
from core.notation.folding import fold
from core.notation.months import all_months


def find_date(value: date, index: PageIndex) -> list[Candidate]:
    """A date in any notation: digits in any order, month names, two-digit years."""
    found: dict[tuple[int, int], float] = {}
    for digits in _date_digits(value):
        for token in index.digits.get(digits, ()):
            for first, last in _windows(token, len(index.keys)):
                score = _date_score(" ".join(index.texts[first : last + 1]), value)
                if score:
                    found[first, last] = score
                    break
    if not found:
        found = {(at, at): score for at, score in _beside_times(value, index)}
    shortest = sorted(found, key=lambda span: (span[1] - span[0], span))
    return [
        Candidate(index, range(first, last + 1), score, "exact" if score == 1.0 else "format")
        for first, last in shortest
        for score in (found[first, last],)
    ]


def _beside_times(value: date, index: PageIndex) -> Iterator[tuple[int, float]]:
    """Words in which a time of day is glued to ``value`` (18-03-201811:23), with their score."""
    for at, text in enumerate(index.texts):
        bare = _TIME.sub("", text) if ":" in text else text
        if bare != text and (score := _date_score(bare, value)):
            yield at, score


@lru_cache(maxsize=1024)
def _date_digits(value: date) -> tuple[str, ...]:
    """The digits of one printed word that a date in it may have."""
    year, month, day = value.year, value.month, value.day
    short = f"{year % 100:02}"
    years = (str(year), short)
    forms = {str(year), f"{year}{month:02}{day:02}", f"{year}{month}{day}"}
    for y in years:
        forms |= {f"{day:02}{month:02}{y}", f"{day}{month}{y}", f"{month:02}{day:02}{y}", f"{month}{day}{y}"}
        forms |= {f"{day:02}{month}{y}", f"{day}{month:02}{y}", f"{month:02}{day}{y}", f"{month}{day:02}{y}"}
        forms |= {f"{day:02}{y}", f"{day}{y}"}
    return tuple(forms | {f"{short}{month:02}{day:02}", short})


def _windows(token: int, count: int) -> Iterator[tuple[int, int]]:
    """Spans around ``token`` that a date may cover, the shortest first."""
    for more in range(6):
        for before in range(more, -1, -1):
            first, last = token - before, token + more - before
            if first >= 0 and last < count and (more < 3 or before in (0, more)):
                yield first, last


_TIME = re.compile(r"(?<=\d{4})\d?\d:\d\d(?::\d\d)?$|^\d?\d:\d\d(?::\d\d)?(?=\d)")
_PIECE = re.compile(r"\d+|[^\W\d_]+")
_FILLERS = frozenset(
    ("de", "del", "of", "the", "den", "der", "le", "am", "er", "st", "nd", "rd", "th", "º", "年", "月", "日")
)
_COMPACT = re.compile(r"\d{8}")


def _date_score(text: str, value: date) -> float:
    """1 for ISO, a little less for another notation of ``value``, 0 where ``text`` is not just this date."""
    if text == value.isoformat():
        return 1.0
    if _COMPACT.fullmatch(text):
        return 0.9 if text == f"{value:%Y%m%d}" else 0.0
    numbers: list[int] = []
    month = 0
    for piece in _PIECE.findall(text):
        if piece.isdigit():
            numbers.append(int(piece))
        elif (folded := fold(piece)) not in _FILLERS:
            named = all_months().get(folded)
            if named is None or month:
                return 0.0
            month = named
    return 0.98 if _is_date(numbers, month, value) else 0.0


def _is_date(numbers: list[int], month: int, value: date) -> bool:
    years = (value.year, value.year % 100)
    if month:
        return month == value.month and len(numbers) == 2 and _pair(numbers, value.day, years)
    if len(numbers) != 3:
        return False
    if numbers[0] in years and numbers[1:] == [value.month, value.day]:
        return True
    return numbers[2] in years and numbers[:2] in ([value.day, value.month], [value.month, value.day])


def _pair(numbers: list[int], day: int, years: tuple[int, int]) -> bool:
    first, second = numbers
    return (first == day and second in years) or (second == day and first == years[0])
