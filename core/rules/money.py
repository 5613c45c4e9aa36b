"""The document's currency: what is printed beside amounts and in labels, a shared sign read by the document's country."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from core.notation.currencies import currency_of, is_abbreviation, is_code, is_shared, resolve, uses
from core.page.layout import Segment, Token
from core.rules.countries import countries_in
from core.rules.reading import Reading
from core.rules.sums import KINDS

#: The first amount of a column stands within this many text heights of its heading.
_BENEATH = 4.0
#: The countries whose crown or yuan is meant in these languages.
_HOMES = {"sv": "SE", "da": "DK", "nb": "NO", "zh": "CN"}
#: Money that is printed without decimals.
_WHOLE = frozenset({"HUF", "JPY", "ISK"})
#: Longer words are no currency.
_LONGEST = 12
_EDGES = ".,:;()[]/*"
#: A code by itself, beside an amount or a unit; in PYG/630 it is a part of some number.
_CODE = re.compile(r"\b[A-Z]{3}\b(?!/\d)")
_BRACKETED = re.compile(r"\(([^\W\d_]{2,3}\$?)\)")
#: A sign between letters is a misread letter (MU$TERI).
_SIGN = re.compile(r"[$€£¥₹₩₽₺₫₪₴₱฿円￥](?![^\W\d_]{2})|(?<![^\W\d_])[$€£¥₹₩₽₺₫₪₴₱฿円￥]")
#: A dollar at either end of letters that are no currency's is a misread S (LTD.$TI, I$ BANKASI).
_MISREAD = re.compile(r"^\D*\$[^\W\d_]{2}\D*$|^\D*[^\W\d_]\$$")
#: An abbreviation glued to its amount (RM26.00; a scan reads its zero as O).
_GLUED = re.compile(r"^[(*]*([^\W\d_]{2,3})[:.]?[\dO][\dO.,']*[.,]\d{2}\D{0,2}$")
#: The same behind it (500,00TL).
_GLUED_BEHIND = re.compile(r"^[(*]*[\dO][\dO.,']*[.,]\d{2}([^\W\d_]{2,3})\)?$")


class FoundCurrency(NamedTuple):
    """A currency, the token that prints it, and how sure the reading is (0 to 1)."""

    code: str
    token: Token
    page: int
    score: float


def read_currency(reading: Reading) -> FoundCurrency | None:
    """The currency that the document prints most; ``None`` where it prints none."""
    votes: Counter[str] = Counter()
    first: dict[str, tuple[Token, int]] = {}
    shared: set[str] = set()
    for page, layout in enumerate(reading.layouts):
        for segment in layout.segments:
            # a till sets the currency in a column of its own or behind the label, the amount in the next column
            ends = currency_of(segment.tokens[-1].text.strip(_EDGES)) is not None
            beside = layout.right_of(segment)[:1] if len(segment.tokens) == 1 or ends else []
            tokens = [*segment.tokens, *(beside[0].tokens[:1] if beside else ())]
            mentions = _mentions(reading, page, tokens) or _headings(reading, page, segment)
            for code, token, weight, sign in mentions:
                if token not in segment.tokens:
                    continue
                votes[code] += weight
                first.setdefault(code, (token, page))
                if sign:
                    shared.add(code)
    if not votes:
        return None
    code, count = votes.most_common(1)[0]
    token, page = first[code]
    score = 0.95 if count == sum(votes.values()) else 0.8
    if code in shared:
        printed = [other for other in votes if other != code and resolve(code, _homes(other)) == other]
        settled = printed[0] if printed else resolve(code, _countries_of(reading, code))
        code, score = settled, min(score, 0.9 if printed else 0.75)
    return FoundCurrency(code, token, page, score)


def _homes(code: str) -> list[str]:
    """Countries whose currency is ``code``, by the code's own first two letters."""
    return [code[:2]]


def _countries_of(reading: Reading, code: str) -> list[str]:
    """The countries that the document names and in which ``code``'s sign is used; where none is, that of its language."""
    home = _HOMES.get(reading.language or "")
    named = [country for country in countries_in(reading.full_text) if uses(code, country)]
    return named or ([home] if home else [])


def _mentions(reading: Reading, page: int, tokens: list[Token]) -> list[tuple[str, Token, int, bool]]:
    """The currencies that a segment prints: (code, token, weight, whether by a sign that several countries share)."""
    found: list[tuple[str, Token, int, bool]] = []
    for at, token in enumerate(tokens):
        text = token.text
        sign = _SIGN.search(text)
        if sign and not (_MISREAD.search(text) and currency_of(text.strip(_EDGES)) is None):
            bare = text.strip("0123456789.,-()–' :")
            code = currency_of(bare) or currency_of(sign.group())
            if code is not None:
                found.append(
                    (code, token, 2, is_shared(bare) or (currency_of(bare) is None and is_shared(sign.group())))
                )
            continue
        bracketed = _BRACKETED.search(text)
        if (
            bracketed
            and (code := currency_of(bracketed[1]))
            and (is_code(bracketed[1]) or is_abbreviation(bracketed[1]))
        ):
            found.append((code, token, 2, is_shared(bracketed[1])))
            continue
        if len(text) > _LONGEST:
            continue
        for bare in _CODE.findall(text) if text[:1].isupper() or "(" in text or "/" in text else ():
            if is_code(bare):
                # what only reads like a code (BOL no.) stands in front of words
                closed = at + 1 == len(tokens) or any(map(str.isdigit, text + tokens[at + 1].text)) or "(" in text
                found.append((bare, token, 2 if closed else 1, False))
        if (glued := _GLUED.match(text) or _GLUED_BEHIND.match(text)) and (code := currency_of(glued[1])):
            found.append((code, token, 2, is_shared(glued[1])))
            continue
        bare = text.strip(_EDGES)
        if bare.casefold() in {"euro", "euros"}:
            found.append(("EUR", token, 1, False))
        elif (
            (1 < len(bare) < 5 or bare == "R")
            and not is_code(bare)
            and (code := currency_of(bare))
            and _beside_number(tokens, at, code in _WHOLE)
        ):
            found.append((code, token, 2, is_shared(bare)))
    return found


def _headings(reading: Reading, page: int, segment: Segment) -> list[tuple[str, Token, int, bool]]:
    """The abbreviation in capitals that heads a column of amounts (RM above the prices), or that stands with the label of a
    sum (Total RM including tax, RM CASH)."""
    announced = any(label.kind in KINDS for label in reading.labels_of.get((page, segment.index), ()))
    found = []
    for token in segment.tokens:
        bare = token.text.strip(_EDGES)
        code = currency_of(bare) if bare.isupper() and len(bare) == 2 else None
        if code is None:
            continue
        if announced or (len(segment.tokens) == 1 and _heads_amounts(reading, page, segment)):
            found.append((code, token, 1, is_shared(bare)))
    return found


def _heads_amounts(reading: Reading, page: int, segment: Segment) -> bool:
    """Whether an amount with two decimals stands right beneath ``segment``."""
    beneath = reading.layouts[page].below(segment, _BENEATH)
    return any(amount.decimals == 2 for other in beneath for amount in reading.amounts_in(page, other))


def _beside_number(tokens: list[Token], at: int, whole: bool = False) -> bool:
    """Whether an amount stands next to the token: one with decimals, ``whole`` also one without."""
    neighbours = tokens[max(0, at - 1) : at] + tokens[at + 1 : at + 2]
    shape = r"^\d[\d.,]*[,-]*$|\d[.,]\d{2}$" if whole else r"\d[.,]\d{2}$|\d,-$"
    grouped = "".join(token.text for token in tokens[at + 1 : at + 3])  # kr 12 500,00
    return any(re.search(shape, text) for text in (*(token.text for token in neighbours), grouped))
