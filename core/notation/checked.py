"""Numbers with check digits: accounts and tax ids. Blanks, dots and dashes count for nothing."""

from __future__ import annotations

import re
from functools import lru_cache

_SEPARATORS = re.compile(r"[\s.\-/]")


def compact(number: str) -> str:
    """``number`` without blanks and marks, in capitals."""
    return number.upper() if number.isalnum() else _SEPARATORS.sub("", number).upper()


@lru_cache(maxsize=4096)
def is_iban(number: str) -> bool:
    """Whether ``number`` is an IBAN of its country's length with the right check digits."""
    from stdnum import iban

    return bool(iban.is_valid(compact(number)))


@lru_cache(maxsize=4096)
def is_tax_id(number: str) -> bool:
    """Whether ``number`` is a VAT id of the EU, Britain or Switzerland, its country in front, with the right check digits."""
    from stdnum.ch import uid
    from stdnum.eu import vat
    from stdnum.gb import vat as british

    plain = compact(number)
    if plain.startswith("CHE"):
        return bool(uid.is_valid(plain))
    return bool(british.is_valid(plain) if plain.startswith("GB") else vat.is_valid(plain))
