"""Texts made comparable, one way for each purpose: looking labels up, finding values on a page, searching records."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

#: Simplified or traditional Chinese forms that recognisers write, and the Japanese ones.
FORMS = str.maketrans(
    "费剂额计总單单价价税货發发编爱綠緑値單請请収领领银银账録录项项备备払拂预",
    "費剤額計総単単価価税貨発発編愛緑緑値単請請収領領銀銀帳録録項項備備払払預",
)
#: Letters that carry their stroke, or lack their dot, without a mark that could be taken off.
_PLAIN = str.maketrans("ıłøđ", "ilod")
_FOLDED = FORMS | _PLAIN
_MARKS = re.compile(r"[\u0300-\u036f]")
_NUMBER_SIGN = re.compile(r"#|\bn[°º*]")
_NOT_KEY = re.compile(r"[^\w\n]+|_+")


@lru_cache(maxsize=32768)
def fold(text: str) -> str:
    """``text`` as labels are looked up: no accents, case-folded, letters and digits only, ``#`` and ``n°`` as ``no``.
    Line breaks stay."""
    return fold_lines(text)


def fold_lines(text: str) -> str:
    """:func:`fold` without a memory, for whole pages."""
    text = _MARKS.sub("", unicodedata.normalize("NFKD", text)).casefold().translate(_FOLDED)
    return _NOT_KEY.sub("", _NUMBER_SIGN.sub("no", text))


def squeeze(text: str) -> str:
    """``text`` as the page index keeps it: NFKC, case-folded, letters and digits only."""
    return _NOT_KEY.sub("", unicodedata.normalize("NFKC", text).casefold()).replace("\n", "")
