"""Quantities as they are printed: ``3``, ``3 pcs``, ``2x``, ``10h``, ``1,5 kg``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.notation import Notation
from core.notation.amounts import Amount, find_amounts, parse_number
from core.page.layout import Token

_GLUED = re.compile(r"^(?:[x×*])?([-−]?)(\d+(?:[.,]\d+)*)[\s·.]?(?:[x×*]|[^\W\d_]{1,6}[.²³]?|m2|m3)?$", re.IGNORECASE)
#: A longer number is a barcode.
_LARGEST = 10**7
#: A sign right behind the digits: that of a unit (XBC-) is none.
_BEHIND = re.compile(r"\d\s?[-−–]$")


def read_quantity(cell: Sequence[Token], habit: Notation) -> list[Amount]:
    """The quantity in a cell, as a list of one; empty where there is none."""
    found = [amount for amount in find_amounts(cell, habit) if not amount.percent and abs(amount.value) < _LARGEST]
    if found:
        # in a credit note a sign may stand behind the number (6-)
        behind = _BEHIND.search(found[0].text) is not None
        return [found[0]._replace(value=-abs(found[0].value)) if behind else without_unit_sign(found[0])]
    for token in cell:
        shape = _GLUED.match(token.text)
        parsed = parse_number(shape[2], habit) if shape else None
        if shape and parsed and parsed[0] < _LARGEST:
            value, decimals = parsed
            return [Amount(-value if shape[1] else value, token.text, None, decimals, False, (token,))]
    return []


def without_unit_sign(quantity: Amount) -> Amount:
    """``quantity`` without a sign that is none: the h of hours is no credit mark."""
    signed = any(char in "-−–(" for char in quantity.text)
    return quantity if signed else quantity._replace(value=abs(quantity.value))
