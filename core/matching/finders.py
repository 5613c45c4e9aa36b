"""Where a value might stand: the candidates of each kind of field, from the same notation to a fuzzy match.

A finder says what matches, never which match is meant: choosing is :mod:`core.matching.choice`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, NamedTuple

from rapidfuzz import fuzz

from core.evidence import Box, Evidence
from core.matching.index import PageIndex, squeeze
from core.models import FieldKind

#: A fuzzy match below this similarity is no evidence.
FUZZY_CUTOFF = 80.0
CODE_CUTOFF = 85.0
#: Values shorter than this many letters and digits are never matched fuzzily or inside a longer word.
SHORTEST_PART = 4


class Candidate(NamedTuple):
    """A place that matches a value: the tokens, how well (0 to 1) and how it was found (see ``Evidence.method``)."""

    page: PageIndex
    tokens: Sequence[int]
    score: float
    method: str

    @property
    def box(self) -> Box:
        """The first text line of the match: what it is compared by."""
        return self.page.words[self.page.owners[self.tokens[0]]].box

    def evidence(self) -> Evidence:
        """The match as evidence."""
        page, tokens = self.page, self.tokens
        boxes = page.lines(tokens)
        method = "lines" if self.method == "exact" and len(boxes) > 1 else self.method
        return Evidence(
            page.number, boxes, page.text(tokens), round(self.score, 4), method, round(page.confidence(tokens), 4)
        )


# ---------------------------------------------------------------- text


def find_text(value: str, index: PageIndex) -> list[Candidate]:
    """Text as it stands, letters and digits compared; inside a longer word only where no whole word matches."""
    key = squeeze(value)
    whole: list[Candidate] = []
    parts: list[Candidate] = []
    for first, last, aligned in index.find(key):
        if aligned:
            whole.append(Candidate(index, range(first, last + 1), 1.0, "exact"))
        elif len(key) >= SHORTEST_PART and not key.isdigit():
            parts.append(Candidate(index, range(first, last + 1), 0.9, "exact"))
    return whole or parts


def find_identifier(value: str, index: PageIndex) -> list[Candidate]:
    """A number or code as it stands; one of digits only also with leading zeros (``000.000.046`` for 46)."""
    found = find_text(value, index)
    if found or not value.isdigit():
        return found
    bare = value.lstrip("0")
    return [
        Candidate(index, (token,), 0.9, "format")
        for digits, tokens in index.digits.items()
        if len(digits) > len(bare) and digits.endswith(bare) and not digits[: -len(bare)].strip("0")
        for token in tokens
        if not re.search(r"[,%€$£]", index.texts[token])
    ]


def find_fuzzy(value: str, index: PageIndex) -> list[Candidate]:
    """The stretch of the page most similar to ``value``, if it is similar enough."""
    key = squeeze(value)
    if len(key) < SHORTEST_PART or len(index.squeezed) < len(key):
        return []
    found = fuzz.partial_ratio_alignment(key, index.squeezed, score_cutoff=FUZZY_CUTOFF)
    if found is None or found.dest_end <= found.dest_start:
        return []
    first, last = index.tokens_at(found.dest_start, found.dest_end)
    covered = index.squeezed[index.starts[first] : index.starts[last + 1]]
    score = max(fuzz.ratio(key, covered), found.score * 0.9) / 100
    return [Candidate(index, range(first, last + 1), score * 0.98, "fuzzy")]


def find_misread(value: str, index: PageIndex) -> list[Candidate]:
    """A number or code with a letter or two read otherwise, as a word of its own."""
    key = squeeze(value)
    if len(key) <= SHORTEST_PART:
        return []
    return [
        found
        for found in find_fuzzy(value, index)
        if fuzz.ratio(key, "".join(index.keys[token] for token in found.tokens)) >= CODE_CUTOFF
    ]


def find_parts(value: str, index: PageIndex) -> list[Candidate]:
    """A value whose pieces stand on text lines of their own with other columns' words between: an address, a wrapped
    description. The pieces must follow each other downwards."""
    tokens: list[int] = []
    found = total = 0
    for part in _parts(value):
        key = squeeze(part)
        total += len(key)
        place = _next_place(index, key, tokens)
        if place:
            tokens.extend(place)
            found += len(key)
    if not total or found / total < FUZZY_CUTOFF / 100:
        return []
    return [Candidate(index, tokens, 0.95 * found / total, "lines")]


def _parts(value: str) -> list[str]:
    pieces = [piece for piece in re.split(r"[,\n;]\s*", value) if squeeze(piece)]
    return pieces if len(pieces) > 1 else value.split()


def _next_place(index: PageIndex, key: str, before: Sequence[int]) -> range | None:
    """The place of ``key`` nearest below (or right of) the tokens found so far; the first one where there are none."""
    places = [range(first, last + 1) for first, last, aligned in index.find(key) if aligned]
    if not before or not places:
        return places[0] if places else None
    last = index.words[index.owners[before[-1]]].box
    first = index.words[index.owners[before[0]]].box

    def distance(place: range) -> float:
        box = index.words[index.owners[place[0]]].box
        down = box.center[1] - last.center[1]
        if down < -0.5 * last.height or down > 3.5 * last.height:
            return float("inf")
        beside = abs(box.x0 - last.x1) if down < 0.5 * last.height else abs(box.x0 - first.x0)
        return beside + down

    best = min(places, key=distance)
    return best if distance(best) < 15 * max(last.height, 1e-6) else None


def find_inside(value: str, index: PageIndex, box: Box) -> list[Candidate]:
    """The words inside the box that an extractor named, as far as they are the value."""
    tokens = index.tokens_in(box, margin=1.0)
    key = squeeze(value)
    similarity = fuzz.ratio(key, "".join(index.keys[token] for token in tokens)) if key else 0.0
    if similarity < FUZZY_CUTOFF:
        return []
    method = "fuzzy" if similarity < 99.9 else "exact"
    return [Candidate(index, tokens, similarity / 100, method)]


# ---------------------------------------------------------------- numbers

_RUN = re.compile(r"(?:(?<![^\W\d_])[.,])?\d[\d.,'’\s]*")
_WHOLE = re.compile(r"\d+|\d{1,3}(?:[.,'’\s]\d{3})+|\d{1,2}(?:,\d{2})+,\d{3}")
_BEFORE = re.compile(r"(?:.*\W|[A-Za-z]{2,3})?", re.DOTALL)
_MINUS = re.compile(r"^\D*[-−–(]\s*\D{0,3}\d|\d[^\d%]*[-−–)]\s*$")


def find_number(value: Decimal, index: PageIndex) -> list[Candidate]:
    """A number in any locale's notation. Trailing zeros, thousands separators and currency do not matter."""
    plain = _plain(value)
    found = []
    for digits, decimals in _digit_forms(plain):
        spans = [(token, token) for token in index.digits.get(digits, ())]
        if len(digits) > 3:
            spans += index.groups().get(digits, ())
        for first, last in spans:
            text = " ".join(index.texts[first : last + 1])
            score = _number_score(text, digits, decimals, plain, value < 0)
            if score:
                found.append(Candidate(index, range(first, last + 1), score, "exact" if score == 1.0 else "format"))
    return found


@lru_cache(maxsize=4096)
def _plain(value: Decimal) -> str:
    text = format(abs(value), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(maxsize=4096)
def _digit_forms(plain: str) -> tuple[tuple[str, int], ...]:
    """The digits that ``plain`` may be printed with, each with the number of decimals among them."""
    whole, _, fraction = plain.partition(".")
    forms = []
    for decimals in sorted({len(fraction), 2, 3, 4, 0}):
        if decimals < len(fraction):
            continue
        digits = whole + fraction.ljust(decimals, "0")
        forms.append((digits, decimals))
        if whole == "0" and decimals:
            forms.append((digits[1:], decimals))
    return tuple(forms)


def _number_score(text: str, digits: str, decimals: int, plain: str, negative: bool) -> float:
    """How well a printed ``text`` is the number with ``digits``: 0 where it is another number, a percentage, a date or
    part of a code."""
    run = _RUN.search(text)
    if run is None or "%" in text:
        return 0.0
    number = run.group().rstrip(".,'’ ")
    if re.sub(r"\D", "", number) != digits or not _BEFORE.fullmatch(text[: run.start()]):
        return 0.0
    whole = number
    if decimals:
        separator = len(number) - decimals - 1
        if separator < 0 or number[separator] not in ".,":
            return 0.0
        whole = number[:separator]
    if whole and not _WHOLE.fullmatch(whole):
        return 0.0
    if negative != bool(_MINUS.search(text)):
        return 0.85
    return 1.0 if number == plain else 0.98


# ---------------------------------------------------------------- dates


@cache
def month_names() -> dict[str, int]:
    """Month names and their short forms (case-folded, no dots) in the languages we read, with the month's number."""
    from babel import Locale

    names: dict[str, int] = {}
    for code in ("en", "de", "fr", "es", "it", "nl", "pt", "sv", "da", "nb", "fi", "pl", "cs", "ro"):
        locale = Locale.parse(code)
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in locale.months[context][width].items():
                    names.setdefault(squeeze(name), number)
    return names


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
    shortest = sorted(found, key=lambda span: span[1] - span[0])
    return [
        Candidate(index, range(first, last + 1), score, "exact" if score == 1.0 else "format")
        for first, last in shortest
        for score in (found[first, last],)
    ]


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
    return tuple(forms | {f"{short}{month:02}{day:02}"})


def _windows(token: int, count: int) -> Iterator[tuple[int, int]]:
    """Spans around ``token`` that a date may cover, the shortest first."""
    for more in range(6):
        for before in range(more, -1, -1):
            first, last = token - before, token + more - before
            if first >= 0 and last < count and (more < 3 or before in (0, more)):
                yield first, last


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
        elif (folded := squeeze(piece)) not in _FILLERS:
            named = month_names().get(folded)
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


# ---------------------------------------------------------------- currency


@cache
def _currency_signs(code: str) -> tuple[str, ...]:
    from babel.numbers import get_currency_symbol

    words = {"EUR": ("euro", "euros"), "CHF": ("fr", "sfr"), "MYR": ("rm",), "INR": ("rs",), "GBP": ("stg",)}
    symbols = {get_currency_symbol(code, locale) for locale in ("en", "en_US", "de", "fr", "es_MX", "pt_BR", "ja")}
    return tuple(sorted(symbols - {code}, key=len, reverse=True)) + words.get(code, ())


def find_currency(code: str, index: PageIndex) -> list[Candidate]:
    """The ISO code as a word, else the currency's symbol or name, alone or beside an amount."""
    found = find_text(code, index)
    if found:
        return found
    signs = _currency_signs(code)
    for token, text in enumerate(index.texts):
        if not text.isdigit() and any(_has_sign(text, sign) for sign in signs):
            found.append(Candidate(index, (token,), 0.95, "format"))
    return found


def _has_sign(text: str, sign: str) -> bool:
    if sign.isalpha():
        return re.sub(r"[\d.,\s:-]", "", text).casefold() == sign.casefold()
    at = text.find(sign)
    return at == 0 or (at > 0 and not text[at - 1].isalpha())


#: How a value of each kind is found. A text is also looked for in pieces and fuzzily (see the choice).
FINDERS: dict[FieldKind, Callable[[Any, PageIndex], list[Candidate]]] = {
    "identifier": find_identifier,
    "name": find_text,
    "address": find_text,
    "text": find_text,
    "money": find_number,
    "quantity": find_number,
    "date": find_date,
    "currency": find_currency,
}
#: The last resorts for each kind, tried in order when nothing else matched.
RESORTS: dict[FieldKind, tuple[Callable[[str, PageIndex], list[Candidate]], ...]] = {
    "identifier": (find_misread,),
    "name": (find_fuzzy, find_parts),
    "address": (find_parts, find_fuzzy),
    "text": (find_parts, find_fuzzy),
}
