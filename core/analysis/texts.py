"""What a text or a document says, found by the offline rules: language, type, amounts, dates, numbers with check digits, parties."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from core.evidence import TEXT_LAYER, Box, PageText, Word
from core.extraction_json import plain
from core.notation.checked import compact, is_iban, is_tax_id
from core.page.layout import Token
from core.rules.lexicon import load_lexicon
from core.rules.reading import Reading
from core.rules.recogniser import OFFLINE
from core.rules.who import read_parties
from core.schema.document_type import DocumentType

#: A text laid out as a page: units a letter and a line, and lines a page.
_LETTER, _LINE, _LINES = 6.0, 12.0, 80
#: What is told of each kind at most.
_MOST = 500
#: A number in pieces: so many at most, of letters and digits in all.
_PIECES, _SHORTEST, _LONGEST = 9, 8, 34
_EDGES = ",;:()[]|."


def pages_of(text: str) -> tuple[PageText, ...]:
    """A text as pages, each letter as wide as any other."""
    lines = [line for page in text.split("\f") for line in page.splitlines()]
    parts = [lines[at : at + _LINES] for at in range(0, len(lines), _LINES)]
    return tuple(_page(number, part) for number, part in enumerate(parts, start=1))


def _page(number: int, lines: Sequence[str]) -> PageText:
    words = tuple(word for at, line in enumerate(lines) for word in _words(at, line.expandtabs(4)))
    width = _LETTER * max((len(line) for line in lines), default=1) + 2 * _LINE
    return PageText(number, width, _LINE * (len(lines) + 2), words, TEXT_LAYER)


def _words(at: int, line: str) -> Iterator[Word]:
    start, top = 0, _LINE * (at + 1)
    for piece in line.split(" "):
        if text := piece.strip():
            left = _LINE + _LETTER * start
            yield Word(text, Box(left, top, left + _LETTER * len(piece), top + 0.8 * _LINE))
        start += len(piece) + 1


def analyse(pages: Sequence[PageText], kinds: Sequence[DocumentType]) -> dict[str, Any]:
    """What pages say, as JSON values: nothing that does not stand there."""
    reading = Reading(pages, load_lexicon())
    choice = OFFLINE.choose(pages, kinds)
    return {
        "language": reading.language,
        "document_type": {"name": choice.type_name, "known": choice.known, "reason": choice.reason},
        "amounts": list(_amounts(reading))[:_MOST],
        "dates": list(_dates(reading))[:_MOST],
        "identifiers": list(_identifiers(reading))[:_MOST],
        "parties": plain(read_parties(reading)),
        "words": sum(len(page.words) for page in pages),
        "pages": len(pages),
    }


def _amounts(reading: Reading) -> Iterator[dict[str, Any]]:
    for page, layout in enumerate(reading.layouts):
        for line in layout.lines:
            for segment in line.segments:
                for amount in reading.amounts_in(page, segment):
                    if not amount.percent and (amount.decimals == 2 or amount.currency):
                        told = {"value": plain(amount.value), "currency": amount.currency}
                        yield told | {"text": amount.text, "page": layout.number}


def _dates(reading: Reading) -> Iterator[dict[str, Any]]:
    for layout in reading.layouts:
        for line in layout.lines:
            for segment in line.segments:
                for found in reading.dates_in(segment.tokens):
                    text = " ".join(token.text for token in found.tokens)
                    yield {"date": plain(found.value), "sure": found.sure, "text": text, "page": layout.number}


def _identifiers(reading: Reading) -> Iterator[dict[str, Any]]:
    told: set[str] = set()
    for layout in reading.layouts:
        for line in layout.lines:
            for kind, is_valid in (("iban", is_iban), ("tax_id", is_tax_id)):
                for number in _numbers(line.tokens, is_valid):
                    if number not in told:
                        told.add(number)
                        yield {"kind": kind, "value": number, "page": layout.number}


def _numbers(tokens: Sequence[Token], is_valid: Callable[[str], bool]) -> Iterator[str]:
    """The numbers with right check digits in a line, in pieces or not."""
    at = 0
    while at < len(tokens):
        found, used = _number_at(tokens, at, is_valid)
        if found:
            yield found
        at += used


def _number_at(tokens: Sequence[Token], at: int, is_valid: Callable[[str], bool]) -> tuple[str, int]:
    if not compact(tokens[at].text.strip(_EDGES))[:2].isalpha():
        return "", 1
    text, best, used = "", "", 1
    for end in range(at, min(at + _PIECES, len(tokens))):
        text += compact(tokens[end].text.strip(_EDGES))
        if len(text) > _LONGEST or not text.isalnum() or not text.isascii():
            break
        if len(text) >= _SHORTEST and is_valid(text):
            best, used = text, end - at + 1
    return best, used
