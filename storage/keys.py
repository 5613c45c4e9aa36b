"""Texts made comparable: for search (accents and case aside) and for telling the same document again."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from core.document_types import type_of
from core.extraction import PageRef
from core.notation.writing import text_of
from core.stores.records import Record

#: Shorter numbers are too common to tell a document by.
_TELLING = 4


def fold(text: str) -> str:
    """``text`` in lower case, without accents, its blanks single: ``Café  MÜLLER`` to ``cafe muller``."""
    if text.isascii():
        return " ".join(text.lower().replace("\x00", "").split())
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c for c in plain if not unicodedata.combining(c) and c != "\x00")
    return " ".join(letters.encode("utf-8", "ignore").decode().split())


def match_key(values: BaseModel) -> str | None:
    """The same for two documents of a type whose values are the same in the fields by which it tells, such as vendor and
    number; case, accents, blanks and punctuation aside. ``None`` where one of them is missing, or there are none."""
    return key_of(getattr(values, name) for name in type_of(values).duplicate_key)


def key_of(told: Iterable[Any]) -> str | None:
    """The same for the values of these fields."""
    parts = [_comparable(value) for value in told]
    return "|".join(parts) if parts and all(parts) else None


def signs_of(record: Record) -> dict[str, str | None]:
    """By what a record is the same as another, or nearly, each as a digest: ``document`` (the same file and pages), ``number`` (what its
    type tells it by), ``amount`` (the same issuer, total and day), ``lines`` (the same issuer, total and lines in one month),
    ``look`` (the same number and total, whoever issued it). ``None`` where something of it is missing."""
    kind, values = record.type, record.values
    told = {part: getattr(values, name) for part, name in kind.parts.items()}
    number, issuer, day, total = (told.get(part) for part in ("identifier", "issuer", "issued_on", "total"))
    rows = [[text_of(cell) for _, cell in row] for row in kind.rows(values, kind.main_table)]
    cells = [_letters("".join(row)) for row in rows if any(row)]
    signs: dict[str, list[Any]] = {
        "document": [record.document, page_key(record.pages)],
        "number": [match_key(values)],
        "amount": [issuer, total, day],
        "lines": [issuer, total, day and day.isoformat()[:7], "/".join(cells)],
        "look": [number if number and len(_letters(number)) >= _TELLING else None, total, f"in {told.get('currency')}"],
    }
    return {name: _digest(kind.name if name != "document" else "", parts) for name, parts in signs.items()}


def _digest(kind: str, parts: Sequence[Any]) -> str | None:
    key = key_of(parts)
    return hashlib.sha256(f"{kind}|{key}".encode()).hexdigest()[:24] if key else None


def page_key(pages: Sequence[PageRef]) -> str:
    """The page numbers in order, such as ``1,2,5``: how a page was turned does not make it another one."""
    return ",".join(str(number) for number in sorted({page.number for page in pages}))


def search_terms(text: str) -> list[str]:
    """The folded words of a search, each of which must be found."""
    return fold(text).split()


def haystack(values: BaseModel) -> str:
    """Where search looks: the fields that its type names, folded, one a line."""
    texts = (getattr(values, name) for name in type_of(values).searched)
    return "\n".join(fold(text_of(text)) for text in texts if text)


def _comparable(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return _letters(value) if isinstance(value, str) else text_of(value)


def _letters(text: str) -> str:
    return "".join(c for c in fold(text) if c.isalnum())
