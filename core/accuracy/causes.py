"""Why a value is wrong or missing. Every miss has exactly one cause: the first of these that holds.

extra         The document does not show the field (or the line), and a value was given all the same.
wrong format  The right words were taken and told otherwise: the same digits with the decimal mark or sign elsewhere, the
              numbers of a date in another order or century, one code of a currency for another that the same sign can
              mean, a number without part of its punctuation, or a text of which all words of one are in the other (too
              much or too little was taken). So does any other value that stands where the truth stands: their boxes
              share half of the smaller or more.
misread       The page was read by OCR, and the truth does not stand among its words in any notation: what is there
              was recognised wrongly or not at all.
not found     The truth can be read on the page (or the page has a text of its own), and no value was given.
wrong place   The truth can be read on the page, and another value was taken in its stead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel

from core.evaluation.outcome import Compared
from core.evaluation.scoring import type_of_truth
from core.evidence import Evidence, PageText
from core.matching import find_evidence
from core.notation.sameness import plain_text, read_date, read_number
from core.placing import evidence_on_page
from core.schema.document_type import Table
from core.schema.fields import FieldKind
from core.schema.values import is_amount

Cause = Literal["not found", "wrong place", "misread", "wrong format", "extra"]

#: The causes in the order in which they are shown, each with a sentence for the person.
CAUSES: dict[Cause, str] = {
    "not found": "The value can be read on the page, but none was given.",
    "wrong place": "Another value of the page was taken.",
    "misread": "OCR did not read the words as they stand on the page.",
    "wrong format": "The right words were taken, but told otherwise: decimal mark, order of day and month, too much or too little text.",
    "extra": "The document does not show this field, but a value was given.",
}

#: Ways in which a value is found that mean it was read letter by letter. (“fuzzy” means that it only looks alike.)
_READ = frozenset({"exact", "format", "lines", "drawn"})
_NUMBERS: frozenset[FieldKind] = frozenset({"money", "quantity"})
_TEXTS: frozenset[FieldKind] = frozenset({"name", "address", "text"})


def cause_of(miss: Compared, stands: Evidence | None, taken: Evidence | None, *, recognised: bool) -> Cause:
    """The cause of a value that is wrong or missing. ``stands`` is where the truth was found on the pages, ``taken``
    where the value was, ``recognised`` whether OCR read the page that the truth stands on (or any page, where it was
    found on none)."""
    if miss.wanted is None:
        return "extra"
    if miss.got is not None and told_otherwise(miss.info.kind, miss.wanted, miss.got):
        return "wrong format"
    if stands is not None and stands.method in _READ and taken is not None and _same_place(stands, taken):
        return "wrong format"
    if recognised and (stands is None or stands.method not in _READ):
        return "misread"
    return "not found" if miss.got is None else "wrong place"


def _same_place(one: Evidence, other: Evidence) -> bool:
    """Whether two places share half of the smaller one or more."""
    shared = sum(mine.overlap(theirs) for mine in one.boxes for theirs in other.boxes)
    smaller = min(sum(box.width * box.height for box in place.boxes) for place in (one, other))
    return one.page == other.page and smaller > 0 and shared >= smaller / 2


def told_otherwise(kind: FieldKind, wanted: Any, got: Any) -> bool:
    """Whether two different values can be readings of the same words: see “wrong format” above."""
    if kind in _NUMBERS:
        return _digits(wanted) == _digits(got) != ""
    if kind == "date":
        return _same_numbers(wanted, got)
    if kind == "currency":
        return _share_a_sign(str(wanted), str(got))
    if kind == "identifier":
        return _letters(wanted) == _letters(got) != ""
    return kind in _TEXTS and _one_holds_the_other(plain_text(wanted), plain_text(got))


def places_of_truth(truth: Mapping[str, Any], texts: Sequence[PageText]) -> dict[str, Evidence]:
    """Where the values of ``truth`` stand on the pages as shown, by their path in the truth; a value that stands nowhere
    has no entry."""
    found = find_evidence(values_of(truth), tuple(text.as_read() for text in texts), {})
    return evidence_on_page(found, texts)


def values_of(truth: Mapping[str, Any]) -> BaseModel:
    """The values of a truth, typed; what has not its field's type is left out."""
    kind = type_of_truth(truth)
    values: dict[str, Any] = {info.name: _typed(info.kind, truth.get(info.name)) for info in kind.header}
    for table in kind.tables:
        values[table.name] = tuple(
            table.model(**{cell.name: _typed(cell.kind, row.get(cell.name)) for cell in table.columns})
            for row in _rows(truth, table)
        )
    return kind.model(**values)


def _rows(truth: Mapping[str, Any], table: Table) -> list[Mapping[str, Any]]:
    lines = truth.get(table.name)
    return [line if isinstance(line, dict) else {} for line in lines] if isinstance(lines, list) else []


def _typed(kind: FieldKind, value: Any) -> Any:
    if value is None:
        return None
    if kind in _NUMBERS:
        number = read_number(value)
        return number if number is not None and is_amount(number) else None
    if kind == "date":
        return read_date(value)
    text = str(value)
    return text if kind != "currency" or re.fullmatch(r"[A-Z]{3}", text) else None


def _digits(value: Any) -> str:
    """The digits of a number, without zeros that decimals and grouping add."""
    number = read_number(value)
    return "" if number is None else f"{abs(number):f}".replace(".", "").strip("0")


def _same_numbers(wanted: Any, got: Any) -> bool:
    one, other = read_date(wanted), read_date(got)
    if one is None or other is None:
        return False
    return sorted((one.day, one.month, one.year % 100)) == sorted((other.day, other.month, other.year % 100))


def _share_a_sign(wanted: str, got: str) -> bool:
    from babel.numbers import get_currency_symbol

    signs = [get_currency_symbol(code, "en").strip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for code in (wanted, got)]
    return signs[0] == signs[1] != ""


def _letters(value: Any) -> str:
    return plain_text(value).replace(" ", "")


def _one_holds_the_other(wanted: str, got: str) -> bool:
    one, other = set(wanted.split()), set(got.split())
    return bool(one and other) and (one <= other or other <= one)
