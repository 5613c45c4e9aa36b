"""The tax numbers of both parties: by their labels, by their form and check digits, and by whose block they stand in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from core.notation.checked import compact, is_tax_id
from core.page.layout import Segment, Token
from core.rules.account import CHECKED
from core.rules.header import Candidate
from core.rules.labels import Label
from core.rules.parties import Party
from core.rules.reading import Reading

#: How numbers of countries begin whose check digits are known.
_PREFIX = re.compile(
    r"^(?:AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|GB|CHE)(?=[0-9A-Z]*$)"
)
_PREFIXED = re.compile(r"^(?:[A-Z]{2}|CHE)[-.]?[0-9A-Z.\-]*\d[0-9A-Z.\-]*$")
#: What a labelled number looks like, its pieces joined.
_NUMBER = re.compile(r"^(?=(?:.*\d){5})[0-9A-Z][0-9A-Z./\- ]{5,24}$")
#: A VAT id of the EU by its form alone.
_COUNTRY = re.compile(
    r"^(?:AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|GB|CHE)[0-9A-Z]{8,12}$"
)
_PIECE = re.compile(r"^[0-9A-Z][0-9A-Z./\-]*$")
_EDGES = ",;:()[]|"
_MOST_PIECES = 6
_BY_CHECK, _BY_LABEL, _OF_OFFICE = 0.999, 0.98, 0.97
#: A number stands within so many text heights of the block of its party.
_NEAR = 5.0


def read_tax_ids(reading: Reading, customers: Sequence[Party]) -> dict[str, Candidate]:
    """The VAT ids (else the tax offices' numbers) of vendor and customer, by field."""
    chosen: dict[str, Candidate] = {}
    numbers: set[str | object] = set()
    found = sorted(_found(reading, customers), key=lambda one: -one.score)
    for one in found:
        if one.field not in chosen and one.value not in numbers:
            chosen[one.field] = one
            numbers.add(one.value)
    return chosen


def _found(reading: Reading, customers: Sequence[Party]) -> Iterator[Candidate]:
    meanings = reading.lexicon.meanings
    labels = reading.of_kind("other", "tax")
    for meaning, worth in (("customers_tax_id", _BY_LABEL), ("tax_id", _BY_LABEL), ("tax_number", _OF_OFFICE)):
        for label in labels:
            # a word for the tax (TVA : FR…) announces a number too, where one with its country follows
            bare = label.kind == "tax" and meaning == "tax_id"
            if not bare and label.key not in meanings[meaning]:
                continue
            if (number := _number_of(reading, label)) is None or (bare and not _COUNTRY.match(number[0])):
                continue
            text, tokens, valid = number
            theirs = meaning == "customers_tax_id" or _is_called_theirs(reading, label.segment, tokens=tokens)
            theirs = theirs or _is_customers(reading, label.page, tokens, customers)
            field = "customer_tax_id" if theirs else "vendor_tax_id"
            score = (_BY_CHECK if valid else worth) - (0.005 if meaning == "tax_number" else 0.0)
            yield Candidate(
                field, text, tuple(tokens), label.page, score, CHECKED if valid else "labelled number", label.text
            )
    for page, layout in enumerate(reading.layouts):
        for segment in layout.segments:
            for at, token in enumerate(segment.tokens):
                country = token.text.lstrip(_EDGES)[:2]
                if country.isupper() and _PREFIX.match(compact(token.text.strip(_EDGES))):
                    if (checked := _checked(segment.tokens, at)) is None:
                        continue
                    text, tokens = checked
                    theirs = _is_called_theirs(reading, *layout.left_of(segment)[:1], segment, tokens=tokens)
                    theirs = theirs or _is_customers(reading, page, tokens, customers)
                    field = "customer_tax_id" if theirs else "vendor_tax_id"
                    yield Candidate(field, text, tuple(tokens), page, _BY_CHECK - 0.01, CHECKED, "")


def _number_of(reading: Reading, label: Label) -> tuple[str, Sequence[Token], bool] | None:
    """The number that ``label`` announces, its tokens, and whether its check digits are right."""
    for place in reading.places(label):
        tokens = list(place.tokens)
        for at in range(min(2, len(tokens))):
            if (checked := _checked(tokens, at)) is not None:
                return (*checked, True)
        pieces = list(takewhile(lambda token: _PIECE.match(token.text.strip(_EDGES)), tokens[:_MOST_PIECES]))
        text = " ".join(token.text.strip(_EDGES) for token in pieces)
        if pieces and _NUMBER.match(text) and not reading.dates_in(pieces[:1]):
            plain = compact(text) if _PREFIXED.match(pieces[0].text) else text
            return plain, pieces, False
    return None


def _checked(tokens: Sequence[Token], at: int) -> tuple[str, Sequence[Token]] | None:
    """The tax id that begins with the token at ``at``, in pieces or not, where its check digits are right."""
    if not _PREFIX.match(compact(tokens[at].text.strip(_EDGES))):
        return None
    text = ""
    best: tuple[str, Sequence[Token]] | None = None
    for end in range(at, min(at + _MOST_PIECES, len(tokens))):
        piece = tokens[end].text.strip(_EDGES)
        if not _PIECE.match(piece):
            break
        text += compact(piece)
        if len(text) > 7 and is_tax_id(text):
            best = text, tokens[at : end + 1]
    return best


def _is_called_theirs(reading: Reading, *segments: Segment, tokens: Sequence[Token]) -> bool:
    """Whether a word before the number's ``tokens`` in these segments says that it is the customer's (Ihre USt-IdNr.)."""
    first = tokens[0]
    before = (token for segment in segments for token in segment.tokens if token.x1 <= first.x0)
    return any(token.key in reading.lexicon.customer_words for token in before)


def _is_customers(reading: Reading, page: int, tokens: Sequence[Token], customers: Sequence[Party]) -> bool:
    """Whether a number stands in the customer's block, or right below it in its column."""
    for party in customers[:1]:
        own = [*(party.name.tokens if party.name else ()), *party.address_tokens]
        inside = {(token.word, token.x0) for token in (*own, *party.tokens)}
        if party.page != page or not own:
            continue
        if any((token.word, token.x0) in inside for token in tokens):
            return True
        left, right = min(token.x0 for token in own), max(token.x1 for token in own)
        bottom, top = max(token.y1 for token in own), min(token.y0 for token in own)
        height = own[0].height
        line = _segment_of(reading, page, tokens[0])
        begins = line.x0 if line is not None else tokens[0].x0
        if top <= tokens[0].y1 and tokens[0].y0 - bottom < _NEAR * height and left - height <= begins <= right:
            return True
    return False


def _segment_of(reading: Reading, page: int, token: Token) -> Segment | None:
    return next((one for one in reading.layouts[page].segments if token in one.tokens), None)
