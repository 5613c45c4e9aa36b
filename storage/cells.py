"""Values as cells of a sheet's XML, and back. Text is always text: a cell that begins with ``=`` is never a formula."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

#: The most characters that a cell can hold.
MOST_CHARACTERS = 32_767

# What XML 1.0 cannot hold, carriage returns (which XML readers change) aside.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ENTITY = re.compile(r"&(#x[0-9a-fA-F]+|#[0-9]+|lt|gt|amp|quot|apos);")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_TEXT = re.compile(rb"<t\b[^>]*?(?:/>|>(.*?)</t>)", re.S)
_PHONETIC = re.compile(rb"<rPh\b.*?</rPh>", re.S)
_VALUE = re.compile(rb"<v\b[^>]*>(.*?)</v>", re.S)
_TYPE = re.compile(rb'\bt="(\w+)"')
#: Day 0 of the two date systems. (1900's has a 29 February that never was: days before March 1900 are kept as text.)
_EPOCHS = {False: date(1899, 12, 30), True: date(1904, 1, 1)}
_FIRST_DAYS = {False: date(1900, 3, 1), True: date(1904, 1, 1)}


def cell_xml(reference: str, value: Any, style: int, date1904: bool = False) -> str:
    """The cell ``reference`` (``B7``) with ``value`` and the style's index; no cell for ``None`` without a style."""
    start = f'<c r="{reference}" s="{style}"' if style else f'<c r="{reference}"'
    if isinstance(value, date) and value >= _first_moment(value, date1904):
        value = _serial(value, date1904)
    if value is None or value == "":
        return f"{start}/>" if style else ""
    if isinstance(value, int | Decimal):
        return f"{start}><v>{format(value, 'f') if isinstance(value, Decimal) else value}</v></c>"
    return f'{start} t="inlineStr"><is><t xml:space="preserve">{_text_xml(str(value))}</t></is></c>'


def cell_value(attributes: bytes, inner: bytes, strings: Any) -> str | Decimal | None:
    """What a cell holds: text, a number, or ``None`` (empty, or an error such as ``#REF!``). ``strings`` gives the
    workbook's shared strings by index. Raises ValueError, IndexError for a cell that cannot be read."""
    kind = match[1] if (match := _TYPE.search(attributes)) else b"n"
    if kind == b"inlineStr":
        return joined_text(inner)
    found = _VALUE.search(inner)
    if found is None or kind == b"e":
        return None
    text = unescape(found[1])
    if kind == b"s":
        shared: str = strings()[int(text)]
        return shared
    return _exact(text) if kind == b"n" and text.strip() else text


def joined_text(xml: bytes) -> str:
    """The text of a string item, its differently formatted pieces joined and its pronunciation left out."""
    return "".join(unescape(piece[1] or b"") for piece in _TEXT.finditer(_PHONETIC.sub(b"", xml)))


def unescape(xml: bytes) -> str:
    """Character data as text."""
    text = xml.decode()
    return _ENTITY.sub(lambda match: _character(match[1]), text) if "&" in text else text


def day_of(serial: Decimal, date1904: bool) -> date | datetime | None:
    """The day, or the moment, that a number means in a date column; ``None`` for a number that is none."""
    try:
        day = _EPOCHS[date1904] + timedelta(days=int(serial))
        part = serial - int(serial)
        if not part:
            return day
        moment = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(milliseconds=round(part * 86_400_000))
    except (OverflowError, ValueError):
        return None
    return moment


def letters_of(place: int) -> str:
    """A column's letters: 1 is A, 27 is AA."""
    letters = ""
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def place_of(letters: str) -> int:
    """A column's place from 1."""
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place


def _first_moment(value: date, date1904: bool) -> date:
    first = _FIRST_DAYS[date1904]
    return datetime(first.year, first.month, first.day, tzinfo=UTC) if isinstance(value, datetime) else first


def _serial(value: date, date1904: bool) -> Decimal:
    if isinstance(value, datetime):
        moment = value.astimezone(UTC)
        seconds = Decimal(moment.hour * 3600 + moment.minute * 60 + moment.second) + Decimal(moment.microsecond) / 10**6
        return (moment.date() - _EPOCHS[date1904]).days + round(seconds / 86_400, 10)
    return Decimal((value - _EPOCHS[date1904]).days)


def _exact(text: str) -> Decimal:
    """The number; one with a spreadsheet's 17 digits (0.10000000000000001) as the short one that it stands for."""
    number = Decimal(text.strip())
    return Decimal(repr(float(text))) if len(number.as_tuple().digits) > 16 and "." in text else number


def _text_xml(text: str) -> str:
    clean = _ILLEGAL.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    if len(clean) > MOST_CHARACTERS:
        clean = clean[: MOST_CHARACTERS - 1] + "…"
    return escape(clean)


def _character(name: str) -> str:
    if name in _NAMED:
        return _NAMED[name]
    return chr(int(name[2:], 16) if name[1] == "x" else int(name[1:]))
